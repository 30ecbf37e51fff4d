"""Loss and gradient of a model on a log, as one call."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from repetita.fitting.weights import Weighting, recency_weights
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as memory_model
from repetita.reviews.review_log import ReviewLog, require_log


def loss_and_gradient(
    log: ReviewLog, model: MemoryModel | str = "fsrs6", weights: Weighting | None = None
) -> tuple[float, NDArray[np.float64]]:
    """Summed binary cross-entropy over the scored reviews of a log, and its gradient.

    Args:
        log: A review log. Scored: not the first review of the card, and an elapsed time above 0 in the unit
            of the model (whole or fractional days).
        model: A memory model, or the name of one for its default parameters.
        weights: As `recency_weights` takes them, with what a fit scores: reviews after at least a whole
            day. None: every review with an elapsed time counts 1.

    Returns:
        The sum in nats, and its derivatives by the parameters, shape (parameters,).

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 3), (5, 1)]])
        >>> loss, gradient = loss_and_gradient(log, "fsrs6")
        >>> round(loss, 6), gradient.shape
        (2.988238, (21,))
    """
    from repetita.kernels.objective import Objective
    from repetita.kernels.packing import pack

    require_log(log, "loss_and_gradient")
    chosen = memory_model(model) if isinstance(model, str) else model
    unit = chosen.equations.UNIT
    if weights is None:
        rows = ((log.elapsed(unit) > 0.0) & ~log.first).astype(np.float64)
    else:
        rows = recency_weights(log, weights)
    objective = Objective(chosen.name, chosen.variant, pack(log, unit), rows)
    loss, gradient = objective.value_and_gradient(np.array(chosen.parameters))
    return float(loss), gradient
