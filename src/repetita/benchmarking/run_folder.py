"""A run on disk: plain files that a killed run leaves whole, and that a resumed run goes on with.

    run.toml            what was asked for; a folder takes up the same run only
    environment.json    versions, processor, digest of the code
    inputs.json         users, their sizes, digests of what was read
    results.part.jsonl  one line a result, appended as it is found and flushed to disk
    failures.jsonl      what has no result, and why
    results.jsonl       when all is done: the lines sorted, written beside and renamed
    by_model/*.jsonl    the same, one file a model, as the ecosystem's tools want them
    summary.*           tables of the whole run

A line that a killed run left half written is dropped, and its result made again; nothing else is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from repetita.output import file_name, write_atomically
from repetita.run_folders import (
    INPUTS,
    Row,
    append_text,
    json_text,
    line_of,
    mended_rows,
    open_run,
    read_rows,
)

__all__ = ["RunFolder"]

PART, RESULTS, FAILURES, BY_MODEL = "results.part.jsonl", "results.jsonl", "failures.jsonl", "by_model"


class RunFolder:
    """The folder of one run.

    Args:
        path: The folder; made when it is not there.
        config: What is asked for: texts, numbers, lists of them.

    Raises:
        OutputExists: There are other things in the folder.
        UsageError: The folder holds a run that was asked for otherwise.
        OutputError: The folder cannot be made or written to.
    """

    def __init__(self, path: str | os.PathLike[str], config: Mapping[str, Any]) -> None:
        self.path = open_run(path, config)
        part = self.path / PART
        self.rows = _unique([*read_rows(self.path / RESULTS), *mended_rows(part)])
        self.problems = [row for row in read_rows(self.path / FAILURES) if row.get("skipped")]

    @property
    def done(self) -> set[tuple[Any, str]]:
        """User and model of every result, and of everything that can have none."""
        return {key_of(row) for row in (*self.rows, *self.problems)}

    def append(self, rows: Iterable[Row]) -> None:
        """Keep results, on disk before this returns."""
        lines = {True: "", False: ""}
        for row in rows:
            (self.rows if "metrics" in row else self.problems).append(row)
            lines["metrics" in row] += line_of(row)
        for name, text in ((PART, lines[True]), (FAILURES, lines[False])):
            if text:
                append_text(self.path / name, text)

    def close(self, inputs: Mapping[str, Any], texts: Mapping[str, str | bytes]) -> None:
        """Sort the results and write them, the failures, the inputs and further files.

        Args:
            inputs: Content of inputs.json.
            texts: Name to content of further files.
        """
        self.rows.sort(key=_order)
        self.problems = sorted(_unique(self.problems), key=_order)
        self._write(RESULTS, "".join(line_of(row) for row in self.rows))
        self._write(FAILURES, "".join(line_of(row) for row in self.problems))
        self._write(INPUTS, json_text(inputs))
        (self.path / BY_MODEL).mkdir(exist_ok=True)
        for label in dict.fromkeys(str(row["model"]) for row in self.rows):
            mine = "".join(line_of(row) for row in self.rows if row["model"] == label)
            self._write(f"{BY_MODEL}/{file_name(label)}.jsonl", mine)
        for name, text in texts.items():
            self._write(name, text)
        (self.path / PART).unlink(missing_ok=True)

    def _write(self, name: str, content: str | bytes) -> None:
        write_atomically(self.path / name, content, force=True)


def key_of(row: Mapping[str, Any]) -> tuple[Any, str]:
    """What a row is the result of: user and model."""
    return row.get("user"), str(row.get("model"))


def _unique(rows: Iterable[Row]) -> list[Row]:
    return list({key_of(row): row for row in rows}.values())


def _order(row: Row) -> tuple[str, bool, int, str]:
    user = row.get("user")
    number = isinstance(user, int)
    return (str(row.get("model")), not number, int(user) if number else 0, str(user))  # type: ignore[arg-type]
