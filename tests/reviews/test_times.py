from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.errors import UnknownName, UsageError
from repetita.reviews.times import Times, instant_ms, read_times

NOW = 1_770_000_000_000
MS = 1_711_744_352_250


def read(values: Any, unit: str = "auto", zone: str | None = None, dtype: Any = None) -> Times:
    return read_times(pl.Series("t", values, dtype=dtype), unit=unit, zone=zone, now_ms=NOW)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([MS], "milliseconds"),
        ([MS // 1000], "seconds"),
        ([MS * 1000 + 7], "microseconds"),
        ([MS * 1_000_000 + 7], "nanoseconds"),
        ([MS / 1000], "seconds"),
        ([str(MS)], "milliseconds"),
        ([f" {MS / 1000} "], "seconds"),
    ],
)
def test_the_unit_is_told_by_size_and_noted(values: list[Any], word: str) -> None:
    times = read(values)
    assert abs(int(times.ms[0]) - MS) <= (999 if word == "seconds" and isinstance(values[0], int) else 0)
    assert times.notes == (f"'t' is in {word} since 1970",)


def test_most_rows_decide_the_unit() -> None:
    times = read([MS // 1000, MS // 1000 + 5, MS])
    assert times.ms[:2].tolist() == [MS // 1000 * 1000, MS // 1000 * 1000 + 5000]
    assert not times.readable[2]


def test_a_given_unit_is_obeyed() -> None:
    assert read([1_711_744_352], "ms").ms.tolist() == [1_711_744_352]
    with pytest.raises(UnknownName, match="time unit"):
        read([1], "sec")


@pytest.mark.parametrize(
    "value", [None, float("nan"), float("inf"), 1e300, "", "soon", "2024-02-30", "2024-13-01"]
)
def test_unreadable(value: Any) -> None:
    values = [value, str(MS) if isinstance(value, str) else MS, MS if not isinstance(value, str) else str(MS)]
    times = read(values)
    assert times.readable.tolist() == [False, True, True]


AWARE = st.datetimes(datetime(2006, 1, 1), datetime(2100, 1, 1)).flatmap(
    lambda wall: st.integers(-14 * 60, 14 * 60).map(
        lambda minutes: wall.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    )
)


@settings(deadline=None)
@given(
    st.lists(AWARE, min_size=1, max_size=10), st.sampled_from([" ", "T"]), st.sampled_from(["auto", "iso"])
)
def test_iso_texts_with_offsets(moments: list[datetime], separator: str, unit: str) -> None:
    texts = [moment.isoformat(sep=separator) for moment in moments]
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    expected = [(moment - epoch) // timedelta(milliseconds=1) for moment in moments]
    times = read(texts, unit)
    assert times.ms.tolist() == expected
    assert times.readable.all()
    assert times.notes == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-29T20:32:32.250Z", MS),
        ("2024-03-29 20:32:32,25 UTC", MS),
        ("2024-03-29T22:32:32.250+02", MS),
        ("2024-03-30T02:02:32.25+0530", MS),
        ("2024/3/29 20:32", 1_711_744_320_000),
        ("2024-03-29", 1_711_670_400_000),
    ],
)
def test_iso_variants(text: str, expected: int) -> None:
    assert read([text]).ms.tolist() == [expected]


def test_times_without_offset_are_utc_or_of_the_zone_asked_for_and_say_so() -> None:
    text = ["2024-07-01 12:00:00"]
    assert read(text).notes == ("'t' has no time zone, read as UTC",)
    summer = read(text, zone="Europe/Paris")
    assert int(read(text).ms[0] - summer.ms[0]) == 2 * 3_600_000
    assert "read as Europe/Paris" in summer.notes[0]
    mixed = read([*text, "2024-07-01T12:00:00Z"], zone="Europe/Paris")
    assert int(mixed.ms[1] - mixed.ms[0]) == 2 * 3_600_000


def test_typed_columns() -> None:
    moment = datetime(2024, 3, 29, 20, 32, 32, 250_000)
    for unit in ("ms", "us", "ns"):
        naive = read([moment, None], dtype=pl.Datetime(unit))
        assert (naive.ms.tolist(), naive.readable.tolist()) == ([MS, 0], [True, False])
        assert "no time zone" in naive.notes[0]
        aware = read([moment.replace(tzinfo=UTC)], dtype=pl.Datetime(unit, "Asia/Tokyo"))
        assert (aware.ms.tolist(), aware.notes) == ([MS], ())
    assert read([date(2024, 3, 29)]).ms.tolist() == [1_711_670_400_000]


def test_instants_of_options() -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    for value in (moment, date(2024, 1, 1), "2024-01-01", moment.timestamp(), "2024-01-01T02:00+02:00"):
        assert instant_ms(value, "x") == 1_704_067_200_000
    assert instant_ms(None, "x") is None
    for wrong in (datetime(2024, 1, 1), "yesterday", True, [], float("nan")):
        with pytest.raises(UsageError, match="x is"):
            instant_ms(wrong, "x")  # type: ignore[arg-type]
