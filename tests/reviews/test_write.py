from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repetita.errors import OutputError, OutputExists, UnknownName
from repetita.reviews import ReviewLog, read_reviews, write_reviews
from repetita.scheduling import DayGrid, DayRule

T0 = 1_711_744_352_250
SUFFIXES = st.sampled_from([".csv", ".parquet", ".tsv"])
IN_PLACE = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@IN_PLACE
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c"]),
            st.integers(0, 10**9),
            st.integers(1, 4),
            st.integers(-1, 10**5),
            st.integers(-1, 3),
        ),
        min_size=1,
        max_size=20,
        unique_by=lambda row: row[1],
    ),
    suffix=SUFFIXES,
    rule=st.sampled_from([DayRule(), DayRule("Asia/Tokyo", 0), DayGrid((T0 + 10**9) // 1000)]),
    strings=st.booleans(),
)
def test_timed_logs_come_back_equal(
    tmp_path: Path, rows: list[tuple[Any, ...]], suffix: str, rule: Any, strings: bool
) -> None:
    card, time, rating, duration, state = zip(*rows, strict=True)
    log = ReviewLog.from_arrays(
        card_id=card if strings else [ord(name) for name in card],
        review_time_ms=T0 + np.array(time),
        rating=rating,
        duration_ms=np.maximum(duration, 1),
        state=state,
        deck_id=[ord(name) % 2 - 1 for name in card],
        day_rule=rule,
        review_id=np.arange(len(rows)) * 3 + 5,
    )
    path = write_reviews(log, tmp_path / f"log{suffix}", force=True)
    again = read_reviews(path)
    assert again == log
    assert again.funnel.kept == again.funnel.rows_read


@IN_PLACE
@given(
    histories=st.lists(
        st.lists(st.tuples(st.floats(0, 400), st.integers(1, 4)), min_size=1, max_size=5),
        min_size=1,
        max_size=6,
    ),
    suffix=SUFFIXES,
)
def test_logs_without_times_come_back_equal(
    tmp_path: Path, histories: list[list[tuple[float, int]]], suffix: str
) -> None:
    log = ReviewLog.from_histories(histories)
    assert read_reviews(write_reviews(log, tmp_path / f"log{suffix}", force=True)) == log


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet"])
def test_a_name_that_is_no_text(tmp_path: Path, suffix: str) -> None:
    log = ReviewLog.from_histories([[(0, 3), (2, 1)]])
    path = tmp_path / f"{os.fsdecode(bytes([0xFF]))}{suffix}"
    try:
        path.write_bytes(b"")
    except OSError:
        pytest.skip("the file system takes no such name")
    path.unlink()
    assert read_reviews(write_reviews(log, path)) == log


def test_rows_are_written_in_order_of_time(tmp_path: Path) -> None:
    log = ReviewLog.from_arrays(card_id=[2, 1, 2], rating=[3, 3, 3], review_time_ms=[T0, T0 + 1, T0 + 2])
    path = write_reviews(log, tmp_path / "log.parquet")
    assert pl.read_parquet(path)["card_id"].to_list() == [2, 1, 2]


def test_nothing_is_overwritten_unless_asked_for(tmp_path: Path) -> None:
    log = ReviewLog.from_histories([[(0, 3)]])
    path = tmp_path / "log.csv"
    path.write_text("mine")
    with pytest.raises(OutputExists, match="exists already"):
        write_reviews(log, path)
    assert path.read_text() == "mine"
    write_reviews(log, path, force=True)
    assert path.read_text() != "mine"
    with pytest.raises(UnknownName, match="suffix"):
        write_reviews(log, tmp_path / "log.xlsx")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, suffix: str) -> None:
    code = f"""
import resource
import numpy as np
from repetita.errors import OutputError
from repetita.reviews import ReviewLog, write_reviews
n = 50_000
log = ReviewLog.from_arrays(
    card_id=np.random.default_rng(0).integers(0, 2**60, n), rating=np.full(n, 3), elapsed_days=np.zeros(n)
)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    write_reviews(log, {str(tmp_path / ("log" + suffix))!r})
except OutputError as error:
    print("refused:", error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("refused: cannot write"), done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_device_that_is_full(tmp_path: Path) -> None:
    link = tmp_path / "log.csv"
    link.symlink_to("/dev/full")
    with pytest.raises(OutputError, match="No space left"):
        write_reviews(ReviewLog.from_histories([[(0, 3), (1, 3)]]), link)
    assert Path("/dev/full").is_char_device()
