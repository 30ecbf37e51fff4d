"""Many whole numbers in order, in linear time, on several threads.

Numbers are cut into parts by their upper bits, and each part is sorted by itself, where a cache holds it. So
ten million numbers take ten times as long as one million.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.kernels.threads import run_chunks

IntArray: TypeAlias = NDArray[np.int64]

PART = 1024  # numbers in a part, on average
MOST_PARTS = 4096
PORTION = 1 << 14  # rows that a thread takes at a time, or more
MOST_PORTIONS = 16
DIGITS = 256  # values of a digit that parts are sorted by
WORD = 64
MARK_PORTIONS = 4
WIDEST = 64


def sortable(values: IntArray) -> bool:
    """Whether the numbers are close enough together for `order_of` and `places_of`.

    Example:
        >>> sortable(np.array([0, 5, 2**40])), sortable(np.array([-(2**63), 5, 2**63 - 1]))
        (True, False)
    """
    return _Cut.of(values).bits <= WIDEST


def order_of(values: IntArray) -> IntArray:
    """Rows that put the numbers in order, equal ones as they are.

    Args:
        values: Shape (n,), `sortable`.

    Example:
        >>> order_of(np.array([30, 10, 20, 10])).tolist()
        [1, 3, 2, 0]
    """
    return _settled(_Cut.of(values), values, by_row=True)[0].view(np.int64)


def places_of(values: IntArray) -> IntArray:
    """Place of each number in their order, equal ones as they are: the inverse of `order_of`.

    Args:
        values: Shape (n,), `sortable`.

    Example:
        >>> places_of(np.array([30, 10, 20, 10])).tolist()
        [3, 0, 2, 1]
    """
    how = _Cut.of(values)
    places, cursors = _settled(how, values, by_row=False)
    result = np.empty(len(values), dtype=np.int64)
    collect = _kernel("collect")

    def work(take: Callable[[], int]) -> None:
        while (i := take()) < how.portions:
            begin, end = how.rows(i)
            collect(values, begin, end, how.lowest, np.uint64(how.shift), cursors[i], places, result)

    run_chunks(work, how.portions)
    return result


def marked_before(places: IntArray, marked: NDArray[np.bool_]) -> IntArray:
    """How many marked rows have an earlier place, for each row.

    Args:
        places: Shape (n,), each number from 0 to n - 1 once.
        marked: Shape (n,).

    Example:
        >>> marked_before(np.array([2, 0, 1]), np.array([True, True, False])).tolist()
        [1, 0, 1]
    """
    rows = len(places)
    words = np.zeros((MARK_PORTIONS, rows // WORD + 1), dtype=np.uint64)
    before = np.empty(words.shape[1], dtype=np.int64)
    result = np.empty(rows, dtype=np.int64)
    mark, look_up = _kernel("mark"), _kernel("look_up")
    ends = [rows * i // MARK_PORTIONS for i in range(MARK_PORTIONS + 1)]

    def marking(take: Callable[[], int]) -> None:
        while (i := take()) < MARK_PORTIONS:
            mark(places, marked, ends[i], ends[i + 1], words[i])

    def looking(take: Callable[[], int]) -> None:
        while (i := take()) < MARK_PORTIONS:
            look_up(places, ends[i], ends[i + 1], words[0], before, result)

    run_chunks(marking, MARK_PORTIONS)
    _kernel("unite")(words, before)
    run_chunks(looking, MARK_PORTIONS)
    return result


@dataclass(frozen=True)
class _Cut:
    """How numbers are cut into parts, and rows into portions.

    Attributes:
        size: How many numbers.
        lowest: The least of them.
        shift: Lower bits that do not count for the part.
        parts: Number of parts.
    """

    size: int
    lowest: int
    shift: int
    parts: int

    @classmethod
    def of(cls, values: IntArray) -> _Cut:
        size = len(values)
        lowest, highest = (int(values.min()), int(values.max())) if size else (0, 0)
        wanted = min(max(size // PART, 1), MOST_PARTS)
        shift = max((highest - lowest).bit_length() - wanted.bit_length(), 0)
        return cls(size, lowest, shift, ((highest - lowest) >> shift) + 1)

    @property
    def bits(self) -> int:
        """Most bits that an entry takes."""
        return self.shift + max(self.size - 1, 1).bit_length()

    @property
    def portions(self) -> int:
        return min(max(self.size // PORTION, 1), MOST_PORTIONS)

    def rows(self, portion: int) -> tuple[int, int]:
        return self.size * portion // self.portions, self.size * (portion + 1) // self.portions


def _settled(how: _Cut, values: IntArray, *, by_row: bool) -> tuple[NDArray[np.uint64], IntArray]:
    """Rows in order or places of the entries, part by part; and where each portion's entries begin."""
    counts = np.zeros((how.portions, how.parts), dtype=np.int64)
    shift, tag_bits = np.uint64(how.shift), np.uint64(max(how.size - 1, 1).bit_length())
    count, spread, settle = _kernel("count"), _kernel("spread"), _kernel("settle")

    def counting(take: Callable[[], int]) -> None:
        while (i := take()) < how.portions:
            count(values, *how.rows(i), how.lowest, shift, counts[i])

    run_chunks(counting, how.portions)
    # in a part the entries of one portion follow those of the one before
    through = np.cumsum(counts.T).reshape(how.parts, how.portions)
    starts = np.ascontiguousarray(through.T) - counts
    cursors, part_starts = starts.copy(), starts[0].copy()
    entries = np.empty(how.size, dtype=np.uint64)
    spare = np.empty_like(entries)

    def spreading(take: Callable[[], int]) -> None:
        while (i := take()) < how.portions:
            spread(
                values, *how.rows(i), how.lowest, shift, cursors[i], part_starts, tag_bits, by_row, entries
            )  # fmt: skip

    run_chunks(spreading, how.portions)
    borders = np.append(part_starts, how.size)
    # parts are taken some at a time, in portions of about as many rows
    ends = np.searchsorted(borders, [how.rows(i)[0] for i in range(how.portions)]).tolist()
    ends.append(how.parts)

    def settling(take: Callable[[], int]) -> None:
        digits = np.empty(DIGITS, dtype=np.uint64)
        while (i := take()) < how.portions:
            settle(ends[i], ends[i + 1], borders, tag_bits, by_row, entries, spare, digits)

    run_chunks(settling, how.portions)
    return entries, starts


@cache
def _kernel(name: str) -> Callable[..., Any]:
    from repetita.kernels.rendering import fill
    from repetita.kernels.source_cache import entry

    return entry("ordering", fill("ordering"), name)
