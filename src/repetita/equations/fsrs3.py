"""FSRS v3: exponential forgetting, stability and difficulty, initial values on a line by rating.

Formulas and figures: the FSRS v3 algorithm as the public benchmark trains it (open-spaced-repetition).
Letters: ``w`` parameters, ``c`` what `prepare` returned, ``o`` the options named in `OPTIONS`, ``state``
(stability in days, difficulty in 1..10), ``days`` since the last review. No spread is published: the prior
takes ours, e.g. a standard deviation of about a third for the logarithm of a scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float, float]

TITLE = "FSRS v3"
UNIT = "days"
STATE = ("stability", "difficulty")
STATE_UNITS = ("days", "1")
PREDICTION_FLOOR = 1e-300  # exponential forgetting: after long gaps even 1e-80 is a prediction

SYMBOLS = {
    "stability": "S",
    "difficulty": "D",
    "stability_min": r"S_{\min}",
    "stability_max": r"S_{\max}",
}
SOURCES = (
    "srs-benchmark: <https://github.com/open-spaced-repetition/srs-benchmark>",
    "fsrs-optimizer: <https://github.com/open-spaced-repetition/fsrs-optimizer>",
)

OPTIONS = ("stability_min", "stability_max")
VARIANTS = {"default": (0.01, 36500.0)}

PARAMETERS = (
    Parameter("initial_again", 0.9605, 0.1, 10.0, inf, "days", "stability after a first Again", "log", 1.0),
    Parameter("initial_step", 1.7234, 0.1, 5.0, inf, "days", "rise of first stability by grade", "log", 0.8),
    Parameter("difficulty_good", 4.8527, 1.0, 10.0, inf, "1", "difficulty after a first Good", sd=0.5),
    Parameter(
        "difficulty_slope",
        -1.1917,
        -5.0,
        -0.1,
        inf,
        "1",
        "change of first difficulty by grade",
        sd=0.4,
    ),
    Parameter("difficulty_step", -1.2956, -5.0, -0.1, inf, "1", "change of difficulty by a grade", sd=0.5),
    Parameter(
        "difficulty_reversion",
        0.0573,
        0.05,
        0.5,
        inf,
        "1",
        "pull of difficulty back to the first",
        sd=0.09,
    ),
    Parameter("growth", 1.7352, 0.0, 2.0, inf, "1", "log scale of growth after a success", sd=0.3),
    Parameter(
        "growth_stability",
        -0.1673,
        -0.8,
        -0.15,
        inf,
        "1",
        "exponent of stability in the growth",
        sd=0.13,
    ),
    Parameter("growth_spacing", 1.065, 0.01, 1.5, inf, "1", "gain from a low retrievability", "log", 0.3),
    Parameter("lapse_scale", 1.8907, 0.5, 5.0, inf, "days", "scale of stability after a lapse", "log", 0.3),
    Parameter(
        "lapse_difficulty",
        -0.3832,
        -2.0,
        -0.01,
        inf,
        "1",
        "exponent of difficulty after a lapse",
        sd=0.2,
    ),
    Parameter("lapse_stability", 0.5867, 0.01, 0.9, inf, "1", "exponent of stability after a lapse", sd=0.15),
    Parameter(
        "lapse_spacing",
        1.0721,
        0.01,
        2.0,
        inf,
        "1",
        "gain from a low retrievability at a lapse",
        sd=0.4,
    ),
)
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()

REFERENCE = {"penalty": 0.0}  # otherwise what published trainings share


def power(x: float, y: float) -> float:
    """``x ** y`` for positive ``x``."""
    return exp(y * log(x))


def clamp(x: float, low: float, high: float) -> float:
    """``x`` moved into [low, high]."""
    return min(max(x, low), high)


def prepare(w: Vector, o: Vector) -> tuple[float]:
    """What depends on the parameters only: growth scale."""
    return (exp(w[6]),)


def first(w: Vector, c: Vector, o: Vector, rating: int) -> State:
    """State after the first review."""
    stability = w[0] + w[1] * (rating - 1.0)
    return clamp(stability, o[0], o[1]), clamp(w[2] + w[3] * (rating - 3.0), 1.0, 10.0)


def recall(w: Vector, c: Vector, o: Vector, state: State, days: float) -> float:
    """Probability of recall ``days`` after the last review: 0.9 at one stability."""
    return power(0.9, days / state[0])


def exponential_rate(w: Vector, c: Vector, o: Vector, state: State) -> float:
    """Rate of the forgetting curve: `recall` as ``exp(-rate days)``."""
    return -log(0.9) / state[0]


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review; stability follows from the difficulty after it."""
    stability, difficulty = state
    forgotten = 1.0 - recall(w, c, o, state, days)
    moved = difficulty + w[4] * (rating - 3.0)
    adjusted = clamp(moved + w[5] * (w[2] - moved), 1.0, 10.0)
    if rating == 1:
        new = w[9] * power(adjusted, w[10]) * power(stability, w[11]) * exp(w[12] * forgotten)
    else:
        gain = c[0] * (11.0 - adjusted) * power(stability, w[7]) * (exp(w[8] * forgotten) - 1.0)
        new = stability * (1.0 + gain)
    return clamp(new, o[0], o[1]), adjusted


def interval(w: Vector, c: Vector, o: Vector, state: State, desired_retention: float) -> float:
    """Days until retrievability has fallen to ``desired_retention``."""
    return state[0] * log(desired_retention) / log(0.9)


MIGRATIONS: dict[int, tuple[str, object]] = {}
