"""On which days a card is counted among those remembered. Text that a compiler links."""

from __future__ import annotations


def first_sample(begin: int, at_end: int) -> int:
    """The first day on which a card is counted after a press on a day; of earlier presses the first day."""
    if at_end > 0:
        return max(begin, 0)
    return max(begin, -1) + 1
