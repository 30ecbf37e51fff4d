"""Parts of a `ReviewLog`: some of its rows, some of its cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.errors import UsageError
from repetita.reviews.ordering import marked_before, sums_since_kept

if TYPE_CHECKING:
    from repetita.reviews.review_log import ReviewLog


def take(log: ReviewLog, mask: ArrayLike) -> ReviewLog:
    """The log of some rows; see `ReviewLog.take`."""
    from repetita.reviews.review_log import ReviewLog

    chosen = np.asarray(mask)
    if chosen.dtype != np.bool_ or chosen.shape != log.ratings.shape:
        raise UsageError(
            f"mask has shape {chosen.shape} and type {chosen.dtype}, expected {len(log)} booleans"
        )
    kept = np.flatnonzero(chosen)
    counts = np.add.reduceat(chosen, log.offsets[:-1], dtype=np.int64) if log.cards else kept
    alive = counts > 0
    offsets = np.concatenate(([0], np.cumsum(counts[alive]))).astype(np.int64)
    elapsed_days = sums_since_kept(log.elapsed_days, kept)
    elapsed_days[offsets[:-1]] = 0
    seconds = None
    if log._seconds is not None:
        seconds = sums_since_kept(log._seconds, kept)
        seconds[offsets[:-1]] = 0.0
    return ReviewLog(
        card_ids=log.card_ids[alive],
        offsets=offsets,
        review_ids=log.review_ids[kept],
        review_times_ms=log.review_times_ms[kept],
        ratings=log.ratings[kept],
        elapsed_days=elapsed_days,
        durations_ms=_at(log.durations_ms, kept),
        states=_at(log.states, kept),
        deck_ids=_at(log.deck_ids, alive),
        preset_ids=_at(log.preset_ids, alive),
        note_ids=_at(log.note_ids, alive),
        day_rule=log.day_rule,
        funnel=log.funnel,
        source=log.source,
        timed=log.timed,
        scoring=log.scoring,
        _seconds=seconds,
        _time_rank=_rank_within(log, chosen),
    )


def take_cards(log: ReviewLog, cards: ArrayLike) -> ReviewLog:
    """The log of some cards; see `ReviewLog.take_cards`."""
    chosen = np.asarray(cards)
    lengths = np.diff(log.offsets)
    if chosen.dtype == np.bool_ and chosen.shape == log.card_ids.shape:
        return take(log, np.repeat(chosen, lengths))
    numbers = chosen.astype(np.int64) if chosen.size == 0 else chosen
    if numbers.ndim != 1 or not np.issubdtype(numbers.dtype, np.integer):
        raise UsageError(f"cards has shape {chosen.shape} and type {chosen.dtype}, expected card numbers")
    if len(numbers) and (numbers.min() < 0 or numbers.max() >= log.cards):
        raise UsageError(f"card numbers reach from {numbers.min()} to {numbers.max()}, of {log.cards} cards")
    mask = np.zeros(log.cards, dtype=np.bool_)
    mask[numbers] = True
    return take(log, np.repeat(mask, lengths))


def _rank_within(log: ReviewLog, chosen: NDArray[np.bool_]) -> NDArray[np.int64] | None:
    # an order not yet computed follows from the times; one that is known is thinned out, not sorted again
    if log._time_rank is None and not {"time_order", "time_rank"} & log.__dict__.keys():
        return None
    return marked_before(log.time_rank, chosen)[chosen]


def _at(values: NDArray[Any] | None, where: NDArray[Any]) -> NDArray[Any] | None:
    return None if values is None else values[where]
