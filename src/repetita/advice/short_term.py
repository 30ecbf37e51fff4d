"""The curve of short-term forgetting and its one number: the delay after which 90 % is still recalled.

Recall after ``t`` seconds is ``(1 + F t / S) ** -DECAY`` with ``F`` such that it is 0.9 at ``t = S``; the
decay is fixed, as in the step statistics of the FSRS Helper add-on for Anki. The loss is convex in ``log S``
(its slope rises), so there is one optimum, found by halving on a table of delays and polished on all answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.advice.samples import Answers

__all__ = ["LONGEST_SECONDS", "SHORTEST_SECONDS", "DelayTable", "fitted_stability", "recall", "within_fences"]

Floats = NDArray[np.float64]

DECAY = 0.2
FACTOR = 0.9 ** (-1.0 / DECAY) - 1.0
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 30.0 * 86_400.0
LOW, HIGH = log(SHORTEST_SECONDS), log(LONGEST_SECONDS)
FENCED_FROM = 250
FENCE = 1.5  # interquartile ranges beyond the quartiles
BINS_PER_OCTAVE = 4
GRID = np.linspace(LOW, HIGH, 121)  # of log stability: slopes are nearly straight in between
LIKELIHOOD_DROP = 3.841458820694124 / 2.0  # 95 % of chi-square with one degree of freedom, halved


def recall(delay_seconds: ArrayLike, stability_seconds: ArrayLike) -> Floats:
    """Probability of recall after a delay.

    Example:
        >>> recall([0.0, 60.0], 60.0).round(6).tolist()
        [1.0, 0.9]
    """
    ratio = FACTOR * np.asarray(delay_seconds) / np.asarray(stability_seconds)
    found: Floats = np.exp(-DECAY * np.log1p(ratio))
    return found


def within_fences(answers: Answers) -> NDArray[np.bool_]:
    """Shape (n,): the answers to fit to. Of 250 or more, delays far outside the quartiles are left out."""
    delay = answers.delay_seconds
    if len(answers) < FENCED_FROM:
        return np.ones(len(answers), dtype=np.bool_)
    low, high = np.percentile(delay, (25.0, 75.0))
    reach = FENCE * (high - low)
    kept: NDArray[np.bool_] = (delay >= low - reach) & (delay <= high + reach)
    return kept


@dataclass(frozen=True, eq=False)
class DelayTable:
    """Delays thrown together four to an octave: what fits of many resampled logs need of a sample.

    Attributes:
        place: Shape (n,), where an answer is counted: its bin, twice, plus whether it was recalled.
        delay_seconds: Shape (bins,), geometric mean of the delays in a bin.
    """

    place: NDArray[np.int64]
    delay_seconds: Floats

    @classmethod
    def of(cls, delay_seconds: Floats, recalled: NDArray[np.bool_]) -> DelayTable:
        """The table of some answers, at least one."""
        logs = np.log2(delay_seconds)
        _, bins = np.unique(np.floor(BINS_PER_OCTAVE * logs), return_inverse=True)
        counts = np.bincount(bins)
        return cls(2 * bins + recalled, np.exp2(np.bincount(bins, logs) / counts))

    @property
    def places(self) -> int:
        """Number of places."""
        return 2 * len(self.delay_seconds)

    def log_stability(self, counts: Floats) -> Floats:
        """Best log stability for each row of counts, by halving a step between slopes on a fixed grid.

        Args:
            counts: Shape (m, places).

        Returns:
            Shape (m,); the end of the range where all was recalled, or nothing.
        """
        slopes = counts @ self._slopes
        below = np.count_nonzero(slopes < 0.0, axis=1)
        inner = np.clip(below, 1, len(GRID) - 1)
        rows = np.arange(len(counts))
        left, right = slopes[rows, inner - 1], slopes[rows, inner]
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(right > left, -left / (right - left), 0.0)
        found = GRID[inner - 1] + np.clip(share, 0.0, 1.0) * (GRID[1] - GRID[0])
        return np.where(below == 0, LOW, np.where(below == len(GRID), HIGH, found))

    @property
    def _slopes(self) -> Floats:
        """Shape (places, grid): slope of the loss of one answer at each place."""
        forgot, right = _slope_of_each(self.delay_seconds[:, None], GRID[None, :])
        return np.stack((forgot, right), axis=1).reshape(self.places, len(GRID))

    def loss(self, counts: Floats, log_stability: float) -> float:
        """Loss in nats of one row of counts."""
        recalled = -DECAY * np.log1p(FACTOR * self.delay_seconds * exp(-log_stability))
        forgot = np.log(-np.expm1(recalled))
        return -float(counts[0::2] @ forgot + counts[1::2] @ recalled)

    def likelihood_interval(self, counts: Floats, log_stability: float) -> tuple[float, float]:
        """Log stabilities around the best one that the answers do not speak against, at 95 %.

        Args:
            counts: Shape (places,).
            log_stability: The best one.
        """
        most = self.loss(counts, log_stability) + LIKELIHOOD_DROP
        return (
            self._crossing(counts, most, log_stability, LOW),
            self._crossing(counts, most, log_stability, HIGH),
        )

    def _crossing(self, counts: Floats, most: float, inside: float, outside: float) -> float:
        if self.loss(counts, outside) <= most:
            return outside
        for _ in range(40):
            middle = 0.5 * (inside + outside)
            if self.loss(counts, middle) <= most:
                inside = middle
            else:
                outside = middle
        return inside


def fitted_stability(delay_seconds: Floats, recalled: NDArray[np.bool_], start: float) -> float:
    """Log of the stability with the least log loss on answers of which some, not all, were recalled.

    Args:
        delay_seconds: Shape (n,).
        recalled: Shape (n,).
        start: Where to look first: the optimum of the table.

    Example:
        >>> delays = np.array([60.0] * 10)
        >>> round(float(np.exp(fitted_stability(delays, np.arange(10) > 0, start=1.0))), 6)
        60.0
    """
    right, wrong = delay_seconds[recalled], delay_seconds[~recalled]

    def slope(at: float) -> float:
        forgot, _ = _slope_of_each(wrong, at)
        _, recalled = _slope_of_each(right, at)
        return float(forgot.sum() + recalled.sum())

    low, high = LOW, HIGH
    if slope(low) >= 0.0:
        return low
    if slope(high) <= 0.0:
        return high
    at, value, step = start, slope(start), 0.02
    while high - low > 1e-12 * HIGH and value != 0.0:
        low, high = (at, high) if value < 0.0 else (low, at)
        onward = at + step if value < 0.0 else at - step
        if not low < onward < high:
            onward = 0.5 * (low + high)
        next_value = slope(onward)
        rise = (next_value - value) / (onward - at)
        at, value = onward, next_value
        step = abs(value / rise) if rise > 0.0 else 0.5 * (high - low)
        if step < 1e-11:
            break
    return at


def _slope_of_each(delay_seconds: Floats, log_stability: float | Floats) -> tuple[Floats, Floats]:
    """Slope of the loss of an answer along log stability: if it was wrong, and if it was right."""
    ratio = FACTOR * delay_seconds * np.exp(-log_stability)
    fall = DECAY * ratio / (1.0 + ratio)
    odds_against = np.expm1(DECAY * np.log1p(ratio))
    return fall / odds_against, -fall
