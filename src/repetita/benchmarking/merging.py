"""Runs of several machines put together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from repetita.benchmarking.result import Benchmark
from repetita.benchmarking.run_folder import FAILURES, RESULTS, RunFolder, key_of
from repetita.errors import CorruptInput, UsageError
from repetita.run_folders import INPUTS, Row, common_config, read_config, read_rows, require_all_parts

__all__ = ["merge"]


def merge(folders: Sequence[str | os.PathLike[str]], output: str | os.PathLike[str]) -> Benchmark:
    """One run out of the runs of all parts of the same users, written to a folder of its own.

    Args:
        folders: Folders of finished runs that differ in ``shard`` only.
        output: Folder for the whole run.

    Returns:
        The whole, with its summary.

    Raises:
        UsageError: Runs that were asked for differently, a part that is missing, given twice or not finished.
        CorruptInput: A folder without a run.
    """
    paths = [Path(folder) for folder in folders]
    configs = [read_config(path) for path in paths]
    common = common_config(paths, configs)
    require_all_parts(configs)
    rows = [row for path in paths for row in _results(path)]
    if len({key_of(row) for row in rows}) < len(rows):
        raise UsageError("a user has results in two of the runs: they are not parts of one")
    whole = RunFolder(output, {**common, "shard": 1, "shards": 1})
    whole.append(row for row in rows if key_of(row) not in whole.done)
    result = Benchmark.of(
        rows,
        common["models"],
        config={**common, "shard": 1, "shards": 1},
        folder=whole.path,
        seed=common["seed"],
    )
    whole.close({"users": [user for path in paths for user in _inputs(path)]}, result.files())
    return result


def _results(path: Path) -> list[Row]:
    if not (path / RESULTS).is_file():
        raise UsageError(
            f"the run in {str(path)!r} is not finished", hint="start it again, it goes on where it ended"
        )
    return [*read_rows(path / RESULTS), *read_rows(path / FAILURES)]


def _inputs(path: Path) -> list[Any]:
    import json

    try:
        listed = json.loads((path / INPUTS).read_text(encoding="utf-8"))["users"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptInput(f"{INPUTS} of {str(path)!r} cannot be read: {error}", where=str(path)) from None
    return list(listed)
