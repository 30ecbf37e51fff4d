"""The six samples of short-term memory: an answer, the delay until the next one, and whether it was right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from repetita.advice.phases import LEARNING, REVIEW, phases
from repetita.errors import UsageError
from repetita.evaluation.sample import days_at
from repetita.frozen import freeze_arrays

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["SITUATIONS", "Answers", "short_term_samples"]

AGAIN, HARD, GOOD = 1, 2, 3

SITUATIONS: Mapping[str, str] = {
    "again": "a first Again",
    "hard": "a first Hard",
    "good": "a first Good",
    "again then good": "Again, then Good, of a new card",
    "good then again": "Good, then Again, of a new card",
    "lapse": "a lapse",
}
"""The samples by name, and what came before the delay."""


@dataclass(frozen=True, eq=False, repr=False)
class Answers:
    """Answers that came some time after a given situation.

    Attributes:
        delay_seconds: Shape (n,), above 0.
        recalled: Shape (n,), not rated Again.
        cards: Shape (n,), number of the card in the log.
        days: Shape (n,), day number of the answer.
    """

    delay_seconds: NDArray[np.float64]
    recalled: NDArray[np.bool_]
    cards: NDArray[np.int64]
    days: NDArray[np.int64]

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __len__(self) -> int:
        return int(self.recalled.size)

    def __repr__(self) -> str:
        return f"Answers({len(self)})"


def short_term_samples(log: ReviewLog) -> dict[str, Answers]:
    """The answers after each situation of `SITUATIONS`.

    First answers count where the card was new; a lapse is an Again in review. Answers in the same millisecond
    as the one before are left out.

    Raises:
        UsageError: The log knows no time of day.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_arrays(
        ...     card_id=[1, 1, 1, 2, 2],
        ...     rating=[1, 3, 3, 3, 1],
        ...     review_time_ms=[0, 60_000, 660_000, 0, 300_000],
        ... )
        >>> samples = short_term_samples(log)
        >>> samples["again"].delay_seconds.tolist(), samples["again then good"].delay_seconds.tolist()
        ([60.0], [600.0])
        >>> samples["good"].recalled.tolist(), len(samples["lapse"])
        ([False], 0)
    """
    _require_clock(log)
    phase = phases(log)
    starts = log.offsets[:-1][np.diff(log.offsets) > 0]
    starts = starts[phase[starts] == LEARNING]
    firsts = {rating: _followed(log, starts[log.ratings[starts] == rating]) for rating in (AGAIN, HARD, GOOD)}
    again_good = firsts[AGAIN] + 1
    good_again = firsts[GOOD] + 1
    lapses = np.flatnonzero((phase == REVIEW) & (log.ratings == AGAIN))
    befores = {
        "again": firsts[AGAIN],
        "hard": firsts[HARD],
        "good": firsts[GOOD],
        "again then good": _followed(log, again_good[log.ratings[again_good] == GOOD]),
        "good then again": _followed(log, good_again[log.ratings[good_again] == AGAIN]),
        "lapse": _followed(log, lapses),
    }
    return {name: _answers(log, befores[name] + 1) for name in SITUATIONS}


def _followed(log: ReviewLog, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the rows that are not the last of their card."""
    last = np.zeros(len(log), dtype=np.bool_)
    last[log.offsets[1:][np.diff(log.offsets) > 0] - 1] = True
    return rows[~last[rows]]


def _answers(log: ReviewLog, rows: NDArray[np.int64]) -> Answers:
    rows = rows[log.elapsed_seconds[rows] > 0.0]
    return Answers(
        delay_seconds=log.elapsed_seconds[rows],
        recalled=log.ratings[rows] > AGAIN,
        cards=log.card_index[rows].astype(np.int64),
        days=days_at(log, rows),
    )


def _require_clock(log: ReviewLog) -> None:
    same_day = (log.elapsed_days == 0) & ~log.first
    if same_day.any() and not (log.elapsed_seconds[same_day] > 0.0).any():
        raise UsageError(
            "the log knows the days of reviews but not their time of day, so delays within a day are unknown",
            hint="give review times in seconds or milliseconds",
            where="review_time",
        )
