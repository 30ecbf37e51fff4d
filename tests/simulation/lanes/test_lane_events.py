"""Lanes against the event engine: the same events, press by press, whatever the world, scheduler, person."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.simulation import Behavior, Cost, ShortTerm
from repetita.simulation.lanes.compiled import WorkSpace, run_lane
from repetita.simulation.lanes.rows import rows_of
from repetita.simulation.running import plan
from repetita.simulation.specs import PRIORITIES

ENVIRONMENTS = ("fsrs6", "fsrs3", "fsrs5", "fsrs7", "hlr", "dash", "anki_sm2", "fsrs4")
SCHEDULERS = (
    *("fsrs6", "fsrs7", "fsrs5", "fsrs3_default", "hlr", "dash"),
    *("anki_sm2", "memrise", "fixed@2.5"),
)
LOOPS = st.one_of(st.none(), st.integers(0, 3))

shares = st.lists(st.integers(0, 5), min_size=4, max_size=4)
behaviors = st.builds(
    Behavior,
    attendance=st.sampled_from([1.0, 0.7, 0.0]),
    lazy_good_bias=st.sampled_from([0.0, 0.3, 1.0]),
    success_ratings=st.sampled_from([(0.2, 0.6, 0.2), (0, 1, 0)]),
    relearning_success_ratings=st.sampled_from([None, (1, 1, 0)]),
    markov=st.one_of(st.none(), st.lists(shares, min_size=4, max_size=4)),
    new_limit=st.sampled_from([0, 2, 2.5, 7, (1, 2, 3, 4, 5, 6, 0)]),
    review_limit=st.sampled_from([0, 3, 4.5, 9999, (9, 9, 2, 9, 9, 0, 9)]),
    minutes_limit=st.sampled_from([0.0, 0.5, 3, 720]),
    priority=st.sampled_from(["new-first", "review-first"]),
    vacations=st.sampled_from([(), ((3, 9), (20, 20))]),
)
short_terms = st.one_of(
    st.none(),
    st.builds(
        ShortTerm,
        learning_steps=st.sampled_from([(1.0, 10.0), (), (5.0,), (1.0, 600.0, 1000.0)]),
        relearning_steps=st.sampled_from([(10.0,), (), (3.0, 2000.0)]),
        loops_limit=LOOPS,
    ),
)
costs = st.one_of(
    st.none(), st.builds(Cost, base_seconds=st.sampled_from([0.0, 4.0]), penalty=st.sampled_from([0.0, 2.0]))
)
switches = st.fixed_dictionaries(
    {},
    optional={
        "same_day_by_calendar": st.booleans(),
        "steps_hide_from_sm2": st.booleans(),
        "step_limits": st.booleans(),
        "loops_semantics": st.sampled_from(["sweep", "timestamp"]),
        "carried_steps": st.sampled_from(["first", "last", "compete"]),
        "new_cards_wait": st.booleans(),
        "priority_exact": st.booleans(),
        "max_interval": st.sampled_from([36500.0, 9.0]),
        "max_interval_with_fuzz_only": st.booleans(),
        "memorized_sampling": st.sampled_from(["start", "end"]),
        "same_day_hard_may_lower": st.booleans(),
    },
)
settings_of_runs = st.fixed_dictionaries(
    {
        "environment": st.sampled_from(ENVIRONMENTS),
        "scheduler": st.sampled_from(SCHEDULERS),
        "desired_retention": st.sampled_from([0.7, 0.9, 0.95]),
        "scheduler_priority": st.sampled_from(list(PRIORITIES)),
        "behavior": behaviors,
        "cost": costs,
        "short_term": short_terms,
        "fuzz": st.booleans(),
        "days": st.integers(1, 40),
        "leech_lapses": st.sampled_from([None, 2]),
        "switches": switches,
        "user": st.sampled_from([0, 7, 2**32 - 1]),
    }
)
FIELDS = (
    "day",
    "phase",
    "card_id",
    "rating",
    "retrievability",
    "cost_seconds",
    "interval_days",
    "due",
    "last_review",
    "elapsed_days",
)


def lane_of(options, deck, seed, *, daily=True, events=True, cards=1):
    rows = rows_of(plan(**options, deck=cards), deck=deck, seed=seed, daily=daily)
    return run_lane(rows, WorkSpace.for_lane(rows), events=events)


def check_equal(options, deck, seed, cards=1):
    run, lane = plan(**options, deck=deck).run(seed), lane_of(options, deck, seed, cards=cards)
    assert lane.status == 0
    assert lane.presses == len(run.events)
    for place, name in enumerate(FIELDS):
        theirs = getattr(run.events, name)
        if name == "retrievability":
            np.testing.assert_allclose(lane.log[:, place], theirs, rtol=0.0, atol=1e-12, equal_nan=True)
        else:
            np.testing.assert_array_equal(lane.log[:, place], theirs, err_msg=name)
    names = ("reviews", "new", "lapses", "phase_reviews", "phase_lapses", "short_loops")
    for place, name in enumerate(names):
        np.testing.assert_array_equal(lane.series[:, place], getattr(run, name), err_msg=name)
    np.testing.assert_allclose(lane.series[:, 6], run.learning_seconds, rtol=1e-13)
    np.testing.assert_allclose(lane.series[:, 7], run.review_seconds, rtol=1e-13)
    np.testing.assert_allclose(lane.curve[:-1], run.memorized, rtol=1e-7, atol=1e-12)
    assert lane.curve[-1] == pytest.approx(run.projected, rel=1e-9)
    check_totals(lane_of(options, deck, seed, daily=False, events=False, cards=cards), run)
    unlogged = lane_of(options, deck, seed, events=False, cards=cards)
    np.testing.assert_array_equal(unlogged.series[:, :6], lane.series[:, :6])
    np.testing.assert_allclose(unlogged.curve, lane.curve, rtol=1e-12)


def check_totals(totals, run):
    """Without a log the order of a day's presses is open, and recall is summed in closed form."""
    for place, name in enumerate(("reviews", "new", "lapses", "phase_reviews", "phase_lapses")):
        assert totals.series[0, place] == getattr(run, name).sum()
    assert totals.series[0, 6:8].sum() == pytest.approx(run.total_cost_seconds, rel=1e-12)
    assert totals.curve[0] == pytest.approx(run.memorized.sum(), rel=1e-8, abs=1e-12)
    assert totals.curve[1] == pytest.approx(run.projected, rel=1e-9)


@settings(max_examples=150, deadline=None)
@given(settings_of_runs, st.integers(1, 40), st.integers(0, 2**63 - 1))
def test_lanes_have_the_events_of_the_event_engine(options, deck, seed):
    check_equal(options, deck, seed)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_every_pair_has_the_same_events(environment, scheduler):
    options = {
        "environment": environment,
        "scheduler": scheduler,
        "days": 120,
        "behavior": Behavior(review_limit=12, attendance=0.9),
        "short_term": ShortTerm() if scheduler != "fsrs3_default" else None,
        "fuzz": True,
    }
    check_equal(options, 80, 5)
