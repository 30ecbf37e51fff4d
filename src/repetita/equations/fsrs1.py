"""FSRS v1: exponential forgetting with stability, difficulty and a count of lapses.

Formulas and figures: the FSRS v1 algorithm as the public benchmark trains it (open-spaced-repetition).
Letters: ``w`` parameters, ``c`` what `prepare` returned, ``o`` the options named in `OPTIONS`, ``state``
(stability in days, difficulty from 0, lapses so far), ``days`` since the last review. No spread is
published: the prior takes ours, e.g. a standard deviation of about a third for the logarithm of a scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float, float, float]

TITLE = "FSRS v1"
UNIT = "days"
STATE = ("stability", "difficulty", "lapses")
STATE_UNITS = ("days", "1", "1")
MAY_BE_ZERO = ("difficulty", "lapses")
PREDICTION_FLOOR = 1e-300  # exponential forgetting: after long gaps even 1e-80 is a prediction

SYMBOLS = {
    "stability": "S",
    "difficulty": "D",
    "lapses": "L",
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
    Parameter(
        "initial_good",
        2.0,
        0.1,
        10.0,
        inf,
        "days",
        "stability after a first Good; half at Hard, twice at Easy",
        "log",
        0.8,
    ),
    Parameter("difficulty_good", 5.0, 1.0, 10.0, inf, "1", "difficulty after a first Good", sd=1.0),
    Parameter("growth", 3.0, 0.01, 10.0, inf, "1", "log scale of growth after a success", sd=0.5),
    Parameter(
        "growth_difficulty",
        -0.7,
        -1.0,
        -0.01,
        inf,
        "1",
        "exponent of difficulty in the growth",
        sd=0.2,
    ),
    Parameter(
        "growth_stability", -0.2, -1.0, -0.01, inf, "1", "exponent of stability in the growth", sd=0.13
    ),
    Parameter("growth_spacing", 1.0, 0.01, 10.0, inf, "1", "gain from a low retrievability", "log", 0.3),
    Parameter(
        "lapse_decay",
        -0.3,
        -1.0,
        -0.01,
        inf,
        "1",
        "log change of stability after a lapse by each earlier one",
        sd=0.2,
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
    return (exp(w[2]),)


def worth(rating: int) -> float:
    """What an answer counts: a quarter for Again, twice as much with each grade."""
    if rating == 1:
        share = 0.25
    elif rating == 2:
        share = 0.5
    elif rating == 3:
        share = 1.0
    else:
        share = 2.0
    return share


def first(w: Vector, c: Vector, o: Vector, rating: int) -> State:
    """State after the first review."""
    stability, difficulty = w[0] * worth(rating), w[1] - rating + 3.0
    return clamp(stability, o[0], o[1]), difficulty, max(2.0 - rating, 0.0)


def recall(w: Vector, c: Vector, o: Vector, state: State, days: float) -> float:
    """Probability of recall ``days`` after the last review: 0.9 at one stability."""
    return power(0.9, days / state[0])


def exponential_rate(w: Vector, c: Vector, o: Vector, state: State) -> float:
    """Rate of the forgetting curve: `recall` as ``exp(-rate days)``."""
    return -log(0.9) / state[0]


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review; stability follows from the difficulty after it, the lapses before it."""
    stability, difficulty, lapses = state
    recalled = recall(w, c, o, state, days)
    adjusted = max(difficulty + recalled - worth(rating) + 0.1, 0.0)
    if rating == 1:
        new = w[0] * exp(w[6] * lapses)
    else:
        gain = c[0] * power(adjusted + 0.1, w[3]) * power(stability, w[4])
        new = stability * (1.0 + gain * (exp((1.0 - recalled) * w[5]) - 1.0))
    return clamp(new, o[0], o[1]), adjusted, lapses + max(2.0 - rating, 0.0)


def interval(w: Vector, c: Vector, o: Vector, state: State, desired_retention: float) -> float:
    """Days until retrievability has fallen to ``desired_retention``."""
    return state[0] * log(desired_retention) / log(0.9)


MIGRATIONS: dict[int, tuple[str, object]] = {}
