"""FSRS-7: two memory traces, fast and slow, whose mixed recall drives both, with 34 parameters.

Formulas and figures: the final FSRS-7 (June 2026) as in fsrs-rs ``model_v7``. Times are fractional days;
there is no same-day rule. Letters: ``w`` parameters, ``c`` what `prepare` returned, ``o`` the options named
in `OPTIONS`, ``state`` (stability of the slow trace and of the fast one in days, difficulty in 1..10),
``days`` since the last review. Stability is not the 90 % interval here: the curve has no closed inverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float, float, float]

TITLE = "FSRS-7"
UNIT = "fractional days"
STATE = ("stability", "fast_stability", "difficulty")
STATE_UNITS = ("days", "days", "1")
PREDICTION_FLOOR = 1e-15

SYMBOLS = {
    "stability": "S",
    "fast_stability": r"S_{\mathrm{fast}}",
    "difficulty": "D",
    "fast_recall": r"R_{\mathrm{fast}}",
    "slow_recall": r"R_{\mathrm{slow}}",
    "stability_min": r"S_{\min}",
    "stability_max": r"S_{\max}",
}
SOURCES = (
    "fsrs-rs, ``model_v7``: <https://github.com/open-spaced-repetition/fsrs-rs>",
    "ts-fsrs: <https://github.com/open-spaced-repetition/ts-fsrs>",
)

OPTIONS = ("stability_min", "stability_max")
VARIANTS = {"default": (0.0001, 36500.0)}

PARAMETERS = (
    Parameter("initial_again", 0.1104, 0.0001, 50.0, 9999.0, "days", "stability after a first Again", "log"),
    Parameter("initial_hard", 2.2395, 0.0001, 100.0, 9999.0, "days", "stability after a first Hard", "log"),
    Parameter("initial_good", 3.9221, 0.0001, 100.0, 9999.0, "days", "stability after a first Good", "log"),
    Parameter("initial_easy", 11.7841, 0.0001, 100.0, 9999.0, "days", "stability after a first Easy", "log"),
    Parameter("difficulty_base", 6.1686, 1.0, 10.0, 0.523, "1", "difficulty after a first Again"),
    Parameter(
        "difficulty_slope", 0.6457, 0.001, 4.0, 0.2528, "1", "fall of first difficulty by grade", "log"
    ),
    Parameter("difficulty_step", 3.6807, 0.1, 4.0, 0.4329, "1", "change of difficulty by a grade"),
    Parameter("growth", 1.9795, 0.0, 4.0, 0.2966, "1", "log scale of slow growth after a success, plus 1.5"),
    Parameter("growth_saturation", 0.0, 0.0, 1.2, 0.2139, "1", "how much slower a high slow stability grows"),
    Parameter("growth_spacing", 1.3826, 0.3, 3.0, 0.2889, "1", "slow gain from a low retrievability", "log"),
    Parameter(
        "lapse_scale", 0.7024, 0.01, 1.5, 0.1862, "days", "scale of slow stability after a lapse", "log"
    ),
    Parameter("lapse_stability", 0.5999, 0.1, 1.0, 0.175, "1", "share of slow stability a lapse leaves"),
    Parameter(
        "lapse_spacing", 0.8146, 0.0, 3.5, 0.3812, "1", "slow gain from a low retrievability at a lapse"
    ),
    Parameter("hard_factor", 0.6398, 0.0, 1.0, 0.3013, "1", "slow growth after Hard relative to Good"),
    Parameter("easy_factor", 1.0, 1.0, 7.0, 0.9104, "1", "slow growth after Easy relative to Good", "log"),
    Parameter(
        "fast_growth", 1.3207, 0.0, 4.0, 0.3234, "1", "log scale of fast growth after a success, plus 1.5"
    ),
    Parameter(
        "fast_growth_saturation", 0.6707, 0.0, 2.0, 0.2448, "1", "how much slower a high fast stability grows"
    ),
    Parameter(
        "fast_growth_spacing", 3.8668, 0.5, 6.0, 0.3273, "1", "fast gain from a low retrievability", "log"
    ),
    Parameter(
        "fast_lapse_scale", 0.4416, 0.001, 1.5, 0.1842, "days", "scale of fast stability after a lapse", "log"
    ),
    Parameter(
        "fast_lapse_stability", 0.0934, 0.001, 1.0, 0.1735, "1", "share of fast stability a lapse leaves"
    ),
    Parameter(
        "fast_lapse_spacing", 1.8631, 0.0, 5.0, 0.4608, "1", "fast gain from a low retrievability at a lapse"
    ),
    Parameter("fast_hard_factor", 0.6162, 0.0, 1.0, 0.311, "1", "fast growth after Hard relative to Good"),
    Parameter(
        "fast_easy_factor", 1.0869, 1.0, 7.0, 0.864, "1", "fast growth after Easy relative to Good", "log"
    ),
    Parameter("fast_decay", 0.1567, 0.01, 0.25, 0.0418, "1", "exponent of the fast forgetting curve", "log"),
    Parameter("slow_decay", 0.0801, 0.01, 0.95, 0.2596, "1", "exponent of the slow forgetting curve", "log"),
    Parameter("fast_base", 0.2421, 0.2, 0.85, 0.0798, "1", "fast recall after one fast stability"),
    Parameter("slow_base", 0.9464, 0.5, 0.99, 0.0682, "1", "slow recall after one stability"),
    Parameter("fast_weight", 0.1433, 0.01, 1.0, 0.1282, "1", "weight of the fast trace", "log"),
    Parameter("slow_weight", 0.7145, 0.1, 1.0, 0.1397, "1", "weight of the slow trace", "log"),
    Parameter(
        "fast_weight_stability", 0.0, 0.0, 0.9, 0.1407, "1", "fall of the fast weight with fast stability"
    ),
    Parameter(
        "slow_weight_stability", 0.5667, 0.1, 1.1, 0.1489, "1", "rise of the slow weight with stability"
    ),
    Parameter(
        "slow_weight_difficulty",
        0.3734,
        0.0,
        1.0,
        0.2,
        "1",
        "effect of difficulty on the slow weight, 0.5 none",
    ),
    Parameter(
        "slow_time_difficulty",
        0.5333,
        0.0,
        0.6,
        0.15,
        "1",
        "effect of difficulty on slow forgetting, 0.3 none",
    ),
    Parameter(
        "fast_decay_stability", 0.3048, 0.0, 0.6, 0.15, "1", "effect of fast stability on its decay, 0.3 none"
    ),
)
PRIOR_BLOCKS = (PriorBlock(("initial_again", "initial_hard", "initial_good", "initial_easy"), 1.3, 0.6),)

REFERENCE = {
    "rate": 0.0118,
    "betas": (0.7, 0.98),
    "epochs": 9,
    "penalty": 0.3333,
    "keep": "last",
    "recency": (0.0667, 11.25, False),
}


def power(x: float, y: float) -> float:
    """``x ** y`` for positive ``x``."""
    return exp(y * log(x))


def clamp(x: float, low: float, high: float) -> float:
    """``x`` moved into [low, high]."""
    return min(max(x, low), high)


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """What depends on the parameters only: easy difficulty, growth scales, curve figures."""
    slow_decay = -clamp(w[24], 0.01, 0.95)
    easy = w[4] - exp(3.0 * w[5]) + 1.0
    slow_factor = exp(log(w[26]) / slow_decay) - 1.0
    return easy, exp(w[7] - 1.5), exp(w[15] - 1.5), slow_decay, slow_factor, log(w[25])


def first(w: Vector, c: Vector, o: Vector, rating: int) -> State:
    """State after the first review."""
    if rating == 1:
        initial = w[0]
    elif rating == 2:
        initial = w[1]
    elif rating == 3:
        initial = w[2]
    else:
        initial = w[3]
    difficulty = w[4] - exp(w[5] * (rating - 1.0)) + 1.0
    return clamp(initial, o[0], o[1]), clamp(0.8 * initial, o[0], o[1]), clamp(difficulty, 1.0, 10.0)


def recall_of_fast(w: Vector, c: Vector, fast_stability: float, days: float) -> float:
    """Recall of the fast trace; its decay depends on its stability."""
    fast_decay = -clamp(w[23] * power(fast_stability, w[33] - 0.3), 0.01, 0.95)
    fast_factor = exp(min(c[5] / fast_decay, 60.0)) - 1.0
    return power(1.0 + fast_factor * days / fast_stability, fast_decay)


def mixed(w: Vector, c: Vector, state: State, days: float, fast_recall: float) -> float:
    """Recall of both traces, weighted by their stabilities, kept off 0 and 1."""
    stability, fast_stability, difficulty = state
    hard = difficulty - 5.0
    slow_recall = power(1.0 + c[4] * exp(hard * (w[32] - 0.3)) * days / stability, c[3])
    fast_share = w[27] * power(fast_stability, -w[29])
    slow_share = w[28] * exp(w[30] * log(stability) + hard * (w[31] - 0.5))
    share = (fast_share * fast_recall + slow_share * slow_recall) / (fast_share + slow_share)
    return (1.0 - 2e-5) * share + 1e-5


def recall(w: Vector, c: Vector, o: Vector, state: State, days: float) -> float:
    """Probability of recall ``days`` after the last review: the mean of both traces, weighted."""
    return mixed(w, c, state, days, recall_of_fast(w, c, state[1], days))


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review: the slow trace moves by the mixed recall, the fast one by its own."""
    stability, fast_stability, difficulty = state
    fast_recall = recall_of_fast(w, c, fast_stability, days)
    recalled = mixed(w, c, state, days, fast_recall)
    forgotten, fast_forgotten = 1.0 - recalled, 1.0 - fast_recall
    slow_lapse = w[10] * (power(stability + 1.0, w[11]) - 1.0) * exp(w[12] * forgotten)
    fast_lapse = w[18] * (power(fast_stability + 1.0, w[19]) - 1.0) * exp(w[20] * fast_forgotten)
    slow, fast = min(stability, slow_lapse), min(fast_stability, fast_lapse)
    step = w[6] * (rating - 3.0)
    if rating == 1:
        fast = min(fast, 0.8 * slow)
        step = step * (recalled + 0.1)
    else:
        ease = 11.0 - difficulty
        gain = c[1] * ease * power(stability, -w[8]) * (exp(w[9] * forgotten) - 1.0)
        fast_gain = c[2] * ease * power(fast_stability, -w[16]) * (exp(w[17] * fast_forgotten) - 1.0)
        if rating == 2:
            gain, fast_gain = gain * w[13], fast_gain * w[21]
        if rating == 4:
            gain, fast_gain = gain * w[14], fast_gain * w[22]
        slow = max(slow, stability * (1.0 + gain))
        fast = max(fast, fast_stability * (1.0 + fast_gain))
    moved = difficulty - step * (10.0 - difficulty) / 9.0
    return clamp(slow, o[0], o[1]), clamp(fast, o[0], o[1]), clamp(moved + 0.01 * (c[0] - moved), 1.0, 10.0)


def of_stability(w: Vector, c: Vector, o: Vector, stability: float) -> State:
    """State of a card of which only a stability is known: a faster trace of 0.8, the middle difficulty."""
    return clamp(stability, o[0], o[1]), clamp(0.8 * stability, o[0], o[1]), 5.0


def project(values: Vector) -> tuple[float, ...]:
    """Parameters in order: initial stabilities rise with the rating, the slow base is not below the fast."""
    w = list(values)
    for place, least in ((1, 0), (2, 1), (3, 2), (26, 25)):
        w[place] = max(w[place], w[least])
    return tuple(w)


MIGRATIONS: dict[int, tuple[str, object]] = {}
