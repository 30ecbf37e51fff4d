"""What would be remembered had nobody reviewed: the same introductions, and not one review.

Source: the no-review counterfactual of srs-simulator (2026). It needs the world's curve after a first press
only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from repetita.simulation.result import Simulation

__all__ = ["WithoutReviews", "without_reviews"]

FloatArray = NDArray[np.float64]


class WithoutReviews(NamedTuple):
    """Series of shape (days,).

    Attributes:
        no_review: Remembered cards without any review; unseen ones count with their chance to be known.
        review_gain: What reviews add to the remembered cards of the introductions.
    """

    no_review: FloatArray
    review_gain: FloatArray


def without_reviews(run: Simulation) -> WithoutReviews | None:
    """The counterfactual of a run, or None where its world or person does not say what it takes."""
    if run.first_curve is None or run.config["start"] is not None:
        return None
    shares, kernel = run.first_curve
    days, new = run.days, run.new.astype(np.float64)
    # from the second day on; numpy convolves with nothing less than one number
    later = np.convolve(new, kernel[1:])[: days - 1] if days > 1 else ()
    learned = np.concatenate([[0.0], later])
    unseen = run.config["deck"] - np.concatenate([[0.0], np.cumsum(new)[:-1]])
    known = 1.0 - shares[0]
    return WithoutReviews(unseen * known + learned, run.memorized - learned)
