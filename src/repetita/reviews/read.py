"""Reads reviews from any source: finds out what it is and hands it to the reader for that."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from repetita.errors import UsageError
from repetita.reviews.clean import Options, clean
from repetita.reviews.opened import Opened, open_frame, open_parquet
from repetita.reviews.review_log import ReviewLog
from repetita.reviews.sniff import detect_format, existing_file
from repetita.reviews.text_tables import open_csv, open_json, open_json_lines
from repetita.reviews.times import instant_ms
from repetita.scheduling.day_rule import DayRule, DayRuleLike

__all__ = ["read_reviews"]


def read_reviews(
    source: Any,
    *,
    format: str | None = None,
    columns: Mapping[str, str | None] | None = None,
    time_unit: str = "auto",
    day_rule: DayRuleLike | None = None,
    zone: str | None = None,
    user: str | int | None = None,
    deck: str | int | None = None,
    preset: str | int | None = None,
    now: datetime | float | None = None,
    ignore_before: datetime | date | str | None = None,
    include_suspended: bool = True,
    include_deleted_cards: bool = True,
    allow_locked: bool = False,
) -> ReviewLog:
    """The reviews of a table or an Anki collection, with a funnel that says what was dropped and guessed.

    Tables are CSV, TSV, JSON lines, a JSON array, Parquet, a polars or pandas frame. Names of columns are
    recognised in any letter case: ``card_id`` (or cid, card), ``review_time`` (timestamp, date, …),
    ``rating`` (ease, grade, …), and where there ``duration_ms``, ``state``, ``review_id``, ``deck_id``,
    ``preset_id``, ``note_id``, ``user_id``. Without review times, ``elapsed_days`` or ``day_offset`` serve.
    Times are Unix numbers in any unit, ISO texts or datetimes; ratings are 1 to 4 or words.

    Args:
        source: Path of a file, or a frame. The content of a file decides what it is, not its name.
        format: "csv", "tsv", "jsonl", "json", "parquet" or "anki" instead of what the content says.
        columns: Our names to the table's names, such as ``{"rating": "my_grade"}``; None for a name leaves
            it out.
        time_unit: "auto", "s", "ms", "us", "ns" or "iso".
        day_rule: When a day begins. Default: as the collection says; 04:00 UTC for tables, or the elapsed
            days given in the table where they agree with its times.
        zone: IANA name of the learner's time zone, instead of a ``day_rule``. Tables: calendar days there,
            from 04:00 on. Collections: Anki's own days, with the offset of that zone.
        user: Value of ``user_id`` to keep, needed where a table holds several users.
        deck: Deck to keep, with its subdecks.
        preset: Preset to keep.
        now: The present, an aware datetime or a Unix second; later reviews are dropped (a day's grace in
            tables, whose clocks may be off).
        ignore_before: Cards first reviewed before this date (midnight UTC) are dropped.
        include_suspended: Keep suspended cards of a collection.
        include_deleted_cards: Keep reviews of cards that a collection does not hold any more.
        allow_locked: Read a collection that Anki has open, as far as it has reached the disk.

    Raises:
        InputError: The source cannot be read; its kinds say why.
        NoReviews: No row could be used; the message carries the funnel.
        UsageError: An option that does not fit, or one for tables given with a collection or the reverse.

    Example:
        >>> import polars as pl
        >>> from repetita import DayRule
        >>> times, grades = [1711744352, 1712003552], ["good", "0"]
        >>> frame = pl.DataFrame({"card": ["a", "a"], "time": times, "grade": grades})
        >>> log = read_reviews(frame, day_rule=DayRule("Europe/Paris", 4))
        >>> print(log.funnel)
        2 rows read
          -1 invalid rating: the rating is not 1, 2, 3 or 4 (row 2, card a, time 1712003552, grade 0)
        1 row kept
        assumed: column 'card' is the card id
        assumed: column 'time' is the review time
        assumed: column 'grade' is the rating
        assumed: 'time' is in seconds since 1970
        assumed: ratings are words: good is Good
        >>> log.why(2)
        "review 2 was dropped by the rule 'invalid rating': the rating is not 1, 2, 3 or 4"
    """
    if isinstance(source, str | os.PathLike):
        path = existing_file(source)
        found = detect_format(path, format)
        if found == "anki":
            from repetita.reviews.anki import read_anki

            options_of_tables = {"columns=": columns, "time_unit=": time_unit != "auto", "user=": user}
            _refuse(options_of_tables, "tables", f"{path.name} is an Anki collection")
            return read_anki(
                path,
                day_rule=day_rule,
                zone=zone,
                deck=deck,
                preset=preset,
                now=now,
                ignore_before=ignore_before,
                include_suspended=include_suspended,
                include_deleted_cards=include_deleted_cards,
                allow_locked=allow_locked,
            )
        opened = _open_table(path, found)
    else:
        if format is not None:
            raise UsageError(f"format={format!r} is for files, not for a {type(source).__name__}")
        opened = open_frame(source)
    options_of_collections = {
        "include_suspended=False": not include_suspended,
        "include_deleted_cards=False": not include_deleted_cards,
        "ignore_before='preset'": ignore_before == "preset",
    }
    _refuse(options_of_collections, "Anki collections", f"{Path(opened.source).name} is a table")
    now_ms = instant_ms(now, "now")
    options = Options(
        columns=columns,
        time_unit=time_unit,
        day_rule=_days_in(zone, day_rule),
        user=user,
        deck=deck,
        preset=preset,
        now_ms=round(time.time() * 1000) if now_ms is None else now_ms,
        ignore_before_ms=instant_ms(ignore_before, "ignore_before"),
    )
    return clean(opened, options)


def _refuse(options: Mapping[str, object], meant_for: str, found: str) -> None:
    """Nothing, unless an option was given that would have no effect."""
    for name, value in options.items():
        if value not in (None, False):
            raise UsageError(f"{name} is for {meant_for}, but {found}", hint="leave it out", where=name)


def _days_in(zone: str | None, day_rule: DayRuleLike | None) -> DayRuleLike | None:
    if zone is None:
        return day_rule
    if day_rule is not None:
        raise UsageError("both day_rule and zone are given", hint="a DayRule has a zone of its own")
    return DayRule(zone)


def _open_table(path: Path, found: str) -> Opened:
    if found == "parquet":
        return open_parquet(path)
    if found == "jsonl":
        return open_json_lines(path)
    if found == "json":
        return open_json(path)
    return open_csv(path, "\t" if found == "tsv" else None)
