"""SM-2 with trained constants: intervals grow by an ease that every answer moves.

Formulas and figures: the trainable SM-2 of the public benchmark. Letters: ``w`` parameters, ``c`` what
`prepare` returned (nothing), ``o`` the options named in `OPTIONS`, ``state`` (interval in days, ease,
successes in a row; a lapse starts them at one), ``days`` since the last review, which the state ignores. No
spread is published: the prior has ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float, float, float]

TITLE = "SM-2, trained"
UNIT = "days"
STATE = ("interval", "ease", "repetitions")
STATE_UNITS = ("days", "1", "1")
PREDICTION_FLOOR = 1e-300  # exponential forgetting: after long gaps even 1e-80 is a prediction

SYMBOLS = {
    "interval": "V",
    "ease": "E",
    "repetitions": "n",
    "interval_min": r"V_{\min}",
    "interval_max": r"V_{\max}",
}
SOURCES = (
    "P. Wozniak, Optimization of learning, 1990 (SM-2)",
    "srs-benchmark: <https://github.com/open-spaced-repetition/srs-benchmark>",
)

OPTIONS = ("interval_min", "interval_max")
VARIANTS = {"default": (0.01, 36500.0)}

PARAMETERS = (
    Parameter("first_interval", 1.0, 0.01, 36500.0, inf, "days", "interval after one repetition", "log", 1.0),
    Parameter(
        "second_interval", 6.0, 0.01, 36500.0, inf, "days", "interval after two repetitions", "log", 1.0
    ),
    Parameter("initial_ease", 2.5, 1.3, 10.0, inf, "1", "ease to start from", "log", 0.3),
    Parameter("ease_curvature", 0.02, 0.0, inf, inf, "1", "fall of ease by squared distance", sd=0.02),
    Parameter("ease_center", 7.0, 5.0, inf, inf, "1", "grade plus one at which ease falls least", "log", 0.2),
    Parameter("ease_offset", 0.18, -inf, inf, inf, "1", "rise of ease with any answer", sd=0.2),
)
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()


def power(x: float, y: float) -> float:
    """``x ** y`` for positive ``x``."""
    return exp(y * log(x))


def clamp(x: float, low: float, high: float) -> float:
    """``x`` moved into [low, high]."""
    return min(max(x, low), high)


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """What depends on the parameters only: nothing."""
    return ()


def answered(w: Vector, o: Vector, state: State, rating: int) -> State:
    """State after an answer, whichever it is of the card."""
    interval, ease, repetitions = state
    repeated = 1.0 if rating == 1 else repetitions + 1.0
    if rating == 1 or repetitions < 1.0:
        grown = w[0]
    elif repetitions < 2.0:
        grown = w[1]
    else:
        grown = interval * ease
    away = rating + 1.0 - w[4]
    moved = ease - w[3] * away * away + w[5]
    return clamp(grown, o[0], o[1]), clamp(moved, 1.3, 10.0), repeated


def first(w: Vector, c: Vector, o: Vector, rating: int) -> State:
    """State after the first review."""
    return answered(w, o, (0.0, w[2], 0.0), rating)


def recall(w: Vector, c: Vector, o: Vector, state: State, days: float) -> float:
    """Probability of recall ``days`` after the last review: 0.9 at one interval."""
    return power(0.9, days / state[0])


def exponential_rate(w: Vector, c: Vector, o: Vector, state: State) -> float:
    """Rate of the forgetting curve: `recall` as ``exp(-rate days)``."""
    return -log(0.9) / state[0]


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review."""
    return answered(w, o, state, rating)


def interval(w: Vector, c: Vector, o: Vector, state: State, desired_retention: float) -> float:
    """Days until retrievability has fallen to ``desired_retention``."""
    return state[0] * log(desired_retention) / log(0.9)


MIGRATIONS: dict[int, tuple[str, object]] = {}
