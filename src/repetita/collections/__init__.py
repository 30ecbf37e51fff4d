"""Work on an Anki collection: what its cards are remembered by now, and how they came there."""

from repetita.collections.card_states import card_states, stored_states
from repetita.collections.memory_history import MemoryHistory, memory_history
from repetita.collections.state_table import CardStates, preset_model

__all__ = [
    "CardStates",
    "MemoryHistory",
    "card_states",
    "memory_history",
    "preset_model",
    "stored_states",
]
