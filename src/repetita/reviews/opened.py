"""Tables opened for reading: their column names first, the chosen columns when asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from repetita.errors import CorruptInput, InvalidColumns, RepetitaError, UnsupportedInput
from repetita.reviews.polars_errors import polars_problems


class Malformed(NamedTuple):
    """A row that does not fit its table.

    Attributes:
        row: Row number from 1.
        line: Line of the file it begins on.
        problem: What is wrong with it.
    """

    row: int
    line: int
    problem: str


class Loaded(NamedTuple):
    """The chosen columns of a table.

    Attributes:
        frame: One row a row of the table that fits it.
        row_numbers: Shape (n,), the row's number in the source from 1; None: they are consecutive.
        malformed: The rows that do not fit.
        notes: What was guessed.
        texts: Whether all values are texts still, as in CSV.
    """

    frame: pl.DataFrame
    row_numbers: NDArray[np.int64] | None = None
    malformed: tuple[Malformed, ...] = ()
    notes: tuple[str, ...] = ()
    texts: bool = False


class Opened(NamedTuple):
    """A table whose columns are known.

    Attributes:
        names: Its column names.
        load: Gives the columns asked for.
        source: What it is called in messages.
        doubt: What to do where the names look wrong; empty where they cannot be misread.
    """

    names: tuple[str, ...]
    load: Callable[[Sequence[str]], Loaded]
    source: str
    doubt: str = ""


def open_frame(frame: Any) -> Opened:
    """A polars or pandas frame as a table.

    Raises:
        UnsupportedInput: Another type.

    Example:
        >>> open_frame(pl.DataFrame({"cid": [1]})).names
        ('cid',)
    """
    if isinstance(frame, pl.LazyFrame):
        with polars_problems(_bad_frame, "polars frame"):
            frame = frame.collect()
    if isinstance(frame, pl.DataFrame):
        table = frame
        return Opened(tuple(table.columns), lambda names: Loaded(table.select(names)), "polars frame")
    if type(frame).__module__.partition(".")[0] == "pandas" and hasattr(frame, "columns"):
        frame = _with_index(frame)
        names = tuple(str(name) for name in frame.columns)
        places = {name: place for place, name in reversed(list(enumerate(names)))}

        def load(wanted: Sequence[str]) -> Loaded:
            return Loaded(pl.DataFrame([from_pandas(frame.iloc[:, places[n]], n) for n in wanted]))

        return Opened(names, load, "pandas frame")
    raise UnsupportedInput(
        f"cannot read reviews from something of type {type(frame).__name__}",
        hint="a path, a polars frame or a pandas frame is expected; see also ReviewLog.from_arrays",
    )


def _with_index(frame: Any) -> Any:
    """A pandas frame whose named index, after ``set_index("card_id")`` for example, is among its columns."""
    names = frame.index.names
    if (
        frame.columns.nlevels > 1
        or None in names
        or len({*names, *frame.columns}) < len(names) + len(frame.columns)
    ):
        return frame
    return frame.reset_index()


def open_parquet(path: Path) -> Opened:
    """A Parquet file as a table.

    Raises:
        CorruptInput: Damaged or truncated.
    """
    # polars gets open files: a path it would want in UTF-8, and take for a pattern
    with polars_problems(_bad_parquet, path), path.open("rb") as file:
        names = tuple(pl.read_parquet_schema(file))

    def load(wanted: Sequence[str]) -> Loaded:
        with polars_problems(_bad_parquet, path), path.open("rb") as file:
            return Loaded(pl.read_parquet(file, columns=list(wanted)))

    return Opened(names, load, str(path))


def from_pandas(series: Any, name: str) -> pl.Series:
    """A pandas column as a polars one, without Arrow."""
    dtype = series.dtype
    kind = getattr(dtype, "kind", "O")
    if kind == "M":
        aware = getattr(dtype, "tz", None) is not None
        plain = series.dt.tz_convert("UTC").dt.tz_localize(None) if aware else series
        stamps = pl.Series(name, plain.to_numpy(dtype="datetime64[ms]"))
        return stamps.dt.replace_time_zone("UTC") if aware else stamps
    if kind in "iuf" and not series.isna().any():
        return pl.Series(
            name,
            np.ascontiguousarray(
                series.to_numpy(dtype=f"{'u' if kind == 'u' else ''}int64" if kind != "f" else "float64")
            ),
        )
    if kind in "iuf":
        return pl.Series(name, series.to_numpy(dtype="float64", na_value=np.nan), nan_to_null=True)
    missing = series.isna().tolist()
    return column_of(
        name, [None if gap else value for gap, value in zip(missing, series.tolist(), strict=True)]
    )


def column_of(name: str, values: Sequence[Any]) -> pl.Series:
    """A polars column of Python values; mixed types become texts.

    Example:
        >>> column_of("a", [1, None, "x"]).to_list()
        ['1', None, 'x']
    """
    kinds = {type(value) for value in values if value is not None}
    for types, dtype in (({bool}, pl.Boolean), ({int}, pl.Int64), ({int, float}, pl.Float64)):
        if kinds <= types:
            try:
                return pl.Series(name, values, dtype=dtype)
            except (OverflowError, TypeError, pl.exceptions.PolarsError):
                break
    texts = [value if value is None or isinstance(value, str) else str(value) for value in values]
    # a lone surrogate, which JSON can spell, has no UTF-8
    return pl.Series(
        name, [t if t is None else t.encode("utf-8", "replace").decode() for t in texts], dtype=pl.String
    )


def _bad_frame(subject: object, reason: str) -> RepetitaError:
    return InvalidColumns(f"the {subject} cannot be collected: {reason}")


def _bad_parquet(path: object, reason: str) -> RepetitaError:
    return CorruptInput(
        f"{str(path)!r} is not a complete Parquet file: {reason}", hint="download it again?", where=str(path)
    )
