"""How far a card is from its due date in the terms of memory, and which cards go first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from repetita.arguments import whole_number
from repetita.scheduling.batch.deck import Row

__all__ = ["first_cards", "overdueness"]

SHORTEST_WISH = 1e-9  # days: a card that asks for nothing is as overdue as can be


def overdueness(row: Row, elapsed_days: float) -> float:
    """Time since the last review in units of the interval that memory asks for, less one.

    For the power curves of FSRS this is ``(R**(-1/decay) - 1) / (DR**(-1/decay) - 1) - 1``.

    Args:
        row: The card.
        elapsed_days: Since its last review.
    """
    return elapsed_days / max(row.wish, SHORTEST_WISH) - 1.0


def first_cards(
    rows: Iterable[Row], key: Callable[[Row], float], count: int | None, *, safe_below: float
) -> tuple[list[Row], int]:
    """The cards with the smallest keys, of equal ones the more stable first; and how many keys are small.

    Args:
        rows: Cards to choose from.
        key: What is sorted by.
        count: How many to take; None: those whose key is small.
        safe_below: Keys below this are small.
    """
    keyed = sorted(((key(row), -row.order, row.place, row) for row in rows), key=lambda entry: entry[:3])
    safe = sum(entry[0] < safe_below for entry in keyed)
    wanted = safe if count is None else whole_number(count, "count")
    return [entry[3] for entry in keyed[:wanted]], safe
