"""The table of results: one typed row a run, with what was simulated and what came out.

It is kept as Parquet. Logs of runs in the ecosystem's layout are read into the same table; nothing is ever
parsed out of a file's name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from repetita.errors import CorruptInput, InputMissing, InvalidColumns, UnsupportedInput, UsageError
from repetita.output import write_atomically
from repetita.reviews.polars_errors import polars_problems
from repetita.run_folders import CONFIG
from repetita.sweeps.log_files import log_row

if TYPE_CHECKING:
    from repetita.simulation import Simulation

__all__ = ["SCHEMA", "RunTable", "read_results", "results_table", "runs_table", "write_results"]

SETTINGS: dict[str, pl.DataType] = {
    "user_id": pl.Int64(),
    "environment": pl.String(),
    "scheduler": pl.String(),
    "desired_retention": pl.Float64(),
    "fixed_interval": pl.Float64(),
    "policy": pl.String(),
    "cost_weight": pl.Float64(),
    "seed": pl.Int64(),
    "engine": pl.String(),
    "fuzz": pl.Boolean(),
    "short_term": pl.Boolean(),
    "short_term_source": pl.String(),
    "priority": pl.String(),
    "scheduler_priority": pl.String(),
    "days": pl.Int64(),
    "deck_size": pl.Int64(),
    "learn_limit": pl.Float64(),
    "review_limit": pl.Float64(),
    "cost_limit_minutes": pl.Float64(),
}
TOTALS: dict[str, pl.DataType] = {
    "memorized_average": pl.Float64(),
    "time_average": pl.Float64(),
    "reviews_average": pl.Float64(),
    "avg_accum_memorized_per_hour": pl.Float64(),
    "total_reviews": pl.Int64(),
    "total_lapses": pl.Int64(),
    "total_cost": pl.Float64(),
    "total_projected_retrievability": pl.Float64(),
    "learning_time_average": pl.Float64(),
    "review_time_average": pl.Float64(),
    "no_review_memorized_average": pl.Float64(),
    "review_memory_gain_average": pl.Float64(),
}
SCHEMA: dict[str, pl.DataType] = {**SETTINGS, **TOTALS, "modified": pl.Float64(), "source": pl.String()}
"""Columns of the table with their types. All may be null but the four of `REQUIRED`; times are minutes a day,
``total_cost`` is seconds, ``modified`` is the time of the file in seconds since 1970."""

REQUIRED = ("environment", "scheduler", "memorized_average", "time_average")
LOG, TABLE = ".jsonl", ".parquet"
RESULTS = "results.parquet"
RunTable = pl.DataFrame | str | os.PathLike[str] | Sequence[Any]


def results_table(results: RunTable) -> pl.DataFrame:
    """The table of results, from whatever holds them.

    Args:
        results: A table, a path or several (see `read_results`), or runs of `repetita.simulate`.

    Raises:
        UsageError: Something else.
        InputError: Files that cannot be read; a column that is missing or holds another kind of values.

    Example:
        >>> import repetita as rp
        >>> runs = [rp.simulate(days=20, deck=20, desired_retention=r, seed=1) for r in (0.8, 0.9)]
        >>> results_table(runs)["desired_retention"].to_list()
        [0.8, 0.9]
    """
    from repetita.simulation import Simulation

    if isinstance(results, pl.DataFrame):
        return typed(results, "the table")
    if isinstance(results, str | os.PathLike):
        return read_results(results)
    if isinstance(results, Simulation):
        return runs_table([results])
    parts = list(results) if isinstance(results, Iterable) else [results]
    if parts and all(isinstance(part, Simulation) for part in parts):
        return runs_table(cast("list[Simulation]", parts))
    if parts and all(isinstance(part, str | os.PathLike) for part in parts):
        return read_results(*parts)
    found = type(parts[0]).__name__ if parts else "nothing"
    raise UsageError(
        f"results are {found}, expected a polars table, paths, or runs of repetita.simulate", where="results"
    )


def runs_table(runs: Sequence[Simulation]) -> pl.DataFrame:
    """Runs of `repetita.simulate` as rows of the table; the ``user`` of a run is its ``user_id``.

    Example:
        >>> import repetita as rp
        >>> row = runs_table([rp.simulate(days=20, deck=20, scheduler="fixed@7", seed=1)])
        >>> row["scheduler"][0], row["fixed_interval"][0]
        ('fixed', 7.0)
    """
    from repetita.sweeps.run_rows import run_row

    return _table([run_row(run) for run in runs])


def read_results(*paths: str | os.PathLike[str]) -> pl.DataFrame:
    """The table of results that files hold.

    Args:
        paths: Folders of runs of `repetita.sweep`, Parquet tables, logs of runs (JSON lines whose first two
            are ``meta`` and ``totals``), or folders with such at any depth. Where a table and a log stand
            side by side under one name, as ``repetita simulate`` writes them, the table is read; of the
            folder of a sweep nothing but its table.

    Raises:
        InputMissing: No such file, a folder without any, or a run that is not finished.
        UnsupportedInput: A file that ends otherwise.
        CorruptInput: A file that is not what its name says.
        InvalidColumns: A column is missing or holds another kind of values.

    Example:
        >>> import tempfile
        >>> import repetita as rp
        >>> runs = [rp.simulate(days=20, deck=20, desired_retention=r, seed=1) for r in (0.8, 0.9)]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = write_results(results_table(runs), Path(folder) / "results.parquet")
        ...     read_results(folder).height
        2
    """
    if not paths:
        raise UsageError("no results given, expected files or folders", where="results")
    rows: list[dict[str, Any]] = []
    tables: list[pl.DataFrame] = []
    for path in _files(paths):
        modified = path.stat().st_mtime
        if path.suffix == LOG:
            rows.append(log_row(path) | {"modified": modified, "source": str(path)})
            continue
        with polars_problems(_unreadable, path):
            frame = pl.read_parquet(path)
        origin = {"modified": pl.lit(modified), "source": pl.lit(str(path))}
        frame = frame.with_columns(**{name: value for name, value in origin.items() if name not in frame})
        tables.append(typed(frame, repr(str(path))))
    return pl.concat([*tables, *([_table(rows)] if rows else [])], how="vertical")


def write_results(
    table: pl.DataFrame, path: str | os.PathLike[str], *, force: bool = False, json_lines: bool = False
) -> Path:
    """The path of a file that now holds the table.

    Args:
        table: As `results_table` gives it.
        path: Where to write.
        force: Replace a file that is there.
        json_lines: One JSON object a run in place of Parquet.

    Raises:
        OutputExists: A file is there and ``force`` is not set.
        OutputError: The file cannot be written.
    """
    buffer = BytesIO()
    checked = typed(table, "the table")
    if json_lines:
        checked.write_ndjson(buffer)
    else:
        checked.write_parquet(buffer)
    return write_atomically(path, buffer.getvalue(), force=force)


def typed(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """The columns of the table in their types and order; further ones are left out, missing ones are null.

    Raises:
        InvalidColumns: A column that is required is missing, or values are of another kind.
    """
    missing = [name for name in REQUIRED if name not in frame.columns]
    if missing:
        raise InvalidColumns(
            f"{where} has no column {missing[0]!r}", hint="a table of results has " + ", ".join(REQUIRED)
        )
    for name in ("environment", "scheduler"):
        if frame[name].null_count():
            raise InvalidColumns(f"column {name!r} of {where} has empty places", where=name)
    columns = []
    for name, kind in SCHEMA.items():
        if name not in frame.columns:
            columns.append(pl.lit(None, dtype=kind).alias(name))
            continue
        given = frame.schema[name]
        if not _fits(given, kind):
            raise InvalidColumns(f"column {name!r} of {where} holds {given}, expected {kind}", where=name)
        columns.append(pl.col(name).cast(kind))
    with polars_problems(lambda what, why: InvalidColumns(f"{what}: {why}"), where):
        # an integer column of floats must not lose a fraction, which a plain cast would cut
        _whole(frame, where)
        return frame.select(columns)


def _fits(given: pl.DataType, kind: pl.DataType) -> bool:
    if given == pl.Null or given == kind:
        return True
    return given.is_numeric() and kind.is_numeric()


def _whole(frame: pl.DataFrame, where: str) -> None:
    for name, kind in SCHEMA.items():
        if kind.is_integer() and name in frame.columns and frame.schema[name].is_float():
            broken = frame.filter(pl.col(name).is_not_null() & (pl.col(name) != pl.col(name).round()))
            if broken.height:
                value = broken[name][0]
                raise InvalidColumns(
                    f"column {name!r} of {where} holds {value}, expected whole numbers", where=name
                )


def _table(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA)


def _files(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    found: list[Path] = []
    for given in paths:
        path = Path(given)
        if path.is_dir():
            found += _inside(path)
        elif not path.exists():
            raise InputMissing(f"no file {str(path)!r}", where=str(path))
        elif path.suffix not in (LOG, TABLE):
            raise UnsupportedInput(
                f"{str(path)!r} ends in {path.suffix!r}, expected .parquet or .jsonl", where=str(path)
            )
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _inside(folder: Path) -> list[Path]:
    """Files with results in a folder at any depth."""
    entries = sorted(folder.rglob("*"))
    runs = {entry.parent for entry in entries if entry.name == CONFIG}
    tables = [_table_of_run(run) for run in sorted(runs)]
    loose = [e for e in entries if e.suffix in (LOG, TABLE) and not runs.intersection(e.parents)]
    beside = {entry.with_suffix("") for entry in loose if entry.suffix == TABLE}
    chosen = tables + [e for e in loose if e.suffix == TABLE or e.with_suffix("") not in beside]
    if not chosen:
        raise InputMissing(
            f"the folder {str(folder)!r} holds no results", hint="expected .parquet or .jsonl files"
        )
    return chosen


def _table_of_run(folder: Path) -> Path:
    if not (folder / RESULTS).is_file():
        raise InputMissing(
            f"the run in {str(folder)!r} has no {RESULTS}: it is not finished, or no sweep",
            hint="start it again, it goes on where it ended",
            where=str(folder),
        )
    return folder / RESULTS


def _unreadable(path: object, reason: str) -> CorruptInput:
    return CorruptInput(f"{str(path)!r} is no Parquet table: {reason}", where=str(path))
