"""How sure a fit is of its parameters: curvature at the optimum, and how much the cards disagree about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import erfc, exp, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from repetita.fitting.problem import Problem

FloatArray = NDArray[np.float64]

FLAT = 1e-12  # curvature below this says nothing; of a combination of parameters it counts as this
FAR_TAIL = 25.0
TWO_SIDED_95 = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Spread of fitted parameters.

    Attributes:
        laplace: Standard errors from the curvature of the penalized loss, natural units, shape (parameters,).
            At a bound that the data push against: the spread of the one-sided rest.
            Infinite where neither reviews nor prior say anything, NaN for parameters that were not to move.
        cluster: Standard errors that allow reviews of one card to agree with each other.
        covariance: Laplace covariance in natural units; zeros off the diagonal for parameters held at a
            bound.
        intervals: 95 % intervals from ``laplace``, taken on the prior's scale, inside the bounds: shape
            (parameters, 2).
        held: True where the parameter is held at a bound.
        learned: Share of the prior's variance that the reviews took away, 0 to 1; NaN without a prior.
    """

    laplace: FloatArray
    cluster: FloatArray
    covariance: FloatArray
    intervals: FloatArray
    held: NDArray[np.bool_]
    learned: FloatArray


def uncertainty(
    problem: Problem, position: FloatArray, gradient: FloatArray, *, scale: float = 1.0
) -> Uncertainty:
    """Spread of the parameters around the position of a fit.

    The Laplace covariance is the inverse of Fisher information plus penalty curvature. The cluster-robust one
    is ``inverse (scores'scores C/(C-1) + penalty) inverse`` with one score a card; the penalty counts as data
    from elsewhere, so that a parameter no card speaks of keeps the spread of the prior.

    The prior counts once here, whatever its strength in the fit: that it is trusted more on small logs makes
    the estimate more careful, not the parameters better known.

    Args:
        problem: What was minimized.
        position: Where the fit ended, on the prior's scale.
        gradient: Of the penalized loss there.
        scale: Where the objective is that of a sample: by how much its weights were scaled up.
    """
    problem = replace(problem, strength=1.0)
    fixed = problem.low >= problem.high
    held = ((position <= problem.low) & (gradient > 0.0)) | ((position >= problem.high) & (gradient < 0.0))
    held &= ~fixed
    curvature = problem.curvature(position)
    unknown = ~held & ~fixed & (np.diag(curvature) <= FLAT)
    moving = ~(held | unknown | fixed)
    free = np.ix_(moving, moving)
    covariance = np.zeros_like(curvature)
    covariance[free] = _inverse(curvature[free])
    spread = covariance @ _meat(problem, position, scale) @ covariance
    for i in np.flatnonzero(held):
        covariance[i, i] = spread[i, i] = one_sided_sd(abs(gradient[i]), curvature[i, i]) ** 2
    for matrix in (covariance, spread):
        matrix[unknown, unknown] = np.inf
    natural = problem.natural(position)
    slope = problem.prior.slope(natural)
    laplace = np.where(fixed, np.nan, np.sqrt(np.diag(covariance)))
    said = np.isfinite(problem.prior.sd)
    learned = np.full(len(laplace), np.nan)
    learned[said] = 1.0 - (laplace[said] / problem.prior.sd[said]) ** 2
    return Uncertainty(
        laplace=laplace * slope,
        # rounding may leave -1e-17
        cluster=np.where(fixed, np.nan, np.sqrt(np.maximum(np.diag(spread), 0.0)) * slope),
        covariance=covariance * np.outer(slope, slope),
        intervals=_intervals(problem, position, laplace),
        held=held,
        learned=np.clip(learned, 0.0, 1.0),
    )


def no_uncertainty(problem: Problem) -> Uncertainty:
    """NaN everywhere: what a fit without standard errors has."""
    size = len(problem.low)
    unknown = np.full(size, np.nan)
    square, pairs = np.full((size, size), np.nan), np.full((size, 2), np.nan)
    return Uncertainty(unknown, unknown, square, pairs, np.zeros(size, dtype=np.bool_), unknown)


def one_sided_sd(slope: float, curvature: float) -> float:
    """Standard deviation of a density ``exp(-slope x - curvature x**2 / 2)`` on ``x >= 0``.

    What is left of a normal posterior when its center lies behind a bound.

    Args:
        slope: Above 0: how hard the data push against the bound.
        curvature: At least 0.

    Example:
        >>> round(one_sided_sd(4.0, 0.0), 12)
        0.25
        >>> round(one_sided_sd(1e-12, 1.0), 4)
        0.6028
    """
    if curvature <= 0.0 or slope > FAR_TAIL * sqrt(curvature):
        return 1.0 / slope
    a = slope / sqrt(curvature)
    hazard = exp(-0.5 * a * a) / sqrt(2.0 * pi) / (0.5 * erfc(a / sqrt(2.0)))
    return sqrt(max(1.0 + a * hazard - hazard * hazard, 0.0) / curvature)


def _meat(problem: Problem, position: FloatArray, scale: float) -> FloatArray:
    natural = problem.natural(position)
    scores = problem.objective.card_scores(natural) * problem.prior.slope(natural)
    speaking = int(np.count_nonzero(scores.any(axis=1)))
    correction = speaking / (speaking - 1) if speaking > 1 else 1.0
    # a score is scaled up with its weight, its square twice, where one time makes up for the cards left out
    meat: FloatArray = scores.T @ scores * (correction / scale) + problem.strength * problem.prior.precision
    return meat


def _inverse(curvature: FloatArray) -> FloatArray:
    scale = 1.0 / np.sqrt(np.maximum(np.diag(curvature), FLAT))
    values, vectors = np.linalg.eigh(curvature * np.outer(scale, scale))
    inverse: FloatArray = (vectors / np.maximum(values, FLAT)) @ vectors.T
    return inverse * np.outer(scale, scale)


def _intervals(problem: Problem, position: FloatArray, spread: FloatArray) -> FloatArray:
    ends = [
        problem.prior.from_scale(np.clip(position + side * TWO_SIDED_95 * spread, problem.low, problem.high))
        for side in (-1.0, 1.0)
    ]
    return np.stack(ends, axis=1)
