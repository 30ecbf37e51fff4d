"""Flat roles: the same numbers as the memory models and rules they are derived from."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita import model
from repetita.equations import MODELS, declared, equations
from repetita.equations.anki_sm2 import Settings, scheduled, scheduled_first
from repetita.equations.memrise import next_rung
from repetita.simulation import rules
from repetita.simulation.roles import environment_text, linked, scheduler_text, service_mode

RECURSIVE = [name for name in MODELS if declared(equations(name)).kind == "recursive"]
PRESSES = st.lists(st.tuples(st.floats(0.001, 400.0), st.integers(1, 4)), max_size=8)


def row(memory, *policy):
    return [*memory.parameters, *memory.prepared, *memory.options, *policy]


@pytest.mark.parametrize("name", RECURSIVE)
def test_environments_follow_their_model(name):
    memory, space = model(name), linked(environment_text(name))

    @settings(max_examples=25, deadline=None)
    @given(st.integers(1, 4), PRESSES)
    def check(first, presses):
        flat, w = [0.0] * 9, row(memory)
        space["env_init"](w, flat, 2, first)
        state = memory.initial_state(first)
        for days, rating in presses:
            assert tuple(flat[2 : 2 + len(state)]) == state
            assert space["env_recall"](w, flat, 2, days) == memory.retrievability(state, days)
            space["env_next"](w, flat, 2, days, rating)
            state = memory.next_state(state, days, rating)
        assert flat[:2] == [0.0, 0.0]

    check()


@pytest.mark.parametrize("name", ["fsrs6", "fsrs5", "fsrs7", "fsrs3", "hlr"])
def test_schedulers_ask_for_the_models_interval(name):
    memory, space = model(name), linked(scheduler_text("constant", name))

    @settings(max_examples=25, deadline=None)
    @given(st.integers(1, 4), PRESSES, st.floats(0.7, 0.97))
    def check(first, presses, retention):
        flat, w = [0.0] * 5, row(memory, 1.0, retention)
        if hasattr(memory.equations, "interval_factor"):
            vectors = memory.parameters, memory.prepared, memory.options
            w.append(memory.equations.interval_factor(*vectors, retention))
        raw = space["sch_init"](w, flat, 0, first, 0, 0.0)
        state = memory.initial_state(first)
        for days, rating in presses:
            assert raw == max(1.0, memory.interval(state, retention))
            assert space["sch_recall"](w, flat, 0, days) == memory.retrievability(state, days)
            raw = space["sch_next"](w, flat, 0, days, 1.0, rating, 0, 0.0)
            state = memory.next_state(state, days, rating)

    check()


def test_anki_sm2_in_review_and_in_steps():
    space, w = linked(scheduler_text("anki_sm2")), list(Settings())
    flat = [0.0, 0.0]
    assert space["sch_init"](w, flat, 0, 4, 0, 0.0) == 4.0
    state = scheduled_first(Settings(), 4)
    assert flat[0] == state[1]
    raw = space["sch_next"](w, flat, 0, 6.0, 4.0, 3, 0, 4.0)
    assert (raw, flat[0]) == scheduled(Settings(), (4.0, state[1]), 6.0, 3)
    # steps: ease stays at the start, graduation gives the graduating or easy interval
    space["sch_init"](w, flat, 0, 1, 1, 0.0)
    assert flat[0] == 2.5
    assert space["sch_next"](w, flat, 0, 0.001, 0.001, 3, 1, 0.0) == 1.0
    assert space["sch_next"](w, flat, 0, 0.001, 0.001, 4, 1, 0.0) == 4.0
    assert flat[0] == 2.5
    # a lapse takes ease once, relearning gives the interval of the lapse
    assert space["sch_next"](w, flat, 0, 10.0, 10.0, 1, 0, 0.0) == 1.0
    assert space["sch_next"](w, flat, 0, 0.01, 0.007, 3, 2, 0.0) == 1.0
    assert flat[0] == 2.3


def test_memrise_and_fixed():
    memrise, fixed = linked(scheduler_text("memrise")), linked(scheduler_text("fixed"))
    assert memrise["sch_init"]([], [], 0, 4, 0, 0.0) == 1.0
    for previous, rating in ((6.0, 3), (48.0, 2), (180.0, 4), (12.0, 1)):
        assert memrise["sch_next"]([], [], 0, 9.0, previous, rating, 0, 0.0) == next_rung(previous, rating)
    assert memrise["sch_next"]([], [], 0, 0.007, 0.007, 3, 1, 0.0) == 1.0
    assert (
        fixed["sch_init"]([7.5], [], 0, 1, 0, 0.0)
        == fixed["sch_next"]([7.5], [], 0, 1.0, 1.0, 1, 0, 0.0)
        == 7.5
    )


def test_modes_that_a_belief_lacks_become_due_order():
    assert service_mode(rules.LOW_RETRIEVABILITY, "fsrs6") == rules.LOW_RETRIEVABILITY
    assert service_mode(rules.LOW_RETRIEVABILITY, "hlr") == rules.EARLY_DUE
    assert service_mode(rules.LOW_DIFFICULTY, None) == rules.EARLY_DUE
    assert service_mode(rules.LONG_INTERVAL, None) == rules.LONG_INTERVAL
