"""Cards as another scheduler would have them: replayed from their history, or with a new interval only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from repetita.errors import UsageError
from repetita.scheduling.card import Card, State
from repetita.scheduling.changes import forgotten
from repetita.scheduling.entry import ReviewLogEntry

if TYPE_CHECKING:
    from repetita.scheduling.scheduler import Scheduler

__all__ = ["replayed", "with_new_interval"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# rating and time of an answer; no rating: the card was forgotten
Answer: TypeAlias = tuple[Any, Any]


def replayed(scheduler: Scheduler, card: Card, history: Any) -> Card:
    """The card after all its answers, given again.

    Args:
        scheduler: Whose rules hold.
        card: Its ids and own retention stay, and that it is suspended.
        history: A review log, entries, or pairs of rating and time.

    Raises:
        UsageError: Not a history, one of another card, or not in the order of time.
    """
    again = forgotten(card, reset_counts=True)
    for number, (rating, at) in enumerate(_answers(card, history), start=1):
        try:
            if rating is None:
                again, _ = scheduler.forget(again, at)
            else:
                again, _ = scheduler.review(again, rating, at)
        except UsageError as error:
            raise UsageError(f"answer {number} of the history: {error.message}", hint=error.hint) from None
    return again


def with_new_interval(scheduler: Scheduler, card: Card) -> Card:
    """The card with the interval that its memory asks for now, counted from its last answer.

    Fuzz falls as it did at that answer. A card that is not in review stays as it is.

    Args:
        scheduler: Whose desired retention and limits hold.
        card: Of the scheduler's model, or new.

    Raises:
        UsageError: A card of another model.
    """
    if not isinstance(card, Card) or card.last_review is None:
        scheduler.answering(card, EPOCH)  # says what is wrong, if anything
        return card
    answering = scheduler.answering(card, card.last_review)
    if card.state is not State.REVIEW or card.memory is None:
        return card
    due, days = answering.rescheduled(card.memory)
    return replace(card, due=due, scheduled_days=days)


def _answers(card: Card, history: Any) -> list[Answer]:
    if hasattr(history, "review_times_ms") and hasattr(history, "offsets"):
        return _rows_of(card, history)
    if not isinstance(history, Iterable):
        raise UsageError(
            f"history is {history!r}, expected a ReviewLog, entries, or pairs of rating and time"
        )
    return [_answer(card, item, number) for number, item in enumerate(history, start=1)]


def _answer(card: Card, item: Any, number: int) -> Answer:
    if isinstance(item, ReviewLogEntry):
        if item.card_id != card.card_id:
            raise UsageError(
                f"answer {number} of the history is of card {item.card_id!r}, not of {card.card_id!r}"
            )
        return item.rating, item.review_time
    if isinstance(item, Sequence) and len(item) == 2:
        return item[0], item[1]
    raise UsageError(f"answer {number} of the history is {item!r}, expected an entry, or rating and time")


def _rows_of(card: Card, log: Any) -> list[Answer]:
    """Ratings and times of a card's rows in a log."""
    if not log.timed:
        raise UsageError(
            "this log has no review times, so nothing can fall due",
            hint="MemoryModel.replay(log) computes memory states without a clock",
        )
    known = log.card_ids.tolist()
    if card.card_id not in known:
        raise UsageError(f"the log has no card {card.card_id!r}", hint="card_id is the id in the log")
    number = known.index(card.card_id)
    rows = slice(int(log.offsets[number]), int(log.offsets[number + 1]))
    times = [EPOCH + timedelta(milliseconds=ms) for ms in log.review_times_ms[rows].tolist()]
    return list(zip(log.ratings[rows].tolist(), times, strict=True))
