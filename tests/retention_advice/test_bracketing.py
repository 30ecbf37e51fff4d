"""Brent's search, against places that are known."""

from __future__ import annotations

from math import cos, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.retention_advice.bracketing import minimum_between


@given(st.floats(0.05, 0.95), st.sampled_from([1.5, 2.0, 4.0]))
def test_finds_the_floor_of_a_valley(floor, power):
    place, value = minimum_between(lambda x: abs(x - floor) ** power, 0.0, 1.0, 1e-4)
    assert abs(place - floor) < 3e-4
    assert value == abs(place - floor) ** power


@pytest.mark.parametrize(
    ("cost", "place"), [(lambda x: x - log(x), 1.0), (cos, 3.141592653589793), (lambda x: 0.0, None)]
)
def test_known_minima(cost, place):
    found, value = minimum_between(cost, 0.2, 4.0, 1e-6)
    assert value == cost(found)
    assert place is None or abs(found - place) < 1e-5


def test_parabolas_need_fewer_calls_than_golden_sections():
    calls = []
    minimum_between(lambda x: calls.append(x) or (x - 0.83) ** 2 + (x - 0.83) ** 4, 0.7, 0.95, 1e-6)
    assert len(calls) < 15  # 26 golden sections
    assert all(0.7 <= x <= 0.95 for x in calls)


@pytest.mark.parametrize(("slope", "end"), [(1.0, 0.7), (-1.0, 0.95)])
def test_an_end_is_given_as_such(slope, end):
    assert minimum_between(lambda x: slope * x, 0.7, 0.95, 0.01) == (end, slope * end)
