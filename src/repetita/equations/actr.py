"""ACT-R: every earlier review leaves a trace that decays, faster if the card was well known at the time.

Formulas and figures: the spacing model of Pavlik and Anderson (2005) as the public benchmark of schedulers
trains it. The activation sums over all pairs of a review and an earlier one, so time is quadratic in the
length of a history. Plain scalar Python, also compiled and differentiated by program. Letters: ``w``
parameters, ``c`` what `prepare` returned, ``o`` the options named in `OPTIONS`; ``total`` the sum of the
terms of all earlier reviews, ``memory`` what a review keeps of its own total, ``age`` the days from an
earlier review to this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log
from typing import Any

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]

TITLE = "ACT-R"
KIND = "pairs"
UNIT = "days"
STATE = ()
STATE_UNITS = ()
PREDICTION_FLOOR = 1e-15
# the sum goes over so many of the newest earlier reviews, which bounds the quadratic work of a long card
MOST_TERMS = 1024

SYMBOLS = {"total": "U", "memory": "u", "age": "a"}
SOURCES = (
    "Pavlik, Anderson (2005), Practice and forgetting effects on vocabulary memory: "
    "<https://doi.org/10.1207/s15516709cog0000_14>",
    "The public benchmark of schedulers: <https://github.com/open-spaced-repetition/srs-benchmark>",
)

OPTIONS = ()
VARIANTS: dict[str, tuple[float, ...]] = {"default": ()}

# No penalty is published. In our prior all are normal with standard deviation 0.5, by their logarithm but for
# the threshold.
PARAMETERS = (
    Parameter("decay", 0.176786766570677, 0.001, 1.0, inf, "1", "least exponent of decay", "log", 0.5),
    Parameter("spacing", 0.216967308403809, 0.001, 1.0, inf, "1", "growth of decay with recall", "log", 0.5),
    Parameter("noise", 0.254893976981164, 0.001, 1.0, inf, "1", "noise of activation", "log", 0.5),
    Parameter("threshold", -0.704205679427144, -inf, -0.001, inf, "1", "activation of even odds", sd=0.5),
    Parameter("time_scale", 0.025, 0.001, 1.0, inf, "1/s", "rate of time between sessions", "log", 0.5),
)
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()
REFERENCE = {"longest": 63}  # otherwise what published trainings share
MIGRATIONS: dict[int, Any] = {}


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """Nothing depends on the parameters alone."""
    return ()


def term(w: Vector, c: Vector, o: Vector, memory: float, age: float, rating: int) -> float:
    """What an earlier review adds to the total; its rating does not matter."""
    units = max(1.0, 86400.0 * w[4] * age)
    return exp(-(w[1] * memory + w[0]) * log(units))


def memory(w: Vector, c: Vector, o: Vector, total: float) -> float:
    """What a review keeps: the total itself, 0 at the first review."""
    return total


def combine(w: Vector, c: Vector, o: Vector, total: float) -> float:
    """Probability of recall when the terms of the earlier reviews add up to the total."""
    activation = log(max(total, 1e-300))
    return 1.0 / (1.0 + exp(min((w[3] - activation) / w[2], 700.0)))
