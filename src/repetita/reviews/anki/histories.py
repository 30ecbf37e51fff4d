"""Where the history of each card begins in the log, by Anki's rules, for all cards at once.

Names, after the columns of the log: a row is *graded* when a button was pressed; *cramming* when it comes
from a filtered deck that does not reschedule (type 3, factor 0); a *reset* when the card was forgotten by
hand (type 4, factor 0); *learning* when graded with type 0; *interday* when the interval given is a day or
more.

Anki walks from a card's newest row to older ones, skipping cramming rows. Learning rows move the start back;
a reset ends the walk, and so does any other row before a learning row, since versions that wrote no reset row
are recognized by a review that is followed by learning. Hence the start is the first row of the last unbroken
run of learning rows, if no reset came after it; a card without one may still begin, for its memory state, at
its first graded interday row after the last reset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from repetita.reviews.anki.contents import AnkiRevlog
from repetita.reviews.ordering import stable_order
from repetita.scheduling.day_rule import SECONDS_A_DAY

__all__ = ["CardRows", "HistoryStarts", "MemoryRows", "card_rows", "history_starts", "memory_rows"]

LEARNING, FILTERED, MANUAL = 0, 3, 4
NONE = -1

Scalar = TypeVar("Scalar", bound=np.generic)
Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class CardRows:
    """Rows of the log in order of card, then time.

    Attributes:
        rows: Shape (n,), row numbers of the log.
        card_ids: Shape (cards,), increasing.
        offsets: Shape (cards + 1,): card ``i`` has places ``offsets[i]`` to ``offsets[i + 1] - 1``.
        times_ms: Shape (n,), row ids.
        graded: Shape (n,).
        cramming: Shape (n,).
        learning: Shape (n,).
        reset: Shape (n,).
        interday: Shape (n,).
    """

    rows: Integers
    card_ids: Integers
    offsets: Integers
    times_ms: Integers
    graded: Flags
    cramming: Flags
    learning: Flags
    reset: Flags
    interday: Flags

    @property
    def counting(self) -> Flags:
        """Shape (n,): answers that count for memory."""
        return self.graded & ~self.cramming

    def spread(self, of_cards: NDArray[Scalar]) -> NDArray[Scalar]:
        """A value a card as a value a row."""
        return np.repeat(of_cards, np.diff(self.offsets))


@dataclass(frozen=True, slots=True, eq=False)
class HistoryStarts:
    """Places in `CardRows`, each of shape (cards,), -1 where there is none.

    Attributes:
        learning: First row of the last run of learning rows, if no reset came after it.
        reset: Last reset.
        graded: First graded interday row after the last reset and after the cut.
    """

    learning: Integers
    reset: Integers
    graded: Integers


def card_rows(revlog: AnkiRevlog, chosen: Flags | None = None) -> CardRows:
    """The rows of a log card by card.

    Args:
        revlog: The log, in order of time.
        chosen: Shape (n,): rows to look at; the others are treated as if they did not exist.
    """
    rows = np.arange(len(revlog)) if chosen is None else np.flatnonzero(chosen)
    rows = rows[stable_order(revlog.card_id[rows])]
    card_of_row = revlog.card_id[rows]
    starts = np.flatnonzero(np.diff(card_of_row, prepend=card_of_row[:1] - 1))
    kind, factor, interval = revlog.type[rows], revlog.factor[rows], revlog.interval[rows]
    graded = revlog.ease[rows] >= 1
    return CardRows(
        rows=rows,
        card_ids=card_of_row[starts],
        offsets=np.append(starts, len(rows)),
        times_ms=revlog.id[rows],
        graded=graded,
        cramming=(kind == FILTERED) & (factor == 0),
        learning=graded & (kind == LEARNING),
        reset=(kind == MANUAL) & (factor == 0),
        interday=(interval >= 1) | (interval <= -SECONDS_A_DAY),
    )


def history_starts(cards: CardRows, cut_ms: Integers) -> HistoryStarts:
    """Where the history of each card begins.

    Args:
        cards: The rows.
        cut_ms: Shape (cards,): only rows later than this may begin an incomplete history.
    """
    reset = _last(cards, cards.reset)
    learning = _last(cards, _run_starts(cards))
    learning = np.where(learning > reset, learning, NONE)
    # a reset with a button, which Anki does not write, would count for both
    after_reset = np.arange(len(cards.rows)) >= cards.spread(reset)
    after_cut = cards.times_ms > cards.spread(cut_ms)
    graded = _first(cards, cards.counting & cards.interday & after_cut & after_reset)
    return HistoryStarts(learning, reset, graded)


def _run_starts(cards: CardRows) -> Flags:
    """Learning rows whose row before, cramming rows aside, is of another kind or another card."""
    seen = np.flatnonzero(~cards.cramming)
    learning = cards.learning[seen]
    card = cards.spread(np.arange(len(cards.card_ids)))[seen]
    continues = np.zeros(len(seen), dtype=np.bool_)
    continues[1:] = learning[:-1] & (card[1:] == card[:-1])
    starts = np.zeros(len(cards.rows), dtype=np.bool_)
    starts[seen[learning & ~continues]] = True
    return starts


def _last(cards: CardRows, flags: Flags) -> Integers:
    if not len(cards.card_ids):
        return np.empty(0, dtype=np.int64)
    places = np.where(flags, np.arange(len(flags)), NONE)
    last: Integers = np.maximum.reduceat(places, cards.offsets[:-1])
    return last


def _first(cards: CardRows, flags: Flags) -> Integers:
    if not len(cards.card_ids):
        return np.empty(0, dtype=np.int64)
    beyond = len(flags)
    places = np.where(flags, np.arange(beyond), beyond)
    first = np.minimum.reduceat(places, cards.offsets[:-1])
    return np.where(first < beyond, first, NONE)


@dataclass(frozen=True, slots=True, eq=False)
class MemoryRows:
    """The answers from which the memory state of each card follows.

    Attributes:
        card_ids: Shape (cards,), cards that have any, increasing.
        offsets: Shape (cards + 1,).
        rows: Shape (n,), row numbers of the log, card by card in order of time.
        complete: Shape (cards,): whether the history begins with the learning start. Where not, the first row
            only tells where the card stood.
    """

    card_ids: Integers
    offsets: Integers
    rows: Integers
    complete: Flags


def memory_rows(cards: CardRows, cut_ms: Integers) -> MemoryRows:
    """The rows that Anki runs its model over to find the state of each card.

    Args:
        cards: The rows.
        cut_ms: Shape (cards,): what lies before this instant is not trusted. A history that begins before it
            is taken up at the first graded interday row after it.
    """
    starts = history_starts(cards, cut_ms)
    learned_ms = np.append(cards.times_ms, 0)[starts.learning]  # place -1 reads the zero
    # a card whose only row so far is the learning start keeps it
    too_old = (learned_ms < cut_ms) & (starts.learning < cards.offsets[1:] - 1)
    complete = (starts.learning >= 0) & ~too_old
    start = np.where(complete, starts.learning, starts.graded)
    begun = cards.spread(start)
    kept = cards.counting & (begun >= 0) & (np.arange(len(cards.rows)) >= begun)
    with_any = start >= 0
    ends = np.concatenate(([0], np.cumsum(kept)))[cards.offsets[1:][with_any]]
    return MemoryRows(
        card_ids=cards.card_ids[with_any],
        offsets=np.concatenate((np.zeros(1, dtype=np.int64), ends)),
        rows=cards.rows[kept],
        complete=complete[with_any],
    )
