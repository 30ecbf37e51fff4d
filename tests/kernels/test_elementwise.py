from __future__ import annotations

import numpy as np
import pytest

from repetita import model
from repetita.errors import UsageError
from repetita.kernels import elementwise
from repetita.kernels.elementwise import SHORT, interval, next_states, retrievability

MODEL = model("fsrs6")


@pytest.fixture(params=[7, 3 * SHORT], ids=["plain", "compiled"])
def arrays(request):
    """Stability, difficulty, days, ratings, retention of some elements."""
    generator = np.random.default_rng(1)
    count = request.param
    return (
        np.exp(generator.uniform(-6, 10, count)),
        generator.uniform(1, 10, count),
        np.floor(np.exp(generator.uniform(-1, 8, count))),
        generator.integers(1, 5, count),
        generator.uniform(0.05, 0.99, count),
    )


def test_retrievability_of_each_element(arrays):
    stability, difficulty, days, _, _ = arrays
    found = retrievability(MODEL, (stability, difficulty), days)
    expected = [MODEL.retrievability((s, d), t) for s, d, t in zip(stability, difficulty, days, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_interval_of_each_element(arrays):
    stability, difficulty, _, _, retention = arrays
    found = interval(MODEL, (stability, difficulty), retention)
    expected = [MODEL.interval((s, d), r) for s, d, r in zip(stability, difficulty, retention, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_next_state_of_each_element(arrays):
    stability, difficulty, days, ratings, _ = arrays
    found = next_states(MODEL, (stability, difficulty), days, ratings)
    expected = [
        MODEL.next_state((s, d), t, int(g))
        for s, d, t, g in zip(stability, difficulty, days, ratings, strict=True)
    ]
    np.testing.assert_allclose(np.column_stack(found), expected, rtol=1e-12)


@pytest.mark.parametrize("factor", [1, SHORT])
def test_arguments_broadcast(factor):
    stability = np.array([[1.0], [10.0]])
    days = np.tile([0.0, 5.0, 90.0], factor)
    found = retrievability(MODEL, (stability, 5.0), days)
    assert found.shape == (2, 3 * factor)
    assert found[1, 1] == pytest.approx(MODEL.retrievability((10.0, 5.0), 5.0), rel=1e-13)
    new = next_states(MODEL, (stability, 5.0), days, 3)
    assert [values.shape for values in new] == [found.shape] * 2
    assert interval(MODEL, (10.0, 5.0), np.full((2, 2), 0.9)).tolist() == [[pytest.approx(10.0)] * 2] * 2


def test_model_hands_arrays_over():
    days = np.array([1.0, 30.0])
    assert (
        MODEL.retrievability((10.0, 5.0), days).tolist() == retrievability(MODEL, (10.0, 5.0), days).tolist()
    )
    assert MODEL.interval((days, 5.0), 0.8).tolist() == interval(MODEL, (days, 5.0), 0.8).tolist()
    stability, difficulty = MODEL.next_state((10.0, 5.0), 3.0, [1, 3])
    expected = [MODEL.next_state((10.0, 5.0), 3.0, rating) for rating in (1, 3)]
    assert list(zip(stability.tolist(), difficulty.tolist(), strict=True)) == expected


def test_nothing_in_nothing_out():
    assert retrievability(MODEL, (np.empty((0, 3)), 5.0), 1.0).shape == (0, 3)


def test_short_arrays_load_no_compiled_code(monkeypatch):
    monkeypatch.setattr(elementwise, "_kernel", None)
    assert retrievability(MODEL, (10.0, 5.0), [10.0])[0] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: retrievability(MODEL, (10.0,), [1.0]), r"\(stability, difficulty\), got 1"),
        (lambda: retrievability(MODEL, ([10.0, 0.0], 5.0), 1.0), "stability is 0 at element 1"),
        (lambda: retrievability(MODEL, (10.0, np.nan), [1.0]), "difficulty is nan"),
        (lambda: retrievability(MODEL, (10.0, 5.0), [1.0, -2.0]), "elapsed_days is -2 at element 1"),
        (lambda: retrievability(MODEL, (10.0, 5.0), [np.inf]), "elapsed_days is inf"),
        (lambda: retrievability(MODEL, ([1.0, 2.0], 5.0), [1.0, 2.0, 3.0]), "broadcast"),
        (lambda: retrievability(MODEL, ("a", 5.0), [1.0]), "numbers"),
        (lambda: interval(MODEL, (10.0, 5.0), [0.9, 1.0]), "desired_retention is 1 at element 1"),
        (lambda: interval(MODEL, (10.0, 5.0), [0.9, 1e-60]), "no float holds the interval of element 1"),
        (lambda: next_states(MODEL, (10.0, 5.0), [1.0], [0]), "rating is 0"),
        (lambda: next_states(MODEL, (10.0, 5.0), [1.0], [2.5]), "rating is 2.5"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(UsageError, match=message):
        call()


@pytest.mark.parametrize("name", ["fsrs6", "fsrs7", "hlr", "sm2"])
@pytest.mark.parametrize("count", [1, 5, SHORT])
def test_four_buttons_in_one_pass(name, count):
    chosen = model(name)
    start = chosen.next_state(chosen.initial_state(3), 3.0, 3)
    state = tuple(np.linspace(value, 2.0 * value + 1.0, count) for value in start)
    days, retention = np.linspace(0.0, 40.0, count), 0.85
    buttons = chosen.next_states(state, days, retention)
    assert list(buttons) == [1, 2, 3, 4]
    for rating, (after, interval_days) in buttons.items():
        expected = chosen.next_state(state, days, int(rating))
        np.testing.assert_allclose(after, expected, rtol=1e-12)
        np.testing.assert_allclose(interval_days, chosen.interval(expected, retention), rtol=1e-10)
    lone = tuple(float(values[0]) for values in state)
    (after, interval_days) = chosen.next_states(lone, float(days[0]), retention)[3]
    assert after == chosen.next_state(lone, float(days[0]), 3)
    assert interval_days == chosen.interval(after, retention)
