"""Orders of integer arrays in linear time, and sums over the rows that a selection leaves out."""

from __future__ import annotations

import sys
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", np.int32, np.int64, np.float64)

DIGIT_BITS = 16
MANY = 1 << 16  # rows from which on compiled kernels are worth a call


def stable_order(values: NDArray[Any]) -> NDArray[np.int64]:
    """Row indices that sort integers, equal ones in input order; linear in the rows.

    Numpy sorts 16-bit integers by counting, so longer ones go digit by digit, lowest first; as many passes as
    the range of the values needs. Where that jumps about in more memory than a cache holds, compiled kernels
    do better, but loading them takes longer than this can save: they are used where they are in use anyway.

    Args:
        values: Shape (n,), any integer type.

    Example:
        >>> stable_order(np.array([30, 10, 20, 10])).tolist()
        [1, 3, 2, 0]
    """
    if increasing(values):
        return np.arange(len(values), dtype=np.int64)
    if _compiled(values):
        from repetita.kernels.ordering import order_of, sortable

        wide = np.ascontiguousarray(values, dtype=np.int64)
        if sortable(wide):
            return order_of(wide)
    # unsigned arithmetic wraps, so the distance from the minimum is right over the whole int64 range
    distance = np.asarray(values, dtype=np.int64).view(np.uint64) - np.int64(values.min()).view(np.uint64)
    widest = int(distance.max())
    order = np.argsort(distance.astype(np.uint16), kind="stable")
    shift = DIGIT_BITS
    while widest >> shift:
        digit = (distance >> np.uint64(shift)).astype(np.uint16)
        order = order[np.argsort(digit[order], kind="stable")]
        shift += DIGIT_BITS
    return order


def stable_places(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Place of each integer in `stable_order`: its inverse.

    Args:
        values: Shape (n,).

    Example:
        >>> stable_places(np.array([30, 10, 20, 10])).tolist()
        [3, 0, 2, 1]
    """
    if _compiled(values) and not increasing(values):
        from repetita.kernels.ordering import places_of, sortable

        if sortable(values):
            return places_of(values)
    return inverse_order(stable_order(values))


def marked_before(places: NDArray[np.int64], marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many marked rows have an earlier place, for each row.

    Args:
        places: Shape (n,), each number from 0 to n - 1 once.
        marked: Shape (n,).

    Example:
        >>> marked_before(np.array([2, 0, 1]), np.array([True, True, False])).tolist()
        [1, 0, 1]
    """
    if _compiled(places):
        from repetita.kernels.ordering import marked_before as compiled

        return compiled(places, marked)
    there = np.zeros(len(places), dtype=np.bool_)
    there[places] = marked
    count: NDArray[np.int64] = (np.cumsum(there, dtype=np.int64) - there)[places]
    return count


def increasing(values: NDArray[Any]) -> bool:
    """Whether no value is below the one before it.

    Example:
        >>> increasing(np.array([1, 1, 2])), increasing(np.array([2, 1]))
        (True, False)
    """
    head = values[:4096]  # most columns that are not in order show it soon
    return all(bool(np.all(part[1:] >= part[:-1])) for part in (head, values))


def _compiled(values: NDArray[Any]) -> bool:
    return len(values) >= MANY and "numba" in sys.modules


def inverse_order(order: NDArray[np.int64]) -> NDArray[np.int64]:
    """The permutation that undoes another one.

    Example:
        >>> inverse_order(np.array([2, 0, 1])).tolist()
        [1, 2, 0]
    """
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.arange(len(order), dtype=np.int64)
    return inverse


def sums_since_kept(values: NDArray[Number], kept: NDArray[np.int64]) -> NDArray[Number]:
    """For each kept row, the sum of the values after the kept row before it, its own included.

    Args:
        values: Shape (n,).
        kept: Row indices, increasing.

    Example:
        >>> sums_since_kept(np.array([1, 10, 100, 1000]), np.array([1, 3])).tolist()
        [11, 1100]
    """
    if not len(kept):
        return values[:0].copy()
    starts = np.concatenate(([0], kept[:-1] + 1))
    sums: NDArray[Number] = np.add.reduceat(values[: kept[-1] + 1], starts, dtype=values.dtype)
    return sums
