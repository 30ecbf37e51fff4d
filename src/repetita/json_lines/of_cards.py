"""Operations on cards. Each takes a request and the schedulers, and gives the body of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from repetita.errors import UsageError
from repetita.json_lines.fields import DEFAULT, Schedulers, instant, scheduler_from
from repetita.json_lines.formats import FORMATS, answered, card_of, format_of, history_of, written_card
from repetita.scheduling import Card, ReviewLogEntry

Request = Mapping[str, Any]
Body = dict[str, Any]


def describe(request: Request, schedulers: Schedulers) -> Body:
    """What can be asked for."""
    from repetita import __version__
    from repetita.equations import model_names
    from repetita.json_lines.operations import OPERATIONS

    operations = {
        name: {"summary": known.summary, "required": known.required, "optional": known.optional}
        for name, known in OPERATIONS.items()
    }
    return {
        "program": "repetita",
        "version": __version__,
        "operations": operations,
        "models": model_names(),
        "formats": FORMATS,
    }


def scheduler(request: Request, schedulers: Schedulers) -> Body:
    """Keeps a scheduler under a name."""
    made = scheduler_from(request["scheduler"])
    name = request.get("name", DEFAULT)
    schedulers.keep(name, made)
    return {"name": name, "scheduler": made.to_dict(), "notes": list(made.model.notes)}


def new_card(request: Request, schedulers: Schedulers) -> Body:
    """A new card."""
    ids = {name: request[name] for name in ("card_id", "note_id", "deck_id") if name in request}
    return {"card": written_card(Card(**ids), format_of(request))}


def card_from_sm2(request: Request, schedulers: Schedulers) -> Body:
    """A card with the memory that an interval and an ease stand for."""
    from repetita.scheduling import interop_sm2

    options = {name: request[name] for name in ("card_id", "retention", "reps", "lapses") if name in request}
    made = interop_sm2.card_from_sm2(
        request["interval_days"],
        request["ease"],
        last_review=instant(request["last_review"], "last_review"),
        model=schedulers.of(request).model,
        **options,
    )
    return {"card": written_card(made, format_of(request))}


def review(request: Request, schedulers: Schedulers) -> Body:
    """The card after an answer, and the entry."""
    scheduler = schedulers.of(request)
    card, entry = scheduler.review(
        card_of(request, scheduler),
        request["rating"],
        instant(request["at"]),
        duration_ms=request.get("duration_ms"),
        calendar=_calendar(request),
    )
    return answered(card, entry, request)


def preview(request: Request, schedulers: Schedulers) -> Body:
    """The buttons, by rating."""
    scheduler, form = schedulers.of(request), format_of(request)
    buttons = scheduler.preview(
        card_of(request, scheduler), instant(request["at"]), calendar=_calendar(request)
    )
    return {
        "buttons": {
            str(int(rating)): {**button.to_dict(), "card": written_card(button.card, form)}
            for rating, button in buttons.items()
        }
    }


def retrievability(request: Request, schedulers: Schedulers) -> Body:
    """Probability of recall."""
    scheduler = schedulers.of(request)
    return {"retrievability": scheduler.retrievability(card_of(request, scheduler), instant(request["at"]))}


def reschedule(request: Request, schedulers: Schedulers) -> Body:
    """The card as the scheduler would have it."""
    scheduler, history = schedulers.of(request), request.get("history")
    answers = None if history is None else history_of(history)
    made = scheduler.reschedule(card_of(request, scheduler), answers)
    return {"card": written_card(made, format_of(request))}


def rollback(request: Request, schedulers: Schedulers) -> Body:
    """The card before its last answer."""
    scheduler, entry = schedulers.of(request), ReviewLogEntry.from_dict(request["entry"])
    made = scheduler.rollback(card_of(request, scheduler), entry)
    return {"card": written_card(made, format_of(request))}


def forget(request: Request, schedulers: Schedulers) -> Body:
    """The card as a new one, and the entry."""
    scheduler, reset = schedulers.of(request), request.get("reset_counts", False)
    if not isinstance(reset, bool):
        raise UsageError(f"reset_counts is {reset!r}, expected true or false", where="reset_counts")
    card, entry = scheduler.forget(card_of(request, scheduler), instant(request["at"]), reset_counts=reset)
    return answered(card, entry, request)


def convert(request: Request, schedulers: Schedulers) -> Body:
    """The card in another form."""
    return {"card": written_card(card_of(request, schedulers.of(request)), format_of(request))}


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
