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

from repetita.ratings import Rating
from repetita.scheduling.card import Card, State
from repetita.scheduling.day_rule import DayGrid, DayRule, GivenDays
from repetita.scheduling.entry import ReviewLogEntry
from repetita.scheduling.interop_parameters import ReadParameters, read_parameters
from repetita.scheduling.interop_py_fsrs import (
    answers_from_py_fsrs,
    card_from_py_fsrs,
    card_to_py_fsrs,
    entry_to_py_fsrs,
    scheduler_from_py_fsrs,
    scheduler_to_py_fsrs,
)
from repetita.scheduling.interop_sm2 import card_from_sm2
from repetita.scheduling.interop_ts_fsrs import (
    answers_from_ts_fsrs,
    card_from_ts_fsrs,
    card_to_ts_fsrs,
    entry_to_ts_fsrs,
)
from repetita.scheduling.picking import Calendar
from repetita.scheduling.preview import Button
from repetita.scheduling.scheduler import Scheduler

__all__ = [
    "Button",
    "Calendar",
    "Card",
    "DayGrid",
    "DayRule",
    "GivenDays",
    "Rating",
    "ReadParameters",
    "ReviewLogEntry",
    "Scheduler",
    "State",
    "answers_from_py_fsrs",
    "answers_from_ts_fsrs",
    "card_from_py_fsrs",
    "card_from_sm2",
    "card_from_ts_fsrs",
    "card_to_py_fsrs",
    "card_to_ts_fsrs",
    "entry_to_py_fsrs",
    "entry_to_ts_fsrs",
    "read_parameters",
    "scheduler_from_py_fsrs",
    "scheduler_to_py_fsrs",
]
