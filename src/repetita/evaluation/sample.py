"""The reviews that predictors are judged on, with what every measure needs of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, TypeVarTuple

import numpy as np
from numpy.typing import NDArray

from repetita.errors import NoReviews
from repetita.evaluation.bins import log_cells
from repetita.evaluation.bootstrap import Resampling, resample
from repetita.frozen import freeze_arrays, read_only
from repetita.reviews.scoring import SCORING

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["Sample", "all_scored", "column_at", "days_at"]

Rows: TypeAlias = NDArray[np.int64]
Column = TypeVar("Column", bound=NDArray[Any])
Arguments = TypeVarTuple("Arguments")


@dataclass(frozen=True, eq=False)
class Sample:
    """Scored reviews of a log. Columns are taken from the log when first asked for, and kept.

    Attributes:
        log: The log.
        rows: Shape (n,), row numbers in the log.
        weights: Shape (n,), how much each counts in log loss and RMSE(bins), or None for equally.
        seed: Of the resampling behind every interval.
        by_row: Shape (reviews,), the same weights, 0 elsewhere, at the rows of the log; None where they are
            not known so.
    """

    log: ReviewLog
    rows: Rows
    weights: NDArray[np.float64] | None = None
    seed: int = 0
    by_row: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __len__(self) -> int:
        return int(self.rows.size)

    def __repr__(self) -> str:
        return f"Sample({len(self)} reviews of {self.cards} cards)"

    @property
    def whole(self) -> bool:
        """Whether these are all scored reviews of the log."""
        return self.rows is self.log.derived(_scored_rows)

    @cached_property
    def recalled(self) -> NDArray[np.bool_]:
        """Shape (n,): not rated Again."""
        return column_at(self.log, self.rows, _outcomes)

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """Shape (n,): cell of RMSE(bins)."""
        return column_at(self.log, self.rows, _cells)

    @cached_property
    def cards(self) -> int:
        """Number of cards that have a review here."""
        return int(np.count_nonzero(np.bincount(self.log.card_index[self.rows])))

    @cached_property
    def resamplings(self) -> tuple[Resampling, ...]:
        """Draws of whole cards and draws of whole days; reviews of one card, or one day, stand together."""
        made = (
            resample(self.log.card_index[self.rows], by="cards", seed=(self.seed, 0)),
            resample(days_at(self.log, self.rows), by="days", seed=(self.seed, 1)),
        )
        return tuple(resampling for resampling in made if resampling is not None)


def all_scored(log: ReviewLog) -> Rows:
    """Row numbers of all scored reviews, in the log's order.

    Raises:
        NoReviews: There are none.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> all_scored(ReviewLog.from_histories([[(0, 3), (2, 3), (0, 3), (5, 1)]])).tolist()
        [1, 3]
    """
    rows = log.derived(_scored_rows)
    if not len(log):
        raise NoReviews(f"the log holds no reviews: {log.funnel.losses() or 'none were read'}")
    if rows.size == 0:
        raise NoReviews(
            f"none of the {len(log)} reviews can be scored: a scored review is {SCORING[log.scoring]}",
            hint="str(log.funnel) says what was dropped on the way",
        )
    return rows


def days_at(log: ReviewLog, rows: Rows) -> NDArray[np.int64]:
    """Day number of some reviews by the log's rule; where that needs no clock, by blocks of 24 hours.

    Args:
        log: The log.
        rows: Shape (n,), row numbers.
    """
    from repetita.reviews.days import day_numbers
    from repetita.scheduling.day_rule import MS_A_DAY, DayGrid, DayRule

    times = log.review_times_ms[rows]
    if log.timed and isinstance(log.day_rule, DayRule | DayGrid):
        return day_numbers(times, log.day_rule)
    return times // MS_A_DAY


def column_at(
    log: ReviewLog,
    rows: Rows,
    compute: Callable[[ReviewLog, Rows, *Arguments], Column],
    *arguments: *Arguments,
) -> Column:
    """A column of a log at some rows; at those of `all_scored` it is made once and kept with the log.

    Args:
        log: The log.
        rows: Shape (n,), row numbers.
        compute: Makes the column from the log, the rows and the arguments.
        *arguments: Hashable values.
    """
    if rows is log.derived(_scored_rows):
        return log.derived(_at_all_scored, compute, *arguments)
    return compute(log, rows, *arguments)


def _at_all_scored(
    log: ReviewLog, compute: Callable[[ReviewLog, Rows, *Arguments], Column], *arguments: *Arguments
) -> Column:
    return read_only(compute(log, log.derived(_scored_rows), *arguments))


def _scored_rows(log: ReviewLog) -> Rows:
    return read_only(np.flatnonzero(log.scored))


def _outcomes(log: ReviewLog, rows: Rows) -> NDArray[np.bool_]:
    return log.ratings[rows] > 1


def _cells(log: ReviewLog, rows: Rows) -> NDArray[np.int64]:
    return log_cells(log)[rows]
