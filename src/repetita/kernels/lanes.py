"""What the lane loops of every model share. A row is 16 numbers of the scratch array, one a card."""

from __future__ import annotations

from typing import Any

from repetita.kernels.compiling import inlined
from repetita.kernels.mathematics import select
from repetita.kernels.packing import LANES

# what an absent review holds: a rating and a time that every equation accepts
ABSENT_RATING = 3.0
ABSENT_DAYS = 0.0


@inlined
def load(
    ratings: Any, days: Any, position: Any, active: Any, scratch: Any, rating_row: Any, days_row: Any
) -> None:
    """Copies the reviews of one step to scratch; lanes from ``active`` on get an absent review.

    Main loops then touch the scratch array only, and need no check whether arrays overlap.
    """
    for lane in range(LANES):
        present = lane < active
        scratch[rating_row + lane] = select(present, float(ratings[position + lane]), ABSENT_RATING)
        scratch[days_row + lane] = select(present, days[position + lane], ABSENT_DAYS)


@inlined
def load_weights(weights: Any, position: Any, active: Any, scratch: Any, weight_row: Any) -> None:
    """Copies the weights of one step to scratch; absent reviews weigh nothing."""
    for lane in range(LANES):
        scratch[weight_row + lane] = select(lane < active, weights[position + lane], 0.0)
