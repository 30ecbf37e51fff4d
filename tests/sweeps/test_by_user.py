"""The desired retention at which users do best, and their results as JSON lines."""

from __future__ import annotations

import json
import os

import pytest
from sweep_tables import log_text, population, row, table

from repetita.errors import InputMissing, OutputExists, UsageError
from repetita.sweeps import best_retentions, export_users, user_records


def points(user, values, **other):
    """Memory and minutes by desired retention."""
    return [
        row(user, "fsrs6", memorized, minutes, desired_retention=r, **other)
        for r, memorized, minutes in values
    ]


@pytest.mark.parametrize("measure", ["memorized_average", "memorized_per_minute"])
def test_the_best_is_that_of_a_second_implementation(measure):
    frame = population(25, 4)
    (found,) = best_retentions(frame, measure=measure)
    for user, retention, *values in found.users.rows():
        mine = [r for r in frame.to_dicts() if r["user_id"] == user and r["scheduler"] == "fsrs6"]
        for r in mine:
            r["memorized_per_minute"] = r["memorized_average"] / r["time_average"]
        best = max(mine, key=lambda r: r[measure])
        assert retention == best["desired_retention"]
        assert values == [best["memorized_average"], best["memorized_per_minute"]]
    assert sum(found.counts.values()) == 25
    assert found.at_edge == found.counts[0.7] + found.counts[0.95]


def test_ties_go_to_the_lower_and_seeds_are_means():
    rows = points(1, [(0.8, 10, 1), (0.9, 10, 1), (0.7, 9, 1)])
    rows += points(2, [(0.8, 10, 1), (0.9, 12, 1)]) + points(2, [(0.8, 15, 1), (0.9, 12, 1)], seed=2)
    (found,) = best_retentions(table(*rows))
    assert found.users.select("user_id", "desired_retention").rows() == [(1, 0.8), (2, 0.8)]
    assert found.users["memorized_average"].to_list() == [10.0, 12.5]
    assert found.counts == {0.7: 0, 0.8: 2, 0.9: 0}
    json.dumps(found.to_dict(), allow_nan=False)


def test_slips_of_best_retentions(tmp_path):
    frame = population(3)
    with pytest.raises(UsageError, match="memrise has no desired retention"):
        best_retentions(frame, scheduler="memrise")
    with pytest.raises(UsageError, match="did you mean 'memorized_average'"):
        best_retentions(frame, measure="memorised")
    (found,) = best_retentions(frame)
    found.write_csv(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().startswith("user_id,desired_retention,memorized_average,")
    with pytest.raises(OutputExists):
        found.write_csv(tmp_path / "a.csv")


def test_a_file_a_configuration_and_a_line_a_user(tmp_path):
    frame = population(4)
    paths = export_users(frame, tmp_path / "new")
    assert len(paths) == 14
    names = {path.name for path in paths}
    assert "results_env=fsrs6_sched=memrise_st=off.jsonl" in names
    assert "results_env=fsrs6_sched=fsrs3_st=off_ret=0.75.jsonl" in names
    for path in paths:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert [line["user"] for line in lines] == [1, 2, 3, 4]
        for line in lines:
            metrics = line["metrics"]
            assert metrics["memorized_per_minute"] == pytest.approx(
                metrics["memorized_average"] / metrics["time_average"]
            )
            assert line["config"]["days"] == 365
    with pytest.raises(OutputExists):
        export_users(frame, tmp_path / "new")
    assert export_users(frame, tmp_path / "new", force=True) == paths


def test_several_seeds_fuzz_and_policies_have_files_of_their_own():
    rows = [row(1, "memrise", 5.0, 1.0, seed=seed) for seed in (1, 2)]
    rows += [
        row(2, "memrise", 5.0, 1.0),
        row(1, "anki_sm2", 5.0, 1.0),
        row(1, "memrise", 6.0, 1.0, fuzz=True),
    ]
    rows += [row(1, "fsrs6_cost_adr", 5.0, 1.0, policy="../a/b", cost_weight=0.5)]
    found = user_records(table(*rows), config=False)
    assert sorted(found) == [
        "results_env=fsrs6_sched=anki_sm2_st=off.jsonl",
        "results_env=fsrs6_sched=fsrs6_cost_adr_st=off_policy=..-a-b_lambda=0.5.jsonl",
        "results_env=fsrs6_sched=memrise_st=off_fuzz=1.jsonl",
        "results_env=fsrs6_sched=memrise_st=off_seed=1.jsonl",
        "results_env=fsrs6_sched=memrise_st=off_seed=2.jsonl",
    ]
    assert [r["user"] for r in found["results_env=fsrs6_sched=memrise_st=off_seed=1.jsonl"]] == [1, 2]
    assert all(set(record) == {"user", "metrics"} for records in found.values() for record in records)


def test_the_newest_run_counts_and_retention_comes_from_days(tmp_path):
    meta = {"environment": "fsrs6", "scheduler": "memrise", "user_id": 3, "seed": 1, "engine": "event"}
    for number, name in enumerate(("a", "b")):
        path = tmp_path / f"{name}.jsonl"
        totals = {"memorized_average": 10.0 + number, "time_average": 2.0}
        path.write_text(log_text(meta, totals), encoding="utf-8")
    os.utime(tmp_path / "a.jsonl", (2e9, 2e9))
    ((record,),) = user_records(tmp_path).values()
    assert record["metrics"]["memorized_average"] == 10.0
    with pytest.raises(InputMissing, match="has no table of its days"):
        user_records(tmp_path, mean_retention=True)
    days = "day,reviews,new,retention,cost,memorized\n0,1,1,,1,1\n1,1,1,0.8,1,1\n2,1,1,0.6,1,1\n"
    (tmp_path / "a.csv").write_text(days, encoding="utf-8")
    ((record,),) = user_records(tmp_path, mean_retention=True).values()
    assert record["metrics"]["mean_retention"] == pytest.approx(0.7)
