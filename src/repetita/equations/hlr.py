"""HLR, half-life regression: recall halves every half-life, which follows from counts of passes and fails.

Formulas and figures: the trained half-life regression of the public benchmark (after Settles and Meeder).
Letters: ``w`` parameters, ``c`` what `prepare` returned (nothing), ``o`` the options (none), ``state``
(counts of passes and fails), ``days`` since the last review. There are no bounds. No spread is published: the
prior has ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log, sqrt

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float, float]

TITLE = "HLR"
UNIT = "days"
STATE = ("passes", "fails")
STATE_UNITS = ("1", "1")
MAY_BE_ZERO = ("passes", "fails")
PREDICTION_FLOOR = 1e-300  # exponential forgetting: after long gaps even 1e-80 is a prediction

SYMBOLS = {"passes": "n_{+}", "fails": "n_{-}", "half_life": "h"}
SOURCES = (
    "B. Settles, B. Meeder, A Trainable Spaced Repetition Model for Language Learning, ACL 2016",
    "srs-benchmark: <https://github.com/open-spaced-repetition/srs-benchmark>",
)

OPTIONS = ()
VARIANTS: dict[str, tuple[float, ...]] = {"default": ()}

PARAMETERS = (
    Parameter("passes_weight", 2.5819, -inf, inf, inf, "1", "doublings by the root of passes", sd=1.0),
    Parameter("fails_weight", -0.8674, -inf, inf, inf, "1", "doublings by the root of fails", sd=1.0),
    Parameter("initial", 2.7245, -inf, inf, inf, "1", "doublings of a day, to start from", sd=1.5),
)
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()


def power(x: float, y: float) -> float:
    """``x ** y`` for positive ``x``."""
    return exp(y * log(x))


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """What depends on the parameters only: nothing."""
    return ()


def counted(state: State, rating: int) -> State:
    """Counts with one more answer."""
    passes, fails = state
    if rating == 1:
        return passes, fails + 1.0
    return passes + 1.0, fails


def first(w: Vector, c: Vector, o: Vector, rating: int) -> State:
    """State after the first review."""
    return counted((0.0, 0.0), rating)


def half_life_of(w: Vector, state: State) -> float:
    """Days in which recall halves."""
    doublings = w[0] * sqrt(state[0]) + w[1] * sqrt(state[1]) + w[2]
    # no bounds on the weights: what float64 can still hold the inverse of
    return power(2.0, min(max(doublings, -400.0), 400.0))


def recall(w: Vector, c: Vector, o: Vector, state: State, days: float) -> float:
    """Probability of recall ``days`` after the last review: one half at one half-life."""
    half_life = half_life_of(w, state)
    return power(0.5, days / half_life)


def exponential_rate(w: Vector, c: Vector, o: Vector, state: State) -> float:
    """Rate of the forgetting curve: `recall` as ``exp(-rate days)``."""
    return log(2.0) / half_life_of(w, state)


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review."""
    return counted(state, rating)


def interval(w: Vector, c: Vector, o: Vector, state: State, desired_retention: float) -> float:
    """Days until retrievability has fallen to ``desired_retention``."""
    half_life = half_life_of(w, state)
    return half_life * log(desired_retention) / log(0.5)


MIGRATIONS: dict[int, tuple[str, object]] = {}
