"""The memory model as the scheduler calls it: many times, with values that were checked when they came in."""

from __future__ import annotations

from math import inf

from repetita.equations import declared
from repetita.errors import UsageError
from repetita.memory_model import MemoryModel
from repetita.scheduling.card import Memory

__all__ = ["interval_days", "memory_after", "recall"]


def memory_after(model: MemoryModel, memory: Memory | None, elapsed_days: float, rating: int) -> Memory:
    """The memory state after an answer; bit for bit what `MemoryModel.next_state` gives.

    Args:
        model: The memory model.
        memory: State before, checked; None before the first answer.
        elapsed_days: In the model's unit.
        rating: 1 to 4.

    Raises:
        UsageError: Numbers so extreme that the equations overflow.
    """
    try:
        if type(model) is MemoryModel:
            vectors, module = (model.parameters, model.prepared, model.options), model.equations
            after: Memory = (
                module.first(*vectors, rating)
                if memory is None
                else module.after(*vectors, memory, elapsed_days, rating)
            )
            return after
        return (
            model.initial_state(rating) if memory is None else model.next_state(memory, elapsed_days, rating)
        )
    except ArithmeticError as error:
        raise UsageError(
            f"{model.name} has no state after {memory}, {elapsed_days:g} days and rating {rating}: {error}"
        ) from None


def interval_days(model: MemoryModel, memory: Memory, desired_retention: float) -> float:
    """Days after which the memory has faded to the desired retention, not rounded; infinite beyond floats.

    Args:
        model: The memory model.
        memory: State, checked.
        desired_retention: In (0, 1).
    """
    try:
        if type(model) is MemoryModel and declared(model.equations).closed_interval:
            vectors = (model.parameters, model.prepared, model.options)
            days: float = model.equations.interval(*vectors, memory, desired_retention)
            return days
        return model.interval(memory, desired_retention)
    except (ArithmeticError, UsageError):
        return inf


def recall(model: MemoryModel, memory: Memory, elapsed_days: float) -> float:
    """Probability of recall so many days after the last answer.

    Args:
        model: The memory model.
        memory: State, checked.
        elapsed_days: In the model's unit.
    """
    return model.retrievability(memory, elapsed_days)
