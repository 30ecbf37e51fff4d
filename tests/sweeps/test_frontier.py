"""Dominance and hypervolume: closed cases, a slow implementation, another library."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.errors import UsageError
from repetita.sweeps import hypervolume, non_dominated, reference_point

NUMBERS = st.one_of(st.integers(0, 6).map(float), st.floats(0.0, 1e4, allow_nan=False))
POINTS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=14)


def dominates(p, q):
    return p[0] >= q[0] and p[1] <= q[1] and (p[0] > q[0] or p[1] < q[1])


def slow_area(points, corner):
    """The area as a sum over the cells of the grid that all coordinates span."""
    xs = sorted({corner[0], *(max(x, corner[0]) for x, _ in points)})
    ys = sorted({corner[1], *(min(y, corner[1]) for _, y in points)})
    total = 0.0
    for left, right in itertools.pairwise(xs):
        for low, high in itertools.pairwise(ys):
            if any(x >= right and y <= low for x, y in points):
                total += (right - left) * (high - low)
    return total


@given(POINTS)
def test_the_frontier_is_what_no_point_dominates(points):
    expected = [not any(dominates(other, point) for other in points) for point in points]
    assert non_dominated(points).tolist() == expected


@given(POINTS, st.tuples(NUMBERS, NUMBERS))
def test_the_area_is_that_of_the_cells(points, corner):
    assert hypervolume(points, corner) == pytest.approx(slow_area(points, corner), rel=1e-12, abs=1e-9)


def test_the_area_is_that_of_another_library():
    moocore = pytest.importorskip("moocore")
    random = np.random.default_rng(5)
    for size in (1, 2, 7, 38, 300):
        for _ in range(20):
            points = random.uniform((100.0, 1.0), (9000.0, 80.0), size=(size, 2))
            corner = reference_point(points[: max(1, size // 2)])
            theirs = moocore.hypervolume(points * (-1.0, 1.0), ref=(-corner[0], corner[1]))
            assert hypervolume(points, corner) == pytest.approx(theirs, rel=1e-12)
            front = moocore.is_nondominated(points * (-1.0, 1.0), keep_weakly=True)
            assert non_dominated(points).tolist() == front.tolist()


@given(POINTS, st.tuples(NUMBERS, NUMBERS), st.integers(0, 13), st.floats(0, 5), st.floats(0, 5))
def test_a_dominated_point_changes_nothing(points, corner, which, less, more):
    memory, minutes = points[which % len(points)]
    worse = (memory - less, minutes + more)
    assert hypervolume([*points, worse], corner) == hypervolume(points, corner)
    kept = non_dominated([*points, worse])[:-1]
    assert kept.tolist() == non_dominated(points).tolist()


@given(POINTS, st.tuples(NUMBERS, NUMBERS), st.tuples(NUMBERS, NUMBERS), st.randoms())
def test_the_area_only_grows_and_order_means_nothing(points, corner, further, random):
    area = hypervolume(points, corner)
    assert hypervolume([*points, further], corner) >= area - 1e-9 * max(1.0, area)
    shuffled = points[:]
    random.shuffle(shuffled)
    assert hypervolume(shuffled, corner) == area


def test_two_points_have_the_area_of_their_stairs():
    assert hypervolume([(100, 10), (200, 20)], (0, 30)) == 100 * 20 + 100 * 10
    assert hypervolume([], (0, 30)) == 0.0
    assert hypervolume([(100, 30), (0, 5)], (0, 30)) == 0.0


def test_the_reference_lies_beyond_the_worst_by_the_largest_of_three():
    # range 100 and 10; of the second axis the size of the worst, 20, is larger than the range
    assert reference_point([(100, 10), (200, 20)]) == (95.0, 21.0)
    assert reference_point([(0.5, 0.5)]) == (0.45, 0.55)
    assert reference_point([(100, 10), (400, 20)], margin=0.1) == (70.0, 22.0)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([(1.0, float("nan"))], r"points\[0\] is \(1, nan\)"),
        ([(1.0, 2.0), (float("inf"), 2.0)], r"points\[1\] is \(inf, 2\)"),
        ([1.0, 2.0], r"shape \(2,\)"),
        ([(1.0, 2.0, 3.0)], r"shape \(1, 3\)"),
        ([("a", "b")], "no numbers"),
        ([(1.0, 2.0), (1.0,)], "no numbers"),
    ],
)
def test_points_that_are_none_are_refused(points, message):
    for function in (non_dominated, reference_point, lambda p: hypervolume(p, (0.0, 1.0))):
        with pytest.raises(UsageError, match=message):
            function(points)


@pytest.mark.parametrize("margin", [-0.1, float("nan"), float("inf"), "much", None])
def test_a_margin_that_is_none_is_refused(margin):
    with pytest.raises(UsageError, match="margin"):
        reference_point([(1.0, 1.0)], margin=margin)


def test_a_reference_needs_points():
    with pytest.raises(UsageError, match="no points"):
        reference_point([])
    with pytest.raises(UsageError, match="reference"):
        hypervolume([(1.0, 1.0)], (0.0, float("nan")))
