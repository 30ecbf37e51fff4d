"""Recall added to each day, for series: several days at a time, which a compiler turns into vectors.

Text that a compiler links, see `repetita.simulation.lanes.linking`. These numbers are shown and decide
nothing, so they may use another order of operations than the rest of a lane. ``sums`` has room for fifteen
days more than it shows, for nodes, and for one polynomial, see `repetita.simulation.lanes.nodes`.
"""

from __future__ import annotations

from math import exp, inf, log
from typing import Any

from repetita.simulation.lanes.nodes import (
    BLOCK_PLACES,
    DAYS_AT_ONCE,
    DEGREE,
    FAR,
    FIRST_NODE,
    NODES,
    SPACING,
    first_node,
    polynomial_place,
)

# one polynomial serves a curve from a distance from its pole up to so many times that distance
GROWTH = 2.25
# such a piece from 1 to GROWTH: its middle, half its length, and the numbers of its Chebyshev series:
# middle + half x = CENTER (1 + 2 FALL x + FALL**2)
MIDDLE, HALF_STRETCH = 0.5 * (GROWTH + 1.0), 0.5 * (GROWTH - 1.0)
FALL, CENTER = 0.2, 1.5625
# products in a coefficient of that series, beyond which they are below 1e-10
PRODUCTS = 8
# blocks in a row for which their nodes are worth the parts before and after
FEWEST_BLOCKS = 2


def add_power_curve(sums: Any, place: int, rate: float, exponent: float, first: float, count: int) -> None:
    """Adds ``(1 + rate t) ** -exponent`` at ``count`` times from ``first`` on, a day apart.

    Wherever ``1 + rate t`` grows by the same factor the power is the same polynomial, but for a scale: for
    exponents up to 1 within 6e-8 of itself, for those of FSRS-6 within 2e-9.

    Args:
        sums: Is added to from ``place`` on.
        place: Place of the first time.
        rate: A day, above 0.
        exponent: From 0 to 1.
        first: First time in days, from 0.
        count: Number of times.
    """
    b = polynomial(sums, exponent)
    done, top, value = 0, GROWTH, 1.0
    while done < count:
        since = 1.0 + rate * (first + done)
        while top <= since < inf:
            top *= GROWTH
            value *= b[DEGREE + 1]
        # a rate that is no such number must not keep a lane from its end
        begin, stretch, fitting = place + done, count - done, max((top - since) / rate, 0.0)
        if fitting < stretch:
            stretch = int(fitting) + 1
        scale = GROWTH / (HALF_STRETCH * top)
        x, by_day = since * scale - MIDDLE / HALF_STRETCH, rate * scale
        whole, blocks = stretch, 0
        if since >= FAR * rate:
            blocks = (stretch - -begin % BLOCK_PLACES) // BLOCK_PLACES
            if blocks >= FEWEST_BLOCKS:
                whole = -begin % BLOCK_PLACES
        at, times, start, step = begin, whole, x, by_day
        # days before the first whole block, nodes, days after the last: one copy of the series serves all
        for part in range(1 if whole == stretch else 3):
            if part == 1:
                at, times = first_node(sums, begin + whole), NODES * blocks
                start, step = x + by_day * (whole + FIRST_NODE), by_day * SPACING
            elif part == 2:
                whole += BLOCK_PLACES * blocks
                at, times, start, step = begin + whole, stretch - whole, x + by_day * whole, by_day
            add_series(sums, at, times, start, step, value, b)
        done += stretch


def add_series(sums: Any, place: int, count: int, first: float, step: float, value: float, b: Any) -> None:
    """Adds a polynomial at ``count`` places, ``step`` apart.

    Args:
        sums: Is added to from ``place`` on.
        place: Place of the first time.
        count: Number of times.
        first: The variable at the first of them.
        step: What it grows by from one to the next.
        value: What the polynomial is multiplied by.
        b: Coefficients of `polynomial`.
    """
    for begin in range(0, count, DAYS_AT_ONCE):
        part, left = sums[place + begin : place + begin + DAYS_AT_ONCE], count - begin
        start = first + step * begin
        for i in range(DAYS_AT_ONCE):
            recalled = value * series_at(start + step * i, b)
            part[i] += recalled if i < left else 0.0


def series_at(x: float, b: Any) -> float:
    """A polynomial at a place, even and odd powers apart, so that half of them need not wait."""
    y = x * x
    even = b[0] + y * (b[2] + y * (b[4] + y * (b[6] + y * (b[8] + y * b[10]))))
    odd = b[1] + y * (b[3] + y * (b[5] + y * (b[7] + y * b[9])))
    recalled: float = even + x * odd
    return recalled


def polynomial(sums: Any, exponent: float) -> tuple[float, ...]:
    """Coefficients of ``v ** -exponent`` on a piece, and what it falls by from one piece to the next.

    The last one that was asked for is kept.
    """
    at = polynomial_place(sums)
    if sums[at] != exponent:
        keep_polynomial(sums, at, exponent)
    c = sums[at + 1 : at + 3 + DEGREE]
    return c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11]


def keep_polynomial(sums: Any, at: int, exponent: float) -> None:
    """Keeps an exponent at a place, and behind it what `polynomial` says of it.

    With ``|1 + FALL e^(iz)|**2 = 1 + 2 FALL cos z + FALL**2`` the Chebyshev coefficients of the power are
    sums of products of binomial coefficients; those of the powers of x follow from them.
    """
    sums[at] = exponent
    for k in range(DEGREE + 1):
        sums[at + 1 + k] = 0.0
    sums[at + 2 + DEGREE] = exp(-exponent * log(GROWTH))
    leading = exp(-exponent * log(CENTER))
    for n in range(DEGREE + 1):
        # n-th Chebyshev coefficient: sum over j of binomials j and n + j times FALL**(n + 2 j)
        product = leading
        for k in range(n):
            product *= FALL * (-exponent - k) / (k + 1.0)
        coefficient = product
        for j in range(PRODUCTS - 1):
            product *= (-exponent - j) / (j + 1.0) * (-exponent - n - j) / (n + j + 1.0) * (FALL * FALL)
            coefficient += product
        # powers of x in the n-th Chebyshev polynomial, from the highest on; all but the first count twice
        power = coefficient
        for _ in range(n):
            power *= 2.0
        sums[at + 1 + n] += power
        for k in range(n // 2):
            power *= -(n - 2.0 * k) * (n - 2.0 * k - 1.0) / (4.0 * (k + 1.0) * (n - k - 1.0))
            sums[at + 1 + n - 2 * k - 2] += power
