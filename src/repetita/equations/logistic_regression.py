"""Logistic regression on 34 features of a card's history: grades, counts, and logarithms of times.

Formulas and figures: the logistic regression of the public benchmark of schedulers. Times are exact, and the
calendar says which intervals stayed within a day. A review no time after the one before it is left out of
the counts; the next review only sees its grade. `features` makes the rows of a card in one pass. Plain
scalar Python, also compiled and differentiated by program. Letters: ``w`` parameters, ``c`` what `prepare`
returned, ``o`` the options named in `OPTIONS`, ``row`` the numbers named in `FEATURES`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log
from typing import Any

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
Counts = tuple[float, float, float, float, float, float]
Past = tuple[float, float, float, float, float, float]

TITLE = "Logistic regression"
KIND = "features"
UNIT = "fractional days"
STATE = ()
STATE_UNITS = ()
PREDICTION_FLOOR = 1e-15
# recall need not fall with time: an interval is searched from one day on
STEPS = True

SYMBOLS = {"log_odds": "z"}
FEATURE_TEXT = (
    "Time is on the scale (ln(days + 0.00001) + 1.3) / 5, counts are ln(1 + count). Last and first grade are "
    "those of the review before the predicted one and before the first predicted one; same-day and other-day "
    "counts go by the interval that led to the graded review, the first graded review counting nowhere but "
    "among the same-day intervals. Features of the slope are multiplied by the time since the last review."
)
SOURCES = ("The public benchmark of schedulers: <https://github.com/open-spaced-repetition/srs-benchmark>",)

OPTIONS = ()
VARIANTS: dict[str, tuple[float, ...]] = {"default": ()}

# feature, mean and standard deviation of its coefficient over many users, what it is
TABLE = (
    ("slope", -0.9012, 0.2869, "time"),
    ("slope_hard", -0.6941, 0.2811, "time if last Hard"),
    ("slope_good", -0.6258, 0.2910, "time if last Good"),
    ("slope_easy", -0.4678, 0.2166, "time if last Easy"),
    ("slope_first_hard", 0.3926, 0.1740, "time at the first prediction after Hard"),
    ("slope_first_passed", 0.1316, 0.1612, "time at the first prediction after Good or Easy"),
    ("slope_fails_same_day", 0.3508, 0.1428, "time by same-day fails"),
    ("slope_passes", -0.3259, 0.1352, "time by other-day passes, if on another day"),
    ("slope_fails", -0.2125, 0.1284, "time by other-day fails, if on another day"),
    ("slope_passes_same_day", -0.1402, 0.0331, "time by same-day passes"),
    ("bias", 1.2775, 0.4013, "1"),
    ("hard", 0.0669, 0.2065, "last Hard"),
    ("good", 0.3914, 0.2022, "last Good"),
    ("easy", 0.5828, 0.1670, "last Easy"),
    ("first_hard", 0.9292, 0.2454, "first Hard"),
    ("first_good", 1.1583, 0.2954, "first Good"),
    ("first_easy", 1.4103, 0.2896, "first Easy"),
    ("now_first_hard", 0.9388, 0.3473, "first Hard, at the first prediction"),
    ("now_first_good", 0.9164, 0.5685, "first Good, at the first prediction"),
    ("now_first_easy", 0.9797, 0.2795, "first Easy, at the first prediction"),
    ("fails_same_day", -0.6411, 0.1298, "same-day fails"),
    ("passes_other_now", 0.4951, 0.0467, "other-day passes, if on another day"),
    ("last_interval", 0.1038, 0.1200, "the interval before the last review"),
    ("fails", -0.1564, 0.1317, "other-day fails"),
    ("passes", 0.4332, 0.0785, "other-day passes"),
    ("passes_same_day_now", 0.3287, 0.1190, "same-day passes, if on the same day"),
    ("ever_passed", 0.3429, 0.0854, "any pass so far"),
    ("since_fail", 0.4068, 0.1634, "time from the last fail, or the first review, to the last review"),
    ("same_day", -0.1779, 0.1892, "on the same day"),
    ("age", -0.0585, 0.1052, "time from the first to the last review"),
    ("passed_fails_same_day", -0.1062, 0.0750, "same-day fails, if passed at first"),
    ("passed_fails", -0.3521, 0.1913, "other-day fails, if passed at first"),
    ("passed_intervals_same_day", -0.1613, 0.1372, "same-day intervals, if passed at first"),
    ("passed_intervals", -0.1758, 0.0783, "other-day intervals, if passed at first"),
)
FEATURES = tuple(name for name, *_ in TABLE)
# No penalty is published; our prior is normal, as the coefficients of many users are.
PARAMETERS = tuple(
    Parameter(name, mean, -inf, inf, inf, "1", f"weight of: {what}", sd=deviation)
    for name, mean, deviation, what in TABLE
)
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()
REFERENCE = {
    "rate": 0.2,
    "betas": (0.0, 0.85),
    "decay": 0.3,
    "epochs": 10,
    "batch": 2048,
    "shuffled": True,
    "longest": None,
    "units": tuple(deviation for _, _, deviation, _ in TABLE),
    "keep": "last",
    "recency": (0.1, 4.0),
}
MIGRATIONS: dict[int, Any] = {}


def coefficients(residuals: Vector) -> tuple[float, ...]:
    """Parameters from residuals, as the benchmark writes them: standard deviations away from the mean."""
    return tuple(x * deviation + mean for x, (_, mean, deviation, _) in zip(residuals, TABLE, strict=True))


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """Nothing depends on the parameters alone."""
    return ()


def time_scale(days: float) -> float:
    """Time as the features have it."""
    return (log(days + 1e-5) + 1.3) / 5.0


def features(days: Vector, same_day: Sequence[bool], ratings: Sequence[int], rows: Any) -> None:
    """Fills one row a review of a card, by what came before it and the time that passed; not the first.

    Args:
        days: Time since the previous review of the card, 0 at the first.
        same_day: Whether the previous review was on the same day.
        ratings: 1 to 4.
        rows: Where to write: as many rows as reviews, as many columns as `FEATURES`.
    """
    # same-day fails, other-day fails, same-day passes, other-day passes, same-day and other-day intervals
    counts = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    # rows so far, time of the last, whether on the same day; age, age at the last fail; ever passed
    past = (0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
    first_rating = 0
    for review in range(1, len(days)):
        rating = ratings[review - 1]
        shown = rating if past[0] == 0.0 else first_rating
        counted = count(counts, past, rating)
        here = look_back(past, rating)
        today = 1.0 if same_day[review] else 0.0
        fill_bias(rows[review], counted, here, rating, shown, today)
        fill_slope(rows[review], counted, here, rating, today, time_scale(days[review]))
        if days[review] > 0.0:
            counts = counted
            first_rating = shown
            past = (here[0], days[review], today, here[3], here[4], here[5])


def count(counts: Counts, past: Past, rating: int) -> Counts:
    """The counts with the last review in them."""
    same_fails, fails, same_passes, passes, same_intervals, intervals = counts
    later = 1.0 if past[0] > 0.0 else 0.0
    if past[2] > 0.5:
        same_intervals += 1.0
        if rating == 1:
            same_fails += later
        else:
            same_passes += later
    else:
        intervals += 1.0
        if rating == 1:
            fails += later
        else:
            passes += later
    return same_fails, fails, same_passes, passes, same_intervals, intervals


def look_back(past: Past, rating: int) -> Past:
    """The past with the last review in it."""
    age = past[3] + past[1]
    failed_age = max(past[4], age) if past[0] == 0.0 or rating == 1 else past[4]
    passed = 1.0 if rating > 1 else past[5]
    return past[0] + 1.0, past[1], past[2], age, failed_age, passed


def fill_slope(row: Any, counts: Counts, past: Past, rating: int, today: float, time: float) -> None:
    """Fills the features that time multiplies, places 0 to 9."""
    first = past[0] == 1.0
    row[0] = time
    row[1] = time if rating == 2 else 0.0
    row[2] = time if rating == 3 else 0.0
    row[3] = time if rating == 4 else 0.0
    row[4] = time if first and rating == 2 else 0.0
    row[5] = time if first and rating > 2 else 0.0
    row[6] = time * log(1.0 + counts[0])
    row[7] = time * log(1.0 + counts[3] * (1.0 - today))
    row[8] = time * log(1.0 + counts[1] * (1.0 - today))
    row[9] = time * log(1.0 + counts[2])


def fill_bias(row: Any, counts: Counts, past: Past, rating: int, first_rating: int, today: float) -> None:
    """Fills the other features, places 10 to 33."""
    first = 1.0 if past[0] == 1.0 else 0.0
    passed = 1.0 if first_rating > 1 else 0.0
    row[10] = 1.0
    for grade in range(2, 5):
        row[9 + grade] = 1.0 if rating == grade else 0.0
        row[12 + grade] = 1.0 if first_rating == grade else 0.0
        row[15 + grade] = first if first_rating == grade else 0.0
    row[20] = log(1.0 + counts[0])
    row[21] = log(1.0 + counts[3] * (1.0 - today))
    row[22] = time_scale(past[1])
    row[23] = log(1.0 + counts[1])
    row[24] = log(1.0 + counts[3])
    row[25] = log(1.0 + counts[2] * today)
    row[26] = past[5]
    row[27] = time_scale(past[3] - past[4])
    row[28] = today
    row[29] = time_scale(past[3])
    row[30] = passed * row[20]
    row[31] = passed * row[23]
    row[32] = passed * log(1.0 + counts[4])
    row[33] = passed * log(1.0 + counts[5])


def recall(w: Vector, c: Vector, o: Vector, row: Vector) -> float:
    """Probability of recall at a review with these features."""
    log_odds = w[0] * row[0]
    for i in range(1, 34):
        log_odds = log_odds + w[i] * row[i]
    return 1.0 / (1.0 + exp(min(-log_odds, 700.0)))
