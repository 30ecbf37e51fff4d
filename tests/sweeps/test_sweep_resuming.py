"""Sweeps that are stopped: killed at random moments, by a full disk, by another process in the folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import repetita as rp
from repetita import output
from repetita.errors import LockedInput, OutputError, OutputExists, UsageError
from repetita.run_folders import locked
from repetita.sweeps import plan_sweep, sweep_folder

ROUNDS = 20
ASKED = {"users": 4, "schedulers": ["fsrs6", "memrise"], "days": 20, "deck": 10, "max_lanes_per_batch": 2}
FILES = {
    *("environment.json", "failures.jsonl", "inputs.json", "results.parquet", "run.lock", "run.toml"),
    "summary.json",
}


def content(folder: Path) -> dict[str, bytes]:
    """Files by name, but for those that a killed process was writing."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".tmp")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_sweep_killed_at_random_moments_ends_as_one_that_was_not(tmp_path):
    program = Path(__file__).with_name("killed_sweeps.py")
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path), str(ROUNDS)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "POLARS_MAX_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    reached = [line.split()[1] for line in done.stdout.splitlines()]
    assert len(reached) == ROUNDS
    assert len(set(reached)) > 2, reached  # they were stopped at different places
    expected = content(tmp_path / "whole")
    assert {name[4:] for name in expected if name.startswith("run/")} == FILES
    for number in range(ROUNDS):
        assert not list((tmp_path / str(number) / "run").rglob("*.tmp"))
        assert content(tmp_path / str(number)) == expected, number


def test_a_full_disk_loses_nothing_that_was_finished(tmp_path, monkeypatch):
    expected = rp.sweep(**ASKED)
    written = []
    real = output._flush

    def full(path):
        written.append(path)
        if len(written) > 5:
            raise OSError(28, "No space left on device")
        real(path)

    monkeypatch.setattr(output, "_flush", full)
    with pytest.raises(OutputError, match="No space left"):
        rp.sweep(**ASKED, output=tmp_path / "run")
    parts = sorted(path.name for path in (tmp_path / "run" / "parts").iterdir())
    assert parts == ["0000000000.parquet", "0000000002.parquet"]
    monkeypatch.undo()
    batches = []
    real_append = sweep_folder.SweepFolder.append
    monkeypatch.setattr(
        sweep_folder.SweepFolder,
        "append",
        lambda self, frame: (batches.append(frame["run"].to_list()), real_append(self, frame))[1],
    )
    again = rp.sweep(**ASKED, output=tmp_path / "run")
    assert batches == [[4, 5], [6, 7]]
    assert again.table.equals(expected.table)


def test_logs_that_cannot_be_written_end_the_sweep(tmp_path):
    (tmp_path / "logs").write_text("a file in the way")
    with pytest.raises(OutputError, match="logs"):
        rp.sweep(**ASKED, output=tmp_path / "run", log_dir=tmp_path / "logs")


def test_one_process_a_folder(tmp_path):
    with locked(tmp_path / "run"), pytest.raises(LockedInput, match="another process"):
        rp.sweep(**ASKED, output=tmp_path / "run")
    rp.sweep(**ASKED, output=tmp_path / "run")


def test_a_finished_run_is_read_not_made_again(tmp_path, monkeypatch):
    first = rp.sweep(**ASKED, output=tmp_path / "run")
    before = content(tmp_path)
    monkeypatch.setattr("repetita.sweeps.job.simulate_many", None)
    again = rp.sweep(**ASKED, output=tmp_path / "run")
    assert again.table.equals(first.table)
    assert content(tmp_path) == before


def test_one_killed_before_its_parts_were_removed_is_tidied(tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_folder.SweepFolder, "drop_parts", lambda self: None)
    rp.sweep(**ASKED, output=tmp_path / "run")
    assert list((tmp_path / "run" / "parts").iterdir())
    monkeypatch.undo()
    monkeypatch.setattr("repetita.sweeps.job.simulate_many", None)
    again = rp.sweep(**ASKED, output=tmp_path / "run")
    assert again.table.height == 8
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES


def test_another_run_is_refused(tmp_path):
    rp.sweep(**ASKED, output=tmp_path / "run")
    with pytest.raises(UsageError, match=r"days is 20, not 21"):
        rp.sweep(**{**ASKED, "days": 21}, output=tmp_path / "run")
    with pytest.raises(UsageError, match="inputs is"):
        rp.sweep(**{**ASKED, "users": [*["fsrs6"] * 3, rp.model("fsrs6")]}, output=tmp_path / "run")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputExists, match="other things"):
        rp.sweep(**ASKED, output=tmp_path / "other")


def test_what_died_with_its_worker_is_tried_again(tmp_path, monkeypatch):
    from repetita.executors.tasks import Failure, Outcome

    class Dying:
        def run(self, job, tasks):
            for number, task in enumerate(tasks):
                if number % 2:
                    yield Outcome(task.key, None, Failure("worker_died", "out of memory"))
                else:
                    yield Outcome(task.key, job(task.payload))

    whole = rp.sweep(**ASKED)
    half = rp.sweep(**ASKED, output=tmp_path / "run", executor=Dying())
    assert len(half.failures) == 4
    assert {row["failure"] for row in half.failures} == {"out of memory"}
    full = rp.sweep(**ASKED, output=tmp_path / "run")
    assert not full.failures
    assert full.table.equals(whole.table)


def test_batches_do_not_change_results():
    tables = [plan_sweep(**{**ASKED, "max_lanes_per_batch": most}).run().table for most in (1, 3, None)]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])
