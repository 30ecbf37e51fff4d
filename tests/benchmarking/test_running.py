"""Runs over several users: rows, failures, resuming, parts, verification."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

import repetita as rp
from repetita.benchmarking import benchmark, merge, verify
from repetita.errors import InputMissing, NoReviews, OutputExists, UnknownName, UsageError
from repetita.evaluation import metrics
from repetita.evaluation.baselines import average
from repetita.evaluation.splits import time_series_split
from repetita.reviews import ReviewLog, simulate_log, write_reviews
from repetita.run_folders import read_rows

QUICK = ["fsrs6:default", "average", "constant"]


@pytest.fixture(scope="module")
def logs():
    return {user: simulate_log(cards=60, days=200, seed=user) for user in range(1, 6)}


def plain(rows):
    return [{**row, "seconds": 0.0} for row in rows]


def test_rows_have_the_ecosystem_s_schema(logs):
    result = benchmark(logs[1], ["fsrs6"])
    (row,) = result.rows
    assert list(row)[:4] == ["metrics", "user", "size", "parameters"]
    assert set(row["metrics"]) >= {"RMSE", "LogLoss", "RMSE(bins)", "ICI", "AUC"}
    assert len(row["parameters"]) == 21
    assert row["parameters"] == row["fold_parameters"][-1]
    assert row["size"] == 5 * (row["scored"] // 6)
    json.dumps(row, allow_nan=False)


def test_average_is_the_average(logs):
    from repetita.benchmarking import prepare

    (row,) = benchmark(logs[2], "average").rows
    prepared = prepare(logs[2])
    predictions = average(prepared.recalled)
    start = time_series_split(prepared.scored.size)[0].test_start
    assert row["metrics"]["LogLoss"] == round(metrics.log_loss(predictions, prepared.recalled[start:]), 6)
    assert "parameters" not in row


def test_a_fit_is_the_fit_of_the_earlier_reviews(logs):
    from repetita.benchmarking import prepare

    (row,) = benchmark(logs[3], "fsrs6:weights=500").rows
    prepared = prepare(logs[3])
    training = prepared.training(prepared.splits[-1], unit="days")
    expected = rp.fit(training, weights=500)
    away = (np.array(row["parameters"]) - expected.parameters) / expected.std_errors
    # it starts from the fold before and stops a little earlier
    assert np.abs(away).max() < 0.1


def test_a_fit_with_options_of_its_own_is_exactly_the_fit(logs):
    from repetita.benchmarking import prepare

    (row,) = benchmark(logs[3], "fsrs6:center=initial-stability").rows
    prepared = prepare(logs[3])
    training = prepared.training(prepared.splits[-1], unit="days")
    expected = rp.fit(training, center="initial-stability", standard_errors=False).parameters
    assert row["parameters"] == pytest.approx(expected, abs=1e-6)


def test_one_outcome_gives_no_auc():
    log = ReviewLog.from_histories([[(0, 3), (1, 3), (4, 3), (9, 3)]] * 60)
    (row,) = benchmark(log, "average").rows
    assert row["metrics"]["AUC"] is None
    assert "NaN" not in json.dumps(row)


def test_users_that_cannot_be_scored_stop_nobody(logs, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    write_reviews(logs[1], folder / "good.parquet")
    (folder / "bad.parquet").write_bytes(b"PAR1 not really")
    write_reviews(ReviewLog.from_histories([[(0, 3)]]), folder / "one.csv")
    result = benchmark(folder, QUICK, output=tmp_path / "run", workers=2)
    assert {row["user"] for row in result.rows} == {"good"}
    assert {(row["user"], row["error"]) for row in result.failures} == {("bad", "corrupt_input")}
    assert {row["user"] for row in result.skipped} == {"one"}
    assert "0 reviews can be scored" in result.skipped[0]["reason"]
    assert len(read_rows(tmp_path / "run" / "failures.jsonl")) == 6


def test_processes_and_this_process_agree(logs):
    one, other = (benchmark(logs, QUICK, executor=how, workers=2) for how in ("serial", "processes"))
    assert plain(one.rows) == plain(other.rows)
    assert one.to_text() == other.to_text()


KILLED = """
import os, signal, sys
from repetita.benchmarking import benchmark
from repetita.reviews import simulate_log
logs = {user: simulate_log(cards=60, days=200, seed=user) for user in range(1, 6)}
def stop(done, total):
    if done == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
models = ["fsrs6:default", "average", "constant"]
benchmark(logs, models, output=sys.argv[1], executor="serial", progress=stop)
"""


def test_a_killed_run_goes_on_and_recounts_nothing(logs, tmp_path):
    folder = tmp_path / "run"
    for done in (2, 4):  # killed, resumed, killed again
        ended = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(done)], timeout=120)
        assert ended.returncode == -9
    part = folder / "results.part.jsonl"
    before = part.read_text()
    assert before.count("\n") == 4 * 3
    part.write_text(before + '{"metrics": {"RMSE": 0.3')  # what a kill in the middle of a line leaves
    steps = []
    result = benchmark(logs, QUICK, output=folder, executor="serial", progress=lambda *at: steps.append(at))
    assert steps == [(5, 5)]
    assert plain(result.rows) == plain(benchmark(logs, QUICK, executor="serial").rows)
    stored = (folder / "results.jsonl").read_text().splitlines()
    assert set(before.splitlines()) < set(stored)
    assert len(stored) == 15
    assert not part.exists()
    again = benchmark(logs, QUICK, output=folder, executor="serial", progress=lambda *at: steps.append(at))
    assert steps == [(5, 5)]
    assert (folder / "results.jsonl").read_text().splitlines() == stored
    assert again.to_text() == result.to_text()


def test_failures_are_tried_again(logs, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    write_reviews(logs[1], folder / "a.parquet")
    (folder / "b.parquet").write_bytes(b"PAR1 not really")
    assert len(benchmark(folder, QUICK, output=tmp_path / "run").failures) == 3
    write_reviews(logs[2], folder / "b.parquet", force=True)
    result = benchmark(folder, QUICK, output=tmp_path / "run")
    assert (len(result.rows), result.failures) == (6, ())
    assert read_rows(tmp_path / "run" / "failures.jsonl") == []


def test_a_folder_holds_one_run(logs, tmp_path):
    benchmark(logs[1], QUICK, output=tmp_path / "run")
    with pytest.raises(UsageError, match="another run: seed is 0, not 1"):
        benchmark(logs[1], QUICK, output=tmp_path / "run", seed=1)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    with pytest.raises(OutputExists):
        benchmark(logs[1], QUICK, output=tmp_path / "other")


def test_files_of_a_run(logs, tmp_path):
    benchmark(logs, QUICK, output=tmp_path / "run", executor="serial")
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names >= {"run.toml", "environment.json", "inputs.json", "results.jsonl", "summary.json"}
    assert names >= {"summary.csv", "summary.md", "summary.txt", "by_model"}
    inputs = json.loads((tmp_path / "run" / "inputs.json").read_text())["users"]
    assert [user["user"] for user in inputs] == [1, 2, 3, 4, 5]
    assert len({user["sha256_16"] for user in inputs}) == 5
    by_model = tmp_path / "run" / "by_model"
    assert [row["user"] for row in read_rows(by_model / "fsrs6-default.jsonl")] == [1, 2, 3, 4, 5]
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["results"] == 15


def test_parts_make_the_whole(logs, tmp_path):
    whole = benchmark(logs, QUICK, executor="serial")
    parts = [tmp_path / "1", tmp_path / "2"]
    for number, folder in enumerate(parts, start=1):
        benchmark(logs, QUICK, output=folder, shard=f"{number}/2", executor="serial")
    merged = merge(parts, tmp_path / "all")
    assert plain(merged.rows) == plain(whole.rows)
    assert merged.to_text() == whole.to_text()
    assert merge(parts, tmp_path / "all").to_text() == whole.to_text()
    # what was merged counts as done
    steps = []
    benchmark(logs, QUICK, output=tmp_path / "all", progress=lambda *at: steps.append(at))
    assert steps == []
    with pytest.raises(UsageError, match="parts 1 are there, expected each of 1 to 2 once"):
        merge(parts[:1], tmp_path / "half")
    other = tmp_path / "other"
    benchmark(logs, ["average"], output=other, shard="2/2", executor="serial")
    with pytest.raises(UsageError, match="models differ"):
        merge([parts[0], other], tmp_path / "mixed")


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", (1, 2, 3)])
def test_parts_are_checked(logs, shard):
    with pytest.raises(UsageError, match="expected i/n"):
        benchmark(logs, "average", shard=shard)


def test_rows_are_verified(logs, tmp_path):
    rows = benchmark(logs, ["fsrs6", "average"], output=tmp_path / "run", executor="serial").rows
    assert verify(tmp_path / "run" / "results.jsonl", logs, tolerance=1e-5).holds
    published = [{name: row[name] for name in ("metrics", "user", "size", "parameters")} for row in rows[5:6]]
    assert verify(published, logs, model="fsrs6", tolerance=1e-5).holds
    wrong = [{**rows[0], "metrics": {**rows[0]["metrics"], "LogLoss": 0.1}}, {**rows[1], "size": 7}]
    checks = verify(wrong, logs).checks
    assert [check.holds for check in checks] == [False, False]
    assert checks[0].largest[0] == "LogLoss"
    assert checks[1].reason == "another number of reviews"
    with pytest.raises(UsageError, match="do not say which model"):
        verify(published, logs)
    with pytest.raises(UsageError, match="none of the 1"):
        verify([{**rows[0], "user": 99}], logs)


def layout(root, user, log, *, decks=True):
    """A log in the Hive-partitioned layout."""
    order = log.time_order
    frame = pl.DataFrame(
        {
            "card_id": np.repeat(log.card_ids, np.diff(log.offsets))[order].astype(np.int64),
            "rating": log.ratings[order].astype(np.int64),
            "state": np.zeros(len(log), dtype=np.int64),
            "duration": np.full(len(log), 1000),
            "elapsed_days": np.where(log.first, -1, log.elapsed_days)[order].astype(np.int64),
            "elapsed_seconds": np.where(log.first, -1, log.elapsed_seconds)[order].astype(np.int64),
            "day_offset": (log.review_times_ms[order] - log.review_times_ms.min()) // 86_400_000,
        }
    )
    unrated = frame.head(3).with_columns(
        rating=pl.lit(0, dtype=pl.Int64), card_id=pl.lit(10**6, dtype=pl.Int64)
    )
    tables = {"revlogs": pl.concat([unrated, frame])}
    if decks:
        cards = log.card_ids.astype(np.int64)
        tables["cards"] = pl.DataFrame({"card_id": cards, "note_id": cards, "deck_id": cards % 3})
        tables["decks"] = pl.DataFrame({"deck_id": [0, 1], "parent_id": [-1, -1], "preset_id": [5, 6]})
    for name, table in tables.items():
        folder = root / name / f"user_id={user}"
        folder.mkdir(parents=True)
        table.write_parquet(folder / "data.parquet")


def test_partitioned_layout(logs, tmp_path):
    for user, log in logs.items():
        layout(tmp_path / "data", user, log)
    asked = ["fsrs6:default", "average", "fsrs6:preset,weights=uniform", "fsrs6:deck"]
    result = benchmark(tmp_path / "data", asked, users="1-2", executor="serial")
    assert result.failures == ()
    direct = benchmark({user: logs[user] for user in (1, 2)}, asked[:2], executor="serial")
    for row in direct.rows:
        (found,) = (r for r in result.rows if (r["user"], r["model"]) == (row["user"], row["model"]))
        assert (found["size"], found["metrics"]) == (row["size"], row["metrics"])
    (partitioned,) = (r for r in result.rows if r["user"] == 1 and r["model"].startswith("fsrs6:preset"))
    assert set(partitioned["parameters"]) == {"-1", "5", "6"}
    assert verify(result.rows, tmp_path / "data", tolerance=1e-5).holds


def test_partitions_are_fitted_apart(logs, tmp_path):
    from repetita.benchmarking import prepare
    from repetita.reviews.population import read_partition

    layout(tmp_path, 1, logs[1])
    (row,) = benchmark(tmp_path, "fsrs6:deck").rows
    prepared = prepare(read_partition(tmp_path, 1))
    training = prepared.training(prepared.splits[-1], unit="days")
    expected = rp.fit(training.take_cards(training.deck_ids == 2), standard_errors=False).parameters
    assert row["parameters"]["2"] == pytest.approx(expected, abs=1e-6)


def test_layout_without_decks(logs, tmp_path):
    layout(tmp_path, 1, logs[1], decks=False)
    result = benchmark(tmp_path, ["average", "fsrs6:preset"])
    assert [row["model"] for row in result.rows] == ["average"]
    assert "does not say which preset" in result.failures[0]["reason"]


def test_unknown_names(logs, tmp_path):
    with pytest.raises(UnknownName, match="did you mean 'fsrs6'"):
        benchmark(logs, ["fsrs66"])
    with pytest.raises(UnknownName, match="did you mean 'recency'"):
        benchmark(logs, ["fsrs6:recensy"])
    with pytest.raises(UnknownName, match="unknown user '9'"):
        benchmark(logs, ["average"], users=[9])
    with pytest.raises(UsageError, match="expected different ones"):
        benchmark(logs, ["average", "average"])
    with pytest.raises(UsageError, match="baseline and takes no options"):
        benchmark(logs, ["average:recency"])
    with pytest.raises(UsageError, match="no search is made with default"):
        benchmark(logs, ["fsrs6:default,recency"])
    with pytest.raises(InputMissing):
        benchmark(tmp_path / "nowhere", ["average"])
    with pytest.raises(NoReviews, match="holds no review logs"):
        benchmark(tmp_path, ["average"])
    with pytest.raises(UsageError, match="cannot benchmark a int"):
        benchmark(3, ["average"])


def test_given_parameters(logs):
    given = rp.model("fsrs6", [*rp.model("fsrs6").parameters[:20], 0.3])
    rows = benchmark(logs[1], ["fsrs6:default", given]).rows
    assert [row["model"] for row in rows] == ["fsrs6:default", "fsrs6:given"]
    assert rows[0]["metrics"]["LogLoss"] != rows[1]["metrics"]["LogLoss"]
    assert rows[1]["parameters"][-1] == 0.3


def test_options_that_change_the_reviews(logs):
    rows = benchmark(logs[2], ["fsrs6:default", "fsrs6:default,no_same_day", "fsrs6:default,binary"]).rows
    # two buttons make other groups of first ratings, and so other outliers
    assert rows[0]["size"] == rows[2]["size"] != rows[1]["size"]
    assert len({row["metrics"]["LogLoss"] for row in rows}) == 3
    assert verify(rows, logs[2], tolerance=1e-6).holds
    (failed,) = benchmark(logs[2], ["fsrs6:default,no_same_day"], rows="seconds").failures
    assert "does not fit" in failed["reason"]


def test_lists_of_users_in_files(logs, tmp_path):
    listed = tmp_path / "tier.txt"
    listed.write_text("1\n4-9\n")
    result = benchmark(logs, "average", users=str(listed), executor="serial")
    assert [row["user"] for row in result.rows] == [1, 4, 5]
