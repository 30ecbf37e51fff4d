"""The one number, against a scan of the range."""

from __future__ import annotations

import json

import pytest

import repetita as rp
from repetita.errors import UnknownName, UsageError
from repetita.retention_advice import optimal_retention
from repetita.simulation import Cost

RUN = {"days": 90, "deck": 300, "new_limit": 6}


@pytest.fixture(scope="module")
def dear_lapses():
    """A person for whom a lapse costs so much that the minimum lies inside the range."""
    seconds = (90.0, 8.0, 6.0, 5.0)
    return Cost(learning=(20.0, 15.0, 10.0, 8.0), review=seconds, relearning=seconds)


def test_the_number_is_the_lowest_of_a_scan(dear_lapses):
    found = optimal_retention(cost=dear_lapses, tolerance=0.01, **RUN)
    scan = {}
    for percent in range(70, 96, 5):
        value = rp.evaluate_policy(cost=dear_lapses, desired_retention=percent / 100, **RUN)
        scan[percent / 100] = value.seconds.sum() / value.projected
    assert found.exact
    assert found.edge is None
    assert found.value <= min(scan.values()) * 1.005
    assert abs(float(found) - min(scan, key=scan.get)) <= 0.06
    assert (found.desired_retention, found.value) in found.evaluations


def test_defaults_end_at_the_lower_edge_as_elsewhere():
    found = optimal_retention(tolerance=0.03, **RUN)
    assert (found.desired_retention, found.edge) == (0.7, "lower")
    json.dumps(found.to_dict(), allow_nan=False)


def test_limits_that_bind_are_simulated_and_objectives_differ(dear_lapses):
    options = {"cost": dear_lapses, "minutes_limit": 4, "tolerance": 0.05, **RUN}
    found = {name: optimal_retention(objective=name, **options) for name in ("cost_per_memory", "cost")}
    assert not any(one.exact for one in found.values())
    assert found["cost"].value > 60 * found["cost_per_memory"].value
    assert found["cost"] == optimal_retention(objective="cost", **options)
    average = optimal_retention(objective="cost_per_average_memory", **options)
    assert average.value > found["cost_per_memory"].value


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"low": 0.9, "high": 0.8}, "expected less than high"),
        ({"low": 0}, "low is 0"),
        ({"high": float("nan")}, "high is nan"),
        ({"tolerance": "fine"}, "tolerance is 'fine'"),
        ({"desired_retention": 0.9}, "desired_retention is given"),
        ({"days": 0}, "days is 0"),
        ({"seed": 1.5}, "seed is 1.5"),
    ],
)
def test_what_cannot_be_asked_is_explained(options, message):
    with pytest.raises(UsageError, match=message):
        optimal_retention(**options)


def test_an_unknown_objective_suggests_the_nearest():
    with pytest.raises(UnknownName, match="cost_per_memory"):
        optimal_retention(objective="cost_per_memry")
