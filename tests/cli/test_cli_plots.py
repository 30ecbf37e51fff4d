"""``repetita plot`` and ``repetita export``: pictures and files from logs, and answers to slips."""

from __future__ import annotations

import json
import os

import pytest
from click.testing import CliRunner

from repetita.cli import app

pytest.importorskip("matplotlib")
RETENTIONS = (0.8, 0.9)


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """Two users at two desired retentions, with steps."""
    folder = tmp_path_factory.mktemp("logs")
    for user in (1, 2):
        for retention in RETENTIONS:
            options = ("--days", "30", "--deck", "40", "--short-term-source", "steps", "--no-plot", "--quiet")
            chosen = ("--user-id", str(user), "--desired-retention", str(retention), "--log-dir", str(folder))
            assert CliRunner().invoke(app, ["simulate", *options, *chosen]).exit_code == 0
    return folder


def test_loops_are_drawn(run_json, logs, tmp_path):
    out = tmp_path / "loops.svg"
    asked = ("plot", "short-loops", logs, "--desired-retention", 0.9, "--sched", "fsrs6", "--no-show")
    code, document = run_json(*asked, "--metric", "avg-active", "--bins", 5, "--out", out)
    assert (code, document["command"], document["label"]) == (0, "plot short-loops", "DR=90%")
    assert [user["user_id"] for user in document["users"]] == [1, 2]
    assert "<svg" in out.read_text(encoding="utf-8")
    code, document = run_json(*asked, "--out", out)
    assert (code, document["error"]["code"]) == (2, "output_exists")
    assert document["command"] == "plot short-loops"


def test_days_are_drawn(run, run_json, logs, tmp_path):
    out = tmp_path / "days.png"
    shown = run("plot", "daily-curves", logs, "--user-id", 2, "--review-scale", "log", "--out", out)
    assert shown.exit_code == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    assert "fsrs6 DR=80%" in shown.stdout
    code, document = run_json(
        *("plot", "daily-curves", logs, "--user-id", 2, "--desired-retentions", "0.8", "--start-day", 5),
        *("--retention-smoothing-window", 1, "--review-scale", "linear", "--out", out, "--force"),
    )
    assert code == 0
    assert [curve["days"] for curve in document["curves"]] == [[5, 29]]


def test_best_retentions_are_drawn_and_written(run, logs, tmp_path):
    out, listed = tmp_path / "best.pdf", tmp_path / "best.csv"
    asked = ("plot", "max-retention", logs, "--metric", "per-minute", "--out", out, "--out-csv", listed)
    shown = run(*asked)
    assert shown.exit_code == 0
    assert "2 users" in shown.stdout
    assert len(listed.read_text(encoding="utf-8").splitlines()) == 3
    assert run(*asked).exit_code == 2


def test_memory_of_a_graphics_processor_is_drawn(run, run_json, tmp_path):
    (tmp_path / "batch_logs").mkdir()
    head = "day,gpu_peak_allocated_bytes,gpu_peak_reserved_bytes\n"
    for number, name in enumerate(("batch_a.csv", "batch_b.csv")):
        path = tmp_path / "batch_logs" / name
        path.write_text(head + f"0,{2**30},{2**31}\n1,{2**31 + number},{2**31}\n", encoding="utf-8")
        os.utime(path, (1e9 - number, 1e9 - number))
    out = tmp_path / "memory.png"
    code, document = run_json("plot", "gpu-memory", tmp_path, "--out", out)
    assert (code, document["days"]) == (0, 2)
    assert document["table"].endswith("batch_a.csv")
    assert document["most_bytes"] == {"allocated": 2.0**31, "reserved": 2.0**31}
    chosen = ("--csv", tmp_path / "batch_logs" / "batch_b.csv", "--metric", "allocated", "--force")
    code, document = run_json("plot", "gpu-memory", "--out", out, *chosen)
    assert document["most_bytes"] == {"allocated": 2.0**31 + 1}
    for text in ("day\n0\n", head, head + "0,many,1\n", "\x00"):
        (tmp_path / "bad.csv").write_text(text, encoding="utf-8")
        assert (
            run("plot", "gpu-memory", "--out", out, "--force", "--csv", tmp_path / "bad.csv").exit_code == 4
        )
    (tmp_path / "empty").mkdir()
    for folder in ("empty", "nowhere"):
        code, document = run_json("plot", "gpu-memory", tmp_path / folder, "--out", tmp_path / "x.png")
        assert (code, document["error"]["code"]) == (4, "input_missing")


def test_users_are_exported(run, run_json, logs, tmp_path):
    code, document = run_json("export", logs, "--out-dir", tmp_path / "users", "--mean-retention")
    assert code == 0
    assert len(document["output"]) == 2
    with open(document["output"][0], encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    assert [record["user"] for record in records] == [1, 2]
    assert 0.5 < records[0]["metrics"]["mean_retention"] <= 1.0
    again = run("export", logs, "--out-dir", tmp_path / "users")
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert run("export", logs, "--out-dir", tmp_path / "users", "--no-config", "--force").exit_code == 0


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("plot",), "plot what? One of: short-loops"),
        (("plot", "--json"), None),
        (("plot", "daily-curve", "LOGS"), "did you mean 'daily-curves'"),
        (("plot", "daily-curves", "LOGS"), "choose one with --user-id"),
        (("plot", "daily-curves", "LOGS", "--desired-retentions", "high"), "expected numbers such as"),
        (("plot", "daily-curves", "LOGS", "--review-scale", "lin"), "did you mean 'linear'"),
        (("plot", "short-loops", "LOGS"), "choose one environment, scheduler"),
        (("plot", "short-loops", "LOGS", "--out", "x.gif"), "ends in .png"),
        (("plot", "max-retention", "LOGS", "--sched", "memrise"), "unknown scheduler"),
        (("plot", "max-retention", "LOGS", "--sched", "fsrs6,memrise"), "expected one"),
    ],
)
def test_slips_are_answered(run, logs, args, hint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = run(*(logs if word == "LOGS" else word for word in args))
    assert shown.exit_code == 2
    assert hint is None or hint in shown.stderr
    assert not list(tmp_path.iterdir())
