"""Files that commands write."""

from __future__ import annotations

import json

import pytest

from repetita.cli._target import Target
from repetita.errors import OutputError, OutputExists


def test_written_as_a_whole_and_told(tmp_path):
    target = Target(str(tmp_path / "a.txt"))
    target.check()
    target.write("text")
    assert (tmp_path / "a.txt").read_bytes() == b"text"
    assert target.told() == f"wrote {tmp_path / 'a.txt'}"


def test_a_dry_run_says_what_it_would_replace(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("mine")
    target = Target(str(path), force=True, dry_run=True)
    target.check()
    target.write("text")
    assert path.read_text() == "mine"
    assert target.told() == f"would write {path}, replacing what is there"


def test_what_is_there_stays_and_the_option_is_named(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("mine")
    for act in (Target(str(path)).check, lambda: Target(str(path)).write("text")):
        with pytest.raises(OutputExists, match="--force"):
            act()
    assert path.read_text() == "mine"


def test_no_target_writes_nothing(tmp_path):
    target = Target(None)
    target.check()
    target.write("text")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_target(tmp_path):
    with pytest.raises(OutputError, match="folder"):
        Target(str(tmp_path)).check()


def test_letters_that_are_no_text_are_spelled_out(tmp_path):
    path = tmp_path / "a.json"
    Target(str(path)).write('{"source": "\udce9.csv"}')
    assert json.loads(path.read_text(encoding="utf-8")) == {"source": "\udce9.csv"}
