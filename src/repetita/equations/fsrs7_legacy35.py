"""FSRS-7 of early 2026: one stability, long- and short-term updates mixed by elapsed time, 35 parameters.

Superseded by the version with two traces (``fsrs7``), which has 34 parameters. Formulas and figures: the
public benchmark of January 2026 (open-spaced-repetition). Times are fractional days. Letters: ``w``
parameters, ``c`` what `prepare` returned, ``o`` the options named in `OPTIONS`, ``state`` (stability in days,
difficulty in 1..10), ``days`` since the last review. The curve has no closed inverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float, float]

TITLE = "FSRS-7 (35 parameters, superseded)"
UNIT = "fractional days"
STATE = ("stability", "difficulty")
STATE_UNITS = ("days", "1")
PREDICTION_FLOOR = 1e-4
PREDICTION_CEILING = 0.9999

SYMBOLS = {
    "stability": "S",
    "difficulty": "D",
    "stability_min": r"S_{\min}",
    "stability_max": r"S_{\max}",
}
SOURCES = ("srs-benchmark: <https://github.com/open-spaced-repetition/srs-benchmark>",)

OPTIONS = ("stability_min", "stability_max")
VARIANTS = {"default": (0.0001, 36500.0)}

PARAMETERS = (
    Parameter("initial_again", 0.041, 0.0001, 50.0, 9999.0, "days", "stability after a first Again", "log"),
    Parameter("initial_hard", 2.4175, 0.0001, 100.0, 9999.0, "days", "stability after a first Hard", "log"),
    Parameter("initial_good", 4.1283, 0.0001, 100.0, 9999.0, "days", "stability after a first Good", "log"),
    Parameter("initial_easy", 11.9709, 0.0001, 100.0, 9999.0, "days", "stability after a first Easy", "log"),
    Parameter("difficulty_base", 5.6385, 1.0, 10.0, 0.523, "1", "difficulty after a first Again"),
    Parameter(
        "difficulty_slope", 0.4468, 0.001, 4.0, 0.2528, "1", "fall of first difficulty by grade", "log"
    ),
    Parameter("difficulty_step", 3.262, 0.1, 4.0, 0.4329, "1", "change of difficulty by a grade"),
    Parameter(
        "growth", 2.3054, 0.0, 4.0, 0.2966, "1", "log scale of long-term growth after a success, plus 1.5"
    ),
    Parameter(
        "growth_saturation",
        0.1688,
        0.0,
        1.2,
        0.2139,
        "1",
        "how much slower a high stability grows, long-term",
    ),
    Parameter(
        "growth_spacing", 1.3325, 0.3, 3.0, 0.2889, "1", "long-term gain from a low retrievability", "log"
    ),
    Parameter("lapse_scale", 0.3524, 0.01, 1.5, 0.1862, "days", "scale of long-term stability after a lapse"),
    Parameter(
        "lapse_difficulty", 0.0049, 0.001, 0.9, 0.0829, "1", "long-term loss with difficulty after a lapse"
    ),
    Parameter(
        "lapse_stability", 0.7503, 0.1, 1.0, 0.175, "1", "share of stability a lapse leaves, long-term"
    ),
    Parameter(
        "lapse_spacing", 0.0896, 0.0, 3.5, 0.3812, "1", "long-term gain from a low retrievability at a lapse"
    ),
    Parameter("hard_factor", 0.6625, 0.0, 1.0, 0.3013, "1", "long-term growth after Hard relative to Good"),
    Parameter(
        "easy_factor", 1.3, 1.0, 7.0, 0.9104, "1", "long-term growth after Easy relative to Good", "log"
    ),
    Parameter(
        "short_growth",
        0.882,
        0.0,
        4.0,
        0.3234,
        "1",
        "log scale of short-term growth after a success, plus 1.5",
    ),
    Parameter(
        "short_growth_saturation",
        0.3072,
        0.0,
        2.0,
        0.2448,
        "1",
        "how much slower a high stability grows, short-term",
    ),
    Parameter(
        "short_growth_spacing", 3.5875, 0.5, 6.0, 0.3273, "1", "short-term gain from a low retrievability"
    ),
    Parameter(
        "short_lapse_scale",
        0.303,
        0.001,
        1.5,
        0.1842,
        "days",
        "scale of short-term stability after a lapse",
        "log",
    ),
    Parameter(
        "short_lapse_difficulty",
        0.0107,
        0.001,
        2.0,
        0.1542,
        "1",
        "short-term loss with difficulty after a lapse",
    ),
    Parameter(
        "short_lapse_stability",
        0.2279,
        0.001,
        1.0,
        0.1735,
        "1",
        "share of stability a lapse leaves, short-term",
    ),
    Parameter(
        "short_lapse_spacing",
        2.6413,
        0.0,
        5.0,
        0.4608,
        "1",
        "short-term gain from a low retrievability at a lapse",
    ),
    Parameter(
        "short_hard_factor", 0.5594, 0.0, 1.0, 0.311, "1", "short-term growth after Hard relative to Good"
    ),
    Parameter(
        "short_easy_factor", 1.3, 1.0, 7.0, 0.864, "1", "short-term growth after Easy relative to Good", "log"
    ),
    Parameter(
        "mixing_rate", 2.5, 2.5, 15.0, 0.4053, "1", "how fast the long-term update takes over, a day", "log"
    ),
    Parameter(
        "mixing_start", 1.0, 0.0, 1.0, 0.162, "1", "share of the short-term update right after a review"
    ),
    Parameter("fast_decay", 0.0723, 0.01, 0.25, 0.0418, "1", "exponent of the fast forgetting curve", "log"),
    Parameter("slow_decay", 0.1634, 0.01, 0.95, 0.2596, "1", "exponent of the slow forgetting curve", "log"),
    Parameter("fast_base", 0.5, 0.5, 0.85, 0.0798, "1", "fast recall after one stability"),
    Parameter("slow_base", 0.9555, 0.5, 0.99, 0.0682, "1", "slow recall after one stability"),
    Parameter("fast_weight", 0.2245, 0.01, 1.0, 0.1282, "1", "weight of the fast curve", "log"),
    Parameter("slow_weight", 0.6232, 0.1, 1.0, 0.1397, "1", "weight of the slow curve", "log"),
    Parameter(
        "fast_weight_stability", 0.1362, 0.0, 0.9, 0.1407, "1", "fall of the fast weight with stability"
    ),
    Parameter(
        "slow_weight_stability", 0.3862, 0.1, 1.1, 0.1489, "1", "rise of the slow weight with stability"
    ),
)
PRIOR_BLOCKS = (PriorBlock(("initial_again", "initial_hard", "initial_good", "initial_easy"), 1.3, 0.6),)

# the published training chooses among these curves, the last eight parameters, before it starts
CURVES = (
    (0.0723, 0.1634, 0.5, 0.9555, 0.2245, 0.6232, 0.1362, 0.3862),
    (0.0594, 0.3358, 0.598, 0.9517, 0.3122, 0.5685, 0.2371, 0.4871),
    (0.0441, 0.2533, 0.6823, 0.9598, 0.3613, 0.5202, 0.2283, 0.4783),
    (0.0621, 0.2475, 0.6496, 0.9744, 0.313, 0.5662, 0.2336, 0.4836),
    (0.0462, 0.2962, 0.6938, 0.9592, 0.3341, 0.5273, 0.2185, 0.4685),
    (0.0422, 0.2813, 0.6713, 0.9421, 0.2935, 0.5985, 0.2183, 0.4683),
    (0.0568, 0.1563, 0.6567, 0.9633, 0.3682, 0.5041, 0.1952, 0.4452),
    (0.0651, 0.2502, 0.6682, 0.9472, 0.3757, 0.4933, 0.2408, 0.4908),
    (0.0548, 0.1655, 0.6138, 0.9654, 0.3251, 0.5717, 0.1418, 0.3918),
    (0.0381, 0.2803, 0.7202, 0.9491, 0.3362, 0.5166, 0.2248, 0.4748),
    (0.0422, 0.1935, 0.694, 0.9549, 0.3871, 0.4704, 0.2413, 0.4913),
    (0.0651, 0.1916, 0.623, 0.972, 0.3528, 0.5484, 0.2373, 0.4873),
    (0.0508, 0.3743, 0.5863, 0.9448, 0.2974, 0.606, 0.1444, 0.3944),
    (0.0498, 0.3753, 0.6875, 0.9319, 0.3758, 0.4984, 0.2268, 0.4768),
    (0.0618, 0.1663, 0.5977, 0.9682, 0.3619, 0.5066, 0.2972, 0.5472),
    (0.0656, 0.197, 0.5693, 0.9692, 0.3599, 0.5374, 0.2596, 0.5096),
)
REFERENCE = {
    "rate": 0.02,
    "betas": (0.8, 0.85),
    "epochs": 8,
    "batch": 1024,
    "initial": True,
    "curves": CURVES,
    "anchors": (-8.09, -3.83, -2.5, -1.0),
    "penalty": 0.5,
}


def power(x: float, y: float) -> float:
    """``x ** y`` for positive ``x``."""
    return exp(y * log(x))


def clamp(x: float, low: float, high: float) -> float:
    """``x`` moved into [low, high]."""
    return min(max(x, low), high)


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """What depends on the parameters only: easy difficulty, growth scales, curve factors."""
    easy = w[4] - exp(3.0 * w[5]) + 1.0
    fast, slow = exp(log(w[29]) / -w[27]) - 1.0, exp(log(w[30]) / -w[28]) - 1.0
    return easy, exp(w[7] - 1.5), exp(w[16] - 1.5), fast, slow


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
    """Probability of recall ``days`` after the last review: two power curves, weighted by stability."""
    stability = state[0]
    age = days / stability
    fast_weight, slow_weight = w[31] * power(stability, -w[33]), w[32] * power(stability, w[34])
    fast_recall, slow_recall = power(1.0 + c[3] * age, -w[27]), power(1.0 + c[4] * age, -w[28])
    return (fast_weight * fast_recall + slow_weight * slow_recall) / (fast_weight + slow_weight)


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review: long- and short-term stability, mixed by the time that has passed."""
    stability, difficulty = state
    forgotten = 1.0 - recall(w, c, o, state, days)
    kept, short_kept = power(stability + 1.0, w[12]) - 1.0, power(stability + 1.0, w[21]) - 1.0
    lapse = w[10] * power(difficulty, -w[11]) * kept * exp(w[13] * forgotten)
    short_lapse = w[19] * power(difficulty, -w[20]) * short_kept * exp(w[22] * forgotten)
    long, short = min(stability, lapse), min(stability, short_lapse)
    if rating >= 2:
        ease = 11.0 - difficulty
        gain = c[1] * ease * power(stability, -w[8]) * (exp(w[9] * forgotten) - 1.0)
        short_gain = c[2] * ease * power(stability, -w[17]) * (exp(w[18] * forgotten) - 1.0)
        if rating == 2:
            gain, short_gain = gain * w[14], short_gain * w[23]
        if rating == 4:
            gain, short_gain = gain * w[15], short_gain * w[24]
        long = max(long, stability * (1.0 + gain))
        short = max(short, stability * (1.0 + short_gain))
    share = 1.0 - w[26] * exp(-w[25] * days)
    moved = difficulty - w[6] * (rating - 3.0) * (10.0 - difficulty) / 9.0
    mixed = share * long + (1.0 - share) * short
    return clamp(mixed, o[0], o[1]), clamp(moved + 0.01 * (c[0] - moved), 1.0, 10.0)


def project(values: Vector) -> tuple[float, ...]:
    """Parameters in order: initial stabilities rise with the rating, the slow curve is not below the fast."""
    w = list(values)
    for place, least in ((1, 0), (2, 1), (3, 2), (28, 27), (30, 29)):
        w[place] = max(w[place], w[least])
    return tuple(w)


MIGRATIONS: dict[int, tuple[str, object]] = {}
