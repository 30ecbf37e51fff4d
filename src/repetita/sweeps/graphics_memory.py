"""Memory of a graphics processor by day of a batch, as srs-simulator's sweeps write it down."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from repetita.errors import CorruptInput, InputMissing, InvalidColumns
from repetita.reviews.polars_errors import polars_problems

__all__ = ["MEMORY", "newest_memory_log", "read_memory_log"]

MEMORY = {"allocated": "gpu_peak_allocated_bytes", "reserved": "gpu_peak_reserved_bytes"}
FOLDER = "batch_logs"


def newest_memory_log(folder: str | os.PathLike[str]) -> Path:
    """The newest table of a batch in a folder, or in folders named ``batch_logs`` below it.

    Raises:
        InputMissing: There is none.
    """
    path = Path(folder)
    if not path.is_dir():
        raise InputMissing(f"no folder {os.fspath(folder)!r}", where=os.fspath(folder))
    found = [*path.glob("batch_*.csv"), *path.glob(f"**/{FOLDER}/batch_*.csv")]
    if not found:
        raise InputMissing(
            f"the folder {os.fspath(folder)!r} holds no table of a batch",
            hint=f"expected {FOLDER}/batch_*.csv",
            where=os.fspath(folder),
        )
    return max(found, key=lambda entry: (entry.stat().st_mtime, entry.name))


def read_memory_log(path: str | os.PathLike[str]) -> pl.DataFrame:
    r"""The table of a batch: ``day`` and the bytes of `MEMORY`, one row a day.

    Raises:
        InputMissing: No such file.
        CorruptInput: It is no table of numbers.
        InvalidColumns: A column is missing, or there is no row.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "batch_1.csv"
        ...     size = path.write_text("day,gpu_peak_allocated_bytes,gpu_peak_reserved_bytes\n0,10,20\n")
        ...     read_memory_log(newest_memory_log(folder)).rows()
        [(0.0, 10.0, 20.0)]
    """
    shown = os.fspath(path)
    if not Path(path).is_file():
        raise InputMissing(f"no file {shown!r}", where=shown)
    columns = ["day", *MEMORY.values()]
    with polars_problems(lambda _, why: CorruptInput(f"{shown!r}: {why}", where=shown), path):
        frame = pl.read_csv(Path(path), infer_schema=False)
    missing = [name for name in columns if name not in frame.columns]
    if missing or not frame.height:
        raise InvalidColumns(
            f"{shown!r} has no column {missing[0]!r}" if missing else f"{shown!r} has no rows",
            hint="a table of a batch has " + ", ".join(columns),
            where=shown,
        )
    with polars_problems(lambda _, why: CorruptInput(f"{shown!r}: {why}", where=shown), path):
        return frame.select(pl.col(columns).str.strip_chars().cast(pl.Float64))
