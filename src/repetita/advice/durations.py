"""Durations of learning steps as people write them: ``1m 10m``, ``45s``, ``6h``, ``1d``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from math import floor, isfinite
from typing import TypeAlias

from repetita.errors import UsageError

__all__ = ["Duration", "duration_text", "step_seconds", "step_text"]

Duration: TypeAlias = str | float | timedelta
"""A step: ``"10m"``, a number of seconds, or a timedelta."""

SECONDS_IN = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
ONE = re.compile(r"(\d+(?:\.\d+)?)([smhd])", re.IGNORECASE)
HOURS_ABOVE = 5.0 * 3600.0
MINUTES_ABOVE = 5.0 * 60.0


def duration_text(seconds: float) -> str:
    """A duration as Anki takes it for a step: hours above 5 hours, minutes above 5 minutes, else seconds.

    Args:
        seconds: Not negative. Rounded half up to the unit.

    Example:
        >>> [duration_text(seconds) for seconds in (42.4, 300.0, 301.0, 18_001.0)]
        ['42s', '300s', '5m', '5h']
    """
    for above, letter in ((HOURS_ABOVE, "h"), (MINUTES_ABOVE, "m")):
        if seconds > above:
            return f"{floor(seconds / SECONDS_IN[letter] + 0.5)}{letter}"
    return f"{floor(seconds + 0.5)}s"


def step_text(seconds: float) -> str:
    """A step as a person would have typed it: in the longest unit that it is a whole number of.

    Example:
        >>> [step_text(seconds) for seconds in (60.0, 90.0, 600.0, 86_400.0)]
        ['1m', '90s', '10m', '1d']
    """
    for letter, unit in reversed(SECONDS_IN.items()):
        if seconds >= unit and seconds % unit == 0.0:
            return f"{seconds / unit:.0f}{letter}"
    return f"{seconds:g}s"


def step_seconds(steps: str | Iterable[Duration], *, name: str) -> tuple[float, ...]:
    """Seconds of each step.

    Args:
        steps: ``"1m 10m"``, or a sequence of such texts, seconds, or timedeltas.
        name: What the steps are called in a message.

    Raises:
        UsageError: A step that is no duration above 0.

    Example:
        >>> step_seconds("1m 10m 1d", name="learning_steps")
        (60.0, 600.0, 86400.0)
        >>> step_seconds(["90", 45], name="learning_steps")
        Traceback (most recent call last):
        ...
        repetita.errors.UsageError: learning_steps has '90', expected a duration such as 45s, 10m, 6h or 1d
    """
    if isinstance(steps, str):
        return tuple(_seconds(part, name) for part in steps.replace(",", " ").split())
    try:
        listed = list(steps)
    except TypeError:
        raise _unreadable(steps, name) from None
    return tuple(_seconds(step, name) for step in listed)


def _seconds(step: Duration, name: str) -> float:
    if isinstance(step, timedelta):
        seconds = step.total_seconds()
    elif isinstance(step, str):
        match = ONE.fullmatch(step.strip())
        seconds = float(match[1]) * SECONDS_IN[match[2].lower()] if match else 0.0
    else:
        try:
            seconds = 0.0 if isinstance(step, bool) else float(step)
        except (TypeError, ValueError, OverflowError):
            seconds = 0.0
    if not (isfinite(seconds) and seconds > 0.0):
        raise _unreadable(step, name)
    return seconds


def _unreadable(step: object, name: str) -> UsageError:
    return UsageError(f"{name} has {step!r}, expected a duration such as 45s, 10m, 6h or 1d", where=name)
