"""Work on an Anki collection: memory states of its cards, how they came there, where buttons lead."""

from repetita.collections.card_states import card_states, stored_states
from repetita.collections.memory_history import MemoryHistory, memory_history
from repetita.collections.official_scheduler import OfficialScheduler, next_states
from repetita.collections.official_states import NextStates, OfficialState
from repetita.collections.rescheduling import (
    CardDue,
    RescheduledCard,
    ReschedulePlan,
    reschedule_on_change,
)
from repetita.collections.state_table import CardStates, preset_model
from repetita.collections.statistics import (
    Buttons,
    MemorySummary,
    Retention,
    button_counts,
    memory_summary,
    true_retention,
)

__all__ = [
    "Buttons",
    "CardDue",
    "CardStates",
    "MemoryHistory",
    "MemorySummary",
    "NextStates",
    "OfficialScheduler",
    "OfficialState",
    "ReschedulePlan",
    "RescheduledCard",
    "Retention",
    "button_counts",
    "card_states",
    "memory_history",
    "memory_summary",
    "next_states",
    "preset_model",
    "reschedule_on_change",
    "stored_states",
    "true_retention",
]
