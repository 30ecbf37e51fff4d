"""How somebody answers, as the official Anki package measures it, and by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import repetita as rp
from repetita.errors import UsageError
from repetita.reviews import ReviewLog
from repetita.simulation.inputs import SimulatorConfig, simulator_config

TABLES = {
    "first_rating_prob": ("first_ratings",),
    "review_rating_prob": ("success_ratings",),
    "learning_step_transitions": ("learning_transitions",),
    "relearning_step_transitions": ("relearning_transitions",),
    "state_rating_costs": ("learning_seconds", "review_seconds", "relearning_seconds"),
}


@pytest.mark.golden
@pytest.mark.realdata
def test_as_the_official_package(
    records: Callable[[str], list[dict[str, Any]]],
    collection: Callable[[str], Any],
    asked: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    for record in records("simulator_config"):
        options = asked(record)
        assert options.pop("ignore_before") is None
        found = simulator_config(collection(record["file"]), **options)
        for name, ours in TABLES.items():
            values = np.ravel([getattr(found, attribute) for attribute in ours])
            np.testing.assert_allclose(values, record["expected"][name], atol=1e-4, err_msg=name)


def test_a_log_by_hand():
    """Two cards: one with a repeat on its first day, one forgotten on a later day and repeated."""
    log = ReviewLog.from_arrays(
        card_id=[1, 1, 1, 2, 2, 2],
        rating=[1, 3, 4, 3, 1, 3],
        review_time_ms=np.array([0.1, 0.2, 3.1, 0.1, 5.1, 5.2]) * 86_400_000 + 1.6e12,
        duration_ms=[4000, 6000, 5000, 8000, 1_300_000, 3000],
    )
    found = simulator_config(log, smooth=False)
    assert found.first_ratings == (0.5, 0.0, 0.5, 0.0)
    # the press of 21 minutes is none, and what follows it is relearning
    assert found.success_ratings == (0.0, 0.0, 1.0)
    assert found.learning_seconds == (4.0, 0.0, 7.0, 0.0)
    assert found.relearning_seconds == (0.0, 0.0, 3.0, 0.0)
    assert found.learning_transitions[0] == (0.2, 0.2, 0.4, 0.2)
    smoothed = simulator_config(log)
    assert smoothed.first_ratings[2] == pytest.approx((2 * 0.5 + 50 * 0.495) / 52)
    assert smoothed.learning_seconds[2] == pytest.approx((2 * 7.0 + 50 * 13.78) / 52, abs=0.005)


def test_states_of_a_log_are_believed():
    log = rp.simulate_log(cards=60, days=60, seed=4)
    assert simulator_config(log) != SimulatorConfig()
    run = rp.simulate(
        days=20, deck=20, behavior=simulator_config(log).behavior(), cost=simulator_config(log).cost()
    )
    assert run.total_reviews > 0


def test_nothing_is_the_usual():
    assert simulator_config(ReviewLog.from_histories([[(0, 3)]])) == SimulatorConfig()
    with pytest.raises(UsageError, match="choose within a collection"):
        simulator_config(ReviewLog.from_histories([]), deck="x")
    with pytest.raises(UsageError, match="expected a collection"):
        simulator_config(3)
