"""The three bins of RMSE(bins): time since the last review, reviews so far, lapses so far.

Each bin is a geometric grid, named by a rounded value (formulas: srs-benchmark and fsrs-rs):

* elapsed days ``x``: ``round(2.48 * 3.62 ** floor(log_3.62(max(x, 1e-6))), 2)``
* review index ``i``: ``round(1.99 * 1.89 ** floor(log_1.89(i)))``
* lapses ``l``: ``round(1.65 * 1.73 ** floor(log_1.73(l)))``, 0 without a lapse

A review's *cell* is the triple, held as one small integer, so that sums over cells need no sorting.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["cells", "elapsed_bins", "lapse_bins", "log_cells", "log_codes", "review_index_bins"]

ELAPSED_BASE, ELAPSED_SCALE = 3.62, 2.48
INDEX_BASE, INDEX_SCALE = 1.89, 1.99
LAPSE_BASE, LAPSE_SCALE = 1.73, 1.65
SHORTEST_DAYS = 1e-6

# Below 3.62 ** -4 days the name is rounded to 0.00: one bin for all of them.
LOWEST_ELAPSED_EXPONENT = -5
# 32 codes a dimension: elapsed times up to 1e14 days, 4e7 reviews, 2e7 lapses.
CODES = 32
STEPS = (CODES * CODES, CODES, 1)
TABLE_SIZE = 1 << 16
MANY = 1 << 16  # reviews from which on a compiled pass is worth loading


def elapsed_bins(elapsed_days: ArrayLike) -> NDArray[np.float64]:
    """Names of the elapsed-time bins.

    Args:
        elapsed_days: Days since the previous review, at least 0; any shape.

    Example:
        >>> elapsed_bins([0, 1, 3.61, 3.62, 47, 48]).tolist()
        [0.0, 2.48, 2.48, 8.98, 32.5, 117.65]
    """
    exponents = _exponents(np.maximum(elapsed_days, SHORTEST_DAYS), ELAPSED_BASE)
    return np.round(ELAPSED_SCALE * ELAPSED_BASE**exponents, 2)


def review_index_bins(review_index: ArrayLike) -> NDArray[np.float64]:
    """Names of the review-index bins.

    Args:
        review_index: How many reviews a day or more apart the card has had with this one, at least 1.

    Example:
        >>> review_index_bins([1, 2, 3, 4, 7, 13]).tolist()
        [2.0, 4.0, 4.0, 7.0, 13.0, 25.0]
    """
    return np.round(INDEX_SCALE * INDEX_BASE ** _exponents(np.maximum(review_index, 1), INDEX_BASE))


def lapse_bins(lapses: ArrayLike) -> NDArray[np.float64]:
    """Names of the lapse bins; 0 without a lapse.

    Args:
        lapses: How often the card was forgotten before this review, at least 0.

    Example:
        >>> lapse_bins([0, 1, 2, 3, 6]).tolist()
        [0.0, 2.0, 3.0, 5.0, 9.0]
    """
    count = np.asarray(lapses)
    names = np.round(LAPSE_SCALE * LAPSE_BASE ** _exponents(np.maximum(count, 1), LAPSE_BASE))
    return np.where(count > 0, names, 0.0)


def cells(elapsed_days: ArrayLike, review_index: ArrayLike, lapses: ArrayLike) -> NDArray[np.int64]:
    """Cell of every review: equal numbers where all three bins are equal.

    Args:
        elapsed_days: Shape (n,), days, whole or fractional.
        review_index: Shape (n,), whole numbers from 1.
        lapses: Shape (n,), whole numbers from 0.

    Returns:
        Shape (n,), numbers in [0, 32768) for `numpy.bincount`.

    Example:
        >>> a, b, c = cells([1, 2, 4], [2, 3, 3], [0, 0, 0]).tolist()
        >>> a == b, b == c
        (True, False)
    """
    days = np.asarray(elapsed_days)
    fractional = days.dtype.kind == "f"
    code: NDArray[Any] = _elapsed_codes(days) * STEPS[0] if fractional else _looked_up(days, 0)
    code += _looked_up(np.asarray(review_index), 1)
    code += _looked_up(np.asarray(lapses), 2)
    return code


def log_cells(log: ReviewLog) -> NDArray[np.int64]:
    """`cells` of all reviews of a log; what they say of a review that is not scored means nothing.

    Args:
        log: A review log.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> a, b = log_cells(ReviewLog.from_histories([[(0, 3), (2, 1), (9, 3)]])).tolist()[1:]
        >>> a == cells([2], [2], [0]), b == cells([9], [3], [1])
        (array([ True]), array([ True]))
    """
    if len(log) < MANY or log.scoring != "days" or max(_extent(log)) >= TABLE_SIZE - 1:
        return cells(log.elapsed_days, log.review_index, log.lapses)
    from repetita.kernels.cells import cells_of

    return cells_of(log, *(_table(dimension) for dimension in range(3)))


def log_codes(log: ReviewLog) -> list[NDArray[np.int64]] | None:
    """What the three bins of any review of a log are, or None if it is longer than tables are.

    Args:
        log: A review log.

    Returns:
        The number of the bin, from 0, of each number of elapsed days, review index and number of lapses
        that the log may hold.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> days, index, lapses = log_codes(ReviewLog.from_histories([[(0, 3), (2, 1), (4, 3)]]))
        >>> days[[1, 2, 4]].tolist(), lapses.tolist()
        ([5, 5, 6], [0, 1, 2, 3])
    """
    longest, farthest = _extent(log)
    if max(longest, farthest) >= TABLE_SIZE - 1:
        return None
    return [_CODES_OF[i](np.arange(most + 1)) for i, most in enumerate((farthest, longest, longest))]


def _extent(log: ReviewLog) -> tuple[int, int]:
    """Reviews of the longest card, and most elapsed days."""
    return int(np.diff(log.offsets).max(initial=0)), int(log.elapsed_days.max(initial=0))


def _exponents(x: ArrayLike, base: float) -> NDArray[np.float64]:
    # One division of two logarithms, as the published code has it: powers of the base fall on its side.
    exponents: NDArray[np.float64] = np.floor(np.log(x) / np.log(base))
    return exponents


def _elapsed_codes(days: NDArray[Any]) -> NDArray[np.int64]:
    exponents = _exponents(np.maximum(days, SHORTEST_DAYS), ELAPSED_BASE)
    return np.clip(exponents - LOWEST_ELAPSED_EXPONENT, 0, CODES - 1).astype(np.int64)


def _index_codes(index: NDArray[Any]) -> NDArray[np.int64]:
    exponents = _exponents(np.maximum(index, 1), INDEX_BASE)
    return np.clip(exponents, 0, CODES - 1).astype(np.int64)


def _lapse_codes(lapses: NDArray[Any]) -> NDArray[np.int64]:
    exponents = _exponents(np.maximum(lapses, 1), LAPSE_BASE)
    return np.where(lapses > 0, np.clip(exponents + 1, 1, CODES - 1), 0).astype(np.int64)


_CODES_OF = (_elapsed_codes, _index_codes, _lapse_codes)


@cache
def _table(dimension: int) -> NDArray[np.int32]:
    values = np.arange(TABLE_SIZE)
    return (_CODES_OF[dimension](values) * STEPS[dimension]).astype(np.int32)


def _looked_up(values: NDArray[Any], dimension: int) -> NDArray[np.int32]:
    """Codes of whole numbers, each already multiplied by the place of its dimension."""
    code: NDArray[np.int32] = np.take(_table(dimension), values.astype(np.intp), mode="clip")
    if values.size and values.max() >= TABLE_SIZE:
        far = values >= TABLE_SIZE
        code[far] = _CODES_OF[dimension](values[far]) * STEPS[dimension]
    return code
