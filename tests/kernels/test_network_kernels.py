"""Compiled networks against their own text in Python: whole logs, arrays, single steps to the bit."""

from __future__ import annotations

import numpy as np
import pytest

import repetita as rp
from repetita.equations import NETWORKS
from repetita.kernels import networks
from repetita.kernels.network_text import strict_network
from repetita.kernels.networks import durations_of
from repetita.kernels.replay import predict, replay
from repetita.network_model import network

VARIANTS = [(name, variant) for name in NETWORKS for variant in rp.model(name).equations.VARIANTS]


def random_network(name, variant, seed=0):
    """A network with weights that make every part of it matter."""
    random = np.random.default_rng(seed)
    module = rp.model(name).equations
    size = sum(int(np.prod(shape)) for shape in module.layout(module.VARIANTS[variant]).values())
    inputs = len(module.STANDARDIZED) if len(module.STANDARDIZED) < 2 or module.VARIANTS[variant][1] else 1
    return network(name, random.normal(0.0, 0.5, size), variant, [-1.0] * inputs + [3.0] * inputs)


@pytest.fixture(scope="module")
def log():
    return rp.simulate_log(cards=60, days=300, seed=5)


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_a_log_is_replayed_as_the_text_says(log, name, variant):
    memory = random_network(name, variant)
    seen, durations = replay(memory, log), durations_of(log)
    days = log.elapsed(memory.equations.UNIT)
    for card in range(0, log.cards, 7):
        state = None
        for row in range(log.offsets[card], log.offsets[card + 1]):
            rating, duration = int(log.ratings[row]), float(durations[row])
            if state is None:
                assert np.isnan(seen.retrievability[row])
                state = memory.initial_state(rating, duration_ms=duration)
            else:
                expected = memory.retrievability(state, float(days[row]))
                assert seen.retrievability[row] == pytest.approx(expected, rel=1e-10, abs=1e-13)
                state = memory.next_state(state, float(days[row]), rating, duration_ms=duration)
            after = [seen.after[number][row] for number in memory.state_names]
            assert after == pytest.approx(state, rel=1e-9, abs=1e-12)
    np.testing.assert_array_equal(predict(memory, log), seen.retrievability)


@pytest.mark.parametrize("name", NETWORKS)
def test_threads_change_nothing(monkeypatch, log, name):
    monkeypatch.setattr(networks, "REVIEWS_A_CHUNK", 16)
    memory = random_network(name, "default")
    alone = predict(memory, log, threads=1)
    np.testing.assert_array_equal(alone, predict(memory, log, threads=4))
    monkeypatch.undo()
    np.testing.assert_array_equal(alone, predict(memory, log))


@pytest.mark.parametrize("name", NETWORKS)
def test_empty_logs(name):
    log = rp.ReviewLog.from_histories([[(0, 3)]]).take([False])
    assert rp.model(name).predict(log).size == 0


def test_missing_durations_are_the_usual_one():
    log = rp.ReviewLog.from_arrays(
        card_id=[1, 1, 1], rating=[3, 3, 1], elapsed_days=[0, 2, 4], duration_ms=[900, np.nan, 7000]
    )
    assert durations_of(log).tolist() == [900.0, 2500.0, 7000.0]
    plain = rp.ReviewLog.from_histories([[(0, 3), (2, 3)]])
    assert durations_of(plain).tolist() == [2500.0, 2500.0]


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("count", [3, 500])
def test_arrays_of_states(name, count):
    memory = random_network(name, "default")
    random = np.random.default_rng(3)
    state = np.array(memory.next_state(memory.initial_state(3), 2.0, 2))
    columns = list(state[:, np.newaxis] * random.uniform(0.8, 1.0, count))
    days, ratings = random.exponential(10.0, count), random.integers(1, 5, count)
    recalled = memory.retrievability(columns, days)
    moved = memory.next_state(columns, days, ratings)
    for k in range(0, count, 97):
        one = tuple(column[k] for column in columns)
        assert recalled[k] == pytest.approx(memory.retrievability(one, float(days[k])), rel=1e-10, abs=1e-13)
        after = memory.next_state(one, float(days[k]), int(ratings[k]))
        assert [column[k] for column in moved] == pytest.approx(after, rel=1e-9, abs=1e-12)
    wanted = memory.interval(columns, 0.7)
    for k in range(0, count, 97):
        one = tuple(column[k] for column in columns)
        assert wanted[k] == pytest.approx(memory.interval(one, 0.7), rel=1e-9)


@pytest.mark.parametrize("name", NETWORKS)
def test_single_steps_have_the_bits_of_python(name):
    """Flat arrays with a place for each card: what a simulation holds."""
    memory = random_network(name, "default", seed=1)
    module, random = memory.equations, np.random.default_rng(4)
    start, advance, curve = strict_network(module, "start", "advance", "curve")
    cards = 3
    states, room = np.zeros(cards * module.STATES), np.zeros(module.ROOM)
    constants, known = np.array(memory.prepared), [None] * cards
    for _ in range(60):
        card = int(random.integers(cards))
        begin = card * module.STATES
        rating, duration = int(random.integers(1, 5)), float(random.uniform(50.0, 70_000.0))
        if known[card] is None:
            start(constants, states, begin, room, duration, rating)
            known[card] = memory.initial_state(rating, duration_ms=duration)
        else:
            days = float(random.exponential(20.0))
            assert curve(constants, states, begin, room, days) == memory.retrievability(known[card], days)
            advance(constants, states, begin, room, days, duration, rating)
            known[card] = memory.next_state(known[card], days, rating, duration_ms=duration)
        assert tuple(states[begin : begin + module.STATES].tolist()) == known[card]
