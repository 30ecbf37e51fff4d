"""Fuzz: the range table, the bounds, and which day a fraction picks."""

from __future__ import annotations

from collections import Counter
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.scheduling.fuzz import fuzz_bounds, fuzz_delta, fuzzed_interval
from repetita.scheduling.single_precision import rounded_half_up, single

intervals = st.floats(0.0, 40000.0)
limits = st.tuples(st.integers(1, 36500), st.integers(1, 36500))
fractions = st.floats(0.0, 1.0, exclude_max=True)
precisions = st.sampled_from([None, single])


KNOWN = {1.0: (1, 1), 2.4: (2, 2), 2.5: (2, 4), 7: (5, 9), 17: (14, 20), 37: (33, 41), 100: (93, 107)}


@pytest.mark.parametrize(("days", "bounds"), KNOWN.items())
@pytest.mark.parametrize("rounded", [None, single])
def test_bounds_of_known_intervals(days, bounds, rounded):
    assert fuzz_bounds(days, 1, 36500, rounded=rounded) == bounds


def slow_delta(days: float) -> float:
    """The range table added up in thousandths of a day."""
    table = [(2.5, 7.0, 0.15), (7.0, 20.0, 0.10), (20.0, 1e9, 0.05)]
    return 0.0 if days < 2.5 else 1.0 + sum(k * max(min(days, high) - low, 0.0) for low, high, k in table)


@given(days=intervals, rounded=precisions)
def test_delta_adds_up_the_ranges(days, rounded):
    assert fuzz_delta(days, rounded=rounded) == pytest.approx(slow_delta(days), rel=1e-6)


@given(days=intervals, limits=limits, rounded=precisions)
def test_bounds_stay_within_the_limits(days, limits, rounded):
    minimum, maximum = limits
    lower, upper = fuzz_bounds(days, minimum, maximum, rounded=rounded)
    assert min(minimum, maximum) <= lower <= upper <= maximum
    assert upper == lower or upper > 2


@given(days=intervals, fraction=fractions, limits=limits)
def test_a_fraction_stays_within_the_bounds(days, fraction, limits):
    lower, upper = fuzz_bounds(days, *limits)
    assert lower <= fuzzed_interval(days, fraction, *limits) <= upper


@given(days=intervals, limits=limits)
def test_fractions_within_half_a_millionth_of_one_may_pass_a_bound_in_single_precision_only(days, limits):
    lower, upper = fuzz_bounds(days, *limits, rounded=single)
    assert fuzzed_interval(days, 0.0, *limits, rounded=single) == lower
    largest = 1.0 - 2.0**-23
    assert upper <= fuzzed_interval(days, largest, *limits, rounded=single) <= upper + 1
    assert fuzzed_interval(days, largest, *limits) <= upper + 1


@given(days=intervals, fraction=fractions, other=fractions)
def test_larger_fractions_give_longer_intervals(days, fraction, other):
    low, high = sorted([fraction, other])
    assert fuzzed_interval(days, low, 1, 36500) <= fuzzed_interval(days, high, 1, 36500)


@given(days=intervals, longer=intervals, fraction=fractions)
def test_longer_intervals_stay_longer_or_within_a_day_under_one_fraction(days, longer, fraction):
    short, long = sorted([days, longer])
    assert fuzzed_interval(short, fraction, 1, 99999) <= fuzzed_interval(long, fraction, 1, 99999) + 1


@pytest.mark.parametrize("days", [2.5, 12.3, 200.0])
def test_every_day_between_the_bounds_is_as_likely(days):
    lower, upper = fuzz_bounds(days, 1, 36500)
    width = 1 + upper - lower
    counts = Counter(fuzzed_interval(days, (k + 0.5) / (100 * width), 1, 36500) for k in range(100 * width))
    assert counts == dict.fromkeys(range(lower, upper + 1), 100)


def test_without_a_fraction_halves_go_up():
    assert [fuzzed_interval(days, None, 1, 9) for days in (0.2, 2.5, 3.5, 12.0)] == [1, 3, 4, 9]


@given(st.integers(0, 10**6))
def test_halves_round_up(whole):
    assert rounded_half_up(whole + 0.5) == whole + 1
    assert rounded_half_up(float(whole)) == whole


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e6))
def test_single_precision_agrees_with_numpy(x, y):
    import numpy as np

    a, b = np.float32(x), np.float32(y)
    assert single(float(a) + float(b)) == float(a + b)
    assert single(float(a) * float(b)) == float(a * b)
    assert single(x) == float(a)
    assert floor(single(x)) == int(a)
