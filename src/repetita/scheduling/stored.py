"""Values as JSON: what is written, and how it is read back without trusting it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, TypeVar

from repetita.errors import CorruptInput, UnsupportedInput, UsageError

__all__ = ["SCHEMA", "described", "instant_text", "parsed", "read_instant", "rebuilt"]

SCHEMA = 1
"""Version of the descriptions that ``to_dict`` makes; a newer one is refused."""

Value = TypeVar("Value")


def described(kind: str, body: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A description with its schema version and kind in front."""
    description: dict[str, Any] = {"schema": SCHEMA, "kind": kind}
    description.update(body)
    return description


def rebuilt(
    make: Callable[..., Value],
    kind: str,
    data: Any,
    readers: Mapping[str, Callable[[Any], Any]],
    *,
    build: Callable[[dict[str, Any]], Value] | None = None,
) -> Value:
    """The value that a description stands for.

    Args:
        make: The dataclass.
        kind: What `described` was given.
        data: What should be such a description.
        readers: For each field of the dataclass that is not stored as it is, what reads it.
        build: What makes the value of its fields; None: the constructor.

    Raises:
        CorruptInput: Not such a description, or one with impossible values.
        UnsupportedInput: Made by a newer version.
    """
    # asked for the class first, because asking for a Mapping takes longer than the rest of the check
    if not (type(data) is dict or isinstance(data, Mapping)) or data.get("kind") != kind:
        found = f"kind {data.get('kind')!r}" if isinstance(data, Mapping) else type(data).__name__
        raise CorruptInput(f"not a stored {kind}: found {found}", hint=f"write one with {kind}.to_dict()")
    version = data.get("schema")
    if type(version) is not int or version < 1:
        raise CorruptInput(f"a stored {kind} has schema {version!r}, expected {SCHEMA}", where="schema")
    if version > SCHEMA:
        raise UnsupportedInput(
            f"a stored {kind} has schema {version}, this version reads up to {SCHEMA}",
            hint="upgrade repetita",
            where="schema",
        )
    values = dict(data)
    del values["schema"], values["kind"]
    if not values.keys() <= _names(make):
        strange = min(set(values) - _names(make), key=str)
        raise CorruptInput(f"a stored {kind} has a field {strange!r}, which is unknown", where=str(strange))
    try:
        for name, read in readers.items():
            if name in values:
                values[name] = read(values[name])
        return make(**values) if build is None else build(values)
    except (UsageError, TypeError, ValueError, OverflowError) as error:
        raise CorruptInput(f"a stored {kind} cannot be read: {error}") from None


@cache
def _names(make: Callable[..., Any]) -> frozenset[str]:
    """What the constructor of a dataclass takes."""
    return frozenset(field.name for field in fields(make) if field.init)  # type: ignore[arg-type]


def parsed(kind: str, text: str | bytes) -> Any:
    """What a JSON text says.

    Raises:
        CorruptInput: Not JSON.
    """
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise CorruptInput(f"not the JSON of a {kind}: {error}") from None


@lru_cache(maxsize=8192)
def instant_text(instant: datetime | None) -> str | None:
    """An instant in ISO 8601."""
    return None if instant is None else instant.isoformat()


def read_instant(text: Any) -> datetime | None:
    """The instant of an ISO 8601 text.

    Raises:
        UsageError: Not one.
    """
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise UsageError(f"{text!r} is not a time, expected one such as 2026-11-28T09:30:00+00:00") from None
