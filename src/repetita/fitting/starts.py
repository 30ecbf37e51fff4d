"""Where a search starts: several places, because the loss has kinks that can hold one of them up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from repetita.fitting.initial_stability import INITIAL_NAMES, fitted_initial_stabilities, initial_places
from repetita.fitting.problem import Problem

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

FloatArray = NDArray[np.float64]

# How far the random start lies from the center: half a prior sd, at most half a unit (parameters that are
# taken by logarithm: a factor of e^0.5).
REACH = 0.5


def starting_positions(
    problem: Problem,
    log: ReviewLog,
    *,
    first: Sequence[float] | None = None,
    seed: int = 0,
    count: int = 3,
    initial: Sequence[float] | None = None,
) -> list[FloatArray]:
    """Places to start from, on the prior's scale, inside the box.

    In this order: the parameters given or the center of the prior; the center with initial stabilities
    fitted alone, where the model has them; random places around the center.

    Args:
        problem: What is to be minimized.
        log: The log, for the initial stabilities.
        first: Natural parameters to start from.
        seed: Of the random places.
        count: How many places.
        initial: The four fitted initial stabilities, if they are known already.
    """
    center = problem.prior.mean
    positions = [center if first is None else problem.prior.to_scale(np.asarray(first, dtype=np.float64))]
    if count > 1 and _has_initial_stabilities(problem.prior.model):
        stabilities = initial or fitted_initial_stabilities(problem.prior.model, log)
        places = initial_places(problem.prior.model)
        natural = problem.prior.center
        natural[[places[g] for g in (1, 2, 3, 4)]] = stabilities
        positions.append(problem.prior.to_scale(natural))
    generator = np.random.default_rng(seed)
    reach = REACH * np.minimum(problem.prior.sd, 1.0)
    while len(positions) < count:
        positions.append(center + reach * generator.standard_normal(len(center)))
    return [np.clip(position, problem.low, problem.high) for position in positions[:count]]


def _has_initial_stabilities(model: str) -> bool:
    from repetita.equations import equations

    return set(INITIAL_NAMES) <= {p.name for p in equations(model).PARAMETERS}
