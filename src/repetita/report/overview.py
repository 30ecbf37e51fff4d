"""What is in a log, in a handful of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repetita.ratings import RATING_NAMES
from repetita.reviews import ReviewLog
from repetita.reviews.explain import time_text


@dataclass(frozen=True, slots=True)
class Overview:
    """What is in a log.

    Attributes:
        source: Where the log came from.
        cards: Cards with at least one review.
        reviews: Reviews kept.
        scored: Reviews that a prediction can be judged on: not the first of a card, and on a later day than
            the one before.
        first_reviews: First reviews, one a card.
        same_day: Reviews on the same day as the one before.
        recalled: Share of the scored reviews that were not rated Again, or None without any.
        ratings: Reviews by rating, 1 to 4.
        first_ratings: First reviews by rating, 1 to 4.
        begins: Earliest review, ISO, UTC; None where the source has no times.
        ends: Latest review.
        span_days: Days from the earliest to the latest.
        longest_card: Reviews of the card with the most.
        day_rule: When days turn over, in words.
        decks: Cards by deck id, or None where the source has no decks.
        presets: Cards by preset id, or None.
    """

    source: str
    cards: int
    reviews: int
    scored: int
    first_reviews: int
    same_day: int
    recalled: float | None
    ratings: Mapping[int, int]
    first_ratings: Mapping[int, int]
    begins: str | None
    ends: str | None
    span_days: float
    longest_card: int
    day_rule: str
    decks: Mapping[int, int] | None
    presets: Mapping[int, int] | None


def log_overview(log: ReviewLog) -> Overview:
    """What is in a log, in a handful of numbers.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 3), (5, 1)], [(0, 1)]])
        >>> seen = log_overview(log)
        >>> seen.cards, seen.reviews, seen.scored, seen.recalled, seen.ratings
        (2, 4, 2, 0.5, {1: 2, 2: 0, 3: 2, 4: 0})
    """
    first, scored = log.first, log.scored
    known = log.timed and len(log) > 0
    times = log.review_times_ms
    return Overview(
        source=log.source,
        cards=log.cards,
        reviews=len(log),
        scored=int(scored.sum()),
        first_reviews=int(first.sum()),
        same_day=int((~first & ~scored).sum()),
        recalled=float((log.ratings[scored] > 1).mean()) if scored.any() else None,
        ratings=_by_rating(log.ratings),
        first_ratings=_by_rating(log.ratings[first]),
        begins=time_text(int(times.min())) if known else None,
        ends=time_text(int(times.max())) if known else None,
        span_days=float(log.span_days),
        longest_card=int(np.diff(log.offsets).max(initial=0)),
        day_rule=log.day_rule.describe(),
        decks=_cards_by(log.deck_ids),
        presets=_cards_by(log.preset_ids),
    )


def _by_rating(ratings: NDArray[np.int8]) -> dict[int, int]:
    counts = np.bincount(ratings, minlength=5)
    return {rating: int(counts[rating]) for rating in RATING_NAMES}


def _cards_by(ids: NDArray[np.int64] | None) -> dict[int, int] | None:
    if ids is None:
        return None
    values, counts = np.unique(ids, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {int(values[i]): int(counts[i]) for i in order}
