"""Cards with parameters and desired retentions of their own in one lane.

All cards of a lane run the same text; what differs is the row of numbers that it reads. With one row a card
the row of the lane begins with the floats of a card and, for each card, where its own row begins; equal rows
are there once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from repetita.errors import UsageError
from repetita.simulation.flat import flat_environment, flat_scheduler
from repetita.simulation.running import Plan

__all__ = ["FlatParts", "flat_parts", "row_table", "same_rows"]


class FlatParts(NamedTuple):
    """The worlds or the schedulers of the cards in flat form.

    Attributes:
        flat: The distinct ones.
        rows: Their rows.
        places: Which of them each card has.
    """

    flat: list[Any]
    rows: list[tuple[float, ...]]
    places: list[int]


def flat_parts(plan: Plan, capacity: int) -> tuple[FlatParts, FlatParts]:
    """Worlds and schedulers of a plan.

    Args:
        plan: With a world and a scheduler for each card, or for all.
        capacity: See `repetita.simulation.flat.flat_environment`.

    Raises:
        UsageError: Cards differ in more than numbers.
    """
    switches = plan.switches
    return (
        _parts("environment", plan.environments, lambda world: flat_environment(world, switches, capacity)),
        _parts(
            "scheduler",
            plan.schedulers,
            lambda chosen: flat_scheduler(chosen, switches, fuzz=plan.fuzz, capacity=capacity),
        ),
    )


def _parts(kind: str, parts: Sequence[Any], flatten: Callable[[Any], Any]) -> FlatParts:
    known: dict[int, int] = {}
    flat: list[Any] = []
    for part in parts:
        if id(part) not in known:
            known[id(part)] = len(flat)
            flat.append(flatten(part))
    first = flat[0]
    for other in flat:
        if len(other.row) != len(first.row) or other._replace(row=first.row) != first:
            raise UsageError(
                f"{kind}: cards of different models run in the event engine only; in a lane they may differ "
                "in parameters and desired retention",
                hint="simulate runs them, or --engine event",
                where=kind,
            )
    return FlatParts(flat, [one.row for one in flat], [known[id(part)] for part in parts])


def same_rows(worlds: FlatParts, beliefs: FlatParts) -> bool:
    """Whether the row of every card's scheduler begins with that of its world."""
    size = len(worlds.rows[0])
    pairs = set(zip(worlds.places, beliefs.places, strict=True))
    return all(beliefs.rows[belief][:size] == worlds.rows[world] for world, belief in pairs)


def row_table(rows: Sequence[Sequence[float]], places: Sequence[int], size: int) -> list[float]:
    """The row of a lane whose cards have rows of their own.

    Args:
        rows: Equally long.
        places: Which of them each card has.
        size: Floats of a card.

    Example:
        >>> row_table([(0.5,), (0.7,)], [0, 1, 0], 8)
        [8.0, 4.0, 5.0, 4.0, 0.5, 0.7]
    """
    begin, length = 1 + len(places), len(rows[0])
    header = [float(size), *(float(begin + place * length) for place in places)]
    return header + [value for row in rows for value in row]
