"""Cards that were learned before a run, as a lane keeps them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from repetita.simulation.lanes import places
from repetita.simulation.lanes.rows import LaneRows
from repetita.simulation.running import Plan

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
    for number, card in enumerate(engine.cards[:seen]):
        records[number, : places.STATE] = (
            card.last_review,
            card.due,
            card.interval,
            card.reps,
            card.phase,
            card.last_review_rating,
        )
        records[number, places.STATE : belief if belief > places.STATE else size] = engine.memory[number]
        if belief > places.STATE and card.state is not None:
            records[number, belief:size] = card.state
        records[number, size + places.LAPSES] = card.lapses
    return records
