"""``repetita steps``: advice in words and as a document."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def timed_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from repetita.reviews import simulate_log, write_reviews

    path = tmp_path_factory.mktemp("steps") / "log.parquet"
    write_reviews(simulate_log(cards=900, days=200, seed=3), path)
    return path


def test_says_what_to_do_with_each_step(run, timed_log):
    result = run("steps", timed_log, "--learning-steps", "1m 10m 1d", "--relearning-steps", "10m")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Learning step 1: lengthen 1m to ")
    assert lines[2].startswith("Learning step 3: drop 1d")
    assert "a lapse" in result.stdout


def test_document_holds_the_statistics(run_json, timed_log):
    code, document = run_json("steps", timed_log, "--desired-retention", "0.85", "--rule", "helper")
    assert code == 0
    assert document["rule"] == "helper"
    assert [sample["name"] for sample in document["samples"]] == [
        *("again", "hard", "good", "again then good", "good then again", "lapse"),
    ]
    assert {step["verdict"] for step in document["steps"]} <= {"use", "unknown", "drop"}
    assert document["samples"][0]["stability_interval"]["low"] > 0


def test_wrong_steps_and_retentions_are_explained(run, timed_log):
    assert "learning_steps holds '1x'" in run("steps", timed_log, "--learning-steps", "1x").stderr
    result = run("steps", timed_log, "--desired-retention", "90")
    assert result.exit_code == 2
    assert "expected a number from 0.7 to 0.99" in result.stderr


def test_a_log_without_time_of_day_is_refused(run, tmp_path):
    path = tmp_path / "days.csv"
    path.write_text("card_id,rating,elapsed_days\n1,1,0\n1,3,0\n2,3,0\n2,3,0\n", encoding="utf-8")
    result = run("steps", path)
    assert result.exit_code == 2
    assert "time of day" in result.stderr


@pytest.mark.realdata
def test_the_preset_s_steps_are_those_in_use(run, shared):
    result = run("steps", shared / "anki" / "real_log.colpkg")
    assert "Learning step 1: shorten 1m to 8s" in result.stdout
    assert "the steps in use are those of the preset" in result.stderr
    many = run("steps", shared / "anki" / "mixed_collection.anki2")
    assert "the presets have different steps" in many.stderr
