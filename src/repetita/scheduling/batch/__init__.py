"""Tools that move the due dates of many cards at once: a plan first, then new cards.

    reschedule          intervals anew from memory, desired retention and fuzz
    advance, postpone   nearly due cards today, due cards later, those that suffer least first
    flatten             no day beyond a limit
    easy_days           fewer cards on some weekdays, none on some dates
    disperse_siblings   cards of one note far apart
    schedule_break      days without reviews

Each takes a `Deck` and gives a `Plan`; ``plan.apply(cards)`` gives new cards and changes none. The algorithms
are those of the FSRS Helper add-on for Anki. Standard library only.
"""

from __future__ import annotations

from repetita.scheduling.batch.advance import advance as advance
from repetita.scheduling.batch.deck import Deck as Deck
from repetita.scheduling.batch.disperse import disperse_siblings as disperse_siblings
from repetita.scheduling.batch.easy_days import easy_days as easy_days
from repetita.scheduling.batch.flatten import flatten as flatten
from repetita.scheduling.batch.plan import Move as Move
from repetita.scheduling.batch.plan import Plan as Plan
from repetita.scheduling.batch.postpone import postpone as postpone
from repetita.scheduling.batch.reschedule import reschedule as reschedule
from repetita.scheduling.batch.schedule_break import schedule_break as schedule_break

__all__ = [
    "Deck",
    "Move",
    "Plan",
    "advance",
    "disperse_siblings",
    "easy_days",
    "flatten",
    "postpone",
    "reschedule",
    "schedule_break",
]
