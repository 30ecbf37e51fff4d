"""Cards that were learned before a run, as a lane keeps them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.simulation.environments import HistoryEnvironment
from repetita.simulation.flat import flat_environment
from repetita.simulation.lanes import places
from repetita.simulation.lanes.rows import LaneRows
from repetita.simulation.roles import linked
from repetita.simulation.running import Plan
from repetita.simulation.schedulers import HistoryScheduler
from repetita.simulation.switches import Switches

__all__ = ["known_cards"]


def known_cards(plan: Plan, rows: LaneRows) -> NDArray[np.float64]:
    """The cards of a plan's start, shape (cards, floats): the world's memory, the scheduler's belief, lapses.

    Args:
        plan: With a start.
        rows: Its rows.
    """
    engine = plan.engine(0)
    seen, size = engine.unseen, int(rows.numbers[places.CARD_SIZE])
    records = np.zeros((seen, size + places.RARE_SIZE))
    belief = int(rows.numbers[places.BELIEF])
    made: dict[int, Callable[[Any], Sequence[float]]] = {}

    def numbers_of(part: Any, state: Any) -> Sequence[float]:
        if id(part) not in made:
            made[id(part)] = _flattener(part, plan.switches, rows.capacity)
        return made[id(part)](state)

    for number, card in enumerate(engine.cards[:seen]):
        records[number, : places.STATE] = (
            card.last_review,
            card.due,
            card.interval,
            card.reps,
            card.phase,
            card.last_review_rating,
        )
        records[number, places.STATE : belief if belief > places.STATE else size] = numbers_of(
            plan.environments[number], engine.memory[number]
        )
        if belief > places.STATE and card.state is not None:
            records[number, belief:size] = numbers_of(plan.schedulers[number], card.state)
        records[number, size + places.LAPSES] = card.lapses
    return records


def _flattener(part: Any, switches: Switches, capacity: int) -> Callable[[Any], Sequence[float]]:
    """Turns states of a part into numbers: histories into what a lane keeps of them."""
    if not isinstance(part, HistoryEnvironment | HistoryScheduler):
        return lambda state: state
    flat = flat_environment(HistoryEnvironment(part.memory), switches, capacity)
    roles, row = linked(flat.text), np.array(flat.row)

    def numbers(history: Any) -> Sequence[float]:
        state = np.zeros(flat.text.state_size)
        roles["env_init"](row, state, 0, history[0][1])
        for days, rating in history[1:]:
            roles["env_next"](row, state, 0, days, rating)
        return state.tolist()

    return numbers
