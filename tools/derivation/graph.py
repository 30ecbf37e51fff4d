"""Expression graphs: every node exists once, so common subexpressions are found while building.

`Graph` records operations as they come. `Algebra` is a graph whose `make` simplifies: constants are folded,
signs move outward, a quotient becomes a product with a shared reciprocal, and a choice between two arms sinks
below what the arms have in common.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product

CALLS = ("exp", "log", "sqrt", "reciprocal")
COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
COMMUTATIVE = ("+", "*")


@dataclass(frozen=True, slots=True)
class Input:
    """An argument of the traced function: its kind ("parameter", "state", ...), place, and text in code."""

    kind: str
    index: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operation on earlier nodes. Equal nodes are the same object.

    Attributes:
        op: ``input``, ``constant``, an arithmetic or comparison sign, ``neg``, ``select``, or a function name.
        operands: The nodes it works on. Of ``select``: condition, value if true, value if false.
        value: The `Input`, or the number of a constant.
        index: Position in the graph; operands always come earlier.
        live: Whether a derivative can reach it, that is, whether it depends on a parameter.
    """

    op: str
    operands: tuple[Node, ...]
    value: Input | float | None
    index: int
    live: bool


@dataclass(slots=True)
class Graph:
    """Nodes by operation and operands; `make` returns the one there is or adds it."""

    nodes: dict[tuple[object, ...], Node] = field(default_factory=dict)
    hints: dict[Node, str] = field(default_factory=dict)

    def make(self, op: str, *operands: Node) -> Node:
        """The node of an operation."""
        return self._node(op, operands)

    def constant(self, value: float) -> Node:
        """The node of a number."""
        return self._node("constant", (), float(value))

    def input(self, source: Input, *, live: bool) -> Node:
        """The node of an argument."""
        return self._node("input", (), source, live)

    def _node(
        self, op: str, operands: tuple[Node, ...], value: Input | float | None = None, live: bool = False
    ) -> Node:
        places = [operand.index for operand in operands]
        key = (op, value, *(sorted(places) if op in COMMUTATIVE else places))
        if key not in self.nodes:
            carrying = operands[1:] if op == "select" else () if op in COMPARISONS else operands
            live = live or any(operand.live for operand in carrying)
            self.nodes[key] = Node(op, operands, value, len(self.nodes), live)
        return self.nodes[key]


class Algebra(Graph):
    """A graph that simplifies what it is given.

    Args:
        fuse: Whether ``exp(a) * k * exp(b)`` becomes ``k * exp(a + b)``.
    """

    def __init__(self, *, fuse: bool = False) -> None:
        super().__init__()
        self.fuse = fuse

    def make(self, op: str, *operands: Node) -> Node:
        """The simplified node of an operation."""
        if op != "select" and all(operand.op == "constant" for operand in operands):
            return self.constant(_fold(op, [_number(operand) for operand in operands]))
        rule: Callable[..., Node] | None = RULES.get(op)
        return rule(self, *operands) if rule else self._node(op, operands)

    def add(self, a: Node, b: Node) -> Node:
        """``a + b``, written as a difference where one of them is negative."""
        if _is(a, 0.0) or _is(b, 0.0):
            return b if _is(a, 0.0) else a
        if b.op == "neg":
            return self.subtract(a, b.operands[0])
        if a.op == "neg":
            return self.subtract(b, a.operands[0])
        return self._node("+", (a, b))

    def subtract(self, a: Node, b: Node) -> Node:
        """``a - b``."""
        if _is(b, 0.0):
            return a
        if _is(a, 0.0):
            return self.negative(b)
        if b.op == "neg":
            return self.add(a, b.operands[0])
        if a.op == "neg":
            return self.negative(self.add(a.operands[0], b))
        return self._node("-", (a, b))

    def negative(self, a: Node) -> Node:
        """``-a``."""
        if a.op == "neg":
            return a.operands[0]
        if a.op == "-":
            return self._node("-", a.operands[::-1])
        return self.constant(-_number(a)) if a.op == "constant" else self._node("neg", (a,))

    def multiply(self, a: Node, b: Node) -> Node:
        """``a * b``, its sign outside, its exponentials fused if that is asked for."""
        if _is(a, 0.0) or _is(b, 0.0):
            return self.constant(0.0)
        if _is(a, 1.0) or _is(b, 1.0):
            return b if _is(a, 1.0) else a
        if _is(a, -1.0) or _is(b, -1.0):
            return self.negative(b if _is(a, -1.0) else a)
        if a.op == "neg" or b.op == "neg":
            bare = [factor.operands[0] if factor.op == "neg" else factor for factor in (a, b)]
            bare_product = self.multiply(*bare)
            return bare_product if a.op == b.op else self.negative(bare_product)
        if self.fuse:
            factors = [*_factors(a), *_factors(b)]
            powers = [factor for factor in factors if factor.op == "exp"]
            if len(powers) > 1:
                joined = self.make("exp", self.add(powers[0].operands[0], powers[1].operands[0]))
                for factor in factors:
                    if factor not in powers[:2]:
                        joined = self.multiply(factor, joined)
                return joined
        return self._node("*", (a, b))

    def divide(self, a: Node, b: Node) -> Node:
        """``a`` times the reciprocal of ``b``, so that reciprocals are shared."""
        return self.multiply(a, self.make("reciprocal", b))

    def reciprocal(self, a: Node) -> Node:
        """``1 / a``, its sign outside."""
        if a.op == "neg":
            return self.negative(self.make("reciprocal", a.operands[0]))
        return a.operands[0] if a.op == "reciprocal" else self._node("reciprocal", (a,))

    def bound(self, op: str, a: Node, b: Node) -> Node:
        """``min`` or ``max``; what carries a derivative comes first, since the first keeps it at a tie."""
        return self._node(op, (b, a) if b.live and not a.live else (a, b))

    def select(self, condition: Node, a: Node, b: Node) -> Node:
        """``a`` where the condition holds, else ``b``, chosen as deep down as possible."""
        a = a.operands[1] if a.op == "select" and a.operands[0] is condition else a
        b = b.operands[2] if b.op == "select" and b.operands[0] is condition else b
        if a is b:
            return a
        if a.op == b.op == "select" and a.operands[0] is b.operands[0]:
            arms = (self.select(condition, x, y) for x, y in zip(a.operands[1:], b.operands[1:], strict=True))
            return self.select(a.operands[0], *arms)
        if a.op == b.op and a.op in ("min", "max") and a.operands[1] is b.operands[1]:
            return self.make(a.op, self.select(condition, a.operands[0], b.operands[0]), a.operands[1])
        if a.op == "neg" and (b.op == "neg" or _is(b, 0.0)) or b.op == "neg" and _is(a, 0.0):
            return self.negative(self.select(condition, self.negative(a), self.negative(b)))
        return self._sunk(condition, a, b) or self._node("select", (condition, a, b))

    def _sunk(self, condition: Node, a: Node, b: Node) -> Node | None:
        """A choice between sums of products, made between what is left beside a factor that both have."""
        for (x, sign_x), (y, sign_y) in product(_terms(a), _terms(b)):
            for (shared, p), (same, q) in product(self._parts(x), self._parts(y)):
                if shared is same and shared.op != "constant":
                    beside = [self._signed(sign_x, p), self._signed(sign_y, q)]
                    common = self.make("*", shared, self.select(condition, *beside))
                    rests = [self._without(a, x), self._without(b, y)]
                    return self.make("+", self.select(condition, *rests), common)
        return None

    def _parts(self, term: Node) -> list[tuple[Node, Node]]:
        """The ways to see a term as a factor and the rest."""
        whole = [(term, self.constant(1.0))]
        return [*whole, term.operands, term.operands[::-1]] if term.op == "*" else whole

    def _signed(self, sign: int, node: Node) -> Node:
        return node if sign > 0 else self.negative(node)

    def _without(self, total: Node, term: Node) -> Node:
        """What is left of a sum, or 0."""
        rest = [self._signed(sign, node) for node, sign in _terms(total) if node is not term]
        return rest[0] if rest else self.constant(0.0)


RULES: dict[str, Callable[..., Node]] = {
    "+": Algebra.add,
    "-": Algebra.subtract,
    "*": Algebra.multiply,
    "/": Algebra.divide,
    "neg": Algebra.negative,
    "reciprocal": Algebra.reciprocal,
    "min": lambda algebra, a, b: algebra.bound("min", a, b),
    "max": lambda algebra, a, b: algebra.bound("max", a, b),
    "select": Algebra.select,
}


def reachable(outputs: Iterable[Node], stop: frozenset[Node] = frozenset()) -> list[Node]:
    """Every node that the outputs are made of, operands first; nothing below the nodes of ``stop``."""
    found: set[Node] = set()
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(() if node in stop else node.operands)
    return sorted(found, key=lambda node: node.index)


def _fold(op: str, values: list[float]) -> float:
    if op == "neg":
        return -values[0]
    if op == "reciprocal":
        return 1.0 / values[0]
    arithmetic: dict[str, Callable[..., float]] = {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
        "min": min,
        "max": max,
    }
    return arithmetic[op](*values) if op in arithmetic else float(getattr(math, op)(*values))


def _number(node: Node) -> float:
    assert isinstance(node.value, float)
    return node.value


def _is(node: Node, value: float) -> bool:
    return node.op == "constant" and node.value == value


def _factors(node: Node) -> Iterator[Node]:
    if node.op != "*":
        yield node
        return
    for operand in node.operands:
        yield from _factors(operand)


def _terms(node: Node) -> list[tuple[Node, int]]:
    """The terms of a sum with their signs."""
    if node.op in ("+", "-"):
        return [(node.operands[0], 1), (node.operands[1], 1 if node.op == "+" else -1)]
    return [(node.operands[0], -1)] if node.op == "neg" else [(node, 1)]
