"""The reviews that predictors are judged on, with what every measure needs of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from repetita.errors import NoReviews
from repetita.evaluation.bins import cells
from repetita.evaluation.bootstrap import Resampling, resample

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["Sample", "all_scored", "kept"]

Column = TypeVar("Column", bound=NDArray[Any])
MS_A_DAY = 86_400_000
SCORED = "scored rows"


@dataclass(frozen=True, eq=False)
class Sample:
    """Scored reviews of a log. Columns are taken from the log when first asked for, and kept.

    Attributes:
        log: The log.
        rows: Shape (n,), row numbers in the log.
        weights: Shape (n,), how much each counts in log loss and RMSE(bins), or None for equally.
        seed: Of the resampling behind every interval.
    """

    log: ReviewLog
    rows: NDArray[np.int64]
    weights: NDArray[np.float64] | None = None
    seed: int = 0

    def __len__(self) -> int:
        return int(self.rows.size)

    def __repr__(self) -> str:
        return f"Sample({len(self)} reviews of {self.cards} cards)"

    @cached_property
    def recalled(self) -> NDArray[np.bool_]:
        """Shape (n,): not rated Again."""
        return kept(self.log, self.rows, "outcomes", lambda: self.log.ratings[self.rows] > 1)

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """Shape (n,): cell of RMSE(bins)."""
        log, rows = self.log, self.rows
        columns = (log.elapsed_days, log.review_index, log.lapses)
        return kept(log, rows, "cells", lambda: cells(*(column[rows] for column in columns)))

    @cached_property
    def cards(self) -> int:
        """Number of cards that have a review here."""
        return int(np.count_nonzero(np.bincount(self.log.card_index[self.rows])))

    @cached_property
    def resamplings(self) -> tuple[Resampling, ...]:
        """Draws of whole cards and draws of whole days; reviews of one card, or one day, stand together."""
        made = (
            resample(self.log.card_index[self.rows], by="cards", seed=(self.seed, 0)),
            resample(self._days(), by="days", seed=(self.seed, 1)),
        )
        return tuple(resampling for resampling in made if resampling is not None)

    def _days(self) -> NDArray[np.int64]:
        from repetita.reviews.days import day_numbers
        from repetita.scheduling.day_rule import DayGrid, DayRule

        times = self.log.review_times_ms[self.rows]
        if self.log.timed and isinstance(self.log.day_rule, DayRule | DayGrid):
            return day_numbers(times, self.log.day_rule)
        return times // MS_A_DAY


def all_scored(log: ReviewLog) -> NDArray[np.int64]:
    """Row numbers of all scored reviews, in the log's order.

    Raises:
        NoReviews: There are none.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> all_scored(ReviewLog.from_histories([[(0, 3), (2, 3), (0, 3), (5, 1)]])).tolist()
        [1, 3]
    """
    rows = log._packed.get(SCORED)
    if rows is None:
        rows = np.flatnonzero(log.scored)
        rows.flags.writeable = False
        log._packed[SCORED] = rows
    if rows.size == 0:
        raise NoReviews(
            f"none of the {len(log)} reviews can be scored: a scored review is not the first of its card and "
            "comes a day or more after the one before",
            hint="str(log.funnel) says what was dropped on the way",
        )
    return np.asarray(rows)


def kept(log: ReviewLog, rows: NDArray[np.int64], name: str, make: Callable[[], Column]) -> Column:
    """A column at some rows; when they are all scored rows, made once and kept with the log.

    Args:
        log: The log.
        rows: Shape (n,), row numbers; what `all_scored` returned is recognised.
        name: Names the column.
        make: Makes it.
    """
    if rows is not log._packed.get(SCORED):
        return make()
    key = f"{SCORED}: {name}"
    if key not in log._packed:
        column = make()
        column.flags.writeable = False
        log._packed[key] = column
    found: Column = log._packed[key]
    return found
