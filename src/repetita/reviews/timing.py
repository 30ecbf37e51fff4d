"""When the rows of a table were reviewed: by a clock, or by elapsed days where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from repetita.errors import InvalidColumns
from repetita.reviews.assembly import MAX_ELAPSED_DAYS
from repetita.reviews.columns import ALTERNATIVES
from repetita.reviews.ordering import stable_order
from repetita.reviews.review_log import ReviewLog
from repetita.reviews.sieve import Table
from repetita.reviews.times import EARLIEST_MS, read_times
from repetita.reviews.values import read_numbers, read_whole
from repetita.scheduling.day_rule import MS_A_DAY, SECONDS_A_DAY, DayRule, DayRuleLike, GivenDays

# whole days of any rule differ from exact ones by a day at most, and daylight saving adds an hour or two
CLOCK_TOLERANCE_DAYS = 1.1


def clock(
    table: Table, *, unit: str, day_rule: DayRuleLike | None, now_ms: int
) -> dict[str, NDArray[np.int64]]:
    """The ``review_time_ms`` of all rows; those without a usable time are dropped.

    Args:
        table: A table with a ``review_time``.
        unit: Unit of numbers, see `read_times`.
        day_rule: Its zone is that of times without an offset.
        now_ms: The present.
    """
    zone = day_rule.zone if isinstance(day_rule, DayRule) else None
    times = read_times(table.columns["review_time"], unit=unit, zone=zone, now_ms=now_ms)
    table.sieve.guess(*times.notes)
    table.sieve.drop("unreadable time", "the time is missing or cannot be read", ~times.readable)
    table.sieve.drop("before 2006", "no review of an app is older than 2006", times.ms < EARLIEST_MS)
    table.sieve.drop("in the future", "more than a day ahead of now", times.ms > now_ms + MS_A_DAY)
    return {"review_time_ms": times.ms}


def without_clock(table: Table, cards: NDArray[np.int64]) -> dict[str, NDArray[np.float64] | None]:
    """Elapsed days or day numbers, and an order in time; rows where they cannot be used are dropped.

    Args:
        table: A table without review times.
        cards: Shape (n,), integers that stand for cards.

    Raises:
        InvalidColumns: No such column.
    """
    columns, sieve = table.columns, table.sieve
    if not any(role in columns for role in ALTERNATIVES):
        raise InvalidColumns("neither review times nor elapsed days are known", where="review_time")
    days = read_numbers(columns["elapsed_days"]) if "elapsed_days" in columns else None
    seconds = read_numbers(columns["elapsed_seconds"]) if "elapsed_seconds" in columns else None
    offset = read_whole(columns["day_offset"]) if "day_offset" in columns else None
    if days is None and offset is None and seconds is not None:
        days = np.floor(seconds / SECONDS_A_DAY)
    bad = np.zeros(len(cards), dtype=np.bool_)
    for values, unit in ((days, 1.0), (seconds, SECONDS_A_DAY), (offset, 1.0)):
        if values is not None:
            bad |= ~((values <= MAX_ELAPSED_DAYS * unit) & (values >= -MAX_ELAPSED_DAYS * unit))
    sieve.drop("unreadable time", "the elapsed time is missing or cannot be read", bad)
    rank = _rank(table, cards, has_days=offset is not None)
    if days is not None:
        lowest = days if seconds is None else np.minimum(days, seconds)
        later = np.ones(len(cards), dtype=np.bool_)
        later[_first_rows(cards, rank, np.flatnonzero(sieve.left))] = False
        sieve.drop("negative elapsed time", "only a card's first review may be below 0", later & (lowest < 0))
    return {
        "elapsed_days": _not_negative(days),
        "elapsed_seconds": _not_negative(seconds),
        "day_offset": offset,
        "time_rank": rank,
    }


def prefer_given_days(table: Table, log: ReviewLog, day_rule: DayRuleLike | None) -> ReviewLog:
    """The log with the elapsed days of the table, where it has some that agree with its review times.

    Args:
        table: The table.
        log: Its log, with row numbers of the table (from 0) as review ids.
        day_rule: What the caller asked for, which goes first.
    """
    if day_rule is not None:
        return log
    words = log.day_rule.describe()
    if "elapsed_days" in table.columns:
        given = read_numbers(table.columns["elapsed_days"])[log.review_ids]
        given[log.first] = 0.0
        if np.array_equal(given, log.elapsed_days):
            table.sieve.guess(f"{words}, which agrees with the elapsed days given")
            return log
        exact = log.elapsed("fractional days")
        wrong = ~((given >= 0) & (np.abs(given - exact) <= CLOCK_TOLERANCE_DAYS) & (given == np.rint(given)))
        if not wrong.any():
            table.sieve.guess("elapsed days are taken as given; a day_rule would count them from the times")
            return replace(log, elapsed_days=given.astype(np.int32), day_rule=GivenDays())
        row = int(table.sieve.row_numbers[log.review_ids[np.flatnonzero(wrong)[0]]])
        table.sieve.guess(f"elapsed days given are not used: row {row} does not agree with its time")
    table.sieve.guess(f"{words}; pass day_rule=DayRule('Europe/Paris', 4) for another zone or hour")
    return log


def _rank(table: Table, cards: NDArray[np.int64], *, has_days: bool) -> NDArray[np.float64] | None:
    """Order in time: the table's own count, else its rows, unless they stand card by card."""
    if "review_th" in table.columns:
        rank = read_whole(table.columns["review_th"])
        if not np.isnan(rank[table.sieve.left]).any():
            return np.where(np.isnan(rank), 0.0, rank)
        table.sieve.guess("review_th has gaps, so rows are taken to be in order of time")
    elif not has_days:
        present = cards[table.sieve.left]
        order = stable_order(present)
        if np.count_nonzero(np.diff(present)) == np.count_nonzero(np.diff(present[order])):
            table.sieve.guess("there are no review times: each card is taken to begin on the same day")
            return None
    table.sieve.guess("there are no review times: rows are taken to be in order of time")
    return np.arange(len(cards), dtype=np.float64)


def _first_rows(
    cards: NDArray[np.int64], rank: NDArray[np.float64] | None, rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Of the given rows, the first of each card."""
    if rank is not None:
        rows = rows[stable_order(rank[rows].astype(np.int64))]
    rows = rows[stable_order(cards[rows])]
    starts = np.concatenate(([True], np.diff(cards[rows]) != 0))[: len(rows)]
    return rows[starts]


def _not_negative(values: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    return None if values is None else np.maximum(values, 0.0)
