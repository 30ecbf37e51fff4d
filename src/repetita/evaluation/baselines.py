"""Predictors that know nothing of memory: yardsticks, and two that try to cheat a measure.

All take the outcomes of scored reviews in order of time and return predictions for the reviews from
``start`` on. (Definitions: srs-benchmark.)
"""

from __future__ import annotations

from math import exp

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.evaluation.splits import FOLDS, time_series_split

__all__ = ["average", "constant", "moving_average", "rmse_bins_exploit"]

Floats = NDArray[np.float64]
CONSTANT = 0.9
MOVING_START, MOVING_RATE = 1.2, 0.3


def constant(n: int, probability: float = CONSTANT) -> Floats:
    """The same probability for every review, shape (n,).

    Example:
        >>> constant(2).tolist()
        [0.9, 0.9]
    """
    return np.full(n, probability)


def average(recalled: ArrayLike, folds: int = FOLDS) -> Floats:
    """Share recalled in the training part of each forward fold, for the test part of it.

    Args:
        recalled: Shape (n,), outcomes in order of time.
        folds: Number of forward folds.

    Returns:
        Shape (folds * (n // (folds + 1)),), for the last of the reviews.

    Example:
        >>> average([1, 1, 0, 1, 0, 1], folds=2).round(3).tolist()
        [1.0, 1.0, 0.75, 0.75]
    """
    before = np.concatenate(([0], np.cumsum(recalled)))
    splits = time_series_split(before.size - 1, folds)
    shares = [before[split.train_end] / split.train_end for split in splits]
    return np.repeat(shares, [split.test_end - split.test_start for split in splits])


def moving_average(recalled: ArrayLike, start: int = 0) -> Floats:
    """A running guess, in logits, that moves by 0.3 of the surprise after every outcome from the first on.

    Args:
        recalled: Shape (n,), outcomes in order of time.
        start: First review to return.

    Example:
        >>> moving_average([1, 1, 0]).round(4).tolist()
        [0.7685, 0.7806, 0.7917]
    """
    outcomes = np.asarray(recalled).astype(bool).tolist()
    predicted = np.empty(len(outcomes))
    logit = MOVING_START
    for i, passed in enumerate(outcomes):
        probability = 1.0 / (1.0 + exp(-logit))
        predicted[i] = probability
        logit += MOVING_RATE * (passed - probability)
    return predicted[start:]


def rmse_bins_exploit(recalled: ArrayLike, cell: NDArray[np.integer], start: int = 0) -> Floats:
    """A cheat: predicts what evens out its cell of RMSE(bins) so far, knowing nothing else.

    Args:
        recalled: Shape (n,), outcomes in order of time.
        cell: Shape (n,), cell of each review (`repetita.evaluation.bins.cells`).
        start: First review to predict; nothing is known of those before.

    Returns:
        Shape (n - start,): outcomes minus predictions so far in the cell, plus the share recalled so far,
        moved into [0, 1]; 0.5 at the very first, which is not counted as a prediction.

    Example:
        >>> rmse_bins_exploit([1, 1, 0], np.array([0, 0, 0])).tolist()
        [0.5, 1.0, 1.0]
    """
    owed: dict[int, float] = {}
    predicted = []
    passes = 0
    cells = np.asarray(cell)[start:].tolist()
    for seen, (passed, place) in enumerate(zip(np.asarray(recalled)[start:].tolist(), cells, strict=True)):
        share = passes / seen if seen else 0.5
        guess = min(max(owed.get(place, 0.0) + share, 0.0), 1.0)
        predicted.append(guess)
        owed[place] = owed.get(place, 0.0) + float(passed) - (guess if seen else 0.0)
        passes += int(passed)
    return np.asarray(predicted, dtype=np.float64)
