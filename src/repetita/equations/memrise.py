"""The ladder of Memrise: fixed intervals, one rung up after a success, back to the first after Again.

Formulas and figures: the ladder as srs-simulator has it; the curve is that of SM-2, 0.9 at one interval.
Letters: ``w``, ``c`` and ``o`` are empty; ``state`` (interval in days), ``days`` since the last review, which
the rule ignores.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float]

TITLE = "Memrise"
FITTED = False
UNIT = "days"
STATE = ("interval",)
STATE_UNITS = ("days",)
PREDICTION_FLOOR = 1e-15

SYMBOLS = {"interval": "V"}
SOURCES = ("srs-simulator: <https://github.com/open-spaced-repetition/srs-simulator>",)

OPTIONS = ()
VARIANTS: dict[str, tuple[float, ...]] = {"default": ()}
PARAMETERS: tuple[Parameter, ...] = ()
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()
MIGRATIONS: dict[int, tuple[str, object]] = {}

LADDER = (1.0, 6.0, 12.0, 48.0, 96.0, 180.0)  # days


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """What depends on the parameters only: nothing."""
    return ()


def next_rung(previous: float, rating: int, ladder: Sequence[float] = LADDER) -> float:
    """The interval after an answer: the rung above the one nearest to the previous interval.

    Args:
        previous: Previous interval in days; 0 for a new card.
        rating: 1 Again, 2 Hard, 3 Good, 4 Easy; all but Again are alike.
        ladder: Rising intervals in days.

    Example:
        >>> next_rung(6.0, 3), next_rung(180.0, 4), next_rung(48.0, 1)
        (12.0, 180.0, 1.0)
    """
    if rating == 1 or previous <= 0.0:
        return ladder[0]
    nearest = 0
    for rung in range(1, len(ladder)):
        if abs(ladder[rung] - previous) < abs(ladder[nearest] - previous):
            nearest = rung
    return ladder[min(nearest + 1, len(ladder) - 1)]


def first(w: Vector, c: Vector, o: Vector, rating: int) -> State:
    """State after the first review."""
    return (next_rung(0.0, rating),)


def recall(w: Vector, c: Vector, o: Vector, state: State, days: float) -> float:
    """Probability of recall ``days`` after the last review: 0.9 at one interval."""
    chance: float = 0.9 ** (days / state[0])
    return chance


def exponential_rate(w: Vector, c: Vector, o: Vector, state: State) -> float:
    """Rate of the forgetting curve: `recall` as ``exp(-rate days)``."""
    return -log(0.9) / state[0]


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review."""
    return (next_rung(state[0], rating),)


def interval(w: Vector, c: Vector, o: Vector, state: State, desired_retention: float) -> float:
    """Days until retrievability has fallen to ``desired_retention``."""
    return state[0] * log(desired_retention) / log(0.9)
