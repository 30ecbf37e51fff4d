"""Which desired retention to set: what each costs in minutes, and what is known with it.

person      how somebody learns, measured in their log, with what was taken for granted instead
goals       what is wanted: minutes a day, cards known on a date, or a deck; which setting serves it best
curves      minutes and knowledge for a range of settings, by expectation where that is exact
parts       the cards there are, and those to come
bands       how far both may be off: parameters that a fit leaves possible, and luck
worlds      the same where memory works as another model says
advising    `advise_retention`
result      `RetentionAdvice`; words: the same in sentences
classical   `optimal_retention`: one number, as other programs define it; bracketing: its search
workload    `retention_workload`: time of each setting by a table of states, as Anki's workload factor has it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repetita.lazy_names import lazy_names

if TYPE_CHECKING:
    from repetita.retention_advice.advising import advise_retention as advise_retention
    from repetita.retention_advice.cards_ahead import CardsAhead as CardsAhead
    from repetita.retention_advice.classical import OptimalRetention as OptimalRetention
    from repetita.retention_advice.classical import optimal_retention as optimal_retention
    from repetita.retention_advice.goals import Goal as Goal
    from repetita.retention_advice.person import LearningHabits as LearningHabits
    from repetita.retention_advice.result import RetentionAdvice as RetentionAdvice
    from repetita.retention_advice.workload import RetentionWorkload as RetentionWorkload
    from repetita.retention_advice.workload import retention_workload as retention_workload
    from repetita.retention_advice.worlds import OtherWorld as OtherWorld

_HOMES = {
    "CardsAhead": "cards_ahead",
    "Goal": "goals",
    "LearningHabits": "person",
    "OptimalRetention": "classical",
    "OtherWorld": "worlds",
    "RetentionAdvice": "result",
    "RetentionWorkload": "workload",
    "advise_retention": "advising",
    "optimal_retention": "classical",
    "retention_workload": "workload",
}
__all__, __getattr__, __dir__ = lazy_names(__name__, _HOMES)
