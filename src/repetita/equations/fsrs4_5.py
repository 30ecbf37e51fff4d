"""FSRS-4.5: the stability model of FSRS v4 with a slower curve and a cap on what a lapse leaves.

Formulas and figures: the FSRS-4.5 algorithm as the public benchmark trains it (open-spaced-repetition).
Letters: ``w`` parameters, ``c`` what `prepare` returned, ``o`` the options named in `OPTIONS`, ``state``
(stability in days, difficulty in 1..10), ``days`` since the last review. No spread is published: the prior of
this package takes those of FSRS-5, where the parameters mean the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float, float]

TITLE = "FSRS-4.5"
UNIT = "days"
STATE = ("stability", "difficulty")
STATE_UNITS = ("days", "1")
PREDICTION_FLOOR = 1e-15
# Anki takes the parameters of this version in its deck options
ANKI_PRESET = True

SYMBOLS = {
    "stability": "S",
    "difficulty": "D",
    "stability_min": r"S_{\min}",
    "stability_max": r"S_{\max}",
}
SOURCES = (
    "The Algorithm, by its authors: <https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm>",
    "srs-benchmark: <https://github.com/open-spaced-repetition/srs-benchmark>",
)

OPTIONS = ("stability_min", "stability_max")
VARIANTS = {
    "default": (0.01, 36500.0),
    # fsrs-optimizer
    "low_stability": (0.001, 36500.0),
}

PARAMETERS = (
    Parameter("initial_again", 0.4872, 0.01, 100.0, inf, "days", "stability after a first Again", "log"),
    Parameter("initial_hard", 1.4003, 0.01, 100.0, inf, "days", "stability after a first Hard", "log"),
    Parameter("initial_good", 3.7145, 0.01, 100.0, inf, "days", "stability after a first Good", "log"),
    Parameter("initial_easy", 13.8206, 0.01, 100.0, inf, "days", "stability after a first Easy", "log"),
    Parameter("difficulty_good", 5.1618, 0.0, 10.0, inf, "1", "difficulty after a first Good", sd=0.39),
    Parameter(
        "difficulty_slope", 1.2298, 0.01, 5.0, inf, "1", "fall of first difficulty by grade", "log", 0.4
    ),
    Parameter("difficulty_step", 0.8975, 0.01, 5.0, inf, "1", "change of difficulty by a grade", sd=0.47),
    Parameter(
        "difficulty_reversion",
        0.031,
        0.0,
        0.8,
        inf,
        "1",
        "pull of difficulty back to the first",
        sd=0.085,
    ),
    Parameter("growth", 1.6474, 0.0, 6.0, inf, "1", "log scale of growth after a success", sd=0.28),
    Parameter(
        "growth_saturation",
        0.1367,
        0.0,
        0.8,
        inf,
        "1",
        "how much slower high stability grows",
        sd=0.13,
    ),
    Parameter("growth_spacing", 1.0461, 0.01, 5.0, inf, "1", "gain from a low retrievability", "log", 0.24),
    Parameter("lapse_scale", 2.1072, 0.2, 6.0, inf, "days", "scale of stability after a lapse", "log", 0.1),
    Parameter(
        "lapse_difficulty", 0.0793, 0.01, 0.4, inf, "1", "loss with difficulty after a lapse", "log", 0.5
    ),
    Parameter(
        "lapse_stability", 0.3246, 0.01, 0.9, inf, "1", "share of stability a lapse leaves", "log", 0.33
    ),
    Parameter(
        "lapse_spacing",
        1.587,
        0.01,
        4.0,
        inf,
        "1",
        "gain from a low retrievability at a lapse",
        sd=0.4,
    ),
    Parameter("hard_factor", 0.2272, 0.0, 1.0, inf, "1", "growth after Hard relative to Good", sd=0.18),
    Parameter("easy_factor", 2.8755, 1.0, 10.0, inf, "1", "growth after Easy relative to Good", "log", 0.25),
)
PRIOR_BLOCKS = (PriorBlock(("initial_again", "initial_hard", "initial_good", "initial_easy"), 1.3, 0.6),)

# as FSRS v4, and its defaults are still what initial stabilities are pulled to
REFERENCE = {
    "initial": True,
    "initial_centers": (0.4, 0.9, 2.3, 10.9),
    "penalty": 0.0,
    "place": 3,
    "frozen": ("initial_again", "initial_hard", "initial_good", "initial_easy"),
}


def power(x: float, y: float) -> float:
    """``x ** y`` for positive ``x``."""
    return exp(y * log(x))


def clamp(x: float, low: float, high: float) -> float:
    """``x`` moved into [low, high]."""
    return min(max(x, low), high)


def prepare(w: Vector, o: Vector) -> tuple[float]:
    """What depends on the parameters only: growth scale."""
    return (exp(w[8]),)


def first(w: Vector, c: Vector, o: Vector, rating: int) -> State:
    """State after the first review."""
    if rating == 1:
        stability = w[0]
    elif rating == 2:
        stability = w[1]
    elif rating == 3:
        stability = w[2]
    else:
        stability = w[3]
    return clamp(stability, o[0], o[1]), clamp(w[4] - w[5] * (rating - 3.0), 1.0, 10.0)


def recall(w: Vector, c: Vector, o: Vector, state: State, days: float) -> float:
    """Probability of recall ``days`` after the last review: 0.9 at one stability."""
    return power(1.0 + 19.0 * days / (81.0 * state[0]), -0.5)


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review."""
    stability, difficulty = state
    forgotten = 1.0 - recall(w, c, o, state, days)
    if rating == 1:
        kept = power(stability + 1.0, w[13]) - 1.0
        lapse = w[11] * power(difficulty, -w[12]) * kept * exp(w[14] * forgotten)
        new = min(lapse, stability)
    else:
        gain = c[0] * (11.0 - difficulty) * power(stability, -w[9]) * (exp(w[10] * forgotten) - 1.0)
        if rating == 2:
            gain = gain * w[15]
        if rating == 4:
            gain = gain * w[16]
        new = stability * (1.0 + gain)
    moved = difficulty - w[6] * (rating - 3.0)
    return clamp(new, o[0], o[1]), clamp(moved + w[7] * (w[4] - moved), 1.0, 10.0)


def hard_at_most(w: Vector, c: Vector, o: Vector, state: State, good: State) -> State:
    """State that Hard does not exceed a day or more after ``state``, where Good leaves ``good``."""
    stability = good[0]
    if stability < o[1]:
        stability = state[0] + w[15] * (stability - state[0])
    return stability, good[1]


def interval(w: Vector, c: Vector, o: Vector, state: State, desired_retention: float) -> float:
    """Days until retrievability has fallen to ``desired_retention``."""
    return state[0] * 81.0 / 19.0 * (power(desired_retention, -2.0) - 1.0)


MIGRATIONS: dict[int, tuple[str, object]] = {}
