"""Parameters and desired retentions of single cards in lanes: the events of the event engine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_lane_events import check_equal, settings_of_runs

import repetita as rp
from repetita.errors import UsageError
from repetita.simulation import Behavior, User

OPTIONS = {"days": 60, "deck": 30, "fuzz": True, "behavior": Behavior(review_limit=9, new_limit=4)}


def changed(name, factor):
    """A model whose first parameters are another."""
    values = list(rp.model(name).parameters)
    values[:3] = [value * factor for value in values[:3]]
    return rp.model(name, values)


def each(values, deck):
    return [values[i % len(values)] for i in range(deck)]


WORLDS = {name: [changed(name, factor) for factor in (1.0, 0.5, 1.7)] for name in ("fsrs6", "hlr")}
RETENTIONS = (0.7, 0.9, 0.95)
CHOICES = st.sampled_from(
    [
        ("fsrs6", "fsrs6", True, False, False),
        ("fsrs6", "fsrs6", True, True, False),
        ("fsrs6", "fsrs6", False, True, True),
        ("fsrs6", "fixed@3", True, False, False),
        ("hlr", "hlr", True, True, True),
    ]
)


@settings(max_examples=15, deadline=None)
@given(CHOICES, settings_of_runs, st.integers(3, 30), st.integers(0, 2**63 - 1))
def test_cards_of_their_own_have_the_same_events(choice, options, deck, seed):
    environment, scheduler, by_world, by_retention, by_belief = choice
    own = dict(options)
    own["environment"] = each(WORLDS[environment], deck) if by_world else environment
    own["scheduler"] = each(WORLDS[scheduler][::-1], deck) if by_belief else scheduler
    if by_retention:
        own["desired_retention"] = each(RETENTIONS, deck)
    check_equal(own, deck, seed, cards=deck)


def test_simulate_many_takes_lists_of_cards():
    worlds, retentions = each(WORLDS["fsrs6"], 30), each(RETENTIONS, 30)
    lanes = rp.simulate_many(
        [User(number=2, environment=worlds)],
        schedulers=["fsrs6", {"scheduler": worlds, "desired_retention": retentions}, "memrise"],
        desired_retention=[0.9, retentions],
        events=True,
        daily=True,
        **OPTIONS,
    )
    expected = [("fsrs6", 0.9), ("fsrs6", retentions), (worlds, retentions), ("memrise", 0.9)]
    assert lanes.scheduler == ("fsrs6", "fsrs6", "fsrs6", "memrise")
    np.testing.assert_allclose(
        lanes.desired_retention, [0.9, np.mean(retentions), np.mean(retentions), np.nan]
    )
    for number, (scheduler, retention) in enumerate(expected):
        run = rp.simulate(
            environment=worlds, scheduler=scheduler, desired_retention=retention, user=2, **OPTIONS
        )
        assert run.events.to_frame().equals(lanes.events[number].to_frame())
        np.testing.assert_allclose(lanes.series["memorized"][number], run.memorized, rtol=1e-7)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"environments": [each(["fsrs6", "hlr"], 30)]}, "different models"),
        ({"schedulers": [each(["fsrs6", "memrise"], 30)]}, "different models"),
        ({"desired_retention": [[0.9] * 7]}, "7 values for 30 cards"),
        ({"desired_retention": [[0.9] * 29 + [1.5]]}, "desired_retention"),
    ],
)
def test_cards_that_do_not_fit_are_refused(options, words):
    with pytest.raises(UsageError, match=words):
        rp.simulate_many(1, **{"schedulers": ["fsrs6"], **OPTIONS, **options})
