"""Flat forms ask for the same intervals and orders as the schedulers they are made of."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_policies import table

from repetita import model
from repetita.errors import UsageError
from repetita.simulation import CardView, ShortTerm, Switches
from repetita.simulation.cards import writers
from repetita.simulation.flat import flat_environment, flat_scheduler
from repetita.simulation.policies import AdrPolicy, CostAdrPolicy, Fsrs6ApPolicy, Sm2ApPolicy
from repetita.simulation.policies.adr import TIME
from repetita.simulation.policies.adr_cost import PREFIX
from repetita.simulation.roles import linked
from repetita.simulation.specs import environment_of, scheduler_of
from repetita.simulation.switches import COMPATIBLE

set_due, set_interval, set_last, set_phase, set_state = writers(
    "due", "interval", "last_review", "phase", "state"
)
CURVED = tuple(0.3 * (-1) ** i for i in range(10))
KINDS = [
    ("fsrs6", None),
    ("fsrs6_default", None),
    ("fsrs5", None),
    ("fsrs7", None),
    ("fsrs3", None),
    ("fsrs3_default", None),
    ("hlr", None),
    ("dash", None),
    ("fixed@3.5", None),
    ("anki_sm2", None),
    ("memrise", None),
    ("sspmmc", table()),
    ("fsrs6_adr", AdrPolicy(coefficients=CURVED[:6])),
    ("fsrs6_default_adr", AdrPolicy(coefficients=CURVED[:6])),
    ("fsrs6_adr_time", AdrPolicy(coefficients=CURVED, feature_version=TIME)),
    ("fsrs6_ap", Fsrs6ApPolicy.searched(model("fsrs6").parameters, [0.4] * 21, 0.85)),
    ("anki_sm2_ap", Sm2ApPolicy.searched([0.4] * 7)),
    ("fsrs6_cost_adr", CostAdrPolicy.constant(0.9)),
    ("fsrs6_cost_adr", CostAdrPolicy(coefficients=(0.3,) * 24, feature_version=PREFIX + "interval_mono_v1")),
]
PRESSES = st.lists(
    st.tuples(
        st.floats(0.002, 300.0), st.integers(1, 4), st.integers(0, 2), st.floats(1.0, 200.0).map(round)
    ),
    max_size=8,
)


def made(name, policy, switches, priority="low_retrievability", short_term=None):
    return scheduler_of(
        name,
        desired_retention=0.9,
        belief=None,
        policy=policy,
        priority=priority,
        short_term=short_term,
        switches=switches,
        days=500,
        cost_weight=20.0,
    )


@pytest.mark.parametrize(("name", "policy"), KINDS, ids=lambda value: getattr(value, "kind", value))
def test_the_flat_form_is_the_scheduler(name, policy):
    @settings(max_examples=20, deadline=None)
    @given(
        st.integers(1, 4),
        PRESSES,
        st.sampled_from(["low_retrievability", "high_difficulty", "long_interval"]),
    )
    def check(first, presses, priority):
        scheduler = made(name, policy, Switches(), priority, ShortTerm())
        flat = flat_scheduler(scheduler, Switches())
        space, state, card, now = linked(flat.text), [0.0] * (2 + flat.text.state_size), CardView(0), 0.0
        raw = space["sch_init"](flat.row, state, 2, first, flat.first_phase, now)
        expected, belief = scheduler.first(card, first, now)
        assert raw == expected
        set_state(card, belief)
        for days, rating, phase, interval in presses:
            set_phase(card, phase)
            set_interval(card, float(interval))
            set_due(card, now + interval)
            key = space["sch_key"](flat.row, state, 2, days, card.interval, card.due, flat.mode, 0.5)
            set_last(card, 0.0)
            if flat.calendar is False or days >= 1.0:
                real = float(int(days)) if flat.calendar else days
                key = space["sch_key"](flat.row, state, 2, real, card.interval, card.due, flat.mode, 0.5)
                assert key == scheduler.priority(card, days)
            now += days
            seen = phase if flat.sees_phase else 0
            raw = space["sch_next"](flat.row, state, 2, days, card.interval, rating, seen, now)
            expected, belief = scheduler.after(card, days, rating, now)
            assert raw == expected
            set_state(card, belief)
        assert state[:2] == [0.0, 0.0]

    check()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), PRESSES)
def test_windows_count_as_the_features_do(first, presses):
    world, _ = environment_of("dash", None, Switches())
    flat = flat_environment(world, Switches())
    space, state = linked(flat.text), [0.0] * (1 + flat.text.state_size)
    space["env_init"](flat.row, state, 1, first)
    history = world.first(first)
    for days, rating, _, later in presses:
        for time in (days, 1.0, 7.0, 30.0, float(later)):
            assert space["env_recall"](flat.row, state, 1, time) == world.retrievability(history, time)
        space["env_next"](flat.row, state, 1, days, rating)
        history = world.after(history, days, rating)


def test_a_full_ring_is_no_number():
    world, _ = environment_of("dash", None, Switches())
    flat = flat_environment(world, Switches())
    space, state = linked(flat.text), [0.0] * flat.text.state_size
    space["env_init"](flat.row, state, 0, 3)
    for _ in range(200):
        space["env_next"](flat.row, state, 0, 1.0, 3)
    assert space["env_recall"](flat.row, state, 0, 1.0) > 0.0
    for _ in range(200):
        space["env_next"](flat.row, state, 0, 0.01, 3)
    assert math.isnan(space["env_recall"](flat.row, state, 0, 1.0))


def test_switches_of_options_are_in_the_rows():
    switches = Switches(stability_bounds=(0.1, 9125.0), same_day_hard_may_lower=True)
    world, _ = environment_of("fsrs6", None, switches)
    assert flat_environment(world, switches).row[-3:] == (0.1, 9125.0, 3.0)


def test_what_only_the_event_engine_runs_says_so():
    switches = COMPATIBLE["srs-simulator"]
    with pytest.raises(UsageError, match="event engine only"):
        flat_environment(environment_of("fsrs6", None, switches)[0], switches)
    with pytest.raises(UsageError, match="event engine only"):
        flat_scheduler(made("fsrs3", None, switches), switches)
