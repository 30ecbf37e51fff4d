"""From stabilities of short-term memory to learning steps: the FSRS Helper's rule, and a consistent one.

A step is the delay after which recall has fallen to the desired retention: a stability times a factor ``k``.

* ``"consistent"`` takes ``k`` from the very curve that the stabilities were fitted with, and asks each sample
  that it uses for `ENOUGH` answers; one is enough for the second step, so nobody needs to press Hard.
* ``"helper"`` is the rule of the FSRS Helper add-on for Anki: ``k`` from a curve with decay 0.5, a stability
  of one day for samples that say nothing, and `ENOUGH` answers on average over three samples for the second.

At a desired retention of 0.9 both have ``k = 1``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from repetita.advice.short_term import DECAY

__all__ = ["ENOUGH", "LEFT_OUT_FROM_SECONDS", "RULES", "SPEAKS_FROM", "step_factor"]

Floats = NDArray[np.float64]
Steps = tuple[Floats | None, Floats | None, Floats | None]

ENOUGH = 100
"""Answers that a sample needs before a step is taken from it."""

SPEAKS_FROM = 4
"""Answers from which a stability is fitted to a sample at all."""

LEFT_OUT_FROM_SECONDS = 12.0 * 3600.0
"""A step this long is better left to the scheduler."""

HELPER_DECAY = 0.5
SECOND_STEP = ("hard", "good", "again then good")


def step_factor(desired_retention: float, decay: float) -> float:
    """How many stabilities pass until recall has fallen to the desired retention.

    Example:
        >>> round(step_factor(0.9, 0.2), 12), round(step_factor(0.8, 0.5), 3), round(step_factor(0.8, 0.2), 3)
        (1.0, 2.398, 2.959)
    """
    return float((desired_retention ** (-1.0 / decay) - 1.0) / (0.9 ** (-1.0 / decay) - 1.0))


def consistent_steps(stability: Mapping[str, Floats], counts: Mapping[str, int], retention: float) -> Steps:
    """First and second learning step and relearning step in seconds, None where too little is known."""
    k = step_factor(retention, DECAY)
    again_known = counts["again"] >= ENOUGH
    ways = _second_step_ways(stability, counts, with_hard=again_known)
    second = None
    if ways:
        shortest = reduce(np.minimum, ways)
        second = k * (np.maximum(stability["again"], shortest) if again_known else shortest)
    first = k * stability["again"] if again_known else None
    return first, second, k * stability["lapse"] if counts["lapse"] >= ENOUGH else None


def helper_steps(stability: Mapping[str, Floats], counts: Mapping[str, int], retention: float) -> Steps:
    """The same by the FSRS Helper's rule."""
    k = step_factor(retention, HELPER_DECAY)
    second = None
    if sum(counts[name] for name in SECOND_STEP) >= ENOUGH * len(SECOND_STEP):
        ways = _second_step_ways(stability, counts, with_hard=True)
        second = k * np.maximum(stability["again"], reduce(np.minimum, ways))
    first = k * stability["again"] if counts["again"] >= ENOUGH else None
    return first, second, k * stability["lapse"] if counts["lapse"] >= ENOUGH else None


def _second_step_ways(
    stability: Mapping[str, Floats], counts: Mapping[str, int], *, with_hard: bool
) -> list[Floats]:
    """What the samples with enough answers say about the second step, before the factor.

    Hard on a new card waits for the mean of the two steps, hence the doubling.
    """
    ways = [stability[name] for name in ("good", "again then good") if counts[name] >= ENOUGH]
    if with_hard and counts["hard"] >= ENOUGH:
        ways.append(2.0 * stability["hard"] - stability["again"])
    return ways


RULES: Mapping[str, Callable[[Mapping[str, Floats], Mapping[str, int], float], Steps]] = MappingProxyType(
    {"consistent": consistent_steps, "helper": helper_steps}
)
"""The rules by name."""
