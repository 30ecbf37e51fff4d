"""Recall summed over days: closed forms against adding up, curves against the models they are of."""

from __future__ import annotations

from math import exp, fsum, inf, log, nan

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from repetita.equations import MODELS, declared, equations
from repetita.memory_model import model
from repetita.simulation.lanes.compiled import curve_floats
from repetita.simulation.lanes.curves import (
    CENTER,
    FALL,
    GROWTH,
    HALF_STRETCH,
    MIDDLE,
    add_power_curve,
    polynomial,
    series_at,
)
from repetita.simulation.lanes.nodes import DAYS_AT_ONCE, begin_nodes, spread_nodes
from repetita.simulation.lanes.sums import exponential_sum, power_at, power_sum, power_sum_error

RECURSIVE = [name for name in MODELS if declared(equations(name)).kind == "recursive"]
POWERS = [name for name in RECURSIVE if hasattr(equations(name), "power_curve")]
EXPONENTIALS = [name for name in RECURSIVE if hasattr(equations(name), "exponential_rate")]

rates = st.floats(-5.0, 3.0).map(lambda x: 10.0**x)
firsts = st.one_of(st.just(1.0), st.just(0.0), st.floats(0.0, 50.0))
counts = st.integers(1, 600)


@settings(max_examples=300, deadline=None)
@given(rates, st.floats(0.05, 1.0), firsts, counts)
@example(1e-5, 1.0, 1.0, 600)
@example(1e3, 1.0, 0.0, 600)
@example(1e-3, 0.99999, 1.0, 1)
def test_sums_of_powers_are_within_their_bound(rate, exponent, first, count):
    end = first + (count - 1.0)
    added = fsum(power_at(rate, exponent, first + i) for i in range(count))
    for known in (end, end + 1.0, -1.0):
        found = power_sum(rate, exponent, first, count, known, power_at(rate, exponent, max(known, 0.0)))
        # the bound, and the rounding of integrals that almost cancel
        rounding = 4e-14 * (1.0 / rate + end) + 1e-14 * added
        assert abs(found - added) <= power_sum_error(exponent) + rounding


def test_the_bound_is_below_what_is_promised():
    """A sum has at least one term, so that a bound on the error is one on the relative error of a span."""
    assert power_sum_error(0.8) < 1e-8
    assert power_sum_error(1.0) < 1e-8


@settings(max_examples=200, deadline=None)
@given(st.floats(-12.0, 3.0).map(lambda x: 10.0**x), st.floats(0.0, 50.0), counts)
def test_sums_of_exponentials_are_exact(rate, first, count):
    added = fsum(exp(-rate * (first + i)) for i in range(count))
    assert exponential_sum(rate, first, count) == pytest.approx(added, rel=1e-12, abs=1e-300)
    assert exponential_sum(0.0, first, count) == count


def states_of(memory):
    for rating in (1, 2, 3, 4):
        state = memory.initial_state(rating)
        yield state
        for days, answer in ((3.0, 3), (9.0, 1), (2.0, 4), (30.0, 3)):
            state = memory.next_state(state, days, answer)
            yield state


@pytest.mark.parametrize("name", POWERS)
def test_power_curves_are_recall(name):
    memory = model(name)
    for state in states_of(memory):
        rate, exponent = memory.equations.power_curve(
            memory.parameters, memory.prepared, memory.options, state
        )
        for days in (0.0, 0.3, 1.0, 7.0, 100.0, 2000.0):
            assert power_at(rate, exponent, days) == pytest.approx(
                memory.retrievability(state, days), rel=1e-12
            )


@pytest.mark.parametrize("name", EXPONENTIALS)
def test_exponential_rates_are_recall(name):
    memory = model(name)
    for state in states_of(memory):
        rate = memory.equations.exponential_rate(memory.parameters, memory.prepared, memory.options, state)
        for days in (0.0, 0.3, 1.0, 7.0, 40.0):
            assert -rate * days == pytest.approx(log(memory.retrievability(state, days)), rel=1e-9, abs=1e-12)


def test_every_family_is_there():
    assert {"fsrs4", "fsrs4_5", "fsrs5", "fsrs6"} <= set(POWERS)
    assert {"fsrs1", "fsrs2", "fsrs3", "hlr", "anki_sm2", "sm2", "memrise"} <= set(EXPONENTIALS)


@pytest.mark.parametrize(("exponent", "bound"), [(0.1542, 1.1e-9), (0.5, 1e-8), (1.0, 6e-8)])
def test_a_power_is_one_polynomial_from_piece_to_piece(exponent, bound):
    """At any time it is the exponent that was asked for last, however often another was in between."""
    sums = np.zeros(curve_floats(10))
    assert pytest.approx((MIDDLE, HALF_STRETCH)) == (CENTER * (1.0 + FALL * FALL), 2.0 * CENTER * FALL)
    for asked in (exponent, 0.7, exponent):
        b = polynomial(sums, asked)
    assert b[-1] == GROWTH**-exponent
    for x in np.linspace(-1.0, 1.0, 101):
        assert series_at(x, b) == pytest.approx((MIDDLE + HALF_STRETCH * x) ** -exponent, rel=bound)


@settings(max_examples=150, deadline=None)
@given(rates, st.floats(0.05, 1.0), firsts, counts, st.integers(0, 5))
def test_curves_are_added_day_by_day(rate, exponent, first, count, place):
    places = place + count
    sums = np.zeros(curve_floats(places))
    begin_nodes(sums, places + DAYS_AT_ONCE, places)
    add_power_curve(sums, place, rate, exponent, first, count)
    assert not sums[places : places + DAYS_AT_ONCE].any()
    spread_nodes(sums, places)
    wanted = [power_at(rate, exponent, first + i) for i in range(count)]
    np.testing.assert_allclose(sums[place : place + count], wanted, rtol=1e-7 if exponent > 0.2 else 4e-9)
    assert not sums[:place].any()
    assert not sums[places : places + DAYS_AT_ONCE].any()


@pytest.mark.parametrize(("rate", "exponent"), [(-0.5, 0.2), (nan, 0.2), (inf, 0.2), (-inf, 0.2), (0.1, nan)])
def test_curves_that_are_none_come_to_an_end_in_their_place(rate, exponent):
    places = 700
    sums = np.zeros(curve_floats(places + 5))
    begin_nodes(sums, places + 5 + DAYS_AT_ONCE, places + 5)
    with np.errstate(all="ignore"):
        add_power_curve(sums, 5, rate, exponent, 0.0, places)
    assert not sums[:5].any()
    assert not sums[places + 5 : places + 5 + DAYS_AT_ONCE].any()


def test_long_spans_go_to_nodes_and_to_no_day_outside():
    """Spans that begin and end anywhere in a block, from near the pole to far away."""
    places = 2000
    sums, wanted = np.zeros(curve_floats(places)), np.zeros(places)
    begin_nodes(sums, places + DAYS_AT_ONCE, places)
    for place, count, stability in ((0, 2000, 40.0), (37, 1200, 500.0), (64, 1000, 90.0), (1999, 1, 300.0)):
        add_power_curve(sums, place, 0.98 / stability, 0.1542, 0.0, count)
        wanted[place : place + count] += [power_at(0.98 / stability, 0.1542, float(i)) for i in range(count)]
    assert np.count_nonzero(sums[places + DAYS_AT_ONCE : -1]) > 300
    spread_nodes(sums, places)
    np.testing.assert_allclose(sums[:places], wanted, rtol=4e-9)
