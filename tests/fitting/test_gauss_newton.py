import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.fitting.gauss_newton import box_step, gauss_newton
from repetita.fitting.polish import polish, secant_update
from repetita.fitting.prior import PopulationPrior
from repetita.fitting.problem import Problem

TRUTH = PopulationPrior.default("fsrs6").center * np.linspace(0.8, 1.2, 21)
TRUTH[7] = 0.05


class Bowl:
    """A quadratic loss with its bottom at `bottom`, optionally with a kink and an overstated curvature."""

    def __init__(self, bottom, *, kink=0.0, overstated=1.0):
        generator = np.random.default_rng(1)
        root = generator.normal(size=(21, 21)) / 5
        self.matrix = root @ root.T + np.diag(1.0 / np.maximum(bottom, 0.05) ** 2)
        self.bottom, self.kink, self.overstated = bottom, kink, overstated
        self.calls = 0

    def value_and_gradient(self, w):
        self.calls += 1
        off = w - self.bottom
        value = 0.5 * off @ self.matrix @ off + self.kink * np.abs(off).sum()
        return value, self.matrix @ off + self.kink * np.sign(off)

    def fisher(self, w, *, card_fraction=1.0):
        return self.overstated * self.matrix


def problem(bowl, prior=None):
    return Problem(bowl, prior or PopulationPrior.flat("fsrs6"))


def random_quadratic(seed, k=6):
    generator = np.random.default_rng(seed)
    root = generator.normal(size=(k, k + 1))
    return generator.normal(size=k) * 3, root @ root.T + 1e-3 * np.eye(k)


@given(st.integers(0, 10_000))
@settings(deadline=None)  # the first one compiles
def test_box_step_satisfies_the_optimality_conditions(seed):
    gradient, curvature = random_quadratic(seed)
    generator = np.random.default_rng(seed + 1)
    low, high = -generator.uniform(0, 2, 6), generator.uniform(0, 2, 6)
    low[generator.random(6) < 0.2] = 0.0
    high[generator.random(6) < 0.2] = 0.0
    step = box_step(gradient, curvature, low, high)
    assert (step >= low).all()
    assert (step <= high).all()
    slope = gradient + curvature @ step
    inside = (step > low) & (step < high)
    scale = np.abs(gradient).max()
    assert np.abs(slope[inside]).max(initial=0.0) < 1e-7 * scale
    assert (slope[(step <= low) & (low < high)] > -1e-7 * scale).all()
    assert (slope[(step >= high) & (low < high)] < 1e-7 * scale).all()


def test_wide_box_gives_the_newton_step():
    gradient, curvature = random_quadratic(3)
    wide = np.full(6, 1e6)
    np.testing.assert_allclose(
        box_step(gradient, curvature, -wide, wide), -np.linalg.solve(curvature, gradient), rtol=1e-9
    )


def test_quadratic_loss_is_solved_in_a_few_steps():
    bowl = Bowl(TRUTH)
    task = problem(bowl, PopulationPrior.published("fsrs6"))
    start = task.prior.mean
    end = gauss_newton(task, start, tolerance=1e-10)
    exact = np.linalg.solve(
        bowl.matrix + task.prior.precision, bowl.matrix @ TRUTH + task.prior.precision @ start
    )
    np.testing.assert_allclose(end.position, exact, rtol=1e-4, atol=1e-4)
    assert end.evaluations <= 8
    assert end.evaluations == bowl.calls


def test_bottom_outside_the_box_ends_on_the_bound():
    bottom = TRUTH.copy()
    bottom[20], bottom[7] = 2.0, -0.3
    task = problem(Bowl(bottom))
    end = polish(task, gauss_newton(task, task.prior.mean), tolerance=1e-9, budget=100)
    natural = task.natural(end.position)
    assert natural[20] == 0.8
    assert natural[7] == 0.001
    assert (end.position >= task.low).all()
    assert (end.position <= task.high).all()


@pytest.mark.parametrize("overstated", [0.3, 4.0])
def test_wrong_curvature_slows_but_does_not_mislead(overstated):
    task = problem(Bowl(TRUTH, overstated=overstated))
    end = polish(task, gauss_newton(task, task.prior.mean, tolerance=1.0), tolerance=1e-9, budget=150)
    np.testing.assert_allclose(task.natural(end.position), TRUTH, rtol=2e-3)


def test_kink_does_not_raise_the_value():
    task = problem(Bowl(TRUTH, kink=0.3))
    rough = gauss_newton(task, task.prior.mean, tolerance=1e-3)
    fine = polish(task, rough, tolerance=1e-6, budget=150)
    assert fine.value <= rough.value
    assert fine.value < 0.2


def test_budget_is_kept():
    task = problem(Bowl(TRUTH, kink=1.0, overstated=0.1))
    end = gauss_newton(task, task.prior.mean, tolerance=0.0, budget=5)
    assert end.evaluations == 5


@given(st.integers(0, 1000), st.floats(-3.0, 3.0))
def test_secant_update_stays_positive_definite(seed, along):
    generator = np.random.default_rng(seed)
    root = generator.normal(size=(5, 5))
    curvature = root @ root.T + 0.1 * np.eye(5)
    step = generator.normal(size=5)
    change = generator.normal(size=5) + along * step
    updated = secant_update(curvature, step, change)
    assert np.linalg.eigvalsh(updated)[0] > 0.0
    if step @ change > 0.5 * step @ curvature @ step:
        np.testing.assert_allclose(updated @ step, change, atol=1e-8)
