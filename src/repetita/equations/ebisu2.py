"""Ebisu 2: a Beta distribution over the recall at some half-life, updated by Bayes' rule at every review.

Formulas and figures: the published Ebisu 2 with its default start as the public benchmark applies it. Recall
after ``days`` is the expectation of ``p ** (days / half-life)``. After each review the Beta distribution is
restated at the time at which recall is one half. Letters: ``w``, ``c`` and ``o`` are empty; ``state`` (alpha,
beta, half-life in days), ``days`` since the last review.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, expm1, lgamma, log

from repetita.equations.parameter import Parameter, PriorBlock

Vector = Sequence[float]
State = tuple[float, float, float]

TITLE = "Ebisu 2"
FITTED = False
UNIT = "days"
STATE = ("alpha", "beta", "half_life")
STATE_UNITS = ("1", "1", "days")
PREDICTION_FLOOR = 1e-15

SYMBOLS = {"alpha": r"\alpha", "beta": r"\beta", "half_life": "h"}
SOURCES = ("A. Fasih, Ebisu: intelligent quiz scheduling: <https://fasiha.github.io/ebisu/>",)

OPTIONS = ()
VARIANTS: dict[str, tuple[float, ...]] = {"default": ()}
PARAMETERS: tuple[Parameter, ...] = ()
PRIOR_BLOCKS: tuple[PriorBlock, ...] = ()
MIGRATIONS: dict[int, tuple[str, object]] = {}

START: State = (0.2, 0.2, 512.0)
SHORTEST = 0.001  # days; what a review on the same day counts as
ROUNDING = 1e-14


def log_beta(a: float, b: float) -> float:
    """Logarithm of the Beta function."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def falling_root(function: Callable[[float], float], start: float) -> float:
    """Where a falling function is 0: a bracket around ``start``, then regula falsi of the Illinois kind."""
    low, high, step = start, start, 0.5
    while (at_low := function(low)) < 0.0:
        low, step = low - step, 2.0 * step
    step = 0.5
    while (at_high := function(high)) > 0.0:
        high, step = high + step, 2.0 * step
    while high - low > ROUNDING * max(1.0, abs(low)) and at_low > 0.0 > at_high:
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        at_middle = function(middle)
        if at_middle == 0.0 or not low < middle < high:
            return middle
        if at_middle > 0.0:
            low, at_low, at_high = middle, at_middle, 0.5 * at_high
        else:
            high, at_high, at_low = middle, at_middle, 0.5 * at_low
    return low if at_low == 0.0 else high if at_high == 0.0 else 0.5 * (low + high)


def prepare(w: Vector, o: Vector) -> tuple[float, ...]:
    """What depends on the parameters only: nothing."""
    return ()


def first(w: Vector, c: Vector, o: Vector, rating: int) -> State:
    """State after the first review, which counts as one after 0.001 days."""
    return after(w, c, o, START, 0.0, rating)


def recall(w: Vector, c: Vector, o: Vector, state: State, days: float) -> float:
    """Probability of recall ``days`` after the last review, of at least 0.001 days."""
    alpha, beta, half_life = state
    return exp(log_beta(alpha + max(days, SHORTEST) / half_life, beta) - log_beta(alpha, beta))


def after(w: Vector, c: Vector, o: Vector, state: State, days: float, rating: int) -> State:
    """State after a later review: moments of the posterior at its half-life, matched by a Beta."""
    alpha, beta, half_life = state
    now = max(days, SHORTEST)
    ratio = now / half_life
    base = log_beta(alpha, beta)
    seen = log_beta(alpha + ratio, beta) - base

    def moment(order: float, log_share: float) -> float:
        """Posterior moment of the recall at ``exp(log_share)`` times the elapsed time."""
        further = order * ratio * exp(log_share)
        joint = log_beta(alpha + ratio + further, beta) - base
        if rating > 1:
            return exp(joint - seen)
        alone = log_beta(alpha + further, beta) - base
        return exp(alone) * expm1(joint - alone) / expm1(seen)

    share = falling_root(lambda place: moment(1.0, place) - 0.5, log(half_life / now))
    mean = moment(1.0, share)
    variance = moment(2.0, share) - mean * mean
    size = mean * (1.0 - mean) / variance - 1.0
    return mean * size, (1.0 - mean) * size, now * exp(share)


def interval(w: Vector, c: Vector, o: Vector, state: State, desired_retention: float) -> float:
    """Days until retrievability has fallen to ``desired_retention``."""
    if recall(w, c, o, state, 0.0) < desired_retention:
        return 0.0
    reached = falling_root(
        lambda place: log(recall(w, c, o, state, exp(place))) - log(desired_retention), log(state[2])
    )
    return exp(reached)
