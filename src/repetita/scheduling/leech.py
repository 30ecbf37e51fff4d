"""Leeches: cards that lapse again and again, so that time spent on them is lost until they are reworded."""

from __future__ import annotations

__all__ = ["becomes_leech"]


def becomes_leech(lapses: int, threshold: int) -> bool:
    """Whether a lapse should be reported: at the threshold, then at every half of it, as in Anki.

    Args:
        lapses: Lapses of the card, this one included.
        threshold: At the first report; 0 or less: never.

    Example:
        >>> [lapses for lapses in range(1, 17) if becomes_leech(lapses, threshold=8)]
        [8, 12, 16]
    """
    if threshold <= 0 or lapses < threshold:
        return False
    return (lapses - threshold) % max((threshold + 1) // 2, 1) == 0
