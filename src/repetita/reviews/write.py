"""Writes a `ReviewLog` as Parquet or CSV, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from repetita.errors import OutputError, unknown_name
from repetita.output import atomic_path
from repetita.reviews.polars_errors import polars_problems

if TYPE_CHECKING:
    from repetita.reviews.review_log import ReviewLog

__all__ = ["write_reviews"]

SUFFIXES = (".parquet", ".csv", ".tsv")


def write_reviews(log: ReviewLog, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """The path of a file that now holds the log, in order of time, in the ecosystem's column names.

    `read_reviews` reads an equal log back (card ids that are digits in strings become numbers in CSV).

    Args:
        log: The log.
        path: File name; the suffix decides: ``.parquet``, ``.csv`` or ``.tsv``.
        force: Replace a file that is there.

    Raises:
        UnknownName: Another suffix.
        OutputExists: A file is there and ``force`` is not set.
        OutputError: The file could not be written; nothing is left behind.

    Example:
        >>> import tempfile
        >>> from repetita.reviews import ReviewLog, read_reviews
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 3), (5, 1)]])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     read_reviews(write_reviews(log, Path(folder) / "log.parquet")) == log
        True
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise unknown_name("suffix of a log file", suffix, SUFFIXES)
    frame = log.frame[log.time_order]
    # an open file, because polars wants paths in UTF-8
    with (
        atomic_path(path, force=force) as temporary,
        polars_problems(_failed, path),
        open(temporary, "wb") as file,
    ):
        if suffix == ".parquet":
            frame.write_parquet(file)
        else:
            frame.write_csv(file, separator="," if suffix == ".csv" else "\t")
    return Path(path)


def _failed(path: object, reason: str) -> OutputError:
    return OutputError(f"cannot write {str(path)!r}: {reason}", where=str(path))
