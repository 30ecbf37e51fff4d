"""`HistoryModel`: states that are histories, errors, intervals, round trips."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import repetita as rp
from repetita.equations import MODELS, declared, equations
from repetita.errors import UsageError
from repetita.history_model import HistoryModel
from repetita.intervals import LONGEST_SEARCHED

NAMES = [name for name in MODELS if declared(equations(name)).kind != "recursive"]
HISTORY = ((0.0, 3), (1.0, 1), (2.0, 3), (6.0, 4))


def test_there_are_such_models():
    assert {"dash", "dash_actr", "actr", "logistic_regression"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_state_is_a_history(name):
    memory = rp.model(name)
    assert isinstance(memory, HistoryModel)
    state = memory.initial_state(3)
    for days, rating in HISTORY[1:]:
        state = memory.next_state(state, days, rating)
    assert state == HISTORY
    listed = json.loads(json.dumps(state))
    assert memory.retrievability(listed, 5) == memory.retrievability(state, 5)


@pytest.mark.parametrize("name", NAMES)
def test_a_card_predicts_as_the_log(name):
    memory = rp.model(name)
    log = rp.ReviewLog.from_histories([HISTORY])
    for k in range(1, len(HISTORY)):
        alone = memory.retrievability(HISTORY[:k], HISTORY[k][0])
        assert alone == pytest.approx(memory.predict(log)[k], rel=1e-12)
    assert memory.replay(log).after == {}


@pytest.mark.parametrize("name", NAMES)
def test_arrays_of_times_and_retentions(name):
    memory = rp.model(name)
    times = np.array([[0.5, 1.0], [8.0, 90.0]])
    found = memory.retrievability(HISTORY, times)
    assert found.shape == times.shape
    assert found[1, 0] == memory.retrievability(HISTORY, 8.0)
    days = memory.interval(HISTORY, [0.5, 0.9])
    assert days.tolist() == [memory.interval(HISTORY, 0.5), memory.interval(HISTORY, 0.9)]


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 4)), min_size=1, max_size=12), st.floats(0.1, 0.97)
)
def test_intervals_meet_the_retention(history, retention):
    falling = rp.model("actr")
    days = falling.interval(history, retention)
    if 0.0 < days < 36500.0:
        assert falling.retrievability(history, days) == pytest.approx(retention, rel=1e-6)
    for name in ("dash", "dash_actr", "logistic_regression"):
        memory = rp.model(name)
        days = memory.interval(history, retention)
        assert 1.0 <= days <= LONGEST_SEARCHED
        if days < LONGEST_SEARCHED:
            assert memory.retrievability(history, days) <= retention
        if days > 1.0:
            assert memory.retrievability(history, days * (1.0 - 1e-9)) > retention * (1.0 - 1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_round_trips(name):
    memory = rp.model(name, [p.default * 1.01 for p in equations(name).PARAMETERS])
    assert pickle.loads(pickle.dumps(memory)) == memory
    assert rp.MemoryModel.from_dict(json.loads(json.dumps(memory.to_dict()))) == memory


@pytest.mark.parametrize(
    "state", [(), (1.0, 2.0), ((0.0, 5),), ((0.0, 3), (-1.0, 3)), ((0.0, 3), (float("nan"), 3)), 7]
)
def test_what_is_no_history_is_refused(state):
    with pytest.raises(UsageError):
        rp.model("dash").retrievability(state, 1.0)


def test_arguments_out_of_range_are_refused():
    memory = rp.model("actr")
    with pytest.raises(UsageError, match="elapsed_days"):
        memory.retrievability(HISTORY, -1.0)
    with pytest.raises(UsageError, match="desired_retention"):
        memory.interval(HISTORY, 1.0)
    with pytest.raises(UsageError, match="rating"):
        memory.next_state(HISTORY, 1.0, 5)
    with pytest.raises(UsageError, match="history of a card"):
        rp.simulate_log(cards=5, model="dash")


def test_old_reviews_of_a_long_card_are_left_out_of_the_sum():
    memory = rp.model("dash_actr")
    most = equations("dash_actr").MOST_TERMS
    long = [(0.0, 1), *[(1.0, 3)] * most]
    log = rp.ReviewLog.from_histories([[*long, (1.0, 3)]])
    newest = sum((1.0 + k) ** -memory.parameters[1] for k in range(most)) * memory.parameters[3]
    z = memory.parameters[0] * np.log1p(newest) + memory.parameters[4]
    assert memory.predict(log)[-1] == pytest.approx(1 / (1 + np.exp(-z)), rel=1e-12)
    assert memory.retrievability(long, 1.0) == pytest.approx(1 / (1 + np.exp(-z)), rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_fit_evaluate_and_compare_take_the_name(name):
    log = rp.simulate_log(cards=150, days=90, seed=2)
    result = rp.fit(log, name)
    assert result.converged
    assert result.log_loss < result.log_loss_default
    assert all(np.isfinite(result.std_errors))
    judged = rp.evaluate(log, name)
    assert 0.0 < judged.log_loss < 1.0
    assert rp.compare(log, name, "fsrs6").difference == pytest.approx(
        judged.log_loss - rp.evaluate(log, "fsrs6").log_loss, abs=1e-9
    )
