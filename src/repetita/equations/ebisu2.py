"""Ebisu 2: a Beta distribution over the recall at some half-life, updated by Bayes' rule at every review.

Formulas and figures: the published Ebisu 2 with its default start as the public benchmark applies it. Recall
after ``days`` is the expectation of ``p ** (days / half-life)``. After each review the Beta distribution is
restated at the time at which recall is one half. Letters: ``w``, ``c`` and ``o`` are empty; ``state`` (alpha,
beta, half-life in days), ``days`` since the last review.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, expm1, log

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
HALF_LOG_TWO_PI = 0.9189385332046727
# what a root is searched for
HALF, DESIRED = 0, 1


def log_gamma(x: float) -> float:
    """Logarithm of the Gamma function above 0: Stirling's series, from 10 on.

    Python's own and the C library's differ in their last bits, and this text is run by either.
    """
    product = 1.0
    while x < 10.0:
        product = product * x
        x = x + 1.0
    y = 1.0 / (x * x)
    series = 1.0 / 1260.0 + y * (-1.0 / 1680.0 + y * (1.0 / 1188.0 - y * (691.0 / 360360.0)))
    series = (1.0 / 12.0 + y * (-1.0 / 360.0 + y * series)) / x
    return (x - 0.5) * log(x) - x + HALF_LOG_TWO_PI + series - log(product)


def log_beta(a: float, b: float) -> float:
    """Logarithm of the Beta function."""
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b)


def moment(given: Vector, order: float, log_share: float) -> float:
    """Posterior moment of the recall at ``exp(log_share)`` times the elapsed time.

    ``given``: alpha, beta, elapsed time in half-lives, logarithms of the prior's and of the seen review's
    Beta, and whether it was passed.
    """
    alpha, beta, ratio, base, seen, passed = given
    further = order * ratio * exp(log_share)
    joint = log_beta(alpha + ratio + further, beta) - base
    if passed > 0.0:
        return exp(joint - seen)
    alone = log_beta(alpha + further, beta) - base
    return exp(alone) * expm1(joint - alone) / expm1(seen)


def gap(wanted: int, given: Vector, place: float) -> float:
    """A falling function of the logarithm of time: above one half, or above the desired recall.

    ``given`` is that of `moment`, or alpha, beta, half-life and desired recall, filled up to as many.
    """
    if wanted == HALF:
        return moment(given, 1.0, place) - 0.5
    state = (given[0], given[1], given[2])
    return log(recall((), (), (), state, exp(place))) - log(given[3])


def falling_root(wanted: int, given: Vector, start: float) -> float:
    """Where a `gap` is 0: a bracket around ``start``, then regula falsi of the Illinois kind."""
    low, high, step = start, start, 0.5
    at_low = at_high = gap(wanted, given, start)
    while at_low < 0.0:
        low, step = low - step, 2.0 * step
        at_low = gap(wanted, given, low)
    step = 0.5
    while at_high > 0.0:
        high, step = high + step, 2.0 * step
        at_high = gap(wanted, given, high)
    while high - low > ROUNDING * max(1.0, abs(low)) and at_low > 0.0 > at_high:
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        at_middle = gap(wanted, given, middle)
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
    given = (alpha, beta, ratio, base, seen, 1.0 if rating > 1 else 0.0)
    share = falling_root(HALF, given, log(half_life / now))
    mean = moment(given, 1.0, share)
    variance = moment(given, 2.0, share) - mean * mean
    size = mean * (1.0 - mean) / variance - 1.0
    return mean * size, (1.0 - mean) * size, now * exp(share)


def interval(w: Vector, c: Vector, o: Vector, state: State, desired_retention: float) -> float:
    """Days until retrievability has fallen to ``desired_retention``."""
    if recall(w, c, o, state, 0.0) < desired_retention:
        return 0.0
    given = (state[0], state[1], state[2], desired_retention, 0.0, 0.0)
    return exp(falling_root(DESIRED, given, log(state[2])))
