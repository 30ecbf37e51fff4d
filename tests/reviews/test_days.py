from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.errors import InputError, UsageError
from repetita.reviews import ReviewLog
from repetita.reviews.days import changed_days, day_numbers, local_to_utc_ms
from repetita.scheduling import DayGrid, DayRule, GivenDays

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = sorted(name for name in available_timezones() if "/" in name and not name.startswith("posix"))
MS = st.integers(1_136_073_600_000, 4_102_444_800_000)  # 2006 to 2100, past the tables of many programs
# the hours around changes of the clock in Paris, New York, Lord Howe (half an hour), Apia (a day skipped)
CHANGES = st.sampled_from([1711846800000, 1729990800000, 1710054000000, 1728142200000, 1325239200000])
NEAR = st.tuples(CHANGES, st.integers(-90_000_000, 90_000_000)).map(sum)


def moment(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)


@settings(max_examples=120, deadline=None)
@given(
    zone=st.sampled_from([*ZONES, "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
    hour=st.integers(0, 23),
    times=st.lists(st.one_of(MS, NEAR), min_size=1, max_size=20),
)
def test_arrays_count_days_as_scalars_do(zone: str, hour: int, times: list[int]) -> None:
    rule = DayRule(zone, hour)
    assert day_numbers(times, rule).tolist() == [rule.day(moment(ms)) for ms in times]


@given(end=st.integers(1_600_000_000, 1_800_000_000), times=st.lists(MS, max_size=20))
def test_arrays_count_grid_days_as_scalars_do(end: int, times: list[int]) -> None:
    grid = DayGrid(end)
    assert day_numbers(times, grid).tolist() == [grid.day(moment(ms)) for ms in times]


@settings(max_examples=120, deadline=None)
@given(zone=st.sampled_from(ZONES), times=st.lists(st.one_of(MS, NEAR), min_size=1, max_size=20))
def test_wall_clocks_are_read_back(zone: str, times: list[int]) -> None:
    info = ZoneInfo(zone)
    walls = [moment(ms).astimezone(info).replace(tzinfo=None, fold=0) for ms in times]
    wall_ms = np.array([(wall - datetime(1970, 1, 1)) // timedelta(milliseconds=1) for wall in walls])
    # fold 0: the first of two equal wall clocks
    expected = [wall.replace(tzinfo=info).astimezone(UTC) for wall in walls]
    found = [moment(int(ms)) for ms in local_to_utc_ms(wall_ms, zone)]
    assert found == expected


def test_wall_clocks_that_a_change_skips() -> None:
    skipped = (datetime(2024, 3, 31, 2, 30) - datetime(1970, 1, 1)) // timedelta(milliseconds=1)
    found = moment(int(local_to_utc_ms(np.array([skipped]), "Europe/Paris")[0]))
    assert found == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)


def test_instants_of_no_calendar_are_refused() -> None:
    for rule in (DayRule(), DayGrid(1_700_000_000)):
        for ms in (10**17, -(10**17)):
            with pytest.raises(InputError, match="1900 to 2299"):
                day_numbers([0, ms], rule)


def test_a_rule_without_a_clock_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot tell"):
        day_numbers([0], GivenDays())


def test_changed_days_names_what_another_rule_changes() -> None:
    evening, night, next_noon = 1711744352250, 1711760400000, 1711800000000  # 20:32, 01:00, 12:00 UTC
    log = ReviewLog.from_arrays(
        card_id=[1, 1, 1], rating=[3, 3, 3], review_time_ms=[evening, night, next_noon]
    )
    assert log.elapsed_days.tolist() == [0, 0, 1]
    found = changed_days(log, DayRule("UTC", 0))
    assert (found["reviews"], found["scored"], found["scored_by_rule"]) == (2, 1, 1)
    with pytest.raises(UsageError, match="no review times"):
        changed_days(ReviewLog.from_histories([[(0, 3)]]), DayRule())
