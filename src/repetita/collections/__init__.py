"""Work on an Anki collection: what its cards are remembered by now, and how they came there."""

from repetita.collections.card_states import CardStates, card_states, preset_model, stored_states
from repetita.collections.memory_history import MemoryHistory, memory_history

__all__ = [
    "CardStates",
    "MemoryHistory",
    "card_states",
    "memory_history",
    "preset_model",
    "stored_states",
]
