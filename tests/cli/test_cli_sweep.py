"""`repetita sweep` and `repetita merge`: flags, configuration files, parts, and slips."""

from __future__ import annotations

import json

import pytest

import repetita as rp
from repetita.simulation.policies import write_policy
from repetita.simulation.policies.adr import AdrPolicy
from repetita.simulation.policies.adr_cost import CostAdrPolicy

SHORT = ("--days", "30", "--deck", "20")
FEW = (*SHORT, "--sched", "fsrs6,memrise", "--desired-retentions", "0.8,0.9")
USAGE = {
    "first_rating_prob": [0.2, 0.1, 0.6, 0.1],
    "review_rating_prob": [0.1, 0.8, 0.1],
    "learn_costs": [30.0, 20.0, 10.0, 5.0],
    "review_costs": [20.0, 10.0, 7.0, 5.0],
    "state_rating_costs": [[9.0] * 4] * 3,
    "first_rating_offset": [0.0] * 4,
    "first_session_len": [0.0] * 4,
    "forget_rating_offset": 0.0,
    "forget_session_len": 0.0,
}


def test_a_sweep_and_its_folder(run_json, tmp_path):
    code, document = run_json("sweep", *FEW, "--end-user", "2", "-o", tmp_path / "run", "--jsonl")
    assert code == 0
    assert document["summary"]["runs"] == 2 * 3
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names >= {"run.toml", "environment.json", "inputs.json", "results.parquet", "summary.json"}
    table = rp.read_results(tmp_path / "run")
    assert table.select("user_id", "scheduler", "desired_retention").row(1) == (1, "fsrs6", 0.9)
    code, document = run_json("pareto", tmp_path / "run")
    assert code == 0
    # what was written down makes the same again
    code, _ = run_json("sweep", "--config", tmp_path / "run" / "run.toml", "-o", tmp_path / "again")
    assert code == 0
    for name in ("results.parquet", "run.toml"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "run" / name).read_bytes()


def test_a_configuration_file(run, run_json, tmp_path):
    path = tmp_path / "sweep.toml"
    path.write_text(
        'sched = ["fsrs6", "fixed@9"]\nend_user = 3\ndays = 30\ndeck = 20\nstep = 0.24\nfuzz = true\n'
    )
    asked = ("sweep", "--config", path, "--dry-run")
    code, document = run_json(*asked)
    assert (code, document["runs"]) == (0, 3 * (3 + 1))
    assert document["config"]["options"]["fuzz"] is True
    assert run_json(*asked, "--end-user", "1")[1]["runs"] == 4
    path.write_text(f'log-dir = "{tmp_path / "logs"}"\ndays = 5\ndeck = 5\nsched = "memrise"\n')
    assert run("sweep", "--config", path, "--no-log", "-o", tmp_path / "quiet").exit_code == 0
    assert not (tmp_path / "logs").exists()
    assert not (tmp_path / "run").exists()
    for text, hint in (
        ("endd-user = 3", "did you mean 'end-user'"),
        ("days = 'many'", "days"),
        ("days", "no TOML"),
        ("[sched]\na = 1", "a table"),
    ):
        path.write_text(text)
        shown = run(*asked)
        assert shown.exit_code in (2, 4)
        assert hint in shown.stderr
    assert "no file" in run("sweep", "--config", tmp_path / "gone.toml").stderr


def test_parts_and_merge(run, run_json, tmp_path):
    asked = ("sweep", *FEW, "--end-user", "3")
    for part in (1, 2):
        assert run(*asked, "--shard", f"{part}/2", "-o", tmp_path / str(part)).exit_code == 0
    code, document = run_json("merge", tmp_path / "1", tmp_path / "2", "-o", tmp_path / "all")
    assert code == 0
    run(*asked, "-o", tmp_path / "one")
    assert (tmp_path / "all" / "results.parquet").read_bytes() == (
        tmp_path / "one" / "results.parquet"
    ).read_bytes()
    assert document["summary"]["users"] == 3
    assert "expected each of 1 to 2 once" in run("merge", tmp_path / "1", "-o", tmp_path / "x").stderr
    assert run("merge", tmp_path / "nothing", "-o", tmp_path / "x").exit_code == 4


def test_users_from_files(run, run_json, tmp_path):
    rows = [{"user": user, **USAGE} for user in (1, 3)]
    (tmp_path / "usage.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "result").mkdir()
    fitted = [*rp.model("fsrs6").parameters[:20], 0.5]
    lines = [json.dumps({"user": user, "parameters": {"0": fitted}}) + "\n" for user in (1, 2, 3)]
    (tmp_path / "result" / "FSRS-6-recency.jsonl").write_text("".join(lines))
    code, document = run_json(
        *("sweep", *FEW, "--env", "fsrs6", "--end-user", "3", "-o", tmp_path / "run"),
        *("--srs-benchmark-root", tmp_path, "--button-usage", tmp_path / "usage.jsonl"),
        *("--learn-limit", "7"),
    )
    assert code == 3
    assert {row["user_id"] for row in document["failures"]} == {2}
    assert "user 2 is not in" in document["failures"][0]["failure"]
    table = rp.read_results(tmp_path / "run")
    assert table["learn_limit"].unique().to_list() == [7.0]
    args = (*SHORT, "--srs-benchmark-root", tmp_path, "--button-usage", tmp_path / "usage.jsonl")
    shown = run_json(
        "simulate", *args, "--user-id", "3", "--learn-limit", "7", "--no-log", "--desired-retention", "0.8"
    )[1]
    mine = table.filter((table["user_id"] == 3) & (table["desired_retention"] == 0.8))
    assert mine["total_cost"].item() == pytest.approx(shown["totals"]["total_cost_seconds"])
    nobody = run(
        "sweep", *FEW, "--user-id", "9", "-o", tmp_path / "none", "--button-usage", tmp_path / "usage.jsonl"
    )
    assert nobody.exit_code == 4
    assert "user 9 is not in" in nobody.stderr


def test_policies(run, run_json, tmp_path):
    write_policy(AdrPolicy.constant(0.8), tmp_path / "steady.json")
    asked = ("sweep", *SHORT, "--sched", "fsrs6_adr", "-o", tmp_path / "run")
    code, document = run_json(*asked, "--fsrs6-adr-policy", tmp_path / "steady.json")
    assert code == 0
    assert document["summary"]["settings"][0]["policy"] == "steady"
    manifest = tmp_path / "list.toml"
    manifest.write_text('[[policies]]\nuser_id = 1\npath = "steady.json"\nlambda_value = 0.1\n')
    code, document = run_json(
        *("sweep", *SHORT, "--sched", "fsrs6_adr", "-o", tmp_path / "listed"),
        *("--fsrs6-adr-policy-manifest", manifest, "--fsrs6-adr-lambda", "0.1"),
    )
    assert document["summary"]["settings"][0]["policy"] == "lambda_0.1"
    both = run(*asked, "--fsrs6-adr-policy", tmp_path / "steady.json", "--fsrs6-adr-policy-root", tmp_path)
    assert "--fsrs6-adr-policy and --fsrs6-adr-policy-root are given" in both.stderr
    assert "none is given" in run(*asked).stderr
    assert "none is given" in run("sweep", *SHORT, "--sched", "sspmmc", "-o", tmp_path / "x").stderr
    unused = run("sweep", *FEW, "--fsrs6-adr-policy", tmp_path / "steady.json", "-o", tmp_path / "x")
    assert "--sched has no fsrs6_adr" in unused.stderr
    write_policy(CostAdrPolicy.constant(0.9), tmp_path / "cost.json")
    code, document = run_json(
        *("sweep", *SHORT, "--sched", "fsrs6_cost_adr", "-o", tmp_path / "costs"),
        *("--fsrs6-adr-policy", tmp_path / "cost.json", "--cost-weights", "0,16"),
    )
    assert [row["cost_weight"] for row in document["summary"]["settings"]] == [0.0, 16.0]
    retentions = tmp_path / "retentions.json"
    retentions.write_text('{"users": [{"user_id": 1, "desired_retention_values": [0.71, 0.83]}]}')
    code, document = run_json(
        "sweep", *SHORT, "--sched", "fsrs6", "--fsrs6-dr-manifest", retentions, "-o", tmp_path / "own"
    )
    assert [row["desired_retention"] for row in document["summary"]["settings"]] == [0.71, 0.83]


def test_logs_for_other_tools(run, tmp_path):
    asked = ("sweep", *FEW, "--end-user", "2", "--log-dir", tmp_path / "logs", "-o", tmp_path / "run")
    assert run(*asked, "--diagnostic-csv-logs", "--log-reviews", "--progress-events").exit_code == 0
    files = sorted(path.suffix for path in (tmp_path / "logs" / "user_2").iterdir())
    assert files == [".csv"] * 3 + [".jsonl"] * 3
    assert rp.read_results(tmp_path / "logs").height == 6
    shown = run("aggregate", tmp_path / "logs", "--no-plot")
    assert shown.exit_code == 0


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("--sched", "fsrs66"), "did you mean 'fsrs6'"),
        (("--env", "hrl"), "did you mean 'hlr'"),
        (("--start-retention", "0.9", "--end-retention", "0.5"), "turn the sign of the step"),
        (("--step", "0.001"), "0.01"),
        (("--desired-retentions", "0.8,high"), "expected numbers"),
        (("--desired-retentions", "1.8"), "in (0, 1)"),
        (("--user-id", "1", "--end-user", "3"), "--user-id is one user"),
        (("--start-user", "5", "--end-user", "3"), "are none"),
        (("--shard", "3/2"), "expected i/n"),
        (("--executor", "rey"), "did you mean 'ray'"),
        (("--device", "gpu"), "known: auto, cpu, cuda"),
        (("--log-layout", "users"), "did you mean 'user'"),
        (("--learning-steps", "1"), "--short-term-source steps"),
        (("--review-markov-transition",), "--button-usage"),
        (("--benchmark-result", "a=b"), "--srs-benchmark-root"),
        (("--benchmark-partition", "1"), "--srs-benchmark-root"),
        (("--switch", "nothing"), "NAME=VALUE"),
        (("--retention", "0.9"), "unknown option"),
        (("--cuda-devices", "0", "--torch-device", "cuda"), "give one"),
        (("--cuda-devices", "0,0"), "different numbers"),
        (("--cuda-devices", "0,"), "different numbers"),
        (("--cuda-devices", "0", "--executor", "ray"), "--executor processes"),
        (("--cuda-devices", "0", "--set-env", "CUDA_VISIBLE_DEVICES=1"), "which sets it"),
        (("--set-env", "A=1", "--executor", "serial"), "--executor processes"),
        (("--set-env", "A"), "expected NAME=VALUE"),
        (("--set-env", "A=1", "--set-env", "A=2"), "A is set twice"),
        (("--mps-active-thread-percentage", "101"), "1<=x<=100"),
        (("--sleep-seconds", "-1"), "--sleep-seconds"),
        (("--child-progress", "of"), "did you mean 'off'"),
        (("--show-commands", "yes"), "known: auto, off, on"),
        (("--engine", "lane"), "did you mean 'lanes'"),
        (("--log-layout", "sweep"), "need --log-dir"),
        (("--log-reviews",), "need --log-dir"),
        (("--diagnostic-csv-logs",), "need --log-dir"),
        (("--cost-weights", "1"), "--sched has no fsrs6_cost_adr"),
        (("--sspmmc-max", "1"), "--sched has no sspmmc"),
        (("--sspmmc-policy-glob", "*"), "--sched has no sspmmc"),
        (("--sspmmc-desired-retention", "0.8"), "--sched has no sspmmc"),
        (("--fsrs6-ap-lambda", "1"), "--sched has no fsrs6_ap"),
        (("--anki-sm2-ap-policy", "x.json"), "--sched has no anki_sm2_ap"),
        (("--fsrs3-dr-manifest", "x.json"), "--sched has no fsrs3"),
    ],
)
def test_slips(run, tmp_path, args, hint):
    shown = run("sweep", *SHORT, *args, "-o", tmp_path / "run")
    assert shown.exit_code == 2
    assert hint in shown.stderr
    assert not (tmp_path / "run").exists()


def test_it_is_kept_in_a_folder(run):
    shown = run("sweep", *FEW)
    assert shown.exit_code == 2
    assert "-o" in shown.stderr
