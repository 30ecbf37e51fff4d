"""Days in blocks, each with a few nodes: what is smooth over a block is added to its nodes alone.

Text that a compiler links, see `repetita.simulation.lanes.linking`. Far from its pole a curve is so smooth
that eight of its values tell the others of a block of days. So a long span adds to the nodes of the blocks
that it covers, and in the end each day gets once what all spans have added there. The nodes are behind the
days in the same array; its last number says where they begin. Before it there is room for a polynomial, see
`repetita.simulation.lanes.curves`.
"""

from __future__ import annotations

from typing import Any

# days, or nodes, that are computed at a time
DAYS_AT_ONCE = 16
# places that share nodes, from a multiple of it on; how many nodes, places from one to the next, place of the
# first one: the nodes of neighbouring blocks are as far apart as those of one
BLOCK_PLACES, NODES, SPACING, FIRST_NODE = 32, 8, 4, 1.5
# days since the pole from which on nodes tell the days between: within 5e-8 for exponents up to 1, within
# 1e-9 for those of FSRS-6
FAR = 96.0
# of the polynomial that is kept with its exponent, and the last numbers of the array, which are no sums
DEGREE = 10
TAIL = DEGREE + 4


def node_count(places: int) -> int:
    """Nodes of so many places."""
    return (places + BLOCK_PLACES - 1) // BLOCK_PLACES * NODES


def first_node(sums: Any, place: int) -> int:
    """Where the nodes of the block begin that has a place."""
    return int(sums[len(sums) - 1]) + place // BLOCK_PLACES * NODES


def polynomial_place(sums: Any) -> int:
    """Where the exponent is that has its polynomial behind it."""
    return len(sums) - TAIL


def begin_nodes(sums: Any, base: int, places: int) -> None:
    """Clears the nodes of so many places, which begin at ``base``, and forgets the polynomial."""
    sums[len(sums) - 1] = base
    sums[polynomial_place(sums)] = -1.0
    for i in range(node_count(places)):
        sums[base + i] = 0.0


def spread_nodes(sums: Any, places: int) -> None:
    """Adds to each place what the nodes of its block tell: the polynomial through them, by Lagrange."""
    base = first_node(sums, 0)
    for i in range(BLOCK_PLACES):
        for node in range(NODES):
            weight = 1.0
            for other in range(NODES):
                if other != node:
                    weight *= ((i - FIRST_NODE) / SPACING - other) / (node - other)
            for block in range(node_count(places) // NODES):
                if block * BLOCK_PLACES + i < places:
                    sums[block * BLOCK_PLACES + i] += weight * sums[base + NODES * block + node]
