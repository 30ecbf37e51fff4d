"""FSRS-6: difficulty, stability and retrievability with 21 parameters and a fitted decay.

Formulas and figures: the FSRS-6 algorithm as trained by fsrs-rs 6.6 (open-spaced-repetition). The module is
plain scalar Python that is also compiled and differentiated by program, so it keeps to ``exp``, ``log``,
``min``, ``max``, arithmetic and ``if``. Letters: ``w`` parameters, ``c`` what `prepare` returned, ``o`` the
options named in `OPTIONS`, ``state`` (stability in days, difficulty in 1..10), ``days`` since the last
review.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float, float]

TITLE = "FSRS-6"
UNIT = "days"
STATE = ("stability", "difficulty")
STATE_UNITS = ("days", "1")
PREDICTION_FLOOR = 1e-15
# Anki takes the parameters of this version in its deck options
ANKI_PRESET = True

SYMBOLS = {
    "stability": "S",
    "difficulty": "D",
    "factor": "F",
    "stability_min": r"S_{\min}",
    "stability_max": r"S_{\max}",
    "same_day_floor_rating": "G_{0}",
}
SOURCES = (
    "fsrs-rs 6.6, the reference trainer: <https://github.com/open-spaced-repetition/fsrs-rs>",
    "The Algorithm, by its authors: <https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm>",
)

OPTIONS = ("stability_min", "stability_max", "same_day_floor_rating")
VARIANTS = {
    "default": (0.001, 36500.0, 2.0),
    # py-fsrs before 6.3.2, srs-simulator: a same-day Hard may lower stability
    "same_day_floor_good": (0.001, 36500.0, 3.0),
}

PARAMETERS = (
    Parameter("initial_again", 0.212, 0.001, 100.0, 6.43, "days", "stability after a first Again", "log"),
    Parameter("initial_hard", 1.2931, 0.001, 100.0, 9.66, "days", "stability after a first Hard", "log"),
    Parameter("initial_good", 2.3065, 0.001, 100.0, 17.58, "days", "stability after a first Good", "log"),
    Parameter("initial_easy", 8.2956, 0.001, 100.0, 27.85, "days", "stability after a first Easy", "log"),
    Parameter("difficulty_base", 6.4133, 1.0, 10.0, 0.57, "1", "difficulty after a first Again"),
    Parameter("difficulty_slope", 0.8334, 0.001, 4.0, 0.28, "1", "fall of first difficulty by grade", "log"),
    Parameter("difficulty_step", 3.0194, 0.001, 4.0, 0.6, "1", "change of difficulty by a grade"),
    Parameter("difficulty_reversion", 0.001, 0.001, 0.75, 0.12, "1", "pull of difficulty back to easy"),
    Parameter("growth", 1.8722, 0.0, 4.5, 0.39, "1", "log scale of growth after a success"),
    Parameter("growth_saturation", 0.1666, 0.0, 0.8, 0.18, "1", "how much slower high stability grows"),
    Parameter("growth_spacing", 0.796, 0.001, 3.5, 0.33, "1", "gain from a low retrievability", "log"),
    Parameter("lapse_scale", 1.4835, 0.001, 5.0, 0.3, "days", "scale of stability after a lapse", "log"),
    Parameter(
        "lapse_difficulty", 0.0614, 0.001, 0.25, 0.09, "1", "loss with difficulty after a lapse", "log"
    ),
    Parameter("lapse_stability", 0.2629, 0.001, 0.9, 0.16, "1", "share of stability a lapse leaves", "log"),
    Parameter("lapse_spacing", 1.6483, 0.0, 4.0, 0.57, "1", "gain from a low retrievability at a lapse"),
    Parameter("hard_factor", 0.6014, 0.0, 1.0, 0.25, "1", "growth after Hard relative to Good"),
    Parameter("easy_factor", 1.8729, 1.0, 6.0, 1.03, "1", "growth after Easy relative to Good", "log"),
    Parameter("same_day_grade", 0.5425, 0.0, 2.0, 0.31, "1", "same-day growth by grade"),
    Parameter("same_day_offset", 0.0912, 0.0, 2.0, 0.32, "1", "same-day growth at Good"),
    Parameter("same_day_saturation", 0.0658, 0.0, 0.8, 0.14, "1", "same-day growth lost to high stability"),
    Parameter("decay", 0.1542, 0.1, 0.8, 0.27, "1", "exponent of the forgetting curve", "log"),
)
PRIOR_BLOCKS = (PriorBlock(("initial_again", "initial_hard", "initial_good", "initial_easy"), 1.3, 0.6),)

REFERENCE = {"initial": True}  # otherwise what published trainings share


def power(x: float, y: float) -> float:
    """``x ** y`` for positive ``x``."""
    return exp(y * log(x))


def clamp(x: float, low: float, high: float) -> float:
    """``x`` moved into [low, high]."""
    return min(max(x, low), high)


def prepare(w: Vector, o: Vector) -> tuple[float, float, float, float]:
    """What depends on the parameters only: curve factor, growth scale, lapse cap, easy difficulty."""
    factor = exp(log(0.9) / -w[20]) - 1.0
    return factor, exp(w[8]), exp(-w[17] * w[18]), w[4] - exp(3.0 * w[5]) + 1.0


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
    return power(1.0 + c[0] * days / state[0], -w[20])


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review."""
    stability, difficulty = state
    forgotten = 1.0 - recall(w, c, o, state, days)
    if days < 1.0:
        growth = exp(w[17] * (rating - 3.0 + w[18])) * power(stability, -w[19])
        if rating >= o[2]:
            growth = max(growth, 1.0)
        new = stability * growth
    elif rating == 1:
        kept = power(stability + 1.0, w[13]) - 1.0
        lapse = w[11] * power(difficulty, -w[12]) * kept * exp(w[14] * forgotten)
        new = min(lapse, stability * c[2])
    else:
        gain = c[1] * (11.0 - difficulty) * power(stability, -w[9]) * (exp(w[10] * forgotten) - 1.0)
        if rating == 2:
            gain = gain * w[15]
        if rating == 4:
            gain = gain * w[16]
        new = stability * (1.0 + gain)
    moved = difficulty - w[6] * (rating - 3.0) * (10.0 - difficulty) / 9.0
    return clamp(new, o[0], o[1]), clamp(moved + w[7] * (c[3] - moved), 1.0, 10.0)


def hard_at_most(w: Vector, c: Vector, o: Vector, state: State, good: State) -> State:
    """State that Hard does not exceed a day or more after ``state``, where Good leaves ``good``."""
    stability = good[0]
    if stability < o[1]:
        stability = state[0] + w[15] * (stability - state[0])
    return stability, good[1]


def interval(w: Vector, c: Vector, o: Vector, state: State, desired_retention: float) -> float:
    """Days until retrievability has fallen to ``desired_retention``."""
    return state[0] / c[0] * (power(desired_retention, -1.0 / w[20]) - 1.0)


def from_sm2(w: Vector, c: Vector, o: Vector, interval_days: float, ease: float, retention: float) -> State:
    """State of a card that SM-2 gave ``interval_days`` and ``ease``, recalled at rate ``retention``."""
    stability = max(interval_days, o[0]) * c[0] / (power(retention, -1.0 / w[20]) - 1.0)
    gain = c[1] * power(stability, -w[9]) * (exp(w[10] * (1.0 - retention)) - 1.0)
    return clamp(stability, o[0], o[1]), clamp(11.0 - (ease - 1.0) / gain, 1.0, 10.0)


def same_day(w: Vector) -> bool:
    """Whether a Good on the same day raises stability; migrated parameters may leave it as it is."""
    return w[17] > 0.0 and w[18] > 0.0


def from_17(w: Vector) -> tuple[float, ...]:
    """FSRS-4.5 parameters in the places of FSRS-6 (conversion of fsrs-rs): same curve, no same-day rule."""
    return (*w[:4], w[4] + 2.0 * w[5], log(3.0 * w[5] + 1.0) / 3.0, w[6] + 0.5, *w[7:], 0.0, 0.0, 0.0, 0.5)


def from_19(w: Vector) -> tuple[float, ...]:
    """FSRS-5 parameters in the places of FSRS-6: no same-day saturation, decay one half."""
    return (*w, 0.0, 0.5)


MIGRATIONS = {17: ("FSRS-4.5", from_17), 19: ("FSRS-5", from_19)}
