"""Expected workloads: as the official Anki package has them, and against simulations."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import repetita as rp
from repetita.errors import UsageError
from repetita.retention_advice import CardsAhead, retention_workload
from repetita.simulation import Behavior
from repetita.simulation.inputs import SimulatorConfig


@pytest.mark.golden
@pytest.mark.realdata
def test_as_the_official_package(
    records: Callable[[str], list[dict[str, Any]]], collection: Callable[[str], Any]
) -> None:
    for record in records("retention_workload_analytic"):
        expected = record["expected"]["costs"]
        found = retention_workload(
            collection(record["file"]),
            model=record["input"]["params"],
            desired_retention=[int(percent) / 100 for percent in expected],
            now=record["now_ms"] / 1000,
            zone=record["tz"],
        )
        np.testing.assert_allclose(found.seconds, list(expected.values()), rtol=1e-3)


@pytest.mark.parametrize("retention", [0.75, 0.9])
def test_new_cards_cost_what_simulations_say(retention):
    days, new, model = 200, 300, rp.model("fsrs6")
    usual = SimulatorConfig()
    nothing = np.zeros(0)
    found = retention_workload(
        CardsAhead(stability=nothing, difficulty=nothing, last=nothing, due=nothing, new_cards=new),
        desired_retention=retention,
        days=days,
        new_per_day=3,
    )
    lanes = rp.simulate_many(
        [model] * 8,
        desired_retention=retention,
        days=days,
        deck=new,
        behavior=usual.behavior(new_limit=3),
        cost=usual.cost(),
    )
    assert found.seconds == pytest.approx([lanes.total_cost_seconds.mean()], rel=0.05)


def test_cards_of_a_log_cost_what_simulations_say():
    log, usual = rp.simulate_log(cards=200, days=120, seed=6), SimulatorConfig()
    found = retention_workload(log, desired_retention=[0.8, 0.9], days=150, config=usual)
    for place, retention in enumerate([0.8, 0.9]):
        lanes = rp.simulate_many(
            [rp.model("fsrs6")] * 8,
            desired_retention=retention,
            days=150,
            start=log,
            behavior=Behavior(success_ratings=usual.success_ratings),
            cost=usual.cost(),
        )
        assert found.seconds[place] == pytest.approx(lanes.total_cost_seconds.mean(), rel=0.05)
    assert found.cards == log.cards
    assert found.factor(0.9, 0.8) == pytest.approx(found.seconds[1] / found.seconds[0])
    assert found.minutes_per_day[0] == pytest.approx(found.seconds[0] / 60 / 150)
    json.dumps(found.to_dict(), allow_nan=False)


def test_by_hand():
    """A card that is due today, in a run of a day: one review."""
    ahead = CardsAhead(
        stability=np.array([10.0]), difficulty=np.array([5.0]), last=np.array([-10.0]), due=np.array([0.0])
    )
    found = retention_workload(ahead, desired_retention=0.9, days=1)
    seconds, shares = SimulatorConfig().review_seconds, SimulatorConfig().success_ratings
    passed = sum(share * s for share, s in zip(shares, seconds[1:], strict=True))
    assert found.seconds == pytest.approx([0.1 * seconds[0] + 0.9 * passed])
    late = replace(ahead, due=ahead.due + 5)
    assert retention_workload(late, desired_retention=0.9, days=1).seconds == pytest.approx([0.0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"desired_retention": 1.0}, "expected numbers in"),
        ({"desired_retention": []}, "expected numbers in"),
        ({"days": 0}, "days is 0"),
        ({"model": "hlr"}, "expected stability and difficulty"),
        ({"new_cards": -1}, "new_cards is -1"),
        ({"new_per_day": 0}, "new_per_day is 0"),
    ],
)
def test_what_cannot_be_asked_is_explained(options, message):
    with pytest.raises(UsageError, match=message):
        retention_workload(rp.simulate_log(cards=5, days=9, seed=1), **options)
    with pytest.raises(UsageError, match="source is 3"):
        retention_workload(3)


def test_a_factor_lies_within_what_was_asked():
    found = retention_workload(rp.simulate_log(cards=5, days=9, seed=1), desired_retention=[0.8, 0.9])
    with pytest.raises(UsageError, match=r"new is 0\.95"):
        found.factor(0.95, 0.8)
