from __future__ import annotations

from datetime import UTC, datetime

import pytest

from repetita.errors import UnknownName
from repetita.reviews.anki.day_timing import day_timing, describe_offset, machine_offset, zone_offset


def second(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


CREATED = second("2024-01-01T08:00")  # 04:00 in UTC-4


def timing(
    now: str, *, west: int = 240, creation: int | None = 240, rollover: int | None = 4
) -> tuple[int, int]:
    found = day_timing(
        second(now), created=CREATED, local_offset=west, creation_offset=creation, rollover=rollover
    )
    return found.today, found.next_day_at


def test_a_day_begins_at_the_rollover_hour_of_the_local_clock() -> None:
    assert timing("2024-01-02T07:59:59") == (0, second("2024-01-02T08:00"))
    assert timing("2024-01-02T08:00") == (1, second("2024-01-03T08:00"))


def test_days_are_counted_between_local_dates_with_the_offset_of_each_end() -> None:
    # an hour further east than at creation: the day turns over an hour earlier
    assert timing("2024-06-01T07:00", west=180) == (152, second("2024-06-02T07:00"))
    assert timing("2024-06-01T06:59", west=180) == (151, second("2024-06-01T07:00"))


def test_a_clock_before_the_creation_is_still_day_zero() -> None:
    assert timing("2023-12-25T12:00")[0] == 0


def test_without_an_offset_at_creation_whole_days_are_counted_from_the_first_rollover() -> None:
    # created 04:00 local: whole days since
    assert timing("2024-01-03T07:59", creation=None) == (1, second("2024-01-03T08:00"))
    assert timing("2024-01-03T08:00", creation=None) == (2, second("2024-01-04T08:00"))


def test_the_first_scheduler_counts_blocks_from_the_creation() -> None:
    assert timing("2024-01-03T07:59", west=-600, rollover=None) == (1, CREATED + 2 * 86_400)


def test_offsets_follow_daylight_saving_time() -> None:
    assert zone_offset("America/New_York", second("2024-07-01T00:00")) == 240
    assert zone_offset("America/New_York", second("2024-12-01T00:00")) == 300
    assert zone_offset("Australia/Lord_Howe", second("2024-07-01T00:00")) == -630
    assert machine_offset(second("2024-07-01T00:00")) % 1 == 0
    with pytest.raises(UnknownName, match="Europe/Paris"):
        zone_offset("Europe/Pari", 0)


def test_offsets_are_written_as_people_write_them() -> None:
    assert [describe_offset(m) for m in (300, -540, -345, 210)] == ["UTC-5", "UTC+9", "UTC+5:45", "UTC-3:30"]
