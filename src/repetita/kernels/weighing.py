"""What the reviews of a packed log weigh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.errors import UsageError
from repetita.kernels.packing import LANES, PackedLog, packing_kernel
from repetita.kernels.threads import run_chunks

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class PackedWeights:
    """One weight a review, in packed order. Made by `pack_weights`.

    Attributes:
        values: (reviews + 16,) float64, at least 0; zeros at the end.
        of_blocks: (blocks,) sum of the weights of each block.
        squares: Sum of their squares.
        count: How many are not 0.
    """

    values: FloatArray
    of_blocks: FloatArray
    squares: float
    count: int

    @classmethod
    def of(cls, values: FloatArray, starts: IntArray) -> PackedWeights:
        """Weights that are in packed order already.

        Args:
            values: (reviews + 16,) at least 0, with 16 zeros at the end.
            starts: (blocks,) where each block begins.
        """
        of_blocks = np.add.reduceat(values, starts) if len(starts) else np.zeros(0)
        # a product by BLAS would leave threads behind that spin for a tenth of a second
        squares = float(np.einsum("i,i->", values, values))
        return cls(values, of_blocks, squares, int(np.count_nonzero(values)))

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return float(self.of_blocks.sum())

    @property
    def effective(self) -> float:
        """Number of equally weighted reviews that would say as much: ``(sum v)^2 / sum v^2``."""
        return self.total**2 / self.squares if self.squares > 0.0 else 1.0

    def scaled(self, factor: float) -> PackedWeights:
        """All weights multiplied by a number above 0."""
        return PackedWeights(
            self.values * factor, self.of_blocks * factor, self.squares * factor**2, self.count
        )


def pack_weights(packed: PackedLog, weights: ArrayLike) -> PackedWeights:
    """Weights of a log's rows in packed order, checked.

    Args:
        packed: The log.
        weights: (reviews,) one weight a row of the log, at least 0; 0 at first reviews of a card.

    Raises:
        UsageError: Weights of another length, negative, not finite, or not 0 at a first review.

    Example:
        >>> from repetita.kernels.packing import pack
        >>> from repetita.reviews import ReviewLog
        >>> packed = pack(ReviewLog.from_histories([[(0, 3)], [(0, 3), (2, 3), (5, 1)]]))
        >>> made = pack_weights(packed, [0.0, 0.0, 1.0, 0.5])
        >>> made.values[:4].tolist(), made.count, made.total, made.squares
        ([0.0, 0.0, 1.0, 0.5], 2, 1.5, 1.25)
    """
    rows = np.ascontiguousarray(weights, dtype=np.float64)
    if rows.shape != (packed.reviews,):
        raise UsageError(f"weights have shape {rows.shape}, expected one a review: ({packed.reviews},)")
    weigh = packing_kernel("weigh")
    values = np.empty(packed.reviews + LANES)
    values[packed.reviews :] = 0.0
    of_blocks = np.zeros(packed.blocks)
    chunks = packed.chunks
    sums = np.zeros((len(chunks) - 1, 4))

    def work(take: Callable[[], int]) -> None:
        while (i := take()) < len(sums):
            weigh(
                chunks[i], chunks[i + 1], packed.starts, packed.lengths, packed.rows, rows, values, of_blocks,
                sums[i],
            )  # fmt: skip

    run_chunks(work, len(sums))
    squares, count, least, first = sums.T
    if not np.isfinite(of_blocks).all() or least.min(initial=0.0) < 0.0:
        raise UsageError("weights must be finite and at least 0")
    if first.any():
        raise UsageError("the first review of a card is not predicted, so its weight must be 0")
    return PackedWeights(values, of_blocks, float(squares.sum()), int(count.sum()))
