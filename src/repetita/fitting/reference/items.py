"""What a reference training learns from: targets with the reviews before them, weighed and cut into batches.

An item is a review to be predicted together with the card's earlier reviews. A batch is kept as a small log:
of each card in it the reviews up to its last target, so that two targets of one card share the replay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from repetita.fitting.reference.published import ReferenceRecipe
from repetita.fitting.reference.shuffling import Shuffler
from repetita.fitting.weighted_log import WeightedLog
from repetita.fitting.weights import Weighting, recency_weights

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Items:
    """The items of a training.

    Attributes:
        log: The reviews.
        unit: Of elapsed time, as the model takes it.
        targets: Rows to be predicted, in the order of time, shape (items,).
        weights: Weight of every row of the log, 0 where it is no target.
    """

    log: ReviewLog
    unit: str
    targets: IntArray
    weights: FloatArray

    @property
    def size(self) -> int:
        """Number of items."""
        return len(self.targets)

    @property
    def lengths(self) -> IntArray:
        """Reviews before each target, shape (items,)."""
        return places(self.log)[self.targets]

    @property
    def whole(self) -> WeightedLog:
        """All items at once."""
        return WeightedLog.of(self.log, self.unit, self.weights)

    def batch(self, members: IntArray) -> WeightedLog:
        """Some items.

        Args:
            members: Their numbers.
        """
        rows = self.targets[members]
        part, spans = prefixes(self.log, rows)
        weights = np.zeros(len(spans))
        weights[np.searchsorted(spans, rows)] = self.weights[rows]
        return WeightedLog.of(part, self.unit, weights)


def places(log: ReviewLog) -> IntArray:
    """Number of earlier reviews of the card, shape (reviews,).

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> places(ReviewLog.from_histories([[(0, 3), (0, 3), (2, 1)], [(0, 4)]])).tolist()
        [0, 1, 2, 0]
    """
    counts = np.diff(log.offsets)
    return np.arange(len(log)) - np.repeat(log.offsets[:-1], counts)


def items(
    log: ReviewLog,
    unit: str,
    recipe: ReferenceRecipe,
    *,
    weights: Weighting | None = None,
    kept: NDArray[np.bool_] | None = None,
) -> Items:
    """The items of a log.

    Args:
        log: A review log; what it scores can be a target.
        unit: "days" or "fractional days".
        recipe: Says which reviews are targets and what they weigh.
        weights: As `recency_weights` takes them; None: the recipe's.
        kept: Cards to learn from, shape (cards,); default: all.
    """
    chosen = log.scored & (log.review_index >= recipe.place)
    if recipe.longest is not None:
        chosen &= places(log) <= recipe.longest
    if kept is not None:
        chosen &= kept[log.card_index]
    targets = log.time_order[chosen[log.time_order]]
    return Items(log, unit, targets, _weights(log, recipe, weights, chosen, targets))


def _weights(
    log: ReviewLog,
    recipe: ReferenceRecipe,
    weights: Weighting | None,
    chosen: NDArray[np.bool_],
    targets: IntArray,
) -> FloatArray:
    if weights is not None:
        return recency_weights(log, weights, targets=chosen)
    rows = np.zeros(len(log))
    rows[targets] = 1.0
    if recipe.recency is not None:
        floor, exponent, closed = recipe.recency
        share = np.arange(len(targets)) / max(len(targets) - closed, 1)
        rows[targets] = floor + (1.0 - floor) * share**exponent
    return rows


def batches(items: Items, recipe: ReferenceRecipe) -> list[IntArray]:
    """Numbers of the items in each batch: sorted by length, equal ones in the order of time, then cut."""
    return _cut(np.argsort(items.lengths, kind="stable"), recipe.batch)


def drawn_batches(items: Items, recipe: ReferenceRecipe, shuffler: Shuffler) -> list[IntArray]:
    """Numbers of the items in each batch, drawn at random."""
    return _cut(shuffler.order(items.size), recipe.batch)


def _cut(order: IntArray, size: int) -> list[IntArray]:
    return [order[start : start + size] for start in range(0, len(order), size)]


def prefixes(log: ReviewLog, rows: IntArray) -> tuple[ReviewLog, IntArray]:
    """The log of some cards up to the last of the given rows of each, and its rows in the whole log.

    Args:
        log: A review log.
        rows: Row numbers, at least one, in any order.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (1, 3)], [(0, 4), (2, 1), (3, 3)]])
        >>> part, spans = prefixes(log, np.array([3]))
        >>> len(part), part.cards, spans.tolist()
        (2, 1, [2, 3])
    """
    ordered = np.sort(rows)
    cards, last = np.unique(log.card_index[ordered][::-1], return_index=True)
    begins, ends = log.offsets[cards], ordered[::-1][last] + 1
    counts = ends - begins
    offsets = np.concatenate([[0], np.cumsum(counts)])
    spans = np.arange(offsets[-1]) + np.repeat(begins - offsets[:-1], counts)
    part = replace(
        log,
        card_ids=log.card_ids[cards],
        offsets=offsets,
        review_ids=log.review_ids[spans],
        review_times_ms=log.review_times_ms[spans],
        ratings=log.ratings[spans],
        elapsed_days=log.elapsed_days[spans],
        durations_ms=None,
        states=None,
        deck_ids=None,
        preset_ids=None,
        note_ids=None,
        _seconds=log.elapsed_seconds[spans],
        _time_rank=None,
    )
    return part, spans
