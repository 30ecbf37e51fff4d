"""What a prediction with known derivatives adds to loss, gradient and Fisher information."""

from __future__ import annotations

from typing import Any

from repetita.kernels.compiling import inlined
from repetita.kernels.mathematics import log, maximum


@inlined
def add_score(
    recalled: Any,
    slopes: Any,
    rating: Any,
    weight: Any,
    floor: Any,
    ceiling: Any,
    sums: Any,
    information: Any,
) -> None:
    """Adds a scored prediction.

    Args:
        recalled: Predicted probability of recall.
        slopes: (parameters,) its derivatives.
        rating: 1 to 4.
        weight: Of the review.
        floor: Least probability in the loss.
        ceiling: Greatest probability in the loss.
        sums: (parameters + 1,) gradient, then loss.
        information: (parameters, parameters) the lower half is added to; or empty.
    """
    count = slopes.size
    outcome, sign = recalled, 1.0
    if rating == 1:
        outcome, sign = 1.0 - recalled, -1.0
    inside = floor <= outcome <= ceiling
    outcome = maximum(outcome if outcome <= ceiling else ceiling, floor)
    sums[count] -= weight * log(outcome)
    if inside:
        factor = -sign * weight / outcome
        for i in range(count):
            sums[i] += factor * slopes[i]
    if information.shape[0] > 0:
        scale = weight / maximum(recalled * (1.0 - recalled), maximum(floor, 1e-15))
        for i in range(count):
            scaled = scale * slopes[i]
            for j in range(i + 1):
                information[i, j] += scaled * slopes[j]
