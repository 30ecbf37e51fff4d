"""A packed log with what each of its reviews weighs, and parts of it.

A search need not see all cards all the time: a sample finds the neighborhood of the solution, and cards whose
reviews are all forgotten are never needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.kernels.packing import LANES, PackedLog, cut, pack
from repetita.kernels.weighing import PackedWeights, pack_weights

if TYPE_CHECKING:
    from repetita.kernels.objective import Objective
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MOSTLY_SPEAKING = (
    0.8  # share of reviews of cards with a weight from which on leaving out the others saves little
)


@dataclass(frozen=True, eq=False)
class WeightedLog:
    """What the loss of a model is summed over.

    Attributes:
        packed: The reviews.
        weights: What each of them weighs; 0 where a review is not scored.
        scale: By how much the weights of a sample were scaled up.
    """

    packed: PackedLog
    weights: PackedWeights
    scale: float = 1.0

    @classmethod
    def of(cls, log: ReviewLog, unit: str, weights: FloatArray) -> WeightedLog:
        """A log in the unit of a model.

        Args:
            log: A review log.
            unit: "days" or "fractional days".
            weights: Weight of each row, shape (reviews,); 0 where a review is not scored.
        """
        packed = pack(log, unit)
        return cls(packed, pack_weights(packed, weights))

    @classmethod
    def uniform(cls, log: ReviewLog, unit: str) -> WeightedLog:
        """A log with weight 1 at every scored review.

        Args:
            log: A review log.
            unit: "days" or "fractional days".
        """
        if unit != "days" or log.scoring != "days":
            return cls.of(log, unit, log.scored.astype(np.float64))
        packed = pack(log, unit)
        # of whole days there is at least one exactly where a review is scored: nothing to look up in the log
        return cls(packed, PackedWeights.of((packed.days > 0.0).astype(np.float64), packed.starts))

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return self.weights.total

    @property
    def effective(self) -> float:
        """Number of equally weighted reviews that would say as much."""
        return self.weights.effective

    def objective(self, model: MemoryModel, threads: int | None) -> Objective:
        """The loss as a function of the parameters."""
        from repetita.kernels.objective import Objective

        return Objective(model.name, model.variant, self.packed, self.weights, threads=threads)

    def sample(self, share: float) -> WeightedLog:
        """A share of the cards: blocks of 16 at even distances, which cover all lengths.

        Args:
            share: In (0, 1].

        Returns:
            The part; weights are scaled up so that their sum is that of the whole, unless all in it are 0.
        """
        count = max(round(self.packed.blocks * share), 1)
        part = self._taken(((np.arange(count) + 0.5) * (self.packed.blocks / count)).astype(np.int64))
        scale = self.total / part.total if part.total > 0.0 else 1.0
        return replace(part, weights=part.weights.scaled(scale), scale=scale)

    def without_silent_cards(self) -> WeightedLog:
        """The blocks of cards in which some review has a weight; all of them where that saves little."""
        speaking = np.flatnonzero(self.weights.of_blocks > 0.0)
        reviews = int(self.packed.lengths.reshape(-1, LANES)[speaking].sum())
        return self if reviews >= MOSTLY_SPEAKING * self.packed.reviews else self._taken(speaking)

    def _taken(self, blocks: IntArray) -> WeightedLog:
        """Some blocks, in the order given; rows and cards are numbered anew."""
        packed = self.packed
        lengths = packed.lengths.reshape(-1, LANES)[blocks]
        sizes = lengths.sum(axis=1)
        starts = np.cumsum(sizes) - sizes
        begins = packed.starts[blocks]
        spans = [slice(a, b) for a, b in zip(begins.tolist(), (begins + sizes).tolist(), strict=True)]
        cards, reviews = int(np.count_nonzero(lengths)), int(sizes.sum())
        part = replace(
            packed,
            cards=cards,
            reviews=reviews,
            order=np.arange(cards),
            lengths=lengths.ravel(),
            starts=starts,
            rows=np.arange(reviews),
            ratings=_padded(packed.ratings, spans),
            days=_padded(packed.days, spans),
            chunks=cut(lengths[:, 0]),
            same_day=None
            if packed.same_day is None
            else packed.same_day[_padded(packed.rows, spans)[:reviews]],
        )
        values = _padded(self.weights.values, spans)
        return WeightedLog(part, PackedWeights.of(values, starts))


def _padded(values: NDArray[Any], spans: list[slice]) -> NDArray[Any]:
    """Some stretches of an array, one after the other, and 16 zeros."""
    return np.concatenate([*(values[span] for span in spans), np.zeros(LANES, dtype=values.dtype)])
