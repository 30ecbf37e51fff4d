"""Where `repetita sweep` finds policies: every kind of place for every family of schedulers that has them."""

from __future__ import annotations

import json

import pytest
from test_policies import table

import repetita as rp
from repetita.simulation.policies import Fsrs6ApPolicy, Sm2ApPolicy, write_policy
from repetita.simulation.policies.adr import AdrPolicy

SHORT = ("--days", "12", "--deck", "6", "--end-user", "2")
POLICIES = {
    "fsrs6-adr": ("fsrs6_adr", AdrPolicy.constant(0.8)),
    "fsrs6-ap": ("fsrs6_ap", Fsrs6ApPolicy.searched(rp.model("fsrs6").parameters, [0.3] * 21, 0.88)),
    "anki-sm2-ap": ("anki_sm2_ap", Sm2ApPolicy.searched([0.5] * 7)),
}
WEIGHTS = (0.5, 2)


@pytest.fixture(scope="module", params=POLICIES)
def family(request, tmp_path_factory):
    """Flag, scheduler, and a folder: one policy, a training run's for two users, a list of these."""
    scheduler, policy = POLICIES[request.param]
    root = tmp_path_factory.mktemp(scheduler)
    write_policy(policy, root / "one.json")
    entries = []
    for user in (1, 2):
        for weight in WEIGHTS:
            name = f"user_{user}/lambda_{str(weight).replace('.', 'p')}"
            folder = root / "train" / name
            folder.mkdir(parents=True)
            write_policy(policy, folder / "policy.json")
            about = {"scheduler_name": scheduler, "training_user_ids": [user], "lambda_value": weight}
            about |= {"baseline_desired_retention": None, "portfolio_index": None}
            (folder / "metadata.json").write_text(json.dumps(about))
            place = f'path = "train/{name}/policy.json"'
            entries.append(f"[[policies]]\nuser_id = {user}\n{place}\nlambda_value = {weight}\n")
    (root / "list.toml").write_text("\n".join(entries))
    return f"--{request.param}", scheduler, root


def settings(document):
    return [row["policy"] for row in document["summary"]["settings"]]


def test_every_place(run, run_json, family, tmp_path):
    flag, scheduler, root = family
    asked = ("sweep", *SHORT, "--sched", scheduler)
    places = {
        "policy": root / "one.json",
        "policy-root": root / "train",
        "train-run-root": root,
        "policy-manifest": root / "list.toml",
    }
    for kind, place in places.items():
        code, document = run_json(*asked, f"{flag}-{kind}", place, "-o", tmp_path / kind)
        assert code == 0
        names = ["one"] if kind == "policy" else [f"lambda_{weight:g}" for weight in WEIGHTS]
        assert settings(document) == names
        only = run(
            *asked, f"{flag}-{kind}", place, f"{flag}-lambda", "2", "-o", tmp_path / f"{kind}-2", "--json"
        )
        if kind == "policy":
            assert only.exit_code == 2
            assert f"{flag}-lambda chooses among several" in only.stdout
        else:
            assert settings(json.loads(only.stdout)) == ["lambda_2"]
    for first, second in (("policy", "policy-root"), ("train-run-root", "policy-manifest")):
        two = (f"{flag}-{first}", places[first], f"{flag}-{second}", places[second])
        shown = run(*asked, *two, "-o", tmp_path / "x")
        assert shown.exit_code == 2
        assert "needs its policies from one place" in shown.stderr
    assert "none is given" in run(*asked, "-o", tmp_path / "x").stderr
    assert not (tmp_path / "x").exists()


def test_tables_of_sspmmc(run, run_json, tmp_path):
    for name in ("all", "own/user_1", "own/user_2"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("balanced", "calm", "keen"):
        write_policy(table(), tmp_path / "all" / f"{name}.json")
    asked = ("sweep", *SHORT, "--sched", "sspmmc")
    folder = ("--sspmmc-policy-dir", tmp_path / "all")
    one, two = tmp_path / "all" / "calm.json", tmp_path / "all" / "keen.json"
    for place, (words, names) in enumerate(
        (
            (("--sspmmc-policy", one), ["calm"]),
            (("--sspmmc-policies", f"{two}, {one}"), ["keen", "calm"]),
            (("--sspmmc-policies", f"{two},{one}", "--sspmmc-max", "1"), ["keen"]),
            (folder, ["balanced", "calm", "keen"]),
            ((*folder, "--sspmmc-max", "2"), ["balanced", "calm"]),
            ((*folder, "--sspmmc-policy-glob", "*e*.json"), ["balanced", "keen"]),
        )
    ):
        code, document = run_json(*asked, *words, "-o", tmp_path / str(place))
        assert code == 0
        assert sorted(settings(document)) == sorted(names)
        assert {row["desired_retention"] for row in document["summary"]["settings"]} == {0.9}
    document = run_json(*asked, *folder, "--sspmmc-desired-retention", "0.7", "-o", tmp_path / "told")[1]
    assert {row["desired_retention"] for row in document["summary"]["settings"]} == {0.7}
    for words in (("--sspmmc-max", "1"), ("--sspmmc-policy-glob", "*")):
        shown = run(*asked, "--sspmmc-policy", one, *words, "-o", tmp_path / "x")
        assert shown.exit_code == 2
        assert "chooses among several policies" in shown.stderr
    shown = run(*asked, *folder, "--sspmmc-policy", one, "-o", tmp_path / "x")
    assert "--sspmmc-policy and --sspmmc-policy-dir are given" in shown.stderr
    # each user's own
    for user in (1, 2):
        write_policy(table(0.8 + 0.05 * user), tmp_path / "own" / f"user_{user}" / "calm.json")
    code, document = run_json(*asked, "--sspmmc-policy-dir", tmp_path / "own", "-o", tmp_path / "owned")
    assert (code, settings(document)) == (0, ["calm"])
    assert document["summary"]["settings"][0]["users"] == 2


def test_retentions_of_each_user_for_the_third_version(run_json, tmp_path):
    path = tmp_path / "own.json"
    users = [{"user_id": user, "desired_retention_values": [0.7 + 0.1 * user]} for user in (1, 2)]
    path.write_text(json.dumps({"users": users}))
    code, _ = run_json(
        "sweep", *SHORT, "--sched", "fsrs3", "--fsrs3-dr-manifest", path, "-o", tmp_path / "run"
    )
    assert code == 0
    table_of_runs = rp.read_results(tmp_path / "run")
    assert table_of_runs["desired_retention"].to_list() == pytest.approx([0.8, 0.9])
