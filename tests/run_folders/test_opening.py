"""Folders of runs: one run and one process a folder, and nothing of anybody else's is touched."""

from __future__ import annotations

import subprocess
import sys
import tomllib

import pytest

from repetita.errors import CorruptInput, LockedInput, OutputError, OutputExists, UsageError
from repetita.run_folders import locked, mended_rows, open_run, read_config, read_rows, shard_of, toml

OPTIONS = {"fuzz": True, "limit": 9}
CONFIG = {"kind": "test", "names": ["a", "ü"], "step": 0.1, "none": None, "options": OPTIONS}
HOLDER = """
import sys
from repetita.run_folders import locked
with locked(sys.argv[1]):
    print("in", flush=True)
    sys.stdin.read()
"""


def test_what_was_asked_for_is_written_and_compared(tmp_path):
    folder = open_run(tmp_path / "a" / "run", CONFIG)
    assert read_config(folder) == {**{k: v for k, v in CONFIG.items() if v is not None}}
    assert tomllib.loads(toml(CONFIG)) == read_config(folder)
    assert open_run(folder, CONFIG) == folder
    with pytest.raises(UsageError, match=r"step is 0.1, not 0.2"):
        open_run(folder, {**CONFIG, "step": 0.2})
    open_run(folder, {**CONFIG, "step": 0.2}, ignored=("step",))
    (folder / "run.toml").write_text("kind = ")
    with pytest.raises(CorruptInput, match="no run in"):
        open_run(folder, CONFIG)


def test_other_things_are_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputExists):
        open_run(tmp_path, CONFIG)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(OutputError):
        open_run(tmp_path / "notes.txt", CONFIG)
    with pytest.raises(OutputError), locked(tmp_path / "notes.txt"):
        pass


def test_a_folder_that_was_being_made_is_taken_up(tmp_path):
    (tmp_path / "environment.json").write_text("{}")
    (tmp_path / ".run.toml.1a2b.tmp").write_text("kin")
    open_run(tmp_path, CONFIG)


def test_the_lock_ends_with_its_process(tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline().strip() == b"in"
        with pytest.raises(LockedInput, match="another process"), locked(tmp_path):
            pass
        holder.kill()
        holder.wait()
        with locked(tmp_path):
            pass


def test_half_a_line_is_dropped(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"user": 1}\n{"user": 2')
    with pytest.raises(CorruptInput, match="line 2"):
        read_rows(path)
    assert mended_rows(path) == [{"user": 1}]
    assert read_rows(path) == [{"user": 1}]
    assert mended_rows(tmp_path / "none.jsonl") == []


@pytest.mark.parametrize("asked", ["0/2", "3/2", "2", "a/b", "", (1, 2, 3), 4])
def test_parts_that_are_none(asked):
    with pytest.raises(UsageError, match="expected i/n"):
        shard_of(asked)
