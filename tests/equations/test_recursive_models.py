"""Every recursive model away from its defaults: kernels against plain Python, slopes against differences."""

from __future__ import annotations

import random

import numpy as np
import pytest

from repetita.equations import MODELS, declared, equations
from repetita.fitting import loss_and_gradient
from repetita.fitting.prior import PopulationPrior
from repetita.kernels.objective import Objective
from repetita.kernels.packing import pack
from repetita.kernels.reference import loss_and_gradient_reference
from repetita.memory_model import MemoryModel, model
from repetita.reviews import ReviewLog

NAMES = [
    name
    for name in MODELS
    if declared(equations(name)).fitted and declared(equations(name)).kind == "recursive"
]
History = list[tuple[float, int]]


def histories(seed: int) -> list[History]:
    draw = random.Random(seed)
    ratings = draw.choices((1, 2, 3, 4), weights=(2, 1, 6, 1), k=1000)
    days = draw.choices((0.0, 1.0, 2.0, 5.0, 11.0, 31.0, 90.0), k=1000)
    cards, place = [], 0
    for _ in range(20):
        size = draw.randint(1, 14)
        rows = list(zip(days[place : place + size], ratings[place : place + size], strict=True))
        cards.append([(0.0, rows[0][1]), *rows[1:]])
        place += size
    return cards


def perturbed(name: str, seed: int) -> MemoryModel:
    """The model a fifth of a standard deviation of its prior away from the defaults."""
    prior = PopulationPrior.default(name)
    noise = 0.2 * np.minimum(prior.sd, 1.0) * np.random.default_rng(seed).standard_normal(len(prior.sd))
    return model(name, prior.from_scale(prior.mean + noise).tolist(), clip=True)


@pytest.mark.parametrize("name", NAMES)
def test_compiled_and_plain_agree(name: str) -> None:
    memory, cards = perturbed(name, 1), histories(2)
    loss, gradient = loss_and_gradient(ReviewLog.from_histories(cards), memory)
    plain_loss, plain_gradient = loss_and_gradient_reference(memory, cards)
    assert loss == pytest.approx(plain_loss, rel=1e-12)
    np.testing.assert_allclose(gradient, plain_gradient, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_is_the_slope_of_the_loss(name: str) -> None:
    memory, log = perturbed(name, 3), ReviewLog.from_histories(histories(4))
    objective = Objective(name, "default", pack(log, memory.equations.UNIT), log.scored.astype(float))
    w = np.array(memory.parameters)
    _, gradient = objective.value_and_gradient(w)
    # along a direction that mixes all parameters, small enough to stay on one side of most kinks
    direction = np.random.default_rng(5).standard_normal(len(w)) * np.maximum(np.abs(w), 0.01)
    table = memory.equations.PARAMETERS
    at_bounds = [p.low == value or p.high == value for p, value in zip(table, memory.parameters, strict=True)]
    direction[at_bounds] = 0.0
    step = 1e-6
    slope = (objective.value(w + step * direction) - objective.value(w - step * direction)) / (2.0 * step)
    assert gradient @ direction == pytest.approx(slope, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_the_fisher_information_is_the_sum_over_predictions(name: str) -> None:
    memory = perturbed(name, 6)
    cards = histories(7)[:6]
    log = ReviewLog.from_histories(cards)
    w = np.array(memory.parameters)
    packed, expected = pack(log, memory.equations.UNIT), np.zeros((len(w), len(w)))
    predicted = memory.predict(log)
    for row in np.flatnonzero(log.scored):
        alone = np.zeros(len(log))
        alone[row] = 1.0
        _, gradient = Objective(name, "default", packed, alone).value_and_gradient(w)
        p = predicted[row]
        # the slope of -log q is -dp/q, up to sign: squared, times q^2 / (p (1 - p))
        q = p if log.ratings[row] > 1 else 1.0 - p
        expected += np.outer(gradient, gradient) * q * q / (p * (1.0 - p))
    found = Objective(name, "default", packed, log.scored.astype(float)).fisher(w)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-10 * np.abs(expected).max())
