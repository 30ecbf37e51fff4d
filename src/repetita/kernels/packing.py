"""A log packed for kernels: blocks of 16 cards that advance in lockstep.

Cards are sorted by length, longest first, and cut into blocks of 16. Inside a block the reviews lie step by
step: the first reviews of all cards, then the second ones of those that have one, and so on. Nothing is
stored for cards that have ended, so the packed log is as long as the log whatever the lengths are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.kernels.threads import run_chunks

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]

LANES = 16
CACHE_LINE = 64  # bytes
# what an absent review holds: a rating and a time that every equation accepts
ABSENT_RATING = 3.0
ABSENT_DAYS = 0.0
# lane steps (a step of a block is 16): fewer are not worth a thread of their own
SMALLEST_CHUNK = 32_768
MOST_CHUNKS = 64


@dataclass(frozen=True, eq=False, slots=True)
class PackedLog:
    """Reviews in the order in which kernels read them. Made by `pack`.

    Attributes:
        unit: Of the elapsed times: "days" or "fractional days".
        cards: Number of cards.
        reviews: Number of reviews.
        order: (cards,) the card of each lane, as an index into the log's cards.
        lengths: (16 x blocks,) reviews of each lane; 0 in lanes of the last block that hold no card.
        starts: (blocks,) where each block begins.
        rows: (reviews,) the log's row of each packed review.
        ratings: (reviews + 16,) 1 to 4; zeros at the end, so that 16 can always be read.
        days: (reviews + 16,) time since the previous review, 0 at first reviews.
        chunks: (chunks + 1,) blocks at which one thread's portion ends and the next begins. They depend on
            the log only, so that sums do not depend on the number of threads.
        same_day: (reviews,) by the log's rows, whether the previous review was on the same day; None where
            whole days say so.
    """

    unit: str
    cards: int
    reviews: int
    order: IntArray
    lengths: IntArray
    starts: IntArray
    rows: IntArray
    ratings: NDArray[np.int8]
    days: FloatArray
    chunks: IntArray
    same_day: NDArray[np.bool_] | None = None

    @property
    def blocks(self) -> int:
        """Number of blocks of 16 lanes."""
        return len(self.starts)

    @property
    def steps(self) -> int:
        """Length of the longest card."""
        return int(self.lengths[0]) if len(self.lengths) else 0


def rows_of_zeros(count: int) -> FloatArray:
    """So many rows of 16 numbers; a vector read from or written to one never lies across two cache lines."""
    spare = CACHE_LINE // 8
    numbers = np.zeros(count * LANES + spare)
    begin = -numbers.ctypes.data % CACHE_LINE // 8
    return numbers[begin : begin + count * LANES]


def pack(log: ReviewLog, unit: str = "days") -> PackedLog:
    """A log in packed form; kept with the log, so that the next call is free.

    Args:
        log: A review log.
        unit: "days" for whole days, "fractional days" for exact times.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> packed = pack(ReviewLog.from_histories([[(0, 3)], [(0, 3), (2, 3)]]))
        >>> packed.order.tolist(), packed.ratings[:3].tolist(), packed.days[:3].tolist()
        ([1, 0], [3, 3, 3], [0.0, 0.0, 2.0])
    """
    return log.derived(_pack, unit)


def _pack(log: ReviewLog, unit: str) -> PackedLog:
    offsets = np.asarray(log.offsets, dtype=np.int64)
    return pack_beginnings(log, unit, offsets[:-1], np.diff(offsets))


def pack_beginnings(log: ReviewLog, unit: str, begins: IntArray, counts: IntArray) -> PackedLog:
    """The first reviews of some cards, in packed form.

    Args:
        log: A review log.
        unit: "days" for whole days, "fractional days" for exact times.
        begins: (cards,) row of each card's first review.
        counts: (cards,) reviews of each, at least 1.

    Returns:
        Cards are numbered as given. Rows stay those of the log.
    """
    elapsed = log.elapsed_days if unit == "days" else log.elapsed(unit)
    packed = pack_rows(log.ratings, elapsed, begins, counts, unit)
    return packed if unit == "days" else replace(packed, same_day=np.asarray(log.elapsed_days) == 0)


def pack_rows(
    ratings: NDArray[Any], elapsed: NDArray[Any], begins: IntArray, counts: IntArray, unit: str = "days"
) -> PackedLog:
    """Rows that are in no log, in packed form.

    Args:
        ratings: 1 to 4.
        elapsed: Time since the previous review of the card.
        begins: (cards,) row of each card's first review.
        counts: (cards,) reviews of each, at least 1.
        unit: What the times are called.
    """
    ratings = np.asarray(ratings, dtype=np.int8)
    if elapsed.dtype != np.int32:  # whole days of a log
        elapsed = np.asarray(elapsed, dtype=np.float64)
    order, lengths, firsts = in_blocks(begins, counts)
    sizes = lengths.reshape(-1, LANES).sum(axis=1)
    starts = np.cumsum(sizes) - sizes
    chunks = cut(lengths[::LANES])
    rows, ratings, days = _filled(chunks, starts, lengths, firsts, ratings, elapsed, int(sizes.sum()))
    return PackedLog(
        unit=unit,
        cards=len(order),
        reviews=len(rows),
        order=order,
        lengths=lengths,
        starts=starts,
        rows=rows,
        ratings=ratings,
        days=days,
        chunks=chunks,
    )


def in_blocks(begins: IntArray, counts: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Which card each lane holds: (cards,) its number; (16 x blocks,) its reviews and its first row, or 0.

    Args:
        begins: (cards,) row of each card's first review.
        counts: (cards,) reviews of each, at least 1.
    """
    order = _longest_first(counts)
    lengths, firsts = np.zeros((2, -(-len(order) // LANES) * LANES), dtype=np.int64)
    lengths[: len(order)] = counts[order]
    firsts[: len(order)] = begins[order]
    return order, lengths, firsts


def _longest_first(counts: IntArray) -> IntArray:
    """Indices that sort by length, longest first, equal ones in the order given."""
    longest = int(counts.max(initial=0))
    return np.argsort(narrow(longest - counts, longest), kind="stable")


def narrow(values: IntArray, greatest: int) -> NDArray[Any]:
    """Whole numbers in a type that NumPy sorts in linear time, if they fit: 16 bits."""
    return values.astype(np.int16 if greatest < 2**15 else np.int64)


def _filled(
    chunks: IntArray,
    starts: IntArray,
    lengths: IntArray,
    firsts: IntArray,
    log_ratings: NDArray[np.int8],
    log_days: NDArray[np.int32] | FloatArray,
    reviews: int,
) -> tuple[IntArray, NDArray[np.int8], FloatArray]:
    """Rows, ratings and days in packed order; the last two with 16 zeros at the end."""
    fill = packing_kernel("fill_whole" if log_days.dtype == np.int32 else "fill")
    rows = np.empty(reviews, dtype=np.int64)
    ratings, days = np.empty(reviews + LANES, dtype=np.int8), np.empty(reviews + LANES)
    ratings[reviews:], days[reviews:] = 0, 0.0
    columns = (np.ascontiguousarray(log_ratings), np.ascontiguousarray(log_days))

    def work(take: Callable[[], int]) -> None:
        while (i := take()) < len(chunks) - 1:
            fill(chunks[i], chunks[i + 1], starts, lengths, firsts, *columns, rows, ratings, days)

    run_chunks(work, len(chunks) - 1)
    return rows, ratings, days


@cache
def packing_kernel(name: str) -> Callable[..., None]:
    """A compiled function of the packing template."""
    from repetita.kernels.rendering import render_packing
    from repetita.kernels.source_cache import entry

    return entry("packing", render_packing(), name)


def cut(steps: IntArray) -> IntArray:
    """Boundaries that cut a row of blocks into portions of about the same work, (portions + 1,).

    Args:
        steps: (blocks,) steps of each block.
    """
    ends = np.cumsum(steps)
    work = int(ends[-1]) * LANES if len(ends) else 0
    count = min(max(work // SMALLEST_CHUNK, 1), MOST_CHUNKS)
    targets = np.arange(1, count) * (work / LANES / count)
    inner = np.searchsorted(ends, targets, side="right")
    return np.unique(np.concatenate([[0], inner, [len(ends)]]).astype(np.int64))
