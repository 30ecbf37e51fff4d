"""Every zone of the time zone database over its clock changes: days as the official backend counts them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest

from repetita.reviews.anki.day_timing import day_timing, zone_offset
from repetita.scheduling.day_rule import DayRule, zone_info

YEAR = 2024
AROUND = [
    timedelta(minutes=m) for m in (-1441, -601, -121, -61, -31, -1, 0, 29, 59, 119, 181, 301, 1439, 1500)
]
ROLLOVERS = (0, 2, 4, 23)


def changes(zone: str) -> list[datetime]:
    """Instants of the year at which the clock of a zone changes, to the second."""
    info, found = zone_info(zone), []
    low = datetime(YEAR, 1, 1, tzinfo=UTC)
    for _ in range(366):
        high = low + timedelta(days=1)
        if low.astimezone(info).utcoffset() != high.astimezone(info).utcoffset():
            a, b = low, high
            while b - a > timedelta(seconds=1):
                middle = a + (b - a) // 2
                same = middle.astimezone(info).utcoffset() == low.astimezone(info).utcoffset()
                a, b = (middle, b) if same else (a, middle)
            found.append(b.replace(microsecond=0))
        low = high
    return found


@pytest.mark.parametrize("rollover", ROLLOVERS)
def test_the_day_of_every_zone_is_anki_s(rollover):
    changed = 0
    for zone in sorted(available_timezones()):
        rule = DayRule(zone, rollover)
        # a collection created at the beginning of a day, as Anki notes it
        created = rule.start(date(YEAR - 1, 7, 1).toordinal())
        second = int(created.timestamp())
        for change in changes(zone):
            changed += 1
            for shift in AROUND:
                now = change + shift
                official = day_timing(
                    int(now.timestamp()),
                    created=second,
                    local_offset=zone_offset(zone, int(now.timestamp())),
                    creation_offset=zone_offset(zone, second),
                    rollover=rollover,
                )
                assert rule.day(now) - rule.day(created) == official.today, (zone, now)
    assert changed > 300


@pytest.mark.parametrize("rollover", ROLLOVERS)
def test_a_day_begins_at_its_first_second(rollover):
    for zone in sorted(available_timezones()):
        rule = DayRule(zone, rollover)
        for change in changes(zone):
            for day in range(rule.day(change) - 1, rule.day(change) + 3):
                begins = rule.start(day)
                assert rule.day(begins - timedelta(seconds=1)) < day <= rule.day(begins), (zone, begins)
