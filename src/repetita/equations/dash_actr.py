"""DASH[ACT-R]: recall from a sum over earlier reviews that decays as a power of their age.

Formulas and figures: Lindsey, Shroyer, Pashler and Mozer (2014) as the public benchmark of schedulers trains
it. The sum takes every pair of a review and an earlier one, so time is quadratic in the length of a history.
Plain scalar Python, also compiled and differentiated by program. Letters: ``w`` parameters, ``c`` what
`prepare` returned, ``o`` the options named in `OPTIONS`; ``total`` the sum of the terms of all earlier
reviews, ``memory`` what a review keeps of its own total, ``age`` the days from an earlier review to this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log
from typing import Any

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]

TITLE = "DASH[ACT-R]"
KIND = "pairs"
UNIT = "days"
STATE = ()
STATE_UNITS = ()
PREDICTION_FLOOR = 1e-15
# reviews that were failed may count against recall, so that it rises while they age
STEPS = True
# the sum goes over so many of the newest earlier reviews, which bounds the quadratic work of a long card
MOST_TERMS = 1024

SYMBOLS = {"total": "U", "memory": "u", "age": "a", "log_odds": "z"}
SOURCES = (
    "Lindsey, Shroyer, Pashler, Mozer (2014), Improving students' long-term knowledge retention through "
    "personalized review: <https://doi.org/10.1177/0956797613504302>",
    "The public benchmark of schedulers: <https://github.com/open-spaced-repetition/srs-benchmark>",
)

OPTIONS = ()
VARIANTS: dict[str, tuple[float, ...]] = {"default": ()}

# No penalty is published. In our prior the two that are bounded from below are normal by their logarithm with
# standard deviation 0.5, the others with standard deviation 1.
PARAMETERS = (
    Parameter("gain", 1.4164, 0.001, inf, inf, "1", "weight of the logarithm of the total", "log", 0.5),
    Parameter("decay", 0.516, 0.001, inf, inf, "1", "exponent of decay with age", "log", 0.5),
    Parameter("failed", -0.0564, -inf, inf, inf, "1", "weight of a review that was failed", sd=1.0),
    Parameter("passed", 1.9223, -inf, inf, inf, "1", "weight of a review that was passed", sd=1.0),
    Parameter("bias", 1.0549, -inf, inf, inf, "1", "log odds of recall without a total", sd=1.0),
)
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()
MIGRATIONS: dict[int, Any] = {}


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """Nothing depends on the parameters alone."""
    return ()


def term(w: Vector, c: Vector, o: Vector, memory: float, age: float, rating: int) -> float:
    """What an earlier review adds to the total: nothing until it is older than a tenth of a day."""
    if age > 0.1:
        weight = w[2] if rating == 1 else w[3]
        return weight * exp(-w[1] * log(max(age, 0.1)))
    return 0.0


def memory(w: Vector, c: Vector, o: Vector, total: float) -> float:
    """Nothing is kept: terms do not depend on earlier totals."""
    return 0.0


def combine(w: Vector, c: Vector, o: Vector, total: float) -> float:
    """Probability of recall when the terms of the earlier reviews add up to the total."""
    log_odds = w[0] * log(1.0 + max(0.0, total)) + w[4]
    return 1.0 / (1.0 + exp(min(-log_odds, 700.0)))
