"""Where a function of one number is least within two bounds: Brent's search, ours and that of fsrs-rs."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

__all__ = ["minimum_between", "minimum_from_below"]

GOLDEN = 0.5 * (3.0 - sqrt(5.0))
MOST_STEPS = 64


def minimum_between(
    cost: Callable[[float], float], low: float, high: float, tolerance: float
) -> tuple[float, float]:
    """The place where a function is least, and its value there; an end of the interval if that is lower.

    Golden sections with parabolas where these can be trusted: Brent (1973), "Algorithms for minimization
    without derivatives", chapter 5. A function with several minima gets one of them.

    Args:
        cost: The function.
        low: Lower end.
        high: Upper end.
        tolerance: How near the place is to be found.

    Example:
        >>> place, value = minimum_between(lambda x: (x - 0.3) ** 2, 0.0, 1.0, 1e-6)
        >>> round(place, 5), value < 1e-10
        (0.3, True)
        >>> minimum_between(lambda x: x, 2.0, 3.0, 1e-3)
        (2.0, 2.0)
    """
    ends = [(cost(end), end) for end in (low, high)]
    a, b = low, high
    best = second = third = a + GOLDEN * (b - a)
    f_best = f_second = f_third = cost(best)
    step = before = 0.0
    for _ in range(MOST_STEPS):
        middle = 0.5 * (a + b)
        if abs(best - middle) + 0.5 * (b - a) <= 2.0 * tolerance:
            break
        proposed = _parabola((best, f_best), (second, f_second), (third, f_third))
        if proposed is None or abs(proposed) >= 0.5 * abs(before) or not a < best + proposed < b:
            before = (b if best < middle else a) - best
            step = GOLDEN * before
        else:
            before, step = step, proposed
        if abs(step) < tolerance:
            step = tolerance if best < middle else -tolerance
        new = best + step
        value = cost(new)
        if value <= f_best:
            a, b = (a, best) if new < best else (best, b)
            third, f_third, second, f_second = second, f_second, best, f_best
            best, f_best = new, value
            continue
        a, b = (new, b) if new < best else (a, new)
        if value <= f_second or second == best:
            third, f_third, second, f_second = second, f_second, new, value
        elif value <= f_third or third in (best, second):
            third, f_third = new, value
    value, place = min([*ends, (f_best, best)])
    return place, value


def _parabola(
    best: tuple[float, float], second: tuple[float, float], third: tuple[float, float]
) -> float | None:
    """How far the lowest point of the parabola through three points is from the first; None without one."""
    (x, fx), (w, fw), (v, fv) = best, second, third
    r, q = (x - w) * (fx - fv), (x - v) * (fx - fw)
    down, up = (x - v) * q - (x - w) * r, 2.0 * (q - r)
    return -down / up if up > 0.0 else (down / -up if up < 0.0 else None)


def minimum_from_below(
    cost: Callable[[float], float], low: float, high: float, tolerance: float
) -> tuple[float, float]:
    """The place where a function is least as fsrs-rs finds it, and its value there.

    Brent's search that begins at the lower end, with a tolerance relative to the place, and goes on where a
    new place is as good as the best one. It never looks at the upper end: a function that falls all the way,
    or that is the same everywhere, ends at 0.9367 between 0.70 and 0.95.

    Args:
        cost: The function.
        low: Lower end, above 0.
        high: Upper end.
        tolerance: How near the place is to be found, as a share of it.

    Example:
        >>> round(minimum_from_below(lambda x: 1.0, 0.7, 0.95, 0.01)[0], 6)
        0.936732
    """
    a, b = low, high
    best = second = third = low
    f_best = f_second = f_third = cost(low)
    step = before = 0.0
    for _ in range(MOST_STEPS):
        near = tolerance * abs(best)
        middle = 0.5 * (a + b)
        if abs(best - middle) < 2.0 * near - 0.5 * (b - a):
            break
        proposed = None
        if abs(before) > near:
            proposed = _parabola((best, f_best), (second, f_second), (third, f_third))
        if proposed is None or not (a < best + proposed < b and abs(proposed) < 0.5 * abs(before)):
            before = (a if best >= middle else b) - best
            step = GOLDEN * before
        else:
            before, step = step, proposed
            if min(best + step - a, b - best - step) < 2.0 * near:
                step = near if middle >= best else -near
        if abs(step) < near:
            step = near if step >= 0.0 else -near
        new = best + step
        value = cost(new)
        if value <= f_best:
            a, b = (best, b) if new >= best else (a, best)
            third, f_third, second, f_second = second, f_second, best, f_best
            best, f_best = new, value
            continue
        a, b = (new, b) if new < best else (a, new)
        if value <= f_second or second == best:
            third, f_third, second, f_second = second, f_second, new, value
        elif value <= f_third or third in (best, second):
            third, f_third = new, value
    return best, f_best
