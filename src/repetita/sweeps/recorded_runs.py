"""A run as its log and its table of days have kept it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from repetita.errors import CorruptInput, InputMissing, UnsupportedInput, UsageError
from repetita.simulation.result import PHASES, Events
from repetita.sweeps.daily_tables import read_days
from repetita.sweeps.log_files import log_head, log_row

__all__ = ["RecordedRun", "read_run"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

DAYS_IN = {"s": 1.0 / 86400.0, "m": 1.0 / 1440.0, "h": 1.0 / 24.0, "d": 1.0}
SPAN = re.compile(r"(-?\d+(?:\.\d+)?)([smhd])")
RENAMED = {"deck_size": "deck", "user_id": "user"}
PERSON = {"learn_limit": "new_limit", "review_limit": "review_limit", "cost_limit_minutes": "minutes_limit"}
SHORT_TERM = (
    *("short_term", "short_term_source", "learning_steps", "relearning_steps"),
    *("short_term_threshold", "short_term_loops_limit"),
)
MOST_SHOWN = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class RecordedRun:
    """What a log and its table of days say of a run, under the names of `repetita.Simulation`.

    Attributes:
        source: The log.
        meta: Its first line.
        totals: Its second line.
        series: One row a day, as logs keep it.
        events: The presses, or None where the log has none.
    """

    source: str
    meta: Mapping[str, Any]
    totals: Mapping[str, Any]
    series: pl.DataFrame
    events: Events | None

    @property
    def config(self) -> dict[str, Any]:
        """What was simulated, in the form of the configuration of `repetita.Simulation`."""
        meta = {name: value for name, value in self.meta.items() if value not in (None, [], "")}
        person = {ours: meta.pop(theirs) for theirs, ours in PERSON.items() if theirs in meta}
        if "priority" in meta:
            person["priority"] = meta.pop("priority")
        short = {name: meta.pop(name) for name in SHORT_TERM if name in meta}
        found: dict[str, Any] = {RENAMED.get(name, name): value for name, value in meta.items()}
        found |= {"days": self.days, "behavior": person, "fuzz": bool(meta.get("fuzz"))}
        if short.pop("short_term", False):
            found["short_term"] = {"source": short.pop("short_term_source", None), **short}
        found["scheduler"] = found.pop("scheduler_spec", found.get("scheduler"))
        wanted = ("environment", "scheduler", "desired_retention", "deck", "seed", "short_term")
        return dict.fromkeys(wanted) | found

    @property
    def days(self) -> int:
        """Length of the run."""
        return self.series.height

    @property
    def reviews(self) -> IntArray:
        """Reviews of each day."""
        return self._counts("reviews")

    @property
    def new(self) -> IntArray:
        """Introductions of each day."""
        return self._counts("new")

    @property
    def phase_reviews(self) -> IntArray:
        """Reviews outside steps."""
        return self._counts("phase_reviews")

    @property
    def phase_lapses(self) -> IntArray:
        """Presses of Again outside steps."""
        return self._counts("phase_lapses")

    @property
    def cost_seconds(self) -> FloatArray:
        """Time of each day."""
        return self.series["cost"].fill_null(0.0).to_numpy()

    @property
    def memorized(self) -> FloatArray:
        """Remembered cards of each day."""
        return self.series["memorized"].fill_null(nan).to_numpy()

    @property
    def retention(self) -> FloatArray:
        """Share of reviews that were passed, by day; NaN on days without any."""
        return self.series["retention"].fill_null(nan).to_numpy()

    @property
    def total_new(self) -> int:
        """Introduced cards."""
        return int(self.new.sum())

    @property
    def total_reviews(self) -> int:
        """Reviews of the run."""
        return int(self.reviews.sum())

    @property
    def total_lapses(self) -> int:
        """Presses of Again in reviews."""
        return int(self.totals["total_lapses"])

    @property
    def memorized_average(self) -> float:
        """Mean over all days of the remembered cards."""
        return float(self.totals["memorized_average"])

    @property
    def minutes_per_day(self) -> float:
        """Mean time of a day."""
        return float(self.totals["time_average"])

    @property
    def memorized_per_minute(self) -> float | None:
        """Remembered cards for a minute a day, None without any time."""
        return self.memorized_average / self.minutes_per_day if self.minutes_per_day > 0.0 else None

    @property
    def projected(self) -> float:
        """Remembered cards at the end."""
        return float(self.totals["total_projected_retrievability"])

    def _counts(self, name: str) -> IntArray:
        return self.series[name].fill_null(0.0).cast(pl.Int64).to_numpy()


def read_run(path: str | os.PathLike[str]) -> RecordedRun:
    """The run that a log has kept, with its days.

    Args:
        path: The log (JSON lines), a file of the same name beside it, or a folder with one log.

    Raises:
        InputMissing: No such file, no log in the folder, or no table of days beside the log.
        UsageError: The folder holds several logs.
        UnsupportedInput: A file of another kind.
        CorruptInput: The log or the table is not what its name says.

    Example:
        >>> import tempfile
        >>> import repetita as rp
        >>> from repetita.simulation.logs import write_run
        >>> run = rp.simulate(days=20, deck=30, seed=1)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     files = write_run(run, {"environment": "fsrs6", "scheduler": "fsrs6"}, folder)
        ...     recorded = read_run(folder)
        >>> recorded.days, recorded.total_reviews == run.total_reviews
        (20, True)
    """
    log = _log(Path(path))
    row = log_row(log)
    meta, totals = log_head(log)
    for name in ("memorized_average", "time_average", "total_lapses", "total_projected_retrievability"):
        if row[name] is None:
            raise CorruptInput(f"the totals of {str(log)!r} have no {name}", where=str(log))
    days = log.with_suffix(".csv")
    if not days.is_file():
        raise InputMissing(
            f"{str(log)!r} has no table of its days beside it",
            hint="repetita simulate writes one; a sweep does with --diagnostic-csv-logs",
            where=str(days),
        )
    series = read_days(days)
    return RecordedRun(
        source=str(log), meta=meta, totals=totals, series=series, events=_events(log, series.height)
    )


def _log(path: Path) -> Path:
    if path.is_dir():
        logs = sorted(path.rglob("*.jsonl"))
        if not logs:
            raise InputMissing(
                f"the folder {str(path)!r} holds no log of a run",
                hint="expected a .jsonl file, as repetita simulate writes it",
                where=str(path),
            )
        if len(logs) > 1:
            names = ", ".join(str(log.relative_to(path)) for log in logs[:MOST_SHOWN])
            more = ", …" if len(logs) > MOST_SHOWN else ""
            raise UsageError(
                f"the folder {str(path)!r} holds {len(logs)} logs, expected one",
                hint=f"name one of them: {names}{more}",
                where=str(path),
            )
        return logs[0]
    if not path.exists():
        raise InputMissing(f"no file {str(path)!r}", where=str(path))
    if path.suffix not in (".jsonl", ".csv", ".parquet"):
        raise UnsupportedInput(f"{str(path)!r} ends in {path.suffix!r}, expected .jsonl", where=str(path))
    return path.with_suffix(".jsonl")


def _events(log: Path, days: int) -> Events | None:
    """The presses in a log; None without any."""
    rows = [_press(data, where, days) for where, data in _lines(log)]
    if not rows:
        return None
    columns: dict[str, Any] = {}
    whole = ("day", "phase", "card_id", "rating")
    for field, values in zip(fields(Events), zip(*rows, strict=True), strict=True):
        columns[field.name] = np.array(values, dtype=np.int64 if field.name in whole else np.float64)
    if (np.diff(columns["day"]) < 0).any():
        raise CorruptInput(f"the presses of {str(log)!r} are not in the order of days", where=str(log))
    return Events(**columns)


def _lines(log: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with open(log, encoding="utf-8") as file:
        for number, text in enumerate(file, start=1):
            if number <= 2 or not text.strip():
                continue
            where = f"line {number} of {str(log)!r}"
            try:
                line = json.loads(text)
            except (ValueError, RecursionError):
                raise CorruptInput(f"{where} is no JSON", where=where) from None
            if not isinstance(line, dict) or not isinstance(line.get("data"), dict):
                raise CorruptInput(f'{where} is no {{"type": …, "data": {{…}}}}', where=where)
            if line.get("type") == "event":
                yield where, line["data"]


def _press(data: Mapping[str, Any], where: str, days: int) -> tuple[Any, ...]:
    """One press, in the order of the fields of `Events`."""
    try:
        day = int(data["day"])
        if not 0 <= day < days:
            raise CorruptInput(f"{where} is of day {day}, and the run has {days} days", where=where)
        return (
            day,
            PHASES.index(data["phase"]),
            int(data["card_id"]),
            int(data["rating"]),
            nan if data.get("retrievability") is None else float(data["retrievability"]),
            float(data["cost"]),
            _days(data["interval"]),
            float(data["due"]),
            float(data["last_review"]),
            _days(data["elapsed"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise CorruptInput(f"{where} is no press: {type(error).__name__} {error}", where=where) from None


def _days(text: Any) -> float:
    """A time such as 10m, in days."""
    found = SPAN.fullmatch(str(text))
    if found is None:
        raise ValueError(f"{text!r} is no time such as 10m")
    return float(found[1]) * DAYS_IN[found[2]]
