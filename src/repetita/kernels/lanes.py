"""What the lane loops of every model share. A row is 16 numbers of the scratch array, one a card."""

from __future__ import annotations

from typing import Any

from repetita.kernels.compiling import inlined, inlined_sum
from repetita.kernels.mathematics import select
from repetita.kernels.packing import ABSENT_DAYS, ABSENT_RATING, LANES

POSITION_BITS = 2**48 - 1


@inlined
def natural(position: Any) -> Any:
    """The position itself, in a form that shows it is not negative.

    Otherwise every index is checked for being counted from the end, and no loop becomes vector instructions.
    """
    return position & POSITION_BITS


@inlined
def load(
    ratings: Any, days: Any, position: Any, active: Any, scratch: Any, rating_row: Any, days_row: Any
) -> None:
    """Copies the reviews of one step to scratch; lanes from ``active`` on get an absent review.

    Main loops then touch the scratch array only, and need no check whether arrays overlap.
    """
    position, rating_row, days_row = natural(position), natural(rating_row), natural(days_row)
    for lane in range(LANES):
        present = lane < active
        scratch[rating_row + lane] = select(present, float(ratings[position + lane]), ABSENT_RATING)
        scratch[days_row + lane] = select(present, days[position + lane], ABSENT_DAYS)


@inlined
def load_weights(weights: Any, position: Any, active: Any, scratch: Any, weight_row: Any) -> None:
    """Copies the weights of one step to scratch; absent reviews weigh nothing."""
    position, weight_row = natural(position), natural(weight_row)
    for lane in range(LANES):
        scratch[weight_row + lane] = select(lane < active, weights[position + lane], 0.0)


@inlined
def clear(scratch: Any, row: Any, count: Any) -> None:
    """Sets ``count`` rows to zero."""
    row = natural(row)
    for i in range(count * LANES):
        scratch[row + i] = 0.0


@inlined
def copy(scratch: Any, source: Any, target: Any, count: Any) -> None:
    """Copies ``count`` rows."""
    source, target = natural(source), natural(target)
    for i in range(count * LANES):
        scratch[target + i] = scratch[source + i]


@inlined
def gather(scratch: Any, source: Any, count: Any, target: Any, width: Any, column: Any) -> None:
    """Copies ``count`` rows into rows of ``width`` numbers, from ``column`` on.

    The main loop does not write there itself: with many rows of two arrays the check whether they overlap
    grows so long that no vector instructions are made at all.
    """
    for i in range(count):
        start, end = natural(source + i * LANES), natural(i * width + column)
        for lane in range(LANES):
            target[end + lane] = scratch[start + lane]


@inlined
def add_row(scratch: Any, source: Any, sums: Any, total: Any) -> None:
    """Adds one row to another."""
    source, total = natural(source), natural(total)
    for lane in range(LANES):
        sums[total + lane] += scratch[source + lane]


@inlined
def position_at(starts: Any, lengths: Any, block: Any, step: Any) -> Any:
    """Where in the packed log the reviews of a step of a block begin."""
    position = starts[block]
    for lane in range(block * LANES, (block + 1) * LANES):
        position += min(lengths[lane], step)
    return position


@inlined_sum
def add_products(z: Any, width: Any, count: Any, information: Any) -> None:
    """Adds the products of all pairs of rows of ``z``, summed over their first ``count`` numbers.

    Four sums at a time, so that each number read serves twice. The number of rows must be even.
    """
    for i in range(0, information.shape[0], 2):
        for k in range(0, i + 1, 2):
            a, b = natural(i * width), natural(k * width)
            first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
            for n in range(count):
                first += z[a + n] * z[b + n]
                second += z[a + n] * z[b + width + n]
                third += z[a + width + n] * z[b + n]
                fourth += z[a + width + n] * z[b + width + n]
            information[i, k] += first
            information[i, k + 1] += second
            information[i + 1, k] += third
            information[i + 1, k + 1] += fourth
