"""A log gone through in order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.online.exact import Exact
from repetita.online.updates import Method, OnlineRun

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog


def run(method: Method, cards: dict[Any, tuple[Any, ...]], log: ReviewLog, unit: str) -> OnlineRun:
    """One pass over a log; ``cards`` is brought up to date.

    Args:
        method: What learns.
        cards: What is remembered, by card id.
        log: The reviews.
        unit: Unit of time of the model.
    """
    days = np.ascontiguousarray(log.elapsed(unit), dtype=np.float64)
    predictions = np.empty(len(log))
    learned = None
    if isinstance(method, Exact) and len(log):
        learned = _compiled(method, cards, log, days, predictions)
    if learned is None:
        learned = _interpreted(method, cards, log, days, predictions)
    predictions.flags.writeable = False
    return OnlineRun(predictions, method.parameters(), len(log), learned)


def _interpreted(
    method: Method,
    cards: dict[Any, tuple[Any, ...]],
    log: ReviewLog,
    days: NDArray[np.float64],
    predictions: NDArray[np.float64],
) -> int:
    """The same review by review, for any method."""
    ids, places, firsts = log.card_ids.tolist(), log.card_index.tolist(), log.first.tolist()
    ratings, elapsed = log.ratings.tolist(), days.tolist()
    learned = 0
    for row in log.time_order.tolist():
        card = ids[places[row]]
        step = method.update(None if firsts[row] else cards[card], elapsed[row], ratings[row])
        cards[card] = step.memory
        learned += step.learned
        predictions[row] = np.nan if step.prediction is None else step.prediction
    return learned


def _compiled(
    method: Exact,
    cards: dict[Any, tuple[Any, ...]],
    log: ReviewLog,
    days: NDArray[np.float64],
    predictions: NDArray[np.float64],
) -> int | None:
    """All reviews in one compiled loop; None where that cannot be."""
    states = method.derivatives.STATES
    memory = np.zeros((log.cards, 3 + states))
    days.flags.writeable = False
    learned = method.run(log.time_order, log.card_index, days, log.ratings, memory, predictions)
    if learned is None:
        return None
    for card, (seen, rating, *numbers) in zip(log.card_ids.tolist(), memory.tolist(), strict=True):
        cards[card] = (int(rating),) if seen == 1.0 else (int(rating), *numbers)
    return learned
