"""What a fit minimizes: weighted cross-entropy plus penalty, on the prior's scale, inside a box."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from repetita.equations import as_they_are, declared, equations
from repetita.fitting.prior import PopulationPrior

if TYPE_CHECKING:
    from repetita.kernels.objective import Objective

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class SilentObjective:
    """The loss of no reviews: zero everywhere. Stands in for a kernel where there is nothing to compute."""

    parameters: int

    def value(self, w: FloatArray) -> float:
        """Zero."""
        return 0.0

    def value_and_gradient(self, w: FloatArray) -> tuple[float, FloatArray]:
        """Zero and zeros."""
        return 0.0, np.zeros(self.parameters)

    def fisher(self, w: FloatArray, *, card_fraction: float = 1.0) -> FloatArray:
        """No information, (parameters, parameters)."""
        return np.zeros((self.parameters, self.parameters))

    def card_scores(self, w: FloatArray) -> FloatArray:
        """No cards, (0, parameters)."""
        return np.zeros((0, self.parameters))


@dataclass(frozen=True, eq=False)
class Problem:
    """A function to be minimized over a box, with its gradient and an approximation of its curvature.

    Positions are on the prior's scale, where the penalty is exactly quadratic.

    Attributes:
        objective: Summed weighted cross-entropy of natural parameters.
        prior: Gives scale and penalty.
        strength: Factor of the penalty.
        fixed: Natural parameters that do not move, NaN where one does; default: all move.
    """

    objective: Objective | SilentObjective
    prior: PopulationPrior
    strength: float = 1.0
    fixed: FloatArray | None = None

    @cached_property
    def low(self) -> FloatArray:
        """Lower bounds of a position."""
        return self.prior.to_scale(self._bounds[0])

    @cached_property
    def high(self) -> FloatArray:
        """Upper bounds of a position."""
        return self.prior.to_scale(self._bounds[1])

    @cached_property
    def _center(self) -> FloatArray:
        return self.prior.center

    @cached_property
    def _bounds(self) -> tuple[FloatArray, FloatArray]:
        table = equations(self.prior.model).PARAMETERS
        low, high = np.array([p.low for p in table]), np.array([p.high for p in table])
        if self.fixed is None:
            return low, high
        free = np.isnan(self.fixed)
        return np.where(free, low, self.fixed), np.where(free, high, self.fixed)

    def natural(self, position: FloatArray) -> FloatArray:
        """Natural parameters; exact at the bounds and at the center of the prior."""
        low, high = self._bounds
        natural = self.prior.from_scale(position)
        np.copyto(natural, self._center, where=position == self.prior.mean)
        np.minimum(np.maximum(natural, low, out=natural), high, out=natural)
        np.copyto(natural, high, where=position >= self.high)
        np.copyto(natural, low, where=position <= self.low)
        return natural

    def inside(self, position: FloatArray) -> FloatArray:
        """The nearest position in the box, put where the model's order constraints hold."""
        boxed: FloatArray = np.minimum(np.maximum(position, self.low), self.high)
        if declared(equations(self.prior.model)).project is as_they_are:
            return boxed
        natural = tuple(self.natural(boxed).tolist())
        projected = tuple(declared(equations(self.prior.model)).project(natural))
        return boxed if projected == natural else self.prior.to_scale(np.array(projected))

    def evaluate(self, position: FloatArray) -> tuple[float, FloatArray]:
        """Penalized loss in nats and its gradient by the position."""
        natural = self.natural(position)
        loss, gradient = self.objective.value_and_gradient(natural)
        pull = self.strength * (self.prior.precision @ (position - self.prior.mean))
        penalty = 0.5 * float(pull @ (position - self.prior.mean))
        return float(loss) + penalty, gradient * self.prior.slope(natural) + pull

    def curvature(self, position: FloatArray, *, card_fraction: float = 1.0) -> FloatArray:
        """Fisher information plus the penalty's second derivative, by the position.

        Args:
            position: Where.
            card_fraction: Share of cards that the Fisher information is taken from.
        """
        natural = self.natural(position)
        slope = self.prior.slope(natural)
        fisher = self.objective.fisher(natural, card_fraction=card_fraction)
        return fisher * np.outer(slope, slope) + self.strength * self.prior.precision
