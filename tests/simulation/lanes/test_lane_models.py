"""Models with large states in lanes: networks, histories, searches; the events of the event engine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_lane_events import check_equal, lane_of, settings_of_runs

import repetita as rp
from repetita.reviews import ReviewLog
from repetita.simulation import Behavior, ShortTerm
from repetita.simulation.lanes import places

PAIRS = (
    ("lstm", "lstm"),
    ("fsrs6", "gru_p"),
    ("logistic_regression", "dash_mcm"),
    ("actr", "dash_actr"),
    ("ebisu2", "ebisu2"),
)
PERSON = Behavior(review_limit=9, new_limit=4, attendance=0.9)


def logs_equal(lanes, **options):
    run = rp.simulate(**options)
    assert not lanes.failures
    ours, theirs = lanes.events[0].to_frame(), run.events.to_frame()
    assert ours.drop("retrievability").equals(theirs.drop("retrievability"))
    np.testing.assert_allclose(
        lanes.events[0].retrievability, run.events.retrievability, rtol=0.0, atol=1e-12
    )
    return run


@pytest.mark.parametrize(("environment", "scheduler"), PAIRS)
def test_every_model_has_the_same_events(environment, scheduler):
    options = {
        "environment": environment,
        "scheduler": scheduler,
        "days": 40,
        "behavior": PERSON,
        "short_term": ShortTerm() if scheduler == "memrise" else None,
        "fuzz": True,
    }
    check_equal(options, 25, 5)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(PAIRS), settings_of_runs, st.integers(1, 15), st.integers(0, 2**63 - 1))
def test_settings_hold_for_them_as_well(pair, options, deck, seed):
    environment, scheduler = pair
    days = min(options["days"], 25)
    chosen = options | {"environment": environment, "scheduler": scheduler, "days": days}
    check_equal(chosen, deck, seed)


def test_an_lstm_with_other_weights_believes_for_itself(golden_file):
    random = rp.model("lstm", weights=golden_file("lstm_random.pth"), variant="no_duration")
    options = {"environment": rp.model("lstm"), "scheduler": random, "days": 30, "behavior": PERSON}
    lanes = rp.simulate_many(
        [options["environment"]], schedulers=[random], days=30, deck=20, behavior=PERSON, events=True, seeds=7
    )
    logs_equal(lanes, **options, deck=20, seed=7)


def test_whole_days_of_the_reference_in_both_engines():
    options = {"scheduler": "lstm", "switches": {"lstm_whole_days": True}, "days": 40, "behavior": PERSON}
    run = rp.simulate(environment="fsrs6", deck=20, seed=3, **options)
    lanes = rp.simulate_many(
        1,
        environments=["fsrs6"],
        deck=20,
        seeds=3,
        events=True,
        schedulers=["lstm"],
        **{k: v for k, v in options.items() if k != "scheduler"},
    )
    assert lanes.events[0].to_frame().equals(run.events.to_frame())
    lstm = rp.model("lstm")
    log = run.events
    for card in range(5):
        state = None
        rows = np.flatnonzero(log.card_id == card)
        for row in rows:
            rating, days = int(log.rating[row]), float(log.elapsed_days[row])
            state = lstm.initial_state(rating) if state is None else lstm.next_state(state, days, rating)
            interval = float(log.interval_days[row])
            assert interval == 3650.0 or lstm.retrievability(state, interval) <= 0.9
            assert interval == 1.0 or lstm.retrievability(state, interval - 1.0) > 0.9


def test_a_card_outgrows_its_room_and_the_lane_begins_anew():
    options = {"environment": "dash_mcm", "scheduler": "fixed@1", "days": 150, "events": True}
    full = lane_of({k: v for k, v in options.items() if k != "events"}, 2, 1)
    assert (full.status, full.card) == (places.HISTORY_FULL, 0)
    lanes = rp.simulate_many(
        1, environments=["dash_mcm"], schedulers=["fixed@1"], days=150, deck=2, events=True, seeds=1
    )
    logs_equal(lanes, **options, deck=2, seed=1)


@pytest.mark.parametrize("environment", ["dash_mcm", "actr", "lstm"])
def test_a_start_goes_on_with_them(environment):
    log = ReviewLog.from_histories([[(0, 3), (2, 3), (9, 1)], [(4, 1)], [(1, 4), (5, 2)]] * 2)
    chosen = {"start": log, "deck": 5, "days": 25}
    scheduler = "dash_mcm" if environment == "dash_mcm" else "memrise"
    lanes = rp.simulate_many(
        1, environments=[environment], schedulers=[scheduler], events=True, daily=True, seeds=3, **chosen
    )
    run = logs_equal(lanes, environment=environment, scheduler=scheduler, seed=3, **chosen)
    np.testing.assert_allclose(lanes.series["memorized"][0], run.memorized, rtol=1e-7)


def test_threads_and_batches_change_nothing_for_them():
    chosen = {
        "schedulers": ["lstm", "memrise", "dash_mcm"],
        "environments": ["lstm", "fsrs6"],
        "seeds": range(2),
        "days": 30,
        "deck": 12,
        "events": True,
    }
    one = rp.simulate_many(1, threads=1, **chosen)
    for other in ({"threads": 2}, {"threads": 2, "max_lanes_per_batch": 3}):
        many = rp.simulate_many(1, **chosen, **other)
        assert one.to_frame().equals(many.to_frame())
        for number in range(len(one)):
            assert one.events[number].to_frame().equals(many.events[number].to_frame())
