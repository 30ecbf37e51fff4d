"""The table of results: read from logs and Parquet, written, and refused with the file's name."""

from __future__ import annotations

import json

import pytest
from sweep_tables import log_text, population

import repetita as rp
from repetita.errors import (
    CorruptInput,
    InputMissing,
    InvalidColumns,
    OutputExists,
    UnsupportedInput,
    UsageError,
)
from repetita.sweeps import SCHEMA, read_results, results_table, write_results

META = {
    "engine": "batched",
    "days": 1825,
    "deck_size": 10000,
    "learn_limit": 10,
    "review_limit": 9999,
    "cost_limit_minutes": 720,
    "priority": "review-first",
    "environment": "lstm",
    "scheduler": "fsrs6",
    "scheduler_spec": "fsrs6",
    "user_id": 7,
    "button_usage": "usage.jsonl",
    "desired_retention": 0.9,
    "scheduler_priority": "low_retrievability",
    "sspmmc_policy": None,
    "fixed_interval": None,
    "seed": 42,
    "fuzz": False,
    "short_term": True,
    "short_term_source": "steps",
    "learning_steps": [],
    "relearning_steps": [],
}
TOTALS = {
    "avg_accum_memorized_per_hour": 15.37,
    "memorized_average": 6881,
    "reviews_average": 116.01,
    "time_average": 30.5,
    "total_reviews": 211718,
    "total_lapses": 20000,
    "total_cost": 3339750,
    "total_projected_retrievability": 8123,
    "cost_per_projected_retrievability": 411.15,
}


def test_a_log_of_the_ecosystem(tmp_path):
    path = tmp_path / "log_env=dash_ret=0.5_whatever.jsonl"  # a name that lies
    path.write_text(log_text(META, TOTALS, events=3), encoding="utf-8")
    found = read_results(path)
    assert dict(found.schema) == SCHEMA
    (read,) = found.to_dicts()
    assert (read["environment"], read["scheduler"], read["user_id"]) == ("lstm", "fsrs6", 7)
    assert (read["desired_retention"], read["memorized_average"], read["time_average"]) == (0.9, 6881.0, 30.5)
    assert (read["short_term"], read["short_term_source"], read["seed"]) == (True, "steps", 42)
    assert (read["total_reviews"], read["review_time_average"], read["policy"]) == (211718, None, None)


def test_policies_are_named_by_their_file(tmp_path):
    meta = META | {"scheduler": "fsrs6_cost_adr", "fsrs6_adr_policy": "a/b/policy_3.json", "lambda_value": 16}
    (tmp_path / "a.jsonl").write_text(log_text(meta, TOTALS), encoding="utf-8")
    (read,) = read_results(tmp_path).to_dicts()
    assert (read["policy"], read["cost_weight"]) == ("policy_3", 16.0)


def test_a_folder_of_our_own_runs_is_read_once(tmp_path):
    from repetita.simulation.logs import write_run

    runs = [rp.simulate(days=30, deck=60, desired_retention=r, seed=1) for r in (0.8, 0.9)]
    for run, retention in zip(runs, (0.8, 0.9), strict=True):
        meta = {"environment": "fsrs6", "scheduler": "fsrs6", "desired_retention": retention, "seed": 1}
        write_run(run, meta | {"days": 30, "user_id": 0, "fuzz": False}, tmp_path / "deep" / "er")
    table = read_results(tmp_path)
    assert table["source"].str.ends_with(".parquet").all()
    assert sorted(table["memorized_average"].to_list()) == sorted(run.memorized_average for run in runs)
    for path in tmp_path.rglob("*.parquet"):
        path.unlink()
    logs = read_results(tmp_path)
    assert logs.drop("source", "modified").equals(table.drop("source", "modified"))
    rows = results_table(runs)
    assert rows["review_memory_gain_average"].to_list() == table["review_memory_gain_average"].to_list()


@pytest.mark.parametrize("json_lines", [False, True])
def test_written_tables_are_whole_and_not_overwritten(tmp_path, json_lines):
    table = results_table(population(3))
    path = tmp_path / ("a.ndjson" if json_lines else "a.parquet")
    write_results(table, path, json_lines=json_lines)
    with pytest.raises(OutputExists):
        write_results(table, path)
    if json_lines:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert [r["memorized_average"] for r in rows] == table["memorized_average"].to_list()
    else:
        assert read_results(path).drop("source", "modified").equals(table.drop("source", "modified"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1 .* is nothing"),
        ("{}\n", "line 1 .* is '{}'"),
        ("[" * 5000, "line 1 .* is"),
        (log_text(META, TOTALS).splitlines()[0], "line 2 .* is nothing"),
        (log_text(META | {"fuzz": "no"}, TOTALS), "fuzz is 'no' .* expected true or false"),
        (log_text(META | {"user_id": 1.5}, TOTALS), "user_id is 1.5 .* expected a whole number"),
        (log_text(META | {"scheduler": 3}, TOTALS), "scheduler is 3 .* expected text"),
        (log_text(META, TOTALS | {"time_average": "much"}), "time_average is 'much'"),
        (log_text(META, TOTALS | {"time_average": float("nan")}), "time_average is nan"),
        (log_text(META | {"user_id": 10**30}, TOTALS), "user_id is 1"),
    ],
)
def test_a_log_that_is_none_is_named(tmp_path, text, message):
    path = tmp_path / "a.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorruptInput, match=message) as caught:
        read_results(path)
    assert "a.jsonl" in str(caught.value)


def test_files_that_are_none(tmp_path):
    with pytest.raises(InputMissing, match="no file"):
        read_results(tmp_path / "none.jsonl")
    with pytest.raises(InputMissing, match="holds no results"):
        read_results(tmp_path)
    with pytest.raises(UsageError, match="no results given"):
        read_results()
    (tmp_path / "a.csv").write_text("a,b\n")
    with pytest.raises(UnsupportedInput, match=r"ends in '\.csv'"):
        read_results(tmp_path / "a.csv")
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(CorruptInput, match="no Parquet table"):
        read_results(tmp_path / "a.parquet")
    (tmp_path / "b.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CorruptInput, match="UTF-8"):
        read_results(tmp_path / "b.jsonl")


def test_a_log_without_a_scheduler_is_refused(tmp_path):
    (tmp_path / "a.jsonl").write_text(log_text({"environment": "fsrs6"}, TOTALS), encoding="utf-8")
    with pytest.raises((InvalidColumns, CorruptInput), match="scheduler"):
        results_table(tmp_path)


def test_the_folder_of_a_run_is_its_table(tmp_path):
    run = tmp_path / "a" / "run"
    (run / "logs" / "user_1").mkdir(parents=True)
    (run / "run.toml").write_text('kind = "sweep"\n')
    (run / "failures.jsonl").write_text('{"user_id": 3, "reason": "no numbers"}\n')
    (run / "logs" / "user_1" / "log_x.jsonl").write_text(log_text(META, TOTALS), encoding="utf-8")
    with pytest.raises(InputMissing, match="not finished"):
        read_results(run)
    table = results_table(population(3))
    write_results(table, run / "results.parquet")
    for folder in (run, tmp_path):
        assert read_results(folder).drop("modified", "source").equals(table.drop("modified", "source"))
    (tmp_path / "log_y.jsonl").write_text(log_text(META, TOTALS), encoding="utf-8")
    assert read_results(tmp_path).height == table.height + 1
