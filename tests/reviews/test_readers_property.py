"""Whatever bytes or tables come in: a log or an error of ours, and every row accounted for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repetita.errors import RepetitaError
from repetita.reviews import ReviewLog, read_reviews

SLOW = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = [
    "card_id",
    "cid",
    "review_time",
    "timestamp",
    "rating",
    "ease",
    "duration",
    "state",
    "review_id",
    "id",
]
NAMES += [
    "deck_id",
    "note_id",
    "user_id",
    "elapsed_days",
    "elapsed_seconds",
    "day_offset",
    "review_th",
    "x",
    "",
]
TIMES = st.one_of(
    st.integers(1_600_000_000, 1_700_000_000),
    st.integers(1_600_000_000_000, 1_700_000_000_000),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from(["2024-02-30", "2024-03-29T20:32:32.250+05:30", "2024-01-01", "x", "nan", "1e300", ""]),
)
CELLS = st.one_of(
    st.none(),
    st.integers(-3, 6),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.booleans(),
    st.sampled_from(
        ["good", "Again", "3.0", "", " ", "NaN", "007", "-0", "1e5", "ключ", "\x00", '"', "a,b", "\ud800"]
    ),
    TIMES,
)


def check(read: Any) -> None:
    try:
        log = read()
    except RepetitaError as error:
        json.dumps(error.to_dict())
        return
    assert isinstance(log, ReviewLog)
    funnel = log.funnel
    assert funnel.rows_read == funnel.kept + sum(step.dropped for step in funnel.steps)
    assert funnel.kept == len(log) > 0
    assert all(len(step.dropped_ids) == step.dropped for step in funnel.steps)
    assert set(log.ratings.tolist()) <= {1, 2, 3, 4}
    assert bool(np.all(log.elapsed_days >= 0))
    assert bool(np.all(log.elapsed_seconds >= 0))
    assert sorted(log.time_order.tolist()) == list(range(len(log)))
    assert json.dumps(log.to_dict())
    assert log.why(int(log.review_ids[0])).startswith(f"review {log.review_ids[0]} is kept")
    if log.timed:
        assert bool(np.all(np.diff(log.review_times_ms[log.time_order]) >= 0))


@SLOW
@given(data=st.binary(max_size=400), suffix=st.sampled_from([".csv", ".parquet", ".jsonl", ".json", ".x"]))
def test_random_bytes(tmp_path: Path, data: bytes, suffix: str) -> None:
    path = tmp_path / f"log{suffix}"
    path.write_bytes(data)
    check(lambda: read_reviews(path))


@SLOW
@given(
    header=st.sampled_from(["card_id,review_time,rating", "cid;timestamp;grade;extra", "card\tdate\tanswer"]),
    body=st.text(alphabet="0123456789,;\t\n\r\"'-:.TZ goéad|{}[]\x00", max_size=200),
    encoding=st.sampled_from(["utf-8", "latin-1", "utf-16", "utf-8-sig"]),
)
def test_random_text_under_a_header(tmp_path: Path, header: str, body: str, encoding: str) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(f"{header}\n{body}".encode(encoding, "replace"))
    check(lambda: read_reviews(path))


@SLOW
@given(
    prefix=st.integers(0, 4000),
    flips=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=4),
)
def test_damaged_parquet(tmp_path: Path, prefix: int, flips: list[tuple[int, int]]) -> None:
    path = tmp_path / "log.parquet"
    frame = pl.DataFrame(
        {"card_id": [1, 1, 2] * 9, "review_time": [1_700_000_000_000] * 27, "rating": [3] * 27}
    )
    frame.write_parquet(path)
    data = bytearray(path.read_bytes()[:prefix] or b"PAR1")
    for place, value in flips:
        if place < len(data):
            data[place] = value
    path.write_bytes(bytes(data))
    check(lambda: read_reviews(path))


TABLES = st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=8).flatmap(
    lambda names: st.lists(st.fixed_dictionaries(dict.fromkeys(names, CELLS)), max_size=12)
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "time_unit": st.sampled_from(["auto", "s", "ms", "us", "ns", "iso"]),
        "columns": st.sampled_from([{"rating": "ease"}, {"card_id": "x"}, {"elapsed_days": None}]),
        "deck": st.sampled_from([1, "x"]),
        "user": st.just("3"),
        "ignore_before": st.just("2021-06-01"),
    },
)


@SLOW
@given(rows=TABLES, options=OPTIONS)
def test_json_tables(tmp_path: Path, rows: list[dict[str, Any]], options: dict[str, Any]) -> None:
    for name, text in (
        ("log.jsonl", "\n".join(json.dumps(row) for row in rows)),
        ("log.json", json.dumps(rows)),
    ):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        check(lambda path=path: read_reviews(path, **options))


@SLOW
@given(rows=TABLES, options=OPTIONS)
def test_frames(rows: list[dict[str, Any]], options: dict[str, Any]) -> None:
    frame = pd.DataFrame(rows)
    check(lambda: read_reviews(frame, **options))
    texts = [
        {k: None if v is None else str(v).encode("utf-8", "replace").decode() for k, v in row.items()}
        for row in rows
    ]
    table = pl.DataFrame(texts, infer_schema_length=None)
    check(lambda: read_reviews(table, **options))


def mostly(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 9).flatmap(lambda n: CELLS if n == 0 else good)


MOSTLY_GOOD = st.lists(
    st.fixed_dictionaries(
        {
            "card_id": mostly(st.integers(1, 3)),
            "rating": mostly(st.sampled_from([1, 2, 3, 4, "good"])),
            "review_time": mostly(st.integers(1_600_000_000_000, 1_600_900_000_000)),
            "elapsed_days": mostly(st.integers(-1, 3)),
            "duration": mostly(st.integers(0, 9000)),
        }
    ),
    min_size=1,
    max_size=30,
)


@SLOW
@given(rows=MOSTLY_GOOD, drop=st.sampled_from([None, "review_time", "elapsed_days"]))
def test_mostly_good_tables(tmp_path: Path, rows: list[dict[str, Any]], drop: str | None) -> None:
    for row in rows:
        row.pop(drop, None)
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    check(lambda: read_reviews(path))


GOOD_ROWS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1_600_000_000_000, 1_610_000_000_000), st.integers(0, 5)),
    min_size=1,
    max_size=40,
)


@SLOW
@given(rows=GOOD_ROWS, seed=st.integers(0, 99))
def test_order_of_rows_does_not_matter(rows: list[tuple[int, int, int]], seed: int) -> None:
    # distinct times, so that no rule depends on the order of rows
    rows = list({row[1]: row for row in rows}.values())
    if all(rating == 0 for _, _, rating in rows) or not any(1 <= rating <= 4 for _, _, rating in rows):
        return
    frame = pl.DataFrame(rows, schema=["card_id", "review_time", "rating"], orient="row")
    frame = frame.with_columns(review_id=pl.int_range(pl.len()))
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=seed)
    assert read_reviews(frame) == read_reviews(shuffled)


@pytest.mark.parametrize("kind", ["polars", "pandas"])
def test_typed_frames(kind: str) -> None:
    stamps = pl.datetime_range(
        pl.datetime(2024, 1, 1), pl.datetime(2024, 1, 5), interval="1d", time_zone="Europe/Paris", eager=True
    )
    frame = pl.DataFrame(
        {"card_id": ["a", "b", "a", "b", "a"], "reviewed_at": stamps, "rating": [1, 2, 3, 4, 3]}
    )
    if kind == "pandas":
        columns = {
            "card_id": frame["card_id"].to_list(),
            "reviewed_at": pd.to_datetime(
                frame["reviewed_at"].dt.epoch("ms").to_numpy(), unit="ms", utc=True
            ),
            "rating": pd.array([1, 2, 3, 4, 3], dtype="Int64"),
        }
        log = read_reviews(pd.DataFrame(columns))
    else:
        log = read_reviews(frame)
    assert log.card_ids.tolist() == ["a", "b"]
    assert log.ratings.tolist() == [1, 3, 3, 2, 4]
    assert log.elapsed_days.tolist() == [0, 2, 2, 0, 2]
