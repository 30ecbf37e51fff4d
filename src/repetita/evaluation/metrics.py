"""Measures of how well predicted probabilities of recall agree with what happened.

Every function takes ``predicted``, shape (n,), in [0, 1], and ``recalled``, shape (n,), true or 1 where the
review was a success. Log loss decides between predictors: it is proper, so the truth wins. RMSE(bins) is kept
for comparison with published figures; it can be gamed. ICI and SmoothECE say how far predictions are off,
AUC only whether they rank reviews well.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.errors import UsageError
from repetita.evaluation.bins import cells
from repetita.evaluation.checks import checked, checked_weights
from repetita.evaluation.lowess import ici, ici_of_ranked
from repetita.evaluation.ranking import Ranked, ranked
from repetita.evaluation.smooth_ece import smece

__all__ = [
    "Ranked",
    "auc",
    "auc_of_ranked",
    "ici",
    "ici_of_ranked",
    "log_loss",
    "log_losses",
    "mbe",
    "placements",
    "precision_recall",
    "ranked",
    "rmse",
    "rmse_bins",
    "rmse_of_cells",
    "rmse_of_sums",
    "smece",
    "universal_metric",
]

Floats = NDArray[np.float64]
# Predictions are held this far from 0 and 1, as scikit-learn does, so that one wrong certainty costs 36 nats.
SMALLEST_PROBABILITY = float(np.finfo(np.float64).eps)
UNIVERSAL_BINS = 20


def log_losses(predicted: ArrayLike, recalled: ArrayLike) -> Floats:
    """Loss of every prediction: minus the logarithm of the probability given to what happened, in nats.

    Example:
        >>> log_losses([0.9, 0.9], [1, 0]).round(4).tolist()
        [0.1054, 2.3026]
    """
    p, y = checked(predicted, recalled)
    given = p - ~y  # p, or p - 1 where forgotten: what was given to the outcome, but for the sign
    np.abs(given, out=given)
    np.maximum(given, SMALLEST_PROBABILITY, out=given)
    np.log(given, out=given)
    return np.negative(given, out=given)


def log_loss(predicted: ArrayLike, recalled: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Mean log loss (binary cross-entropy) in nats per review; lower is better.

    Args:
        predicted: Shape (n,), in [0, 1].
        recalled: Shape (n,), true where recalled.
        weights: Shape (n,), at least 0, or None for equal weights.

    Example:
        >>> round(log_loss([0.9, 0.8, 0.7], [1, 1, 0]), 4)
        0.5108
    """
    losses = log_losses(predicted, recalled)
    return float(
        losses.mean() if weights is None else np.average(losses, weights=checked_weights(weights, losses))
    )


def rmse(predicted: ArrayLike, recalled: ArrayLike) -> float:
    """Root mean square of prediction minus outcome, review by review (the root of the Brier score).

    Example:
        >>> round(rmse([0.9, 0.8, 0.7], [1, 1, 0]), 4)
        0.4243
    """
    p, y = checked(predicted, recalled)
    return float(np.sqrt(np.mean(np.square(p - y))))


def mbe(predicted: ArrayLike, recalled: ArrayLike) -> float:
    """Mean of prediction minus outcome: above 0 where memory is overrated.

    Example:
        >>> round(mbe([0.9, 0.8, 0.7], [1, 1, 0]), 4)
        0.1333
    """
    p, y = checked(predicted, recalled)
    return float(p.mean() - y.mean())


def auc(predicted: ArrayLike, recalled: ArrayLike) -> float | None:
    """Chance that a recalled review was given a higher probability than a forgotten one; ties count half.

    Returns:
        A number in [0, 1], 0.5 for guessing, or None when all reviews had the same outcome.

    Example:
        >>> auc([0.9, 0.8, 0.7], [1, 1, 0])
        1.0
        >>> auc([0.9, 0.8], [1, 1]) is None
        True
    """
    return auc_of_ranked(ranked(predicted, recalled))


def auc_of_ranked(order: Ranked) -> float | None:
    """`auc` of predictions that are in order already.

    Args:
        order: Predictions in ascending order, and outcomes.

    Example:
        >>> auc_of_ranked(ranked([0.5, 0.5, 0.7], [0, 1, 1]))
        0.75
    """
    x, y = order.predicted, order.recalled
    last = np.flatnonzero(np.append(x[1:] != x[:-1], True))
    passes = np.cumsum(y)[last]
    fails = last + 1 - passes
    pairs = int(passes[-1]) * int(fails[-1])
    if pairs == 0:
        return None
    passed, failed = np.diff(passes, prepend=0), np.diff(fails, prepend=0)
    # a recalled review is above all forgotten ones below its spot, and half above those on it
    return float(passed @ (2 * fails - failed)) / (2.0 * pairs)


def placements(predicted: ArrayLike, recalled: ArrayLike) -> Floats:
    """Share of the reviews of the other outcome that a review is ranked rightly against; ties count half.

    The mean over the recalled reviews is `auc`, and so is the mean over the forgotten ones.

    Example:
        >>> placements([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0]).tolist()
        [1.0, 0.5, 0.5, 1.0]
    """
    p, y = checked(predicted, recalled)
    order = np.argsort(p)
    ranked, outcome = p[order], y[order]
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    size = np.diff(last, prepend=-1)
    passes, fails = np.cumsum(outcome)[last], np.cumsum(~outcome)[last]
    passed, failed = np.diff(passes, prepend=0), np.diff(fails, prepend=0)
    of_passed = (fails - 0.5 * failed) / max(int(fails[-1]), 1)
    of_failed = 1.0 - (passes - 0.5 * passed) / max(int(passes[-1]), 1)
    made = np.empty_like(p)
    made[order] = np.where(outcome, np.repeat(of_passed, size), np.repeat(of_failed, size))
    return made


def precision_recall(
    predicted: ArrayLike, recalled: ArrayLike, threshold: float = 0.9
) -> tuple[float, float]:
    """Precision and recall of "will be recalled" where the prediction is at or above a threshold.

    Returns:
        The share recalled among those reviews, and the share of all recalled reviews among them; 0 where
        there is nothing to divide by.

    Example:
        >>> precision_recall([0.95, 0.9, 0.7, 0.6], [1, 0, 1, 1])
        (0.5, 0.3333333333333333)
    """
    p, y = checked(predicted, recalled)
    chosen = p >= threshold
    hits, picked, passes = (int(np.count_nonzero(part)) for part in (y & chosen, chosen, y))
    return hits / max(picked, 1), hits / max(passes, 1)


def rmse_bins(
    predicted: ArrayLike,
    recalled: ArrayLike,
    elapsed_days: ArrayLike,
    review_index: ArrayLike,
    lapses: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    means: Literal["plain", "weighted"] = "plain",
) -> float:
    """Root mean square of (mean prediction - share recalled) over cells of similar reviews, by size.

    Args:
        predicted: Shape (n,), in [0, 1].
        recalled: Shape (n,), true where recalled.
        elapsed_days: Shape (n,), days since the previous review.
        review_index: Shape (n,), reviews of the card a day or more apart, with the first and this one.
        lapses: Shape (n,), earlier Agains of the card a day or more after the review before them.
        weights: Shape (n,), at least 0; a cell counts by the sum of its weights.
        means: With weights, whether the two means inside a cell are "plain" (srs-benchmark, fsrs-rs) or
            "weighted" (the Rust port of srs-benchmark).

    Example:
        >>> round(rmse_bins([0.9, 0.8, 0.7], [1, 1, 0], [1, 1, 9], [2, 2, 3], [0, 0, 1]), 4)
        0.4223
    """
    return rmse_of_cells(predicted, recalled, cells(elapsed_days, review_index, lapses), weights, means=means)


def rmse_of_cells(
    predicted: ArrayLike,
    recalled: ArrayLike,
    cell: NDArray[np.integer],
    weights: ArrayLike | None = None,
    *,
    means: Literal["plain", "weighted"] = "plain",
) -> float:
    """`rmse_bins` where the cell of every review is known already.

    Args:
        predicted: Shape (n,), in [0, 1].
        recalled: Shape (n,), true where recalled.
        cell: Shape (n,), small whole numbers from 0.
        weights: As in `rmse_bins`.
        means: As in `rmse_bins`.

    Example:
        >>> round(rmse_of_cells([0.9, 0.8, 0.7], [1, 1, 0], np.array([0, 0, 1])), 4)
        0.4223
    """
    p, y = checked(predicted, recalled)
    if np.shape(cell) != p.shape:
        raise UsageError(f"cells have shape {np.shape(cell)}, expected {p.shape}")
    residual = p - y
    size = total = np.bincount(cell).astype(np.float64)
    if weights is not None:
        w = checked_weights(weights, residual)
        total = np.bincount(cell, w).astype(np.float64)
        if means == "weighted":
            size, residual = total, residual * w
    return rmse_of_sums(size, total, np.bincount(cell, residual))


def rmse_of_sums(size: Floats, total: Floats, residual: NDArray[Any]) -> float:
    """`rmse_of_cells` from the sums over each cell.

    Args:
        size: Shape (cells,), what the mean of each cell is taken over: its reviews, or their weights.
        total: Shape (cells,), what each cell counts.
        residual: Shape (cells,), sum of prediction minus outcome.

    Example:
        >>> round(rmse_of_sums(np.array([2.0, 1.0]), np.array([2.0, 1.0]), np.array([-0.3, 0.7])), 4)
        0.4223
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.where(total > 0.0, residual / size, 0.0)
    return float(np.sqrt(np.sum(total * gap * gap) / np.sum(total)))


def universal_metric(judge: ArrayLike, predicted: ArrayLike, recalled: ArrayLike) -> float:
    """RMSE of one predictor over bins made by another: 20 bins, finer towards 1, of the judge's predictions.

    A predictor that uses all that the judge knows scores near 0; run it both ways to compare two predictors.

    Args:
        judge: Shape (n,), predictions that make the bins, in [0, 1].
        predicted: Shape (n,), predictions that are scored, in [0, 1].
        recalled: Shape (n,), true where recalled.

    Example:
        >>> round(universal_metric([0.9, 0.9, 0.3], [0.8, 0.9, 0.5], [1, 1, 0]), 4)
        0.3136
    """
    _, y = checked(judge, recalled)
    return rmse_of_cells(predicted, y, exponential_bins(judge))


def exponential_bins(predicted: ArrayLike, bins: int = UNIVERSAL_BINS) -> NDArray[np.int64]:
    """Bin of every prediction in 0..bins-1: ``min(floor((bins + 1) ** p) - 1, bins - 1)``, narrow near 1.

    Example:
        >>> exponential_bins([0.0, 0.5, 0.9, 1.0]).tolist()
        [0, 3, 14, 19]
    """
    p = np.asarray(predicted, dtype=np.float64)
    place: NDArray[np.int64] = np.floor(np.exp(np.log(bins + 1) * p) - 1.0).astype(np.int64)
    return np.minimum(place, bins - 1)
