"""Means over users, their intervals, and who beats whom."""

from __future__ import annotations

import json

import numpy as np
import pytest

from repetita.benchmarking import Summary, tables
from repetita.benchmarking.figure import as_svg


def rows_of(losses, sizes=None):
    users = len(next(iter(losses.values())))
    sizes = sizes or [100] * users
    return [
        {
            "user": user,
            "model": label,
            "size": sizes[user],
            "metrics": {"LogLoss": values[user], "AUC": None, "RMSE(bins)": 0.1, "ICI": 0.0, "MBE": 0.0},
        }
        for label, values in losses.items()
        for user in range(users)
    ]


@pytest.fixture(scope="module")
def better():
    random = np.random.default_rng(1)
    base = random.normal(0.35, 0.05, 60)
    losses = {"worse": (base + 0.01 + random.normal(0, 0.01, 60)).tolist(), "better": base.tolist()}
    return Summary.of(rows_of(losses), ["worse", "better", "absent"], seed=3)


def test_means_are_weighted_as_asked():
    summary = Summary.of(rows_of({"a": [0.2, 0.4]}, sizes=[300, 100]), ["a"])
    assert summary.mean("a", "LogLoss", "users").value == pytest.approx(0.3)
    assert summary.mean("a", "LogLoss", "reviews").value == pytest.approx(0.25)


def test_intervals_are_those_of_the_mean(better):
    values = better.values("better", "LogLoss")
    mean = better.mean("better", "LogLoss")
    half = 2.576 * values.std() / np.sqrt(values.size)
    assert (mean.high - mean.low) / 2 == pytest.approx(half, rel=0.1)
    assert mean.low < values.mean() < mean.high


def test_undefined_figures_are_left_out(better):
    assert better.mean("better", "AUC").value is None
    json.dumps(better.to_dict(), allow_nan=False)


def test_pairs_are_paired(better):
    (one, other) = better.pairs
    assert (one.a, one.b) == ("worse", "better")
    assert one.difference == pytest.approx(-other.difference)
    assert one.share + other.share == pytest.approx(1.0)
    assert one.better == other.better == "better"
    # far narrower than the spread between users would allow
    low, high = one.difference_interval
    assert high - low < 0.01


def test_noise_is_no_superiority():
    random = np.random.default_rng(2)
    losses = {"a": random.normal(0.35, 0.05, 40).tolist(), "b": random.normal(0.35, 0.05, 40).tolist()}
    assert {pair.better for pair in Summary.of(rows_of(losses), ["a", "b"]).pairs} == {None}


def test_compared_are_users_that_have_all():
    rows = rows_of({"a": [0.2, 0.4], "b": [0.3, 0.5]})[:3]
    summary = Summary.of(rows, ["a", "b"])
    assert (summary.users, summary.left_out) == (1, 1)
    assert summary.mean("a", "LogLoss").low is None


def test_forms(better):
    text = tables.text(better)
    assert "60 users, 6,000 test reviews" in text
    assert text.index("better  ") < text.index("worse  ")
    assert "%*" in text
    markdown = tables.markdown(better)
    assert markdown.count("\n| better |") == 3
    csv = tables.csv_table(better).splitlines()
    assert csv[0] == "model,measure,weighting,mean,low,high,users"
    assert len(csv) == 1 + 2 * 5 * 2
    assert as_svg(better).lstrip().startswith("<?xml")
    assert as_svg(better) == as_svg(better)


def test_nothing_at_all():
    summary = Summary.of([], ["a"])
    assert summary.users == 0
    assert "0 users" in tables.text(summary)
    assert as_svg(summary)
