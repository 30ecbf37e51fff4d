"""Where a function of one number is least within two bounds: Brent's search, ours and that of fsrs-rs."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

__all__ = ["minimum_between", "minimum_from_below"]

Point = tuple[float, float]  # place and value

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
    first = a + GOLDEN * (b - a)
    best = second = third = (first, cost(first))
    step = before = 0.0
    for _ in range(MOST_STEPS):
        place, middle = best[0], 0.5 * (a + b)
        if abs(place - middle) + 0.5 * (b - a) <= 2.0 * tolerance:
            break
        proposed = _parabola(best, second, third)
        if proposed is None or abs(proposed) >= 0.5 * abs(before) or not a < place + proposed < b:
            before = (b if place < middle else a) - place
            step = GOLDEN * before
        else:
            before, step = step, proposed
        if abs(step) < tolerance:
            step = tolerance if place < middle else -tolerance
        new = (place + step, cost(place + step))
        a, b = _narrowed(a, b, best, new)
        best, second, third = _ranked(best, second, third, new)
    value, place = min([*ends, (best[1], best[0])])
    return place, value


def _parabola(best: Point, second: Point, third: Point) -> float | None:
    """How far the lowest point of the parabola through three points is from the first; None without one."""
    (x, fx), (w, fw), (v, fv) = best, second, third
    r, q = (x - w) * (fx - fv), (x - v) * (fx - fw)
    down, up = (x - v) * q - (x - w) * r, 2.0 * (q - r)
    return -down / up if up > 0.0 else (down / -up if up < 0.0 else None)


def _narrowed(a: float, b: float, best: Point, new: Point) -> tuple[float, float]:
    """The bracket after a new point: the worse of the two becomes an end."""
    worse, kept = (best[0], new[0]) if new[1] <= best[1] else (new[0], best[0])
    return (worse, b) if worse <= kept else (a, worse)


def _ranked(best: Point, second: Point, third: Point, new: Point) -> tuple[Point, Point, Point]:
    """The three best points after a new one, which wins a tie."""
    if new[1] <= best[1]:
        return new, best, second
    if new[1] <= second[1] or second[0] == best[0]:
        return best, new, second
    if new[1] <= third[1] or third[0] in (best[0], second[0]):
        return best, second, new
    return best, second, third


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
    best = second = third = (low, cost(low))
    step = before = 0.0
    for _ in range(MOST_STEPS):
        place, middle = best[0], 0.5 * (a + b)
        near = tolerance * abs(place)
        if abs(place - middle) < 2.0 * near - 0.5 * (b - a):
            break
        proposed = _parabola(best, second, third) if abs(before) > near else None
        if proposed is None or not (a < place + proposed < b and abs(proposed) < 0.5 * abs(before)):
            before = (a if place >= middle else b) - place
            step = GOLDEN * before
        else:
            before, step = step, proposed
            if min(place + step - a, b - place - step) < 2.0 * near:
                step = near if middle >= place else -near
        if abs(step) < near:
            step = near if step >= 0.0 else -near
        new = (place + step, cost(place + step))
        a, b = _narrowed(a, b, best, new)
        best, second, third = _ranked(best, second, third, new)
    return best
