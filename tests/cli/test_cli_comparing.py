"""``repetita pareto``, ``aggregate`` and ``dominance``: what they write, and what they answer to slips."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

RETENTIONS = (0.7, 0.8, 0.9, 0.95)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Six users: a curve of fsrs6, a better one of fsrs7, and a point of Memrise on it."""
    random, rows = np.random.default_rng(3), []
    for user in range(1, 7):
        deck, effort = random.uniform(500, 900), random.uniform(3, 9)
        shared = {"environment": "fsrs6", "user_id": user, "seed": 1, "days": 365, "fuzz": False}
        points = [(r, deck * (0.4 + 0.6 * r), effort / (1.02 - r)) for r in RETENTIONS]
        for name, factor in (("fsrs6", 1.0), ("fsrs7", 0.9)):
            for retention, memorized, minutes in points:
                outcome = {"memorized_average": memorized, "time_average": factor * minutes}
                rows.append(shared | {"scheduler": name, "desired_retention": retention} | outcome)
        outcome = {"memorized_average": points[1][1], "time_average": 2.0 * points[1][2]}
        rows.append(shared | {"scheduler": "memrise", "desired_retention": None} | outcome)
    path = tmp_path_factory.mktemp("results") / "runs.parquet"
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(path)
    return path


def test_a_frontier_as_one_document(run_json, results):
    code, document = run_json("pareto", results)
    assert code == 0
    assert (document["ok"], document["command"], document["baseline"]) == (True, "pareto", "fsrs6")
    fsrs7 = next(c for c in document["candidates"] if c["line"] == "fsrs7")
    assert fsrs7["verdict"] == "better"
    assert fsrs7["figures"]["minutes_saved_percent"]["value"] == pytest.approx(10.0)
    assert fsrs7["coverage_percent"]["memory"] == pytest.approx(100.0)
    assert len(document["points"]) == 6 * 9


def test_a_frontier_for_people(run, results):
    shown = run("pareto", results, "--user-id", 2, "--sched", "fsrs6,fsrs7")
    assert shown.exit_code == 0
    assert "fsrs7 against fsrs6 in fsrs6, 1 user" in shown.stdout
    assert "memrise" not in shown.stdout


def test_lists_and_figures_of_each_user(run, results, tmp_path):
    pytest.importorskip("matplotlib")
    path, folder = tmp_path / "list.json", tmp_path / "plots"
    chosen = ("pareto", results, "--users", "--end-user", 2, "--results-path", path, "--plot-dir", folder)
    assert run(*chosen).exit_code == 0
    assert sorted(p.name for p in folder.iterdir()) == ["pareto_user_1.png", "pareto_user_2.png"]
    records = json.loads((tmp_path / "list_user_2.json").read_text(encoding="utf-8"))
    assert {record["user_id"] for record in records} == {2}
    assert {"DR=70%", "Memrise"} <= {record["title"] for record in records}
    again = run(*chosen)
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert run(*chosen, "--force").exit_code == 0


def test_aggregates_as_one_document(run_json, results):
    code, document = run_json(
        *("aggregate", results, "--equiv-pairs", "fsrs6:fsrs7", "--dominance", "fsrs7@0.8:memrise"),
        *("--equiv-report-low-ratio", 3),
    )
    assert code == 0
    assert document["user_count"] == 6
    (memrise,) = document["equivalence"]
    assert (memrise["users"], memrise["superiority"]) == (6, 1.0)
    assert memrise["ratio"]["median"] == pytest.approx(2.0)
    assert [pair["baseline_retention"] for pair in document["pairs"]] == list(RETENTIONS)
    assert document["dominance"][0]["counts"]["a_dominates"] == 6
    assert len(document["low_ratio"]) == 6 + 6 * 3


def test_aggregates_for_people_with_files(run, results, tmp_path):
    pytest.importorskip("matplotlib")
    report, listed = tmp_path / "e.json", tmp_path / "l.json"
    shown = run(
        *("aggregate", results, "--equiv-report-path", report, "--results-path", listed, "--fences"),
        *("--plot-dir", tmp_path / "plots", "--equiv-pairs", "fsrs6:fsrs7"),
    )
    assert shown.exit_code == 0
    assert "At equal memory" in shown.stdout
    assert len(json.loads(listed.read_text(encoding="utf-8"))) == 9
    assert json.loads(report.read_text(encoding="utf-8"))[0]["ratio"]["fences"] is True
    names = {path.name for path in (tmp_path / "plots").iterdir()}
    assert names == {"equivalence_fsrs6_fsrs6_memrise.png", "pairs_fsrs6_fsrs7_fsrs6.png"}


def test_dominance_as_a_command(run, run_json, results, tmp_path):
    pytest.importorskip("matplotlib")
    listed, folder = tmp_path / "d.json", tmp_path / "plots"
    code, document = run_json(
        *("dominance", results, "--pairs", "fsrs7@0.8:memrise,fsrs7@0.8:fsrs6@0.8"),
        *("--results-path", listed, "--plot-dir", folder),
    )
    assert code == 0
    first, second = document["dominance"]
    assert first["percentages"]["a_dominates"] == 100.0
    assert second["pair"] == "fsrs7@0.8:fsrs6@0.8"
    assert json.loads(listed.read_text(encoding="utf-8")) == document["dominance"]
    assert (folder / "dominance.png").read_bytes().startswith(b"\x89PNG")
    shown = run("dominance", results, "--sched", "fsrs6@0.7,fsrs7@0.7,memrise", "--epsilon", 1e9)
    assert shown.exit_code == 0
    assert shown.stdout.count("6 (100.0 %)") == 3


def test_sizes_come_from_the_benchmark(run_json, results, tmp_path):
    (tmp_path / "result").mkdir()
    rows = "".join(json.dumps({"user": user, "size": 100 * user}) + "\n" for user in range(1, 7))
    (tmp_path / "result" / "FSRS-6-recency.jsonl").write_text(rows, encoding="utf-8")
    sized = ("aggregate", results, "--min-size", 300)
    code, document = run_json(*sized, "--benchmark-root", tmp_path)
    assert (code, document["user_count"]) == (0, 4)
    code, document = run_json(*sized)
    assert (code, document["error"]["where"]) == (2, "--benchmark-root")


def test_runs_of_the_simulator_are_read(run, run_json, tmp_path):
    for retention in (0.7, 0.9):
        options = ("--days", 40, "--deck", 60, "--desired-retention", retention, "--no-plot")
        assert run("simulate", *options, "--log-dir", tmp_path).exit_code == 0
    code, document = run_json("pareto", tmp_path, "--axes", "gain")
    assert code == 0
    assert [point["title"] for point in document["points"]] == ["DR=70%", "DR=90%"]


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("pareto", "--baseline", "fsrs66"), "did you mean 'fsrs6'"),
        (("pareto", "--axes", "gian"), "did you mean 'gain'"),
        (("pareto", "--where", "dayz=3"), "did you mean 'days'"),
        (("pareto", "--where", "days"), "expected NAME=VALUE"),
        (("pareto", "--user-id", "1", "--end-user", "3"), "one user"),
        (("pareto", "--compare-fuz"), "did you mean '--compare-fuzz'"),
        (("aggregate", "--equiv-pairs", "fsrs3"), "expected pairs"),
        (("aggregate", "--dominance", "fsrs6:memrise"), "4 settings"),
        (("aggregate", "--equiv-report", "memrise"), "no desired retention"),
        (("dominance",), "name schedulers, or pairs"),
        (("dominance", "--pairs", "fsrs6"), "expected pairs"),
        (("dominance", "--pairs", "fsrs6:memrise"), "4 settings"),
        (("dominance", "--sched", "fsrs6@0.5,memrise"), "DR=70%"),
        (("dominance", "--sched", "memrise"), "at least two"),
        (("dominance", "--priority", "reviews"), "did you mean 'review-first'"),
        (("aggregate", "--interpolate", "tim"), "did you mean 'time'"),
        (("aggregate", "--epsilon", "-1", "--dominance", "memrise:memrise"), "at least 0"),
    ],
)
def test_slips_are_answered(run, results, args, hint):
    shown = run(args[0], results, *args[1:])
    assert shown.exit_code == 2
    assert not shown.stdout
    assert hint in shown.stderr


def test_files_that_are_none(run_json, tmp_path):
    code, document = run_json("pareto", tmp_path / "none.parquet")
    assert (code, document["error"]["code"]) == (4, "input_missing")
    (tmp_path / "a.jsonl").write_text("no\n", encoding="utf-8")
    code, document = run_json("aggregate", tmp_path)
    assert (code, document["error"]["code"]) == (4, "corrupt_input")
