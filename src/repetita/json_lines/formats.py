"""Cards and entries in the three forms that requests and answers may hold them: ours, py-fsrs, ts-fsrs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from repetita.errors import UsageError, unknown_name
from repetita.json_lines.fields import instant
from repetita.scheduling import Card, ReviewLogEntry, Scheduler
from repetita.scheduling.entry import described_entry

__all__ = ["FORMATS", "OURS", "answered", "card_of", "format_of", "history_of", "written_card"]

Request = Mapping[str, Any]
Body = dict[str, Any]

OURS = "repetita"
FORMATS = (OURS, "py-fsrs", "ts-fsrs")


def format_of(request: Request) -> str:
    """The form that the answer has: as the request says, else the one its card came in.

    Raises:
        UnknownName: No such format.
    """
    asked = request.get("format")
    if asked is None:
        return _found(request.get("card"))
    if asked not in FORMATS:
        raise unknown_name("format", asked, FORMATS)
    return str(asked)


def card_of(request: Request, scheduler: Scheduler) -> Card:
    """The card of a request, whatever its form; null is a new one.

    Args:
        request: For a card of ts-fsrs, which has no id, ``card_id`` is beside it.
        scheduler: Whose model foreign cards belong to.

    Raises:
        RepetitaError: Not a card.
    """
    given = request["card"]
    if given is None:
        return Card(card_id=request["card_id"]) if "card_id" in request else Card()
    found = _found(given)
    if found == "py-fsrs":
        from repetita.scheduling.interop_py_fsrs import card_from_py_fsrs

        return card_from_py_fsrs(given, model=scheduler.model.name)
    if found == "ts-fsrs":
        from repetita.scheduling.interop_ts_fsrs import card_from_ts_fsrs

        return card_from_ts_fsrs(given, card_id=request.get("card_id", 0), model=scheduler.model.name)
    return Card.from_dict(given)


def written_card(card: Card, form: str) -> Body:
    """A card in a form.

    Raises:
        UsageError: The form cannot hold it.
    """
    if form == "py-fsrs":
        from repetita.scheduling.interop_py_fsrs import card_to_py_fsrs

        return card_to_py_fsrs(card)
    if form == "ts-fsrs":
        from repetita.scheduling.interop_ts_fsrs import card_to_ts_fsrs

        return card_to_ts_fsrs(card)
    return card.to_dict()


def answered(card: Card, entry: ReviewLogEntry, request: Request) -> Body:
    """Card and entry in the form that a request wants."""
    form = format_of(request)
    if form == "py-fsrs":
        from repetita.scheduling.interop_py_fsrs import entry_to_py_fsrs

        return {"card": written_card(card, form), "entry": entry_to_py_fsrs(entry)}
    if form == "ts-fsrs":
        from repetita.scheduling.interop_ts_fsrs import entry_to_ts_fsrs

        return {"card": written_card(card, form), "entry": entry_to_ts_fsrs(entry)}
    after, before = card.to_dict(), request["card"]
    # a whole description comes back as it was given: making it again would cost a tenth of the time
    whole = type(before) is dict and before.keys() == after.keys()
    return {"card": after, "entry": described_entry(entry, before if whole else entry.before.to_dict())}


def history_of(given: Any) -> list[Any]:
    """Answers to one card: entries of any form, or pairs of rating and time; a rating of null: forgotten.

    Raises:
        RepetitaError: Not such a list.
    """
    if not isinstance(given, list):
        raise UsageError(
            f"history is {given!r}, expected a list of entries or of pairs of rating and time",
            where="history",
        )
    return [_answer(item, number) for number, item in enumerate(given, start=1)]


def _answer(item: Any, number: int) -> Any:
    if isinstance(item, list) and len(item) == 2:
        return item[0], instant(item[1], f"the time of answer {number}")
    if isinstance(item, Mapping) and "kind" in item:
        return ReviewLogEntry.from_dict(item)
    if isinstance(item, Mapping) and "review_datetime" in item:
        from repetita.scheduling.interop_py_fsrs import answers_from_py_fsrs

        (answers,) = answers_from_py_fsrs([item]).values()
        return answers[0]
    if isinstance(item, Mapping) and "review" in item:
        from repetita.scheduling.interop_ts_fsrs import answers_from_ts_fsrs

        return answers_from_ts_fsrs([item])[0]
    raise UsageError(
        f"answer {number} of the history is {item!r}, expected an entry, or rating and time", where="history"
    )


def _found(card: Any) -> str:
    if type(card) is not dict or "kind" in card or "schema" in card:
        return OURS
    if "card_id" in card and "due" in card:
        return "py-fsrs"
    return "ts-fsrs" if "scheduled_days" in card and "due" in card else OURS
