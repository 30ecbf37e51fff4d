"""Kinds of options: under a heading, one of some names, a duration, a moment, several as one value.

Every kind refuses what it does not understand with an example of what it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from repetita.errors import UsageError, unknown_name

F = TypeVar("F", bound=Callable[..., Any])
DAYS_IN = {"d": 1.0, "w": 7.0, "m": 30.4375, "y": 365.25}


class Command(click.Command):
    """A command whose help lists its options under the headings they were declared with."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options into the formatter, section by section."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                heading = getattr(parameter, "section", "Options")
                sections.setdefault(heading, []).append(record)
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(records)


class SectionOption(click.Option):
    """An option that belongs to a section of the help text."""

    def __init__(self, *args: Any, section: str = "Options", **attributes: Any) -> None:
        self.section = section
        super().__init__(*args, **attributes)


def option(*names: str, section: str = "Options", **attributes: Any) -> Callable[[F], F]:
    """A click option under a heading."""
    return click.option(*names, cls=SectionOption, section=section, **attributes)


def one_of(kind: str, known: Sequence[str]) -> dict[str, Any]:
    """Attributes of an option that takes one of some names, and suggests the nearest for a mistyped one."""

    def check(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
        if value is not None and value not in known:
            raise unknown_name(kind, value, known)
        return value

    return {"callback": check, "metavar": "|".join(known), "shell_complete": _completion(known)}


def with_options(parameters: Sequence[Callable[[Any], Any]]) -> Callable[[F], F]:
    """A decorator that adds options in the order in which help lists them."""

    def decorate(command: F) -> F:
        wrapped: Any = command
        for parameter in reversed(parameters):
            wrapped = parameter(wrapped)
        return wrapped  # type: ignore[no-any-return]

    return decorate


def device_option(section: str, help: str) -> Callable[[F], F]:
    """``--device``, or ``--torch-device`` as srs-simulator calls it; None where it is not given."""
    known = ("cpu", "cuda", "auto")
    return option(
        "--device",
        "--torch-device",
        "device",
        section=section,
        **one_of("device", known),
        help=f"{help} auto: cuda where there is one. Default: cpu.",
    )


def given_parameters(
    context: click.Context, left_out: Collection[str]
) -> Iterator[tuple[click.Parameter, Any]]:
    """Arguments and options that were given, here or in a configuration, with their values, but for some."""
    for parameter in context.command.params:
        name = str(parameter.name)
        if context.get_parameter_source(name) not in (None, ParameterSource.DEFAULT) and name not in left_out:
            yield parameter, context.params[name]


def _completion(known: Sequence[str]) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    def complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
        return [name for name in known if name.startswith(incomplete)]

    return complete


def days(text: str, *, name: str) -> float:
    """A duration in days: ``90``, ``90d``, ``12w``, ``6m``, ``1.5y``.

    Raises:
        UsageError: Not a duration.

    Example:
        >>> days("12w", name="--days")
        84.0
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([dwmy]?)", text.strip().lower())
    if not match:
        raise UsageError(f"{name} is {text!r}, expected a duration such as 90d, 12w, 6m or 1y", where=name)
    return float(match[1]) * DAYS_IN[match[2] or "d"]


def moment(text: str, *, name: str, age_from: datetime | None = None) -> datetime:
    """A moment: a date, an ISO date and time (UTC unless it says otherwise), or an age before another one.

    Raises:
        UsageError: None of these.

    Example:
        >>> moment("2025-03-09T02:30:00+01:00", name="--now").isoformat()
        '2025-03-09T02:30:00+01:00'
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        if age_from is not None and re.fullmatch(r"\d+(\.\d+)?\s*[dwmy]", text.strip().lower()):
            with suppress(OverflowError):  # older than the calendar
                return age_from - timedelta(days=days(text, name=name))
        raise UsageError(
            f"{name} is {text!r}, expected a date or a time such as 2026-11-22 or 2026-11-22T09:30+01:00"
            + (", or an age such as 365d or 2y" if age_from is not None else ""),
            where=name,
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def gathering(
    name: str, gather: Callable[[dict[str, Any]], Any], *parameters: Callable[[Any], Any]
) -> Callable[[F], F]:
    """A decorator that adds parameters and hands their values on as one keyword argument."""

    def decorate(command: F) -> F:
        @wraps(command)
        def gathered(*args: Any, **given: Any) -> Any:
            given[name] = gather(given)
            return command(*args, **given)

        return with_options(parameters)(gathered)  # type: ignore[return-value]

    return decorate
