"""Histories of cards for the tests of kernels."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from repetita.reviews import ReviewLog

Histories = list[list[tuple[int, int]]]


def history(max_size: int = 40) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Reviews of one card: same-day ones, ordinary intervals, very long ones."""
    days = st.one_of(st.just(0), st.integers(1, 30), st.integers(31, 5000))
    later = st.lists(st.tuples(days, st.integers(1, 4)), max_size=max_size - 1)
    return st.builds(lambda rating, rest: [(0, rating), *rest], st.integers(1, 4), later)


def histories_of(log: ReviewLog) -> Histories:
    """The log as lists of (elapsed days, rating)."""
    rows = list(zip(log.elapsed_days.tolist(), log.ratings.tolist(), strict=True))
    ends = log.offsets.tolist()
    return [rows[a:b] for a, b in pairwise(ends)]
