"""A sweep on disk: parts that a killed run leaves whole, and that a resumed run goes on with.

run.toml            what was asked for; a folder takes up the same sweep only
environment.json    versions, processor, digest of the code
inputs.json         users and files, with digests
parts/*.parquet     results of a batch, written beside and renamed; there until all are done
results.parquet     when all is done: the table of results, sorted by the number of the run
results.jsonl       the same as JSON lines, where asked for
failures.jsonl      runs without a result, and why
summary.json        what came out, by environment, scheduler and setting
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from repetita.errors import OutputError
from repetita.output import write_atomically
from repetita.run_folders import INPUTS, SUMMARY, json_text, line_of, open_run, read_rows
from repetita.sweeps.results import RESULTS, SCHEMA

__all__ = ["FAILURES", "RUN_SCHEMA", "SweepFolder", "frame_of", "results_and_failures"]

PARTS, FAILURES, JSON_LINES, LEFT_BEHIND = "parts", "failures.jsonl", "results.jsonl", ".*.tmp"
FAILURE_SCHEMA = {"code": pl.String(), "failure": pl.String()}
RUN_SCHEMA: dict[str, pl.DataType] = {
    "run": pl.Int64(),
    **{name: kind for name, kind in SCHEMA.items() if name not in ("modified", "source")},
}
PART_SCHEMA = {**RUN_SCHEMA, **FAILURE_SCHEMA}
# what says nothing about the run itself, so that it is tried again
RETRIED = ("worker_died", "internal_error")
ABOUT_FAILURE = (
    *("run", "user_id", "environment", "scheduler", "desired_retention", "fixed_interval", "policy"),
    *("cost_weight", "seed", "code", "failure"),
)


class SweepFolder:
    """The folder of one sweep.

    Args:
        path: The folder; made when it is not there.
        config: What is asked for.
        inputs: What is read for it.

    Raises:
        OutputExists: There are other things in the folder.
        UsageError: The folder holds a run that was asked for otherwise.
        OutputError: The folder cannot be made or written to.
    """

    def __init__(
        self, path: str | os.PathLike[str], config: Mapping[str, Any], inputs: Mapping[str, Any]
    ) -> None:
        self.path = open_run(path, config, ignored=("command",))
        self.parts = self.path / PARTS
        if not (self.path / INPUTS).is_file():
            write_atomically(self.path / INPUTS, json_text(inputs), force=True)
        try:
            self.parts.mkdir(exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"cannot make {str(self.parts)!r}: {error.strerror}", where=str(self.parts)
            ) from None
        for left in self.path.rglob(LEFT_BEHIND):  # files that a killed run was writing
            left.unlink(missing_ok=True)
        self.frames = [*self._finished(), *self._kept()]

    @property
    def done(self) -> set[int]:
        """Numbers of the runs that have a result, or can have none."""
        return {run for frame in self.frames for run in frame["run"].to_list()}

    def append(self, frame: pl.DataFrame) -> None:
        """Keep the results of a batch, on disk before this returns."""
        lasting = _lasting(frame)
        if lasting.height:
            path = self.parts / f"{lasting['run'][0]:010d}.parquet"
            write_atomically(path, _parquet(lasting), force=True)
        self.frames.append(frame)

    def close(
        self, table: pl.DataFrame, failures: Sequence[Mapping[str, Any]], summary: Mapping[str, Any],
        *, json_lines: bool = False,
    ) -> None:  # fmt: skip
        """Write the whole, then drop the parts."""
        content = "".join(line_of({name: row[name] for name in ABOUT_FAILURE}) for row in failures)
        write_atomically(self.path / FAILURES, content, force=True)
        write_atomically(self.path / RESULTS, _parquet(table), force=True)
        if json_lines:
            buffer = BytesIO()
            table.write_ndjson(buffer)
            write_atomically(self.path / JSON_LINES, buffer.getvalue(), force=True)
        write_atomically(self.path / SUMMARY, json_text(summary), force=True)
        self.drop_parts()

    def drop_parts(self) -> None:
        """Remove the parts of a whole that is written; a run killed just then has left them."""
        with suppress(OSError):
            for part in self.parts.iterdir():
                part.unlink()
            self.parts.rmdir()

    @property
    def finished(self) -> bool:
        """Whether the whole has been written."""
        return (self.path / SUMMARY).is_file()

    def _finished(self) -> list[pl.DataFrame]:
        if not self.finished:
            return []
        return [_lasting(frame) for frame in _whole(self.path)]

    def _kept(self) -> list[pl.DataFrame]:
        """Results of a run that was stopped; a part is whole, or is not there."""
        return [pl.read_parquet(part) for part in sorted(self.parts.glob("*.parquet"))]


def results_and_failures(frames: Sequence[pl.DataFrame]) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """The table of results, and what has none, both in the order of the runs.

    Args:
        frames: Of batches, see `frame_of`.
    """
    whole = pl.concat([pl.DataFrame(schema=PART_SCHEMA), *frames]).unique("run", keep="last").sort("run")
    failed = whole["failure"].is_not_null()
    table = whole.filter(~failed).select(list(RUN_SCHEMA)).rechunk()
    return table, whole.filter(failed).select(ABOUT_FAILURE).to_dicts()


def finished_frames(path: Path) -> list[pl.DataFrame]:
    """What the finished sweep in a folder has: results and failures."""
    return _whole(path)


def frame_of(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows of a batch as a table, failures among them."""
    return pl.DataFrame([{name: row.get(name) for name in PART_SCHEMA} for row in rows], schema=PART_SCHEMA)


def _whole(path: Path) -> list[pl.DataFrame]:
    table = pl.read_parquet(path / RESULTS).with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in FAILURE_SCHEMA.items()
    )
    return [table.select(list(PART_SCHEMA)), frame_of(read_rows(path / FAILURES))]


def _lasting(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(~pl.col("code").is_in(RETRIED).fill_null(False))


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()
