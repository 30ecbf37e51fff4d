"""The folder of a sweep: its table of results, and what it says of how they came about."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from repetita.errors import CorruptInput, InputError, InputMissing, UnsupportedInput
from repetita.plurals import counted
from repetita.run_folders import CONFIG, ENVIRONMENT, INPUTS, SUMMARY, read_rows
from repetita.sweeps import read_results
from repetita.sweeps.results import RESULTS
from repetita.sweeps.sweep_folder import FAILURES

__all__ = ["SweptRun", "read_sweep"]

KIND = "sweep"
BENCHMARK = "results.jsonl"  # what a finished benchmark leaves
RECORDS = {"environment": ENVIRONMENT, "inputs": INPUTS, "summary": SUMMARY}


@dataclass(frozen=True, eq=False, kw_only=True)
class SweptRun:
    """What lies in the folder of a sweep.

    Attributes:
        path: The folder.
        config: What was asked for.
        config_text: The same as it is written, TOML.
        environment: Versions, processor, digest of the code; empty where it was not written down.
        inputs: Files that were read, with digests; likewise.
        summary: The sweep's own summary; likewise.
        failures: Runs without a result, and why.
        table: The results, at least one.
    """

    path: Path
    config: Mapping[str, Any]
    config_text: str
    environment: Mapping[str, Any]
    inputs: Mapping[str, Any]
    summary: Mapping[str, Any]
    failures: tuple[Mapping[str, Any], ...]
    table: pl.DataFrame


def read_sweep(path: str | os.PathLike[str]) -> SweptRun:
    """The sweep in a folder.

    Raises:
        InputMissing: No such folder, or no sweep in it.
        UnsupportedInput: The folder of a benchmark.
        InputError: A sweep without any result.
        CorruptInput: A file in it is not what its name says.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise InputMissing(f"no folder {str(path)!r}", where=str(path))
    if not (folder / CONFIG).is_file():
        raise InputMissing(
            f"the folder {str(path)!r} has no {CONFIG}: it is none of a sweep",
            hint="repetita pareto and repetita aggregate read any folder with results",
            where=str(path),
        )
    text = _text(folder / CONFIG)
    try:
        config = tomllib.loads(text)
    except ValueError as error:
        raise CorruptInput(f"{CONFIG} in {str(path)!r} is no TOML: {error}", where=str(path)) from None
    if config.get("kind", KIND) != KIND:
        raise UnsupportedInput(f"{str(path)!r} is the folder of a {config['kind']}, expected one of a sweep")
    if not (folder / RESULTS).is_file():
        if (folder / BENCHMARK).is_file():
            raise UnsupportedInput(f"{str(path)!r} is the folder of a benchmark, expected one of a sweep")
        raise InputMissing(
            f"the sweep in {str(path)!r} has no {RESULTS}: it is not finished",
            hint="start it again, it goes on where it ended",
            where=str(path),
        )
    failures = tuple(read_rows(folder / FAILURES))
    table = read_results(folder / RESULTS)
    if not table.height:
        first = f"; the first: {json.dumps(failures[0], ensure_ascii=False)[:200]}" if failures else ""
        raise InputError(
            f"the sweep in {str(path)!r} has no results, and {counted(len(failures), 'failure')}{first}",
            where=str(path),
        )
    records = {name: _record(folder / file) for name, file in RECORDS.items()}
    return SweptRun(path=folder, config=config, config_text=text, failures=failures, table=table, **records)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputMissing(f"cannot read {str(path)!r}: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise CorruptInput(f"{str(path)!r} is no text in UTF-8", where=str(path)) from None


def _record(path: Path) -> Mapping[str, Any]:
    """What a JSON file says; nothing where there is none, since results mean the same without it."""
    if not path.is_file():
        return {}
    return _mapping(_text(path), str(path))


def _mapping(text: str, where: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise CorruptInput(f"{where} is not a JSON object", where=where)
    return found
