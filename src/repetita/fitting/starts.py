"""Where a search starts: several places, because the loss has kinks that can hold one of them up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from repetita.equations import equations
from repetita.fitting.initial_stability import INITIAL_NAMES, initial_places
from repetita.fitting.problem import Problem

FloatArray = NDArray[np.float64]

# How far a random start lies from the center: half a prior sd, at most half a unit (a factor of e^0.5 for
# parameters that are taken by logarithm).
REACH = 0.5


def starting_positions(
    problem: Problem,
    *,
    first: Sequence[float] | None = None,
    initial: Sequence[float] | None = None,
    seed: int = 0,
    count: int = 3,
) -> list[FloatArray]:
    """Places to start from, on the prior's scale, inside the box.

    In this order: the parameters given or the center of the prior; the center with initial stabilities fitted
    alone, if they are given; random places around the center.

    Args:
        problem: What is to be minimized.
        first: Natural parameters to start from.
        initial: Four fitted initial stabilities, in days.
        seed: Of the random places.
        count: How many places.
    """
    prior = problem.prior
    positions = [prior.mean if first is None else prior.to_scale(np.asarray(first, dtype=np.float64))]
    if initial is not None:
        places = initial_places(prior.model)
        natural = prior.center
        natural[[places[g] for g in (1, 2, 3, 4)]] = initial
        positions.append(prior.to_scale(natural))
    generator = np.random.default_rng(seed)
    reach = REACH * np.minimum(prior.sd, 1.0)
    while len(positions) < count:
        positions.append(prior.mean + reach * generator.standard_normal(len(reach)))
    return [problem.inside(position) for position in positions[:count]]


def has_initial_stabilities(model: str) -> bool:
    """Whether a model has an initial stability for each first rating."""
    return set(INITIAL_NAMES) <= {p.name for p in equations(model).PARAMETERS}
