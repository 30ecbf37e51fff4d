"""Areas between frontiers: the closed cases, a slow implementation, and what must not depend on anything."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from repetita.sweeps import (
    memory_lift,
    memory_lift_at_point,
    time_saved,
    time_saved_at_point,
    versus,
)

BASE, BETTER = [(100, 10), (200, 20)], [(100, 8), (200, 18)]
STEPS = st.lists(st.tuples(st.floats(0.5, 50.0), st.floats(0.5, 9.0)), min_size=1, max_size=8)
STARTS = st.tuples(st.floats(0.0, 60.0), st.floats(0.1, 20.0))


def curve(start, steps):
    """A frontier: both axes grow."""
    points = [start]
    for more, longer in steps:
        points.append((points[-1][0] + more, points[-1][1] + longer))
    return points


def line_at(points, x):
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        if x1 <= x <= x2:
            return y1 + (y2 - y1) * (x - x1) / (x2 - x1)
    raise AssertionError(x)


def slow_mean(points, low, high, cells=4000):
    """Mean of a line by the midpoint rule."""
    width = (high - low) / cells
    return sum(line_at(points, low + (i + 0.5) * width) for i in range(cells)) / cells


def test_two_lines_two_minutes_apart():
    found = time_saved(BASE, BETTER)
    assert (found.advantage, found.baseline) == (2.0, 15.0)
    assert found.relative_percent == pytest.approx(100 * 2 / 15, abs=1e-12)
    assert (found.covered, found.total, found.coverage_percent) == (100.0, 100.0, 100.0)
    assert (found.covered_targets, found.targets) == (2, 2)


def test_the_lift_of_two_lines_over_the_minutes_both_have():
    # from 10 to 18 minutes the lines are 20 cards apart; the baseline's mean there is 140
    found = memory_lift(BASE, BETTER)
    assert found.advantage == pytest.approx(20.0, abs=1e-12)
    assert found.baseline == pytest.approx(140.0, abs=1e-12)
    assert (found.covered, found.total, found.coverage_percent) == (8.0, 10.0, 80.0)
    assert (found.covered_targets, found.targets) == (1, 2)


@given(STARTS, STEPS, STARTS, STEPS)
def test_areas_are_those_of_a_fine_sum(start, steps, other_start, other_steps):
    base, ours = curve(start, steps), curve(other_start, other_steps)
    for function, axis in ((time_saved, 0), (memory_lift, 1)):
        one = [(p[axis], p[1 - axis]) for p in base]
        other = [(p[axis], p[1 - axis]) for p in ours]
        low, high = max(one[0][0], other[0][0]), min(one[-1][0], other[-1][0])
        found = function(base, ours)
        assume(abs(high - low) > 1e-3)
        if high < low:
            assert found.advantage is None
            assert found.covered == 0.0
            continue
        sign = -1.0 if axis == 0 else 1.0
        mean = slow_mean(one, low, high)
        expected = sign * (slow_mean(other, low, high) - mean)
        assert found.advantage == pytest.approx(expected, rel=2e-3, abs=2e-2)
        assert found.baseline == pytest.approx(mean, rel=2e-3, abs=2e-2)
        assert found.covered == pytest.approx(high - low)


@given(STARTS, STEPS, STARTS, STEPS)
def test_exchanging_the_two_changes_the_sign_only(start, steps, other_start, other_steps):
    base, ours = curve(start, steps), curve(other_start, other_steps)
    for function in (time_saved, memory_lift):
        there, back = function(base, ours), function(ours, base)
        assert (there.advantage is None) == (back.advantage is None)
        if there.advantage is not None:
            assert there.advantage == pytest.approx(-back.advantage, abs=1e-9)
        assert function(base, base).advantage in (0.0, None)


@given(STARTS, STEPS, STARTS, STEPS, st.floats(0, 9), st.floats(0, 9), st.integers(0, 8))
def test_a_dominated_point_changes_nothing(start, steps, other_start, other_steps, less, more, which):
    base, ours = curve(start, steps), curve(other_start, other_steps)
    memory, minutes = base[which % len(base)]
    worse = [*base, (memory - less, minutes + more)]
    assert time_saved(worse, ours) == time_saved(base, ours)
    assert memory_lift(ours, worse) == memory_lift(ours, base)


@pytest.mark.parametrize(
    ("base", "ours"),
    [
        (BASE, [(150, 12)]),  # one point has no range
        ([(150, 12)], BASE),
        (BASE, [(300, 30), (400, 40)]),  # no common memory, nor minutes
        (BASE, []),
        ([], BASE),
        ([], []),
    ],
)
def test_without_overlap_there_is_no_figure(base, ours):
    for function in (time_saved, memory_lift):
        found = function(base, ours)
        assert (found.advantage, found.baseline, found.relative_percent) == (None, None, None)
        assert (found.covered, found.covered_targets) == (0.0, 0)


@given(STARTS, STEPS, st.floats(0.0, 300.0), st.floats(0.5, 90.0))
def test_a_point_is_compared_with_the_line_at_its_place(start, steps, memory, minutes):
    base, point = curve(start, steps), [(memory, minutes)]
    for function, axis, sign in ((time_saved_at_point, 0, -1.0), (memory_lift_at_point, 1, 1.0)):
        line = [(p[axis], p[1 - axis]) for p in base]
        place, value = point[0][axis], point[0][1 - axis]
        found, back = function(base, point), function(point, base)
        if not line[0][0] <= place <= line[-1][0]:
            assert (found.advantage, back.advantage) == (None, None)
            continue
        there = line_at(line, place)
        assert found.advantage == pytest.approx(sign * (value - there), abs=1e-9)
        assert back.advantage == pytest.approx(-found.advantage, abs=1e-9)
        assert found.relative_percent == pytest.approx(100.0 * found.advantage / there, abs=1e-9)
        assert (found.baseline, back.baseline) == (pytest.approx(there), value)
        assert (found.covered, found.targets) == (0.0, len(base))


def test_a_point_on_the_frontier_is_equal_to_it():
    for end in BASE:
        assert time_saved_at_point(BASE, [end]).advantage == 0.0
        assert memory_lift_at_point([end], BASE).advantage == 0.0
        assert time_saved_at_point([end], [end]).advantage == 0.0


def test_two_curves_are_not_compared_at_a_point():
    touching = [(200, 15), (300, 40)]
    for function in (time_saved_at_point, memory_lift_at_point):
        assert function(BASE, touching).advantage is None
        assert function([(100, 10)], [(150, 12)]).advantage is None
        assert function([], BASE).advantage is None


def test_hypervolume_compares_curves_only():
    for base, ours in ((BASE, [(150, 12)]), ([(150, 12)], BASE)):
        found = versus(base, ours)
        assert found.hypervolume_delta != found.hypervolume_delta
        assert found.relative_hypervolume != found.relative_hypervolume
        assert abs(found.minutes_saved) == 3.0
        assert abs(found.cards_gained) == 30.0


def test_nearly_equal_memories_are_one_with_the_fewer_minutes():
    found = time_saved([(100, 10), (100.00001, 12), (200, 20)], BASE)
    assert found.targets == 2
    assert found.advantage == pytest.approx(0.0, abs=1e-12)


def test_every_figure_of_the_two_lines():
    found = versus(BASE, BETTER)
    # reference (95, 21): 5 by 11 and 100 by 1 for the baseline, 5 by 13 and 100 by 3 for the other
    assert found.baseline_hypervolume == 105 * 1 + 5 * 10
    assert found.hypervolume == 105 * 3 + 5 * 10
    assert found.hypervolume_delta == 210.0
    assert found.relative_hypervolume == 210 / 155
    assert (found.minutes_saved, found.cards_gained) == (2.0, pytest.approx(20.0))
    assert (found.frontier_points, found.combined_frontier_points) == (2, 2)
    assert (found.memory_targets_covered, found.memory_targets) == (2, 2)
    assert (found.minutes_targets_covered, found.minutes_targets) == (1, 2)
    assert (found.baseline_frontier_points, found.baseline_combined_frontier_points) == (2, 0)
