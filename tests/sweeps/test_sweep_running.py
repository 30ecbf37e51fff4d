"""A sweep is the runs it is made of: the same figures as one by one, in order, with what failed beside."""

from __future__ import annotations

import polars as pl
import pytest

import repetita as rp
from repetita.errors import UnknownName, UsageError
from repetita.executors import Outcome
from repetita.simulation import Behavior, User
from repetita.simulation.inputs import LostUser
from repetita.simulation.logs import totals
from repetita.sweeps import SettingsByUser, merge_sweeps, plan_sweep, retention_grid
from repetita.sweeps.asking import ranges
from repetita.sweeps.batches import MOST_LANES, lane_bytes
from repetita.sweeps.results import SCHEMA, TOTALS
from repetita.sweeps.settings import Setting

SHORT = {"days": 40, "deck": 30}
SLOW_MEMORY = [*rp.model("fsrs6").parameters[:20], 0.6]


def test_rows_are_runs_of_the_event_engine():
    person = Behavior(review_limit=7)
    users = [User(number=3), User(number=5, parameters=SLOW_MEMORY, behavior=person)]
    found = rp.sweep(
        users,
        schedulers=["fsrs6", "fixed@4", "anki_sm2"],
        desired_retention=[0.8, 0.95],
        seeds=[2, 9],
        fuzz=True,
        **SHORT,
    ).table
    assert dict(found.schema) == SCHEMA
    assert found.height == 2 * (2 + 1 + 1) * 2
    for row in found.to_dicts():
        user = next(user for user in users if user.number == row["user_id"])
        interval = row["fixed_interval"]
        run = rp.simulate(
            scheduler=row["scheduler"] if interval is None else f"fixed@{interval:g}",
            desired_retention=row["desired_retention"] or 0.9,
            parameters=user.parameters,
            behavior=user.behavior,
            user=user.number,
            seed=row["seed"],
            fuzz=True,
            **SHORT,
        )
        expected = totals(run)
        assert {name: row[name] for name in TOTALS} == pytest.approx(
            {name: expected[name] for name in TOTALS}, rel=1e-7
        )
        assert (row["engine"], row["fuzz"], row["days"]) == ("lanes", True, 40)
        assert row["review_limit"] == (7.0 if user.behavior else 9999.0)


def test_the_order_is_users_worlds_schedulers_settings_seeds():
    found = rp.sweep(
        [User(number=7), User(number=4)],
        environments=["fsrs6", "hlr"],
        schedulers=["memrise", {"scheduler": "fsrs6", "desired_retention": 0.7}],
        seeds=[5, 1],
        **SHORT,
    ).table
    assert found["user_id"].to_list() == [7] * 8 + [4] * 8
    assert found["environment"].to_list()[:8] == ["fsrs6"] * 4 + ["hlr"] * 4
    assert found["scheduler"].to_list()[:4] == ["memrise", "memrise", "fsrs6", "fsrs6"]
    assert found["seed"].to_list()[:4] == [5, 1, 5, 1]


def test_what_lanes_cannot_run_the_event_engine_runs(monkeypatch):
    expected = rp.sweep(2, schedulers=["memrise"], seeds=[1, 2], **SHORT).table
    monkeypatch.setattr("repetita.sweeps.job.needs_event_engine", lambda plan: "of its own")
    found = rp.sweep(2, schedulers=["memrise"], seeds=[1, 2], **SHORT).table
    assert found["engine"].to_list() == ["event"] * 4
    exact = ["total_reviews", "total_lapses", "user_id", "seed"]
    assert found.select(exact).equals(expected.select(exact))


def test_a_run_that_fails_is_listed_and_stops_none():
    broken = [float("nan")] * 21
    users = [User(number=0), User(number=1, parameters=broken), LostUser(2, "no row"), User(number=3)]
    found = rp.sweep(users, schedulers=["fsrs6", "memrise"], **SHORT)
    assert sorted(set(found.table["user_id"].to_list())) == [0, 3]
    reasons = {row["user_id"]: row["failure"] for row in found.failures}
    assert "number" in reasons[1]
    assert reasons[2] == "no row"
    assert [row["run"] for row in found.failures] == [2, 3, 4, 5]
    assert found.summary["failed"] == 4
    with pytest.raises(UsageError, match="run 2 failed"):
        rp.sweep(users[:2], schedulers=["fsrs6", "memrise"], fail_fast=True, **SHORT)


def test_one_that_raises_is_found_among_many(monkeypatch):
    from repetita.sweeps import job

    real = job.simulate_many

    def picky(users, *, schedulers, **other):
        if any(user.number == 2 for user in users) and any(s["scheduler"] == "memrise" for s in schedulers):
            raise RuntimeError("a fault")
        return real(users, schedulers=schedulers, **other)

    monkeypatch.setattr(job, "simulate_many", picky)
    found = rp.sweep(5, schedulers=["fsrs6", "memrise", "anki_sm2"], seeds=[1, 2], **SHORT)
    assert [(row["user_id"], row["scheduler"]) for row in found.failures] == [(2, "memrise")] * 2
    assert "a fault" in found.failures[0]["failure"]
    assert found.table.height == 28


def test_settings_of_each_user():
    by_user = {
        1: (Setting(scheduler="fsrs6", desired_retention=0.71),),
        2: tuple(Setting(scheduler="fsrs6", desired_retention=r) for r in (0.8, 0.9)),
    }
    chosen = SettingsByUser(scheduler="fsrs6", by_user=by_user, source="list.toml")
    found = rp.sweep([User(number=n) for n in (1, 2, 3)], schedulers=[chosen, "memrise"], **SHORT)
    fsrs = found.table.filter(pl.col("scheduler") == "fsrs6")
    assert fsrs.select("user_id", "desired_retention").rows() == [(1, 0.71), (2, 0.8), (2, 0.9)]
    assert [row["failure"] for row in found.failures] == ["'list.toml' has nothing for user 3"]


def test_worlds_of_each_user():
    world = rp.model("fsrs6", parameters=SLOW_MEMORY)
    user = User(number=1, worlds={"fsrs6": world}, beliefs={"fsrs6": world})
    found = rp.sweep([user], environments=["fsrs6", "hlr", "fsrs6_default"], **SHORT).table
    alone = rp.simulate(parameters=SLOW_MEMORY, user=1, seed=42, **SHORT)
    assert found["environment"].to_list() == ["fsrs6", "hlr", "fsrs6_default"]
    assert found["memorized_average"][0] == pytest.approx(alone.memorized_average, rel=1e-7)
    assert found["memorized_average"][2] != pytest.approx(alone.memorized_average, rel=1e-3)


def test_parts_merge_into_the_bytes_of_the_whole(tmp_path):
    asked = {"users": 5, "schedulers": ["fsrs6", "memrise"], "desired_retention": [0.8, 0.9], **SHORT}
    whole = rp.sweep(**asked, output=tmp_path / "whole")
    for part in (1, 2, 3):
        rp.sweep(**asked, output=tmp_path / str(part), shard=f"{part}/3")
    merged = merge_sweeps([tmp_path / str(part) for part in (3, 1, 2)], tmp_path / "merged")
    assert merged.table.equals(whole.table)
    for name in ("results.parquet", "run.toml", "inputs.json", "summary.json", "failures.jsonl"):
        assert (tmp_path / "merged" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert rp.read_results(tmp_path / "merged").height == whole.table.height
    with pytest.raises(UsageError, match="expected each of 1 to 3 once"):
        merge_sweeps([tmp_path / "1", tmp_path / "2"], tmp_path / "half")


def same_bytes(asked, tmp_path, executor, **how):
    rp.sweep(**asked, output=tmp_path / "one")
    rp.sweep(**asked, output=tmp_path / "two", executor=executor, max_lanes_per_batch=4, **how)
    names = ("results.parquet", "summary.json", "run.toml")
    return all((tmp_path / "one" / n).read_bytes() == (tmp_path / "two" / n).read_bytes() for n in names)


def test_the_order_in_which_batches_end_does_not_matter(tmp_path):
    class Backwards:
        def run(self, job, tasks):
            for task in reversed(list(tasks)):
                yield Outcome(task.key, job(task.payload))

    asked = {"users": 3, "schedulers": ["fsrs6", "memrise"], "desired_retention": [0.8, 0.9], **SHORT}
    assert same_bytes(asked, tmp_path, Backwards())


@pytest.mark.slow
def test_worker_processes_give_the_same_bytes(tmp_path):
    asked = {"users": 3, "schedulers": ["fsrs6", "memrise"], "desired_retention": [0.8, 0.9], **SHORT}
    assert same_bytes(asked, tmp_path, "processes", workers=1)


def test_logs_are_read_as_the_table(tmp_path):
    asked = {"users": 2, "schedulers": ["fsrs6", "fixed@5"], "short_term": "steps", **SHORT}
    table = rp.sweep(**asked, log_dir=tmp_path / "logs", log_days=True).table
    paths = sorted((tmp_path / "logs" / "user_1").iterdir())
    assert [path.suffix for path in paths] == [".csv", ".jsonl"] * 2
    read = rp.read_results(tmp_path / "logs").sort("user_id", "scheduler", descending=[False, True])
    left = ["modified", "source"]
    assert read.drop(left).equals(table.drop(left))
    rp.sweep(**asked, log_dir=tmp_path / "all", log_layout="sweep", log_reviews=True)
    logs = sorted((tmp_path / "all").rglob("*.jsonl"))
    folders = [str(log.parent.relative_to(tmp_path / "all")) for log in logs]
    assert folders == [f"sched_{name}/user_{user}" for name in ("fixed@5", "fsrs6") for user in (0, 1)]
    assert (
        rp.read_results(tmp_path / "all")
        .drop(left)
        .sort("user_id", "scheduler")
        .equals(table.drop(left).sort("user_id", "scheduler"))
    )
    events = logs[0].read_text().count('"event"')
    assert (
        events
        == table.filter((pl.col("scheduler") == "fixed") & (pl.col("user_id") == 0))
        .select(pl.col("total_reviews") + 30)
        .item()
    )


def test_json_lines(tmp_path):
    found = rp.sweep(2, **SHORT, output=tmp_path / "run", json_lines=True)
    table = pl.read_ndjson(tmp_path / "run" / "results.jsonl")
    assert table["memorized_average"].to_list() == found.table["memorized_average"].to_list()
    assert rp.read_results(tmp_path / "run").height == 2


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"schedulers": ["fsrs66"]}, "did you mean 'fsrs6'"),
        ({"environments": ["hrl"]}, "did you mean 'hlr'"),
        ({"schedulers": []}, "schedulers is empty"),
        ({"schedulers": ["sspmmc"]}, "needs a policy"),
        ({"desired_retention": [0.9, 0.9]}, "a value twice"),
        ({"desired_retention": [90]}, "expected a number in"),
        ({"desired_retention": [0.9, float("nan")]}, "desired_retention is nan"),
        ({"schedulers": ["memrise", "memrise"]}, "given twice"),
        ({"seeds": []}, "seeds is empty"),
        ({"users": [User(number=1), User(number=1)]}, "the number 1"),
        ({"fuzzy": True}, "did you mean 'fuzz'"),
        ({"start": "log.csv"}, "unknown option of a sweep"),
        ({"shard": "3/2"}, "expected i/n"),
        ({"executor": "rey"}, "did you mean 'ray'"),
        ({"device": "gpu"}, "unknown device"),
        ({"log_layout": "users"}, "did you mean 'user'"),
        ({"max_lanes_per_batch": 0}, "at least 1"),
        ({"workers": 0}, "at least 1"),
        ({"days": 0}, "at least 1"),
        ({"short_term": "step"}, "step"),
    ],
)
def test_slips(asked, told):
    with pytest.raises(UsageError) as error:
        plan_sweep(**{"users": 1, **asked})
    assert told in str(error.value)


def test_grids():
    assert retention_grid(0.5, 0.98, 0.02)[-1] == 0.98
    assert retention_grid(0.7, 0.7, 0.1) == (0.7,)
    assert retention_grid(0.95, 0.85, -0.05) == (0.95, 0.9, 0.85)
    wrong_ones = {(0.5, 0.9, 0.001): "step", (0.9, 0.5, 0.1): "sign", (0.0, 0.5, 0.1): r"in \(0, 1\)"}
    for wrong, told in wrong_ones.items():
        with pytest.raises(UsageError, match=told):
            retention_grid(*wrong)


def test_what_a_dry_run_says():
    facts = plan_sweep(1000, desired_retention=retention_grid(), days=1825, deck=10_000).to_dict()
    assert facts["runs"] == 25_000
    assert facts["lanes_per_batch"] == MOST_LANES
    assert facts["megabytes"] == pytest.approx(MOST_LANES * lane_bytes(1825, 10_000) / 1e6, abs=0.1)
    parts = [plan_sweep(10, shard=(part, 3)).to_dict()["runs"] for part in (1, 2, 3)]
    assert parts == [4, 3, 3]
    assert ranges([1]) == "1"


def test_unknown_names_are_of_one_kind():
    with pytest.raises(UnknownName):
        rp.sweep(1, schedulers=["memrize"])
