"""Which reviews the public benchmark trains on and scores: its filters and sizes, exactly.

Of every log: ratings 1 to 4; at most 128 reviews a card; in whole days, cards with rare first intervals are
left out (`repetita.fitting.outliers`, rule "fsrs-optimizer", whose cut at a gap comes to whole cards); scored
are reviews at least a day after the one before. Fewer than 6 such reviews and the user is skipped. Test
blocks are the last ``5 (n // 6)`` scored reviews in five equal parts, in the order of the source; everything
earlier trains. (Rules: srs-benchmark.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from repetita.errors import NoReviews, UsageError, unknown_name
from repetita.evaluation.bins import cells
from repetita.evaluation.splits import FOLDS, Split, time_series_split
from repetita.fitting.outliers import outlier_cards

if TYPE_CHECKING:
    from repetita.kernels.shared_histories import StagedHistories
    from repetita.reviews import ReviewLog

__all__ = ["LONGEST_CARD", "Prepared", "Protocol", "prepare"]

LONGEST_CARD = 128  # reviews of a card that are looked at
SAME_DAY = ("history", "dropped")
ROWS = ("days", "seconds")
TWO_BUTTONS = np.array([0, 1, 3, 3, 3], dtype=np.int8)  # by rating


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """Choices that the public benchmark offers.

    Attributes:
        folds: Forward folds.
        same_day: Whether reviews on the day of the one before stay in "history", or are "dropped" before
            histories are built. They are never scored in whole days.
        rows: What is scored: "days", reviews a day or more after the one before; "seconds", every review
            after the first that is not in the same second, and no card is left out as an outlier.
        buttons: 4, or 2: Hard and Easy count as Good.

    Raises:
        UsageError: A value that does not exist.
    """

    folds: int = FOLDS
    same_day: Literal["history", "dropped"] = "history"
    rows: Literal["days", "seconds"] = "days"
    buttons: Literal[2, 4] = 4

    def __post_init__(self) -> None:
        for name, known in (("same_day", SAME_DAY), ("rows", ROWS)):
            if getattr(self, name) not in known:
                raise unknown_name(name, getattr(self, name), known)
        if self.buttons not in (2, 4):
            raise UsageError(f"buttons is {self.buttons!r}, expected 2 or 4")
        if isinstance(self.folds, bool) or not isinstance(self.folds, int) or self.folds < 1:
            raise UsageError(f"folds is {self.folds!r}, expected a whole number, at least 1")
        if self.rows == "seconds" and self.same_day == "dropped":
            raise UsageError("rows='seconds' scores same-day reviews, so same_day='dropped' does not fit")

    def adapted(self, *, buttons: Literal[2, 4], same_day: bool) -> Protocol:
        """The same with fewer buttons, or without same-day reviews, where a contender asks for that."""
        return replace(
            self,
            buttons=2 if buttons == 2 else self.buttons,
            same_day=self.same_day if same_day else "dropped",
        )


@dataclass(frozen=True, eq=False)
class Prepared:
    """One user's reviews under a protocol.

    Attributes:
        log: The reviews that histories are made of.
        kept: Shape (cards,), cards that are not left out as outliers.
        scored: Shape (n,), rows of the reviews of the data set, in the order of the source.
        splits: Places in ``scored`` that train and test each fold.
        protocol: The choices made.
    """

    log: ReviewLog
    kept: NDArray[np.bool_]
    scored: NDArray[np.int64]
    splits: tuple[Split, ...]
    protocol: Protocol

    @property
    def tested(self) -> NDArray[np.int64]:
        """Rows of the test reviews of all folds, one fold after the other."""
        return self.scored[self.splits[0].test_start :]

    @cached_property
    def recalled(self) -> NDArray[np.bool_]:
        """Outcome of each review of the data set, shape (n,)."""
        return self.log.ratings[self.scored] > 1

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """Cell of RMSE(bins) of each review of the data set, shape (n,)."""
        log, rows = self.log, self.scored
        return cells(log.elapsed_days[rows], log.review_index[rows], log.lapses[rows])

    def histories(self, model_name: str) -> StagedHistories:
        """The histories of the data set: a stage with what each fold trains on, then one with all reviews.

        Args:
            model_name: Name of a memory model whose state is recursive, in whole days.
        """
        from repetita.kernels.shared_histories import staged_histories

        if model_name not in self._histories:
            counts = [*(split.train_end for split in self.splits), self.splits[-1].test_end]
            self._histories[model_name] = staged_histories(self.log, model_name, self.scored, counts)
        return self._histories[model_name]

    @cached_property
    def _histories(self) -> dict[str, StagedHistories]:
        return {}

    def training(self, split: Split, *, unit: str) -> ReviewLog:
        """The log a fold trains on: what comes before its first test review.

        Args:
            split: One of ``splits``.
            unit: The model's unit of time; cards left out as outliers train models of exact time only, which
                the public benchmark gives all its rows.
        """
        log = self.log
        before = np.zeros(len(log), dtype=np.bool_)
        before[log.time_order[: self._place_in_time[self.scored[split.test_start]]]] = True
        if unit == "days":
            before &= self.kept[log.card_index]
        return log.take(before)

    @cached_property
    def _place_in_time(self) -> NDArray[np.int64]:
        place = np.empty(len(self.log), dtype=np.int64)
        place[self.log.time_order] = np.arange(len(self.log))
        return place


def prepare(log: ReviewLog, protocol: Protocol | None = None) -> Prepared:
    """One user's reviews as the public benchmark takes them.

    Args:
        log: A review log.
        protocol: Choices; default: the benchmark's own.

    Raises:
        NoReviews: Fewer scored reviews than folds + 1; the public benchmark skips such a user.

    Example:
        >>> from repetita.reviews import simulate_log
        >>> prepared = prepare(simulate_log(cards=200, days=200, seed=1))
        >>> n = prepared.scored.size
        >>> prepared.tested.size == 5 * (n // 6)
        True
    """
    chosen = Protocol() if protocol is None else protocol
    if chosen.buttons == 2:
        log = replace(log, ratings=TWO_BUTTONS[log.ratings])
    wanted = _place_in_card(log) < LONGEST_CARD
    if chosen.same_day == "dropped":
        wanted &= (log.elapsed_days > 0) | log.first
    if not wanted.all():
        log = log.take(wanted)
    log = log.scored_by(chosen.rows)
    in_seconds = chosen.rows == "seconds"
    kept = np.ones(log.cards, dtype=np.bool_) if in_seconds else ~outlier_cards(log, "fsrs-optimizer")
    counted = log.scored & kept[log.card_index]
    scored = log.time_order[counted[log.time_order]]
    if scored.size <= chosen.folds:
        raise NoReviews(
            f"{scored.size} reviews can be scored, and {chosen.folds} forward folds need {chosen.folds + 1}"
        )
    splits = tuple(time_series_split(scored.size, chosen.folds))
    return Prepared(log, kept, scored, splits, chosen)


def _place_in_card(log: ReviewLog) -> NDArray[Any]:
    """Number of the review in its card, from 0."""
    return np.arange(len(log)) - np.repeat(log.offsets[:-1], np.diff(log.offsets))
