"""A local straight-line smoother, and the calibration index made with it.

Method: Cleveland (1979), locally weighted regression with tricube weights, without the robust repetitions.
Between points less than ``step`` apart the fit is interpolated.

A tricube weight is a polynomial of the distance on either side of the point that is fitted. So a block of
neighbouring points needs to be summed only once, as moments about its own middle: every local fit then takes
the moments of whole blocks, and single points at the ends of its neighbourhood only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.evaluation.checks import checked

__all__ = ["ici", "lowess"]

Floats = NDArray[np.float64]
SPAN = 2.0 / 3.0
STEP_SHARE = 0.01
# A neighbourhood narrower than this has no slope; a weight below it does not count as a point.
TINY = 1e-12
# Blocks pay off where there are many of them.
BLOCK = 1024
FEWEST_FOR_BLOCKS = 16 * BLOCK
# (1 - t^3)^3 by powers of t^3.
TRICUBE = (1.0, -3.0, 3.0, -1.0)
DEGREE = 9


def ici(predicted: ArrayLike, recalled: ArrayLike) -> float:
    """Integrated calibration index: mean distance between predictions and the smoothed share recalled.

    Args:
        predicted: Shape (n,), in [0, 1].
        recalled: Shape (n,), true where recalled.

    Returns:
        A probability; 0 is perfect. Smoothed with `lowess`, span two thirds, interpolated over a hundredth of
        the range of the predictions. (Austin and Steyerberg 2019.)

    Example:
        >>> round(ici([0.9, 0.9, 0.9, 0.6, 0.6, 0.6], [1, 1, 1, 1, 0, 1]), 4)
        0.0833
    """
    x, outcomes = checked(predicted, recalled)
    order = np.argsort(x, kind="stable")
    x, y = x[order], outcomes[order].astype(np.float64)
    smooth = lowess(x, y, span=SPAN, step=STEP_SHARE * float(x[-1] - x[0]))
    return float(np.mean(np.abs(smooth - x)))


def lowess(x: Floats, y: Floats, *, span: float, step: float = 0.0) -> Floats:
    """Smoothed ``y`` at every ``x``.

    Args:
        x: Shape (n,), ascending.
        y: Shape (n,).
        span: Share of all points that takes part in each local fit, in (0, 1].
        step: Points closer than this to the last fitted one are interpolated.

    Returns:
        Shape (n,). Where a whole neighbourhood lies on one spot, the mean there.

    Example:
        >>> line = np.arange(5.0)
        >>> lowess(line, 2 * line + 1, span=0.8).round(6).tolist()
        [1.0, 3.0, 5.0, 7.0, 9.0]
    """
    n = x.size
    neighbours = min(max(int(span * n + 1e-10), 2), n)
    blocks = _Blocks.of(x, y) if n >= FEWEST_FOR_BLOCKS else None
    at: list[int] = []
    fits: list[float] = []
    i = left = 0
    while True:
        left = _first_neighbour(x, float(x[i]), left, neighbours)
        at.append(i)
        fits.append(_local_fit(x, y, i, left, left + neighbours, blocks))
        last = int(np.searchsorted(x, x[i], side="right")) - 1
        if last >= n - 1:
            break
        beyond = int(np.searchsorted(x, x[i] + step, side="right"))
        i = max(min(beyond, n - 1) - 1, last + 1)
    return np.interp(x, x[at], fits)


def _first_neighbour(x: Floats, at: float, left: int, neighbours: int) -> int:
    """Start of the window of nearest points; it only moves right as ``at`` does."""
    high = x.size - neighbours
    low = left
    while low < high:
        middle = (low + high) // 2
        if at > (x[middle] + x[middle + neighbours]) / 2.0:
            low = middle + 1
        else:
            high = middle
    return low


def _local_fit(x: Floats, y: Floats, i: int, left: int, right: int, blocks: _Blocks | None) -> float:
    """Value at ``x[i]`` of the weighted straight line through the points ``left`` to ``right``."""
    at = float(x[i])
    radius = float(max(at - x[left], x[right - 1] - at))
    if radius == 0.0:
        tied = slice(int(np.searchsorted(x, at)), int(np.searchsorted(x, at, side="right")))
        return float(np.mean(y[tied]))
    if blocks is not None:
        sums = blocks.sums(x, y, at, radius, left, right)
        # the point itself has weight 1; where hardly anything is added, single weights must be looked at
        if sums[0] > 1.5:
            return _line(sums)
    weight = _tricube(x[left:right], at, radius)
    if np.count_nonzero(weight > TINY) < 2:
        return float(y[i])
    return _line(_weighted_sums(x[left:right] - at, y[left:right], weight))


def _tricube(near: Floats, at: float, radius: float) -> Floats:
    distance = np.abs(near - at) / radius
    short: Floats = 1.0 - distance * distance * distance
    return short * short * short


def _weighted_sums(offset: Floats, y: Floats, weight: Floats) -> Floats:
    """Sums of w, w u, w u^2, w y, w u y, with u the distance from the fitted point, signed."""
    moved = weight * offset
    return np.array([weight.sum(), moved.sum(), moved @ offset, weight @ y, moved @ y])


def _line(sums: Floats) -> float:
    """Height at u = 0 of the straight line that the weighted sums determine."""
    mean, square, height, product = (sums[1:] / sums[0]).tolist()
    spread = max(square - mean * mean, TINY)
    return float(height - mean * (product - mean * height) / spread)


@dataclass(frozen=True, eq=False, slots=True)
class _Blocks:
    """Moments of `BLOCK` points at a time, in units of each block's half width about its middle."""

    middle: Floats
    half: Floats
    moments: Floats  # (blocks, DEGREE + 3)
    with_y: Floats  # (blocks, DEGREE + 2)

    @classmethod
    def of(cls, x: Floats, y: Floats) -> _Blocks:
        whole = x.size // BLOCK
        points, values = (column[: whole * BLOCK].reshape(whole, BLOCK) for column in (x, y))
        middle = (points[:, 0] + points[:, -1]) / 2.0
        half = np.maximum((points[:, -1] - points[:, 0]) / 2.0, np.finfo(np.float64).tiny)
        unit = (points - middle[:, None]) / half[:, None]
        power, moments, with_y = np.ones_like(unit), [], []
        for _ in range(DEGREE + 3):
            moments.append(power.sum(axis=1))
            with_y.append(np.einsum("ij,ij->i", power, values))
            power *= unit
        return cls(middle, half, np.stack(moments, axis=1), np.stack(with_y[:-1], axis=1))

    def sums(self, x: Floats, y: Floats, at: float, radius: float, left: int, right: int) -> Floats:
        """`_weighted_sums` of the points ``left`` to ``right``: whole blocks, then what is left over."""
        center = int(np.searchsorted(x, at))
        total = np.zeros(5)
        for begin, end, side in ((left, center, -1.0), (center, right, 1.0)):
            first, last = -(-begin // BLOCK), end // BLOCK
            if first < last:
                total += self._of_whole(slice(first, last), at, radius, side)
            for a, b in _leftover(begin, end, first, last):
                near = x[a:b]
                total += _weighted_sums(near - at, y[a:b], _tricube(near, at, radius))
        return total

    def _of_whole(self, chosen: slice, at: float, radius: float, side: float) -> Floats:
        away = self.middle[chosen] - at
        half = self.half[chosen]
        start, slope = side * away / radius, side * half / radius
        weight = np.zeros((away.size, DEGREE + 1))  # the tricube weight as a polynomial inside each block
        for m, factor in enumerate(TRICUBE):
            for j in range(3 * m + 1):
                weight[:, j] += factor * comb(3 * m, j) * start ** (3 * m - j)
        weight *= slope[:, None] ** np.arange(DEGREE + 1)
        moments, with_y = self.moments[chosen], self.with_y[chosen]
        powers = [np.einsum("ij,ij->i", weight, moments[:, k : k + DEGREE + 1]) for k in range(3)]
        heights = [np.einsum("ij,ij->i", weight, with_y[:, k : k + DEGREE + 1]) for k in range(2)]
        first = away * powers[0] + half * powers[1]
        second = away * (first + half * powers[1]) + half * half * powers[2]
        product = away * heights[0] + half * heights[1]
        return np.array([part.sum() for part in (powers[0], first, second, heights[0], product)])


def _leftover(begin: int, end: int, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Parts of ``begin`` to ``end`` that whole blocks ``first`` to ``last`` do not cover."""
    if first >= last:
        yield begin, end
        return
    yield begin, first * BLOCK
    yield last * BLOCK, end
