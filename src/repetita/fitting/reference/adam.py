"""Adam, and a learning rate that falls along a cosine: the steps of the reference trainers.

Adam: Kingma and Ba (2015), with the decoupled decay of Loshchilov and Hutter (2019). The cosine is taken in
the recurrent form of torch's ``CosineAnnealingLR``, each rate from the one before.
"""

from __future__ import annotations

from math import cos, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class Moments(NamedTuple):
    """What Adam remembers.

    Attributes:
        mean: Running mean of the gradient, shape (parameters,).
        square: Running mean of its square.
        steps: Steps taken.
    """

    mean: FloatArray
    square: FloatArray
    steps: int = 0

    @classmethod
    def none(cls, parameters: int) -> Moments:
        """Before the first step."""
        return cls(np.zeros(parameters), np.zeros(parameters))


def adam_step(
    moments: Moments,
    gradient: FloatArray,
    *,
    rate: float,
    betas: tuple[float, float] = (0.9, 0.999),
    epsilon: float = 1e-8,
) -> tuple[FloatArray, Moments]:
    """What Adam adds to the parameters, and what it remembers after.

    Args:
        moments: What it remembers from the steps before.
        gradient: Of the batch loss, shape (parameters,).
        rate: Learning rate of this step.
        betas: How long gradient and square are remembered.
        epsilon: Added to the root of the square.

    Example:
        >>> move, moments = adam_step(Moments.none(1), np.array([5.0]), rate=0.1)
        >>> round(float(move[0]), 6), moments.steps
        (-0.1, 1)
    """
    steps = moments.steps + 1
    mean = betas[0] * moments.mean + (1.0 - betas[0]) * gradient
    square = betas[1] * moments.square + (1.0 - betas[1]) * gradient**2
    size = rate / (1.0 - betas[0] ** steps)
    root = np.sqrt(square) / sqrt(1.0 - betas[1] ** steps)
    return -size * mean / (root + epsilon), Moments(mean, square, steps)


def annealed_rates(first: float, steps: int) -> list[float]:
    """The learning rate of each step: from the first along a cosine; the one after the last would be 0.

    Args:
        first: Rate of the first step.
        steps: How many steps, at least 0.

    Example:
        >>> [round(rate, 6) for rate in annealed_rates(0.04, 4)]
        [0.04, 0.034142, 0.02, 0.005858]
    """
    rates, rate = [], first
    for step in range(steps):
        if step:
            rate *= (1.0 + cos(pi * step / steps)) / (1.0 + cos(pi * (step - 1) / steps))
        rates.append(rate)
    return rates
