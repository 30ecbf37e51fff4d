"""Where a run begins: with cards that were really learned, their memory, due dates and backlog."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.collections.histories import histories_of
from repetita.errors import UsageError
from repetita.frozen import freeze_arrays
from repetita.reviews import ReviewLog, day_numbers, read_reviews
from repetita.reviews.anki.choosing import Moment, clock_ms, cut_of_cards, moment_ms
from repetita.reviews.anki.collection_days import collection_days
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.reading import read_collection
from repetita.scheduling.day_rule import MS_A_DAY, DayGrid, DayRule
from repetita.simulation import rules
from repetita.simulation.cards import CardView, writers
from repetita.simulation.parts import Parts, Roles

__all__ = ["Start", "days_of_log", "place_cards", "start_of", "start_of_days"]

Floats = NDArray[np.float64]
COLLECTIONS = (".colpkg", ".apkg", ".anki2", ".anki21")
SUSPENDED, NEW = -1, 0
SECONDS_A_DAY = 86_400.0
SECOND_QUEUES = (1, 4)  # due is a Unix second

(
    set_due,
    set_interval,
    set_lapses,
    set_last_review,
    set_last_rating,
    set_reps,
    set_state,
) = writers("due", "interval", "lapses", "last_review", "last_review_rating", "reps", "state")


@dataclass(frozen=True, eq=False, kw_only=True)
class Start:
    """Histories of cards up to the day before the run, in days from its beginning.

    Attributes:
        card_ids: Shape (cards,), as in the source.
        offsets: Shape (cards + 1,).
        ratings: Shape (n,), 1 to 4.
        times: Shape (n,), negative days.
        due: Shape (cards,), day on which each is due; NaN: as the scheduler of the run says.
        intervals: Shape (cards,), days; NaN: as the scheduler of the run says.
        new_cards: Unseen cards of the source.
        source: Where the cards came from.
    """

    card_ids: NDArray[Any]
    offsets: NDArray[np.int64]
    ratings: NDArray[np.int64]
    times: Floats
    due: Floats
    intervals: Floats
    new_cards: int
    source: str

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __len__(self) -> int:
        return len(self.card_ids)

    def of_cards(self, wanted: NDArray[np.bool_]) -> Start:
        """The same with some of its cards, and no unseen ones.

        Args:
            wanted: Shape (cards,).
        """
        lengths = np.diff(self.offsets)
        rows = np.repeat(wanted, lengths)
        return Start(
            card_ids=self.card_ids[wanted],
            offsets=np.concatenate(([0], np.cumsum(lengths[wanted]))).astype(np.int64),
            ratings=self.ratings[rows],
            times=self.times[rows],
            due=self.due[wanted],
            intervals=self.intervals[wanted],
            new_cards=0,
            source=self.source,
        )

    def __repr__(self) -> str:
        return f"Start({len(self)} cards and {self.new_cards} new ones, from {self.source})"


def start_of(source: Any, *, now: Moment | None = None) -> Start:
    """Where a run begins that goes on from a log or a collection.

    A log says nothing about due dates: each card is due when the scheduler of the run would have had it. A
    collection says when each card is due; suspended cards stay away, new ones are there to be learned.

    Args:
        source: A `ReviewLog`, an `AnkiCollection`, the path of either, or a `Start`.
        now: Beginning of the run for a collection: aware datetime, ISO date or Unix second; default: the
            clock. A log goes on the day after its last review.

    Raises:
        InputError: The file cannot be used.
        UsageError: Something else.

    Example:
        >>> start_of(ReviewLog.from_histories([[(0, 3), (2, 3)], [(0, 1)]])).times.tolist()
        [-3.0, -1.0, -3.0]
    """
    if isinstance(source, Start):
        return source
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        read = read_collection if path.suffix.lower() in COLLECTIONS else read_reviews
        source = read(path)
    if isinstance(source, AnkiCollection):
        return _of_collection(source, moment_ms(now) or clock_ms())
    if isinstance(source, ReviewLog):
        if now is not None:
            raise UsageError(
                "a log goes on the day after its last review; now is for collections", where="now"
            )
        return _of_log(source)
    raise UsageError(
        f"start is {source!r:.60}, expected a log, a collection, or the path of one", where="start"
    )


def _of_log(log: ReviewLog) -> Start:
    days = days_of_log(log)
    last = int(days.max()) if len(days) else 0
    unknown = np.full(log.cards, np.nan)
    return start_of_days(log, days - last - 1, due=unknown, intervals=unknown)


def days_of_log(log: ReviewLog) -> NDArray[np.int64]:
    """Day number of every review of a log, by its own rule where that makes days of moments."""
    if isinstance(log.day_rule, DayRule | DayGrid):
        return day_numbers(log.review_times_ms, log.day_rule)
    return log.review_times_ms // MS_A_DAY


def start_of_days(log: ReviewLog, days: NDArray[np.int64], *, due: Floats, intervals: Floats) -> Start:
    """A start at a day of one's choice, with due dates that are known from elsewhere.

    Args:
        log: The histories.
        days: Day of each row, negative: the run begins on day 0.
        due: Day on which each card is due; NaN: as the scheduler of the run says.
        intervals: Days, by card; NaN: as the scheduler of the run says.

    Example:
        >>> log, unknown = ReviewLog.from_histories([[(0, 3)]]), np.array([np.nan])
        >>> start_of_days(log, np.array([-9]), due=unknown, intervals=unknown).times.tolist()
        [-9.0]
    """
    return Start(
        card_ids=log.card_ids,
        offsets=log.offsets,
        ratings=log.ratings.astype(np.int64),
        times=_times(days, log.review_times_ms, log.offsets),
        due=due,
        intervals=intervals,
        new_cards=0,
        source=log.source,
    )


def _times(days: NDArray[np.int64], times_ms: NDArray[np.int64], offsets: NDArray[np.int64]) -> Floats:
    """Days with the fraction that lies between presses of a card on one day; its first is at the start."""
    begins = np.ones(len(days), dtype=bool)
    begins[1:] = days[1:] != days[:-1]
    begins[offsets[:-1][np.diff(offsets) > 0]] = True
    firsts = np.maximum.accumulate(np.where(begins, np.arange(len(days)), 0))
    within = (times_ms - times_ms[firsts]) / MS_A_DAY if len(days) else np.zeros(0)
    return np.asarray(days + np.minimum(within, 0.999), dtype=np.float64)


def _of_collection(collection: AnkiCollection, moment: int) -> Start:
    timing = collection_days(collection, moment // 1000).timing
    grid = DayGrid(timing.next_day_at)
    cut_ms = cut_of_cards(collection, "preset")
    found = histories_of(collection, grid=grid, latest_ms=moment, cut_ms=cut_ms)
    cards = collection.cards
    active = cards.queue != SUSPENDED
    kept = np.isin(found.card_ids, cards.id[active & (cards.type != NEW)])
    found = found.of_cards(kept)
    times_ms = collection.revlog.id[found.rows]
    # today's answers belong to the day before the run, so that the run begins with a whole day
    days = np.minimum(day_numbers(times_ms, grid), -1)
    place = np.searchsorted(cards.id, found.card_ids)
    due = np.where(cards.original_deck_id != 0, cards.original_due, cards.due)[place].astype(np.float64)
    by_second = np.isin(cards.queue[place], SECOND_QUEUES) & (due > 1e6)
    relative = np.where(by_second, 0.0, due - timing.today)
    return Start(
        card_ids=found.card_ids,
        offsets=found.offsets,
        ratings=found.ratings,
        times=_times(days, times_ms, found.offsets),
        due=relative,
        intervals=np.maximum(cards.interval[place], 1).astype(np.float64),
        new_cards=int(np.count_nonzero(active & (cards.type == NEW))),
        source=collection.path,
    )


def place_cards(
    start: Start, cards: Sequence[CardView], memory: list[Any], parts: Parts, roles: Sequence[Roles]
) -> None:
    """Gives the first cards the histories of a start: true memory, belief, due time, interval.

    Args:
        start: The histories.
        cards: The cards of the run; the first ones are written to.
        memory: True states, by number; written to.
        parts: World and scheduler of each card.
        roles: Their functions.
    """
    offsets, ratings, times = start.offsets.tolist(), start.ratings.tolist(), start.times.tolist()
    for number, (due, interval) in enumerate(zip(start.due.tolist(), start.intervals.tolist(), strict=True)):
        card, begin, end = cards[number], offsets[number], offsets[number + 1]
        for rating, time in zip(ratings[begin:end], times[begin:end], strict=True):
            memory[number] = _pressed(card, memory[number], rating, time, roles[number])
        if isfinite(interval):
            set_interval(card, interval)
        if isfinite(due):
            set_due(card, due)


def _pressed(card: CardView, state: Any, rating: int, time: float, roles: Roles) -> Any:
    """Notes a press of the past on a card; the true state after it."""
    last = card.last_review if card.reps else time
    if card.reps:
        days = rules.elapsed_days(time, last, roles.world_calendar)
        believed = rules.elapsed_days(time, last, roles.scheduler_calendar)
        raw, belief = roles.schedule(card, believed, rating, time)
        after = roles.after(state, days, rating)
        set_lapses(card, card.lapses + (rating == 1))
    else:
        raw, belief = roles.schedule_first(card, rating, time)
        after = roles.first(rating)
    interval = rules.settle(raw, False, 0.0, roles.maximum)
    set_interval(card, interval)
    set_due(card, floor(time) + interval)
    set_state(card, belief)
    set_last_review(card, time)
    set_last_rating(card, rating)
    set_reps(card, card.reps + 1)
    card.presses.append((rating, time - last, time))
    return after
