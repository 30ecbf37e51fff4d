"""The slow and obvious kernel: plain Python through the equations and their derivatives, one card at a time.

It needs neither Numba nor numpy, and is what the compiled kernels are tested against.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from repetita.derivatives import derivatives
from repetita.equations import declared
from repetita.kernels.reference_histories import add_card, add_prepared
from repetita.memory_model import MemoryModel

__all__ = ["loss_and_gradient_reference"]

History = Sequence[tuple[float, int]]


def loss_and_gradient_reference(
    model: MemoryModel,
    histories: Iterable[History],
    weights: Iterable[Sequence[float]] | None = None,
) -> tuple[float, list[float]]:
    """Summed binary cross-entropy of the predictions, and its gradient by the parameters.

    Args:
        model: Memory model with the parameters to differentiate at.
        histories: One list a card of (elapsed days, rating); the first review of a card is not predicted.
        weights: Weight of each review, in the shape of the histories; 0 means not scored. Default: 1 for
            every review with elapsed days above 0.

    Returns:
        The loss, and one derivative a parameter.

    Example:
        >>> from repetita import model
        >>> loss, gradient = loss_and_gradient_reference(model("fsrs6"), [[(0, 3), (3, 3), (20, 1)]])
        >>> round(loss, 4), round(gradient[2], 4)
        (2.188, 0.0439)
    """
    total = 0.0
    gradient = [0.0] * len(model.parameters)
    prepared = [0.0] * len(model.prepared)
    given = None if weights is None else list(weights)
    recursive = declared(model.equations).kind == "recursive"
    card = _card if recursive else add_card
    for number, history in enumerate(histories):
        if history:
            scored = given[number] if given is not None else [float(days > 0) for days, _ in history]
            total += card(model, history, scored, gradient, prepared)
    d = derivatives(model.name)
    if not recursive:
        add_prepared(model, prepared, gradient)
        return total, gradient
    bars = d.prepare_reverse(model.parameters, model.options, *(prepared[i] for i in d.LIVE_PREPARED))
    _add(gradient, d.PREPARE_PARAMETERS, bars)
    return total, gradient


def _card(
    model: MemoryModel,
    history: History,
    weights: Sequence[float],
    gradient: list[float],
    prepared: list[float],
) -> float:
    """The loss of one card; its derivatives by parameters and prepared values are added to the sums."""
    d = derivatives(model.name)
    vectors = model.parameters, model.prepared, model.options
    state = model.equations.first(*vectors, history[0][1])
    loss = 0.0
    tape = []
    for (days, rating), weight in zip(history[1:], weights[1:], strict=True):
        before = (*state, days, rating, weight)
        result = d.forward(*vectors, *before)
        state = result[: d.STATES]
        loss += result[d.STATES]
        tape.append((before, result[d.STATES + 1 :]))
    bars: tuple[float, ...] = (0.0,) * len(d.LIVE_STATES)
    live, parameters = len(d.LIVE_STATES), len(d.LIVE_STATES) + len(d.REVERSE_PARAMETERS)
    for before, kept in reversed(tape):
        result = d.reverse(*vectors, *before, *kept, *bars)
        bars = result[:live]
        _add(gradient, d.REVERSE_PARAMETERS, result[live:parameters])
        _add(prepared, d.REVERSE_PREPARED, result[parameters:])
    result = d.first_reverse(*vectors, history[0][1], *bars)
    _add(gradient, d.FIRST_PARAMETERS, result[: len(d.FIRST_PARAMETERS)])
    _add(prepared, d.FIRST_PREPARED, result[len(d.FIRST_PARAMETERS) :])
    return loss


def _add(sums: list[float], places: Sequence[int], values: Sequence[float]) -> None:
    for place, value in zip(places, values, strict=True):
        sums[place] += value
