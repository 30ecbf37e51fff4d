"""Parameters that a fit leaves possible, drawn from its covariance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from repetita.fitting import FitResult
from repetita.memory_model import MemoryModel

__all__ = ["drawn_models"]

Floats = NDArray[np.float64]


def drawn_models(fitted: FitResult, count: int, random: np.random.Generator) -> list[MemoryModel]:
    """Models with parameters drawn from the normal distribution around a fit, moved inside the bounds.

    The covariance is the fit's, widened where the reviews of a card agree with each other more than
    independent ones would (`FitResult.std_errors_cluster`). What was not fitted, or has no finite error,
    stays as it is.

    Args:
        fitted: The fit.
        count: Number of models.
        random: Source of random numbers.

    Example:
        >>> from repetita.fitting import fit
        >>> from repetita.reviews import simulate_log
        >>> found = fit(simulate_log(cards=50, days=90, seed=1))
        >>> len({m.parameters for m in drawn_models(found, 3, np.random.default_rng(0))})
        3
    """
    center = np.array(fitted.parameters)
    table = fitted.model.parameter_table
    low, high = np.array([p.low for p in table]), np.array([p.high for p in table])
    drawn = center + random.standard_normal((count, len(center))) @ _root(fitted).T
    inside = np.clip(drawn, low, high)
    return [replace(fitted.model, parameters=tuple(row)) for row in inside.tolist()]


def _root(fitted: FitResult) -> Floats:
    """A square root of the covariance, zero where nothing is known."""
    laplace, cluster = np.array(fitted.std_errors), np.array(fitted.std_errors_cluster)
    known = np.isfinite(laplace) & (laplace > 0.0)
    wide = np.ones(len(laplace))
    usable = known & np.isfinite(cluster)
    wide[usable] = np.maximum(cluster[usable] / laplace[usable], 1.0)
    covariance = np.zeros((len(laplace), len(laplace)))
    free = np.ix_(known, known)
    covariance[free] = fitted.covariance[free] * np.outer(wide[known], wide[known])
    values, vectors = np.linalg.eigh(covariance)
    root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return root
