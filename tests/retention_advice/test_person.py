"""Habits of a log, and what is taken where it is silent."""

from __future__ import annotations

import numpy as np

from repetita.retention_advice.person import learning_habits
from repetita.reviews import ReviewLog, simulate_log
from repetita.simulation.behavior import Behavior
from repetita.simulation.cost import PRESS_COSTS, Cost


def two_buttons(cards=60, *, repeats=False):
    again = [(0, 1), (0, 3)] if repeats else [(0, 1)]
    return ReviewLog.from_histories(
        [(again if card % 2 else [(0, 3)]) + [(3, 3), (6, 1), (5, 3)] for card in range(cards)]
    )


def test_two_buttons_stay_two():
    habits = learning_habits(two_buttons())
    assert habits.first_ratings == (30.0, 0.0, 30.0, 0.0)
    assert habits.success_ratings == (0.0, 120.0, 0.0)
    assert habits.short_term is None


def test_a_tiny_log_is_filled_up_and_says_so():
    habits = learning_habits(ReviewLog.from_histories([[(0, 3), (2, 3)]]))
    assert habits.first_ratings == tuple(Behavior.first_ratings)
    assert habits.success_ratings == tuple(Behavior.success_ratings)
    assert habits.new_per_day == 10
    assert (habits.cost.learning, habits.cost.review) == (Cost().learning, Cost().review)
    told = " ".join(habits.notes)
    assert "only 1 answer to new cards" in told
    assert "10 new cards a day are taken" in told
    assert "usual times are taken" in told


def test_given_new_cards_are_not_measured():
    habits = learning_habits(ReviewLog.from_histories([[(0, 3)]]), new_per_day=4)
    assert habits.new_per_day == 4
    assert not any("new cards a day" in note for note in habits.notes)


def test_times_of_a_log_are_measured_and_impossible_ones_left_out():
    log = simulate_log(cards=300, days=120, seed=5)
    habits = learning_habits(log, repeats=False)
    assert not any("usual times" in note for note in habits.notes)
    absurd = log.durations_ms.copy()
    absurd[::7] = 100_000_000
    spoilt = ReviewLog(**{**log_fields(log), "durations_ms": absurd})
    found = learning_habits(spoilt, repeats=False).cost.review
    assert all(abs(a / b - 1.0) < 0.3 for a, b in zip(found, habits.cost.review, strict=True))
    nothing = ReviewLog(**{**log_fields(log), "durations_ms": np.zeros_like(absurd)})
    assert learning_habits(nothing, repeats=False).cost.review == Cost().review


def log_fields(log):
    from dataclasses import fields

    return {field.name: getattr(log, field.name) for field in fields(log) if field.init}


def test_repeats_within_a_day_are_simulated_or_told():
    log = two_buttons(80, repeats=True)
    with_them, without = learning_habits(log), learning_habits(log, repeats=False)
    # half of the new cards are repeated
    assert with_them.short_term is not None
    assert with_them.cost.relearning == (0.0,) * 4
    assert with_them.cost.learning == PRESS_COSTS.learning
    assert without.short_term is None
    assert any("repeat" in note for note in without.notes)
    assert not any("repeat" in note for note in with_them.notes)
