"""The memory model as the scheduler calls it: many times, with values that were checked when they came in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from math import inf
from typing import Any

from repetita.equations import declared
from repetita.equations.inlining import bound
from repetita.errors import UsageError
from repetita.memory_model import MemoryModel
from repetita.scheduling.card import Card, Memory
from repetita.scheduling.elapsed import counts_whole_days

__all__ = ["ModelCalls", "cannot_answer", "no_state", "not_a_card"]


class ModelCalls:
    """The functions of one memory model; bit for bit what the methods of `MemoryModel` give.

    Attributes:
        model: Its name.
        whole_days: Whether it counts elapsed time in whole days by a day rule, or exactly.
        first: Rating to memory state after a first answer.
        after: Memory state, elapsed days (in the model's unit) and rating to the state after the answer.
        interval: Memory state and desired retention to days, not rounded.

    Example:
        >>> from repetita.memory_model import model
        >>> calls = ModelCalls(model("fsrs6"))
        >>> calls.after(calls.first(3), 2.0, 3) == model("fsrs6").next_state(calls.first(3), 2.0, 3)
        True
    """

    __slots__ = ("after", "first", "interval", "model", "whole_days")

    def __init__(self, model: MemoryModel) -> None:
        self.model, self.whole_days = model.name, counts_whole_days(model.equations.UNIT)
        self.first: Callable[[int], Memory] = model.initial_state
        self.after: Callable[[Memory, float, int], Memory] = model.next_state
        self.interval: Callable[[Memory, float], float] = partial(_interval, model)
        if type(model) is MemoryModel:
            vectors = (model.parameters, model.prepared, model.options)
            self.first = bound(model.equations, "first", vectors)
            self.after = bound(model.equations, "after", vectors)
            if declared(model.equations).closed_interval:
                self.interval = bound(model.equations, "interval", vectors)


def _interval(model: MemoryModel, memory: Memory, desired_retention: float) -> float:
    """The interval of a model without a closed form; infinite beyond floats."""
    try:
        return model.interval(memory, desired_retention)
    except UsageError:
        return inf


def no_state(model: str, card: Card, error: Exception) -> UsageError:
    """What to say where the equations overflow."""
    return UsageError(
        f"the equations of {model} cannot be computed for card {card.card_id!r}: {error}",
        hint="are its memory state and the model's parameters right?",
    )


def not_a_card(value: Any) -> UsageError:
    """What to say to something else in the place of a card."""
    return UsageError(f"{value!r} is not a Card", hint="Card.from_dict reads a stored one")


def cannot_answer(model: str, card: Card, now: datetime) -> UsageError:
    """What to say where a card is of another model, or was answered later."""
    if card.model != model:
        return UsageError(
            f"card {card.card_id!r} holds the memory of {card.model}, this scheduler is of {model}",
            hint="reschedule(card, history) computes it anew from the card's history",
        )
    last = card.last_review.isoformat() if card.last_review else "no time"
    return UsageError(
        f"card {card.card_id!r} was answered at {last}, after {now.isoformat()}",
        hint="reschedule(card, history) takes answers that come late, in the order of time",
    )
