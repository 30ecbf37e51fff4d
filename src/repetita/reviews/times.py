"""Instants from a column of numbers, ISO texts or datetimes; the unit of numbers is told by their size."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from math import isfinite
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from repetita.errors import UsageError, unknown_name
from repetita.reviews.days import RANGE_MS, local_to_utc_ms
from repetita.scheduling.day_rule import MS_A_DAY

TIME_UNITS = ("auto", "s", "ms", "us", "ns", "iso")
MS_PER_UNIT: Mapping[str, float] = {"ms": 1.0, "s": 1e3, "us": 1e-3, "ns": 1e-6}
UNIT_WORDS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
EARLIEST_MS = 1_136_073_600_000  # 2006-01-01 UTC: no review of an app is older
ISO_PATTERN = (
    r"^\s*(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"(?:[Tt ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9})\d*)?)?)?"
    r"\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?\s*$"
)


class Times(NamedTuple):
    """Instants and which of them could be read.

    Attributes:
        ms: Shape (n,), Unix epoch in milliseconds, 0 where not readable.
        readable: Shape (n,), booleans.
        notes: What was guessed.
    """

    ms: NDArray[np.int64]
    readable: NDArray[np.bool_]
    notes: tuple[str, ...] = ()


def read_times(column: pl.Series, *, unit: str, zone: str | None, now_ms: int) -> Times:
    """Instants of a column.

    Args:
        column: Numbers, strings, dates or datetimes.
        unit: One of `TIME_UNITS`.
        zone: IANA name for times without an offset; None means UTC, and a note says so.
        now_ms: The present, to tell the unit of numbers.

    Raises:
        UnknownName: Another unit.

    Example:
        >>> read_times(pl.Series("t", [1711744352]), unit="auto", zone=None, now_ms=1_800_000_000_000)
        Times(ms=array([1711744352000]), readable=array([ True]), notes=("'t' is in seconds since 1970",))
    """
    if unit not in TIME_UNITS:
        raise unknown_name("time unit", unit, TIME_UNITS)
    if column.dtype in (pl.Datetime, pl.Date):
        return _from_datetimes(column, zone)
    if column.dtype.is_numeric():
        return _from_numbers(column.cast(pl.Float64, strict=False), column, unit, now_ms)
    texts = column.cast(pl.String, strict=False)
    numbers = texts.str.strip_chars().cast(pl.Float64, strict=False)
    given = len(texts) - texts.null_count()
    looks_numeric = 2 * int(numbers.is_finite().sum() or 0) > given
    if unit == "iso" or (unit == "auto" and not looks_numeric):
        return _from_iso(texts, zone)
    return _from_numbers(numbers, texts, unit, now_ms)


def likely_unit(numbers: NDArray[np.float64], now_ms: int) -> tuple[str, int]:
    """The unit in which most numbers are instants from 2006 to now, and how many are; "ms" if none are.

    Example:
        >>> likely_unit(np.array([1.7e9, 1.6e9, 3.0]), now_ms=1_800_000_000_000)
        ('s', 2)
    """
    counts = {
        unit: int(
            np.count_nonzero((numbers * factor >= EARLIEST_MS) & (numbers * factor <= now_ms + MS_A_DAY))
        )
        for unit, factor in MS_PER_UNIT.items()
    }
    best = max(counts, key=lambda unit: counts[unit])
    return best, counts[best]


def instant_ms(value: datetime | date | str | float | None, name: str) -> int | None:
    """Unix milliseconds of an option: an aware datetime, a (textual) date (midnight UTC), or Unix seconds.

    Raises:
        UsageError: Anything else.

    Example:
        >>> instant_ms("2024-01-01", "ignore_before")
        1704067200000
    """
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise UsageError(f"{name} is {value!r}, expected a date such as 2024-01-31", where=name) from None
        value = value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise UsageError(f"{name} is {value!r}, without a time zone", hint="give an aware datetime")
        return round(value.timestamp() * 1000)
    if isinstance(value, date):
        return round(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000)
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return round(value * 1000)
    raise UsageError(f"{name} is {value!r}, expected an aware datetime, a date or a Unix second", where=name)


def _from_numbers(numbers: pl.Series, original: pl.Series, unit: str, now_ms: int) -> Times:
    values = numbers.fill_null(np.nan).to_numpy()
    notes: tuple[str, ...] = ()
    if unit in ("auto", "iso"):
        unit, plausible = likely_unit(values, now_ms)
        if plausible:
            notes = (f"{original.name!r} is in {UNIT_WORDS[unit]} since 1970",)
    factor = MS_PER_UNIT[unit]
    scaled = values * factor
    readable = (scaled > RANGE_MS[0]) & (scaled < RANGE_MS[1])
    ms = np.rint(np.where(readable, scaled, 0.0)).astype(np.int64)
    if unit in ("us", "ns"):
        # past 2^53 floats skip integers, so the whole numbers are divided as such
        whole = original.cast(pl.Int64, strict=False)
        exact = (whole // round(1 / factor)).fill_null(0).to_numpy()
        ms = np.where(whole.is_not_null().to_numpy() & readable, exact, ms)
    return Times(ms, readable, notes)


def _from_datetimes(column: pl.Series, zone: str | None) -> Times:
    aware = isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None
    ms = column.cast(pl.Datetime("ms", getattr(column.dtype, "time_zone", None))).dt.epoch("ms")
    readable = (ms.is_not_null() & ms.is_between(*RANGE_MS)).fill_null(False).to_numpy()
    values = np.where(readable, ms.fill_null(0).to_numpy(), 0).astype(np.int64)
    if aware:
        return Times(values, readable)
    return _placed(values, readable, readable, zone, column.name)


def _from_iso(texts: pl.Series, zone: str | None) -> Times:
    parts = texts.str.extract_groups(ISO_PATTERN).struct.unnest()
    number = {
        name: parts[name].cast(pl.Int64, strict=False).fill_null(0).to_numpy()
        for name in ("year", "month", "day", "hour", "minute", "second")
    }
    fraction = (parts["fraction"].str.pad_end(3, "0").str.slice(0, 3)).cast(pl.Int64, strict=False)
    zones = parts["zone"]
    days, valid_day = _epoch_days(number["year"], number["month"], number["day"])
    readable = (
        valid_day & (number["hour"] < 24) & (number["minute"] < 60) & (number["second"] < 61)
    ) & parts["year"].is_not_null().to_numpy()
    seconds = number["hour"] * 3600 + number["minute"] * 60 + number["second"]
    wall = days * MS_A_DAY + seconds * 1000 + fraction.fill_null(0).to_numpy()
    wall = np.where(readable, wall, 0)
    readable &= (wall > RANGE_MS[0] + 3 * MS_A_DAY) & (wall < RANGE_MS[1] - 3 * MS_A_DAY)
    wall = np.where(readable, wall, 0)
    naive = readable & zones.is_null().to_numpy()
    return _placed(wall - _offsets_ms(zones), readable, naive, zone, texts.name)


def _epoch_days(
    year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    valid = (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(valid, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    begin = months.astype("datetime64[D]").astype(np.int64)
    length = (months + 1).astype("datetime64[D]").astype(np.int64) - begin
    return begin + day - 1, valid & (day <= length)


def _offsets_ms(zones: pl.Series) -> NDArray[np.int64]:
    signed = zones.str.extract_groups(r"^([+-])(\d{2}):?(\d{2})?$").struct.unnest()
    hours = signed.to_series(1).cast(pl.Int64, strict=False).fill_null(0).to_numpy()
    minutes = signed.to_series(2).cast(pl.Int64, strict=False).fill_null(0).to_numpy()
    sign = np.where((signed.to_series(0) == "-").fill_null(False).to_numpy(), -1, 1)
    offsets: NDArray[np.int64] = sign * (hours * 60 + minutes) * 60_000
    return offsets


def _placed(
    ms: NDArray[np.int64],
    readable: NDArray[np.bool_],
    naive: NDArray[np.bool_],
    zone: str | None,
    name: str,
) -> Times:
    """Times without an offset moved into the zone, with a note."""
    if not naive.any():
        return Times(ms, readable)
    if zone is None:
        return Times(ms, readable, (f"{name!r} has no time zone, read as UTC",))
    placed = ms.copy()
    placed[naive] = local_to_utc_ms(ms[naive], zone)
    return Times(placed, readable, (f"{name!r} has no time zone, read as {zone}",))
