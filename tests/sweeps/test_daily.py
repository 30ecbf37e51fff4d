"""Days beside logs: which are read, what curves and loops say of them, and files that are no such tables."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from sweep_tables import log_text

from repetita.errors import CorruptInput, InputError, InputMissing, InvalidColumns, UsageError
from repetita.simulation import simulate
from repetita.simulation.logs import write_run
from repetita.sweeps import daily_curves, daily_runs, short_loops, write_results
from repetita.sweeps.daily_series import smoothed

META = {"environment": "fsrs6", "scheduler": "fsrs6", "desired_retention": 0.9, "engine": "event", "days": 4}
TOTALS = {"memorized_average": 50.0, "time_average": 2.0}
HEAD = "day,reviews,new,retention,cost,memorized,phase_reviews,phase_lapses,short_loops\n"


def write(folder, user, loops=("1", "0", "3", ""), **meta):
    """A log with its days."""
    path = folder / f"log_{user}_{meta.get('seed', 0)}_{meta.get('desired_retention', 0.9)}.jsonl"
    path.write_text(log_text({**META, "user_id": user, **meta}, TOTALS), encoding="utf-8")
    rows = [f"{day},{10 + day},2,0.9,60,{day},10,{day},{loops[day]}\n" for day in range(4)]
    path.with_suffix(".csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def test_days_stand_beside_logs_and_tables(tmp_path):
    run = simulate(days=30, deck=40, short_term="steps", seed=3)
    meta = {"environment": "fsrs6", "scheduler": "fsrs6", "days": 30, "deck_size": 40, "seed": 3}
    write_run(run, meta | {"desired_retention": 0.9, "short_term": True}, tmp_path)
    (read,), (made,) = daily_runs(tmp_path), daily_runs(run)
    assert read.days.equals(made.days)
    assert read.days["reviews"].to_list() == run.reviews.tolist()
    assert read.days["retention"].null_count() == int(np.isnan(run.retention).sum())
    assert (read.row["line"], read.row["label"]) == ("fsrs6", "DR=90%")


def test_days_lie_anywhere_in_the_folder_of_a_sweep(tmp_path):
    table = pl.DataFrame([META | TOTALS | {"user_id": user} for user in (1, 2)])
    write_results(table, tmp_path / "results.parquet")
    (tmp_path / "logs" / "user_1").mkdir(parents=True)
    path = write(tmp_path / "logs" / "user_1", 1)
    (run,) = daily_runs(tmp_path)
    assert run.row["source"] == str(path)


def test_curves_are_those_of_the_runs():
    runs = [simulate(days=50, deck=60, desired_retention=r, seed=2) for r in (0.9, 0.8)]
    found = daily_curves(runs, window_days=7, start_day=10)
    assert [curve.name for curve in found.curves] == ["fsrs6 DR=80%", "fsrs6 DR=90%"]
    for curve, run in zip(found.curves, reversed(runs), strict=True):
        assert curve.day.tolist() == list(range(10, 50))
        assert curve.reviews.tolist() == run.reviews[10:].tolist()
        assert curve.memorized == pytest.approx(run.memorized[10:])
        # three days before and after day 20, pooled over their reviews
        window = slice(17, 24)
        passed = 1.0 - run.phase_lapses[window].sum() / run.phase_reviews[window].sum()
        assert curve.retention[10] == pytest.approx(passed)
    assert found.to_dict()["curves"][0]["days"] == [10, 49]
    assert len(daily_curves(runs, desired_retentions=[0.8]).curves) == 1


@pytest.mark.parametrize("window", [1, 2, 7, 30])
def test_windows_are_means_of_what_is_known(window):
    values = np.random.default_rng(window).normal(size=40)
    values[[3, 4, 5, 20]] = np.nan
    for place, found in enumerate(smoothed(values, window)):
        part = values[max(0, place - (window - 1) // 2) : place + window // 2 + 1]
        known = part[np.isfinite(part)]
        assert found == pytest.approx(known.mean()) if known.size else np.isnan(found)


def test_seeds_worlds_and_settings_name_curves(tmp_path):
    for seed in (1, 2):
        write(tmp_path, 5, seed=seed)
    write(tmp_path, 5, seed=3, environment="lstm", desired_retention=None, scheduler="memrise")
    names = [curve.name for curve in daily_curves(tmp_path).curves]
    assert names == [f"fsrs6 DR=90% in fsrs6, seed {seed}" for seed in (1, 2)] + ["memrise in lstm, seed 3"]
    assert daily_curves(tmp_path).environment is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "runs of 2 users"),
        ({"user_id": 1, "desired_retentions": [0.9, 0.5]}, "has the desired retention 0.5"),
        ({"user_id": 1, "start_day": 9}, "the last day is 3"),
        ({"user_id": 1, "window_days": 0}, "window_days"),
        ({"schedulers": ["fsrs66"]}, "did you mean 'fsrs6'"),
    ],
)
def test_slips_of_curves(tmp_path, options, message):
    for user in (1, 2):
        write(tmp_path, user)
    with pytest.raises(UsageError, match=message):
        daily_curves(tmp_path, **options)


def test_loops_are_means_by_user(tmp_path):
    for user in (1, 2, 3):
        write(tmp_path, user, loops=(str(user), "0", "", "5"))
    write(tmp_path, 4, loops=("", "", "", ""))
    found = short_loops(tmp_path)
    assert found.users.rows() == [(user, (user + 5) / 4) for user in (1, 2, 3)]
    assert found.spread.median == 7 / 4
    assert found.notes == ("1 run without loops left out",)
    active = short_loops(tmp_path, metric="avg-active")
    assert active.users["loops"].to_list() == [(user + 5) / 2 for user in (1, 2, 3)]
    json.dumps(found.to_dict(), allow_nan=False)


def test_loops_need_one_setting_and_some_loops(tmp_path):
    write(tmp_path, 1)
    write(tmp_path, 2, desired_retention=0.8)
    with pytest.raises(UsageError, match="runs of 2 kinds: fsrs6 DR=80% in fsrs6; fsrs6 DR=90%"):
        short_loops(tmp_path)
    assert short_loops(tmp_path, retentions=(0.8, 0.8)).users.height == 1
    with pytest.raises(InputError, match="no run has loops"):
        short_loops(simulate(days=5, deck=5))
    with pytest.raises(UsageError, match="did you mean 'avg'"):
        short_loops(tmp_path, metric="av")


def test_results_without_days_are_a_clear_error(tmp_path):
    write(tmp_path, 1).with_suffix(".csv").unlink()
    with pytest.raises(InputMissing, match="table of its days") as caught:
        daily_runs(tmp_path)
    assert "--diagnostic-csv-logs" in caught.value.hint
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputMissing, match="holds no results"):
        daily_runs(tmp_path / "empty")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", CorruptInput),
        ("day,reviews\n0,1\n", InvalidColumns),
        (HEAD, InvalidColumns),
        (HEAD + "0,many,1,1,1,1,1,1,1\n", CorruptInput),
        (HEAD + "0,1,1,1,1,1,1,1,1\n2,1,1,1,1,1,1,1,1\n", InvalidColumns),
        (HEAD + ",1,1,1,1,1,1,1,1\n", InvalidColumns),
        ("\x00\x01\x02", InvalidColumns),
    ],
)
def test_tables_that_are_none(tmp_path, text, error):
    write(tmp_path, 1).with_suffix(".csv").write_text(text, encoding="utf-8")
    with pytest.raises(error):
        daily_runs(tmp_path)


def test_days_of_a_table_of_results(tmp_path):
    path = write(tmp_path, 1)
    table = pl.DataFrame(
        [META | TOTALS | {"user_id": 1, "source": str(path)}, META | TOTALS | {"user_id": 2, "source": None}],
        infer_schema_length=None,
    )
    (run,) = daily_runs(table)
    assert run.row["user_id"] == 1
