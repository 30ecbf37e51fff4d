"""Parameters that a fit leaves possible, drawn from their posterior."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import log, pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.fitting import FitResult
from repetita.fitting.problem import Problem, SilentObjective
from repetita.fitting.recipe import resolve
from repetita.fitting.weights import recency_weights
from repetita.memory_model import MemoryModel
from repetita.reviews import ReviewLog

__all__ = ["drawn_models"]

Floats = NDArray[np.float64]

MANY = 100_000
"""Scored reviews from which the posterior is as good as normal, and every look at it is dear."""
STEPS = 4  # of the chain between draws
TINY = 1e-12
RECIPE = ("recipe", "prior", "weights", "outliers", "center", "small_sample")


def drawn_models(
    fitted: FitResult,
    reviews: ReviewLog,
    count: int,
    random: np.random.Generator,
    options: Mapping[str, Any] | None = None,
) -> list[MemoryModel]:
    """Models with parameters drawn from the posterior of a fit.

    Near the optimum the posterior is about normal, with the fit's covariance, widened where the reviews of a
    card agree with each other more than independent ones would (`FitResult.std_errors_cluster`); farther away
    it is not, and draws from the normal distribution forget too much on average. So a chain of elliptical
    slices (Murray, Adams, MacKay 2010) begins with that normal distribution on the prior's scale and corrects
    it by the reviews. What was not fitted, or has no finite error, stays as it is.

    Args:
        fitted: The fit.
        reviews: The log that was fitted.
        count: Number of models.
        random: Source of random numbers.
        options: Of the fit.

    Example:
        >>> from repetita.fitting import fit
        >>> from repetita.reviews import simulate_log
        >>> log = simulate_log(cards=50, days=90, seed=1)
        >>> len({m.parameters for m in drawn_models(fit(log), log, 3, np.random.default_rng(0))})
        3
    """
    root, widened = _root(fitted)
    if not root.shape[1]:
        return [fitted.model] * count
    given = options or {}
    chosen = {name: given.get(name) for name in RECIPE} | {"prior": given.get("prior", "default")}
    recipe = resolve(fitted.model.name, **chosen)
    problem = Problem(SilentObjective(len(root)), recipe.prior)
    middle = recipe.prior.to_scale(np.array(fitted.parameters))
    scaled = root / recipe.prior.slope(np.array(fitted.parameters))[:, None]
    scored = np.asarray(reviews.scored)
    weights = recency_weights(reviews, recipe.weights)[scored]
    passed = reviews.ratings[scored] > 1

    def model_at(z: Floats) -> MemoryModel:
        inside = problem.inside(middle + scaled @ z)
        return replace(fitted.model, parameters=tuple(problem.natural(inside).tolist()))

    def beyond_normal(z: Floats) -> float:
        if np.count_nonzero(scored) > MANY:
            return 0.0
        position = problem.inside(middle + scaled @ z)
        recalled = model_at(z).predict(reviews)[scored]
        right = np.clip(np.where(passed, recalled, 1.0 - recalled), TINY, 1.0)
        away = position - recipe.prior.mean
        penalty = 0.5 * float(away @ recipe.prior.precision @ away)
        return (float(weights @ np.log(right)) - penalty) / widened + 0.5 * float(z @ z)

    return [model_at(z) for z in _chain(beyond_normal, root.shape[1], count, random)]


def _chain(
    log_density: Callable[[Floats], float], size: int, count: int, random: np.random.Generator
) -> list[Floats]:
    """Draws from a density given relative to the standard normal one."""
    place, height, draws = np.zeros(size), log_density(np.zeros(size)), []
    for step in range(1, (count + 1) * STEPS + 1):
        aside, level = random.standard_normal(size), height + log(1.0 - random.random())
        angle = 2.0 * pi * random.random()
        low, high = angle - 2.0 * pi, angle
        while True:
            tried = place * np.cos(angle) + aside * np.sin(angle)
            height = log_density(tried)
            if height >= level or high - low < TINY:
                break
            low, high = (angle, high) if angle < 0.0 else (low, angle)
            angle = low + (high - low) * random.random()
        place = tried
        if step > STEPS and step % STEPS == 0:
            draws.append(place)
    return draws


def _root(fitted: FitResult) -> tuple[Floats, float]:
    """A square root of the covariance, as wide as its rank, and by how much variances were widened."""
    laplace, cluster = np.array(fitted.std_errors), np.array(fitted.std_errors_cluster)
    known = np.isfinite(laplace) & (laplace > 0.0)
    wide = np.ones(len(laplace))
    usable = known & np.isfinite(cluster)
    wide[usable] = np.maximum(cluster[usable] / laplace[usable], 1.0)
    covariance = np.zeros((len(laplace), len(laplace)))
    free = np.ix_(known, known)
    covariance[free] = fitted.covariance[free] * np.outer(wide[known], wide[known])
    values, vectors = np.linalg.eigh(covariance)
    there = values > TINY * max(float(values[-1]), TINY)
    root: Floats = vectors[:, there] * np.sqrt(values[there])
    return root, float(np.mean(wide[known] ** 2)) if known.any() else 1.0
