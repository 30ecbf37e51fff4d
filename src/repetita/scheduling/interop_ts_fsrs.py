"""Cards and answers of ts-fsrs, read from its JSON and written as it.

A card of ts-fsrs has no id and does not say which model its stability and difficulty belong to: both are
given here. Ids of notes and decks, a desired retention of its own and leeches are lost when it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from repetita.ratings import Rating
from repetita.scheduling.card import Card, CardId, State
from repetita.scheduling.entry import ReviewLogEntry
from repetita.scheduling.interop_fields import EPOCH, Fields, require_two_numbers, two_numbers

__all__ = ["answers_from_ts_fsrs", "card_from_ts_fsrs", "card_to_ts_fsrs", "entry_to_ts_fsrs"]


def card_from_ts_fsrs(data: Mapping[str, Any], *, card_id: CardId, model: str = "fsrs6") -> Card:
    """The card of a ``Card`` of ts-fsrs as JSON.

    Args:
        data: The parsed object; times in ISO 8601 or milliseconds.
        card_id: The card's id in your app.
        model: Whose stability and difficulty they are.

    Raises:
        CorruptInput: Not such a card.
        UsageError: A model whose state is something else.

    Example:
        >>> card_from_ts_fsrs({
        ...     "due": "2026-12-08T09:30:00.000Z", "stability": 10, "difficulty": 5, "scheduled_days": 10,
        ...     "learning_steps": 0, "reps": 3, "lapses": 0, "state": 2,
        ...     "last_review": "2026-11-28T09:30:00.000Z",
        ... }, card_id="casa").memory
        (10.0, 5.0)
    """
    require_two_numbers(model)
    fields = Fields(data, "a card of ts-fsrs", "state", "stability", "difficulty", "due")
    state = State(fields.whole("state", high=3))
    counts = {name: fields.whole(name) for name in ("reps", "lapses")}
    due = fields.needed("due")
    if state is State.NEW:
        return fields.card(card_id=card_id, due=due, **counts)
    return fields.card(
        card_id=card_id,
        state=state,
        step=None if state is State.REVIEW else fields.whole("learning_steps"),
        model=model,
        memory=(fields.number("stability"), fields.number("difficulty")),
        due=due,
        last_review=fields.needed("last_review"),
        scheduled_days=fields.whole("scheduled_days"),
        **counts,
    )


def card_to_ts_fsrs(card: Card) -> dict[str, Any]:
    """A card as the JSON of a ``Card`` of ts-fsrs; times in ISO 8601.

    Args:
        card: New, or of a model of stability and difficulty.

    Raises:
        UsageError: A card of another model.

    Example:
        >>> written = card_to_ts_fsrs(Card(card_id=5, reps=2))
        >>> written["state"], written["reps"], card_from_ts_fsrs(written, card_id=5).reps
        (0, 2, 2)
    """
    stability, difficulty = two_numbers(card)
    written = {
        "due": (card.due or EPOCH).isoformat(),
        "stability": stability or 0.0,
        "difficulty": difficulty or 0.0,
        "elapsed_days": 0,  # no longer used there
        "scheduled_days": card.scheduled_days,
        "learning_steps": card.step or 0,
        "reps": card.reps,
        "lapses": card.lapses,
        "state": int(card.state),
    }
    if card.last_review is not None:
        written["last_review"] = card.last_review.isoformat()
    return written


def entry_to_ts_fsrs(entry: ReviewLogEntry) -> dict[str, Any]:
    """An answer as the JSON of a ``ReviewLog`` of ts-fsrs; a forgotten card has the rating 0, Manual.

    Raises:
        UsageError: A card of a model of other numbers than stability and difficulty.
    """
    before = entry.before
    stability, difficulty = two_numbers(before)
    return {
        "rating": 0 if entry.rating is None else int(entry.rating),
        "state": int(before.state),
        "due": (before.due or entry.review_time).isoformat(),
        "stability": stability or 0.0,
        "difficulty": difficulty or 0.0,
        "elapsed_days": int(entry.elapsed_days),
        "last_elapsed_days": 0,  # no longer used there
        "scheduled_days": before.scheduled_days,
        "learning_steps": before.step or 0,
        "review": entry.review_time.isoformat(),
    }


def answers_from_ts_fsrs(logs: Iterable[Mapping[str, Any]]) -> list[tuple[Rating | None, datetime]]:
    """Answers to one card in the order of time, of its ``ReviewLog`` objects of ts-fsrs.

    A manual entry, which ts-fsrs writes when a card is forgotten, has no rating. `Scheduler.reschedule` takes
    the list.

    Raises:
        CorruptInput: Not such logs.

    Example:
        >>> answers_from_ts_fsrs([{"rating": 3, "review": "2026-11-28T09:30:00.000Z"}])[0][0]
        <Rating.GOOD: 3>
    """
    answers: list[tuple[Rating | None, datetime]] = []
    for number, log in enumerate(logs, start=1):
        fields = Fields(log, f"review log {number} of ts-fsrs", "rating", "review")
        rating = fields.whole("rating", high=4)
        answers.append((Rating(rating) if rating else None, fields.needed("review")))
    return sorted(answers, key=lambda answer: answer[1])
