"""From plain columns in any row order to a `ReviewLog`: checks, one stable order, offsets, elapsed times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.errors import InvalidColumns, UsageError
from repetita.reviews.arrays import (
    card_codes,
    numbers,
    optional_whole_numbers,
    shape_of,
    whole_numbers,
    with_gaps,
)
from repetita.reviews.days import elapsed_by_rule
from repetita.reviews.funnel import Funnel
from repetita.reviews.ordering import increasing, inverse_order, stable_order, stable_places
from repetita.reviews.review_log import ReviewLog
from repetita.scheduling.day_rule import MS_A_DAY, SECONDS_A_DAY, DayRule, DayRuleLike, GivenDays

MAX_ELAPSED_DAYS = 2_000_000  # a review further apart than this is not one: 5 000 years


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of `ReviewLog.from_arrays`, which documents them; None where the source has none."""

    card_id: ArrayLike
    rating: ArrayLike
    review_time_ms: ArrayLike | None = None
    elapsed_days: ArrayLike | None = None
    elapsed_seconds: ArrayLike | None = None
    time_rank: ArrayLike | None = None
    day_offset: ArrayLike | None = None
    review_id: ArrayLike | None = None
    duration_ms: ArrayLike | None = None
    state: ArrayLike | None = None
    deck_id: ArrayLike | None = None
    preset_id: ArrayLike | None = None
    note_id: ArrayLike | None = None


class Layout(NamedTuple):
    """Where the rows go: order of the input rows (None: as they are) and card borders in the new order."""

    order: NDArray[np.int64] | None
    by_card: NDArray[np.int64] | None  # the last of the two orders that make up ``order``
    card_ids: NDArray[Any]
    offsets: NDArray[np.int64]


def assemble(
    columns: Columns,
    *,
    day_rule: DayRuleLike | None,
    funnel: Funnel | None,
    source: str,
    lowest_rating: int = 1,
) -> ReviewLog:
    """The log of the given columns; see `ReviewLog.from_arrays`."""
    _check_lengths(columns)
    ratings = whole_numbers(columns.rating, "rating", np.int8, low=lowest_rating, high=4)
    times = optional_whole_numbers(columns.review_time_ms, "review_time_ms", np.int64)
    key = times if times is not None else optional_whole_numbers(columns.time_rank, "time_rank", np.int64)
    layout = lay_out(card_codes(columns.card_id), key)
    rows = _Rows(layout)
    timing = _given_timing(columns, rows) if times is None else _clock_timing(columns, rows, times, day_rule)
    if columns.review_id is None:
        review_ids = rows.numbers + 1
    else:
        review_ids = rows.take(whole_numbers(columns.review_id, "review_id", np.int64))
    return ReviewLog(
        card_ids=layout.card_ids,
        offsets=layout.offsets,
        review_ids=review_ids,
        review_times_ms=timing.times_ms,
        ratings=rows.take(ratings),
        elapsed_days=timing.days,
        durations_ms=rows.take_optional(with_gaps(columns.duration_ms, "duration_ms", np.int32)),
        states=rows.take_optional(with_gaps(columns.state, "state", np.int8)),
        deck_ids=rows.of_cards(with_gaps(columns.deck_id, "deck_id", np.int64)),
        preset_ids=rows.of_cards(with_gaps(columns.preset_id, "preset_id", np.int64)),
        note_ids=rows.of_cards(with_gaps(columns.note_id, "note_id", np.int64)),
        day_rule=timing.day_rule,
        funnel=Funnel(len(ratings)) if funnel is None else funnel,
        source=source,
        timed=times is not None,
        _seconds=timing.seconds,
        _time_rank=_time_rank(layout, timing.times_ms, key, timed=times is not None),
    )


def lay_out(codes: tuple[NDArray[np.int64], NDArray[Any] | None], key: NDArray[np.int64] | None) -> Layout:
    """The order that sorts rows by card, inside a card by the key; ties, and no key, in input order."""
    cards, names = codes
    order = by_card = None
    if not _is_sorted(cards, key):
        by_key = None if key is None or increasing(key) else stable_order(key)
        by_card = stable_order(cards if by_key is None else cards[by_key])
        order = by_card if by_key is None else by_key[by_card]
        cards = cards[order]
    changes = np.flatnonzero(cards[1:] != cards[:-1]) + 1
    starts = np.concatenate((np.zeros(min(len(cards), 1), dtype=np.int64), changes))
    offsets = np.append(starts, len(cards))
    numbers = cards[starts]
    return Layout(order, by_card, numbers if names is None else names[numbers], offsets)


def columns_of_histories(histories: Sequence[Sequence[tuple[float, int]]]) -> dict[str, Any]:
    """The columns of `ReviewLog.from_histories`, checked."""
    cards: list[int] = []
    elapsed: list[float] = []
    ratings: list[int] = []
    for number, history in enumerate(_listed(histories, "histories"), start=1):
        for place, review in enumerate(_listed(history, f"history {number}"), start=1):
            days, grade = _checked_review(review, number, place)
            cards.append(number)
            elapsed.append(days if place > 1 else 0.0)
            ratings.append(grade)
    return {
        "card_id": np.array(cards, dtype=np.int64),
        "rating": np.array(ratings, dtype=np.int8),
        "elapsed_days": np.array(elapsed, dtype=np.float64),
    }


def _listed(values: Any, what: str) -> list[Any]:
    try:
        return list(values)
    except TypeError:
        raise UsageError(f"{what} is {values!r}, expected a list") from None


def _checked_review(review: Any, number: int, place: int) -> tuple[float, int]:
    """Elapsed days and rating of a review, if they are some."""
    where = f"history {number}, review {place}"
    try:
        days, rating = review
        days, grade = float(days), int(rating)
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"{where} is {review!r}, expected (elapsed_days, rating)") from None
    if grade != rating or grade not in (1, 2, 3, 4):
        raise UsageError(f"{where}: rating is {rating!r}, expected 1 to 4")
    if not (0.0 <= days <= MAX_ELAPSED_DAYS or place == 1):
        raise UsageError(f"{where}: elapsed_days is {days!r}, expected 0 or more")
    return days, grade


class _Rows:
    """Moves columns from the order of the input to the order of the log."""

    def __init__(self, layout: Layout) -> None:
        self.order = layout.order
        self.offsets = layout.offsets
        self.first = np.zeros(int(layout.offsets[-1]), dtype=np.bool_)
        self.first[layout.offsets[:-1]] = True

    @property
    def places(self) -> NDArray[np.int64] | slice:
        """Input row of each row of the log."""
        return slice(None) if self.order is None else self.order

    @property
    def numbers(self) -> NDArray[np.int64]:
        """`places` as row numbers."""
        return np.arange(len(self.first), dtype=np.int64) if self.order is None else self.order

    def take(self, values: NDArray[Any]) -> NDArray[Any]:
        # copied where nothing moves, so that the log does not share memory with the caller
        return values.copy() if self.order is None else values[self.order]

    def take_optional(self, values: NDArray[Any] | None) -> NDArray[Any] | None:
        return None if values is None else self.take(values)

    def of_cards(self, values: NDArray[Any] | None) -> NDArray[Any] | None:
        """A card's value is that of its last review."""
        return None if values is None else self.take(values)[self.offsets[1:] - 1]


class _Timing(NamedTuple):
    """Review times, elapsed days, exact seconds (None: as the times say) in log order, and their rule."""

    times_ms: NDArray[np.int64]
    days: NDArray[np.int32]
    seconds: NDArray[np.float64] | None
    day_rule: DayRuleLike


def _clock_timing(
    columns: Columns, rows: _Rows, times: NDArray[np.int64], day_rule: DayRuleLike | None
) -> _Timing:
    moved = rows.take(times)
    if columns.elapsed_days is None:
        rule = DayRule() if day_rule is None else day_rule
        return _Timing(moved, elapsed_by_rule(moved, rows.first, rule), None, rule)
    days = _whole_days(columns.elapsed_days, rows)
    return _Timing(moved, days, None, GivenDays() if day_rule is None else day_rule)


def _given_timing(columns: Columns, rows: _Rows) -> _Timing:
    day = optional_whole_numbers(columns.day_offset, "day_offset", np.int64)
    if columns.elapsed_days is not None:
        given = _checked_elapsed(columns.elapsed_days, "elapsed_days", rows, 1.0)
    elif day is not None:
        between = np.empty(len(day), dtype=np.float64)
        between[rows.places] = np.diff(rows.take(day), prepend=0)
        given = _checked_elapsed(between, "day_offset", rows, 1.0)
    else:
        raise UsageError("none of review_time_ms, elapsed_days and day_offset is given")
    if columns.elapsed_seconds is None:
        seconds = given * SECONDS_A_DAY
    else:
        seconds = _checked_elapsed(columns.elapsed_seconds, "elapsed_seconds", rows, SECONDS_A_DAY)
    starts = np.zeros(len(rows.offsets) - 1, dtype=np.int64) if day is None else rows.take(day)[rows.first]
    times = _made_up_times(seconds, rows, starts)
    return _Timing(times, np.floor(given).astype(np.int32), seconds, GivenDays())


def _time_rank(
    layout: Layout, times_ms: NDArray[np.int64], key: NDArray[np.int64] | None, *, timed: bool
) -> NDArray[np.int64] | None:
    """Place of each row in order of time, ties as in the input; None where the log's times alone say it."""
    if key is not None:
        if layout.by_card is not None:
            return layout.by_card
        return None if timed else stable_places(key)
    if layout.by_card is None:
        return None
    return stable_places(times_ms[inverse_order(layout.by_card)])[layout.by_card]


def _made_up_times(
    seconds: NDArray[np.float64], rows: _Rows, start_days: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Cumulative elapsed time from the start of each card's first day, in milliseconds."""
    total = np.cumsum(np.rint(seconds * 1000.0).astype(np.int64))
    begin = total[rows.offsets[:-1]] - start_days * MS_A_DAY
    return total - np.repeat(begin, np.diff(rows.offsets))


def _whole_days(elapsed_days: ArrayLike, rows: _Rows) -> NDArray[np.int32]:
    """Whole elapsed days in log order, 0 at first reviews."""
    given = np.asarray(elapsed_days)
    if given.dtype.kind == "i":
        days = rows.take(given)
        days[rows.offsets[:-1]] = 0
        if not len(days) or (days.min() >= 0 and days.max() <= MAX_ELAPSED_DAYS):
            return days.astype(np.int32, copy=False)
    return np.floor(_checked_elapsed(elapsed_days, "elapsed_days", rows, 1.0)).astype(np.int32)


def _checked_elapsed(values: ArrayLike, name: str, rows: _Rows, unit: float) -> NDArray[np.float64]:
    """Elapsed times in log order, 0 at first reviews; ``unit`` is a day."""
    elapsed = rows.take(numbers(values, name))
    elapsed[rows.first] = 0.0
    wrong = ~((elapsed >= 0.0) & (elapsed <= MAX_ELAPSED_DAYS * unit))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        row = at if rows.order is None else int(rows.order[at])
        raise InvalidColumns(
            f"{name} of row {row + 1} is out of range: {elapsed[at]:g} since the card's previous review",
            hint="it must be at least 0 except at the first review of a card",
            where=name,
        )
    return elapsed


def _check_lengths(columns: Columns) -> None:
    lengths = {
        column.name: shape_of(value, column.name)
        for column in fields(columns)
        if (value := getattr(columns, column.name)) is not None
    }
    if len(set(lengths.values())) > 1 or len(lengths["card_id"]) != 1:
        found = ", ".join(f"{name} {shape}" for name, shape in lengths.items())
        raise UsageError(f"columns of different shapes: {found}; expected one entry a review in each")


def _is_sorted(cards: NDArray[np.int64], key: NDArray[np.int64] | None) -> bool:
    if not increasing(cards):
        return False
    return key is None or bool(np.all((key[1:] >= key[:-1]) | (cards[1:] != cards[:-1])))
