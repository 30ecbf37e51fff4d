"""How figures spread over users: five numbers, quartiles, outliers by Tukey's fences, draws of users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["FiveNumbers", "Spread", "bootstrap_draws", "fenced", "five_numbers", "spread"]

FENCE = 1.5  # interquartile ranges beyond the quartiles
FEWEST_FENCED = 4


@dataclass(frozen=True, slots=True)
class FiveNumbers:
    """Minimum, quartiles and maximum, each a value that occurs (nearest rank).

    Example:
        >>> five_numbers([4.0, 1.0, 3.0, 2.0])
        FiveNumbers(minimum=1.0, lower=1.0, median=2.0, upper=3.0, maximum=4.0)
    """

    minimum: float
    lower: float
    median: float
    upper: float
    maximum: float

    def to_dict(self) -> dict[str, float]:
        """JSON-safe form."""
        return asdict(self)


def five_numbers(values: ArrayLike) -> FiveNumbers | None:
    """The five numbers of values, None without any.

    Example:
        >>> five_numbers([5.0]).median
        5.0
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if not ordered.size:
        return None
    ranks = [max(1, ceil(share * ordered.size)) - 1 for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    return FiveNumbers(*(float(ordered[rank]) for rank in ranks))


def fenced(values: ArrayLike) -> NDArray[np.bool_]:
    """Which values lie within Tukey's fences: 1.5 interquartile ranges beyond the quartiles; all, below four.

    Quartiles are interpolated linearly between order statistics (the inclusive method).

    Example:
        >>> fenced([1.0, 2.0, 3.0, 4.0, 50.0]).tolist()
        [True, True, True, True, False]
    """
    array = np.asarray(values, dtype=np.float64)
    if array.size < FEWEST_FENCED:
        return np.ones(array.size, dtype=bool)
    lower, upper = np.percentile(array, (25.0, 75.0))
    reach = FENCE * (upper - lower)
    return np.asarray((array >= lower - reach) & (array <= upper + reach))


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, median and quartiles of a figure over users.

    Attributes:
        mean: Of all values, or of those within the fences where ``fences`` says so.
        median: Of all values.
        lower: Lower quartile of all values, interpolated.
        upper: Upper quartile of all values, interpolated.
        outliers: Values outside Tukey's fences, taken out of the mean or not.
        fences: Whether they were taken out.
    """

    mean: float
    median: float
    lower: float
    upper: float
    outliers: int
    fences: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return asdict(self)


def spread(values: ArrayLike, *, fences: bool = False) -> Spread | None:
    """How values spread, None without any.

    Args:
        values: Shape (n,), finite.
        fences: Leave values outside Tukey's fences out of the mean.

    Example:
        >>> spread([1.0, 2.0, 3.0, 4.0, 50.0], fences=True)
        Spread(mean=2.5, median=3.0, lower=2.0, upper=4.0, outliers=1, fences=True)
    """
    array = np.asarray(values, dtype=np.float64)
    if not array.size:
        return None
    inside = fenced(array)
    lower, median, upper = (float(value) for value in np.percentile(array, (25.0, 50.0, 75.0)))
    mean = float((array[inside] if fences else array).mean())
    return Spread(mean, median, lower, upper, int((~inside).sum()), fences)


def bootstrap_draws(seeds_of_unit: Sequence[int], *, replicates: int, seed: int) -> NDArray[np.int64]:
    """Draws with replacement of users, each with all its seeds; of a single user, of its seeds.

    Seeds are not drawn again within a drawn user: their scatter is in the user's mean already, and would
    count twice. Source: Davison and Hinkley (1997), section 3.8.

    The same numbers give the same draws, so everything that is drawn with them is paired.

    Args:
        seeds_of_unit: How many seeds each user has, at least 1.
        replicates: How often.
        seed: Of the draws.

    Returns:
        Shape (replicates, users, most seeds): places ``user * most + seed`` in a table of all users and
        seeds; -1 where a drawn user has fewer seeds than others.

    Example:
        >>> bootstrap_draws([1, 1, 1], replicates=2, seed=1).shape
        (2, 3, 1)
    """
    random = np.random.default_rng(seed)
    counts = np.asarray(seeds_of_unit, dtype=np.int64)
    most = int(counts.max())
    if counts.size == 1:
        return random.integers(0, most, size=(replicates, 1, most))
    users = random.integers(0, counts.size, size=(replicates, counts.size))[:, :, None]
    places = np.arange(most)
    return np.where(places < counts[users], users * most + places, -1)
