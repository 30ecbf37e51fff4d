"""Damped Gauss-Newton descent inside a box.

A step minimizes the quadratic model ``g'd + d'(B + damping diag B)d / 2`` over the box, where B is the
Fisher information plus the curvature of the penalty. The damping grows when a step did not pay and shrinks
when it did (Levenberg, Marquardt). B may come from a subsample of cards: it shapes the path, not the point it
leads to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from repetita.fitting.problem import Problem
from repetita.kernels.box import box_step

FloatArray = NDArray[np.float64]
Learn = Callable[["Point", "Point", FloatArray], FloatArray]

FIRST_DAMPING = 1e-3
LARGEST_DAMPING = 1e10
WORTHWHILE = 1e-4  # share of the promised gain that a step must bring to be taken
GOOD = 0.75
POOR = 0.25
RIDGE = 1e-9  # of the mean curvature; keeps the model convex in directions without data or prior


@dataclass(frozen=True, eq=False)
class Point:
    """Where a descent stands.

    Attributes:
        position: Shape (parameters,), on the prior's scale.
        value: Penalized loss in nats.
        gradient: By the position.
        curvature: Model of the second derivative, positive definite.
        damping: In force for the next step.
        promised: Gain in nats that the model last promised; below the tolerance at convergence.
        iterations: Accepted steps so far.
        evaluations: Values with gradient computed so far.
    """

    position: FloatArray
    value: float
    gradient: FloatArray
    curvature: FloatArray
    damping: float = FIRST_DAMPING
    promised: float = np.inf
    iterations: int = 0
    evaluations: int = 0


def gauss_newton(
    problem: Problem,
    start: FloatArray,
    *,
    card_fraction: float = 1.0,
    tolerance: float = 1e-2,
    budget: int = 30,
) -> Point:
    """The point that damped Gauss-Newton steps lead to.

    Args:
        problem: What to minimize.
        start: A position inside the box.
        card_fraction: Share of cards that the curvature is taken from.
        tolerance: Stop when a step promises less than this, in nats.
        budget: Most evaluations.
    """
    value, gradient = problem.evaluate(start)
    curvature = problem.curvature(start, card_fraction=card_fraction)
    point = Point(start, value, gradient, curvature, evaluations=1)

    def learn(before: Point, after: Point, _change: FloatArray) -> FloatArray:
        if after.iterations == before.iterations:
            return before.curvature
        return problem.curvature(after.position, card_fraction=card_fraction)

    return descend(problem, point, learn=learn, tolerance=tolerance, budget=budget)


def descend(problem: Problem, point: Point, *, learn: Learn, tolerance: float, budget: int) -> Point:
    """Damped steps from a point until one promises less than the tolerance or the budget is spent.

    Args:
        problem: What to minimize.
        point: Where to start.
        learn: Gives the curvature after a step from the point before it, the point after it (the same
            position if the step was refused), and the change of the gradient along the step that was tried,
            as ``(step, change)`` rows.
        tolerance: In nats.
        budget: Most evaluations, those already made by ``point`` included.
    """
    while point.evaluations < budget and point.damping < LARGEST_DAMPING:
        step = damped_step(problem, point)
        promised = -float(point.gradient @ step + 0.5 * step @ point.curvature @ step)
        if not promised > tolerance:
            return replace(point, promised=promised)
        target = problem.inside(point.position + step)
        value, gradient = problem.evaluate(target)
        paid = (point.value - value) / promised
        tried = np.array([target - point.position, gradient - point.gradient])
        evaluations, damping = point.evaluations + 1, _next_damping(point.damping, paid)
        if paid > WORTHWHILE:
            made = point.iterations + 1
            after = Point(target, value, gradient, point.curvature, damping, promised, made, evaluations)
        else:
            after = replace(point, damping=damping, promised=promised, evaluations=evaluations)
        point = replace(after, curvature=learn(point, after, tried))
    return point


def damped_step(problem: Problem, point: Point) -> FloatArray:
    """The step from a point that minimizes its damped quadratic model inside the box."""
    scale = point.curvature.diagonal()
    ridge = RIDGE * max(float(scale.sum()) / len(scale), 1.0)
    damped = point.curvature.copy()
    damped.flat[:: len(scale) + 1] += point.damping * scale + ridge
    return box_step(point.gradient, damped, problem.low - point.position, problem.high - point.position)


def _next_damping(damping: float, paid: float) -> float:
    if paid > GOOD:
        return damping * 0.1 if damping > 1e-8 else 0.0
    if paid > POOR:
        return damping
    return max(damping * 4.0, FIRST_DAMPING)
