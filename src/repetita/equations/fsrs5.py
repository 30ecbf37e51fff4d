"""FSRS-5: difficulty, stability and retrievability with 19 parameters and the first same-day rule.

Formulas and figures: the FSRS-5 algorithm as the public benchmark trains it (open-spaced-repetition). FSRS-6
is this with a fitted decay and a same-day rule that saturates. Letters: ``w`` parameters, ``c`` what
`prepare` returned, ``o`` the options named in `OPTIONS`, ``state`` (stability in days, difficulty in 1..10),
``days`` since the last review.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float, float]

TITLE = "FSRS-5"
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
    # fsrs-rs, fsrs-optimizer
    "low_stability": (0.001, 36500.0),
}

PARAMETERS = (
    Parameter("initial_again", 0.40255, 0.01, 100.0, 6.61, "days", "stability after a first Again", "log"),
    Parameter("initial_hard", 1.18385, 0.01, 100.0, 9.52, "days", "stability after a first Hard", "log"),
    Parameter("initial_good", 3.173, 0.01, 100.0, 17.69, "days", "stability after a first Good", "log"),
    Parameter("initial_easy", 15.69105, 0.01, 100.0, 27.74, "days", "stability after a first Easy", "log"),
    Parameter("difficulty_base", 7.1949, 1.0, 10.0, 0.55, "1", "difficulty after a first Again"),
    Parameter("difficulty_slope", 0.5345, 0.001, 4.0, 0.28, "1", "fall of first difficulty by grade", "log"),
    Parameter("difficulty_step", 1.4604, 0.001, 4.0, 0.67, "1", "change of difficulty by a grade"),
    Parameter("difficulty_reversion", 0.0046, 0.001, 0.75, 0.12, "1", "pull of difficulty back to easy"),
    Parameter("growth", 1.54575, 0.0, 4.5, 0.4, "1", "log scale of growth after a success"),
    Parameter("growth_saturation", 0.1192, 0.0, 0.8, 0.18, "1", "how much slower high stability grows"),
    Parameter("growth_spacing", 1.01925, 0.001, 3.5, 0.34, "1", "gain from a low retrievability", "log"),
    Parameter("lapse_scale", 1.9395, 0.001, 5.0, 0.27, "days", "scale of stability after a lapse", "log"),
    Parameter("lapse_difficulty", 0.11, 0.001, 0.25, 0.08, "1", "loss with difficulty after a lapse", "log"),
    Parameter("lapse_stability", 0.29605, 0.001, 0.9, 0.14, "1", "share of stability a lapse leaves", "log"),
    Parameter("lapse_spacing", 2.2698, 0.0, 4.0, 0.57, "1", "gain from a low retrievability at a lapse"),
    Parameter("hard_factor", 0.2315, 0.0, 1.0, 0.25, "1", "growth after Hard relative to Good"),
    Parameter("easy_factor", 2.9898, 1.0, 6.0, 1.03, "1", "growth after Easy relative to Good", "log"),
    Parameter("same_day_grade", 0.51655, 0.0, 2.0, 0.27, "1", "same-day growth by grade"),
    Parameter("same_day_offset", 0.6621, 0.0, 2.0, 0.39, "1", "same-day growth at Good"),
)
PRIOR_BLOCKS = (PriorBlock(("initial_again", "initial_hard", "initial_good", "initial_easy"), 1.3, 0.6),)

REFERENCE = {"initial": True}  # otherwise what published trainings share


def power(x: float, y: float) -> float:
    """``x ** y`` for positive ``x``."""
    return exp(y * log(x))


def clamp(x: float, low: float, high: float) -> float:
    """``x`` moved into [low, high]."""
    return min(max(x, low), high)


def prepare(w: Vector, o: Vector) -> tuple[float, float, float]:
    """What depends on the parameters only: growth scale, lapse cap, easy difficulty."""
    return exp(w[8]), exp(-w[17] * w[18]), w[4] - exp(3.0 * w[5]) + 1.0


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
    difficulty = w[4] - exp(w[5] * (rating - 1.0)) + 1.0
    return clamp(stability, o[0], o[1]), clamp(difficulty, 1.0, 10.0)


def recall(w: Vector, c: Vector, o: Vector, state: State, days: float) -> float:
    """Probability of recall ``days`` after the last review: 0.9 at one stability."""
    return power(1.0 + 19.0 * days / (81.0 * state[0]), -0.5)


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review."""
    stability, difficulty = state
    forgotten = 1.0 - recall(w, c, o, state, days)
    if days < 1.0:
        new = stability * exp(w[17] * (rating - 3.0 + w[18]))
    elif rating == 1:
        kept = power(stability + 1.0, w[13]) - 1.0
        lapse = w[11] * power(difficulty, -w[12]) * kept * exp(w[14] * forgotten)
        new = min(lapse, stability * c[1])
    else:
        gain = c[0] * (11.0 - difficulty) * power(stability, -w[9]) * (exp(w[10] * forgotten) - 1.0)
        if rating == 2:
            gain = gain * w[15]
        if rating == 4:
            gain = gain * w[16]
        new = stability * (1.0 + gain)
    moved = difficulty - w[6] * (rating - 3.0) * (10.0 - difficulty) / 9.0
    return clamp(new, o[0], o[1]), clamp(moved + w[7] * (c[2] - moved), 1.0, 10.0)


def hard_at_most(w: Vector, c: Vector, o: Vector, state: State, good: State) -> State:
    """State that Hard does not exceed a day or more after ``state``, where Good leaves ``good``."""
    stability = good[0]
    if stability < o[1]:
        stability = state[0] + w[15] * (stability - state[0])
    return stability, good[1]


def interval(w: Vector, c: Vector, o: Vector, state: State, desired_retention: float) -> float:
    """Days until retrievability has fallen to ``desired_retention``."""
    return state[0] * 81.0 / 19.0 * (power(desired_retention, -2.0) - 1.0)


def same_day(w: Vector) -> bool:
    """Whether a Good on the same day raises stability; migrated parameters may leave it as it is."""
    return w[17] > 0.0 and w[18] > 0.0


def from_17(w: Vector) -> tuple[float, ...]:
    """FSRS-4.5 parameters in the places of FSRS-5 (conversion of fsrs-rs): same curve, no same-day rule."""
    return (*w[:4], w[4] + 2.0 * w[5], log(3.0 * w[5] + 1.0) / 3.0, w[6] + 0.5, *w[7:], 0.0, 0.0)


MIGRATIONS = {17: ("FSRS-4.5", from_17)}
