"""From rows of a review log to training items, by Anki's rule and by the plain one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError
from repetita.reviews import ReviewLog
from repetita.reviews.anki.choosing import LATEST_MS
from repetita.reviews.anki.contents import AnkiRevlog
from repetita.reviews.anki.revlog import keep_reviews
from repetita.reviews.funnel import FunnelBuilder
from repetita.scheduling import DayGrid, DayRule

__all__ = ["ANKI_COLUMNS", "PLAIN_COLUMNS", "anki_items", "plain_items"]

ANKI_COLUMNS = ("review_time", "card_id", "rating", "interval", "factor", "type")
PLAIN_COLUMNS = ("review_time", "card_id", "rating")
LARGEST = 2**62

Items = list[list[tuple[int, int]]]


def anki_items(rows: list[Any], days: DayRule | DayGrid, ignore_before: int) -> Items:
    """Items as Anki makes them: the last run of learning, without cramming and manual rows.

    Args:
        rows: Numbers in the order of `ANKI_COLUMNS`, of any order and any number of cards.
        days: When days begin; Anki has a grid.
        ignore_before: Unix milliseconds: cards learned before are left out.

    Example:
        >>> day = 86_400_000
        >>> noon = 20_000 * day + day // 2
        >>> learned = [[noon, 7, 3, -600, 0, 0], [noon + 9000, 7, 3, 3, 2500, 0]]
        >>> lapsed = [noon + 3 * day, 7, 1, 1, 2300, 1]
        >>> anki_items([*learned, lapsed], DayGrid(next_day_at=20_010 * 86_400), 0)
        [[(0, 3), (0, 3), (3, 1)]]
    """
    columns = _columns(rows, ANKI_COLUMNS)
    times, cards, ratings, intervals, factors, types = columns
    nothing = np.zeros_like(times)
    revlog = AnkiRevlog(times, cards, ratings, intervals, nothing, factors, nothing, types)
    kept = keep_reviews(
        revlog, FunnelBuilder(len(times)), latest_ms=LATEST_MS, filters=(), cut_ms=ignore_before
    )
    return _items(times[kept.rows], cards[kept.rows], ratings[kept.rows], days)


def plain_items(rows: list[Any], days: DayRule | DayGrid) -> Items:
    """Items of all answers of a card: every review on a later day than the one before is to be predicted.

    Args:
        rows: Numbers in the order of `PLAIN_COLUMNS`; ratings outside 1 to 4 are no answers.
        days: When days begin.
    """
    times, cards, ratings = _columns(rows, PLAIN_COLUMNS)
    answers = (ratings >= 1) & (ratings <= 4)
    return _items(times[answers], cards[answers], ratings[answers], days)


def _items(
    times: NDArray[np.int64], cards: NDArray[np.int64], ratings: NDArray[np.int64], days: DayRule | DayGrid
) -> Items:
    if not len(times):
        return []
    log = ReviewLog.from_arrays(card_id=cards, rating=ratings, review_time_ms=times, day_rule=days)
    history = list(zip(log.elapsed_days.tolist(), log.ratings.tolist(), strict=True))
    starts = log.offsets[log.card_index].tolist()
    scored = log.scored
    return [history[starts[row] : row + 1] for row in log.time_order.tolist() if scored[row]]


def _columns(rows: list[Any], names: tuple[str, ...]) -> list[NDArray[np.int64]]:
    """The columns of rows, in order of time."""
    for number, row in enumerate(rows, start=1):
        right = isinstance(row, list) and len(row) == len(names)
        if not right or not all(type(value) is int and abs(value) < LARGEST for value in row):
            raise UsageError(
                f"row {number} is {row!r}, expected whole numbers: {', '.join(names)}", where="rows"
            )
    table = np.array(sorted(rows), dtype=np.int64).reshape(len(rows), len(names))
    return [np.ascontiguousarray(column) for column in table.T]
