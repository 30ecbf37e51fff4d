"""Cards, answers and schedulers of py-fsrs, read from its JSON and written as it.

A card of py-fsrs holds neither answers nor lapses nor its interval: read from there, they are 0 and the days
from its last answer to its due time. Written there they are lost, and so are ids of notes and decks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from repetita.errors import UsageError
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as model_of
from repetita.ratings import Rating
from repetita.scheduling.card import Card, CardId, State
from repetita.scheduling.entry import ReviewLogEntry
from repetita.scheduling.interop_fields import EPOCH, Fields, require_two_numbers, two_numbers
from repetita.scheduling.scheduler import Scheduler

__all__ = [
    "answers_from_py_fsrs",
    "card_from_py_fsrs",
    "card_to_py_fsrs",
    "entry_to_py_fsrs",
    "scheduler_from_py_fsrs",
    "scheduler_to_py_fsrs",
]


def card_from_py_fsrs(data: Mapping[str, Any], *, model: str = "fsrs6") -> Card:
    """The card of a ``Card.to_dict()`` of py-fsrs.

    Args:
        data: The dictionary, or parsed JSON.
        model: Whose stability and difficulty they are.

    Raises:
        CorruptInput: Not such a card.
        UsageError: A model whose state is something else.

    Example:
        >>> card = card_from_py_fsrs({
        ...     "card_id": 5, "state": 2, "step": None, "stability": 10.0, "difficulty": 5.0,
        ...     "due": "2026-12-08T09:30:00+00:00", "last_review": "2026-11-28T09:30:00+00:00",
        ... })
        >>> card.state.name, card.scheduled_days, card.memory
        ('REVIEW', 10, (10.0, 5.0))
    """
    require_two_numbers(model)
    fields = Fields(data, "a card of py-fsrs", "card_id", "state")
    due, last = fields.instant("due"), fields.instant("last_review")
    stability, difficulty = fields.number("stability"), fields.number("difficulty")
    state = State(fields.whole("state", low=1, high=3))
    if last is None or stability is None or difficulty is None:
        return fields.card(card_id=fields.card_id("card_id"), due=due)
    return fields.card(
        card_id=fields.card_id("card_id"),
        state=state,
        step=None if state is State.REVIEW else fields.whole("step"),
        model=model,
        memory=(stability, difficulty),
        due=due or last,
        last_review=last,
        scheduled_days=max((due - last).days, 0) if due and state is State.REVIEW else 0,
    )


def card_to_py_fsrs(card: Card) -> dict[str, Any]:
    """A card as the dictionary that ``Card.from_dict`` of py-fsrs reads.

    Args:
        card: New, or of a model of stability and difficulty. Its id must be a number.

    Raises:
        UsageError: Another card.

    Example:
        >>> written = card_to_py_fsrs(Card(card_id=5))
        >>> written["state"], written["step"], card_from_py_fsrs(written).state
        (1, 0, <State.NEW: 0>)
    """
    stability, difficulty = two_numbers(card)
    new = card.state is State.NEW
    return {
        "card_id": _number(card.card_id),
        "state": int(State.LEARNING if new else card.state),
        "step": 0 if new else card.step,
        "stability": stability,
        "difficulty": difficulty,
        "due": (card.due or EPOCH).isoformat(),
        "last_review": None if card.last_review is None else card.last_review.isoformat(),
    }


def entry_to_py_fsrs(entry: ReviewLogEntry) -> dict[str, Any]:
    """An answer as the dictionary that ``ReviewLog.from_dict`` of py-fsrs reads.

    Raises:
        UsageError: The card was forgotten, for which py-fsrs has no entry, or its id is no number.
    """
    if entry.rating is None:
        raise UsageError("py-fsrs has no log entry for a card that was forgotten", hint="leave it out")
    return {
        "card_id": _number(entry.card_id),
        "rating": int(entry.rating),
        "review_datetime": entry.review_time.isoformat(),
        "review_duration": entry.duration_ms,
    }


def answers_from_py_fsrs(logs: Iterable[Mapping[str, Any]]) -> dict[CardId, list[tuple[Rating, datetime]]]:
    """Answers by card, in the order of time, of ``ReviewLog.to_dict()`` of py-fsrs.

    `Scheduler.reschedule` takes the answers of a card.

    Raises:
        CorruptInput: Not such logs.

    Example:
        >>> log = {"card_id": 5, "rating": 3, "review_datetime": "2026-11-28T09:30:00+00:00"}
        >>> answers_from_py_fsrs([log])[5][0][0]
        <Rating.GOOD: 3>
    """
    answers: dict[CardId, list[tuple[Rating, datetime]]] = {}
    for number, log in enumerate(logs, start=1):
        fields = Fields(log, f"review log {number} of py-fsrs", "card_id", "rating", "review_datetime")
        rating = Rating(fields.whole("rating", low=1, high=4))
        answers.setdefault(fields.card_id("card_id"), []).append((rating, fields.needed("review_datetime")))
    for one in answers.values():
        one.sort(key=lambda answer: answer[1])
    return answers


def scheduler_from_py_fsrs(data: Mapping[str, Any], **options: Any) -> Scheduler:
    """The scheduler of a ``Scheduler.to_dict()`` of py-fsrs.

    Cards fall due to the second and buttons are not kept in order, as there; the fuzz is ours, which keeps to
    the documented range. Days are days of the day rule, where py-fsrs counts blocks of 24 hours.

    Args:
        data: The dictionary, or parsed JSON.
        **options: Of `Scheduler`, in place of what the dictionary says.

    Raises:
        CorruptInput: Not such a scheduler.
        UsageError: Options out of range.
        InvalidParameters: Parameters that are none of FSRS-6.
    """
    fields = Fields(data, "a scheduler of py-fsrs", "parameters")
    retention = fields.number("desired_retention")
    given = {
        "desired_retention": 0.9 if retention is None else retention,
        "learning_steps": _steps(data.get("learning_steps", (60, 600))),
        "relearning_steps": _steps(data.get("relearning_steps", (600,))),
        "maximum_interval": fields.whole("maximum_interval", default=36500, low=1),
        "fuzz": "repetita" if data.get("enable_fuzzing", True) else None,
        "ordered": False,
        "short_term": "never",
        "due_at": "answer time",
    }
    return Scheduler(model_of("fsrs6", data["parameters"]), **{**given, **options})


def scheduler_to_py_fsrs(scheduler: Scheduler) -> dict[str, Any]:
    """A scheduler as the dictionary that ``Scheduler.from_dict`` of py-fsrs reads.

    Raises:
        UsageError: A scheduler of another model than FSRS-6, which is the only one there.
    """
    model: MemoryModel = scheduler.model
    if model.name != "fsrs6":
        raise UsageError(f"py-fsrs has FSRS-6 only, this scheduler is of {model.name}")
    return {
        "parameters": list(model.parameters),
        "desired_retention": scheduler.desired_retention,
        "learning_steps": [int(step.total_seconds()) for step in scheduler.learning_steps],
        "relearning_steps": [int(step.total_seconds()) for step in scheduler.relearning_steps],
        "maximum_interval": scheduler.maximum_interval,
        "enable_fuzzing": scheduler.fuzz is not None,
    }


def _steps(seconds: Any) -> list[timedelta]:
    try:
        return [timedelta(seconds=float(step)) for step in seconds]
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"steps are {seconds!r}, expected a list of seconds") from None


def _number(card_id: CardId) -> int:
    if isinstance(card_id, str):
        raise UsageError(f"card id {card_id!r} is a text, py-fsrs knows numbers only")
    return card_id
