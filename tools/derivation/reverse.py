"""Derivatives in reverse: the adjoint of a node is d (what was seeded) / d node, a node of the same graph.

An adjoint crosses a choice as a choice between itself and zero, before it is multiplied with anything: what the
arm that was not taken would contribute is an exact zero and never infinity times zero.
"""

from __future__ import annotations

from collections.abc import Callable

from derivation.graph import Algebra, Input, Node, reachable

Share = tuple[Node, Node]  # an operand and what it adds to the operand's adjoint


def adjoints(algebra: Algebra, seeds: list[tuple[Node, Node]]) -> dict[Input, Node]:
    """The adjoints of all live inputs.

    Args:
        algebra: The graph of the outputs; the adjoints are added to it.
        seeds: Pairs of an output and its own adjoint.

    Returns:
        Adjoint by input; inputs that the outputs do not depend on are missing.
    """
    bars: dict[Node, Node] = {}
    for output, seed in seeds:
        bars[output] = algebra.add(bars[output], seed) if output in bars else seed
    found: dict[Input, Node] = {}
    for node in reversed(reachable(output for output, _ in seeds)):
        if node not in bars or not node.live:
            continue
        if isinstance(node.value, Input):
            found[node.value] = bars[node]
            continue
        for operand, share in RULES[node.op](algebra, node, bars[node]):
            if operand.live:
                bars[operand] = algebra.add(bars[operand], share) if operand in bars else share
        if node in algebra.hints and bars[node].operands:
            algebra.hints.setdefault(bars[node], f"bar_{algebra.hints[node]}")
    return found


def _sum(algebra: Algebra, node: Node, bar: Node) -> list[Share]:
    return [(node.operands[0], bar), (node.operands[1], bar)]


def _difference(algebra: Algebra, node: Node, bar: Node) -> list[Share]:
    return [(node.operands[0], bar), (node.operands[1], algebra.negative(bar))]


def _product(algebra: Algebra, node: Node, bar: Node) -> list[Share]:
    a, b = node.operands
    return [(a, algebra.multiply(bar, b)), (b, algebra.multiply(bar, a))]


def _negative(algebra: Algebra, node: Node, bar: Node) -> list[Share]:
    return [(node.operands[0], algebra.negative(bar))]


def _reciprocal(algebra: Algebra, node: Node, bar: Node) -> list[Share]:
    product = algebra.multiply(algebra.multiply(bar, node), node)
    return [(node.operands[0], algebra.negative(product))]


def _exp(algebra: Algebra, node: Node, bar: Node) -> list[Share]:
    return [(node.operands[0], algebra.multiply(bar, node))]


def _log(algebra: Algebra, node: Node, bar: Node) -> list[Share]:
    return [(node.operands[0], algebra.divide(bar, node.operands[0]))]


def _sqrt(algebra: Algebra, node: Node, bar: Node) -> list[Share]:
    return [(node.operands[0], algebra.divide(algebra.multiply(bar, algebra.constant(0.5)), node))]


def _choice(algebra: Algebra, condition: Node, a: Node, b: Node, bar: Node) -> list[Share]:
    zero = algebra.constant(0.0)
    return [(a, algebra.select(condition, bar, zero)), (b, algebra.select(condition, zero, bar))]


def _select(algebra: Algebra, node: Node, bar: Node) -> list[Share]:
    return _choice(algebra, *node.operands, bar)


def _bound(algebra: Algebra, node: Node, bar: Node) -> list[Share]:
    """At a tie the first operand keeps the derivative: the variable, where the other is a constant."""
    holds = algebra.make(">=" if node.op == "max" else "<=", *node.operands)
    return _choice(algebra, holds, *node.operands, bar)


RULES: dict[str, Callable[[Algebra, Node, Node], list[Share]]] = {
    "+": _sum,
    "-": _difference,
    "*": _product,
    "neg": _negative,
    "reciprocal": _reciprocal,
    "exp": _exp,
    "log": _log,
    "sqrt": _sqrt,
    "select": _select,
    "min": _bound,
    "max": _bound,
}
