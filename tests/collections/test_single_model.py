"""Single precision from the equation text: against double precision and numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.collections.single_model import single_precision_model
from repetita.memory_model import model
from repetita.scheduling.single_precision import single

EXACT = model("fsrs6")
SINGLE = single_precision_model(EXACT)
stabilities, difficulties = st.floats(0.01, 3000.0), st.floats(1.0, 10.0)


@given(stabilities, difficulties, st.integers(0, 3000), st.integers(1, 4))
def test_it_agrees_with_double_precision_to_a_few_of_its_own_digits(stability, difficulty, days, rating):
    state = single(stability), single(difficulty)
    found, expected = (m.next_state(state, float(days), rating) for m in (SINGLE, EXACT))
    # (stability + 1) ** w - 1 and exp(x) - 1 lose digits where they come out near 0
    assert found == pytest.approx(expected, rel=2e-5, abs=1e-6)
    assert SINGLE.interval(state, 0.9) == pytest.approx(EXACT.interval(state, 0.9), rel=2e-6)


@given(stabilities, difficulties, st.integers(0, 3000), st.integers(1, 4))
def test_every_number_has_24_bits(stability, difficulty, days, rating):
    state = SINGLE.next_state((single(stability), single(difficulty)), float(days), rating)
    interval = SINGLE.interval(state, 0.85)
    assert [float(np.float32(x)) for x in (*state, interval)] == [*state, interval]


def test_the_interval_rounds_step_by_step():
    w = np.array(EXACT.parameters, dtype=np.float32)
    one, stability, retention = np.float32(1.0), np.float32(2.3469), np.float32(0.99)
    factor = np.exp(np.log(np.float32(0.9)) / -w[20]) - one
    expected = stability / factor * (np.float32(float(retention) ** float(-one / w[20])) - one)
    assert SINGLE.interval((float(stability), 5.0), float(retention)) == pytest.approx(
        float(expected), rel=1.5e-7
    )


def test_the_model_itself_is_left_as_it_was():
    single_precision_model(EXACT)
    assert type(EXACT.next_state((2.0, 5.0), 3.0, 3)[0]) is float
    assert EXACT.equations.exp(1.0) != float(np.float32(EXACT.equations.exp(1.0)))


def test_one_model_is_made_once():
    assert single_precision_model(model("fsrs6")) is single_precision_model(model("fsrs6"))


@pytest.mark.parametrize("name", ["fsrs4_5", "fsrs5", "fsrs7"])
def test_other_models_run_too(name):
    exact = model(name)
    found = single_precision_model(exact)
    state = exact.initial_state(3)
    assert found.next_state(state, 4.0, 3) == pytest.approx(exact.next_state(state, 4.0, 3), rel=1e-5)
