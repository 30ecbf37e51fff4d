"""Intervals of curves that have no closed form: a bracketed root, for one state or for arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import repetita as rp
from repetita.intervals import LONGEST, solved_interval

FSRS7 = rp.model("fsrs7")
states = st.tuples(
    st.floats(1e-4, 36500.0), st.floats(1e-4, 36500.0), st.floats(1.0, 10.0)
)  # slow and fast stability, difficulty
retentions = st.floats(0.05, 0.999)


@given(st.floats(1e-9, 3e4), retentions)
def test_an_exponential_curve_is_solved_to_ten_digits(scale: float, retention: float) -> None:
    expected = -scale * math.log(retention)
    found = solved_interval(lambda days: math.exp(-days / scale), retention)
    assert found == pytest.approx(min(expected, LONGEST), rel=1e-10)


@given(states, retentions)
def test_the_curve_of_fsrs7_meets_the_retention_at_the_interval(
    state: tuple[float, float, float], retention: float
) -> None:
    days = FSRS7.interval(state, retention)
    assert 0.0 < days <= LONGEST
    recalled = FSRS7.retrievability(state, days)
    assert recalled >= retention if days == LONGEST else recalled == pytest.approx(retention, rel=1e-9)


@given(states, retentions, retentions)
def test_intervals_fall_with_the_desired_retention(
    state: tuple[float, float, float], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert FSRS7.interval(state, high) <= FSRS7.interval(state, low) * (1.0 + 1e-10)


def test_a_retention_that_is_never_held_has_no_interval() -> None:
    # the curve of FSRS-7 starts at 1 - 1e-5
    assert FSRS7.interval((3.0, 2.0, 5.0), 0.999995) == 0.0
    assert FSRS7.interval(([3.0] * 1500, [2.0] * 1500, [5.0] * 1500), 0.999995).max() == 0.0


def test_arrays_of_any_length_agree_with_single_states() -> None:
    draw = np.random.default_rng(5)
    many = [draw.uniform(1e-3, 400.0, 1200), draw.uniform(1e-3, 400.0, 1200), draw.uniform(1.0, 10.0, 1200)]
    few = [values[:40] for values in many]
    single = [FSRS7.interval(state, 0.9) for state in zip(*few, strict=True)]
    np.testing.assert_allclose(FSRS7.interval(few, 0.9), single, rtol=1e-14)
    np.testing.assert_allclose(FSRS7.interval(many, 0.9)[:40], single, rtol=1e-10)
