"""Rules of a simulated day: fuzz and steps against tables, the rest against what they promise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.scheduling import plain_rules
from repetita.simulation import rules

RETENTION = st.floats(0.0, 1.0)
UNIT = st.floats(0.0, 1.0, exclude_max=True)


@pytest.mark.golden
def test_review_fuzz(golden):
    for case in golden("sim_traces", "components", "review_fuzz_minimum_1"):
        interval, maximum = case["interval"], case["maximum"]
        assert list(plain_rules.fuzz_ends(interval, 1.0, float(maximum))) == case["bounds"]
        for factor, days in case["fuzzed_by_factor"].items():
            assert rules.settle(interval, True, float(factor), maximum) == days


@pytest.mark.golden
def test_step_fuzz(golden):
    for case in golden("sim_traces", "components", "learning_fuzz"):
        found = rules.step_interval(case["secs"], True, case["u"]) * rules.SECONDS_A_DAY
        assert found == pytest.approx(case["result"], rel=1e-12)


@pytest.mark.golden
def test_steps(golden):
    for case in golden("sim_traces", "components", "learning_steps"):
        steps = [60.0 * minutes for minutes in case["steps_minutes"]]
        count, left = len(steps), case["remaining"]
        for rating, name in ((1, "again_secs"), (2, "hard_secs"), (3, "good_secs")):
            delay = plain_rules.step_delay(steps, 0, count, left, rating)
            assert (None if delay < 0.0 else delay) == case[name], (case, name)
        assert plain_rules.step_left(count, left, 3) == case["remaining_after_good"]
        assert plain_rules.step_left(count, left, 1) == case["remaining_after_again"]
        assert plain_rules.step_delay(steps, 0, count, left, 4) == -1.0


@given(st.floats(0.0, 1e6), UNIT, st.floats(1.0, 36500.0).map(float.__round__))
def test_settled_intervals_are_whole_days_in_bounds(raw, u, maximum):
    for fuzz in (False, True):
        days = rules.settle(raw, fuzz, u, float(maximum))
        assert days == int(days)
        assert 1.0 <= days <= maximum


@given(RETENTION, UNIT, UNIT, UNIT)
def test_the_recall_number_alone_decides_about_again(retrievability, u, u_rating, u_lazy):
    rating = rules.rate(retrievability, u, u_rating, u_lazy, 0.0, (0.2, 0.6, 0.2), 0)
    assert (rating == 1) == (u > retrievability)
    lazy = rules.rate(retrievability, u, u_rating, u_lazy, 1.0, (0.2, 0.6, 0.2), 0)
    assert lazy in (1, 3)


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 2), st.integers(0, 9)), min_size=2, max_size=6))
def test_order_is_that_of_tuples(cards):
    for a in cards:
        for b in cards:
            assert rules.before(*a, *b) == (a < b)


def test_elapsed_days_tell_another_day_from_the_same():
    assert rules.elapsed_days(5.0, 4.007, True) == 1.0
    assert rules.elapsed_days(5.0, 4.007, False) == pytest.approx(0.993)
    assert rules.elapsed_days(4.5, 4.1, True) == pytest.approx(0.4)
    assert rules.elapsed_days(9.0, 4.0, True) == rules.elapsed_days(9.0, 4.0, False) == 5.0


@pytest.mark.parametrize(
    ("mode", "key"), [(0, 0.9), (1, -0.9), (2, 5.0), (5, -7.0), (6, 3.0), (9, -4.0), (10, 0.1)]
)
def test_service_keys(mode, key):
    assert rules.service_key(mode, 0.9, 5.0, 7.0, 3.0, 4.0, 0.1) == key


def test_picking_ends_at_the_last_weight():
    assert rules.picked(0.999999, (0.3, 0.3, 0.3), 0, 3) == 2
    assert rules.first_rating(0.25, (0.24, 0.094, 0.495, 0.171), 0) == 2
    assert rules.success_row(0, True, 4) == 6
    assert rules.success_row(1, True, 4) == 1
