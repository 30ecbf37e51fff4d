"""Cards as JSON lines, read and written; and the scheduler they belong to."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from repetita.errors import CorruptInput, InputMissing, RepetitaError

if TYPE_CHECKING:
    from repetita.scheduling import Card, Scheduler

STANDARD_INPUT = "-"


def read_cards(path: str) -> list[Card]:
    """The cards of a file with one `Card.to_json` a line, empty lines passed over; ``-`` is standard input.

    Raises:
        InputMissing: No such file.
        CorruptInput: A line that is no card; it is named.
    """
    from repetita.scheduling import Card

    cards = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            cards.append(Card.from_json(line))
        except RepetitaError as error:
            error.message = f"line {number} of {path}: {error.message}"
            raise
    return cards


def card_lines(cards: Iterable[Card]) -> str:
    """Cards as `read_cards` reads them."""
    return "".join(f"{card.to_json()}\n" for card in cards)


def read_scheduler(path: str) -> Scheduler:
    """The scheduler of a file that `Scheduler.to_json` wrote.

    Raises:
        InputMissing: No such file.
        CorruptInput: Not a scheduler.
    """
    from repetita.scheduling import Scheduler

    return Scheduler.from_json(_text(path))


def _text(path: str) -> str:
    try:
        if path == STANDARD_INPUT:
            return sys.stdin.read()
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CorruptInput(f"{path} is not UTF-8 text", where=path) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputMissing(f"{path} cannot be read: {reason}", where=path) from None
