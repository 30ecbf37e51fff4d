"""Operations on cards. Each takes a request and the schedulers, and gives the body of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from repetita.errors import UsageError
from repetita.json_lines.fields import DEFAULT, Schedulers, card_of, instant, scheduler_from
from repetita.scheduling import Card, ReviewLogEntry
from repetita.scheduling.entry import described_entry

Request = Mapping[str, Any]
Body = dict[str, Any]


def describe(request: Request, schedulers: Schedulers) -> Body:
    """What can be asked for."""
    from repetita import __version__
    from repetita.equations import MODELS
    from repetita.json_lines.operations import OPERATIONS

    operations = {
        name: {"summary": known.summary, "required": known.required, "optional": known.optional}
        for name, known in OPERATIONS.items()
    }
    return {"program": "repetita", "version": __version__, "operations": operations, "models": MODELS}


def scheduler(request: Request, schedulers: Schedulers) -> Body:
    """Keeps a scheduler under a name."""
    made = scheduler_from(request["scheduler"])
    name = request.get("name", DEFAULT)
    schedulers.keep(name, made)
    return {"name": name, "scheduler": made.to_dict(), "notes": list(made.model.notes)}


def new_card(request: Request, schedulers: Schedulers) -> Body:
    """A new card."""
    ids = {name: request[name] for name in ("card_id", "note_id", "deck_id") if name in request}
    return {"card": Card(**ids).to_dict()}


def review(request: Request, schedulers: Schedulers) -> Body:
    """The card after an answer, and the entry."""
    card, entry = schedulers.of(request).review(
        card_of(request["card"]),
        request["rating"],
        instant(request["at"]),
        duration_ms=request.get("duration_ms"),
        calendar=_calendar(request),
    )
    after, before = card.to_dict(), request["card"]
    # a whole description comes back as it was given: making it again would cost a tenth of the time
    whole = isinstance(before, Mapping) and before.keys() == after.keys()
    return {"card": after, "entry": described_entry(entry, before if whole else entry.before.to_dict())}


def preview(request: Request, schedulers: Schedulers) -> Body:
    """The buttons, by rating."""
    buttons = schedulers.of(request).preview(
        card_of(request["card"]), instant(request["at"]), calendar=_calendar(request)
    )
    return {"buttons": {str(int(rating)): button.to_dict() for rating, button in buttons.items()}}


def retrievability(request: Request, schedulers: Schedulers) -> Body:
    """Probability of recall."""
    scheduler = schedulers.of(request)
    return {"retrievability": scheduler.retrievability(card_of(request["card"]), instant(request["at"]))}


def reschedule(request: Request, schedulers: Schedulers) -> Body:
    """The card as the scheduler would have it."""
    history = request.get("history")
    if history is not None:
        if not isinstance(history, list):
            raise UsageError(
                f"history is {history!r}, expected a list of entries or of pairs of rating and time",
                where="history",
            )
        history = [_answer(item, number) for number, item in enumerate(history, start=1)]
    return {"card": schedulers.of(request).reschedule(card_of(request["card"]), history).to_dict()}


def rollback(request: Request, schedulers: Schedulers) -> Body:
    """The card before its last answer."""
    entry = ReviewLogEntry.from_dict(request["entry"])
    return {"card": schedulers.of(request).rollback(card_of(request["card"]), entry).to_dict()}


def forget(request: Request, schedulers: Schedulers) -> Body:
    """The card as a new one, and the entry."""
    reset = request.get("reset_counts", False)
    if not isinstance(reset, bool):
        raise UsageError(f"reset_counts is {reset!r}, expected true or false", where="reset_counts")
    card, entry = schedulers.of(request).forget(
        card_of(request["card"]), instant(request["at"]), reset_counts=reset
    )
    return {"card": card.to_dict(), "entry": entry.to_dict()}


def _answer(item: Any, number: int) -> Any:
    if isinstance(item, list) and len(item) == 2:
        return item[0], instant(item[1], f"the time of answer {number}")
    if isinstance(item, Mapping):
        return ReviewLogEntry.from_dict(item)
    raise UsageError(
        f"answer {number} of the history is {item!r}, expected an entry, or rating and time", where="history"
    )


def _calendar(request: Request) -> dict[Any, Any] | None:
    """Cards due by day, the days as ISO dates."""
    given = request.get("calendar")
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise UsageError(f"calendar is {given!r}, expected an object of cards due by date", where="calendar")
    from datetime import date

    try:
        return {date.fromisoformat(day): count for day, count in given.items()}
    except ValueError as error:
        raise UsageError(
            f"calendar has a day that is none: {error}", hint="write 2026-11-28", where="calendar"
        ) from None
