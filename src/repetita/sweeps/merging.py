"""`merge_sweeps`: the parts of a sweep, made on several machines, as the whole."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from repetita.errors import UsageError
from repetita.run_folders import INPUTS, common_config, locked, read_config, require_all_parts
from repetita.sweeps.results import RESULTS
from repetita.sweeps.sweep_folder import SweepFolder, finished_frames, results_and_failures
from repetita.sweeps.sweep_result import Sweep, summary_of, sweep_of

__all__ = ["merge_sweeps"]


def merge_sweeps(folders: Sequence[str | os.PathLike[str]], output: str | os.PathLike[str]) -> Sweep:
    """One sweep out of all its parts, written to a folder of its own.

    Args:
        folders: Folders of finished parts, which differ in ``shard`` only.
        output: Folder for the whole: the same files as from a run without parts.

    Raises:
        UsageError: Parts of different sweeps; one that is missing, given twice, or not finished.
        CorruptInput: A folder without a run.
    """
    paths = [Path(folder) for folder in folders]
    configs = [read_config(path) for path in paths]
    common = common_config(paths, configs, ignored=("command",))
    require_all_parts(configs)
    for path in paths:
        if not (path / RESULTS).is_file():
            raise UsageError(
                f"the run in {str(path)!r} is not finished",
                hint="start it again, it goes on where it ended",
                where=str(path),
            )
    whole = {**common, "shard": 1, "shards": 1}
    inputs = json.loads((paths[0] / INPUTS).read_text(encoding="utf-8"))
    with locked(output):
        folder = SweepFolder(output, whole, inputs)
        table, failures = results_and_failures([f for path in paths for f in finished_frames(path)])
        folder.close(table, failures, summary_of(table, failures))
    return sweep_of(table, failures, whole, folder.path)
