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

import json
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from repetita.benchmarking.environment import environment
from repetita.errors import CorruptInput, OutputError, OutputExists, UsageError
from repetita.output import file_name, write_atomically

__all__ = ["Row", "RunFolder", "read_rows"]

Row = dict[str, Any]
CONFIG, PART, RESULTS, FAILURES = "run.toml", "results.part.jsonl", "results.jsonl", "failures.jsonl"
ENVIRONMENT, INPUTS, BY_MODEL = "environment.json", "inputs.json", "by_model"


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
        self.path = Path(path)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot make {str(path)!r}: {error.strerror}", where=str(path)) from None
        if (self.path / CONFIG).is_file():
            _same(self.path, read_config(self.path), dict(config))
        elif any(self.path.iterdir()):
            raise OutputExists(
                f"the folder {str(path)!r} holds other things than a run",
                hint="choose another folder",
                where=str(path),
            )
        else:
            self._write(CONFIG, toml(config))
            self._write(ENVIRONMENT, _json(environment()))
        part = self.path / PART
        self.rows = _unique([*read_rows(self.path / RESULTS), *_mended(part)])
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
            lines["metrics" in row] += _line(row)
        for name, text in ((PART, lines[True]), (FAILURES, lines[False])):
            if text:
                _append(self.path / name, text)

    def close(self, inputs: Mapping[str, Any], texts: Mapping[str, str | bytes]) -> None:
        """Sort the results and write them, the failures, the inputs and further files.

        Args:
            inputs: Content of inputs.json.
            texts: Name to content of further files.
        """
        self.rows.sort(key=_order)
        self.problems = sorted(_unique(self.problems), key=_order)
        self._write(RESULTS, "".join(_line(row) for row in self.rows))
        self._write(FAILURES, "".join(_line(row) for row in self.problems))
        self._write(INPUTS, _json(inputs))
        (self.path / BY_MODEL).mkdir(exist_ok=True)
        for label in dict.fromkeys(str(row["model"]) for row in self.rows):
            mine = "".join(_line(row) for row in self.rows if row["model"] == label)
            self._write(f"{BY_MODEL}/{file_name(label)}.jsonl", mine)
        for name, text in texts.items():
            self._write(name, text)
        (self.path / PART).unlink(missing_ok=True)

    def _write(self, name: str, content: str | bytes) -> None:
        write_atomically(self.path / name, content, force=True)


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


def read_config(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """What the run in a folder was asked for.

    Raises:
        CorruptInput: There is no readable run.toml.
    """
    try:
        return tomllib.loads((Path(folder) / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorruptInput(f"no run in {str(folder)!r}: {error}", where=str(folder)) from None


def key_of(row: Mapping[str, Any]) -> tuple[Any, str]:
    """What a row is the result of: user and model."""
    return row.get("user"), str(row.get("model"))


def toml(config: Mapping[str, Any]) -> str:
    """A flat mapping as TOML.

    Example:
        >>> print(toml({"models": ["fsrs6"], "folds": 5, "rows": "days"}), end="")
        models = ["fsrs6"]
        folds = 5
        rows = "days"
    """
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in config.items() if value is not None)


def _same(folder: Path, there: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    wanted = tomllib.loads(toml(asked))
    other = sorted(name for name in {*there, *wanted} if there.get(name) != wanted.get(name))
    if other:
        told = "; ".join(f"{name} is {there.get(name)!r}, not {wanted.get(name)!r}" for name in other)
        raise UsageError(
            f"the folder {str(folder)!r} holds another run: {told}",
            hint="ask for the same, or choose another folder",
            where=str(folder),
        )


def _mended(part: Path) -> list[Row]:
    """Results of a run that was stopped, rid of what was not written to its end."""
    if not part.is_file():
        return []
    lines = part.read_bytes().split(b"\n")
    rows = [row for line in lines if line.strip() and (row := _parsed(line)) is not None]
    whole = "".join(_line(row) for row in rows)
    write_atomically(part, whole, force=True)
    return rows


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(f"cannot write {str(path)!r}: {error.strerror}", where=str(path)) from None


def _parsed(line: bytes) -> Row | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def _unique(rows: Iterable[Row]) -> list[Row]:
    return list({key_of(row): row for row in rows}.values())


def _order(row: Row) -> tuple[str, bool, int, str]:
    user = row.get("user")
    number = isinstance(user, int)
    return (str(row.get("model")), not number, int(user) if number else 0, str(user))  # type: ignore[arg-type]


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"


def _json(content: Mapping[str, Any] | Sequence[Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
