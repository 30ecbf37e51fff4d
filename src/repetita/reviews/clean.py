"""From a table of any app to a `ReviewLog`: every rule a named step of the funnel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from repetita.errors import InvalidColumns, NoReviews
from repetita.reviews.assembly import Columns, assemble
from repetita.reviews.columns import choose_columns
from repetita.reviews.groups import keep_groups
from repetita.reviews.opened import Loaded, Opened
from repetita.reviews.polars_errors import polars_problems
from repetita.reviews.review_log import ReviewLog
from repetita.reviews.sieve import Sieve, Table
from repetita.reviews.times import UNIT_WORDS, likely_unit
from repetita.reviews.timing import clock, prefer_given_days, without_clock
from repetita.reviews.values import (
    STATE_WORDS,
    CardIds,
    Ratings,
    numbers_in_texts,
    read_card_ids,
    read_durations,
    read_numbers,
    read_ratings,
    read_whole,
)
from repetita.scheduling.day_rule import DayRuleLike

ID_ROLES = ("card_id", "user_id", "deck_id", "preset_id", "note_id", "review_id")
MS_A_MINUTE = 60_000
FILTERED = 3  # Anki's type of a review in a filtered deck
MAX_SHOWN, MAX_CHARACTERS = 6, 40


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller of `read_reviews` asked for; documented there."""

    columns: Mapping[str, str | None] | None
    time_unit: str
    day_rule: DayRuleLike | None
    user: str | int | None
    deck: str | int | None
    preset: str | int | None
    now_ms: int
    ignore_before_ms: int | None


def clean(opened: Opened, options: Options) -> ReviewLog:
    """The log of a table.

    Raises:
        InvalidColumns: A required column is missing or ambiguous.
        NoReviews: No row can be used; the message carries the funnel.
    """
    try:
        roles = choose_columns(opened.names, options.columns)
    except InvalidColumns as error:
        if not opened.doubt:
            raise
        raise InvalidColumns(
            error.message, hint=f"{opened.doubt}; else {error.hint}", where=error.where
        ) from None
    loaded = opened.load(list(dict.fromkeys(roles.columns.values())))
    if not loaded.frame.height and not loaded.malformed:
        raise NoReviews(f"{opened.source} has columns but no rows", where=opened.source)
    with polars_problems(_bad_column, opened.source):
        table = _table(opened.source, loaded, roles.columns)
        table.sieve.guess(*roles.notes, *loaded.notes)
        keep_groups(table.columns, table.sieve, user=options.user, deck=options.deck, preset=options.preset)
        cards = read_card_ids(table.columns["card_id"])
        ratings = read_ratings(table.columns["rating"])
        log = _all_rows(table, options, cards, ratings)
        return _sifted(table, options, log, cards, ratings)


def _table(source: str, loaded: Loaded, columns: Mapping[str, str]) -> Table:
    by_role = {role: loaded.frame[column] for role, column in columns.items()}
    for role in ID_ROLES if loaded.texts else ():
        if role in by_role:
            by_role[role] = numbers_in_texts(by_role[role])
    numbers = loaded.row_numbers
    if numbers is None:
        numbers = np.arange(1, loaded.frame.height + 1, dtype=np.int64)
    sieve = Sieve(loaded.frame, numbers, loaded.malformed)
    if "review_id" in by_role:
        ids = by_role["review_id"].cast(pl.Int64, strict=False)
        if ids.null_count():
            sieve.guess("not every review id is a whole number, so reviews are numbered by row")
        else:
            sieve.ids = ids.to_numpy()
    blank = loaded.frame.select(pl.all_horizontal(pl.all().is_null())).to_series().to_numpy()
    sieve.drop("blank row", "no value in the columns that are used", blank)
    return Table(by_role, sieve, source)


def _all_rows(table: Table, options: Options, cards: CardIds, ratings: Ratings) -> ReviewLog:
    """The log of all rows that have a card and a time, good rating (1 to 4) or not (0).

    Rows that will be dropped for their rating still count as the "previous review" of elapsed days that the
    source gives, so they leave the log later. Review ids are row numbers of the table from 0.
    """
    sieve = table.sieve
    sieve.drop("missing card", "no card is named", cards.missing)
    if "review_time" in table.columns:
        unit, rule = options.time_unit, options.day_rule
        timing: Mapping[str, NDArray[np.int64] | NDArray[np.float64] | None]
        timing = clock(table, unit=unit, day_rule=rule, now_ms=options.now_ms)
    else:
        timing = without_clock(table, cards.codes)
    sieve.check_any(table.source, lambda: _hint(table, options))
    rows = np.flatnonzero(sieve.left)
    side = {**timing, **_side_columns(table)}
    log = assemble(
        Columns(
            card_id=cards.codes[rows],
            rating=ratings.values[rows],
            review_id=rows,
            **{name: None if values is None else values[rows] for name, values in side.items()},
        ),
        day_rule=options.day_rule,
        funnel=None,
        source=Path(table.source).name,
        lowest_rating=0,
    )
    return prefer_given_days(table, log, options.day_rule) if log.timed else log


def _side_columns(table: Table) -> dict[str, NDArray[np.float64] | NDArray[np.int64] | None]:
    """Durations, states and the ids of decks, presets and notes."""
    columns, sieve = table.columns, table.sieve
    side: dict[str, NDArray[np.float64] | NDArray[np.int64] | None] = {}
    if "duration_ms" in columns:
        side["duration_ms"], notes = read_durations(columns["duration_ms"])
        sieve.guess(*notes)
    if "state" in columns:
        side["state"] = read_whole(columns["state"], words=STATE_WORDS)
    for role in ("deck_id", "preset_id", "note_id"):
        if role in columns:
            ids = read_card_ids(columns[role])
            side[role] = np.where(ids.missing, -1, ids.codes)
            if ids.names is not None and len(ids.names):
                sieve.guess(f"{columns[role].name!r} holds names, numbered from 0 in alphabetical order")
    return side


def _sifted(table: Table, options: Options, log: ReviewLog, cards: CardIds, ratings: Ratings) -> ReviewLog:
    """The log of the rows that pass the rules on ratings and on the neighbours of a row."""
    sieve = table.sieve
    sieve.guess(*ratings.notes)
    sieve.drop("missing rating", "no rating is given", ratings.missing)
    sieve.drop("invalid rating", "the rating is not 1, 2, 3 or 4", ratings.values == 0)
    if "factor" in table.columns and "state" in table.columns:
        kind, factor = read_numbers(table.columns["state"]), read_numbers(table.columns["factor"])
        cram = (kind == FILTERED) & (factor == 0)
        sieve.drop("cramming", "reviewed in a filtered deck without rescheduling", cram)
    sieve.check_any(table.source, lambda: _hint(table, options))
    log = _taken(log, sieve)
    if log.timed:
        _drop_repeats(table, log)
        log = _taken(log, sieve)
    if options.ignore_before_ms is not None:
        _drop_begun_before(table, log, options.ignore_before_ms)
        sieve.check_any(table.source, lambda: "choose an earlier date to ignore reviews before")
        log = _taken(log, sieve)
    return replace(
        log,
        card_ids=log.card_ids if cards.names is None else cards.names[log.card_ids],
        review_ids=sieve.ids[log.review_ids],
        funnel=sieve.builder.build(),
    )


def _taken(log: ReviewLog, sieve: Sieve) -> ReviewLog:
    left = sieve.left[log.review_ids]
    return log if left.all() else log.take(left)


def _drop_repeats(table: Table, log: ReviewLog) -> None:
    """Drops second rows of one card at one instant, where the clock is fine enough to tell."""
    times = log.review_times_ms
    same = np.concatenate(([False], times[1:] == times[:-1])) & ~log.first
    if same.any() and not np.any(times % MS_A_MINUTE):
        table.sieve.guess("times are whole minutes, so reviews of a card at the same time are all kept")
        same[:] = False
    leader = np.maximum.accumulate(np.where(same, 0, np.arange(len(log))))
    equal = same & (log.ratings == log.ratings[leader])
    for values in (log.durations_ms, log.states):
        if values is not None:
            equal &= values == values[leader]
    for name, reason, bad in (
        ("duplicate row", "the same review is there already", equal),
        ("second answer", "another answer of the same card has the same time", same & ~equal),
    ):
        rows = np.zeros(len(table.sieve.left), dtype=np.bool_)
        rows[log.review_ids[bad]] = True
        table.sieve.drop(name, reason, rows)


def _drop_begun_before(table: Table, log: ReviewLog, cut_ms: int) -> None:
    """Drops cards whose first review is before a date: the state they had at that date is not known."""
    if not log.timed:
        table.sieve.guess("without review times the date to ignore reviews before is not used")
        return
    early = np.repeat(log.review_times_ms[log.offsets[:-1]] < cut_ms, np.diff(log.offsets))
    rows = np.zeros(len(table.sieve.left), dtype=np.bool_)
    rows[log.review_ids[early]] = True
    table.sieve.drop("begun before the ignore date", "the card's first review is before that date", rows)


def _hint(table: Table, options: Options) -> str | None:
    """What most likely went wrong where no row was left."""
    steps = table.sieve.builder.build().steps
    worst = max(steps, key=lambda step: step.dropped).name
    if worst in ("before 2006", "in the future") and options.time_unit != "auto":
        unit, plausible = likely_unit(read_numbers(table.columns["review_time"]), options.now_ms)
        if plausible:
            return f"the times look like {UNIT_WORDS[unit]}: time_unit={unit!r}"
    if worst == "in the future":
        return "are the times right? now= takes another moment as the present"
    if worst == "unreadable time":
        if "review_time" not in table.columns:
            return "elapsed days are numbers, and at least 0 but for the first review of a card"
        found = _first_values(table.columns["review_time"])
        return f"times found: {found}; expected Unix numbers or ISO texts such as 2024-03-29T20:32+01:00"
    if worst == "before 2006":
        return "are these the times of reviews? choose the column with columns= and its unit with time_unit="
    if worst in ("missing rating", "invalid rating"):
        found = _first_values(table.columns["rating"])
        return f"ratings found: {found}; expected 1 to 4 or again, hard, good, easy"
    return None


def _first_values(column: pl.Series) -> str:
    values = column.unique(maintain_order=True)[:MAX_SHOWN].to_list()
    return ", ".join("nothing" if value is None else repr(value)[:MAX_CHARACTERS] for value in values)


def _bad_column(source: object, reason: str) -> InvalidColumns:
    return InvalidColumns(f"a column of {source} cannot be read: {reason}", where=str(source))
