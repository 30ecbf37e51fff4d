"""How much each scored review counts: less, the more reviews came after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError, unknown_name
from repetita.kernels.threads import run_chunks
from repetita.reviews.ordering import marked_before

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

FloatArray = NDArray[np.float64]
Scheme = Literal["uniform", "cubic", "fsrs7", "logistic_regression"]
Weighting = float | Scheme | Sequence[float] | FloatArray

# 60 half-lives ago a review weighs less than one rounding error of the newest: leaving it out changes nothing
# that float64 can hold, and cards with such reviews only need not be replayed.
FORGOTTEN_HALF_LIVES = 60.0


PORTION = 1 << 15  # rows that a thread takes at a time: they stay in its cache

# Weight of a review by its place among so many in order of time.
Scheming = Callable[[FloatArray, int], FloatArray]


def _power_of_place(place: FloatArray, count: int, exponent: int) -> FloatArray:
    """A power of the place as a number from 0 to 1; of one review 0."""
    share = place / max(count - 1, 1)
    power = share
    for _ in range(exponent - 1):
        power = power * share  # several times faster than the general power
    return power


# All but the first are those of reference trainers: of FSRS (and of Anki's own evaluation), of FSRS-7, and of
# the logistic regression of srs-benchmark.
SCHEMES: dict[str, Scheming] = {
    "uniform": lambda place, _: np.ones_like(place),
    "cubic": lambda place, count: 0.25 + 0.75 * _power_of_place(place, count, 3),
    "fsrs7": lambda place, count: 0.0667 + 0.9333 * (place / max(count, 1)) ** 11.25,
    "logistic_regression": lambda place, count: 0.1 + 0.9 * _power_of_place(place, count, 4),
}


def recency_weights(
    log: ReviewLog, weights: Weighting = 8000.0, *, targets: NDArray[np.bool_] | None = None
) -> FloatArray:
    """Weight of every row of a log: shape (reviews,), 0 where a row is not scored.

    Args:
        log: A review log.
        weights: A number: half-life in reviews, ``0.5 ** (k / half_life)`` with k the scored reviews that
            came later. ``"uniform"``: 1. As reference trainers weigh, with x from 0 to 1 in the order of
            time and k from 0 to n - 1: ``"cubic"``, ``0.25 + 0.75 x ** 3``; ``"logistic_regression"``,
            ``0.1 + 0.9 x ** 4``; ``"fsrs7"``, ``0.0667 + 0.9333 (k / n) ** 11.25``. An array of shape
            (reviews,): taken as it is on scored rows.
        targets: Rows that are scored, shape (reviews,), no first reviews among them; default: the scored
            rows of the log.

    Raises:
        UsageError: A half-life that is not positive, weights of another length, negative or not finite.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (1, 3), (0, 3), (4, 1), (2, 3)]])
        >>> recency_weights(log, 1).tolist()
        [0.0, 0.25, 0.0, 0.5, 1.0]
        >>> recency_weights(log, "cubic").tolist()
        [0.0, 0.25, 0.0, 0.34375, 1.0]
    """
    counted = log.scored if targets is None else targets
    if is_given(weights):
        return _given(weights, counted)
    if weights == "uniform":
        return counted.astype(np.float64)
    return _by_place(_rule(weights), marked_before(log.time_rank, counted), counted)


def _by_place(weigh: Scheming, place: NDArray[np.int64], counted: NDArray[np.bool_]) -> FloatArray:
    """Weights of the counted rows by their places among them, 0 elsewhere."""
    rows = np.empty(len(place))
    count = int(np.count_nonzero(counted))
    portions = -(-len(rows) // PORTION)

    def work(take: Callable[[], int]) -> None:
        while (i := take()) < portions:
            part = slice(i * PORTION, (i + 1) * PORTION)
            np.multiply(weigh(place[part].astype(np.float64), count), counted[part], out=rows[part])

    run_chunks(work, portions)
    return rows


def weights_in_time(count: int, weights: Weighting) -> FloatArray:
    """Weights of so many reviews in order of time, shape (count,).

    Args:
        count: How many.
        weights: As in `recency_weights`, but no array.

    Raises:
        UsageError: A half-life that is not positive.
    """
    return _rule(weights)(np.arange(count, dtype=np.float64), count)


def weights_of_beginnings(counts: Sequence[int], weights: Weighting) -> list[FloatArray]:
    """`weights_in_time` of ever more reviews.

    Args:
        counts: How many, rising.
        weights: As in `weights_in_time`.

    Example:
        >>> [part.tolist() for part in weights_of_beginnings([1, 3], 1.0)]
        [[1.0], [0.25, 0.5, 1.0]]
    """
    if isinstance(weights, str):
        return [weights_in_time(count, weights) for count in counts]
    # a half-life looks back from the newest review: fewer reviews weigh what the newest of more do
    longest = weights_in_time(counts[-1], weights)
    return [longest[len(longest) - count :] for count in counts]


def _rule(weights: Weighting) -> Scheming:
    return _scheme(weights) if isinstance(weights, str) else _forgetting(_half_life(weights))


def is_given(weights: object) -> bool:
    """Whether weights are numbers a row, and no rule for them."""
    return not isinstance(weights, str | float | int | np.number)


def _scheme(name: str) -> Scheming:
    if name not in SCHEMES:
        raise unknown_name("weighting", name, SCHEMES)
    return SCHEMES[name]


def _forgetting(half_life: float) -> Scheming:
    def weigh(place: FloatArray, count: int) -> FloatArray:
        half_lives = (count - 1 - place) / half_life
        return np.where(half_lives <= FORGOTTEN_HALF_LIVES, np.exp2(-half_lives), 0.0)

    return weigh


def _half_life(weights: Any) -> float:
    value = float(weights)
    if isinstance(weights, bool) or not (isfinite(value) and value > 0.0):
        raise UsageError(f"weights is {weights!r}, expected a half-life in reviews above 0", where="weights")
    return value


def _given(weights: Any, counted: NDArray[np.bool_]) -> FloatArray:
    try:
        rows = np.array(weights, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(f"weights are not numbers: {error}", where="weights") from None
    if rows.shape != counted.shape:
        raise UsageError(
            f"weights have shape {rows.shape}, expected one number a row: {counted.shape}", where="weights"
        )
    if not np.isfinite(rows[counted]).all() or (rows[counted] < 0.0).any():
        raise UsageError("weights must be finite and at least 0 on every scored row", where="weights")
    rows[~counted] = 0.0
    return rows
