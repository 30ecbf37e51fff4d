"""`ReviewLog`: the reviews of many cards as flat columns, sorted by card, then time, with offsets.

The file is long because the class is documented here in full; its methods are thin. What they do is in
`assembly` (made from columns), `selection` (parts), `tables` (as a frame) and `explain` (in words).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.errors import UsageError
from repetita.frozen import freeze_arrays, read_only
from repetita.plurals import counted
from repetita.reviews.funnel import Funnel
from repetita.reviews.ordering import inverse_order, stable_order, stable_places
from repetita.reviews.scoring import Scoring, checked_scoring
from repetita.scheduling.day_rule import MS_A_DAY, DayRuleLike, GivenDays
from repetita.scheduling.elapsed import counts_whole_days, exact_days

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ReviewLog", "require_log"]

Derived = TypeVar("Derived")
Arguments = TypeVarTuple("Arguments")

COMPARED = (
    *("card_ids", "offsets", "review_ids", "review_times_ms", "ratings", "elapsed_days", "elapsed_seconds"),
    *("durations_ms", "states", "deck_ids", "preset_ids", "note_ids", "time_order"),
)


@dataclass(frozen=True, eq=False, repr=False)
class ReviewLog:
    """Reviews sorted by card, inside a card by time (ties in the order of the source). Immutable.

    Made by `read_reviews`, `from_frame`, `from_histories`, `from_arrays`. Rows of card number ``i`` are
    ``offsets[i]`` to ``offsets[i + 1] - 1``. Two logs are equal when their columns and time order are; day
    rule, funnel and source are not compared.

    Attributes:
        card_ids: Shape (cards,), int64, or str objects, increasing.
        offsets: Shape (cards + 1,), int64.
        review_ids: Shape (n,), int64: the id in the source, or the row number from 1.
        review_times_ms: Shape (n,), int64, Unix epoch in ms. Made up from elapsed days where not `timed`.
        ratings: Shape (n,), int8: 1 Again, 2 Hard, 3 Good, 4 Easy.
        elapsed_days: Shape (n,), int32: whole days since the card's previous review, 0 at its first.
        durations_ms: Shape (n,), int32, time spent on the card, -1 missing; or None.
        states: Shape (n,), int8, type of review in the source, -1 missing; or None.
        deck_ids: Shape (cards,), int64, -1 missing; or None.
        preset_ids: Shape (cards,), int64, -1 missing; or None.
        note_ids: Shape (cards,), int64, -1 missing; or None.
        day_rule: What made `elapsed_days`.
        funnel: What the reader dropped and guessed.
        source: Where the reviews came from.
        timed: Whether the source had review times.
        scoring: What `scored` means; see `scored_by`.

    Example:
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 3), (5, 1)], [(0, 1), (0, 3)]])
        >>> log
        ReviewLog(5 reviews of 2 cards, 2 scored, from histories)
        >>> log.elapsed_days.tolist()
        [0, 2, 5, 0, 0]
        >>> log.scored.tolist()
        [False, True, True, False, False]
    """

    card_ids: NDArray[Any]
    offsets: NDArray[np.int64]
    review_ids: NDArray[np.int64]
    review_times_ms: NDArray[np.int64]
    ratings: NDArray[np.int8]
    elapsed_days: NDArray[np.int32]
    durations_ms: NDArray[np.int32] | None = None
    states: NDArray[np.int8] | None = None
    deck_ids: NDArray[np.int64] | None = None
    preset_ids: NDArray[np.int64] | None = None
    note_ids: NDArray[np.int64] | None = None
    day_rule: DayRuleLike = field(default_factory=GivenDays)
    funnel: Funnel = field(default_factory=lambda: Funnel(0))
    source: str = "arrays"
    timed: bool = True
    scoring: Scoring = "days"
    _seconds: NDArray[np.float64] | None = None
    _time_rank: NDArray[np.int64] | None = None
    # not an argument, so that a log made from this one with `dataclasses.replace` starts with nothing derived
    _derived: dict[Any, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        freeze_arrays(self)

    # ------------------------------------------------------------------ constructors
    @classmethod
    def from_arrays(
        cls,
        *,
        card_id: ArrayLike,
        rating: ArrayLike,
        review_time_ms: ArrayLike | None = None,
        elapsed_days: ArrayLike | None = None,
        elapsed_seconds: ArrayLike | None = None,
        time_rank: ArrayLike | None = None,
        day_offset: ArrayLike | None = None,
        review_id: ArrayLike | None = None,
        duration_ms: ArrayLike | None = None,
        state: ArrayLike | None = None,
        deck_id: ArrayLike | None = None,
        preset_id: ArrayLike | None = None,
        note_id: ArrayLike | None = None,
        day_rule: DayRuleLike | None = None,
        funnel: Funnel | None = None,
        source: str = "arrays",
    ) -> ReviewLog:
        """A log from plain columns, one entry a review, each of shape (n,).

        With review times, elapsed days follow from the day rule (default: 04:00 UTC) unless they are given.
        Without, they must be given (or ``day_offset``), rows of a card come in the order of ``time_rank`` or
        of the input, and review times are made up: cumulative elapsed time from the day of the card's first
        review. Rows already sorted by card, then time, are not sorted again.

        Args:
            card_id: Whole numbers or strings.
            rating: 1 to 4.
            review_time_ms: Unix epoch in milliseconds.
            elapsed_days: Days since the card's previous review; anything at the first. With fractions, the
                whole part is `elapsed_days` and the exact time `elapsed_seconds`.
            elapsed_seconds: Exact seconds since the card's previous review, where no review time is known.
            time_rank: Integers that order the reviews in time, where no review time is known.
            day_offset: Day of the review on the source's own count, where no review time is known.
            review_id: Ids in the source; default: row numbers from 1.
            duration_ms: Time spent on the card; NaN or negative is missing.
            state: Type of review in the source; NaN or negative is missing.
            deck_id: Deck of the review's card.
            preset_id: Preset of the review's card.
            note_id: Note of the review's card.
            day_rule: When a day begins.
            funnel: What the reader dropped and guessed.
            source: Where the reviews came from.

        Raises:
            UsageError: Columns of different lengths, or neither times nor elapsed days.
            InvalidColumns: A value that cannot be used, with its row.

        Example:
            >>> log = ReviewLog.from_arrays(card_id=[7, 5, 7], rating=[3, 1, 4], elapsed_days=[0, 0, 2.5])
            >>> log.card_ids.tolist(), log.elapsed_days.tolist(), log.elapsed("fractional days").tolist()
            ([5, 7], [0, 0, 2], [0.0, 0.0, 2.5])
        """
        from repetita.reviews.assembly import Columns, assemble

        columns = Columns(
            card_id=card_id,
            rating=rating,
            review_time_ms=review_time_ms,
            elapsed_days=elapsed_days,
            elapsed_seconds=elapsed_seconds,
            time_rank=time_rank,
            day_offset=day_offset,
            review_id=review_id,
            duration_ms=duration_ms,
            state=state,
            deck_id=deck_id,
            preset_id=preset_id,
            note_id=note_id,
        )
        return assemble(columns, day_rule=day_rule, funnel=funnel, source=source)

    @classmethod
    def from_histories(cls, histories: Sequence[Sequence[tuple[float, int]]]) -> ReviewLog:
        """A log from one list of ``(elapsed_days, rating)`` pairs a card; cards are numbered from 1.

        Raises:
            UsageError: Not such lists, with the place of the first problem.

        Example:
            >>> ReviewLog.from_histories([[(0, 3), (1.5, 4)]]).elapsed_seconds.tolist()
            [0.0, 129600.0]
        """
        from repetita.reviews.assembly import columns_of_histories

        return cls.from_arrays(**columns_of_histories(histories), source="histories")

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        columns: Mapping[str, str] | None = None,
        time_unit: str = "auto",
        day_rule: DayRuleLike | None = None,
        **options: Any,
    ) -> ReviewLog:
        """A log from a polars or pandas frame, with the rules of `read_reviews`.

        Args:
            frame: One row a review; see `read_reviews` for the names of columns.
            columns: Our names to the frame's names, where they cannot be recognised.
            time_unit: "auto", "s", "ms", "us" or "iso".
            day_rule: When a day begins; default 04:00 UTC, noted as a guess.
            **options: Further options of `read_reviews`.

        Example:
            >>> import polars as pl
            >>> frame = pl.DataFrame({"cid": [1, 1], "ease": [3, 1], "timestamp": [1711744352, 1712003552]})
            >>> ReviewLog.from_frame(frame).elapsed_days.tolist()
            [0, 3]
        """
        from repetita.reviews.read import read_reviews

        return read_reviews(frame, columns=columns, time_unit=time_unit, day_rule=day_rule, **options)

    # ------------------------------------------------------------------ columns computed once
    def __len__(self) -> int:
        return len(self.ratings)

    @property
    def cards(self) -> int:
        """Number of cards."""
        return len(self.card_ids)

    @cached_property
    def first(self) -> NDArray[np.bool_]:
        """Shape (n,): the first review of its card."""
        first = np.zeros(len(self), dtype=np.bool_)
        first[self.offsets[:-1]] = True
        return read_only(first)

    @cached_property
    def later_day(self) -> NDArray[np.bool_]:
        """Shape (n,): not first and at least one day after the previous review."""
        return read_only((self.elapsed_days > 0) & ~self.first)

    @cached_property
    def scored(self) -> NDArray[np.bool_]:
        """Shape (n,): what predictions are judged by; `later_day`, unless `scored_by` says otherwise."""
        if self.scoring == "days":
            return self.later_day
        return read_only((self.elapsed_seconds > 0.0) & ~self.first)

    @cached_property
    def card_index(self) -> NDArray[np.int32]:
        """Shape (n,): number of the review's card, from 0."""
        index = np.repeat(np.arange(self.cards, dtype=np.int32), np.diff(self.offsets))
        return read_only(index)

    @cached_property
    def time_order(self) -> NDArray[np.int64]:
        """Shape (n,): row numbers in order of review time over all cards; ties in the order of the source."""
        if self._time_rank is None and "time_rank" not in self.__dict__:
            return read_only(stable_order(self.review_times_ms))
        return read_only(inverse_order(self.time_rank))

    @cached_property
    def time_rank(self) -> NDArray[np.int64]:
        """Shape (n,): place of each row in `time_order`, from 0."""
        if self._time_rank is not None:
            return self._time_rank
        return read_only(stable_places(self.review_times_ms))

    @cached_property
    def elapsed_seconds(self) -> NDArray[np.float64]:
        """Shape (n,): exact seconds since the card's previous review, 0 at its first."""
        if self._seconds is not None:
            return self._seconds
        seconds = np.diff(self.review_times_ms, prepend=0) / 1000.0
        seconds[self.first] = 0.0
        return read_only(seconds)

    @cached_property
    def review_index(self) -> NDArray[np.int32]:
        """Shape (n,): 1 + reviews of the card up to this one that came a day or more after the previous.

        At a scored review this is the ``i`` of RMSE(bins); 2 is the first long-term review. Scored by
        seconds, all reviews count.
        """
        return read_only(1 + self._running_count(self.later_day if self.scoring == "days" else ~self.first))

    @cached_property
    def lapses(self) -> NDArray[np.int32]:
        """Shape (n,): earlier Agains of the card that came a day or more after the review before them.

        Scored by seconds, all Agains count, the first review's too, as in the public benchmark.
        """
        lapsed = self.ratings == 1
        if self.scoring == "days":
            lapsed = self.later_day & lapsed
        return read_only(self._running_count(lapsed) - lapsed)

    @cached_property
    def first_ratings(self) -> NDArray[np.int8]:
        """Shape (n,): rating of the first review of the card."""
        return read_only(np.repeat(self.ratings[self.offsets[:-1]], np.diff(self.offsets)))

    @property
    def span_days(self) -> float:
        """Days from the first to the last review; 0 for an empty log."""
        if not len(self):
            return 0.0
        return float(self.review_times_ms.max() - self.review_times_ms.min()) / MS_A_DAY

    def elapsed(self, unit: str) -> NDArray[np.float64]:
        """Time since the previous review in the unit of a model, shape (n,), 0 at first reviews.

        Args:
            unit: "days" for whole days by the day rule, "fractional days" for exact time.

        Raises:
            UnknownName: Another unit.
        """
        if counts_whole_days(unit):
            return self.elapsed_days.astype(np.float64)
        return np.asarray(exact_days(self.elapsed_seconds), dtype=np.float64)

    def derived(self, compute: Callable[[ReviewLog, *Arguments], Derived], *arguments: *Arguments) -> Derived:
        """What a function makes of this log: computed at the first call, and kept for as long as the log is.

        Args:
            compute: A function of the log and the arguments that always makes the same of them.
            *arguments: Hashable values.

        Example:
            >>> log = ReviewLog.from_histories([[(0, 3), (2, 3)]])
            >>> def passes(log):
            ...     return log.ratings > 1
            >>> log.derived(passes) is log.derived(passes)
            True
        """
        key = (compute, *arguments)
        if key not in self._derived:
            # of two threads that compute the same, both get what was there first
            self._derived.setdefault(key, compute(self, *arguments))
        kept: Derived = self._derived[key]
        return kept

    def _running_count(self, counted: NDArray[np.bool_]) -> NDArray[np.int32]:
        total = np.cumsum(counted, dtype=np.int32)
        before = np.concatenate((np.zeros(1, dtype=np.int32), total))[self.offsets[:-1]]
        total -= np.repeat(before, np.diff(self.offsets))
        return total

    # ------------------------------------------------------------------ parts of a log
    def take(self, mask: ArrayLike) -> ReviewLog:
        """The log of some rows. Elapsed times bridge the rows left out; cards without rows vanish.

        Args:
            mask: Shape (n,), booleans.

        Raises:
            UsageError: Another shape or type.

        Example:
            >>> log = ReviewLog.from_histories([[(0, 3), (2, 1), (5, 3)]])
            >>> log.take([True, False, True]).elapsed_days.tolist()
            [0, 7]
        """
        from repetita.reviews.selection import take

        return take(self, mask)

    def take_cards(self, cards: ArrayLike) -> ReviewLog:
        """The log of some cards, in the order they have here.

        Args:
            cards: Shape (cards,) booleans, or card numbers from 0 in any order.

        Raises:
            UsageError: Another shape, or a number that no card has.

        Example:
            >>> log = ReviewLog.from_histories([[(0, 3)], [(0, 1), (1, 3)]])
            >>> log.take_cards([1]).card_ids.tolist()
            [2]
        """
        from repetita.reviews.selection import take_cards

        return take_cards(self, cards)

    def scored_by(self, scoring: Scoring) -> ReviewLog:
        """The log with other reviews scored, by the public benchmark's rules.

        Args:
            scoring: "days": reviews a day or more after the one before. "seconds": every review after the
                first that is not in the same moment, same-day ones too (the benchmark's ``--secs``).

        Raises:
            UnknownName: Another word.

        Example:
            >>> log = ReviewLog.from_histories([[(0, 3), (0.02, 3), (3, 3)]])
            >>> log.scored.tolist(), log.scored_by("seconds").scored.tolist()
            ([False, False, True], [False, True, True])
        """
        chosen = checked_scoring(scoring)
        return self if chosen == self.scoring else replace(self, scoring=chosen)

    def two_buttons(self) -> ReviewLog:
        """The log with Hard and Easy counted as Good, as if there had been two buttons.

        Example:
            >>> ReviewLog.from_histories([[(0, 4), (2, 2), (5, 1)]]).two_buttons().ratings.tolist()
            [3, 3, 1]
        """
        ratings = np.where(self.ratings == 1, self.ratings, np.int8(3))
        return replace(self, ratings=ratings)

    # ------------------------------------------------------------------ for people and programs
    @property
    def frame(self) -> pl.DataFrame:
        """The log as a polars frame in the log's row order, with the ecosystem's column names.

        A log without review times has ``day_offset`` and ``review_th`` (1-based rank in time) instead.
        """
        from repetita.reviews.tables import frame_of

        return frame_of(self)

    def why(self, review_id: int) -> str:
        """One sentence: why a review is in the log or which rule dropped it.

        Args:
            review_id: The id in the source, or the row number where it has none.

        Example:
            >>> ReviewLog.from_histories([[(0, 3), (2, 1)]]).why(2)
            'review 2 is kept: card 1, Again, 2 days after the previous review, scored'
        """
        from repetita.reviews.explain import explain

        return explain(self, review_id)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe summary: counts, span, retention, ratings, day rule, funnel."""
        from repetita.reviews.explain import summary

        return summary(self)

    def __repr__(self) -> str:
        scored = int(np.count_nonzero(self.scored))
        counts = f"{counted(len(self), 'review')} of {counted(self.cards, 'card')}"
        return f"ReviewLog({counts}, {scored:,} scored, from {self.source})"

    def _repr_html_(self) -> str:
        from repetita.reviews.explain import html

        return html(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ReviewLog):
            return NotImplemented
        return all(_same(getattr(self, name), getattr(other, name)) for name in COMPARED)

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, Any]:
        kept = {column.name: getattr(self, column.name) for column in fields(self)}
        return {**kept, "_derived": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)
        freeze_arrays(self)


def require_log(log: object, what: str) -> None:
    """Nothing, if it is a log: for functions that take one and might be given the path of one.

    Args:
        log: What was given.
        what: What takes it, for the message.

    Raises:
        UsageError: Something else.

    Example:
        >>> require_log("reviews.csv", "fit")
        Traceback (most recent call last):
        ...
        repetita.errors.UsageError: fit takes a ReviewLog, got str (read_reviews makes one of a file)
    """
    if not isinstance(log, ReviewLog):
        raise UsageError(
            f"{what} takes a ReviewLog, got {type(log).__name__}",
            hint="read_reviews makes one of a file",
        )


def _same(a: NDArray[Any] | None, b: NDArray[Any] | None) -> bool:
    if a is None or b is None:
        return a is b
    return a.dtype == b.dtype and bool(np.array_equal(a, b))
