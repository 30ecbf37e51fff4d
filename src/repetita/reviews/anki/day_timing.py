"""On which day Anki is, and when its next day begins.

Anki counts days from the day a collection was created. A day begins at the rollover hour of the local clock,
with the offset from UTC that holds *now*: after a change to or from daylight saving time all past reviews
move by an hour against the day boundaries. Offsets are minutes west of UTC, so New York in winter is 300.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from repetita.scheduling.day_rule import SECONDS_A_DAY, DayRule

__all__ = ["DayTiming", "day_timing", "describe_offset", "machine_offset", "zone_offset"]


@dataclass(frozen=True, slots=True)
class DayTiming:
    """Anki's day.

    Attributes:
        today: Days since the collection was created, 0 on the first day.
        next_day_at: Unix second at which the next day begins.
    """

    today: int
    next_day_at: int


def day_timing(
    now: int,
    *,
    created: int,
    local_offset: int,
    creation_offset: int | None = None,
    rollover: int | None = None,
) -> DayTiming:
    """Anki's day at an instant.

    Args:
        now: Unix second.
        created: Unix second of the collection's creation.
        local_offset: Minutes west of UTC now.
        creation_offset: Minutes west of UTC at creation; None in collections of older versions.
        rollover: Hour at which a day begins, 0 to 23; None in collections of the first scheduler, whose days
            are blocks of 86 400 seconds from the creation.

    Example:
        >>> new_york = {"local_offset": 300, "creation_offset": 240}
        >>> day_timing(1_741_453_200, created=1_724_140_800, rollover=3, **new_york)
        DayTiming(today=200, next_day_at=1741507200)
    """
    if rollover is None:
        today = max((now - created) // SECONDS_A_DAY, 0)
        return DayTiming(today, created + (today + 1) * SECONDS_A_DAY)
    begins = _rollover_on(_local_date(now, local_offset), rollover, local_offset)
    passed = now >= begins
    next_day_at = begins + SECONDS_A_DAY if passed else begins
    if creation_offset is None:
        first = _rollover_on(_local_date(created, local_offset), rollover, local_offset)
        return DayTiming(max((now - first) // SECONDS_A_DAY, 0), next_day_at)
    days = (_local_date(now, local_offset) - _local_date(created, creation_offset)).days
    return DayTiming(max(days if passed else days - 1, 0), next_day_at)


def zone_offset(zone: str, second: int) -> int:
    """Minutes west of UTC of a time zone at an instant.

    Args:
        zone: IANA name.
        second: Unix second.

    Raises:
        UnknownName: No such zone.

    Example:
        >>> zone_offset("America/New_York", 1_741_453_200), zone_offset("Australia/Lord_Howe", 1_741_453_200)
        (300, -660)
    """
    zone = DayRule(zone).zone  # an unknown name is reported with the nearest one
    return _minutes_west(datetime.fromtimestamp(second, ZoneInfo(zone)))


def machine_offset(second: int) -> int:
    """Minutes west of UTC of this machine's clock at an instant."""
    return _minutes_west(datetime.fromtimestamp(second, UTC).astimezone())


def describe_offset(minutes_west: int) -> str:
    """An offset as people write it.

    Example:
        >>> describe_offset(240), describe_offset(-630), describe_offset(0)
        ('UTC-4', 'UTC+10:30', 'UTC')
    """
    if minutes_west == 0:
        return "UTC"
    hours, minutes = divmod(abs(minutes_west), 60)
    sign = "-" if minutes_west > 0 else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


def _local_date(second: int, minutes_west: int) -> date:
    return (datetime(1970, 1, 1) + timedelta(seconds=second - 60 * minutes_west)).date()


def _rollover_on(day: date, rollover: int, minutes_west: int) -> int:
    start = (day - date(1970, 1, 1)).days * SECONDS_A_DAY
    return start + rollover * 3600 + minutes_west * 60


def _minutes_west(local: datetime) -> int:
    offset = local.utcoffset() or timedelta(0)
    return -int(offset.total_seconds() // 60)
