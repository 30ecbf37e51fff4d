"""``repetita report simulation`` and ``repetita report sweep``: pages from what other commands wrote."""

from __future__ import annotations

import shlex

import pytest

from repetita.sweeps import read_results, write_results

pytest.importorskip("matplotlib")

SMALL = ("simulate", "--days", 25, "--deck", 30, "--no-plot", "--no-progress")


@pytest.mark.parametrize(
    "flags",
    [
        ("--short-term-source", "steps", "--learning-steps", "5", "--vacation", "3-5", "--vacation", "9"),
        ("--sched", "fixed@7", "--fuzz", "--attendance", "0.8", "--base-seconds", "2", "--user-id", "4"),
        (
            *("--short-term-source", "steps", "--relearning-steps", "", "--log-reviews"),
            *("--desired-retention", "0.85", "--switch", "max_interval=30", "--leech-lapses", "3"),
        ),
    ],
)
def test_a_page_of_a_run_says_how_to_run_it_again(run, run_json, tmp_path, flags):
    assert run(*SMALL, *flags, "--log-dir", tmp_path / "logs").exit_code == 0
    out = tmp_path / "page.html"
    code, document = run_json("report", "simulation", tmp_path / "logs", "-o", out)
    assert (code, document["command"], document["written"]) == (0, "report simulation", True)
    page = out.read_text(encoding="utf-8")
    assert page.count("<svg") == 1
    command = page.split("<h2>To run it again</h2>")[1].split("<pre>")[1].split("</pre>")[0]
    words = shlex.split(command.replace("&#x27;", "'"))
    assert words[:2] == ["repetita", "simulate"]
    again = run(*words[1:], "--no-plot", "--no-progress", "--log-dir", tmp_path / "again")
    assert again.exit_code == 0, again.stderr
    for suffix in (".csv", ".parquet"):
        (first,), (second,) = ((tmp_path / name).glob(f"*{suffix}") for name in ("logs", "again"))
        assert first.name == second.name
        assert suffix != ".csv" or first.read_bytes() == second.read_bytes()


def test_pages_refuse_what_is_no_run(run, run_json, tmp_path):
    out = tmp_path / "page.html"
    (tmp_path / "empty").mkdir()
    for kind in ("simulation", "sweep"):
        code, document = run_json("report", kind, tmp_path / "empty", "-o", out)
        assert (code, document["error"]["code"]) == (4, "input_missing")
    shown = run("report", "simulation")
    assert shown.exit_code == 2
    assert "report simulation --help" in shown.stderr
    out.write_text("mine")
    code, document = run_json("report", "simulation", tmp_path / "empty", "-o", out)
    assert (code, document["error"]["code"]) == (2, "output_exists")
    assert out.read_text() == "mine"


def test_a_page_of_a_sweep(run, run_json, tmp_path):
    for retention in (0.7, 0.8, 0.9):
        for scheduler in ("fsrs6", "fsrs6-default"):
            chosen = ("--desired-retention", retention, "--sched", scheduler, "--log-dir", tmp_path / "logs")
            assert run(*SMALL, *chosen).exit_code == 0
    folder = tmp_path / "sweep"
    folder.mkdir()
    write_results(read_results(tmp_path / "logs"), folder / "results.parquet")
    (folder / "run.toml").write_text("days = 25\n", encoding="utf-8")
    out = tmp_path / "page.html"
    code, document = run_json("report", "sweep", folder, "-o", out, "--replicates", 20)
    assert (code, document["command"], document["runs"]) == (0, "report sweep", 6)
    assert document["dominance"][0]["pair"] == "fsrs6@0.9:fsrs6_default@0.9"
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    chosen = ("--baseline", "fsrs6_default", "--pairs", "fsrs6@0.7:fsrs6@0.8", "--replicates", 20)
    shown = run("report", "sweep", folder, "-o", out, "--force", "--dry-run", *chosen)
    assert shown.exit_code == 0
    assert "fsrs6 against fsrs6_default" in shown.stdout
    shown = run("report", "sweep", folder, "-o", out, "--force", "--pairs", "fsrs6:fsrs6_default")
    assert shown.exit_code == 2
    assert "3 settings" in shown.stderr
