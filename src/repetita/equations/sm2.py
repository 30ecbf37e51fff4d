"""SM-2 as published: a rule without anything to fit, judged by the curve its intervals imply.

Formulas and figures: SM-2 (Wozniak 1990) as the public benchmark applies it: Again counts as a grade of two,
intervals are rounded to whole days. Letters: ``w``, ``c`` and ``o`` are empty; ``state`` (interval in days,
ease, successes in a row), ``days`` since the last review, which the rule ignores.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float, float, float]

TITLE = "SM-2"
FITTED = False
UNIT = "days"
STATE = ("interval", "ease", "repetitions")
STATE_UNITS = ("days", "1", "1")
MAY_BE_ZERO = ("repetitions",)
PREDICTION_FLOOR = 1e-15

SYMBOLS = {"interval": "V", "ease": "E", "repetitions": "n"}
SOURCES = (
    "P. Wozniak, Optimization of learning, 1990 (SM-2): <https://super-memory.com/english/ol/sm2.htm>",
    "srs-benchmark: <https://github.com/open-spaced-repetition/srs-benchmark>",
)

OPTIONS = ()
VARIANTS: dict[str, tuple[float, ...]] = {"default": ()}
PARAMETERS: tuple[Parameter, ...] = ()
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()
MIGRATIONS: dict[int, tuple[str, object]] = {}

INTERVAL_MAX = 36500.0


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """What depends on the parameters only: nothing."""
    return ()


def first(w: Vector, c: Vector, o: Vector, rating: int) -> State:
    """State after the first review."""
    return after(w, c, o, (0.0, 2.5, 0.0), 0.0, rating)


def recall(w: Vector, c: Vector, o: Vector, state: State, days: float) -> float:
    """Probability of recall ``days`` after the last review: 0.9 at one interval."""
    chance: float = 0.9 ** (days / state[0])
    return chance


def exponential_rate(w: Vector, c: Vector, o: Vector, state: State) -> float:
    """Rate of the forgetting curve: `recall` as ``exp(-rate days)``."""
    return -log(0.9) / state[0]


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review; the interval grows by the ease before the answer."""
    interval, ease, repetitions = state
    if rating == 1:
        grown, repeated = 1.0, 0.0
    else:
        grown = 1.0 if repetitions == 0 else 6.0 if repetitions == 1 else interval * ease
        repeated = repetitions + 1.0
    # grades of SM-2 go from 0 to 5; the four answers are 2 to 5
    short = 4.0 - rating
    moved = max(1.3, ease + 0.1 - short * (0.08 + short * 0.02))
    return float(min(max(1, round(grown + 0.01)), INTERVAL_MAX)), moved, repeated


def interval(w: Vector, c: Vector, o: Vector, state: State, desired_retention: float) -> float:
    """Days until retrievability has fallen to ``desired_retention``."""
    return state[0] * log(desired_retention) / log(0.9)
