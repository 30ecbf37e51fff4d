"""How `repetita sweep` hands work out: what each option about workers, devices and commands does."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys

import polars as pl
import pytest

import repetita as rp

FEW = ("--days", "20", "--deck", "10", "--sched", "fsrs6,memrise", "--desired-retentions", "0.8,0.9")
ASKED = ("sweep", *FEW, "--end-user", "3")
LEFT = ("modified", "source")


def test_an_environment_for_workers(run, crews, tmp_path):
    asked = (*ASKED, "--set-env", "A=1=2", "--set-env", "B=", "--mps-active-thread-percentage", "40")
    assert run(*asked, "-o", tmp_path / "run").exit_code == 0
    (crew,) = crews  # worker processes without being asked for by name
    assert crew.variables == ({"A": "1=2", "B": "", "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE": "40"},)
    assert "A" not in os.environ
    assert run(*ASKED, "-o", tmp_path / "other").exit_code == 0
    assert len(crews) == 1


def test_graphics_processors_in_turn(run, run_json, crews, tmp_path, monkeypatch):
    asked = (*ASKED, "--cuda-devices", "0, 1,3", "--set-env", "A=1")
    assert run_json(*asked, "--dry-run")[1]["device"] == "cuda"
    (crew,) = crews
    assert crew.workers == 3
    assert [one["CUDA_VISIBLE_DEVICES"] for one in crew.variables] == ["0", "1", "3"]
    assert all(one["A"] == "1" for one in crew.variables)
    run(*asked, "--max-parallel", "6", "--dry-run")
    assert (crews[1].workers, len(crews[1].variables)) == (6, 3)
    # without one it is told before the work, and nothing is left behind
    monkeypatch.setattr("numba.cuda.is_available", lambda: False)
    shown = run(*asked, "-o", tmp_path / "run")
    assert shown.exit_code == 2
    assert shown.stderr == "error: no CUDA device was found\nhint: --device cpu gives the same events\n"
    assert not (tmp_path / "run").exists()


def test_devices(run, run_json, tmp_path, monkeypatch):
    monkeypatch.setattr("numba.cuda.is_available", lambda: False)
    assert run_json(*ASKED, "--torch-device", "auto", "--dry-run")[1]["device"] == "cpu"
    assert "no CUDA device" in run(*ASKED, "--device", "cuda", "-o", tmp_path / "run").stderr
    monkeypatch.setattr("numba.cuda.is_available", lambda: True)
    assert run_json(*ASKED, "--torch-device", "auto", "--dry-run")[1]["device"] == "cuda"
    monkeypatch.setattr("numba.cuda.gpus", ["one", "two"])
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    shown = run(*ASKED, "--cuda-devices", "1,2", "-o", tmp_path / "run")
    assert "no CUDA device 2: there are 2" in shown.stderr
    assert "--cuda-devices takes those" in shown.stderr


SIMULATED = """
import sys, warnings
warnings.simplefilter("error")
from repetita.cli import main
if __name__ == "__main__":
    main()
"""


@pytest.mark.slow
def test_batches_go_to_a_graphics_processor(run, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(SIMULATED)
    asked = ("sweep", "--days", "5", "--deck", "2", "--sched", "fsrs6", "--desired-retentions", "0.9")
    environment = os.environ | {"NUMBA_ENABLE_CUDASIM": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(program), *asked, "--cuda-devices", "0", "-o", str(tmp_path / "cuda")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert run(*asked, "-o", tmp_path / "cpu").exit_code == 0
    ours, theirs = (rp.read_results(tmp_path / name).drop(LEFT) for name in ("cuda", "cpu"))
    exact = ["user_id", "scheduler", "total_reviews", "total_lapses"]
    assert ours.select(exact).equals(theirs.select(exact))
    assert ours["memorized_average"].to_list() == pytest.approx(theirs["memorized_average"].to_list())


def test_progress_of_each_worker(run, crews, tmp_path):
    asked = (*ASKED, "--executor", "processes", "--max-lanes-per-batch", "3")
    lines = run(*asked, "--child-progress", "on", "-o", tmp_path / "on").stderr.splitlines()
    assert "worker 0: 3 more in 0.2 s, 6 in all" in lines
    assert "worker 1: 3 more in 0.2 s, 3 in all" in lines
    for how in ("off", "auto"):  # nobody is looking
        assert "worker" not in run(*asked, "--child-progress", how, "-o", tmp_path / how).stderr
    events = run(*asked, "--progress-events", "--child-progress", "on", "-o", tmp_path / "events").stderr
    read = [json.loads(line) for line in events.splitlines()]
    assert [event["event"] for event in read] == ["progress", "batch"] * 3
    assert read[3] == {"event": "batch", "worker": 1, "runs": 3, "failed": 0, "seconds": 0.25}


def test_what_each_worker_did(run, run_json, crews, tmp_path):
    asked = (*ASKED, "--executor", "processes", "--max-lanes-per-batch", "3", "--child-summary")
    shown = run(*asked, "-o", tmp_path / "shown").stdout
    assert shown.index("Workers") < shown.index("worker 0        2     6       0      0.5")
    _, document = run_json(*asked, "-o", tmp_path / "document")
    assert [row["runs"] for row in document["workers"]] == [6, 3]
    _, document = run_json(*asked[:-1], "-o", tmp_path / "none")
    assert "workers" not in document


def test_rests_between_batches(run, tmp_path, monkeypatch):
    rests = []
    monkeypatch.setattr("repetita.sweeps.running.time.sleep", rests.append)
    asked = (*ASKED, "--max-lanes-per-batch", "3", "-o", tmp_path / "run")
    assert run(*asked, "--sleep-seconds", "2.5").exit_code == 0
    assert rests == [2.5, 2.5]  # none after the last of three
    run(*asked[:-1], tmp_path / "other")
    assert len(rests) == 2


def test_commands_of_users_make_the_rows_of_the_whole(run, run_json, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.toml").write_text('fuzz = true\nswitch = ["fsrs3_correct=true"]\n')
    asked = (*ASKED, "--config", "s.toml", "-o", "the run", "--show-commands")
    assert run(*asked[:-1]).exit_code == 0
    code, document = run_json(*asked, "--dry-run")
    assert code == 0
    shown = run(*asked, "--dry-run").stdout.splitlines()[-3:]
    assert shown == document["commands"]
    for number, line in enumerate(shown, start=1):
        program, *words = shlex.split(line)
        assert program == "repetita"
        assert words[-2:] == ["-o", f"the run-user-{number}"]
    assert run(*shlex.split(shown[1])[1:]).exit_code == 0
    whole = rp.read_results("the run").filter(pl.col("user_id") == 2)
    alone = rp.read_results("the run-user-2")
    assert alone.height == 3
    assert alone.drop(LEFT).equals(whole.drop(LEFT))


def test_commands_of_parts_make_the_whole(run, run_json, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, document = run_json(*ASKED, "--shard", "1/2", "-o", "run", "--show-commands", "auto", "--dry-run")
    assert len(document["commands"]) == 3
    for line in document["commands"]:
        assert run(*shlex.split(line)[1:]).exit_code == 0, line
    run(*ASKED, "-o", "whole")
    assert (tmp_path / "run" / "results.parquet").read_bytes() == (
        tmp_path / "whole" / "results.parquet"
    ).read_bytes()


def test_what_begins_the_commands(run, run_json, crews, tmp_path):
    asked = (*ASKED, "--user-id", "7", "-o", tmp_path / "run")
    asked = ("sweep", *FEW, "--user-id", "7", "-o", tmp_path / "run")
    further = ("--uv-cmd", "my uv", "--set-env", "A=b c", "--cuda-devices", "2,5", "--show-commands")
    (line,) = run_json(*asked, *further, "--dry-run")[1]["commands"]
    assert line.startswith("A='b c' CUDA_VISIBLE_DEVICES=2 'my uv' run repetita sweep --sched fsrs6,memrise ")
    assert "--device cuda" in line
    assert not {"--set-env", "--cuda-devices", "--uv-cmd", "--show-commands"} & set(shlex.split(line))
    shown = run(*asked, "--uv-cmd", "uv", "--dry-run")
    assert "note: --uv-cmd begins what --show-commands prints" in shown.stderr
    shown = run(*asked, "--show-commands")
    assert "repetita sweep" in shown.stderr
    assert "repetita sweep" not in run(*asked, "--show-commands", "auto").stderr
    assert "repetita sweep" not in run(*asked, "--show-commands", "-q").stderr


def test_words_after_two_dashes_are_options(run_json, tmp_path):
    asked = ("sweep", "--sched", "fsrs6", "--dry-run")
    _, document = run_json(*asked, "--end-user", "2", "--", "--start-retention", "0.9", "--step", "0.04")
    assert document["config"]["desired_retention"] == [0.9, 0.94, 0.98]
    assert document["runs"] == 6


def test_a_figure_when_it_is_done(run, run_json, tmp_path):
    pytest.importorskip("matplotlib")
    asked = (*ASKED, "-o", tmp_path / "run")
    shown = run(*asked, "--plot")
    assert shown.exit_code == 0
    picture = tmp_path / "run" / "pareto.png"
    assert f"drew {picture}" in shown.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
    picture.unlink()
    (tmp_path / "s.toml").write_text("plot = true\n")
    assert run(*asked, "--config", tmp_path / "s.toml", "--no-plot").exit_code == 0
    assert not picture.exists()
    assert run(*asked, "--config", tmp_path / "s.toml").exit_code == 0  # of a run that is done
    assert picture.exists()
    assert run_json("pareto", tmp_path / "run")[0] == 0


def test_engines(run, run_json, tmp_path):
    for engine in ("lanes", "event"):
        assert run(*ASKED, "--engine", engine, "-o", tmp_path / engine).exit_code == 0
    tables = {engine: rp.read_results(tmp_path / engine) for engine in ("lanes", "event")}
    assert {name: set(table["engine"]) for name, table in tables.items()} == {
        "lanes": {"lanes"},
        "event": {"event"},
    }
    exact = ["user_id", "scheduler", "desired_retention", "total_reviews", "total_lapses"]
    assert tables["lanes"].select(exact).equals(tables["event"].select(exact))
    other = run(*ASKED, "-o", tmp_path / "event")
    assert other.exit_code == 2
    assert "engine" in other.stderr
    again = run("sweep", "--config", tmp_path / "event" / "run.toml", "-o", tmp_path / "again")
    assert again.exit_code == 0
    assert rp.read_results(tmp_path / "again").drop(LEFT).equals(tables["event"].drop(LEFT))


def test_the_first_failure_may_end_it(run, tmp_path):
    (tmp_path / "result").mkdir()
    good, bad = [*rp.model("fsrs6").parameters], [1e308] * 21
    lines = [
        json.dumps({"user": user, "parameters": {"0": w}}) for user, w in ((1, good), (2, bad), (3, good))
    ]
    (tmp_path / "result" / "FSRS-6-recency.jsonl").write_text("\n".join(lines))
    asked = (*ASKED, "--srs-benchmark-root", tmp_path, "--max-lanes-per-batch", "3")
    assert run(*asked, "-o", tmp_path / "all").exit_code == 3
    shown = run(*asked, "--fail-fast", "-o", tmp_path / "first")
    assert shown.exit_code == 2
    assert "lead to no numbers" in shown.stderr
    assert not (tmp_path / "first" / "results.parquet").exists()
    assert rp.read_results(tmp_path / "all")["user_id"].to_list() == [1] * 3 + [3] * 3


def test_no_table_of_means_and_no_progress(run, tmp_path):
    shown = run(*ASKED, "--no-summary", "--no-progress", "-o", tmp_path / "run")
    assert "remembered" not in shown.stdout
    assert not shown.stderr
    assert "remembered" in run(*ASKED, "-o", tmp_path / "run").stdout


def test_batches_of_so_many_users(run_json):
    assert run_json(*ASKED, "--batch-size", "1", "--dry-run")[1]["batches"] == 3
    assert run_json(*ASKED, "--batch-size", "2", "--dry-run")[1]["batches"] == 2
