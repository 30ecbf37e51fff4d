"""Policies of each user from manifests and training folders, and what is wrong with them."""

from __future__ import annotations

import json

import pytest

import repetita as rp
from repetita.errors import CorruptInput, InputMissing, UsageError
from repetita.simulation import User
from repetita.simulation.policies import Fsrs6ApPolicy, write_policy
from repetita.simulation.policies.adr import AdrPolicy
from repetita.sweeps import policy_files, policy_folder, policy_manifest, policy_root, retention_manifest

RETENTIONS = {1: 0.75, 2: 0.92}


@pytest.fixture
def root(tmp_path):
    """What a training run leaves: two users with two policies each."""
    for user, retention in RETENTIONS.items():
        for weight in (0.5, 2):
            folder = tmp_path / "train" / f"user_{user}" / f"lambda_{str(weight).replace('.', 'p')}"
            folder.mkdir(parents=True)
            write_policy(AdrPolicy.constant(retention), folder / "policy.json")
            about = {
                "scheduler_name": "fsrs6_adr",
                "training_user_ids": [user],
                "baseline_desired_retention": 0.9,
                "lambda_value": weight,
                "portfolio_index": None,
            }
            (folder / "metadata.json").write_text(json.dumps(about))
    return tmp_path / "train"


def manifest(root, text=None):
    path = root / "policies.toml"
    entries = [
        f'[[policies]]\nuser_id = {user}\npath = "user_{user}/lambda_2/policy.json"\nlambda_value = 2\n'
        for user in RETENTIONS
    ]
    path.write_text("\n".join(entries) if text is None else text)
    return path


def test_policies_of_a_training_run(root):
    found = policy_root("fsrs6_adr", root)
    assert {user: [one.policy_name for one in mine] for user, mine in found.by_user.items()} == {
        user: ["dr_0.9_lambda_0.5", "dr_0.9_lambda_2"] for user in RETENTIONS
    }
    assert len(policy_root("fsrs6_adr", root, weights=[2.0]).by_user[1]) == 1
    with pytest.raises(UsageError, match=r"\[0.5, 2.0\]"):
        policy_root("fsrs6_adr", root, weights=[7.0])
    with pytest.raises(InputMissing, match="fsrs6_ap"):
        policy_root("fsrs6_ap", root)
    with pytest.raises(InputMissing, match="no folder"):
        policy_root("fsrs6_adr", root / "nowhere")


def test_a_constant_policy_is_the_retention_it_aims_at(root):
    users = [User(number=user) for user in RETENTIONS]
    chosen = policy_manifest("fsrs6_adr", manifest(root))
    table = rp.sweep(users, schedulers=[chosen], days=60, deck=40).table
    assert table["policy"].to_list() == ["lambda_2"] * 2
    assert table["desired_retention"].null_count() == 2
    for user, retention in RETENTIONS.items():
        expected = rp.sweep([User(number=user)], desired_retention=retention, days=60, deck=40).table
        mine = table.filter(table["user_id"] == user)
        assert mine["total_reviews"].item() == expected["total_reviews"].item()


def test_logs_tell_policies_apart(root, tmp_path):
    users = [User(number=user) for user in RETENTIONS]
    chosen = [policy_root("fsrs6_adr", root)]
    table = rp.sweep(users, schedulers=chosen, days=20, deck=10, log_dir=tmp_path / "logs").table
    read = rp.read_results(tmp_path / "logs").sort("user_id", "policy")
    assert table["policy"].to_list()[:2] == ["dr_0.9_lambda_0.5", "dr_0.9_lambda_2"]
    assert read.drop("modified", "source").equals(table.drop("modified", "source"))


def test_files_and_folders(tmp_path):
    for name in ("b", "a", "c"):
        write_policy(AdrPolicy.constant(0.8), tmp_path / f"{name}.json")
    found = policy_files("fsrs6_adr", tmp_path, most=2)
    assert [one.policy_name for one in found] == ["a", "b"]
    assert [one.policy_name for one in policy_files("fsrs6_adr", tmp_path, pattern="c*")] == ["c"]
    with pytest.raises(InputMissing, match="holds no x"):
        policy_files("fsrs6_adr", tmp_path, pattern="x*")
    write_policy(
        Fsrs6ApPolicy.searched([p.default for p in rp.model("fsrs6").equations.PARAMETERS], [0.0] * 21, 0.9),
        tmp_path / "d.json",
    )
    with pytest.raises(UsageError, match="needs a policy of kind 'fsrs6-adr'"):
        rp.sweep(1, schedulers=list(policy_files("fsrs6_adr", tmp_path / "d.json")), days=5, deck=5)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda root: (root / "user_1" / "lambda_2").rename(root / "user_1" / "lambda_3"),
            "its path says lambda_3",
        ),
        (lambda root: (root / "user_1").rename(root / "user_9"), "its path says user_9"),
        (
            lambda root: (root / "user_2" / "lambda_2" / "policy.json").unlink(),
            "user 2 lacks policy dr_0.9_lambda_2",
        ),
        (lambda root: (root / "user_2" / "lambda_2" / "metadata.json").write_text("{"), "cannot be read"),
        (
            lambda root: (root / "user_2" / "lambda_2" / "policy.json").write_text("[]"),
            "a policy is a JSON object",
        ),
        (
            lambda root: (root / "user_2" / "lambda_2" / "metadata.json").write_text(
                '{"scheduler_name": "fsrs6-adr", "training_user_ids": []}'
            ),
            "training_user_ids",
        ),
    ],
)
def test_folders_that_contradict_themselves(root, change, told):
    change(root)
    with pytest.raises(CorruptInput) as error:
        policy_root("fsrs6_adr", root)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "lists no policies"),
        ("policies = 3", "lists no policies"),
        ("[[policies]]\nuser_id = 1", "policy 1 of"),
        ('[[policies]]\npath = "a.json"', "has no user_id"),
        ('[[policies]]\nuser_id = 1.5\npath = "a.json"', "whole number"),
        ('[[policies]]\nuser_id = 1\npath = "a.json"\nlambda_value = "x"', "lambda_value"),
        ('[[policies]]\nuser_id = 1\npath = "a.json"\nbaseline_desired_retention = 9', "in (0, 1)"),
        ('[[policies]]\nuser_id = 1\npath = "a.json"\n' * 2, "twice"),
        ("no toml", "cannot be read"),
    ],
)
def test_manifests_that_are_none(root, text, told):
    with pytest.raises(CorruptInput) as error:
        policy_manifest("fsrs6_adr", manifest(root, text))
    assert told in str(error.value)


def test_a_manifest_of_what_is_not_there(root):
    with pytest.raises(InputMissing, match=r"no policy file"):
        policy_manifest("fsrs6_adr", manifest(root, '[[policies]]\nuser_id = 1\npath = "gone.json"'))
    with pytest.raises(InputMissing, match=r"no file"):
        policy_manifest("fsrs6_adr", root / "gone.toml")


def test_desired_retentions_of_each_user(tmp_path):
    path = tmp_path / "retentions.json"
    content = {"users": [{"user_id": 4, "desired_retention_values": [0.7, 0.9]}]}
    path.write_text(json.dumps(content))
    found = retention_manifest("fsrs6", path)
    assert [one.desired_retention for one in found.by_user[4]] == [0.7, 0.9]
    for wrong in ([], [0.7, 0.7], [7], ["x"], None):
        content["users"][0]["desired_retention_values"] = wrong
        path.write_text(json.dumps(content))
        with pytest.raises(CorruptInput):
            retention_manifest("fsrs6", path)
    path.write_text('{"users": []}')
    with pytest.raises(CorruptInput, match="lists no users"):
        retention_manifest("fsrs6", path)


def test_a_folder_for_all_users_or_for_each(tmp_path):
    for user, retention in RETENTIONS.items():
        (tmp_path / "own" / f"user_{user}").mkdir(parents=True)
        write_policy(AdrPolicy.constant(retention), tmp_path / "own" / f"user_{user}" / "balanced.json")
    users = [User(number=number) for number in (1, 2, 3)]
    own = policy_folder("fsrs6_adr", tmp_path / "own", desired_retention=0.9)
    found = rp.sweep(users, schedulers=[own], days=40, deck=30)
    assert [row["user_id"] for row in found.table.to_dicts()] == [1, 2]
    assert "has nothing for user 3" in found.failures[0]["failure"]
    for row in found.table.to_dicts():
        policy = AdrPolicy.constant(RETENTIONS[row["user_id"]])
        alone = rp.simulate(
            scheduler="fsrs6_adr", policy=policy, user=row["user_id"], seed=42, days=40, deck=30
        )
        assert row["total_reviews"] == alone.total_reviews
        assert row["policy"] == "balanced"
    (one,) = policy_folder("fsrs6_adr", tmp_path / "own" / "user_1")
    assert one.policy_name == "balanced"
    with pytest.raises(InputMissing, match="no folder"):
        policy_folder("fsrs6_adr", tmp_path / "gone")
