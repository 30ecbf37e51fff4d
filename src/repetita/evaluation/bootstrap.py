"""Intervals by resampling whole clusters (cards, or days) of reviews.

Reviews of one card resemble each other, and so do reviews of one day, so single reviews must not be drawn.
Clusters are drawn with replacement; when there are very many they are first thrown together at random into
`MOST_GROUPS` groups, which leaves the spread as it is and makes the cost independent of their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.confidence import LEVEL, bootstrap_interval

__all__ = ["Interval", "Resampling", "numbered", "resample", "widest"]

Floats = NDArray[np.float64]
REPLICATES = 1000
MOST_GROUPS = 1024
# Above this many possible cluster numbers, distinct ones are found by sorting instead of counting.
MOST_COUNTED = 1 << 22


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval and the clusters whose resampling made it the widest.

    Example:
        >>> low, high = Interval(0.31, 0.35, "cards")
        >>> 0.33 in Interval(0.31, 0.35, "cards")
        True
    """

    low: float
    high: float
    by: str

    def __iter__(self) -> Iterator[float]:
        return iter((self.low, self.high))

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __format__(self, spec: str) -> str:
        return f"[{self.low:{spec}}, {self.high:{spec}}]"

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {"low": self.low, "high": self.high, "resampled": self.by, "level": LEVEL}


@dataclass(frozen=True, eq=False)
class Resampling:
    """Draws with replacement of groups of reviews.

    Attributes:
        by: What was drawn: "cards" or "days".
        group: Shape (n,), group of each review.
        groups: Number of groups.
        seed: Of the draws.
    """

    by: str
    group: NDArray[np.int64]
    groups: int
    seed: tuple[int, ...]

    @cached_property
    def draws(self) -> Floats:
        """Shape (replicates, groups): how often each group was drawn."""
        random = np.random.default_rng((*self.seed, 1))
        drawn = random.integers(0, self.groups, size=(REPLICATES, self.groups))
        drawn += np.arange(REPLICATES)[:, None] * self.groups
        counts = np.bincount(drawn.ravel(), minlength=REPLICATES * self.groups)
        return counts.reshape(REPLICATES, self.groups).astype(np.float64)

    def sums(self, *columns: Floats | None) -> Floats:
        """Sum of every column in every replicate: shape (replicates, columns). None stands for ones."""
        by_group = [np.bincount(self.group, column, self.groups) for column in columns]
        return self.draws @ np.stack(by_group, axis=1).astype(np.float64)

    def tables(self, column: Floats | None, place: NDArray[np.integer], places: int) -> Floats:
        """Sum of a column by group and place: shape (groups, places)."""
        joint = self.group * places + place
        return np.bincount(joint, column, self.groups * places).reshape(self.groups, places).astype(float)


def resample(ids: NDArray[np.integer], *, by: str, seed: tuple[int, ...]) -> Resampling | None:
    """Draws of the clusters that ``ids`` names, or None when there is only one cluster.

    Args:
        ids: Shape (n,), n at least 1: cluster of each review.
        by: What a cluster is, in the plural.
        seed: Same seed, same draws, on every machine and for any number of threads.

    Example:
        >>> drawn = resample(np.array([5, 5, 9]), by="cards", seed=(0,))
        >>> drawn.groups, float(drawn.draws.sum(axis=1).min())
        (2, 2.0)
    """
    clusters, dense = numbered(ids)
    if clusters < 2:
        return None
    groups = min(clusters, MOST_GROUPS)
    order = np.arange(clusters)
    if clusters > groups:
        order = np.random.default_rng((*seed, 0)).permutation(clusters) % groups
    return Resampling(by, order[dense], groups, seed)


def widest(
    resamplings: Sequence[Resampling],
    point: float,
    replicates: Callable[[Resampling], Floats],
    *,
    least: float = -inf,
    most: float = inf,
) -> Interval | None:
    """The widest of the intervals that several resamplings give, or None where none gives one.

    Args:
        resamplings: Of the same reviews.
        point: The figure itself.
        replicates: The figure in every replicate of a resampling, shape (replicates,). What resampling adds
            to a figure on average (as it does to a root of squares) is taken off. NaN where the draw leaves
            it undefined, as one of reviews without weight does; when many are, there is no interval.
        least: What the figure cannot be below.
        most: What it cannot be above.
    """
    found = []
    for resampling in resamplings:
        with np.errstate(invalid="ignore", divide="ignore"):
            values = replicates(resampling)
        defined = values[np.isfinite(values)]
        shift = point - defined.mean() if defined.size else 0.0
        if (ends := bootstrap_interval(point, values + shift, resampling.groups)) is not None:
            found.append(Interval(max(ends[0], least), min(ends[1], most), resampling.by))
    return max(found, key=lambda interval: interval.high - interval.low, default=None)


def numbered(ids: NDArray[np.integer]) -> tuple[int, NDArray[np.int64]]:
    """How many distinct ids there are, and the ids as numbers from 0, in order.

    Example:
        >>> count, dense = numbered(np.array([70, 5, 70]))
        >>> count, dense.tolist()
        (2, [1, 0, 1])
    """
    lowest = int(ids.min())
    if int(ids.max()) - lowest >= MOST_COUNTED:
        values, dense = np.unique(ids, return_inverse=True)
        return values.size, dense.astype(np.int64)
    shifted = ids.astype(np.int64) - lowest
    place = np.cumsum(np.bincount(shifted) > 0) - 1
    return int(place[-1]) + 1, place[shifted]
