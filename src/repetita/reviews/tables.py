"""A `ReviewLog` as a polars frame, in the column names of the ecosystem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from repetita.reviews.ordering import inverse_order
from repetita.scheduling.day_rule import MS_A_DAY

if TYPE_CHECKING:
    from repetita.reviews.review_log import ReviewLog


def frame_of(log: ReviewLog) -> pl.DataFrame:
    """One row a review in the log's row order; see `ReviewLog.frame`.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> frame_of(ReviewLog.from_histories([[(0, 3), (2, 1)]])).columns
        ['review_id', 'card_id', 'day_offset', 'review_th', 'rating', 'elapsed_days', 'elapsed_seconds']
    """
    lengths = np.diff(log.offsets)
    columns: dict[str, Any] = {
        "review_id": log.review_ids,
        "card_id": _card_column(log, lengths),
    }
    if log.timed:
        columns["review_time"] = log.review_times_ms
    else:
        columns["day_offset"] = log.review_times_ms // MS_A_DAY
        columns["review_th"] = inverse_order(log.time_order) + 1
    columns["rating"] = log.ratings
    if log.durations_ms is not None:
        columns["duration_ms"] = _with_nulls(log.durations_ms)
    if log.states is not None:
        columns["state"] = _with_nulls(log.states)
    columns["elapsed_days"] = log.elapsed_days
    columns["elapsed_seconds"] = log.elapsed_seconds
    for name, values in (("note_id", log.note_ids), ("deck_id", log.deck_ids), ("preset_id", log.preset_ids)):
        if values is not None:
            columns[name] = _with_nulls(np.repeat(values, lengths))
    return pl.DataFrame(columns)


def _card_column(log: ReviewLog, lengths: NDArray[np.int64]) -> pl.Series:
    if log.card_ids.dtype == object:
        names = pl.Series("card_id", log.card_ids.tolist(), dtype=pl.String)
        return names.gather(log.card_index)
    return pl.Series("card_id", np.repeat(log.card_ids, lengths))


def _with_nulls(values: NDArray[Any]) -> pl.Series:
    series = pl.Series(values)
    return series.set(series < 0, None)
