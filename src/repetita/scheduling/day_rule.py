"""Rules that say on which day a review was given: by a time zone, by Anki's grid, or as the source says.

A day number is an integer that grows by one a day; only differences between days of one rule mean
anything. Each rule has ``day(at)``, ``elapsed_days(earlier, later)``, ``describe()`` and ``to_dict()``;
`rule_from_dict` reads the latter back. `repetita.reviews.days` has the same for arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from repetita.arguments import whole_number
from repetita.errors import UnknownName, UsageError

__all__ = [
    "DayGrid",
    "DayRule",
    "DayRuleLike",
    "GivenDays",
    "days_between",
    "rule_from_dict",
    "utc_to_the_millisecond",
    "zone_info",
]

SECONDS_A_DAY = 86_400
MS_A_DAY = 1000 * SECONDS_A_DAY
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DayRule:
    """Days of a time zone, turning over at a given hour of the wall clock; daylight saving included.

    Attributes:
        zone: IANA name of the time zone.
        rollover_hour: Hour of the wall clock at which a new day begins, 0 to 23.

    Raises:
        UnknownName: No such zone; the nearest one is suggested.
        UsageError: The hour is not a whole number from 0 to 23.

    Example:
        >>> from datetime import datetime, timezone
        >>> rule = DayRule("Europe/Paris", rollover_hour=4)
        >>> evening = datetime(2024, 3, 30, 22, 50, tzinfo=timezone.utc)
        >>> morning = datetime(2024, 3, 31, 6, 0, tzinfo=timezone.utc)
        >>> rule.elapsed_days(evening, morning)
        1
        >>> DayRule("Europe/Pari")
        Traceback (most recent call last):
        ...
        repetita.errors.UnknownName: unknown time zone 'Europe/Pari' (did you mean 'Europe/Paris'?)
    """

    zone: str = "UTC"
    rollover_hour: int = 4
    # beginning of day 1 on the zone's own clock: day numbers are differences to it
    _anchor: datetime = field(init=False, repr=False, compare=False)
    _in_utc: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        zone = zone_info(self.zone)
        hour = whole_number(self.rollover_hour, "rollover_hour", high=23)
        object.__setattr__(self, "rollover_hour", hour)
        object.__setattr__(self, "_anchor", datetime(1, 1, 1, hour, tzinfo=zone))
        object.__setattr__(self, "_in_utc", zone is UTC)

    def day(self, at: datetime) -> int:
        """Day number of an instant: the proleptic ordinal of the local date, rollover hours earlier.

        Args:
            at: Any aware datetime.

        Raises:
            UsageError: The datetime is naive.

        Example:
            >>> from datetime import date, datetime, timezone
            >>> day = DayRule("Asia/Tokyo", 4).day(datetime(2024, 1, 1, 20, tzinfo=timezone.utc))
            >>> date.fromordinal(day).isoformat()
            '2024-01-02'
        """
        return self.day_of_aware(_aware(at))

    def day_of_aware(self, at: datetime) -> int:
        """`day` of an instant that is known to be aware."""
        anchor = self._anchor
        if self._in_utc:
            return (at - anchor).days + 1
        # of two datetimes of one zone, Python subtracts what the wall clock shows
        return (at.astimezone(anchor.tzinfo) - anchor).days + 1

    def start(self, day: int) -> datetime:
        """The instant at which a day begins, in UTC.

        Where a clock change leaves out the hour of the rollover, that is the moment of the change.

        Args:
            day: Day number, as `day` counts.

        Raises:
            UsageError: The day is before the year 1 or after the year 9999.

        Example:
            >>> from datetime import date
            >>> DayRule("Europe/Paris", 4).start(date(2024, 3, 31).toordinal()).isoformat()
            '2024-03-31T02:00:00+00:00'
        """
        try:
            wall = self._anchor + whole_days(day - 1)
            if self._in_utc:
                return wall
            begins = wall.astimezone(UTC)
        except OverflowError:
            raise UsageError(f"day {day} is not within the years 1 to 9999") from None
        left_out = begins.astimezone(wall.tzinfo) != wall
        return _end_of_gap(wall, begins) if left_out else begins

    def elapsed_days(self, earlier: datetime, later: datetime) -> int:
        """Whole days from one instant to another by this rule, 0 on the same day.

        Raises:
            UsageError: A naive datetime, or the second one is before the first.
        """
        return _elapsed(self, earlier, later)

    def describe(self) -> str:
        """The rule in words."""
        return f"days turn over at {self.rollover_hour:02d}:00 {self.zone}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description that `rule_from_dict` reads back."""
        return {"kind": "zone", "zone": self.zone, "rollover_hour": self.rollover_hour}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> DayRule:
        """The rule that `to_dict` described.

        Example:
            >>> DayRule.from_dict(DayRule("Asia/Tokyo", 3).to_dict()) == DayRule("Asia/Tokyo", 3)
            True
        """
        rule = rule_from_dict(data)
        if not isinstance(rule, cls):
            raise UsageError(f"not a description of a DayRule: kind is {data.get('kind')!r}")
        return rule


@dataclass(frozen=True, slots=True)
class DayGrid:
    """Blocks of 86 400 seconds hanging from one instant, as FSRS inside Anki counts days.

    The day number is minus the days ago, ``floor((next_day_at - second) / 86400)``, at most 0: no daylight
    saving, no historical zone.

    Attributes:
        next_day_at: Unix second at which the next day begins.

    Example:
        >>> from datetime import datetime, timezone
        >>> grid = DayGrid(next_day_at=1_728_270_000)
        >>> grid.day(datetime.fromtimestamp(1_728_270_000 - 86_400, timezone.utc))
        -1
        >>> grid.day(datetime.fromtimestamp(1_728_270_000 - 86_399, timezone.utc))
        0
    """

    next_day_at: int

    def __post_init__(self) -> None:
        if isinstance(self.next_day_at, bool) or not isinstance(self.next_day_at, int):
            raise UsageError(f"next_day_at is {self.next_day_at!r}, expected a Unix second")

    def day(self, at: datetime) -> int:
        """Day number of an instant: 0 on the last day of the grid, -1 on the day before, and so on.

        Raises:
            UsageError: The datetime is naive.
        """
        return self.day_of_aware(_aware(at))

    def day_of_aware(self, at: datetime) -> int:
        """`day` of an instant that is known to be aware."""
        since = at - EPOCH
        second = since.days * SECONDS_A_DAY + since.seconds
        return -max((self.next_day_at - second) // SECONDS_A_DAY, 0)

    def start(self, day: int) -> datetime:
        """The instant at which a day of the grid begins, in UTC; days after the last one included.

        Args:
            day: Day number, as `day` counts.

        Raises:
            UsageError: The day is before the year 1 or after the year 9999.
        """
        try:
            return EPOCH + timedelta(seconds=self.next_day_at, days=day - 1)
        except OverflowError:
            raise UsageError(f"day {day} is not within the years 1 to 9999") from None

    def elapsed_days(self, earlier: datetime, later: datetime) -> int:
        """Whole days from one instant to another by this rule, 0 on the same day.

        Raises:
            UsageError: A naive datetime, or the second one is before the first.
        """
        return _elapsed(self, earlier, later)

    def describe(self) -> str:
        """The rule in words."""
        minutes = self.next_day_at % SECONDS_A_DAY // 60
        return f"days turn over at {minutes // 60:02d}:{minutes % 60:02d} UTC, every 86400 s (Anki's grid)"

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description that `rule_from_dict` reads back."""
        return {"kind": "grid", "next_day_at": self.next_day_at}


@dataclass(frozen=True, slots=True)
class GivenDays:
    """Elapsed days were given by the source, so no clock was needed.

    Example:
        >>> GivenDays().describe()
        'elapsed days as the source gives them'
    """

    def day(self, at: datetime) -> int:
        """Not known: raises.

        Raises:
            UsageError: Always.
        """
        raise UsageError(
            "elapsed days were given by the source, so the day of an instant is not known",
            hint="pass a DayRule",
        )

    def elapsed_days(self, earlier: datetime, later: datetime) -> int:
        """Not known: raises.

        Raises:
            UsageError: Always.
        """
        return self.day(later) - self.day(earlier)

    def describe(self) -> str:
        """The rule in words."""
        return "elapsed days as the source gives them"

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description that `rule_from_dict` reads back."""
        return {"kind": "given"}


DayRuleLike: TypeAlias = DayRule | DayGrid | GivenDays


def rule_from_dict(data: Mapping[str, Any]) -> DayRuleLike:
    """The rule that a ``to_dict`` described.

    Raises:
        UsageError: Not such a description.

    Example:
        >>> rule_from_dict({"kind": "grid", "next_day_at": 1_728_270_000})
        DayGrid(next_day_at=1728270000)
    """
    fields = dict(data) if isinstance(data, Mapping) else {}
    kind = fields.pop("kind", None)
    kinds: dict[str, type[DayRuleLike]] = {"zone": DayRule, "grid": DayGrid, "given": GivenDays}
    if not isinstance(kind, str) or kind not in kinds:
        raise UsageError(f"not a description of a day rule: {data!r}", hint="write one with rule.to_dict()")
    try:
        return kinds[kind](**fields)
    except TypeError:
        raise UsageError(
            f"not a description of a day rule: {data!r}", hint="write one with rule.to_dict()"
        ) from None


def zone_info(zone: str) -> tzinfo:
    """The time zone of an IANA name; UTC needs no time zone database.

    Raises:
        UnknownName: No such zone; the nearest one is suggested.

    Example:
        >>> zone_info("UTC")
        datetime.timezone.utc
    """
    if zone == "UTC":
        return UTC
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, TypeError, AttributeError, OSError):
        pass
    known = available_timezones()
    close = get_close_matches(str(zone), known, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]!r}?" if close else "IANA names are expected, such as 'Europe/Paris'"
    if not known:
        hint = "this system has no time zone database: pip install tzdata"
    raise UnknownName(f"unknown time zone {zone!r}", hint=hint, where="time zone")


def _aware(at: datetime) -> datetime:
    if not isinstance(at, datetime) or at.utcoffset() is None:
        raise UsageError(
            f"{at!r} has no time zone, so its day is not known",
            hint="give an aware datetime, such as datetime.now(timezone.utc)",
        )
    return at


def utc_to_the_millisecond(at: datetime) -> datetime:
    """An instant in UTC, cut to the millisecond as logs keep it.

    Args:
        at: Any aware datetime.

    Raises:
        UsageError: The datetime is naive.

    Example:
        >>> utc_to_the_millisecond(datetime.fromisoformat("2024-03-31T09:30:00.123987+02:00")).isoformat()
        '2024-03-31T07:30:00.123000+00:00'
    """
    if at.__class__ is not datetime or at.tzinfo is not UTC:
        try:
            at = _aware(at).astimezone(UTC)
        except OverflowError:
            raise UsageError(f"{at!r} is not within the years 1 to 9999 in UTC") from None
    excess = at.microsecond % 1000
    return at - timedelta(microseconds=excess) if excess else at


@lru_cache(maxsize=8192)
def whole_days(days: int) -> timedelta:
    """A number of days; making a timedelta costs more than adding it."""
    return timedelta(days=days)


def days_between(earlier: int, later: int) -> int:
    """Whole days from one day number to another of the same rule.

    Example:
        >>> days_between(739_000, 739_007)
        7
    """
    # a zone that moved across the date line repeated a day: never less than none
    return later - earlier if later > earlier else 0


def _end_of_gap(wall: datetime, after: datetime) -> datetime:
    """The moment of the clock change that left out a wall clock time, given an instant not long after it."""
    low, high = -2 * SECONDS_A_DAY, 0
    while high - low > 1:
        middle = (low + high) // 2
        if (after + timedelta(seconds=middle)).astimezone(wall.tzinfo) < wall:
            low = middle
        else:
            high = middle
    return after + timedelta(seconds=high)


def _elapsed(rule: DayRule | DayGrid, earlier: datetime, later: datetime) -> int:
    first, second = _aware(earlier).astimezone(UTC), _aware(later).astimezone(UTC)
    if second < first:
        raise UsageError(f"{later.isoformat()} is before {earlier.isoformat()}", hint="swap the two")
    return days_between(rule.day_of_aware(first), rule.day_of_aware(second))
