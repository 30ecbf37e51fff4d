"""When cards come next, for apps and logs alike: days, cards, schedulers. Standard library only.

Example:
    >>> from datetime import datetime, timezone
    >>> from repetita.scheduling import Card, Rating, Scheduler
    >>> now = datetime(2026, 11, 28, 9, 30, tzinfo=timezone.utc)
    >>> card, entry = Scheduler().review(Card(card_id=7), Rating.GOOD, at=now)
    >>> card.due.isoformat()
    '2026-11-28T09:40:00+00:00'
"""

from repetita.ratings import Rating
from repetita.scheduling.card import Card, State
from repetita.scheduling.day_rule import DayGrid, DayRule, GivenDays
from repetita.scheduling.entry import ReviewLogEntry
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
    "ReviewLogEntry",
    "Scheduler",
    "State",
]
