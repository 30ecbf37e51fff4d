"""Series by day of the runs that are chosen from some results: the tables that stand beside their logs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from repetita.errors import CorruptInput, InputMissing, InvalidColumns
from repetita.reviews.polars_errors import polars_problems
from repetita.simulation import Simulation
from repetita.sweeps.results import RunTable, results_table
from repetita.sweeps.selection import select

__all__ = ["DailyRun", "daily_runs", "read_days"]

COLUMNS = (
    *("day", "reviews", "new", "retention", "cost", "memorized"),
    *("phase_reviews", "phase_lapses", "short_loops"),
)
NEEDED = COLUMNS[:6]


@dataclass(frozen=True, eq=False)
class DailyRun:
    """A run with its days.

    Attributes:
        row: Its row in the table of results, with ``line`` and ``label``.
        days: One row a day with the columns of a log's daily table; null where a series is not there.
    """

    row: dict[str, Any]
    days: pl.DataFrame


def daily_runs(results: RunTable, **selection: Any) -> tuple[DailyRun, ...]:
    """The runs that are chosen, with their days.

    Args:
        results: Runs of `repetita.simulate`; or files or folders of logs with their daily tables beside them,
            under the same name with ``.csv``, or a table of results whose ``source`` names such files.
        **selection: Options of `repetita.pareto` that choose rows.

    Raises:
        InputMissing: No run has a table of days.
        InputError: One that cannot be read.

    Example:
        >>> import repetita as rp
        >>> runs = daily_runs([rp.simulate(days=20, deck=20, desired_retention=r) for r in (0.8, 0.9)])
        >>> [run.row["label"] for run in runs], runs[0].days.height
        (['DR=80%', 'DR=90%'], 20)
    """
    made = _simulated(results)
    if made is not None:
        frames: dict[str, pl.DataFrame | Path] = {f"run {number}": one for number, one in enumerate(made)}
        table = results_table(results).with_columns(pl.Series("source", list(frames), dtype=pl.String))
    else:
        table = results_table(_logs_with_days(results))
        frames = _beside(table["source"].drop_nulls().unique().to_list())
    beside = table.filter(pl.col("source").is_in(list(frames)))
    if not beside.height:
        raise InputMissing(
            "none of these runs has a table of its days beside its log",
            hint="repetita simulate writes one; a sweep does with --diagnostic-csv-logs",
            where="results",
        )
    chosen = select(beside, **selection).table
    return tuple(DailyRun(row, _days(frames[row["source"]])) for row in chosen.to_dicts())


def _simulated(results: RunTable) -> list[pl.DataFrame] | None:
    """The days of runs in memory, None where results are none."""
    from repetita.simulation.logs import daily_frame

    if isinstance(results, Simulation):
        return [daily_frame(results)]
    runs = list(results) if isinstance(results, list | tuple) else []
    return [daily_frame(run) for run in runs] if runs and isinstance(runs[0], Simulation) else None


def _logs_with_days(results: RunTable) -> RunTable:
    """Folders replaced by the logs in them that have a table of days beside them, where there are some."""
    if isinstance(results, pl.DataFrame):
        return results
    paths = [results] if isinstance(results, str | os.PathLike) else list(results)
    if not all(isinstance(path, str | os.PathLike) for path in paths):
        return results
    found: list[Path] = []
    for path in map(Path, paths):
        logs = sorted(path.rglob("*.jsonl")) if path.is_dir() else []
        found += [log for log in logs if log.with_suffix(".csv").is_file()] or [path]
    return found


def _beside(sources: Sequence[str]) -> dict[str, pl.DataFrame | Path]:
    paths = {source: Path(source).with_suffix(".csv") for source in sources}
    return {source: path for source, path in paths.items() if path.is_file()}


def _days(given: pl.DataFrame | Path) -> pl.DataFrame:
    return read_days(given) if isinstance(given, Path) else _typed(given)


def read_days(path: Path) -> pl.DataFrame:
    """The table of days in a file.

    Raises:
        CorruptInput: It is no table of numbers.
        InvalidColumns: A column is missing, or days do not count up.
    """
    with polars_problems(lambda _, why: CorruptInput(f"{str(path)!r}: {why}", where=str(path)), path):
        frame = pl.read_csv(path, infer_schema=False)
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        raise InvalidColumns(
            f"{str(path)!r} has no column {missing[0]!r}",
            hint="a table of days has " + ", ".join(COLUMNS),
            where=str(path),
        )
    numbers = frame.select(
        pl.col(name).str.strip_chars().replace("", None) for name in COLUMNS if name in frame.columns
    )
    with polars_problems(lambda _, why: CorruptInput(f"{str(path)!r}: {why}", where=str(path)), path):
        typed = _typed(numbers.cast(pl.Float64))
    day = typed["day"]
    if not typed.height or day.null_count() or (day != pl.int_range(typed.height, eager=True) + day[0]).any():
        raise InvalidColumns(f"the days of {str(path)!r} do not count up by one", where=str(path))
    return typed


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    """All columns, as floats; null where there is no number."""
    columns = [pl.col(name) if name in frame.columns else pl.lit(None).alias(name) for name in COLUMNS]
    return frame.select(columns).cast(pl.Float64).fill_nan(None).with_columns(pl.col("day").cast(pl.Int64))
