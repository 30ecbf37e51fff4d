"""Forward-in-time splits: fit on what came before, judge on what came next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from repetita.arguments import whole_number
from repetita.errors import NoReviews
from repetita.frozen import freeze_arrays
from repetita.plurals import counted

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["Fold", "Split", "forward_folds", "time_series_split"]

FOLDS = 5


class Split(NamedTuple):
    """One split of ``n`` things in order of time; ends are exclusive."""

    train_start: int
    train_end: int
    test_start: int
    test_end: int


@dataclass(frozen=True, eq=False, slots=True)
class Fold:
    """One forward split of a log.

    Attributes:
        train_rows: Shape (n,), booleans over the log's rows: everything earlier than the first test review,
            reviews that are not scored with them.
        test_rows: Shape (tested,), row numbers of scored reviews in order of time.
    """

    train_rows: NDArray[np.bool_]
    test_rows: NDArray[np.int64]

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __repr__(self) -> str:
        return f"Fold({np.count_nonzero(self.train_rows)} train rows, {self.test_rows.size} test rows)"


def time_series_split(n: int, folds: int = FOLDS) -> list[Split]:
    """Splits of ``n`` things in order of time: equal test blocks at the end, all before a block to train.

    Args:
        n: How many there are, at least ``folds + 1``.
        folds: How many splits, at least 1.

    Returns:
        ``folds`` splits; a block has ``n // (folds + 1)`` things. (As scikit-learn's TimeSeriesSplit.)

    Raises:
        UsageError: ``folds`` is not a whole number from 1.
        NoReviews: Fewer than ``folds + 1`` things.

    Example:
        >>> [(s.train_end, s.test_end) for s in time_series_split(11)]
        [(6, 7), (7, 8), (8, 9), (9, 10), (10, 11)]
    """
    folds = whole_number(folds, "folds", low=1)
    if n <= folds:
        raise NoReviews(
            f"{counted(n, 'scored review')} cannot be split into {folds} forward folds: at least "
            f"{folds + 1} are needed",
            hint="parameters can be scored as they are: pass model('fsrs6') instead of a name",
        )
    size = n // (folds + 1)
    starts = range(n - folds * size, n, size)
    return [Split(0, start, start, start + size) for start in starts]


def forward_folds(log: ReviewLog, folds: int = FOLDS) -> list[Fold]:
    """Forward splits of a log: test blocks of scored reviews in order of time, everything earlier to train.

    The last ``folds * (scored // (folds + 1))`` scored reviews are the test rows, in blocks of equal size. A
    review trains a fold if it comes before the first test review in ``log.time_order``, where ties stand in
    the order of the source; so every card's training rows are a beginning of its history.

    Args:
        log: A review log.
        folds: How many splits, at least 1.

    Raises:
        UsageError: ``folds`` is not a whole number from 1.
        NoReviews: Fewer than ``folds + 1`` scored reviews.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (1, 3), (2, 1), (3, 3), (0, 3), (4, 3)]])
        >>> for fold in forward_folds(log, folds=2):
        ...     print(fold.train_rows.astype(int), fold.test_rows)
        [1 1 1 0 0 0] [3]
        [1 1 1 1 1 0] [5]
    """
    order = log.time_order
    places = np.flatnonzero(log.scored[order])
    made = []
    for split in time_series_split(places.size, folds):
        train = np.zeros(len(log), dtype=np.bool_)
        train[order[: places[split.test_start]]] = True
        made.append(Fold(train, order[places[split.test_start : split.test_end]]))
    return made
