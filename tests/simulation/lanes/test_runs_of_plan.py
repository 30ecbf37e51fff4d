"""A plan run by lanes is what the event engine makes of it, and what lanes cannot run they leave to it."""

from __future__ import annotations

import numpy as np
import pytest

import repetita as rp
from repetita.simulation.lanes import plans
from repetita.simulation.result import SERIES
from repetita.simulation.running import plan

PLANS = {
    "fsrs6": {},
    "another belief": {"scheduler": "fsrs3", "desired_retention": 0.8},
    "steps": {"scheduler": "anki_sm2", "short_term": "steps"},
    "limits": {"review_limit": 5, "fuzz": True, "environment": "hlr"},
}


@pytest.mark.parametrize("name", PLANS)
def test_as_the_event_engine(name):
    made = plan(days=60, deck=80, user=3, **PLANS[name])
    seeds = [1, 5]
    found = plans.runs_of_plan(made, seeds)
    for seed, run in zip(seeds, found, strict=True):
        expected = made.run(seed, events=False)
        assert run.config == expected.config
        for series in SERIES:
            ours, theirs = getattr(run, series), getattr(expected, series)
            assert ours.dtype == theirs.dtype
            np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9)
        assert run.projected == pytest.approx(expected.projected, rel=1e-9)
        assert run.first_curve[0] == expected.first_curve[0]
        np.testing.assert_array_equal(run.first_curve[1], expected.first_curve[1])


def test_from_cards_that_are_known(tmp_path):
    log = rp.simulate_log(cards=30, days=60, seed=2)
    made = plan(days=30, deck=10, start=log)
    (run,) = plans.runs_of_plan(made, [4])
    expected = made.run(4, events=False)
    np.testing.assert_array_equal(run.reviews, expected.reviews)
    np.testing.assert_allclose(run.memorized, expected.memorized, rtol=1e-6)


def test_what_lanes_cannot_run():
    made = plan(days=10, deck=2, environment=["fsrs6", "hlr"])
    assert plans.runs_of_plan(made, [1]) is None
    assert "different models" in plans.needs_event_engine(made)


@pytest.mark.parametrize("mode", ["engine", "crn"])
def test_policies_are_evaluated_by_lanes(mode, monkeypatch):
    asked = {"days": 80, "deck": 100, "scheduler": "fsrs3", "desired_retention": 0.85, "seeds": [1, 2, 3]}
    by_lanes = rp.evaluate_policy(mode=mode, **asked)
    monkeypatch.setattr(plans, "runs_of_plan", lambda plan, seeds: None)
    by_events = rp.evaluate_policy(mode=mode, **asked)
    assert by_lanes.minutes_per_day == pytest.approx(by_events.minutes_per_day, rel=1e-12)
    assert by_lanes.memorized_average == pytest.approx(by_events.memorized_average, rel=1e-7)
    assert by_lanes.limits == by_events.limits
    assert by_lanes.replicates.seeds == (1, 2, 3)


def test_cards_of_their_own_and_kept_histories_run_in_lanes():
    for asked in ({"desired_retention": [0.8] * 10 + [0.95] * 10}, {"environment": "dash_actr"}):
        made = plan(days=60, deck=20, **asked)
        (run,) = plans.runs_of_plan(made, [3])
        np.testing.assert_array_equal(run.reviews, made.run(3, events=False).reviews)
