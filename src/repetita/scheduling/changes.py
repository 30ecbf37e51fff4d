"""Cards before and after: an answer put on a card, taken back, or the whole card forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from repetita.errors import UsageError
from repetita.ratings import Rating
from repetita.scheduling.card import Card, CardDraft, State
from repetita.scheduling.entry import EntryDraft, ReviewLogEntry

if TYPE_CHECKING:
    from repetita.scheduling.answering import Answering, Outcome

__all__ = ["answered", "forgotten", "logged", "rolled_back"]

AGAIN, REVIEW = Rating.AGAIN, State.REVIEW


def answered(answering: Answering, rating: Rating, outcome: Outcome) -> Card:
    """The card after an answer."""
    scheduler, card, made = answering.scheduler, answering.card, CardDraft()
    made.card_id, made.note_id, made.deck_id = card.card_id, card.note_id, card.deck_id
    _, made.state, made.step, made.due, _, made.scheduled_days = outcome
    made.model, made.memory = scheduler.calls.model, answering.memory(rating)
    made.last_review, made.reps = answering.now, card.reps + 1
    made.desired_retention = card.desired_retention
    made.lapses, made.leech, made.suspended = card.lapses, card.leech, card.suspended
    if rating is AGAIN and card.state is REVIEW:
        made.lapses, leech = answering.lapses(rating)
        made.leech = card.leech or leech
        made.suspended = card.suspended or (leech and scheduler.leech_action == "suspend")
    made.__class__ = Card
    done: Card = made
    return done


def logged(
    answering: Answering, rating: Rating | None, interval_days: float, duration_ms: int | None
) -> ReviewLogEntry:
    """The entry of an answer."""
    entry = EntryDraft()
    entry.review_time, entry.rating, entry.before = answering.now, rating, answering.card
    entry.elapsed_days, entry.interval_days = answering.elapsed_days, interval_days
    entry.duration_ms = duration_ms
    entry.__class__ = ReviewLogEntry
    done: ReviewLogEntry = entry
    return done


def forgotten(card: Card, *, reset_counts: bool) -> Card:
    """The card as a new one; its ids and what the user set stay."""
    fresh: dict[str, Any] = {
        **{"state": State.NEW, "step": None, "model": None, "memory": None},
        **{"due": None, "last_review": None, "scheduled_days": 0, "leech": False},
    }
    if reset_counts:
        fresh |= {"reps": 0, "lapses": 0}
    return replace(card, **fresh)


def rolled_back(card: Card, entry: ReviewLogEntry) -> Card:
    """The card as it was before the answer of an entry.

    Raises:
        UsageError: The entry is not of the card's last answer.
    """
    if not (isinstance(card, Card) and isinstance(entry, ReviewLogEntry)):
        raise UsageError("rollback takes a Card and its ReviewLogEntry", hint="from_dict reads stored ones")
    before = entry.before
    if entry.rating is None:
        last = card.state is State.NEW and card.reps in (0, before.reps)
    else:
        last = card.last_review == entry.review_time and card.reps == before.reps + 1
    if card.card_id != before.card_id or not last:
        raise UsageError(
            f"the entry of card {before.card_id!r} at {_shown(entry.review_time)} is not the last of card "
            f"{card.card_id!r}",
            hint="entries are taken back newest first",
        )
    return replace(
        before, note_id=card.note_id, deck_id=card.deck_id, desired_retention=card.desired_retention
    )


def _shown(instant: datetime) -> str:
    return instant.isoformat(sep=" ", timespec="seconds")
