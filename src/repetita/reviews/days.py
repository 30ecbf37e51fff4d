"""Day numbers of many instants at once: the array twin of `repetita.scheduling.day_rule`."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.errors import InputError, UsageError
from repetita.scheduling.day_rule import (
    MS_A_DAY,
    SECONDS_A_DAY,
    DayGrid,
    DayRule,
    DayRuleLike,
    zone_info,
)

if TYPE_CHECKING:
    from repetita.reviews.review_log import ReviewLog

__all__ = ["changed_days", "day_numbers", "local_to_utc_ms"]

EPOCH_ORDINAL = 719_163
FIRST_YEAR, LAST_YEAR = 1900, 2299
RANGE_MS = (-2_208_988_800_000, 10_413_792_000_000)  # the instants that those years hold


def day_numbers(times_ms: ArrayLike, rule: DayRuleLike) -> NDArray[np.int64]:
    """Day number of each instant, equal to ``rule.day`` of it.

    Args:
        times_ms: Shape (n,), Unix epoch in milliseconds, years 1900 to 2299.
        rule: A `DayRule` or `DayGrid`.

    Raises:
        InputError: An instant outside these years.
        UsageError: A rule that knows no clock.

    Example:
        >>> days = day_numbers([1_711_744_352_250, 1_711_771_200_000], DayRule("UTC", 4))
        >>> (days - days[0]).tolist()
        [0, 1]
    """
    times = np.asarray(times_ms, dtype=np.int64)
    if len(times):
        _check_range(times)
    if isinstance(rule, DayGrid):
        ago = (rule.next_day_at - times // 1000) // SECONDS_A_DAY
        return -np.maximum(ago, 0)
    if not isinstance(rule, DayRule):
        raise UsageError(f"{rule!r} cannot tell the day of an instant", hint="pass a DayRule")
    if not len(times):
        return times
    shifted = times + _offsets_ms(times, rule.zone) - rule.rollover_hour * 3_600_000
    return shifted // MS_A_DAY + EPOCH_ORDINAL


def local_to_utc_ms(wall_ms: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Instants whose wall clock in a zone shows the given times.

    A time that occurs twice is the first of the two; one that a clock change skips is read with the offset
    that held before the change.

    Args:
        wall_ms: Shape (n,), wall clock times as milliseconds since 1970-01-01 00:00 of the same clock.
        zone: IANA name.

    Example:
        >>> local_to_utc_ms(np.array([3_600_000]), "Europe/Paris").tolist()
        [0]
    """
    if not len(wall_ms):
        return wall_ms
    _check_range(wall_ms)
    # a day before and a day after, the clock shows the offset on either side of any change
    before = wall_ms - _offsets_ms(wall_ms - MS_A_DAY, zone)
    after = wall_ms - _offsets_ms(wall_ms + MS_A_DAY, zone)
    before_fits = before + _offsets_ms(before, zone) == wall_ms
    after_fits = after + _offsets_ms(after, zone) == wall_ms
    return np.where(before_fits | ~after_fits, before, after)


def changed_days(log: ReviewLog, rule: DayRuleLike) -> dict[str, Any]:
    """How much of a log another day rule would change.

    Args:
        log: A log with review times.
        rule: The other rule.

    Returns:
        ``reviews`` whose elapsed days change, ``scored`` reviews now and under the other rule, ``rule``.

    Raises:
        UsageError: The log has no clock.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> times = [1_711_744_352_250, 1_711_771_300_000]
        >>> log = ReviewLog.from_arrays(card_id=[1, 1], rating=[3, 3], review_time_ms=times)
        >>> changed_days(log, DayRule("UTC", 5))["reviews"]
        1
    """
    if not log.timed:
        raise UsageError("this log has no review times, so no other day rule can be tried")
    other = elapsed_by_rule(log.review_times_ms, log.first, rule)
    return {
        "rule": rule.describe(),
        "reviews": int(np.count_nonzero(other != log.elapsed_days)),
        "scored": int(np.count_nonzero(log.scored)),
        "scored_by_rule": int(np.count_nonzero(other > 0)),
    }


def elapsed_by_rule(
    times_ms: NDArray[np.int64], first: NDArray[np.bool_], rule: DayRuleLike
) -> NDArray[np.int32]:
    """Whole days since the row before, 0 at the first row of a card; rows card by card in time order."""
    if not len(times_ms):
        return np.empty(0, dtype=np.int32)
    elapsed = np.diff(day_numbers(times_ms, rule), prepend=0)
    elapsed[first] = 0
    # for arrays what `repetita.scheduling.day_rule.days_between` says
    return np.maximum(elapsed, 0).astype(np.int32)


def _check_range(times_ms: NDArray[np.int64]) -> None:
    low, high = int(times_ms.min()), int(times_ms.max())
    if low < RANGE_MS[0] + 2 * MS_A_DAY or high > RANGE_MS[1] - 2 * MS_A_DAY:
        raise InputError(
            f"review times reach from {low} to {high} ms, expected the years {FIRST_YEAR} to {LAST_YEAR}",
            hint="are they in another unit than milliseconds?",
        )


def _offsets_ms(times_ms: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    if zone == "UTC":
        return np.zeros(len(times_ms), dtype=np.int64)
    years = (int(times_ms.min()), int(times_ms.max()))
    first, last = (datetime.fromtimestamp(ms // 1000, UTC).year for ms in years)
    changes, offsets = _offset_table(zone, first, last)
    if len(changes) == 1:
        return np.full(len(times_ms), offsets[0])
    return offsets[np.searchsorted(changes, times_ms, side="right") - 1]


@lru_cache(maxsize=64)
def _offset_table(zone: str, first_year: int, last_year: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Instants (ms) from which on each offset (ms) of a zone holds, from some years' start to their end.

    The offset is looked up once a day and a change is found by bisection: the standard library names no
    changes, and this is the same table that `DayRule.day` uses.
    """
    info = zone_info(zone)
    start = int(datetime(first_year, 1, 1, tzinfo=UTC).timestamp()) - SECONDS_A_DAY
    end = int(datetime(last_year + 1, 1, 1, tzinfo=UTC).timestamp()) + SECONDS_A_DAY
    changes, offsets = [start], [_offset_seconds(info, start)]
    for second in range(start + SECONDS_A_DAY, end + SECONDS_A_DAY, SECONDS_A_DAY):
        while _offset_seconds(info, second) != offsets[-1]:
            low, high = max(second - SECONDS_A_DAY, changes[-1]), second
            while high - low > 1:
                middle = (low + high) // 2
                if _offset_seconds(info, middle) == offsets[-1]:
                    low = middle
                else:
                    high = middle
            changes.append(high)
            offsets.append(_offset_seconds(info, high))
    return np.array(changes) * 1000, np.array(offsets) * 1000


def _offset_seconds(info: tzinfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, info).utcoffset()
    return 0 if offset is None else offset.days * SECONDS_A_DAY + offset.seconds
