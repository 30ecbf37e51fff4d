"""DASH[MCM]: as DASH, with counts that fade with a time constant a window.

Formulas and figures: Lindsey, Shroyer, Pashler and Mozer (2014) as the public benchmark of schedulers trains
it: a review counts ``exp(-age / time constant)`` as long as it is in the window, and nothing after it.
`features` finds the counts in linear time. Plain scalar Python, also compiled and differentiated by program.
Letters: ``w`` parameters, ``c`` what `prepare` returned, ``o`` the options named in `OPTIONS`, ``row`` the
numbers named in `FEATURES`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log
from typing import Any

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]

TITLE = "DASH[MCM]"
KIND = "features"
UNIT = "days"
STATE = ()
STATE_UNITS = ()
PREDICTION_FLOOR = 1e-15
# recall changes in steps, where a review leaves a window: an interval is searched from one day on
STEPS = True

WINDOWS = (1.0, 7.0, 30.0, inf)
FADING = (0.2434, 1.9739, 16.0090, 129.8426)  # days
FEATURES = (
    "reviews_1",
    "passes_1",
    "reviews_7",
    "passes_7",
    "reviews_30",
    "passes_30",
    "reviews_ever",
    "passes_ever",
)
SYMBOLS = {
    "reviews_1": "n_{1}",
    "passes_1": "c_{1}",
    "reviews_7": "n_{7}",
    "passes_7": "c_{7}",
    "reviews_30": "n_{30}",
    "passes_30": "c_{30}",
    "reviews_ever": r"n_{\infty}",
    "passes_ever": r"c_{\infty}",
    "log_odds": "z",
}
FEATURE_TEXT = (
    "The features of a review count the card's earlier reviews: n all of them, c those that were passed. The "
    "index is a window in days: counted are reviews whose age at the predicted review is at most that. A "
    "review of age a counts exp(-a / T); T is 0.2434, 1.9739, 16.009 and 129.8426 days for the four windows."
)
SOURCES = (
    "Lindsey, Shroyer, Pashler, Mozer (2014), Improving students' long-term knowledge retention through "
    "personalized review: <https://doi.org/10.1177/0956797613504302>",
    "The public benchmark of schedulers: <https://github.com/open-spaced-repetition/srs-benchmark>",
)

OPTIONS = ()
VARIANTS: dict[str, tuple[float, ...]] = {"default": ()}

# No penalty is published. Our prior is a ridge around the published averages, of standard deviation 1.
PARAMETERS = (
    Parameter("reviews_day", 0.2783, -inf, inf, inf, "1", "weight of reviews within a day", sd=1.0),
    Parameter("passes_day", 0.8131, -inf, inf, inf, "1", "weight of passes within a day", sd=1.0),
    Parameter("reviews_week", 0.4252, -inf, inf, inf, "1", "weight of reviews within a week", sd=1.0),
    Parameter("passes_week", 1.0056, -inf, inf, inf, "1", "weight of passes within a week", sd=1.0),
    Parameter("reviews_month", -0.1527, -inf, inf, inf, "1", "weight of reviews within 30 days", sd=1.0),
    Parameter("passes_month", 0.6455, -inf, inf, inf, "1", "weight of passes within 30 days", sd=1.0),
    Parameter("reviews_all", 0.1409, -inf, inf, inf, "1", "weight of all reviews", sd=1.0),
    Parameter("passes_all", 0.669, -inf, inf, inf, "1", "weight of all passes", sd=1.0),
    Parameter("bias", 0.843, -inf, inf, inf, "1", "log odds of recall without a count", sd=1.0),
)
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()
MIGRATIONS: dict[int, Any] = {}

# The published averages for histories with same-day reviews; `PARAMETERS` holds those without.
DEFAULTS_WITH_SAME_DAY = (-0.1766, 0.4483, -0.3618, 0.5953, -0.5104, 0.8609, -0.3643, 0.6447, 1.2815)


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """Nothing depends on the parameters alone."""
    return ()


def features(days: Vector, same_day: Sequence[bool], ratings: Sequence[int], rows: Any) -> None:
    """Fills one row a review of a card, by what came before it and the time that passed; not the first.

    Args:
        days: Time since the previous review of the card, 0 at the first.
        same_day: Whether the previous review was on the same day; not used.
        ratings: 1 to 4.
        rows: Where to write: as many rows as reviews, as many columns as `FEATURES`.
    """
    for window in range(4):
        count_faded(WINDOWS[window], FADING[window], days, ratings, rows, 2 * window)


def count_faded(
    length: float, fading: float, days: Vector, ratings: Sequence[int], rows: Any, column: int
) -> None:
    """Fills two columns: what earlier reviews not older than ``length`` count, and the passed ones."""
    oldest = 0
    oldest_time, time, reviews, passes = 0.0, 0.0, 0.0, 0.0
    for review in range(1, len(days)):
        time += days[review]
        fresh = exp(-days[review] / fading)
        reviews = (reviews + 1.0) * fresh
        passes = passes * fresh
        if ratings[review - 1] > 1:
            passes = passes + fresh
        while time - oldest_time > length:
            left = exp((oldest_time - time) / fading)
            reviews = reviews - left
            if ratings[oldest] > 1:
                passes = passes - left
            oldest += 1
            oldest_time += days[oldest]
        # nothing left in the window: no rounding error either
        reviews = max(reviews, 0.0) if oldest < review else 0.0
        passes = max(passes, 0.0) if oldest < review else 0.0
        rows[review][column] = reviews
        rows[review][column + 1] = passes


def recall(w: Vector, c: Vector, o: Vector, row: Vector) -> float:
    """Probability of recall at a review with these features."""
    log_odds = w[8]
    for i in range(8):
        log_odds = log_odds + w[i] * log(1.0 + row[i])
    return 1.0 / (1.0 + exp(min(-log_odds, 700.0)))
