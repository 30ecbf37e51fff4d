"""Sweeps in worlds that are networks, with each user's own weights: the runs they are made of, and the same
whatever stops or divides them.
"""

from __future__ import annotations

import json
import shutil

import pytest

import repetita as rp
from repetita.errors import InputMissing
from repetita.network_model import network
from repetita.simulation.inputs import BenchmarkResults, people
from repetita.simulation.logs import totals
from repetita.sweeps import plan_sweep, sweep_folder
from repetita.sweeps.results import TOTALS

SCHEDULERS = ["fsrs6", "lstm", "anki_sm2", "memrise"]
SHORT = {"days": 30, "deck": 12, "desired_retention": [0.8, 0.9], "environments": ["lstm"]}
USERS = (1, 2)


@pytest.fixture(scope="module")
def root(tmp_path_factory, golden_file):
    """What a benchmark leaves: weights of networks of each user, parameters of FSRS-6."""
    folder = tmp_path_factory.mktemp("benchmark")
    for name in ("weights/LSTM", "weights/GRU", "result"):
        (folder / name).mkdir(parents=True)
    shutil.copy(golden_file("lstm_random.pth"), folder / "weights" / "LSTM" / "1.pth")
    rp.model("lstm").save(folder / "weights" / "LSTM" / "2.pth")
    for user in USERS:
        values = [(1.0 - 0.1 * user) * value for value in rp.model("gru").parameters]
        network("gru", values, "default", [-1.0, 3.0]).save(folder / "weights" / "GRU" / f"{user}.pth")
    rows = [{"user": user, "parameters": {"0": [*rp.model("fsrs6").parameters]}} for user in USERS]
    (folder / "result" / "FSRS-6-recency.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


@pytest.fixture(scope="module")
def users(root):
    return people(USERS, results=BenchmarkResults(root), models=["lstm", *SCHEDULERS])


@pytest.fixture(scope="module")
def whole(users):
    return rp.sweep(users, schedulers=SCHEDULERS, **SHORT)


def test_rows_are_single_runs_with_the_weights_of_the_user(root, whole):
    results = BenchmarkResults(root)
    assert not whole.failures
    assert whole.table.height == len(USERS) * (2 + 2 + 1 + 1)
    assert set(whole.table["environment"]) == {"lstm"}
    for row in whole.table.to_dicts():
        world = results.model("lstm", row["user_id"])
        run = rp.simulate(
            environment=world,
            scheduler=row["scheduler"],
            scheduler_parameters=world if row["scheduler"] == "lstm" else None,
            desired_retention=row["desired_retention"] or 0.9,
            user=row["user_id"],
            seed=42,
            days=SHORT["days"],
            deck=SHORT["deck"],
        )
        expected = totals(run)
        assert {name: row[name] for name in TOTALS} == pytest.approx(
            {name: expected[name] for name in TOTALS}, rel=1e-7
        )
        assert repr(run).startswith(f"Simulation({row['scheduler']} in lstm, 30 days: ")
    by_user = whole.table.filter(whole.table["scheduler"] == "memrise")["memorized_average"].to_list()
    assert by_user[0] != pytest.approx(by_user[1], rel=1e-3)  # their weights differ


def test_one_that_was_stopped_goes_on(users, whole, tmp_path, monkeypatch):
    asked = {**SHORT, "users": users, "schedulers": SCHEDULERS, "max_lanes_per_batch": 5}
    real, kept = sweep_folder.SweepFolder.append, []

    def stopping(self, frame):
        real(self, frame)
        kept.append(frame.height)
        if len(kept) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(sweep_folder.SweepFolder, "append", stopping)
    with pytest.raises(KeyboardInterrupt):
        rp.sweep(**asked, output=tmp_path / "run")
    again = rp.sweep(**asked, output=tmp_path / "run")
    assert kept == [5, 5, 2]  # nothing was made twice
    assert again.table.equals(whole.table)


@pytest.mark.slow
def test_two_worker_processes_give_the_same(users, whole):
    asked = {**SHORT, "users": users, "schedulers": SCHEDULERS, "max_lanes_per_batch": 6}
    found = plan_sweep(**asked, executor="processes", workers=2).run()
    assert not found.failures
    assert found.table.equals(whole.table)


def test_on_the_command_line(root, whole, tmp_path):
    from click.testing import CliRunner

    from repetita.cli import app

    asked = ["sweep", "--env", "lstm", "--sched", ",".join(SCHEDULERS), "--desired-retentions", "0.8,0.9"]
    asked += ["--days", "30", "--deck", "12", "--end-user", "3", "--srs-benchmark-root", str(root)]
    shown = CliRunner().invoke(app, [*asked, "-o", str(tmp_path / "run")])
    assert shown.exit_code == 3
    assert "no weights of lstm for user 3" in shown.stdout
    left = ["modified", "source"]
    table = rp.read_results(tmp_path / "run").drop(left)
    assert table.drop("deck_size").equals(
        whole.table.drop("deck_size", "run", strict=False).drop(left, strict=False)
    )
    found = rp.pareto(table)
    assert {candidate.line for candidate in found.candidates} == {"lstm", "anki_sm2", "memrise"}


def test_other_networks_as_worlds_and_beliefs(root):
    names = ["gru", "memrise"]
    users = people(USERS, results=BenchmarkResults(root), models=["gru", *names])
    found = rp.sweep(users, schedulers=names, environments=["gru"], days=20, deck=8).table
    for row in found.to_dicts():
        world = BenchmarkResults(root).model("gru", row["user_id"])
        run = rp.simulate(
            environment=world,
            scheduler=row["scheduler"],
            scheduler_parameters=world if row["scheduler"] == "gru" else None,
            user=row["user_id"],
            seed=42,
            days=20,
            deck=8,
        )
        assert row["total_reviews"] == run.total_reviews
        assert row["memorized_average"] == pytest.approx(run.memorized_average, rel=1e-7)


def test_folders_of_weights_are_those_of_their_network(root, tmp_path):
    (tmp_path / "weights").mkdir()
    shutil.copytree(root / "weights" / "GRU", tmp_path / "weights" / "GRU-P-short-secs")
    results = BenchmarkResults(tmp_path, short_term=True)
    assert [results.fits(name) for name in ("gru", "gru_p", "lstm", "fsrs6", "fsrs7")] == [
        *(False, True, True, True, False)
    ]
    assert results.weights("gru_p", 1).parent.name == "GRU-P-short-secs"
    with pytest.raises(InputMissing, match="no weights of gru for user 1"):
        results.weights("gru", 1)
