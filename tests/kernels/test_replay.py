from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_logs import histories_of, history

from repetita import model
from repetita.kernels.replay import predict, replay
from repetita.reviews import ReviewLog


def check_against_golden(cases, w, tolerance):
    log = ReviewLog.from_histories([case["reviews"] for case in cases])
    m = model("fsrs6", w)
    found = replay(m, log)
    names = m.state_names
    after = np.column_stack([found.after[name] for name in names])
    before = np.column_stack([found.before[name] for name in names])
    assert np.array_equal(found.retrievability, predict(m, log), equal_nan=True)
    for case, start, end in zip(cases, log.offsets[:-1], log.offsets[1:], strict=True):
        states = np.array(case["states"])
        recalled = np.array([np.nan if r is None else r for r in case["r_before"]])
        np.testing.assert_allclose(after[start:end], states, rtol=tolerance, err_msg=case["id"])
        np.testing.assert_allclose(before[start + 1 : end], states[:-1], rtol=tolerance, err_msg=case["id"])
        assert np.isnan(before[start]).all()
        np.testing.assert_allclose(
            found.retrievability[start:end], recalled, rtol=tolerance, err_msg=case["id"]
        )


@pytest.mark.golden
def test_golden_states_of_each_history(golden):
    data = golden("fsrs6")
    for case in golden("fsrs6", "cases"):
        w = data["parameter_sets"][case["params"]]
        check_against_golden([case], w, data["tolerance"]["float64_rel"])


@pytest.mark.golden
def test_golden_states_of_all_histories_in_one_log(golden):
    data = golden("fsrs6")
    for name, w in golden("fsrs6", "parameter_sets").items():
        cases = [case for case in golden("fsrs6", "cases") if case["params"] == name]
        if cases:
            check_against_golden(cases, w, data["tolerance"]["float64_rel"])


@settings(max_examples=40, deadline=None)
@given(st.lists(history(), min_size=1, max_size=40), st.sampled_from(["default", "same_day_floor_good"]))
def test_same_as_one_card_after_the_other(histories, variant):
    log = ReviewLog.from_histories(histories)
    m = model("fsrs6", variant=variant)
    found = replay(m, log)
    row = 0
    for reviews in histories_of(log):
        state = None
        for days, rating in reviews:
            if state is None:
                state = m.initial_state(rating)
                assert np.isnan(found.retrievability[row])
            else:
                assert found.retrievability[row] == pytest.approx(m.retrievability(state, days), rel=1e-13)
                assert tuple(v[row] for v in found.before.values()) == pytest.approx(state, rel=1e-12)
                state = m.next_state(state, days, rating)
            assert tuple(values[row] for values in found.after.values()) == pytest.approx(state, rel=1e-12)
            row += 1


def test_rows_keep_the_order_of_the_log(random_log):
    log = random_log([3, 50, 1, 9] * 20)
    m = model("fsrs6")
    together = predict(m, log)
    for card in (0, 1, 2, 41):
        alone = predict(m, log.take_cards(np.array([card])))
        assert np.array_equal(together[log.card_index == card], alone, equal_nan=True)


def test_threads_change_nothing(random_log):
    log = random_log([20] * 9000)
    m = model("fsrs6")
    assert predict(m, log, threads=1).tobytes() == predict(m, log, threads=3).tobytes()
    one, three = replay(m, log, threads=1), replay(m, log, threads=3)
    assert one.after["stability"].tobytes() == three.after["stability"].tobytes()


def test_no_reviews():
    log = ReviewLog.from_histories([])
    assert predict(model("fsrs6"), log).shape == (0,)
    assert replay(model("fsrs6"), log).after["difficulty"].shape == (0,)
