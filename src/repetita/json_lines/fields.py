"""What fields of a request mean: instants, schedulers, day rules, memory models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from repetita.errors import UsageError, unknown_name
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as model_of
from repetita.scheduling import DayGrid, DayRule, Scheduler
from repetita.scheduling.day_rule import rule_from_dict
from repetita.scheduling.settings import READERS
from repetita.scheduling.stored import read_instant

__all__ = ["DEFAULT", "Schedulers", "day_rule", "instant", "memory_model", "scheduler_from"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DEFAULT = "default"
MOST_UNNAMED = 256
OPTIONS = tuple(option.name for option in fields(Scheduler) if option.init)
OF_THE_MODEL = ("parameters", "variant", "clip")


class Schedulers:
    """The schedulers of one process: those sent under a name, and the last ones that came with requests."""

    __slots__ = ("_named", "_unnamed")

    def __init__(self) -> None:
        self._named: dict[str, Scheduler] = {DEFAULT: Scheduler()}
        self._unnamed: dict[str, Scheduler] = {}

    def keep(self, name: Any, scheduler: Scheduler) -> None:
        """Remember a scheduler under a name; the name "default" is for requests that name none.

        Raises:
            UsageError: The name is no text.
        """
        if not isinstance(name, str):
            raise UsageError(f"name is {name!r}, expected a text", where="name")
        self._named[name] = scheduler

    def of(self, request: Mapping[str, Any]) -> Scheduler:
        """The scheduler that a request means: by name, described in it, or the default.

        Raises:
            UnknownName: No scheduler was sent under this name.
            RepetitaError: The description is none.
        """
        asked = request.get("scheduler", DEFAULT)
        if isinstance(asked, str):
            found = self._named.get(asked)
            if found is None:
                raise unknown_name("scheduler", asked, self._named)
            return found
        text = json.dumps(asked)
        found = self._unnamed.get(text)
        if found is None:
            found = scheduler_from(asked)
            if len(self._unnamed) >= MOST_UNNAMED:
                del self._unnamed[next(iter(self._unnamed))]
            self._unnamed[text] = found
        return found


def scheduler_from(given: Any) -> Scheduler:
    """A scheduler from what ``Scheduler.to_dict`` describes, from that of py-fsrs, or from some options.

    Args:
        given: In a mapping of options, ``model`` may be a name, with ``parameters``, ``variant`` and ``clip``
            beside it, and ``day_rule`` may be ``{"zone": "Europe/Paris", "rollover_hour": 4}``.

    Raises:
        UnknownName: An option that there is not; the nearest one is suggested.
        RepetitaError: A value that cannot be.

    Example:
        >>> given = {"desired_retention": 0.85, "day_rule": {"zone": "Asia/Tokyo"}, "learning_steps": "5m"}
        >>> scheduler_from(given).day_rule
        DayRule(zone='Asia/Tokyo', rollover_hour=4)
    """
    if not isinstance(given, Mapping):
        raise UsageError(
            f"scheduler is {given!r}, expected a name or an object of options", where="scheduler"
        )
    if "kind" in given:
        return Scheduler.from_dict(given)
    if "enable_fuzzing" in given:
        from repetita.scheduling.interop_py_fsrs import scheduler_from_py_fsrs

        return scheduler_from_py_fsrs(given)
    if strange := given.keys() - {*OPTIONS, *OF_THE_MODEL}:
        raise unknown_name("option of a scheduler", min(strange), (*OPTIONS, *OF_THE_MODEL))
    options = {name: given[name] for name in OPTIONS if name in given}
    if isinstance(options.get("model", ""), str):
        options["model"] = memory_model(given)
    else:
        options["model"] = MemoryModel.from_dict(options["model"])
    if "day_rule" in options:
        options["day_rule"] = day_rule(options["day_rule"])
    try:
        if "deck_retention" in options:
            options["deck_retention"] = READERS["deck_retention"](options["deck_retention"])
        return Scheduler(**options)
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"the options of the scheduler do not fit: {error}", where="scheduler") from None


def memory_model(given: Mapping[str, Any]) -> MemoryModel:
    """The memory model of a request: ``model``, ``parameters``, ``variant`` and ``clip`` in it.

    Raises:
        UnknownName: No such model or variant.
        InvalidParameters: Parameters that it cannot have.
    """
    name, parameters = given.get("model", "fsrs6"), given.get("parameters")
    variant, clip = given.get("variant", "default"), given.get("clip", False)
    if not isinstance(name, str) or not isinstance(variant, str):
        raise UsageError(f"model and variant are names, got {name!r} and {variant!r}", where="model")
    if not isinstance(clip, bool):
        raise UsageError(f"clip is {clip!r}, expected true or false", where="clip")
    if not (parameters is None or isinstance(parameters, list)):
        raise UsageError(f"parameters are {parameters!r}, expected a list of numbers", where="parameters")
    try:
        return _model(name, None if parameters is None else tuple(parameters), variant, clip)
    except TypeError:  # something in the list that cannot be hashed, and so is no number
        raise UsageError("parameters are a list of numbers", where="parameters") from None


@lru_cache(maxsize=MOST_UNNAMED)
def _model(name: str, parameters: tuple[Any, ...] | None, variant: str, clip: bool) -> MemoryModel:
    return model_of(name, parameters, variant=variant, clip=clip)


def day_rule(given: Any) -> DayRule | DayGrid:
    """A day rule: ``{"zone": ..., "rollover_hour": ...}`` or ``{"next_day_at": ...}``.

    Raises:
        UsageError: Neither.

    Example:
        >>> day_rule({"next_day_at": 1728270000})
        DayGrid(next_day_at=1728270000)
    """
    described = given
    if isinstance(given, Mapping) and "kind" not in given:
        described = {"kind": "grid" if "next_day_at" in given else "zone", **given}
    rule = rule_from_dict(described)
    if not isinstance(rule, DayRule | DayGrid):
        raise UsageError(f"day_rule is {given!r}, expected a zone or a grid", where="day_rule")
    return rule


def instant(given: Any, name: str = "at") -> datetime:
    """An instant: ISO 8601 with an offset, or Unix milliseconds.

    Raises:
        UsageError: Something else.

    Example:
        >>> instant("2026-11-28T09:30:00+01:00") == instant(1795854600000)
        True
    """
    if type(given) is int:
        try:
            return EPOCH + timedelta(milliseconds=given)
        except OverflowError:
            raise UsageError(
                f"{name} is {given}, expected Unix milliseconds of the years 1 to 9999", where=name
            ) from None
    read = read_instant(given) if isinstance(given, str) else None
    if read is None:
        raise UsageError(
            f"{name} is {given!r}, expected a time such as 2026-11-28T09:30:00Z, or Unix milliseconds",
            where=name,
        )
    return read
