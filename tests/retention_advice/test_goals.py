"""What is wanted, and which setting serves it best."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.retention_advice.goals import Goal

MINUTES = np.array([10.0, 11.0, 14.0, 20.0, 50.0])
KNOWN = np.array([700.0, 780.0, 860.0, 900.0, 903.0])
FIGURES = np.stack([MINUTES, KNOWN])


def chosen(goal):
    return goal.choose(*goal.within(FIGURES))


def test_minutes_buy_as_much_knowledge_as_they_can():
    # at 50 minutes with 20 to spend, two of five cards can be begun
    within = Goal("minutes", 20.0).within(FIGURES)
    np.testing.assert_allclose(within[:, 4], [20.0, 903.0 * 0.4])
    np.testing.assert_array_equal(within[:, :4], FIGURES[:, :4])
    assert chosen(Goal("minutes", 20.0)).place == 3
    assert chosen(Goal("minutes", 100.0)).place == 4
    assert chosen(Goal("minutes", 100.0)).first == 3
    # too little for any: most known cards a minute
    assert chosen(Goal("minutes", 1.0)).place == int(np.argmax(KNOWN / MINUTES))


def test_a_target_takes_the_fewest_minutes_that_reach_it():
    assert chosen(Goal("known", 800)).place == 2
    assert chosen(Goal("known", 1)).place == 0
    missed = chosen(Goal("known", 1000))
    assert (missed.place, missed.met) == (4, False)


def test_a_deck_takes_the_fewest_minutes_for_a_known_card():
    assert chosen(Goal("deck", 1000)).place == 1


figures = st.lists(st.tuples(st.floats(0.01, 1e4), st.floats(0.01, 1e5)), min_size=1, max_size=12)


@given(figures, st.sampled_from(["minutes", "known", "deck"]), st.floats(0.01, 1e5))
def test_no_setting_serves_a_goal_better_than_the_chosen_one(pairs, kind, amount):
    goal = Goal(kind, amount)
    minutes, known = goal.within(np.array(pairs).T)
    found = goal.choose(minutes, known)
    assert found.first <= found.place <= found.last
    if kind == "minutes":
        assert known[found.place] == known.max()
        assert minutes.max() <= amount * (1.0 + 1e-12)
    elif kind == "deck":
        assert minutes[found.place] / known[found.place] == pytest.approx((minutes / known).min())
    else:
        enough = known >= amount
        assert found.met == enough.any()
        if found.met:
            assert enough[found.place]
            assert minutes[found.place] == minutes[enough].min()
