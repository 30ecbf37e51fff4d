"""Files and frames end to end: formats told by content, rules named and counted, hostile input refused."""

from __future__ import annotations

import io
import os
import sqlite3
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from tiny_collections import Row, Tiny

from repetita.errors import (
    CorruptInput,
    InputError,
    InputMissing,
    InvalidColumns,
    NoReviews,
    RepetitaError,
    UnknownName,
    UnsupportedInput,
    UsageError,
)
from repetita.reviews import ReviewLog, read_reviews
from repetita.scheduling import DayGrid, DayRule, GivenDays

T0 = 1_711_744_352_250
DAY_MS = 86_400_000
GOOD = pl.DataFrame(
    {
        "card_id": [1, 2, 1, 1],
        "review_time": [T0, T0 + 5000, T0 + DAY_MS, T0 + 3 * DAY_MS],
        "rating": [3, 1, 4, 1],
    }
)


def write(folder: Path, text: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def counts(log: ReviewLog) -> dict[str, int]:
    return {step.name: step.dropped for step in log.funnel.steps if step.dropped}


def table(**columns: list[Any]) -> pl.DataFrame:
    n = len(next(iter(columns.values())))
    base = {"card_id": [1] * n, "review_time": [T0 + k * DAY_MS for k in range(n)], "rating": [3] * n}
    return pl.DataFrame({**base, **columns}, strict=False)


# ---------------------------------------------------------------------- formats
def test_every_format_gives_the_same_log(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    GOOD.write_parquet(buffer)
    csv_text = GOOD.write_csv()
    files = {
        "a.csv": csv_text,
        "b.tsv": GOOD.write_csv(separator="\t"),
        "c.txt": GOOD.write_csv(separator=";"),
        "d.jsonl": GOOD.write_ndjson(),
        "e.json": GOOD.write_json(),
        "f.parquet": buffer.getvalue(),
        "wrong.parquet.csv": buffer.getvalue(),
        "wrong.json": csv_text,
        "bom.csv": b"\xef\xbb\xbf" + csv_text.encode(),
        "utf16.csv": csv_text.encode("utf-16"),
        "crlf.csv": csv_text.replace("\n", "\r\n"),
        "mac.csv": csv_text.replace("\n", "\r"),
        "quoted.csv": '"card_id","review_time","rating"\n' + csv_text.split("\n", 1)[1],
        "spaces.csv": csv_text.replace(",", " , "),
        "no suffix": csv_text,
    }
    logs = {name: read_reviews(write(tmp_path, text, name)) for name, text in files.items()}
    logs["polars"] = read_reviews(GOOD)
    logs["lazy"] = read_reviews(GOOD.lazy())
    logs["pandas"] = read_reviews(pd.DataFrame(GOOD.to_dict(as_series=False)))
    expected = ReviewLog.from_arrays(
        card_id=GOOD["card_id"], review_time_ms=GOOD["review_time"], rating=GOOD["rating"]
    )
    for name, log in logs.items():
        assert log == expected, name
    assert expected.elapsed_days.tolist() == [0, 1, 2, 0]


def test_an_asked_for_format_is_obeyed(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.write_csv())
    assert len(read_reviews(path, format="csv")) == 4
    with pytest.raises(CorruptInput):
        read_reviews(path, format="parquet")
    with pytest.raises(UnknownName, match="did you mean 'csv'"):
        read_reviews(path, format="cvs")
    with pytest.raises(UsageError, match="for files"):
        read_reviews(GOOD, format="csv")


@pytest.mark.parametrize("thing", [None, 5, [1, 2], object()])
def test_other_things_are_no_tables(thing: object) -> None:
    with pytest.raises(UnsupportedInput, match="cannot read reviews from"):
        read_reviews(thing)


@pytest.mark.realdata
def test_a_real_log_from_a_file(shared: Path) -> None:
    log = read_reviews(shared / "reviews" / "josh.parquet", day_rule=DayRule("UTC", 4))
    assert (len(log), log.cards, int(log.scored.sum())) == (12_580, 1_205, 6_276)
    assert log.states is None or (log.states == -1).all()


# ---------------------------------------------------------------------- hostile files
@pytest.mark.parametrize(
    ("content", "name", "error", "message"),
    [
        (b"", "log.csv", NoReviews, "is empty"),
        (b" \n\n", "log.csv", NoReviews, "white space"),
        (b"card_id,review_time,rating\n", "log.csv", NoReviews, "no rows"),
        (b"[]", "log.json", NoReviews, "no JSON objects"),
        (b"[1, 2]", "log.json", NoReviews, "no JSON objects"),
        (b'[{"card_id": 1', "log.json", CorruptInput, "cannot be read"),
        (b"{nonsense\n", "log.jsonl", CorruptInput, "cannot be read"),
        (b"[" * 100_000, "log.json", CorruptInput, "cannot be read"),
        (b"PAR1 and then nothing", "log.parquet", CorruptInput, "Parquet"),
        (b"not parquet", "log.parquet", CorruptInput, "does not begin like"),
        (b"\x1f\x8b\x08\x00", "log.csv.gz", UnsupportedInput, "gzip"),
        (b"\x00\x01\x02\x03" * 50, "log.csv", UnsupportedInput, "neither text"),
        (b"%PDF-1.7", "log.pdf", UnsupportedInput, "PDF"),
        (b'card_id,review_time,rating\n1,"2,3\n' + b"2,3,4\n" * 9, "log.csv", CorruptInput, "line"),
        (b"a,b\n1,2\n", "log.csv", InvalidColumns, "no column for"),
        (b"PK\x03\x04 and then nothing", "log.apkg", RepetitaError, None),
        (b"\x28\xb5\x2f\xfd garbage", "log.anki21b", RepetitaError, None),
        (b"garbage", "log.colpkg", RepetitaError, None),
    ],
)
def test_hostile_files(
    tmp_path: Path, content: bytes, name: str, error: type[Exception], message: str | None
) -> None:
    path = write(tmp_path, content, name)
    with pytest.raises(error, match=message):
        read_reviews(path)
    assert path.read_bytes() == content


def test_truncated_parquet(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    GOOD.write_parquet(path)
    whole = path.read_bytes()
    for length in (4, 50, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(CorruptInput, match="not a complete Parquet file"):
            read_reviews(path)


def test_spreadsheets_are_named(tmp_path: Path) -> None:
    path = tmp_path / "log.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "")
    with pytest.raises(UnsupportedInput, match=r"spreadsheet.*CSV"):
        read_reviews(path)


def test_anki_databases_go_to_their_reader(tmp_path: Path) -> None:
    path = tmp_path / "collection.csv"
    with sqlite3.connect(path) as database:
        database.execute("create table unrelated (x)")
    database.close()
    with pytest.raises(RepetitaError) as caught:
        read_reviews(path)
    assert not isinstance(caught.value, InvalidColumns)


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.write_csv(), "reviews.csv")
    with pytest.raises(InputMissing, match=r"no file .*did you mean .*reviews\.csv"):
        read_reviews(tmp_path / "review.csv")
    with pytest.raises(InputMissing, match=r"is a folder.*it holds reviews\.csv"):
        read_reviews(tmp_path)
    with pytest.raises(InputMissing, match="does not exist"):
        read_reviews(tmp_path / "nowhere" / "log.csv")
    with pytest.raises(InputMissing, match="empty path"):
        read_reviews("")
    with pytest.raises(InputMissing, match="null character"):
        read_reviews(f"{path}\0")


@pytest.mark.parametrize("name", ["log.csv", "log.parquet", "c.anki2"])
def test_files_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = write(tmp_path, GOOD.write_csv(), name)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=rf"cannot read '.*{name}': Permission denied"):
        read_reviews(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_and_devices_are_refused_before_anything_is_read_of_them(tmp_path: Path) -> None:
    pipe = tmp_path / "log.csv"
    os.mkfifo(pipe)  # opening it would wait for a writer
    for path in (pipe, os.devnull):
        with pytest.raises(InputMissing, match=r"is a pipe or a device.*to a file first"):
            read_reviews(path)


@pytest.mark.parametrize("name", [b"\xff\xfe", b"log[1]*", b"a?{b}"])
@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "json", "parquet"])
def test_names_that_are_no_text_or_look_like_patterns(tmp_path: Path, name: bytes, suffix: str) -> None:
    path = tmp_path / f"{os.fsdecode(name)}.{suffix}"
    buffer = io.BytesIO()
    GOOD.write_parquet(buffer)
    texts = {
        "csv": GOOD.write_csv(),
        "tsv": GOOD.write_csv(separator="\t"),
        "jsonl": GOOD.write_ndjson(),
        "json": GOOD.write_json(),
        "parquet": buffer.getvalue(),
    }
    try:
        path.write_bytes(b"")
    except OSError:
        pytest.skip("the file system takes no such name")
    assert read_reviews(write(tmp_path, texts[suffix], path.name)) == read_reviews(GOOD)


def test_rows_that_are_too_long_are_set_aside_with_their_line(tmp_path: Path) -> None:
    lines = GOOD.write_csv().splitlines()
    lines.insert(3, "7,8,9,10,11")
    log = read_reviews(write(tmp_path, "\n".join(lines)))
    step = log.funnel.steps[0]
    assert (step.name, step.dropped, log.funnel.rows_read, len(log)) == ("malformed row", 1, 5, 4)
    assert step.example == {"row": 3, "line": 4, "problem": "5 fields, expected 3"}
    assert log.why(3).startswith("review 3 was dropped by the rule 'malformed row'")
    assert log.why(4).startswith("review 4 is kept")


def test_json_lines_that_are_none_are_set_aside(tmp_path: Path) -> None:
    lines = GOOD.write_ndjson().splitlines()
    log = read_reviews(write(tmp_path, "\n".join([lines[0], "{broken", "[1]", "", *lines[1:]]), "log.jsonl"))
    step = log.funnel.steps[0]
    assert (step.name, step.dropped, len(log)) == ("malformed row", 2, 4)
    assert step.example is not None
    assert step.example["line"] == 2


def test_other_encodings_are_read_with_a_note(tmp_path: Path) -> None:
    text = "card_id,review_time,rating,deck\n1,1711744352,3,abc\n2,1711744353,3,Vocabulário\n"
    log = read_reviews(write(tmp_path, text.encode("latin-1")))
    assert len(log) == 2
    assert "not UTF-8 in line 3, read as Windows-1252" in log.funnel.guesses


def test_names_of_columns_in_another_encoding_are_doubted(tmp_path: Path) -> None:
    text = "カード,時刻,rating\n1,1711744352,3\n"
    with pytest.raises(InvalidColumns, match=r"no column for .*the first line is not UTF-8: save the file"):
        read_reviews(write(tmp_path, text.encode("shift-jis")))
    with pytest.raises(InvalidColumns) as caught:
        read_reviews(write(tmp_path, text))
    assert "UTF-8" not in str(caught.value)
    columns = {"card_id": "カード", "review_time": "時刻"}
    assert len(read_reviews(write(tmp_path, text), columns=columns)) == 1


def test_a_wrong_separator_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidColumns, match=r"'\\t' does not separate the first line: leave the format out"):
        read_reviews(write(tmp_path, GOOD.write_csv()), format="tsv")


def test_columns_that_occur_twice_are_noted(tmp_path: Path) -> None:
    log = read_reviews(write(tmp_path, "card_id,rating,review_time,rating\n1,3,1711744352,x\n"))
    assert log.ratings.tolist() == [3]
    assert "column 'rating' occurs 2 times, the first is used" in log.funnel.guesses


# ---------------------------------------------------------------------- rules
def test_ratings_that_are_none_are_counted_with_an_example() -> None:
    log = read_reviews(table(rating=["0", "5", "NaN", "text", None, "3"]))
    assert counts(log) == {"missing rating": 2, "invalid rating": 3}
    step = log.funnel.step_of(1)
    assert step is not None
    assert step.example == {"row": 1, "card_id": 1, "review_time": T0, "rating": "0"}
    assert log.why(3) == "review 3 was dropped by the rule 'missing rating': no rating is given"
    assert log.first.tolist() == [True]


def test_times_out_of_range_are_counted() -> None:
    times = [-T0, 0, 1_136_073_599_999, None, T0, T0 + 3 * DAY_MS]
    log = read_reviews(table(review_time=times), now=(T0 + DAY_MS) / 1000, time_unit="ms")
    assert counts(log) == {"unreadable time": 1, "before 2006": 3, "in the future": 1}
    assert len(log) == 1


def test_the_future_begins_a_day_from_now() -> None:
    now = datetime.fromtimestamp(T0 / 1000, UTC)
    log = read_reviews(table(review_time=[T0, T0 + DAY_MS - 1, T0 + DAY_MS + 9]), now=now)
    assert counts(log) == {"in the future": 1}
    far = datetime.now(UTC) + timedelta(days=30)
    with pytest.raises(NoReviews, match="in the future") as caught:
        read_reviews(table(review_time=[far]))
    assert caught.value.hint == "are the times right? now= takes another moment as the present"
    assert len(read_reviews(table(review_time=[far]), now=far)) == 1


def test_seconds_are_told_from_milliseconds() -> None:
    seconds = GOOD.with_columns(pl.col("review_time") // 1000)
    log = read_reviews(seconds)
    assert log.elapsed_days.tolist() == read_reviews(GOOD).elapsed_days.tolist()
    assert "'review_time' is in seconds since 1970" in log.funnel.guesses
    with pytest.raises(NoReviews, match=r"-4 before 2006") as caught:
        read_reviews(seconds, time_unit="ms")
    assert caught.value.hint == "the times look like seconds: time_unit='s'"


def test_nothing_left_carries_the_funnel_and_points_at_the_cause() -> None:
    with pytest.raises(NoReviews, match=r"3 rows read\n  -3 invalid rating") as caught:
        read_reviews(table(rating=[0, 7, 0]))
    assert "ratings found: 0, 7" in str(caught.value.hint)
    with pytest.raises(NoReviews, match="unreadable time") as caught:
        read_reviews(table(review_time=["07/03/2025 18:04", None]))
    assert "times found: '07/03/2025 18:04', nothing; expected" in str(caught.value.hint)
    with pytest.raises(NoReviews, match="unreadable time"):
        read_reviews(pl.DataFrame({"card_id": [1], "rating": [3], "delta_t": ["x"]}))


def test_duplicates_and_second_answers() -> None:
    log = read_reviews(
        table(
            review_time=[T0, T0, T0, T0 + DAY_MS, T0 + DAY_MS],
            rating=[3, 3, 1, 4, 0],
            duration=[10, 10, 10, 20, 20],
        )
    )
    assert counts(log) == {"invalid rating": 1, "duplicate row": 1, "second answer": 1}
    assert log.review_ids.tolist() == [1, 4]
    assert log.elapsed_days.tolist() == [0, 1]


def test_times_in_whole_minutes_cannot_tell_duplicates() -> None:
    minute = T0 // 60_000 * 60_000
    log = read_reviews(table(review_time=[minute, minute, minute + DAY_MS]))
    assert len(log) == 3
    assert any("whole minutes" in guess for guess in log.funnel.guesses)


def test_missing_cards_and_blank_rows(tmp_path: Path) -> None:
    text = "card_id,review_time,rating\n1,1711744352,3\n\n,1711744353,3\n2,1711744353,3\n"
    log = read_reviews(write(tmp_path, text))
    assert counts(log) == {"blank row": 1, "missing card": 1}


def test_several_users_need_a_choice() -> None:
    frame = table(user_id=[7, 7, 9])
    with pytest.raises(UsageError, match=r"2 users.*choose one with user=; they are 7, 9"):
        read_reviews(frame)
    log = read_reviews(frame, user=9)
    assert counts(log) == {"other user": 2}
    with pytest.raises(UnknownName, match="no user 8"):
        read_reviews(frame, user=8)
    with pytest.raises(UsageError, match="no column for it"):
        read_reviews(GOOD, user=1)


def test_decks_with_their_subdecks() -> None:
    frame = table(deck=["A", "A::B", "AB"], card_id=[1, 2, 3])
    log = read_reviews(frame, deck="A")
    assert log.card_ids.tolist() == [1, 2]
    assert log.deck_ids is not None
    assert log.deck_ids.tolist() == [0, 1]
    with pytest.raises(UnknownName, match="did you mean 'AB'"):
        read_reviews(frame, deck="ABC")


def test_cards_begun_before_a_date_are_left_out_whole() -> None:
    frame = table(card_id=[1, 1, 2], review_time=[T0, T0 + 9 * DAY_MS, T0 + 9 * DAY_MS + 1])
    log = read_reviews(frame, ignore_before="2024-04-01")
    assert log.card_ids.tolist() == [2]
    assert counts(log) == {"begun before the ignore date": 2}
    with pytest.raises(NoReviews, match="begun before"):
        read_reviews(frame, ignore_before="2025-01-01")


def test_ankis_own_table_without_cramming() -> None:
    frame = pl.DataFrame(
        {
            "id": [T0 + k * DAY_MS for k in range(4)],
            "cid": [5] * 4,
            "ease": [3, 3, 0, 4],
            "factor": [0, 0, 0, 2500],
            "time": [1000, 2000, 0, 3000],
            "type": [0, 3, 4, 1],
        }
    )
    log = read_reviews(frame)
    assert counts(log) == {"invalid rating": 1, "cramming": 1}
    assert log.review_ids.tolist() == [T0, T0 + 3 * DAY_MS]
    assert log.elapsed_days.tolist() == [0, 3]
    assert log.why(T0 + DAY_MS).startswith(f"review {T0 + DAY_MS} was dropped by the rule 'cramming'")


@pytest.mark.parametrize("option", [{"columns": {"rating": "ease"}}, {"time_unit": "s"}, {"user": 1}])
def test_options_of_tables_are_refused_with_a_collection(collection: Path, option: dict[str, Any]) -> None:
    (name,) = option
    with pytest.raises(UsageError, match=rf"{name}= is for tables, but c\.anki2 is an Anki collection"):
        read_reviews(collection, **option)


@pytest.mark.parametrize(
    "option", [{"include_suspended": False}, {"include_deleted_cards": False}, {"ignore_before": "preset"}]
)
def test_options_of_collections_are_refused_with_a_table(tmp_path: Path, option: dict[str, Any]) -> None:
    (name,) = option
    for source, called in ((GOOD, "polars frame"), (write(tmp_path, GOOD.write_csv()), r"log\.csv")):
        with pytest.raises(UsageError, match=rf"{name}=.* is for Anki collections, but {called} is a table"):
            read_reviews(source, **option)


# ---------------------------------------------------------------------- days
@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """A collection whose days turn over at 08:00 UTC, with answers half an hour and more after and before."""
    rows = [Row(0.5, 3, type=0), Row(26, 3), Row(47.5, 3)]
    return Tiny(rows=rows).write(tmp_path / "c.anki2")


def test_a_zone_means_the_app_s_own_days_there(collection: Path) -> None:
    assert read_reviews(collection).elapsed_days.tolist() == [0, 1, 0]
    there = read_reviews(collection, zone="Asia/Tokyo")
    assert there.elapsed_days.tolist() == [0, 1, 1]
    assert isinstance(there.day_rule, DayGrid)
    calendar = read_reviews(collection, day_rule=DayRule("Asia/Tokyo", 17))
    assert calendar.elapsed_days.tolist() == [0, 1, 0]
    frame = table(review_time=["2024-07-01 03:30", "2024-07-01 04:30", "2024-07-02 03:30"])
    log = read_reviews(frame, zone="America/New_York")
    assert (log.day_rule, log.elapsed_days.tolist()) == (DayRule("America/New_York", 4), [0, 1, 0])
    assert "'review_time' has no time zone, read as America/New_York" in log.funnel.guesses


def test_a_zone_and_a_day_rule_contradict_each_other(collection: Path) -> None:
    for source in (GOOD, collection):
        with pytest.raises(UsageError, match="both day_rule and zone"):
            read_reviews(source, zone="UTC", day_rule=DayRule())
        with pytest.raises(UnknownName, match="did you mean 'Europe/Paris'"):
            read_reviews(source, zone="Europe/Pariss")


def test_the_default_day_rule_is_a_guess_that_is_noted() -> None:
    assert any("04:00 UTC; pass day_rule" in guess for guess in read_reviews(GOOD).funnel.guesses)
    log = read_reviews(GOOD, day_rule=DayRule("Asia/Tokyo", 0))
    assert log.day_rule == DayRule("Asia/Tokyo", 0)
    assert not any("pass day_rule" in guess for guess in log.funnel.guesses)


def test_naive_times_are_of_the_zone_of_the_day_rule() -> None:
    frame = table(review_time=["2024-07-01 03:30", "2024-07-01 04:30", "2024-07-02 03:30"])
    log = read_reviews(frame, day_rule=DayRule("America/New_York", 4))
    assert log.elapsed_days.tolist() == [0, 1, 0]
    assert read_reviews(frame, day_rule=DayRule("UTC", 4)).elapsed_days.tolist() == [0, 1, 0]


def test_given_elapsed_days_are_taken_where_they_agree_with_the_times() -> None:
    times = [T0, T0 + 20 * 3_600_000, T0 + 44 * 3_600_000]
    frame = table(review_time=times, elapsed_days=[-1, 0, 1])
    log = read_reviews(frame)
    assert log.elapsed_days.tolist() == [0, 0, 1]
    assert log.day_rule == GivenDays()
    assert any("taken as given" in guess for guess in log.funnel.guesses)
    assert read_reviews(frame, day_rule=DayRule()).elapsed_days.tolist() == [0, 1, 1]
    wrong = table(review_time=times, elapsed_days=[0, 0, 7])
    log = read_reviews(wrong)
    assert log.elapsed_days.tolist() == [0, 1, 1]
    assert any("row 3 does not agree" in guess for guess in log.funnel.guesses)


def test_given_elapsed_days_bridge_dropped_rows() -> None:
    frame = table(elapsed_days=[0, 1, 1, 1], rating=[3, 0, 9, 3])
    assert read_reviews(frame).elapsed_days.tolist() == [0, 3]
    bare = frame.drop("review_time")
    assert read_reviews(bare).elapsed_days.tolist() == [0, 3]


def test_the_layout_of_anki_revlogs_10k() -> None:
    frame = pl.DataFrame(
        {
            "card_id": [1, 2, 1, 1, 2],
            "day_offset": [0, 0, 0, 4, 9],
            "rating": [1, 3, 3, 2, 1],
            "state": [0, 0, 0, 1, 1],
            "duration": [9000, 4000, 3000, 5000, 60_000],
            "elapsed_days": [-1, -1, 0, 4, 9],
            "elapsed_seconds": [-1, -1, 600, 345_000, 777_600],
        }
    )
    log = read_reviews(frame)
    assert not log.timed
    assert log.elapsed_days.tolist() == [0, 0, 4, 0, 9]
    assert log.elapsed_seconds.tolist() == [0, 600, 345_000, 0, 777_600]
    assert log.review_ids[log.time_order].tolist() == [1, 2, 3, 4, 5]


def test_the_layout_of_fsrs_anki_20k() -> None:
    frame = pl.DataFrame(
        {
            "card_id": [1, 1, 2],
            "review_th": [1, 3, 2],
            "elapsed_days": [-1, 5, -1],
            "elapsed_seconds": [-1, 432_000, -1],
            "rating": [3, 3, 1],
        }
    )
    log = read_reviews(frame)
    assert log.review_ids[log.time_order].tolist() == [1, 3, 2]
    assert log.elapsed_days.tolist() == [0, 5, 0]


def test_negative_elapsed_days_after_the_first_review_are_dropped() -> None:
    frame = pl.DataFrame({"card_id": [1, 1, 1], "rating": [3, 3, 3], "delta_t": [-1, -1, 2]})
    log = read_reviews(frame)
    assert counts(log) == {"negative elapsed time": 1}
    assert log.elapsed_days.tolist() == [0, 2]


def test_cards_in_a_row_without_any_order_in_time() -> None:
    contiguous = pl.DataFrame({"card_id": [1, 1, 2, 2], "rating": [3] * 4, "delta_t": [0, 9, 0, 1]})
    assert read_reviews(contiguous).review_ids[read_reviews(contiguous).time_order].tolist() == [1, 3, 4, 2]
    interleaved = contiguous[[0, 2, 1, 3]]
    log = read_reviews(interleaved)
    assert log.review_ids[log.time_order].tolist() == [1, 2, 3, 4]


def test_a_pandas_index_with_a_name_is_a_column() -> None:
    frame = pd.DataFrame(GOOD.to_dict(as_series=False))
    expected = read_reviews(frame)
    assert read_reviews(frame.set_index("card_id")) == expected
    assert read_reviews(frame.set_index(["card_id", "review_time"])) == expected
    assert read_reviews(frame.set_index("card_id", drop=False)) == expected
    assert read_reviews(frame.set_index(frame["rating"].rename("x"))) == expected


def test_string_cards_and_odd_review_ids() -> None:
    log = read_reviews(table(card_id=["b", "a", "b"], review_id=["x", "y", "z"]))
    assert log.card_ids.tolist() == ["a", "b"]
    assert log.review_ids.tolist() == [2, 1, 3]
    assert any("numbered by row" in guess for guess in log.funnel.guesses)
    numbered = read_reviews(table(card_id=["007", "7", "007"], review_id=[30, 10, 20]))
    assert numbered.card_ids.tolist() == ["007", "7"]
    assert numbered.review_ids.tolist() == [30, 20, 10]


def test_unsorted_rows_and_single_reviews() -> None:
    log = read_reviews(GOOD.reverse())
    assert log.ratings.tolist() == read_reviews(GOOD).ratings.tolist()
    singles = read_reviews(table(card_id=[3, 1, 2]))
    assert (singles.cards, int(singles.scored.sum())) == (3, 0)


@pytest.mark.slow
def test_millions_of_rows_of_one_day(tmp_path: Path) -> None:
    n = 1_000_000
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "card_id": rng.integers(0, n // 11, n),
            "review_time": T0 + rng.permutation(n),
            "rating": rng.integers(0, 5, n),
        }
    )
    path = tmp_path / "log.csv"
    frame.write_csv(path)
    log = read_reviews(path)
    assert len(log) == int((frame["rating"] > 0).sum())
    assert not log.scored.any()
