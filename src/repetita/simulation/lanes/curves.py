"""Recall added to each day, for series: several days at a time, which a compiler turns into vectors.

Text that a compiler links, see `repetita.simulation.lanes.linking`. These numbers are shown and decide
nothing, so they may use faster exponentials and another order of operations than the rest of a lane. ``sums``
has room for fifteen days more than it shows, and for nodes, see `repetita.simulation.lanes.nodes`.
"""

from __future__ import annotations

from math import exp as fast_exp
from math import log as fast_log
from typing import Any

from repetita.simulation.lanes.nodes import BLOCK, DAYS_AT_ONCE, FAR, FIRST_NODE, NODES, SPACING, first_node

# a polynomial serves a stretch of time that is this share of the time since the pole of the curve
STRETCH = 0.6
# blocks in a row for which their nodes are worth the parts before and after
FEWEST_BLOCKS = 2


def add_power_curve(sums: Any, place: int, rate: float, exponent: float, first: float, count: int) -> None:
    """Adds ``(1 + rate t) ** -exponent`` at ``count`` times from ``first`` on, a day apart.

    Far from its pole the curve is a polynomial of degree ten for a while (the binomial series around the
    middle, within 0.24 of the distance to the pole): for exponents up to 1 within 1e-7 of itself, for
    those of FSRS-6 within 2e-9.

    Args:
        sums: Is added to from ``place`` on.
        place: Place of the first time.
        rate: A day, above 0.
        exponent: From 0 to 1.
        first: First time in days, from 0.
        count: Number of times.
    """
    pole = 1.0 / rate + first
    done = 0
    while done < count and not STRETCH * (pole + done) >= DAYS_AT_ONCE:
        part, start = sums[place + done : place + done + DAYS_AT_ONCE], rate * (pole + done)
        left = count - done
        for i in range(DAYS_AT_ONCE):
            value = fast_exp(-exponent * fast_log(start + rate * i))
            part[i] += value if i < left else 0.0
        done += DAYS_AT_ONCE
    if done >= count:
        return
    series = binomial_series(-exponent)
    while done < count:
        begin, left = place + done, count - done
        stretch = int(min(STRETCH * (pole + done), left + 0.0))
        whole, blocks = -begin % BLOCK, 0
        if pole + done >= FAR:
            blocks = (stretch - whole) // BLOCK
        if blocks < FEWEST_BLOCKS:
            # all days one by one, without a last part that is not full
            whole = left if stretch == left else stretch // DAYS_AT_ONCE * DAYS_AT_ONCE
            stretch, blocks = whole, 0
        half = 0.5 * (stretch - 1.0)
        middle = pole + done + half
        value = fast_exp(-exponent * fast_log(rate * middle))
        at, times, start, step = begin, whole, -half, 1
        # days before the first whole block, nodes, days after the last: one copy of the series serves all
        for part in range(3 if blocks > 0 else 1):
            if part == 1:
                at, times = first_node(sums, begin + whole), NODES * blocks
                start, step = whole - half + FIRST_NODE, SPACING
            elif part == 2:
                whole += BLOCK * blocks
                at, times, start, step = begin + whole, stretch - whole, whole - half, 1
            add_series(sums, at, times, start, step, value, 1.0 / middle, series)
        done += stretch


def binomial_series(power: float) -> tuple[float, ...]:
    """Coefficients of ``(1 + z) ** power`` from the first to the tenth power of z."""
    b1 = power
    b2 = b1 * ((power - 1.0) * (1.0 / 2.0))
    b3 = b2 * ((power - 2.0) * (1.0 / 3.0))
    b4 = b3 * ((power - 3.0) * (1.0 / 4.0))
    b5 = b4 * ((power - 4.0) * (1.0 / 5.0))
    b6 = b5 * ((power - 5.0) * (1.0 / 6.0))
    b7 = b6 * ((power - 6.0) * (1.0 / 7.0))
    b8 = b7 * ((power - 7.0) * (1.0 / 8.0))
    b9 = b8 * ((power - 8.0) * (1.0 / 9.0))
    b10 = b9 * ((power - 9.0) * (1.0 / 10.0))
    return b1, b2, b3, b4, b5, b6, b7, b8, b9, b10


def add_series(
    sums: Any, place: int, count: int, first: float, step: int, value: float, scale: float, b: Any
) -> None:
    """Adds a series at ``count`` times.

    Args:
        sums: Is added to from ``place`` on.
        place: Place of the first time.
        count: Number of times.
        first: The first of them, in days after the middle of the series.
        step: Days from one to the next.
        value: The curve in the middle.
        scale: The variable of the series is this times the days.
        b: Coefficients of `binomial_series`.
    """
    for begin in range(0, count, DAYS_AT_ONCE):
        part, left = sums[place + begin : place + begin + DAYS_AT_ONCE], count - begin
        start = (first + step * begin) * scale
        for i in range(DAYS_AT_ONCE):
            recalled = series_at(start + step * scale * i, value, b)
            part[i] += recalled if i < left else 0.0


def series_at(z: float, value: float, b: Any) -> float:
    """A series at a place, times a value."""
    high = b[8] + z * b[9]
    low = b[2] + z * (b[3] + z * (b[4] + z * (b[5] + z * (b[6] + z * (b[7] + z * high)))))
    recalled: float = value * (1.0 + z * (b[0] + z * (b[1] + z * low)))
    return recalled
