"""A packed log with what each of its reviews weighs, and parts of it.

A search need not see all cards all the time: a sample finds the neighborhood of the solution, and cards whose
reviews are all forgotten are never needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.kernels.packing import LANES, PackedLog, cut, pack

if TYPE_CHECKING:
    from repetita.kernels.objective import Objective
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class WeightedLog:
    """What the loss of a model is summed over.

    Attributes:
        packed: The reviews.
        weights: Weight of each row, shape (reviews,); 0 where a review is not scored.
        scale: By how much the weights of a sample were scaled up.
    """

    packed: PackedLog
    weights: FloatArray
    scale: float = 1.0

    @classmethod
    def of(cls, log: ReviewLog, unit: str, weights: FloatArray) -> WeightedLog:
        """A log in the unit of a model."""
        return cls(pack(log, unit), weights)

    @cached_property
    def total(self) -> float:
        """Sum of the weights."""
        return float(self.weights.sum())

    @cached_property
    def effective(self) -> float:
        """Number of equally weighted reviews that would say as much: ``(sum v)^2 / sum v^2``."""
        # a product of long vectors by BLAS would leave threads behind that spin for a tenth of a second
        squares = float(np.einsum("i,i->", self.weights, self.weights))
        return self.total**2 / squares if squares > 0.0 else 1.0

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
        return replace(part, weights=part.weights * scale, scale=scale)

    def without_silent_cards(self) -> WeightedLog:
        """The blocks of cards in which some review has a weight."""
        speaking = np.logical_or.reduceat(self.weights[self.packed.rows] > 0.0, self.packed.starts)
        return self._taken(np.flatnonzero(speaking))

    def _taken(self, blocks: IntArray) -> WeightedLog:
        """Some blocks, in the order given; rows and cards are numbered anew."""
        packed = self.packed
        lengths = packed.lengths.reshape(-1, LANES)[blocks]
        sizes = lengths.sum(axis=1)
        starts = np.cumsum(sizes) - sizes
        spans = np.repeat(packed.starts[blocks] - starts, sizes) + np.arange(sizes.sum())
        cards = int(np.count_nonzero(lengths))
        part = replace(
            packed,
            cards=cards,
            reviews=len(spans),
            order=np.arange(cards),
            lengths=lengths.ravel(),
            starts=starts,
            rows=np.arange(len(spans)),
            ratings=_padded(packed.ratings[spans]),
            days=_padded(packed.days[spans]),
            chunks=cut(lengths[:, 0]),
            same_day=None if packed.same_day is None else packed.same_day[packed.rows[spans]],
        )
        return WeightedLog(part, self.weights[packed.rows[spans]])


def _padded(values: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([values, np.zeros(LANES, dtype=values.dtype)])
