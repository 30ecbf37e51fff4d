"""A run read back from its log and days is the run; files that are none are clear errors."""

from __future__ import annotations

import json

import numpy as np
import pytest

from repetita.errors import CorruptInput, InputMissing, UnsupportedInput, UsageError
from repetita.simulation import simulate
from repetita.simulation.logs import write_run
from repetita.sweeps import read_run

META = {
    "environment": "fsrs6",
    "scheduler": "fsrs6",
    "desired_retention": 0.9,
    "deck_size": 60,
    "learn_limit": 10,
    "priority": "new-first",
    "seed": 5,
    "short_term": True,
    "short_term_source": "steps",
    "learning_steps": [1.0, 10.0],
}


@pytest.fixture(scope="module")
def run():
    return simulate(days=40, deck=60, short_term="steps", seed=5)


@pytest.fixture
def written(run, tmp_path):
    return write_run(run, META, tmp_path / "logs", log_reviews=True)


def test_what_is_read_is_the_run(run, written):
    found = read_run(written["log"])
    for name in ("reviews", "new", "phase_reviews", "phase_lapses", "memorized", "cost_seconds", "retention"):
        assert np.allclose(getattr(found, name), getattr(run, name), rtol=1e-12, equal_nan=True), name
    names = ("days", "total_new", "total_reviews", "total_lapses", "projected", "memorized_average")
    for name in (*names, "minutes_per_day", "memorized_per_minute"):
        assert getattr(found, name) == pytest.approx(getattr(run, name), rel=1e-12), name
    assert len(found.events) == len(run.events)
    for name in ("day", "phase", "card_id", "rating"):
        assert getattr(found.events, name).tolist() == getattr(run.events, name).tolist()
    # logs round spans to two decimals of their unit
    assert found.events.interval_days == pytest.approx(run.events.interval_days, rel=0.01)
    assert found.config["deck"] == 60
    assert found.config["behavior"] == {"new_limit": 10, "priority": "new-first"}
    assert found.config["short_term"] == {"source": "steps", "learning_steps": [1.0, 10.0]}


@pytest.mark.parametrize("part", ["log", "days", "results", "folder"])
def test_any_file_of_the_run_or_its_folder_names_it(written, part):
    path = written["log"].parent if part == "folder" else written[part]
    assert read_run(path).source == str(written["log"])


def test_a_log_without_presses_has_none(run, tmp_path):
    write_run(run, META | {"short_term": False}, tmp_path)
    found = read_run(tmp_path)
    assert found.events is None
    assert found.config["short_term"] is None


def test_folders_and_files_that_hold_no_run(written, tmp_path):
    folder = written["log"].parent
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputMissing, match="holds no log"):
        read_run(tmp_path / "empty")
    with pytest.raises(InputMissing, match="no file"):
        read_run(tmp_path / "nothing.jsonl")
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(UnsupportedInput, match=r"ends in '\.txt'"):
        read_run(tmp_path / "a.txt")
    (folder / "b.jsonl").write_text("x")
    with pytest.raises(UsageError, match="holds 2 logs, expected one") as caught:
        read_run(folder)
    assert "b.jsonl" in caught.value.hint
    with pytest.raises(CorruptInput, match="line 1"):
        read_run(folder / "b.jsonl")
    written["days"].unlink()
    with pytest.raises(InputMissing, match="no table of its days"):
        read_run(written["log"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"day": 40}, "of day 40, and the run has 40 days"),
        ({"day": "x"}, "is no press"),
        ({"phase": "asleep"}, "is no press"),
        ({"interval": "10 minutes"}, "no time such as 10m"),
        ({"cost": None}, "is no press"),
        ({"day": 0}, "not in the order of days"),
    ],
)
def test_presses_that_are_none(written, change, message):
    lines = written["log"].read_text(encoding="utf-8").splitlines()
    last = json.loads(lines[-1])
    last["data"] |= change
    written["log"].write_text("\n".join([*lines[:-1], json.dumps(last)]), encoding="utf-8")
    with pytest.raises(CorruptInput, match=message):
        read_run(written["log"])


@pytest.mark.parametrize("line", ["{", "[]", '{"type": "event"}', '{"type": "event", "data": []}'])
def test_lines_that_are_none(written, line):
    with open(written["log"], "a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(CorruptInput, match=r"line \d+ of"):
        read_run(written["log"])


def test_totals_that_lack_a_number(written):
    lines = written["log"].read_text(encoding="utf-8").splitlines()
    totals = json.loads(lines[1])
    totals["data"]["total_lapses"] = None
    written["log"].write_text("\n".join([lines[0], json.dumps(totals), *lines[2:]]), encoding="utf-8")
    with pytest.raises(CorruptInput, match="have no total_lapses"):
        read_run(written["log"])
