"""Running a memory model over the histories of existing cards, whole or taken up in the middle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.equations import declared
from repetita.errors import UsageError
from repetita.memory_model import MemoryModel
from repetita.reviews import ReviewLog, day_numbers
from repetita.reviews.anki.choosing import EARLIEST_MS
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.histories import MemoryRows, card_rows, memory_rows
from repetita.scheduling.day_rule import DayGrid

__all__ = ["Histories", "histories_of", "sm2_state", "states_after"]

# From so many answers on, loading the compiled kernels pays.
COMPILED_FROM = 100_000
DEFAULT_EASE = 2.5
LARGEST_FSRS_EASE = 1.1

Reals: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """The answers that make up the memory of each card, card by card in order of time.

    Attributes:
        card_ids: Shape (cards,), increasing.
        offsets: Shape (cards + 1,).
        complete: Shape (cards,): whether the first row is the start of learning.
        rows: Shape (n,), row numbers of the log.
        ratings: Shape (n,), 1 to 4.
        elapsed_days: Shape (n,), whole days since the row before, 0 at a card's first.
        intervals: Shape (n,), interval given by the answer: days, or seconds where negative.
        factors: Shape (n,), ease in thousandths, or FSRS difficulty where at most 1100.
    """

    card_ids: Integers
    offsets: Integers
    complete: NDArray[np.bool_]
    rows: Integers
    ratings: Integers
    elapsed_days: Integers
    intervals: Integers
    factors: Integers

    def __len__(self) -> int:
        return len(self.card_ids)

    def of_card(self, place: int) -> Histories:
        """The history of one card, by its place."""
        begin, end = int(self.offsets[place]), int(self.offsets[place + 1])
        return Histories(
            card_ids=self.card_ids[place : place + 1],
            offsets=np.array([0, end - begin], dtype=np.int64),
            complete=self.complete[place : place + 1],
            rows=self.rows[begin:end],
            ratings=self.ratings[begin:end],
            elapsed_days=self.elapsed_days[begin:end],
            intervals=self.intervals[begin:end],
            factors=self.factors[begin:end],
        )

    def of_cards(self, wanted: NDArray[np.bool_]) -> Histories:
        """The histories of some cards.

        Args:
            wanted: Shape (cards,).
        """
        lengths = np.diff(self.offsets)
        rows = np.repeat(wanted, lengths)
        return Histories(
            card_ids=self.card_ids[wanted],
            offsets=np.concatenate(([0], np.cumsum(lengths[wanted]))).astype(np.int64),
            complete=self.complete[wanted],
            rows=self.rows[rows],
            ratings=self.ratings[rows],
            elapsed_days=self.elapsed_days[rows],
            intervals=self.intervals[rows],
            factors=self.factors[rows],
        )


def histories_of(
    collection: AnkiCollection,
    *,
    grid: DayGrid,
    latest_ms: int,
    cut_ms: Integers,
    card_id: int | None = None,
) -> Histories:
    """The histories of the cards of a collection, by Anki's rules for memory states.

    Args:
        collection: The collection.
        grid: When days turn over.
        latest_ms: Rows after this instant are left out.
        cut_ms: Shape (cards of the collection,): what lies before this instant is not trusted.
        card_id: Only this card, or None for all.
    """
    revlog, known = collection.revlog, collection.cards.id
    chosen = (revlog.id >= EARLIEST_MS) & (revlog.id <= latest_ms) & (revlog.ease >= 0) & (revlog.ease <= 4)
    chosen &= np.isin(revlog.card_id, known) if card_id is None else revlog.card_id == card_id
    cards = card_rows(revlog, chosen)
    found = memory_rows(cards, cut_ms[np.searchsorted(known, cards.card_ids)])
    days = day_numbers(revlog.id[found.rows], grid)
    elapsed = np.diff(days, prepend=0)
    elapsed[found.offsets[:-1]] = 0
    return _histories(collection, found, elapsed)


def states_after(model: MemoryModel, histories: Histories, historical_retention: float) -> Reals:
    """States after every row of the histories.

    Args:
        model: The memory model.
        histories: What happened.
        historical_retention: Share recalled before the model was in use, in (0, 1): turns the interval and
            ease at which an incomplete history is taken up into a state.

    Returns:
        Shape (n, numbers in a state); NaN for incomplete histories where the model has no such conversion.

    Raises:
        UsageError: The state of the model is the history itself.
    """
    if declared(model.equations).kind == "network":
        raise UsageError(
            f"the state of {model.name}, {len(model.state_names)} numbers without a meaning of their own, "
            "goes into no table",
            hint="MemoryModel.replay takes a log of the collection",
        )
    if declared(model.equations).kind != "recursive":
        raise UsageError(
            f"the state of {model.name} is the whole history of a card: there is no table of its numbers",
            hint="MemoryModel.predict takes a log of the collection",
        )
    states = np.full((len(histories.rows), len(model.state_names)), np.nan)
    by_program = np.ones(len(histories), dtype=np.bool_)
    if len(histories.rows) >= COMPILED_FROM:
        by_program = ~histories.complete
        _run_compiled(model, histories, states)
    for card in np.flatnonzero(by_program).tolist():
        begin, end = int(histories.offsets[card]), int(histories.offsets[card + 1])
        if histories.complete[card]:
            state = model.initial_state(int(histories.ratings[begin]))
        else:
            interval, factor = int(histories.intervals[begin]), int(histories.factors[begin])
            taken_up = sm2_state(model, interval, factor, historical_retention)
            if taken_up is None:
                continue
            state = taken_up
        _run(model, histories, states, state, begin, end)
    return states


def sm2_state(
    model: MemoryModel, interval_days: int, factor: int, historical_retention: float
) -> tuple[float, ...] | None:
    """State of a card known only by its interval and ease, or None where the model has no conversion.

    An ease of 1.1 or less was written by FSRS and means a difficulty: 0.1 is 1, 1.1 is 10.

    Args:
        model: The memory model.
        interval_days: Interval; less than a day counts as a day.
        factor: Ease in thousandths; 0 means 2.5.
        historical_retention: Share recalled at the end of such intervals, in (0, 1).

    Example:
        >>> from repetita import model
        >>> [round(x, 3) for x in sm2_state(model("fsrs6"), 10, 2500, 0.9)]
        [10.0, 6.914]
    """
    if not (hasattr(model.equations, "from_sm2") or hasattr(model.equations, "of_stability")):
        return None
    ease = factor / 1000.0 if factor else DEFAULT_EASE
    state = model.state_from_sm2(float(max(interval_days, 1)), ease, historical_retention)
    if ease > LARGEST_FSRS_EASE:
        return state
    difficulty = min(max((ease - 0.1) * 9.0 + 1.0, 1.0), 10.0)
    names = zip(model.state_names, state, strict=True)
    return tuple(difficulty if name == "difficulty" else value for name, value in names)


def _histories(collection: AnkiCollection, found: MemoryRows, elapsed: Integers) -> Histories:
    revlog = collection.revlog
    return Histories(
        card_ids=found.card_ids,
        offsets=found.offsets,
        complete=found.complete,
        rows=found.rows,
        ratings=revlog.ease[found.rows],
        elapsed_days=elapsed,
        intervals=revlog.interval[found.rows],
        factors=revlog.factor[found.rows],
    )


def _run(
    model: MemoryModel, histories: Histories, states: Reals, state: tuple[float, ...], begin: int, end: int
) -> None:
    """Fill in the states of one card, given the one after its first row."""
    after = model.equations.after
    w, c, o = model.parameters, model.prepared, model.options
    states[begin] = state
    days = histories.elapsed_days[begin + 1 : end].tolist()
    ratings = histories.ratings[begin + 1 : end].tolist()
    for row, (elapsed, rating) in enumerate(zip(days, ratings, strict=True), begin + 1):
        state = after(w, c, o, state, float(elapsed), rating)
        states[row] = state


def _run_compiled(model: MemoryModel, histories: Histories, states: Reals) -> None:
    """Fill in the states of all cards as if their histories were complete."""
    log = ReviewLog.from_arrays(
        card_id=np.repeat(np.arange(len(histories)), np.diff(histories.offsets)),
        rating=histories.ratings,
        elapsed_days=histories.elapsed_days,
    )
    after: Mapping[str, Reals] = model.replay(log).after
    for place, name in enumerate(model.state_names):
        states[:, place] = after[name]
