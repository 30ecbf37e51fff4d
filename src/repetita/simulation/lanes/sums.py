"""Recall summed over days in closed form, for forgetting curves that are a power or an exponential.

Text that a compiler links, see `repetita.simulation.lanes.linking`. The sum over equally spaced times of a
smooth curve is its integral plus corrections at both ends (Euler and Maclaurin). Every derivative of ``g(t) =
(1 + rate t) ** -exponent`` keeps its sign and falls, so that what is left out is smaller than the first
term left out; `power_sum_error` is that term.
"""

from __future__ import annotations

from math import exp, expm1, log

# from so many units of 1 / rate on the corrections are used; the terms before are added one by one
NEAR = 4.0
# exponents so close to 1 are integrated by another formula
NEAR_ONE = 0.01
# Bernoulli numbers over factorials: B2/2!, B4/4!, ... B10/10!, and the size of the first one left out
B2, B4, B6, B8, B10 = 1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160
B12 = 691 / 1307674368000


def power_at(rate: float, exponent: float, t: float) -> float:
    """The curve at a time."""
    return exp(-exponent * log(1.0 + rate * t))


def correction(x: float, p: float) -> float:
    """Corrections at one end over the value there; ``x`` is its distance from the pole of the curve.

    The derivative of order m over the value is ``(-1)**m p (p + 1) ... (p + m - 1) / x**m``.
    """
    inverse = 1.0 / x
    y = inverse * inverse
    inner = B8 + (p + 7.0) * (p + 8.0) * y * B10
    inner = B6 + (p + 5.0) * (p + 6.0) * y * inner
    inner = B4 + (p + 3.0) * (p + 4.0) * y * inner
    inner = B2 + (p + 1.0) * (p + 2.0) * y * inner
    return p * inverse * inner


def power_sum_error(exponent: float) -> float:
    """A bound on the error of `power_sum`, as a share of the curve at the first term that is corrected.

    Example:
        >>> power_sum_error(0.1542) < 2e-10, power_sum_error(1.0) < 1e-8
        (True, True)
    """
    product = 1.0
    for i in range(11):
        product *= (exponent + i) / NEAR
    return B12 * product


def power_sum(rate: float, exponent: float, first: float, count: int, known: float, last: float) -> float:
    """Sum of ``(1 + rate t) ** -exponent`` at ``count`` times from ``first`` on, a day apart.

    Args:
        rate: A day, above 0.
        exponent: Above 0.
        first: First time in days, from 0.
        count: Number of times, at least 1.
        known: A time at which the curve is known already.
        last: The curve there.
    """
    total = 0.0
    pole = 1.0 / rate
    # the curve is 1 at 0: a sum from 1 on may as well begin there
    start = first
    if first == 1.0:
        start = 0.0
        total = -1.0
    end = first + (count - 1.0)
    if end + 1.0 == known:
        # one more term, which is known, in place of a last one that is not
        total -= last
        end = known
    at_start = 1.0 if start == 0.0 else power_at(rate, exponent, start)
    while pole + start < NEAR:
        total += at_start
        start += 1.0
        if start > end:
            return total
        at_start = last if start == known else power_at(rate, exponent, start)
    at_end = last if end == known else power_at(rate, exponent, end)
    low = pole + start
    high = pole + end
    rest = 1.0 - exponent
    if abs(rest) > NEAR_ONE:
        integral = (high * at_end - low * at_start) / rest
    else:
        # the same without a difference of almost equal numbers
        growth = log(high / low)
        integral = low * at_start * (growth if rest == 0.0 else expm1(rest * growth) / rest)
    total += integral + 0.5 * (at_start + at_end)
    return total + correction(low, exponent) * at_start - correction(high, exponent) * at_end


def exponential_sum(rate: float, first: float, count: int) -> float:
    """Sum of ``exp(-rate t)`` at ``count`` times from ``first`` on, a day apart; exact.

    Args:
        rate: A day, from 0.
        first: First time in days.
        count: Number of times, at least 1.

    Example:
        >>> round(exponential_sum(0.1, 1.0, 3), 12)
        2.464386391796
    """
    if rate <= 0.0:
        return count + 0.0
    return exp(-rate * first) * expm1(-rate * count) / expm1(-rate)
