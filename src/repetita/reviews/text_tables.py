"""CSV, TSV, JSON lines and JSON arrays: the fast way first, the careful way where that fails."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from repetita.errors import CorruptInput, InputError, NoReviews, RepetitaError, UnsupportedInput
from repetita.reviews.opened import Loaded, Malformed, Opened, column_of
from repetita.reviews.polars_errors import first_line, polars_problems
from repetita.reviews.sniff import UTF16_MARKS, read_head

SEPARATORS = (",", "\t", ";", "|")
MAX_FIELD = 1 << 20


class Text(NamedTuple):
    """A decoded file and what was guessed about it."""

    content: str
    notes: tuple[str, ...]


def open_csv(path: Path, separator: str | None = None) -> Opened:
    """A delimited text file as a table; the separator is the most frequent one of the first line.

    Raises:
        NoReviews: Nothing but white space.
        UnsupportedInput: Binary content.
    """
    head = decode(read_head(path), str(path), whole=False)
    header = next((line for line in io.StringIO(head.content, newline="") if line.strip()), "").rstrip("\r\n")
    if not header:
        raise NoReviews(f"{str(path)!r} holds nothing but white space", where=str(path))
    if separator is None:
        separator = max(SEPARATORS, key=header.count)
    try:
        names = next(csv.reader([header], delimiter=separator), [])
    except csv.Error as error:
        raise _unreadable(path, f"{error} in the first line") from None
    notes = tuple(
        f"column {name!r} occurs {names.count(name)} times, the first is used"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    )

    def load(wanted: Sequence[str]) -> Loaded:
        loaded = _fast_csv(path, separator, names, wanted)
        if loaded is None:
            loaded = _careful_csv(path, separator, names, wanted)
        return loaded._replace(notes=notes + loaded.notes)

    doubt = ""
    if head.notes and not header.isascii():
        doubt = "the first line is not UTF-8: save the file as UTF-8 if the names look wrong"
    if len(names) == 1 and any(other in header for other in SEPARATORS):
        doubt = f"{separator!r} does not separate the first line: leave the format out"
    return Opened(tuple(dict.fromkeys(names)), load, str(path), doubt)


def open_json_lines(path: Path) -> Opened:
    """A file with one JSON object a line as a table."""
    try:
        with polars_problems(_unreadable, path), path.open("rb") as file:
            frame = pl.read_ndjson(file, infer_schema_length=None)
    except CorruptInput:
        return _careful_json_lines(path)
    return Opened(tuple(frame.columns), lambda names: Loaded(frame.select(names)), str(path))


def open_json(path: Path) -> Opened:
    """A JSON array of objects as a table.

    Raises:
        CorruptInput: Not JSON, or not an array of objects.
    """
    text = read_text(path)
    try:
        rows = json.loads(text.content)
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, first_line(error)) from None
    if not isinstance(rows, list):
        raise _unreadable(path, "an array of objects is expected")
    return _from_objects(path, list(enumerate(rows, start=1)), text.notes)


def read_text(path: Path) -> Text:
    """A whole file as text.

    Raises:
        InputError: The file cannot be read.
        UnsupportedInput: Binary content.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {str(path)!r}: {error.strerror or error}", where=str(path)) from None
    return decode(raw, str(path), whole=True)


def decode(raw: bytes, source: str, *, whole: bool) -> Text:
    """Bytes as text: UTF-8, UTF-16 with a mark, else Windows-1252 with a note that names the line.

    Args:
        raw: The bytes.
        source: What they are called in messages.
        whole: Whether this is all of the file; a beginning may end inside a character.

    Raises:
        UnsupportedInput: Binary content.

    Example:
        >>> decode("rating,déck".encode("latin-1"), "a.csv", whole=True)
        Text(content='rating,déck', notes=('not UTF-8 in line 1, read as Windows-1252',))
    """
    if raw.startswith(UTF16_MARKS):
        return Text(raw.decode("utf-16", errors="replace"), ("the text is UTF-16",))
    try:
        text, notes = raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        if not whole and error.start > len(raw) - 4:
            text = raw.decode("utf-8-sig", errors="ignore")
            return Text(text, ())
        line = raw.count(b"\n", 0, error.start) + 1
        # bytes that Windows-1252 leaves undefined stay visible as replacement characters
        text = raw.decode("cp1252", errors="replace")
        return _printable(Text(text, (f"not UTF-8 in line {line}, read as Windows-1252",)), source)
    return _printable(Text(text, notes), source)


def _printable(text: Text, source: str) -> Text:
    if "\0" in text.content:
        raise UnsupportedInput(
            f"{source!r} holds null characters, so it is no text",
            hint="CSV, TSV, JSON lines, Parquet and Anki collections are read",
            where=source,
        )
    return text


def _fast_csv(path: Path, separator: str, names: list[str], wanted: Sequence[str]) -> Loaded | None:
    """The wanted columns as texts, or None where polars finds fault with the file."""
    if read_head(path).startswith(UTF16_MARKS):
        return None
    try:
        with polars_problems(_unreadable, path), path.open("rb") as file:
            # all columns: polars overlooks rows that are too long when it may skip some
            frame = pl.read_csv(file, separator=separator, infer_schema=False)
    except CorruptInput:
        return None
    if len(frame.columns) != len(names):
        return None
    # by place, as polars renames columns that occur twice
    return Loaded(pl.DataFrame([frame[:, names.index(n)].alias(n) for n in wanted]), texts=True)


def _careful_csv(path: Path, separator: str, names: list[str], wanted: Sequence[str]) -> Loaded:
    """Row by row: rows with more fields than the header are set aside with their line."""
    text = read_text(path)
    reader = csv.reader(io.StringIO(text.content, newline=""), delimiter=separator, strict=True)
    previous = csv.field_size_limit(MAX_FIELD)
    places = [names.index(name) for name in wanted]
    columns: list[list[str | None]] = [[] for _ in wanted]
    rows: list[int] = []
    malformed: list[Malformed] = []
    count = 0
    try:
        for fields in reader:
            if not fields:
                continue
            if count > 0 and len(fields) > len(names):
                problem = f"{len(fields)} fields, expected {len(names)}"
                malformed.append(Malformed(count, reader.line_num, problem))
            elif count > 0:
                rows.append(count)
                for column, place in zip(columns, places, strict=True):
                    column.append(fields[place] if place < len(fields) else None)
            count += 1
    except csv.Error as error:
        raise CorruptInput(
            f"{str(path)!r} cannot be read as CSV: {error} in line {reader.line_num}",
            hint="is a quotation mark opened there and not closed?",
            where=f"line {reader.line_num}",
        ) from None
    finally:
        csv.field_size_limit(previous)
    frame = pl.DataFrame([column_of(name, column) for name, column in zip(wanted, columns, strict=True)])
    return Loaded(frame, np.array(rows, dtype=np.int64), tuple(malformed), text.notes, texts=True)


def _careful_json_lines(path: Path) -> Opened:
    text = read_text(path)
    rows: list[tuple[int, Any]] = []
    for number, line in enumerate(text.content.split("\n"), start=1):
        if line.strip():
            try:
                rows.append((number, json.loads(line)))
            except (ValueError, RecursionError) as error:
                rows.append((number, error))
    if not any(isinstance(row, dict) for _, row in rows):
        problem = rows[0][1] if rows else "nothing but white space"
        raise _unreadable(path, first_line(problem) if isinstance(problem, Exception) else "no objects in it")
    return _from_objects(path, rows, text.notes)


def _from_objects(path: Path, rows: Sequence[tuple[int, Any]], notes: tuple[str, ...]) -> Opened:
    """A table of JSON objects with the line each stands on; what is no object is malformed."""
    objects = [(row, value) for row, (_, value) in enumerate(rows, start=1) if isinstance(value, dict)]
    malformed = tuple(
        Malformed(row, line, first_line(value) if isinstance(value, Exception) else "not a JSON object")
        for row, (line, value) in enumerate(rows, start=1)
        if not isinstance(value, dict)
    )
    if not objects:
        raise NoReviews(f"{str(path)!r} holds no JSON objects", where=str(path))
    names = tuple(dict.fromkeys(name for _, value in objects for name in value))

    def load(wanted: Sequence[str]) -> Loaded:
        columns = [column_of(name, [value.get(name) for _, value in objects]) for name in wanted]
        numbers = np.array([row for row, _ in objects], dtype=np.int64)
        return Loaded(pl.DataFrame(columns), numbers, malformed, notes)

    return Opened(names, load, str(path))


def _unreadable(path: object, reason: str) -> RepetitaError:
    return CorruptInput(f"{str(path)!r} cannot be read: {reason}", where=str(path))
