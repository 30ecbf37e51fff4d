"""Derivatives in reverse: the adjoint of a node is d (what was seeded) / d node, a node of the same graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from repetita.derivation.graph import Algebra, Input, Node, is_number, reachable


def adjoints(algebra: Algebra, seeds: Sequence[tuple[Node, Node]]) -> dict[Input, Node]:
    """The adjoints of all live inputs.

    Args:
        algebra: The graph of the outputs; the adjoints are added to it.
        seeds: Pairs of an output and its own adjoint.

    Returns:
        Adjoint by input, sorted by kind and place; those that are zero by structure are missing.
    """
    bars: dict[Node, Node] = {}
    found: dict[Input, Node] = {}

    def contribute(node: Node, share: Node) -> None:
        if node.live:
            bars[node] = algebra.add(bars[node], share) if node in bars else share

    for output, seed in seeds:
        contribute(output, seed)
    for node in reversed(reachable(output for output, _ in seeds)):
        if node not in bars:
            continue
        if isinstance(node.value, Input):
            if not is_number(bars[node], 0.0):
                found[node.value] = bars[node]
            continue
        if node in algebra.hints and bars[node].operands:
            algebra.hints.setdefault(bars[node], f"bar_{algebra.hints[node]}")
        for operand, share in zip(node.operands, SHARES[node.op](algebra, node, bars[node]), strict=True):
            contribute(operand, share)
    return dict(sorted(found.items(), key=lambda item: (ORDER.index(item[0].kind), item[0].place)))


ORDER = ("state", "parameter", "prepared")


def _product(algebra: Algebra, node: Node, bar: Node) -> tuple[Node, ...]:
    a, b = node.operands
    return algebra.multiply(bar, b), algebra.multiply(bar, a)


def _reciprocal(algebra: Algebra, node: Node, bar: Node) -> tuple[Node, ...]:
    return (algebra.make("neg", algebra.multiply(algebra.multiply(bar, node), node)),)


def _sqrt(algebra: Algebra, node: Node, bar: Node) -> tuple[Node, ...]:
    return (algebra.divide(algebra.multiply(algebra.constant(0.5), bar), node),)


def _choice(algebra: Algebra, condition: Node, bar: Node) -> tuple[Node, ...]:
    """An adjoint crosses a choice as a choice between itself and zero, before anything multiplies it.

    So the arm that was not taken contributes an exact zero, never zero times infinity.
    """
    zero = algebra.constant(0.0)
    return algebra.select(condition, bar, zero), algebra.select(condition, zero, bar)


def _bound(algebra: Algebra, node: Node, bar: Node) -> tuple[Node, ...]:
    """At a tie the first operand keeps the derivative: the variable, where the other is a constant."""
    return _choice(algebra, algebra.make("<=" if node.op == "min" else ">=", *node.operands), bar)


SHARES: dict[str, Callable[[Algebra, Node, Node], tuple[Node, ...]]] = {
    "+": lambda algebra, node, bar: (bar, bar),
    "-": lambda algebra, node, bar: (bar, algebra.make("neg", bar)),
    "*": _product,
    "neg": lambda algebra, node, bar: (algebra.make("neg", bar),),
    "reciprocal": _reciprocal,
    "exp": lambda algebra, node, bar: (algebra.multiply(bar, node),),
    "log": lambda algebra, node, bar: (algebra.divide(bar, node.operands[0]),),
    "sqrt": _sqrt,
    "select": lambda algebra, node, bar: (bar, *_choice(algebra, node.operands[0], bar)),
    "min": _bound,
    "max": _bound,
}
