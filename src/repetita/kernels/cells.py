"""Cells of RMSE(bins) for all reviews of a long log in one pass over its cards."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.kernels.threads import run_chunks

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

IntArray: TypeAlias = NDArray[np.int64]
Codes: TypeAlias = NDArray[np.int32]

PORTION = 1 << 16  # reviews that a thread takes at a time, about


def cells_of(log: ReviewLog, of_days: Codes, of_index: Codes, of_lapses: Codes) -> IntArray:
    """Sum of three codes at every review, shape (reviews,): of its elapsed days, its index and its lapses.

    Args:
        log: A review log, scored by days. Its elapsed days, and the reviews of a card, are fewer than there
            are codes.
        of_days: Code of each number of elapsed days.
        of_index: Code of each review index.
        of_lapses: Code of each number of lapses.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 1), (1, 3)]])
        >>> digits = np.arange(9, dtype=np.int32)
        >>> cells_of(log, 100 * digits, 10 * digits, digits).tolist()
        [10, 220, 131]
    """
    cells = _kernel()
    result = np.empty(len(log), dtype=np.int64)
    portions = max(len(log) // PORTION, 1)
    places = np.searchsorted(log.offsets, np.arange(portions + 1) * (len(log) / portions))
    ends: list[int] = np.minimum(places, log.cards).tolist()

    def work(take: Callable[[], int]) -> None:
        while (i := take()) < portions:
            cells(
                ends[i], ends[i + 1], log.offsets, log.later_day, log.elapsed_days, log.ratings,
                of_days, of_index, of_lapses, result,
            )  # fmt: skip

    run_chunks(work, portions)
    return result


@cache
def _kernel() -> Callable[..., None]:
    from repetita.kernels.rendering import fill
    from repetita.kernels.source_cache import entry

    return entry("cells", fill("cells"), "cells")
