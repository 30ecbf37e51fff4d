"""The unweighted loss over the scored reviews: what a fit reports, however it weighed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from repetita.fitting.problem import SilentObjective
from repetita.fitting.weighted_log import WeightedLog

if TYPE_CHECKING:
    from repetita.kernels.objective import Objective
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlainLoss:
    """Mean cross-entropy over the scored reviews of a log.

    Attributes:
        objective: The sum, as a function of the parameters.
        scored: Number of scored reviews.
        default: Mean with the published default parameters; NaN without scored reviews.
    """

    objective: Objective | SilentObjective
    scored: int
    default: float

    @classmethod
    def of(cls, log: ReviewLog, model: MemoryModel, threads: int | None) -> PlainLoss:
        """The plain loss of a log; compiles nothing where no review is scored.

        Args:
            log: A review log.
            model: A memory model with default parameters.
            threads: Most threads to use.
        """
        scored = int(np.count_nonzero(log.scored))
        if not scored:
            return cls(SilentObjective(len(model.parameters)), 0, float("nan"))
        objective = WeightedLog.uniform(log, model.equations.UNIT).objective(model, threads)
        return cls(objective, scored, objective.value(np.array(model.parameters)) / scored)

    def mean(self, parameters: FloatArray) -> float:
        """Mean loss with some parameters; NaN without scored reviews."""
        return self.objective.value(parameters) / self.scored if self.scored else float("nan")
