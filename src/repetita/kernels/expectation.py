"""The compiled loop of exact expectations: where the mass of a card goes, age by age.

A card's probability is spread over cells. A branch is what happens to the mass of one cell: with a share of
it, a press so many days later, after which it lies in `RUNS` runs of `RUN` neighbouring cells, four runs a
rating.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FACTS",
    "RUN",
    "RUNS",
    "Branches",
    "Corners",
    "pass_through",
    "pass_through_twice",
    "recall_by_age",
    "value_from_the_end",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

RUN, RUNS = 4, 16
# of a press, by age: how many, lapses, seconds, squares of seconds
FACTS = 4


@dataclass(frozen=True, eq=False, slots=True)
class Branches:
    """What happens to the mass of cells.

    Attributes:
        cells: Cell of each branch, shape (branches,).
        delays: Days until the press, at least 1.
        shares: Share of the cell's mass; those of a cell add up to 1.
        slopes: Derivatives of the shares.
        runs: First cell of each run, shape (branches, RUNS).
        weights: Shares of the mass for the cells of the runs, shape (branches, RUNS, RUN).
        facts: Expected numbers of a press, shape (branches, FACTS).
    """

    cells: IntArray
    delays: IntArray
    shares: FloatArray
    slopes: FloatArray
    runs: NDArray[np.uint32]
    weights: FloatArray
    facts: FloatArray


@dataclass(frozen=True, eq=False, slots=True)
class Corners:
    """Where presses lead from the cells of a grid of two numbers: between four nodes.

    Arrays have shape (ratings, cells).

    Attributes:
        chances: Of each rating.
        delays: Whole days until the press after it.
        first: The cell with the lower number of both.
        along: Share of the next one by the first number.
        across: Share of the next one by the second number.
        width: Cells from one first number to the next.
    """

    chances: FloatArray
    delays: IntArray
    first: IntArray
    along: FloatArray
    across: FloatArray
    width: int


def value_from_the_end(days: int, immediate: FloatArray, corners: Corners) -> FloatArray:
    """What a press on a day brings, with all that follows it, shape (days + 1, cells); the last row is 0.

    Args:
        days: Length of the run.
        immediate: What a press brings itself, by cell.
        corners: Where it leads.
    """
    c = corners
    values = np.zeros((days + 1, len(immediate)))
    _kernel("awaited")(values, immediate, c.chances, c.delays, c.first, c.along, c.across, c.width)
    return values


def pass_through(mass: FloatArray, totals: FloatArray, branches: Branches, least: float) -> None:
    """Moves mass through all presses.

    Args:
        mass: Mass that arrives in cells at ages, shape (ages, cells); what is there comes from first presses.
            Filled in place.
        totals: Expected numbers of presses by age, shape (ages, FACTS). Added to in place.
        branches: What happens to mass.
        least: Mass that is not followed any further.
    """
    b = branches
    _kernel("passed")(mass, b.cells, b.delays, b.shares, b.runs, b.weights, b.facts, totals, least)


def pass_through_twice(
    mass: FloatArray,
    tangent: FloatArray,
    totals: FloatArray,
    moving: FloatArray,
    branches: Branches,
    least: float,
) -> None:
    """As `pass_through`, together with derivatives by what the slopes of the branches are derivatives of.

    Args:
        mass: As there.
        tangent: Derivatives of the mass, of the same shape.
        totals: As there.
        moving: Derivatives of the totals, of the same shape.
        branches: What happens to mass.
        least: Mass, and derivative of mass, that is not followed any further.
    """
    b = branches
    vectors = b.cells, b.delays, b.shares, b.slopes, b.runs, b.weights, b.facts
    _kernel("passed_twice")(mass, tangent, *vectors, totals, moving, least)


def recall_by_age(
    arrivals: FloatArray, spans: IntArray, recalled: FloatArray, curve: FloatArray, least: float
) -> None:
    """Adds to the expected recall by age what arrivals contribute until their next press.

    Args:
        arrivals: Mass by age and row, shape (ages, rows).
        spans: Days that it stays, shape (rows,).
        recalled: Recall so many days after arrival, shape (rows, ages + 1).
        curve: Recall by age, shape (ages + 1,). Added to in place.
        least: Mass that does not count.
    """
    _kernel("remembered")(arrivals, spans, recalled, curve, least)


@cache
def _kernel(function: str) -> Callable[..., Any]:
    from repetita.kernels.rendering import fill
    from repetita.kernels.source_cache import entry

    return entry("expectation", fill("expectation", runs=RUNS, facts=FACTS), function)
