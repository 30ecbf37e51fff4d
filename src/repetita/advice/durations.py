"""The display rule of durations: one unit, as Anki takes it for a step."""

from __future__ import annotations

from math import floor

__all__ = ["duration_text"]

UNITS = ((5 * 3600.0, 3600.0, "h"), (5 * 60.0, 60.0, "m"))


def duration_text(seconds: float) -> str:
    """A duration as Anki takes it for a step: hours above 5 hours, minutes above 5 minutes, else seconds.

    Args:
        seconds: Not negative. Rounded half up to the unit.

    Example:
        >>> [duration_text(seconds) for seconds in (42.4, 300.0, 301.0, 18_001.0)]
        ['42s', '300s', '5m', '5h']
    """
    for above, unit, letter in UNITS:
        if seconds > above:
            return f"{floor(seconds / unit + 0.5)}{letter}"
    return f"{floor(seconds + 0.5)}s"
