from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from repetita.errors import UnknownName, UsageError
from repetita.scheduling import day_rule
from repetita.scheduling.day_rule import DayGrid, DayRule, GivenDays, rule_from_dict

PARIS = DayRule("Europe/Paris", 4)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_day_begins_at_the_rollover_hour_of_the_wall_clock() -> None:
    assert PARIS.elapsed_days(at("2024-01-10T03:59:59.999+01:00"), at("2024-01-10T04:00+01:00")) == 1
    assert PARIS.elapsed_days(at("2024-01-10T04:00+01:00"), at("2024-01-11T03:59+01:00")) == 0
    assert date.fromordinal(PARIS.day(at("2024-01-10T03:00+01:00"))) == date(2024, 1, 9)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # 23 hours on the day clocks go forward, 25 when they go back: a fixed offset would be off by one day
        ("2024-03-30T04:30:00+01:00", "2024-03-31T04:10:00+02:00"),
        ("2024-10-26T04:10:00+02:00", "2024-10-27T04:10:00+01:00"),
    ],
)
def test_daylight_saving(before: str, after: str) -> None:
    assert PARIS.elapsed_days(at(before), at(after)) == 1


def test_any_aware_datetime_counts_the_same() -> None:
    moment = datetime(2024, 7, 1, 2, 30, tzinfo=UTC)
    for zone in (UTC, ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo"), timezone(timedelta(hours=-7))):
        assert PARIS.day(moment.astimezone(zone)) == PARIS.day(moment)


@pytest.mark.parametrize("rule", [PARIS, DayGrid(1_700_000_000)])
def test_naive_datetimes_are_refused_with_a_hint(rule: DayRule | DayGrid) -> None:
    with pytest.raises(UsageError, match=r"no time zone.*aware"):
        rule.day(datetime(2024, 1, 1))


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(UsageError, match="is before"):
        PARIS.elapsed_days(at("2024-01-02T00:00+00:00"), at("2024-01-01T00:00+00:00"))


@pytest.mark.parametrize(
    ("zone", "suggestion"),
    [
        ("Europe/Pariss", "Europe/Paris"),
        ("Asia/Tokio", "Asia/Tokyo"),
        ("../etc/passwd", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_unknown_zones_suggest_the_nearest(zone: str, suggestion: str) -> None:
    with pytest.raises(UnknownName, match="unknown time zone") as caught:
        DayRule(zone)
    assert suggestion in str(caught.value.hint)


def test_without_a_time_zone_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_rule, "available_timezones", set)
    monkeypatch.setattr(day_rule, "ZoneInfo", lambda zone: {}[zone])
    assert DayRule("UTC", 4).day(at("2024-01-10T03:59:00+00:00")) == date(2024, 1, 9).toordinal()
    with pytest.raises(UnknownName, match="pip install tzdata"):
        DayRule("Europe/Paris")


@pytest.mark.parametrize("hour", [-1, 24, 4.5, True, "4", None])
def test_rollover_hours_out_of_range(hour: object) -> None:
    with pytest.raises(UsageError, match="rollover_hour"):
        DayRule("UTC", hour)  # type: ignore[arg-type]


def test_rules_are_values() -> None:
    assert DayRule("UTC", 4) == DayRule() != DayRule("UTC", 5)
    assert len({DayRule(), DayRule("UTC", 4)}) == 1
    with pytest.raises(AttributeError):
        PARIS.zone = "UTC"  # type: ignore[misc]


@pytest.mark.parametrize("rule", [PARIS, DayGrid(1_728_270_000), GivenDays()])
def test_round_trips(rule: DayRule | DayGrid | GivenDays) -> None:
    assert rule_from_dict(rule.to_dict()) == rule
    assert pickle.loads(pickle.dumps(rule)) == rule
    assert rule.describe()


@pytest.mark.parametrize("data", [{}, {"kind": "zone", "zon": "UTC"}, {"kind": "moon"}, None, {"kind": []}])
def test_from_dict_refuses_what_is_no_rule(data: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="description"):
        rule_from_dict(data)


def test_from_dict_of_another_kind() -> None:
    with pytest.raises(UsageError, match="DayRule"):
        DayRule.from_dict(DayGrid(0).to_dict())


def test_the_grid_counts_blocks_of_86400_seconds_back_from_its_end() -> None:
    grid = DayGrid(next_day_at=1_728_270_000)
    for seconds_before, day in [(1, 0), (86_399, 0), (86_400, -1), (172_799, -1), (172_800, -2), (-5, 0)]:
        assert grid.day(datetime.fromtimestamp(1_728_270_000 - seconds_before, UTC)) == day
    # the second is a whole one, as Anki's: the fraction of an answer's time is cut off
    assert grid.day(datetime.fromtimestamp(1_728_270_000 - 86_400 + 0.999, UTC)) == -1


def test_given_days_know_no_clock() -> None:
    with pytest.raises(UsageError, match="given by the source"):
        GivenDays().elapsed_days(datetime.now(UTC), datetime.now(UTC))


def test_the_standard_library_is_enough() -> None:
    code = (
        "import sys, repetita.scheduling as s; s.DayRule('Europe/Paris');"
        "print([m for m in ('numpy', 'polars', 'numba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
