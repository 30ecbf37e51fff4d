import numpy as np
import pytest

from repetita.kernels.box import box_step


def test_all_bounds_at_zero_leave_no_step():
    assert box_step(np.array([1.0, -2.0]), np.eye(2), np.zeros(2), np.zeros(2)).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("seed", range(20))
def test_no_other_corner_or_face_is_lower(seed):
    """Against every choice of entries at their bounds, with the others solved for."""
    random = np.random.default_rng(seed)
    size = 4
    root = random.normal(size=(size, size))
    curvature = root @ root.T + 0.01 * np.eye(size)
    gradient = random.normal(size=size) * 3
    low, high = -random.uniform(0, 2, size), random.uniform(0, 2, size)
    step = box_step(gradient, curvature, low, high)

    def value(d):
        return gradient @ d + 0.5 * d @ curvature @ d

    best = np.inf
    for code in range(3**size):
        sides = np.array([code // 3**i % 3 for i in range(size)])
        other = np.where(sides == 0, low, high)
        free = sides == 2
        if free.any():
            pull = gradient[free] + curvature[np.ix_(free, ~free)] @ other[~free]
            other[free] = -np.linalg.solve(curvature[np.ix_(free, free)], pull)
        if (other >= low - 1e-12).all() and (other <= high + 1e-12).all():
            best = min(best, value(other))
    assert value(step) == pytest.approx(best, abs=1e-9)
