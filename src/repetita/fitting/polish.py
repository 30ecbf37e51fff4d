"""The last stretch of a fit: quasi-Newton steps with the curvature that the gradients themselves reveal.

Fisher information leaves out how the residuals bend the loss, and a subsample of cards blurs it. A secant
update (BFGS) corrects both at the price of one gradient a step. Steps that did not pay are learned from too:
behind a kink the gradient is another one, and a curvature that knows it does not run into the same wall
again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from repetita.fitting.gauss_newton import Point, descend
from repetita.fitting.problem import Problem

FloatArray = NDArray[np.float64]

SECANT_SHARE = 0.2  # least share of the modeled curvature that an update may leave along its step (Powell)


def polish(problem: Problem, point: Point, *, tolerance: float = 1e-6, budget: int = 60) -> Point:
    """The point that secant steps lead to.

    Args:
        problem: What to minimize.
        point: Where to start, with a first curvature.
        tolerance: Stop when a step promises less than this, in nats.
        budget: Most evaluations, those already made by ``point`` included.
    """
    return descend(
        problem,
        point,
        learn=lambda before, _after, tried: secant_update(before.curvature, *tried),
        tolerance=tolerance,
        budget=budget,
    )


def secant_update(curvature: FloatArray, step: FloatArray, change: FloatArray) -> FloatArray:
    """The curvature corrected so that ``curvature @ step`` is the observed change of the gradient.

    BFGS with Powell's damping, so that it stays positive definite where the function is not convex.

    Example:
        >>> step, change = np.array([1.0, 0.0]), np.array([3.0, 1.0])
        >>> (secant_update(np.eye(2), step, change) @ step).round(12).tolist()
        [3.0, 1.0]
    """
    modeled = curvature @ step
    along = float(step @ modeled)
    if along <= 0.0:
        return curvature
    observed = float(step @ change)
    if observed < SECANT_SHARE * along:
        share = (1.0 - SECANT_SHARE) * along / (along - observed)
        change = share * change + (1.0 - share) * modeled
        observed = SECANT_SHARE * along
    return curvature - np.outer(modeled, modeled) / along + np.outer(change, change) / observed
