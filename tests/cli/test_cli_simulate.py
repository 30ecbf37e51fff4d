"""``repetita simulate``: flags, logs in the schema of the reference, refusals, an early end."""

from __future__ import annotations

import json

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from test_policies import table

from repetita import model
from repetita.simulation import simulate
from repetita.simulation.policies import AdrPolicy, write_policy

SMALL = ("simulate", "--days", "20", "--deck", "30", "--no-progress")
QUIET = (*SMALL, "--no-log")
USAGE = {
    "user": 7,
    "first_rating_prob": [0.2, 0.1, 0.5, 0.2],
    "review_rating_prob": [0.2, 0.6, 0.2],
    "learning_rating_prob": [0.1, 0.8, 0.1],
    "relearning_rating_prob": [float("nan")] * 3,
    "learn_costs": [30, 20, 10, 5],
    "review_costs": [20, 15, 10, 5],
    "state_rating_costs": [[9, 8, 7, 6]] * 3,
    "first_rating_offset": [0, 0, 0, 0],
    "first_session_len": [1, 1, 1, 1],
    "forget_rating_offset": 0.0,
    "forget_session_len": 1.0,
    "long_term_transition": [[1, 2, 3, 4]] * 4,
}


def log_of(folder):
    (path,) = folder.glob("*.jsonl")
    return path, [json.loads(line) for line in path.read_text().splitlines()]


def test_the_quickstart_needs_nothing(run_json):
    code, answer = run_json(*QUIET)
    run = simulate(days=20, deck=30)
    assert code == 0
    assert answer["totals"] == json.loads(json.dumps(run.totals()))
    assert answer["output"] == []


def test_logs_have_the_known_schema(run, tmp_path):
    folder = tmp_path / "logs"
    shown = run(*SMALL, "--log-dir", folder, "--log-reviews", "--short-term-source", "steps")
    assert shown.exit_code == 0, shown.stderr
    path, lines = log_of(folder)
    assert path.name.startswith(
        "log_env=fsrs6_engine=event_sched=fsrs6_st=steps_stloops=10_user=none_days=20_"
    )
    assert path.name.endswith("_prio=new-first_ret=0.9_sprio=low_retrievability_seed=42.jsonl")
    meta, totals = (line["data"] for line in lines[:2])
    assert [line["type"] for line in lines[:3]] == ["meta", "totals", "event"]
    assert meta["learning_steps"] == [1.0, 10.0], "the defaults are written out"
    events = [line["data"] for line in lines[2:]]
    assert set(events[0]) == {
        *("day", "action", "phase", "card_id", "rating", "retrievability", "cost"),
        *("interval", "due", "last_review", "elapsed"),
    }
    assert events[0]["interval"] in {"1m", "5.5m", "10m"} or events[0]["interval"].endswith("d")
    assert sum(event["action"] == "review" for event in events) == totals["total_reviews"]
    days = pl.read_csv(path.with_suffix(".csv"))
    assert days.columns == [
        *("day", "reviews", "new", "retention", "cost", "memorized"),
        *("phase_reviews", "phase_lapses", "short_loops"),
    ]
    assert days["reviews"].sum() == totals["total_reviews"]
    results = pl.read_parquet(path.with_suffix(".parquet"))
    assert results["memorized_average"][0] == totals["memorized_average"]
    assert path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_both_engines_write_the_same_logs(run, tmp_path):
    args = (*SMALL, "--log-reviews", "--no-plot", "--short-term-source", "steps", "--fuzz")
    found = {}
    for engine in ("event", "lanes"):
        shown = run(*args, "--engine", engine, "--log-dir", tmp_path / engine)
        assert shown.exit_code == 0, shown.stderr
        path, (meta, totals, *events) = log_of(tmp_path / engine)
        assert meta["data"]["engine"] == engine
        assert f"_engine={engine}_" in path.name
        days, results = pl.read_csv(path.with_suffix(".csv")), pl.read_parquet(path.with_suffix(".parquet"))
        found[engine] = totals["data"], events, days, results.drop("engine")
    (totals, events, days, results), other = found["event"], found["lanes"]
    assert events == other[1]
    assert totals == pytest.approx(other[0], rel=1e-7)
    assert_frame_equal(days, other[2], rel_tol=1e-7)
    assert_frame_equal(results, other[3], rel_tol=1e-7)


def test_lanes_run_seeds_and_say_what_they_do_not_run(run, run_json):
    code, answer = run_json(*QUIET, "--engine", "lanes", "--seeds", "3")
    assert code == 0
    expected = run_json(*QUIET, "--seeds", "3")[1]["estimates"]
    mean = {name: value["mean"] for name, value in expected.items()}
    assert {name: value["mean"] for name, value in answer["estimates"].items()} == pytest.approx(mean)
    refused = run(*QUIET, "--engine", "lanes", "--compat", "srs-simulator")
    assert (refused.exit_code, "--engine event" in refused.stderr) == (2, True)


@pytest.mark.parametrize("engine", ["vectorized", "batched"])
def test_engines_have_their_other_names(run_json, engine):
    code, answer = run_json(*QUIET, "--engine", engine, "--device", "cpu")
    assert (code, answer["meta"]["engine"]) == (0, "lanes")


def test_a_policy_that_nobody_follows_is_refused(run, tmp_path):
    adr = write_policy(AdrPolicy.constant(0.9), tmp_path / "adr.json")
    refused = run(*QUIET, "--sched", "anki_sm2", "--policy", adr)
    assert (refused.exit_code, "follows no policy" in refused.stderr) == (2, True)


@pytest.mark.parametrize("engine", ["event", "lanes"])
def test_an_interruption_keeps_the_runs_that_are_done(run_json, monkeypatch, engine):
    from repetita.cli.commands import simulate as module
    from repetita.simulation.lanes import plans
    from repetita.simulation.running import Plan

    monkeypatch.setattr(module, "LANES_AT_ONCE", 2)
    for owner, name in ((Plan, "run"), (plans, "run_plan")):
        monkeypatch.setattr(owner, name, interrupted(getattr(owner, name), after=4 if name == "run" else 2))
    code, answer = run_json(*QUIET, "--seeds", "20", "--engine", engine)
    assert (code, answer["interrupted"], answer["seeds"]) == (130, True, [42, 43, 44, 45])
    monkeypatch.undo()
    whole = run_json(*QUIET, "--seeds", "4", "--engine", engine)[1]
    assert answer == whole | {"interrupted": True}


def interrupted(function, after):
    """A function that works so many times."""
    times = iter(range(after))

    def limited(*args, **kwargs):
        if next(times, None) is None:
            raise KeyboardInterrupt
        return function(*args, **kwargs)

    return limited


def test_nothing_is_overwritten(run, tmp_path):
    args = (*SMALL, "--log-dir", tmp_path, "--no-plot")
    assert run(*args).exit_code == 0
    (path, _), before = log_of(tmp_path), sorted(tmp_path.iterdir())
    again = run(*args)
    assert (again.exit_code, "--force" in again.stderr) == (2, True)
    assert run(*args, "--force").exit_code == 0
    assert sorted(tmp_path.iterdir()) == before
    assert path.is_file()


@pytest.mark.parametrize(
    "flags",
    [
        ("--sched", "fixed@7", "--priority", "review-first"),
        ("--env", "fsrs3", "--sched", "fsrs3", "--desired-retention", "0.85"),
        ("--sched", "hlr", "--desired-retention", "0.8"),
        ("--scheduler-priority", "high_difficulty", "--fuzz"),
        ("--env", "fsrs6-default", "--sched", "fsrs6-default"),
        ("--env", "dash", "--sched", "dash", "--days", "8"),
        ("--learn-limit", "3", "--review-limit", "5", "--cost-limit-minutes", "1"),
        ("--short-term-source", "steps", "--learning-steps", "", "--relearning-steps", ""),
        ("--short-term-source", "sched", "--env", "fsrs7", "--sched", "fsrs7"),
        ("--compat", "srs-simulator", "--short-term-source", "steps"),
        ("--switch", "memorized_sampling=end", "--switch", "max_interval=30"),
        ("--attendance", "0.8", "--lazy-good-bias", "0.2", "--base-seconds", "2", "--latency-penalty", "1"),
        ("--leech-lapses", "2", "--vacation", "3-9", "--vacation", "12"),
        ("--seeds", "3"),
        ("--sched", "fixed@1e-1"),
        ("--torch-device", "auto"),
    ],
)
def test_flags_run(run_json, flags):
    code, answer = run_json(*QUIET, *flags)
    assert code == 0
    assert answer["totals" if "--seeds" not in flags else "estimates"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--sched", "fsrs66"), "did you mean 'fsrs6'"),
        (("--sched", "fsrs6@7"), "only fixed takes a value"),
        (("--sched", "fixed@soon"), "expected days after @"),
        (("--sched", "fixed@-3"), "fixed interval is -3.0 days"),
        (("--policy", "any.json"), "no policy file"),
        (("--device", "cuda"), "needs --engine lanes"),
        (("--torch-device", "tpu"), "unknown device"),
        (("--engine", "vector"), "did you mean 'vectorized'"),
        (("--env", "fsrs-9"), "unknown environment"),
        (("--scheduler-priority", "low_retention"), "did you mean 'low_retrievability'"),
        (("--desired-retention", "1.2"), "expected a number in (0, 1)"),
        (("--learning-steps", "1"), "needs --short-term-source steps"),
        (("--short-term-source", "sched", "--learning-steps", "1"), "needs --short-term-source steps"),
        (("--short-term-source", "sched"), "counts whole days"),
        (("--short-term-source", "steps", "--learning-steps", "1,soon"), "expected minutes"),
        (("--days", "0"), "--days"),
        (("--switch", "fuzzy=1"), "unknown switch"),
        (("--switch", "loops_semantics=never"), "loops_semantics"),
        (("--vacation", "9-3"), "before it begins"),
        (("--sched", "sspmmc"), "needs a policy"),
        (("--button-usage", "nothing.jsonl"), "no file"),
        (("--review-markov-transition",), "needs --button-usage"),
        (("--srs-benchmark-root", "nowhere"), "no folder"),
        (("--plot", "x.bmp"), "expected a file that ends in"),
    ],
)
def test_refusals_say_what_to_do(run, flags, words):
    shown = run(*QUIET, *flags)
    assert shown.exit_code in (2, 4)
    assert words in shown.stderr
    assert not shown.stdout


def test_button_usage_of_one_user(run_json, run, tmp_path):
    path = tmp_path / "usage.jsonl"
    path.write_text(json.dumps({"user": 3}) + "\n" + json.dumps(USAGE) + "\n")
    args = (*QUIET, "--button-usage", path)
    code, answer = run_json(*args, "--user-id", "7", "--review-markov-transition")
    assert code == 0
    assert answer["totals"]["total_reviews"] > 0
    missing = run(*args, "--user-id", "8")
    assert (missing.exit_code, "user 8 is not in" in missing.stderr) == (4, True)
    path.write_text(json.dumps(USAGE | {"learn_costs": [1, 2, 3]}) + "\n")
    wrong = run(*args, "--user-id", "7")
    assert (wrong.exit_code, "learn_costs" in wrong.stderr) == (4, True)
    path.write_text(json.dumps(USAGE | {"long_term_transition": [[1, 2]] * 4}) + "\n")
    wrong = run(*args, "--user-id", "7", "--review-markov-transition")
    assert (wrong.exit_code, "four rows of four numbers" in wrong.stderr) == (4, True)
    assert "user 0 is not in" in run(*args, "--user-id", "0").stderr


def test_fitted_parameters_of_one_user(run_json, run, tmp_path):
    folder = tmp_path / "result"
    folder.mkdir()
    weights = list(model("fsrs6").parameters)
    weights[2] = 5.0
    row = {"user": 4, "parameters": {"0": weights}, "size": 100}
    (folder / "FSRS-6-recency.jsonl").write_text(json.dumps(row) + "\n")
    args = (*QUIET, "--srs-benchmark-root", tmp_path)
    code, answer = run_json(*args, "--user-id", "4")
    expected = simulate(days=20, deck=30, parameters=weights, user=4).totals()
    assert code == 0
    assert answer["totals"] == json.loads(json.dumps(expected))
    assert "user 5 is not in" in run(*args, "--user-id", "5").stderr
    assert "no partition" in run(*args, "--user-id", "4", "--benchmark-partition", "9").stderr


def test_policies_by_their_flags(run_json, run, tmp_path):
    adr = write_policy(AdrPolicy.constant(0.9), tmp_path / "adr.json")
    _, answer = run_json(*QUIET, "--sched", "fsrs6_adr", "--fsrs6-adr-policy", adr)
    assert answer["totals"] == run_json(*QUIET)[1]["totals"]
    ssp = write_policy(table(), tmp_path / "ssp.json")
    assert run(*QUIET, "--sched", "sspmmc", "--sspmmc-policy", ssp).exit_code == 0
    both = run(*QUIET, "--sched", "sspmmc", "--sspmmc-policy", ssp, "--fsrs6-adr-policy", adr)
    assert "beside another policy" in both.stderr


def test_an_interruption_keeps_the_days_that_are_done(run_json, tmp_path, monkeypatch):
    from repetita.simulation.behavior import Behavior

    def start_day(self, day, luck):
        if day == 12:
            raise KeyboardInterrupt
        return True

    whole = simulate(days=12, deck=30)
    monkeypatch.setattr(Behavior, "start_day", start_day)
    code, answer = run_json(*SMALL, "--log-dir", tmp_path, "--no-plot")
    assert (code, answer["interrupted"]) == (130, True)
    assert answer["totals"] == json.loads(json.dumps(whole.totals()))
    assert log_of(tmp_path)[1][0]["data"]["days_done"] == 12


def test_going_on_from_a_log(run_json, csv_log):
    code, answer = run_json("simulate", "--start", csv_log, "--days", "5", "--no-log", "--no-progress")
    assert code == 0
    assert answer["totals"]["total_new"] == 0
    assert answer["totals"]["total_reviews"] > 0


def test_weights_of_a_network_of_one_user(run_json, run, tmp_path):
    folder = tmp_path / "weights" / "LSTM"
    folder.mkdir(parents=True)
    model("lstm").save(folder / "4.pth")
    args = (*QUIET, "--days", "5", "--env", "lstm", "--sched", "memrise", "--srs-benchmark-root", tmp_path)
    code, answer = run_json(*args, "--user-id", "4")
    assert code == 0
    expected = simulate(days=5, deck=30, environment="lstm", scheduler="memrise", user=4).totals()
    assert answer["totals"] == json.loads(json.dumps(expected))
    missing = run(*args, "--user-id", "5")
    assert (missing.exit_code, "no weights of lstm for user 5" in missing.stderr) == (4, True)
    # a run with presses within a day wants weights that were trained on them
    assert run(*args, "--user-id", "4", "--short-term-source", "steps").exit_code == 4


def test_what_lanes_run_on(run, run_json, monkeypatch):
    from repetita.simulation.lanes.batches import run_batch

    devices = []
    monkeypatch.setattr("numba.cuda.is_available", lambda: False)
    assert run_json(*QUIET, "--torch-device", "auto")[1]["totals"] == run_json(*QUIET)[1]["totals"]
    shown = run(*QUIET, "--engine", "lanes", "--device", "cuda")
    assert shown.exit_code == 2
    assert shown.stderr == "error: no CUDA device was found\nhint: --device cpu gives the same events\n"
    assert "needs --engine lanes" in run(*QUIET, "--device", "cuda").stderr

    def on_processor(jobs, outcomes, device, threads):
        devices.append(device)
        run_batch(jobs, outcomes, "cpu", threads)

    plans = "repetita.simulation.lanes.plans."
    monkeypatch.setattr(plans + "run_batch", on_processor)
    monkeypatch.setattr(plans + "sized_batches", lambda jobs, device, most, threads: [list(jobs)])
    monkeypatch.setattr("numba.cuda.is_available", lambda: True)
    monkeypatch.setattr("numba.cuda.gpus", ["one"])
    for asked in ("cuda", "auto", "cpu"):
        assert run(*QUIET, "--engine", "lanes", "--device", asked).exit_code == 0
    assert devices == ["cuda", "cuda", "cpu"]
