"""What a forgetting curve without a closed form is solved for: a bracketed root in the logarithm of time."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, floor, log

__all__ = [
    "LONGEST",
    "SHORTEST",
    "searched_interval",
    "solved_interval",
    "solved_stability",
    "whole_days_interval",
]

LONGEST = 36500.0
"""Days at which an interval saturates: a hundred years."""

SHORTEST = 1e-12
"""Days: the shortest interval but 0, which stands for a retention that the curve does not even start with."""

LONGEST_SEARCHED = 3650.0
"""Days at which a search ends where the curve has steps or may rise: ten years."""

STEP = log(4.0)
PRECISION = 1e-13  # of the logarithm: well below the promised 1e-10, at the price of ten evaluations


def solved_interval(recall: Callable[[float], float], desired_retention: float) -> float:
    """Days after which a falling forgetting curve reaches the desired retention, to a relative 1e-10.

    The root is bracketed by steps of a factor of four from one day on, then halved.

    Args:
        recall: Probability of recall by days; must not rise.
        desired_retention: In (0, 1).

    Returns:
        Days, from `SHORTEST` to `LONGEST`; 0 where the curve starts below the desired retention.

    Example:
        >>> round(solved_interval(lambda days: 0.9 ** (days / 20.0), 0.81), 9)
        40.0
        >>> solved_interval(lambda days: 0.95, 0.9)
        36500.0
        >>> solved_interval(lambda days: 0.8, 0.9)
        0.0
    """
    floor, ceiling = log(SHORTEST), log(LONGEST)
    if recall(LONGEST) >= desired_retention:
        return LONGEST
    low = high = 0.0
    while recall(exp(low)) < desired_retention:
        if low <= floor:
            return SHORTEST if recall(0.0) >= desired_retention else 0.0
        high, low = low, max(low - STEP, floor)
    while high <= low:
        raised = min(low + STEP, ceiling)
        # the end of the range was below above: neither rounding nor a curve of NaN may go on for ever
        if recall(exp(raised)) < desired_retention or raised == ceiling:
            high = raised
        else:
            low = raised
    while high - low > PRECISION * max(1.0, abs(low)):
        middle = 0.5 * (low + high)
        if recall(exp(middle)) < desired_retention:
            high = middle
        else:
            low = middle
    return exp(0.5 * (low + high))


def searched_interval(recall: Callable[[float], float], desired_retention: float) -> float:
    """Days at which a forgetting curve with steps is found below the desired retention.

    As the public simulator of schedulers has it: a day where the curve is below after one already; else days
    are doubled until it is, and the last step is halved. With a curve that also rises this is one of several
    crossings.

    Args:
        recall: Probability of recall by days.
        desired_retention: In (0, 1).

    Returns:
        Days, from 1 to `LONGEST_SEARCHED`: the upper end of a span of relative width 1e-10.

    Example:
        >>> round(searched_interval(lambda days: 0.95 if days <= 7.0 else 0.6, 0.9), 6)
        7.0
        >>> searched_interval(lambda days: 0.5, 0.9), searched_interval(lambda days: 0.95, 0.9)
        (1.0, 3650.0)
    """
    low = high = 1.0
    if recall(high) <= desired_retention:
        return high
    while recall(high) > desired_retention:
        if high == LONGEST_SEARCHED:
            return high
        low, high = high, min(2.0 * high, LONGEST_SEARCHED)
    while high - low > 1e-10 * high:
        middle = 0.5 * (low + high)
        if recall(middle) > desired_retention:
            low = middle
        else:
            high = middle
    return high


def whole_days_interval(recall: Callable[[float], float], desired_retention: float) -> float:
    """The first whole day from 1 on at which a falling forgetting curve is no more than desired.

    Args:
        recall: Probability of recall by days; must not rise.
        desired_retention: In (0, 1).

    Returns:
        Days, from 1 to `LONGEST_SEARCHED`, also where the curve is higher even then.

    Example:
        >>> whole_days_interval(lambda days: 0.9 ** (days / 20.0), 0.8)
        43.0
        >>> whole_days_interval(lambda days: 0.8, 0.9), whole_days_interval(lambda days: 0.95, 0.9)
        (1.0, 3650.0)
    """
    low = high = 1.0
    if recall(high) <= desired_retention:
        return high
    while high < LONGEST_SEARCHED and recall(high) > desired_retention:
        low, high = high, min(2.0 * high, LONGEST_SEARCHED)
    while high - low > 1.0:
        middle = floor(0.5 * (low + high)) + 0.0
        if recall(middle) > desired_retention:
            low = middle
        else:
            high = middle
    return high


def solved_stability(recall: Callable[[float], float], retention: float) -> float:
    """Stability with which recall is as given, to a relative 1e-10; the logarithm is halved.

    Args:
        recall: Probability of recall after a fixed time, by stability in days; must not fall.
        retention: In (0, 1).

    Returns:
        Days, from `SHORTEST` to `LONGEST`, the nearer end where recall is never as given.

    Example:
        >>> round(solved_stability(lambda stability: 0.9 ** (10.0 / stability), 0.9), 9)
        10.0
    """
    low, high = log(SHORTEST), log(LONGEST)
    while high - low > PRECISION * max(1.0, abs(low), abs(high)):
        middle = 0.5 * (low + high)
        if recall(exp(middle)) < retention:
            low = middle
        else:
            high = middle
    return exp(0.5 * (low + high))
