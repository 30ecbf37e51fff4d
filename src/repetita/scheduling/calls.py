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

    Args:
        model: The model.
        desired_retention: The usual one, in (0, 1).

    Attributes:
        model: Its name.
        whole_days: Whether it counts elapsed time in whole days by a day rule, or exactly.
        first: By rating, the memory state after a first answer.
        after: By rating, memory state and elapsed days (in the model's unit) to the state after the answer.
        interval: Memory state and desired retention to days, not rounded.
        usual_interval: Memory state to days, not rounded, with the usual desired retention.
        hard_at_most: Memory states before an answer and after Good to one that Hard does not exceed, if a day
            or more has passed; None where the equations do not say.

    Example:
        >>> from repetita.memory_model import model
        >>> calls = ModelCalls(model("fsrs6"), 0.9)
        >>> calls.after[3](calls.first[3], 2.0) == model("fsrs6").next_state(calls.first[3], 2.0, 3)
        True
    """

    __slots__ = ("after", "first", "hard_at_most", "interval", "model", "usual_interval", "whole_days")

    def __init__(self, model: MemoryModel, desired_retention: float) -> None:
        self.model, self.whole_days = model.name, counts_whole_days(model.equations.UNIT)
        self.first = ByRating(model.initial_state)
        self.after = ByRating(partial(_after, model))
        self.interval: Callable[[Memory, float], float] = partial(_interval, model)
        self.usual_interval: Callable[[Memory], float] = partial(
            _interval, model, desired_retention=desired_retention
        )
        self.hard_at_most: Callable[[Memory, Memory], Memory] | None = None
        if type(model) is MemoryModel:
            module, vectors = model.equations, (model.parameters, model.prepared, model.options)
            self.after = ByRating(lambda rating: bound(module, "after", vectors, rating=rating))
            if hasattr(module, "hard_at_most"):
                self.hard_at_most = bound(module, "hard_at_most", vectors)
            if declared(module).closed_interval:
                self.interval = bound(module, "interval", vectors)
                self.usual_interval = bound(module, "interval", vectors, desired_retention=desired_retention)


class ByRating(dict[int, Any]):
    """What belongs to each rating, made when it is first asked for."""

    def __init__(self, made: Callable[[int], Any]) -> None:
        self.made = made

    def __missing__(self, rating: int) -> Any:
        self[rating] = value = self.made(rating)
        return value


def _after(model: MemoryModel, rating: int) -> Callable[[Memory, float], Memory]:
    """The later answers of a model whose equations cannot be bound."""
    return lambda memory, elapsed_days: model.next_state(memory, elapsed_days, rating)


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
