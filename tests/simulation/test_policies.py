"""Policy files: round trips, refusals, and policies that must behave like what they say."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita import model
from repetita.equations.anki_sm2 import Settings
from repetita.errors import CorruptInput, InputMissing, OutputExists, UnsupportedInput, UsageError
from repetita.simulation import simulate, targets
from repetita.simulation.policies import (
    AdrPolicy,
    CostAdrPolicy,
    Fsrs6ApPolicy,
    Sm2ApPolicy,
    SspMmcPolicy,
    read_policy,
    write_policy,
)
from repetita.simulation.policies.adr import LINEAR, TIME
from repetita.simulation.policies.adr_cost import PREFIX, VERSIONS
from repetita.simulation.policies.sspmmc import StateSpace

DEFAULTS = model("fsrs6").parameters
SMALL = {"days": 120, "deck": 150, "seed": 3}
SPACE = StateSpace(s_max=200.0, d_eps=1.0, short_step=0.138)


def table(retention=0.9):
    small, large = SPACE.stabilities()
    shape = SPACE.difficulties, len(small) + len(large)
    return SspMmcPolicy(
        retention_matrix=np.full(shape, retention), cost_matrix=np.zeros(shape), w=DEFAULTS, state_space=SPACE
    )


POLICIES = [
    AdrPolicy.constant(0.85),
    AdrPolicy.constant(0.85, feature_version=LINEAR),
    AdrPolicy(coefficients=tuple(0.1 * i for i in range(10)), feature_version=TIME),
    CostAdrPolicy.constant(0.9),
    CostAdrPolicy(
        coefficients=(0.1,) * 32,
        feature_version=PREFIX + "interval_mono_v1",
        state_feature_indices=tuple(range(8)),
    ),
    Fsrs6ApPolicy.searched(DEFAULTS, [0.3] * 21, 0.88),
    Sm2ApPolicy.searched([0.5] * 7),
]


def events(**options):
    frame = simulate(**SMALL, **options).events.to_frame()
    return frame.drop("retrievability").rows()


@pytest.mark.parametrize(
    "policy", POLICIES, ids=lambda p: f"{type(p).__name__}-{getattr(p, 'feature_version', '')}"
)
def test_files_hold_the_policy(policy, tmp_path):
    path = write_policy(policy, tmp_path / "policy.json")
    assert read_policy(path) == policy
    with pytest.raises(OutputExists):
        write_policy(policy, path)
    # what we write is what others read: every number is there, nothing is not a number
    assert "NaN" not in path.read_text()


def test_a_table_goes_with_its_policy(tmp_path):
    policy = table(0.87)
    path = write_policy(policy, tmp_path / "balanced.json")
    found = read_policy(path)
    assert (found.retention_matrix == policy.retention_matrix).all()
    assert found.to_dict() == policy.to_dict() | {"title": "SSP-MMC"} | found.details
    (tmp_path / "balanced.npz").write_bytes(b"PK nothing")
    with pytest.raises(CorruptInput, match="cannot be read"):
        read_policy(path)
    (tmp_path / "balanced.npz").unlink()
    with pytest.raises(InputMissing):
        read_policy(path)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"feature_version": "fsrs6_adr_log_poly_v9"}, UnsupportedInput, "v9"),
        ({"policy_kind": "fsrs7-adr"}, UnsupportedInput, "fsrs7-adr"),
        ({"coefficients": [1.0, 2.0]}, CorruptInput, "2 numbers, expected 6"),
        ({"coefficients": [True, 0, 0, 0, 0, 0]}, CorruptInput, "coefficients"),
        ({"coefficients": [float("nan"), 0, 0, 0, 0, 0]}, CorruptInput, "finite"),
        ({"retention_min": 0.99}, CorruptInput, "min < max"),
        ({"bounds": {"s_min": -1.0}}, CorruptInput, "bounds"),
        ({"title": ""}, CorruptInput, "title"),
        ({"baseline_desired_retention": 1.5}, CorruptInput, "baseline"),
    ],
)
def test_faulty_files_are_refused(change, error, words, tmp_path):
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(AdrPolicy.constant(0.9).to_dict() | change))
    with pytest.raises(error, match=words):
        read_policy(path)


def test_weights_out_of_bounds_are_refused(tmp_path):
    path = tmp_path / "policy.json"
    content = Fsrs6ApPolicy.searched(DEFAULTS, [0.0] * 21, 0.9).to_dict()
    path.write_text(json.dumps(content | {"weights": [200.0, *DEFAULTS[1:]]}))
    with pytest.raises(CorruptInput, match=r"weights\[0\]"):
        read_policy(path)
    sm2 = Sm2ApPolicy.searched([0.0] * 7).to_dict()
    path.write_text(json.dumps(sm2 | {"params": [0.5, *Settings()[1:]]}))
    with pytest.raises(CorruptInput, match=r"params\[0\]"):
        read_policy(path)


@pytest.mark.parametrize("text", ["", "[1]", "{", "null", '{"a": 1}'])
def test_what_is_no_policy_is_refused(text, tmp_path):
    path = tmp_path / "policy.json"
    path.write_text(text)
    with pytest.raises((CorruptInput, UnsupportedInput)):
        read_policy(path)


def test_a_policy_is_asked_for_and_must_fit():
    with pytest.raises(UsageError, match="needs a policy"):
        simulate(**SMALL, scheduler="fsrs6_adr")
    with pytest.raises(UsageError, match="anki-sm2-ap"):
        simulate(**SMALL, scheduler="fsrs6_adr", policy=Sm2ApPolicy.searched([0.0] * 7))
    with pytest.raises(CorruptInput, match="coefficients is 'abc', expected a list of numbers"):
        CostAdrPolicy.from_dict(CostAdrPolicy.constant(0.9).to_dict() | {"coefficients": "abc"})
    with pytest.raises(UsageError, match="see time"):
        simulate(**SMALL, scheduler="fsrs6_adr_time", policy=AdrPolicy.constant(0.9))


@pytest.mark.parametrize("version", [LINEAR, AdrPolicy.constant(0.9).feature_version])
def test_constant_adr_is_fsrs6(version):
    expected = events(desired_retention=0.85)
    policy = AdrPolicy.constant(0.85, feature_version=version)
    assert events(scheduler="fsrs6_adr", policy=policy) == expected
    assert events(scheduler="fsrs6_default_adr", policy=policy) == expected


@pytest.mark.parametrize("version", [v for v in VERSIONS if "interval" not in v])
@pytest.mark.parametrize("weight", [0.0, 64.0])
def test_constant_cost_adr_is_fsrs6(version, weight):
    policy = CostAdrPolicy.constant(0.9, feature_version=version)
    found = events(scheduler="fsrs6_cost_adr", policy=policy, cost_weight=weight)
    assert found == events(desired_retention=0.9)


def test_unmoved_parameters_are_the_rule_itself():
    ap = Fsrs6ApPolicy.searched(DEFAULTS, [0.0] * 21, 0.9)
    assert events(scheduler="fsrs6_ap", policy=ap) == events(desired_retention=0.9)
    sm2 = Sm2ApPolicy.searched([0.0] * 7)
    assert events(scheduler="anki_sm2_ap", policy=sm2) == events(scheduler="anki_sm2")


def test_time_raises_early_retention():
    coefficients = [0.0] * 10
    coefficients[3] = 4.0
    row = AdrPolicy(coefficients=tuple(coefficients), feature_version=TIME).row(1.0, 100)
    found = [targets.adr_time_retention(row, 10.0, 5.0, now) for now in (0.0, 50.0, 99.0)]
    assert found == sorted(found, reverse=True)
    assert found[0] - found[2] > 0.1


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from([v for v in VERSIONS if "interval" not in v]),
    st.lists(st.floats(-8, 8), min_size=32, max_size=32),
    st.floats(0.1, 9000.0),
    st.floats(1.0, 10.0),
)
def test_retention_falls_with_the_weight_of_cost(version, values, stability, difficulty):
    count = len(CostAdrPolicy.constant(0.9, feature_version=version).coefficients)
    policy = CostAdrPolicy(coefficients=tuple(values[:count]), feature_version=version)
    found = [
        targets.cost_adr_retention(policy.row(1.0, weight), stability, difficulty, 0.0)
        for weight in (0, 1, 16, 128, 1024)
    ]
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(found))


def test_tables_are_looked_up_on_their_grid():
    small, large = SPACE.stabilities()
    policy, grid = table(), [*small, *large]
    row = policy.row(1.0)
    for place in (0, 3, len(small) - 1, len(small), len(grid) - 2):
        assert targets.table_row(row, grid[place] * (1 - 1e-12)) == place
    assert targets.sspmmc_days(row, 199.0, 12.7) == targets.RETIRED_DAYS
    assert targets.sspmmc_days(row, 5.0, 12.7) == 12.0
    assert targets.sspmmc_days(row, 5.0, 0.3) == 1.0
    rows = np.arange(SPACE.difficulties)[:, None] / 1000.0 + 0.8
    graded = SspMmcPolicy(
        retention_matrix=np.broadcast_to(rows, policy.retention_matrix.shape).copy(),
        cost_matrix=policy.cost_matrix,
        w=DEFAULTS,
        state_space=SPACE,
    ).row(1.0)
    assert targets.sspmmc_retention(graded, 5.0, 1.0, 0.0) == 0.8
    assert targets.sspmmc_retention(graded, 5.0, 10.0, 0.0) == pytest.approx(0.809)


def test_tables_run():
    run = simulate(**SMALL, scheduler="sspmmc", policy=table(0.9))

    assert run.total_reviews > 100
