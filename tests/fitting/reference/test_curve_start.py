from math import log

import numpy as np
import pytest

from repetita.equations import equations
from repetita.fitting.initial_stability import fit_one
from repetita.fitting.reference.curve_start import binned, first_answers, placed, start_with_curve
from repetita.fitting.reference.published import reference_recipe
from repetita.reviews import ReviewLog

MODEL = "fsrs7_legacy35"


def surprise(cells, stabilities, curve):
    """What the published fit minimizes, written down again."""
    module = equations(MODEL)
    w = [p.default for p in module.PARAMETERS]
    centers = w[:4]
    w[-8:] = curve
    o = module.VARIANTS["default"]
    total = 0.0
    for g, rows in cells.items():
        w[g - 1] = stabilities[g - 1]
        c = module.prepare(w, o)
        state = module.first(w, c, o, g)
        total += abs(w[g - 1] - centers[g - 1]) / 16
        for days, count, recall in rows:
            p = min(max(module.recall(w, c, o, state, days), 1e-4), 0.9999)
            total -= count * (recall * log(p) + (1 - recall) * log(1 - p))
    return total


@pytest.mark.golden
def test_starts_are_those_of_the_reference(golden):
    recipe = reference_recipe(MODEL)
    for case in golden(MODEL)["s0_fit"]["cases"]:
        average, cells = case["average_recall"], {}
        for g, days, count, passes in case["table"]:
            cells.setdefault(g, []).append((float(days), count, (passes + average) / (count + 1)))
        start = start_with_curve(MODEL, cells, recipe.curves, recipe.anchors)
        assert list(start.curve) == case["curve"]
        close = np.allclose(start.stabilities, case["s0"], rtol=2e-2)
        ours, theirs = (surprise(cells, s, case["curve"]) for s in (start.stabilities, case["s0"]))
        assert close or ours <= theirs + 1e-4


def test_bins():
    hours = np.array([0.01, 0.4, 1.99, 2.0, 5.9, 23.9, 24.0, 60.0])
    np.testing.assert_allclose(binned(hours / 24) * 24, [1 / 6, 2 / 6, 11 / 6, 2, 4, 22, 24, 48])


def test_first_answers_are_binned_and_smoothed():
    day = [(0, 3), (0.01, 3), (1.6, 1), (4.0, 3)]
    log = ReviewLog.from_histories([day, day, [(0, 1), (2.0, 3)], [(0, 4)]])
    average = 5 / 7
    assert first_answers(log) == {
        1: [(2.0, 1, (1 + average) / 2)],
        3: [(1.0, 2, average / 3)],
    }
    assert list(first_answers(log, np.array([True, True, False, True]))) == [3]


def test_nothing_known():
    recipe = reference_recipe(MODEL)
    start = start_with_curve(MODEL, {}, recipe.curves, recipe.anchors)
    defaults = [p.default for p in equations(MODEL).PARAMETERS]
    assert start.stabilities == tuple(defaults[:4])
    assert start.curve == tuple(defaults[-8:])


def test_order_among_placed_ones():
    anchors = (-8.09, -3.83, -2.5, -1.0)
    assert placed({1: 50.0, 2: 60.0}, anchors)[4] == 100.0
    values = placed({2: 0.0002, 3: 90.0}, anchors)
    assert list(values) == [1, 2, 3, 4]
    assert values[1] == 0.0001
    assert sorted(values.values()) == list(values.values())


def test_cost_of_a_fit_is_that_of_its_stability():
    cells = [(1.0, 20, 0.9), (5.0, 30, 0.7)]
    stability, cost = fit_one(MODEL, 2, cells, 2.4175)
    curve = [p.default for p in equations(MODEL).PARAMETERS][-8:]
    assert cost == pytest.approx(surprise({2: cells}, [0.0, stability, 0.0, 0.0], curve), rel=1e-12)
