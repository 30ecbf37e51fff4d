"""Expression graphs: every node exists once, so common subexpressions are found while building.

`Graph` records operations as they come. `Algebra` is a graph that simplifies: constants are folded, signs
move outward, a quotient becomes a product with a shared reciprocal, and a choice between two arms sinks below
what the arms have in common.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import product

CALLS = ("exp", "log", "sqrt", "reciprocal")  # computed once and kept; everything else is cheap
COMMUTATIVE = ("+", "*")
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
ARITHMETIC: dict[str, Callable[..., float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "neg": operator.neg,
    "min": min,
    "max": max,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "reciprocal": lambda value: 1.0 / value,
}


@dataclass(frozen=True, slots=True)
class Input:
    """An argument of a traced function: its kind ("parameter", "state", …), place, and text in code."""

    kind: str
    place: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operation on earlier nodes. Equal nodes are the same object.

    Attributes:
        op: ``input``, ``constant``, ``select``, a comparison sign, or a key of `ARITHMETIC`.
        operands: The nodes it works on. Of ``select``: condition, value if true, value if false.
        value: The `Input`, or the number of a constant.
        index: Position in the graph; operands always come earlier.
        live: Whether it depends on a parameter in a way that has a derivative.
    """

    op: str
    operands: tuple[Node, ...]
    value: Input | float | None
    index: int
    live: bool


@dataclass(slots=True)
class Graph:
    """Nodes by operation and operands; `make` returns the one there is or adds it.

    Attributes:
        hints: Names that the author of the equations gave to some nodes.
    """

    nodes: dict[tuple[object, ...], Node] = field(default_factory=dict)
    hints: dict[Node, str] = field(default_factory=dict)

    def make(self, op: str, *operands: Node) -> Node:
        """The node of an operation."""
        places = [operand.index for operand in operands]
        key = (op, *(sorted(places) if op in COMMUTATIVE else places))
        live = op not in COMPARISONS and any(operand.live for operand in operands)
        return self._node(key, op, operands, None, live)

    def constant(self, value: float) -> Node:
        """The node of a number."""
        return self._node(("constant", float(value)), "constant", (), float(value), False)

    def input(self, source: Input, *, live: bool) -> Node:
        """The node of an argument."""
        return self._node(("input", source), "input", (), source, live)

    def _node(
        self,
        key: tuple[object, ...],
        op: str,
        operands: tuple[Node, ...],
        value: Input | float | None,
        live: bool,
    ) -> Node:
        if key not in self.nodes:
            self.nodes[key] = Node(op, operands, value, len(self.nodes), live)
        return self.nodes[key]


@dataclass
class Algebra(Graph):
    """A graph whose nodes are simplified when they are made.

    Attributes:
        exponents: Whether the logarithm of an exponential is its exponent. A call less on one path may be a
            call more beside the one that other paths need.
    """

    exponents: bool = True

    def make(self, op: str, *operands: Node) -> Node:
        """The simplified node of an operation."""
        if op in ARITHMETIC and all(operand.op == "constant" for operand in operands):
            return self.constant(ARITHMETIC[op](*(operand.value for operand in operands)))
        rule: Callable[..., Node] | None = SIMPLER.get(op)
        return rule(self, *operands) if rule else super().make(op, *operands)

    def add(self, a: Node, b: Node) -> Node:
        """``a + b``, written as a difference where one of them is negative."""
        if is_number(a, 0.0) or is_number(b, 0.0):
            return b if is_number(a, 0.0) else a
        if b.op == "neg":
            return self.make("-", a, b.operands[0])
        return self.make("-", b, a.operands[0]) if a.op == "neg" else super().make("+", a, b)

    def subtract(self, a: Node, b: Node) -> Node:
        """``a - b``."""
        if is_number(a, 0.0) or is_number(b, 0.0):
            return self.make("neg", b) if is_number(a, 0.0) else a
        if b.op == "neg":
            return self.make("+", a, b.operands[0])
        return (
            self.make("neg", self.make("+", a.operands[0], b)) if a.op == "neg" else super().make("-", a, b)
        )

    def negate(self, a: Node) -> Node:
        """``-a``."""
        if a.op == "-":
            return self.make("-", *reversed(a.operands))
        return a.operands[0] if a.op == "neg" else super().make("neg", a)

    def multiply(self, a: Node, b: Node) -> Node:
        """``a * b``, its sign outside."""
        if is_number(a, 0.0) or is_number(b, 0.0):
            return self.constant(0.0)
        if is_number(a, 1.0) or is_number(b, 1.0):
            return b if is_number(a, 1.0) else a
        if is_number(a, -1.0) or is_number(b, -1.0):
            return self.make("neg", b if is_number(a, -1.0) else a)
        if a.op == "neg":
            return self.make("neg", self.make("*", a.operands[0], b))
        return (
            self.make("neg", self.make("*", a, b.operands[0])) if b.op == "neg" else super().make("*", a, b)
        )

    def divide(self, a: Node, b: Node) -> Node:
        """``a`` times the reciprocal of ``b``, so that reciprocals are shared."""
        return self.make("*", a, self.make("reciprocal", b))

    def invert(self, a: Node) -> Node:
        """``1 / a``, its sign outside."""
        if a.op == "neg":
            return self.make("neg", self.make("reciprocal", a.operands[0]))
        return a.operands[0] if a.op == "reciprocal" else super().make("reciprocal", a)

    def logarithm(self, a: Node) -> Node:
        """``log(a)``; that of an exponential is its exponent, also where a number bounds it."""
        if not self.exponents:
            return super().make("log", a)
        if a.op == "exp":
            return a.operands[0]
        if a.op in ("min", "max") and a.operands[0].op == "exp" and _is_positive(a.operands[1]):
            return self.make(a.op, a.operands[0].operands[0], self.make("log", a.operands[1]))
        return super().make("log", a)

    def bound(self, op: str, a: Node, b: Node) -> Node:
        """``min`` or ``max``; what has a derivative comes first, since the first keeps it at a tie."""
        return super().make(op, b, a) if b.live and not a.live else super().make(op, a, b)

    def select(self, condition: Node, a: Node, b: Node) -> Node:
        """``a`` where the condition holds, else ``b``, chosen as deep down as possible."""
        if a.op == "select" and a.operands[0] is condition:
            a = a.operands[1]
        if b.op == "select" and b.operands[0] is condition:
            b = b.operands[2]
        if a is b:
            return a
        if "neg" in (a.op, b.op) and all(arm.op == "neg" or is_number(arm, 0.0) for arm in (a, b)):
            return self.make("neg", self.select(condition, self.make("neg", a), self.make("neg", b)))
        same = [x is y for x, y in zip(a.operands, b.operands, strict=False)]
        if a.op == b.op and ((a.op == "select" and same[0]) or a.op in ("min", "max")) and any(same[-2:]):
            arms = zip(a.operands, b.operands, strict=True)
            return self.make(a.op, *(x if x is y else self.select(condition, x, y) for x, y in arms))
        return self._sunk(condition, a, b) or super().make("select", condition, a, b)

    def _sunk(self, condition: Node, a: Node, b: Node) -> Node | None:
        """A choice between sums of products, made between what is left beside a factor that both have."""
        for (x, sign_x, rest_a), (y, sign_y, rest_b) in product(self._terms(a), self._terms(b)):
            for (shared, p), (same, q) in product(self._factors(x), self._factors(y)):
                left, right = (self.make("*", *pair) for pair in ((sign_x, p), (sign_y, q)))
                opposite = left is not right and left.op == right.op == "constant"
                if shared is same and shared.op != "constant" and not opposite:
                    common = self.make("*", shared, self.select(condition, left, right))
                    return self.make("+", self.select(condition, rest_a, rest_b), common)
        for (x, sign_x, rest_a), (y, sign_y, rest_b) in product(self._terms(a), self._terms(b)):
            if x is y and x.op == "constant" and sign_x is sign_y:
                chosen = self.select(condition, rest_a, rest_b)
                return self.make("+", chosen, self.make("*", x, sign_x))
        return None

    def _terms(self, node: Node) -> list[tuple[Node, Node, Node]]:
        """The terms of a sum: each with its sign and what is left without it."""
        zero, plus, minus = (self.constant(value) for value in (0.0, 1.0, -1.0))
        if node.op not in ("+", "-"):
            return [(node.operands[0], minus, zero)] if node.op == "neg" else [(node, plus, zero)]
        a, b = node.operands
        return (
            [(a, plus, b), (b, plus, a)]
            if node.op == "+"
            else [(a, plus, self.make("neg", b)), (b, minus, a)]
        )

    def _factors(self, node: Node) -> list[tuple[Node, Node]]:
        """The ways to see a term as a factor and what it multiplies."""
        whole = (node, self.constant(1.0))
        return [whole, node.operands, node.operands[::-1]] if node.op == "*" else [whole]  # type: ignore[list-item]


SIMPLER: dict[str, Callable[..., Node]] = {
    "+": Algebra.add,
    "-": Algebra.subtract,
    "*": Algebra.multiply,
    "/": Algebra.divide,
    "neg": Algebra.negate,
    "reciprocal": Algebra.invert,
    "log": Algebra.logarithm,
    "min": lambda algebra, a, b: algebra.bound("min", a, b),
    "max": lambda algebra, a, b: algebra.bound("max", a, b),
    "select": Algebra.select,
}


def _is_positive(node: Node) -> bool:
    """Whether a node is a constant above 0."""
    return isinstance(node.value, float) and node.value > 0.0


def is_number(node: Node, value: float) -> bool:
    """Whether a node is the constant ``value``."""
    return node.op == "constant" and node.value == value


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
