"""When cards come next, for apps and logs alike. Standard library only.

    scheduler            `Scheduler`: a memory model, and the rules around it
    answering            what a button does: steps, intervals, lapses; steps, leech, fuzz, picking: its parts
    card, entry          what it takes and gives, as frozen values; stored: those as JSON
    preview              the buttons, with reasons in words
    rescheduling         cards replayed from their history
    day_rule, elapsed    when a day begins; time between reviews
    interop_*            cards and parameters of other packages

Example:
    >>> from datetime import datetime, timezone
    >>> from repetita.scheduling import Card, Rating, Scheduler
    >>> now = datetime(2026, 11, 28, 9, 30, tzinfo=timezone.utc)
    >>> card, entry = Scheduler().review(Card(card_id=7), Rating.GOOD, at=now)
    >>> card.due.isoformat()
    '2026-11-28T09:40:00+00:00'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.lazy_names import lazy_names
from repetita.ratings import Rating as Rating
from repetita.scheduling.card import Card as Card
from repetita.scheduling.card import State as State
from repetita.scheduling.day_rule import DayGrid as DayGrid
from repetita.scheduling.day_rule import DayRule as DayRule
from repetita.scheduling.day_rule import GivenDays as GivenDays
from repetita.scheduling.entry import ReviewLogEntry as ReviewLogEntry
from repetita.scheduling.picking import Calendar as Calendar
from repetita.scheduling.scheduler import Scheduler as Scheduler

if TYPE_CHECKING:
    from repetita.scheduling.interop_parameters import ReadParameters as ReadParameters
    from repetita.scheduling.interop_parameters import read_parameters as read_parameters
    from repetita.scheduling.interop_py_fsrs import answers_from_py_fsrs as answers_from_py_fsrs
    from repetita.scheduling.interop_py_fsrs import card_from_py_fsrs as card_from_py_fsrs
    from repetita.scheduling.interop_py_fsrs import card_to_py_fsrs as card_to_py_fsrs
    from repetita.scheduling.interop_py_fsrs import entry_to_py_fsrs as entry_to_py_fsrs
    from repetita.scheduling.interop_py_fsrs import scheduler_from_py_fsrs as scheduler_from_py_fsrs
    from repetita.scheduling.interop_py_fsrs import scheduler_to_py_fsrs as scheduler_to_py_fsrs
    from repetita.scheduling.interop_sm2 import card_from_sm2 as card_from_sm2
    from repetita.scheduling.interop_ts_fsrs import answers_from_ts_fsrs as answers_from_ts_fsrs
    from repetita.scheduling.interop_ts_fsrs import card_from_ts_fsrs as card_from_ts_fsrs
    from repetita.scheduling.interop_ts_fsrs import card_to_ts_fsrs as card_to_ts_fsrs
    from repetita.scheduling.interop_ts_fsrs import entry_to_ts_fsrs as entry_to_ts_fsrs
    from repetita.scheduling.preview import Button as Button

# what a scheduler that only answers does not need
_HOMES = {
    "Button": "preview",
    "ReadParameters": "interop_parameters",
    "answers_from_py_fsrs": "interop_py_fsrs",
    "answers_from_ts_fsrs": "interop_ts_fsrs",
    "card_from_py_fsrs": "interop_py_fsrs",
    "card_from_sm2": "interop_sm2",
    "card_from_ts_fsrs": "interop_ts_fsrs",
    "card_to_py_fsrs": "interop_py_fsrs",
    "card_to_ts_fsrs": "interop_ts_fsrs",
    "entry_to_py_fsrs": "interop_py_fsrs",
    "entry_to_ts_fsrs": "interop_ts_fsrs",
    "read_parameters": "interop_parameters",
    "scheduler_from_py_fsrs": "interop_py_fsrs",
    "scheduler_to_py_fsrs": "interop_py_fsrs",
}

__all__, __getattr__, __dir__ = lazy_names(
    __name__, _HOMES,
    "Calendar", "Card", "DayGrid", "DayRule", "GivenDays", "Rating", "ReviewLogEntry", "Scheduler", "State",
)  # fmt: skip
