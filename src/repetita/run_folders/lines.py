"""Files of one JSON object a line: appended to while a run goes on, and read when it is resumed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from repetita.errors import CorruptInput, OutputError
from repetita.output import write_atomically

__all__ = ["Row", "append_text", "json_text", "line_of", "mended_rows", "read_rows"]

Row = dict[str, Any]


def read_rows(path: str | os.PathLike[str]) -> list[Row]:
    """The lines of a JSON-lines file; none where there is no file.

    Raises:
        CorruptInput: A line that is not a JSON object.
    """
    file = Path(path)
    if not file.is_file():
        return []
    rows = []
    for number, line in enumerate(file.read_bytes().split(b"\n"), start=1):
        if line.strip():
            row = _parsed(line)
            if row is None:
                raise CorruptInput(f"line {number} of {file.name} is not a JSON object", where=str(file))
            rows.append(row)
    return rows


def mended_rows(path: Path) -> list[Row]:
    """Rows that a stopped run has left, rid of what was not written to its end."""
    if not path.is_file():
        return []
    lines = path.read_bytes().split(b"\n")
    rows = [row for line in lines if line.strip() and (row := _parsed(line)) is not None]
    write_atomically(path, "".join(line_of(row) for row in rows), force=True)
    return rows


def append_text(path: Path, text: str) -> None:
    """Adds text to a file; it is on disk before this returns.

    Raises:
        OutputError: The file cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(f"cannot write {str(path)!r}: {error.strerror}", where=str(path)) from None


def line_of(row: Mapping[str, Any]) -> str:
    r"""A row as a line.

    Example:
        >>> line_of({"user": 1})
        '{"user": 1}\n'
    """
    return json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"


def json_text(content: Mapping[str, Any] | Sequence[Any]) -> str:
    """Content as a JSON file that people can read."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _parsed(line: bytes) -> Row | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None
