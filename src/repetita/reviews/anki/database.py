"""The database of a collection, opened from a private copy: what it holds, as columns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.errors import CorruptInput, UnsupportedInput
from repetita.reviews.sniff import SQLITE_MAGIC

__all__ = ["Database", "open_database", "parse_json"]

HEADER_BYTES = 100
SCHEMAS = (11, 14, 15, 16, 17, 18)
REQUIRED = ("col", "cards", "notes", "revlog")
ROWS_A_FETCH = 50_000
# A row takes at least a byte of header and a byte of key; damaged trees may lead back into themselves.
FEWEST_BYTES_A_ROW = 2
LARGEST_VALUE = 1 << 30


class Database:
    """Read access to a collection's tables. Made by `open_database`.

    Attributes:
        name: What it is a copy of, for messages.
        schema: The collection's schema version.
        tables: Names of the tables that exist.
    """

    def __init__(self, connection: sqlite3.Connection, name: str, most_rows: int) -> None:
        self._connection = connection
        self.name = name
        self._most_rows = most_rows
        self.tables = frozenset(
            row[0] for row in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        )
        missing = [table for table in REQUIRED if table not in self.tables]
        if missing:
            raise CorruptInput(
                f"{name} is an SQLite database without the table {missing[0]!r}, so it is no Anki collection",
                hint="tables found: " + (", ".join(sorted(self.tables)) or "none"),
                where=name,
            )
        self.schema = self._schema()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        found: list[tuple[Any, ...]] = []
        for batch in self._batches(query):
            found += batch
        return found

    def integers(self, table: str, columns: Sequence[str]) -> dict[str, NDArray[np.int64]]:
        """Integer columns of a table in the order of its ids; fractions, texts and nulls are cast.

        Args:
            table: Table name.
            columns: Column names; the first one is the id.

        Returns:
            Column name -> shape (rows,), ids increasing.

        Raises:
            CorruptInput: The table is damaged, or its ids do not increase.
        """
        casts = ", ".join(f"COALESCE(CAST({column} AS INTEGER), 0)" for column in columns)
        blocks = [
            np.fromiter(chain.from_iterable(batch), np.int64, len(batch) * len(columns)).reshape(
                len(batch), -1
            )
            for batch in self._batches(f"SELECT {casts} FROM {table} ORDER BY {columns[0]}")
        ]
        if not blocks:
            return {column: np.empty(0, dtype=np.int64) for column in columns}
        read = {column: np.concatenate([b[:, i] for b in blocks]) for i, column in enumerate(columns)}
        if bool(np.any(np.diff(read[columns[0]]) <= 0)):
            raise _damaged(self.name, f"the ids of {table} are out of order")
        return read

    def texts(self, table: str, column: str) -> list[str]:
        """A text column of a table in the order of its ids; what is no text is empty."""
        values = (row[0] for row in self.rows(f"SELECT {column} FROM {table} ORDER BY id"))
        return [value if isinstance(value, str) else "" for value in values]

    def count(self, table: str) -> int:
        """Number of rows of a table."""
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])

    def collection_integer(self, column: str) -> int:
        """An integer of the one row of ``col``."""
        return int(self._collection_row(f"COALESCE(CAST({column} AS INTEGER), 0)"))

    def collection_json(self, column: str) -> dict[str, Any]:
        """A JSON object of the one row of ``col``, empty where the text is.

        Raises:
            CorruptInput: It is not a JSON object.
        """
        text = self._collection_row(column)
        return parse_json(text if isinstance(text, str | bytes) else "", f"col.{column} of {self.name}")

    def _collection_row(self, expression: str) -> Any:
        rows = self.rows(f"SELECT {expression} FROM col LIMIT 1")
        if not rows:
            raise CorruptInput(f"the table 'col' of {self.name} is empty", where=self.name)
        return rows[0][0]

    def _schema(self) -> int:
        version = self.collection_integer("ver")
        if version in SCHEMAS or version > SCHEMAS[-1]:
            return version
        raise UnsupportedInput(
            f"{self.name} has schema {version}, expected 11 or 14 to 18",
            hint="open it once in a current Anki, which brings it up to date",
            where=self.name,
        )

    def _batches(self, query: str) -> Iterator[list[tuple[Any, ...]]]:
        seen = 0
        try:
            with closing(self._connection.execute(query)) as cursor:
                while batch := cursor.fetchmany(ROWS_A_FETCH):
                    seen += len(batch)
                    if seen > self._most_rows:
                        raise _damaged(self.name, "it has more rows than bytes")
                    yield batch
        except (sqlite3.Error, OverflowError, ValueError) as error:
            raise _damaged(self.name, error) from None


@contextmanager
def open_database(path: Path, *, name: str) -> Iterator[Database]:
    """A collection's database; the file must be a private copy, since SQLite may write to it.

    Args:
        path: The copy.
        name: What it is a copy of, for messages.

    Raises:
        CorruptInput: Not a database, cut short, damaged, or without the tables of a collection.
        UnsupportedInput: A schema that is not read.
    """
    _check_header(path, name)
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)
    except sqlite3.Error as error:
        raise _damaged(name, error) from None
    with closing(connection):
        try:
            # names of decks and presets are declared with a collation that only Anki has
            connection.create_collation("unicase", _compare_folded)
            connection.text_factory = _decoded
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            raise _damaged(name, error) from None
        size = path.stat().st_size + sum(f.stat().st_size for f in path.parent.glob(path.name + "-*"))
        # no value can be longer than the file, whatever a generated column might say
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(size, LARGEST_VALUE))
        yield Database(connection, name, size // FEWEST_BYTES_A_ROW)


def parse_json(text: str | bytes, what: str) -> dict[str, Any]:
    """A JSON object, empty for an empty text.

    Raises:
        CorruptInput: Not a JSON object.

    Example:
        >>> parse_json('{"rollover": 4}', "conf")
        {'rollover': 4}
    """
    if not text:
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CorruptInput(f"{what} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise CorruptInput(f"{what} is a {type(value).__name__}, expected a JSON object")
    return value


def _check_header(path: Path, name: str) -> None:
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
    if not header.startswith(SQLITE_MAGIC):
        raise CorruptInput(f"{name} holds {header[:8]!r} where an SQLite database was expected", where=name)
    page_bytes = int.from_bytes(header[16:18], "big")
    page_bytes = 65536 if page_bytes == 1 else page_bytes
    pages = int.from_bytes(header[28:32], "big")
    # the page count is kept only by versions that also stamp the change counter beside it
    counted = header[24:28] == header[92:96]
    size = path.stat().st_size
    has_wal = path.with_name(path.name + "-wal").exists()
    if len(header) < HEADER_BYTES or (counted and not has_wal and size < pages * page_bytes):
        raise CorruptInput(
            f"{name} is cut short: its database has {size} bytes, expected {max(pages * page_bytes, 512)}",
            hint="copy or export it again",
            where=name,
        )


def _compare_folded(a: str, b: str) -> int:
    left, right = a.casefold(), b.casefold()
    return (left > right) - (left < right)


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", errors="replace")


def _damaged(name: str, error: object) -> CorruptInput:
    return CorruptInput(
        f"the database of {name} is damaged: {error}",
        hint="in Anki, Tools > Check Database may repair it",
        where=name,
    )
