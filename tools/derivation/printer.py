"""Scalar Python functions from graphs: a statement for what is shared or long, expressions for the rest.

Both arms of a choice are plain names or numbers, so nothing is computed inside a branch and a compiler can turn
every choice into a select.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from keyword import iskeyword
from re import findall

from derivation.graph import COMPARISONS, Input, Node, reachable

WIDTH = 110  # of a line
LONGEST = 44  # of an expression inside another
ATOM, UNARY, PRODUCT, SUM, COMPARISON, CHOICE = range(6)
WORDS = {"+": "total", "-": "difference", "*": "product", "neg": "negative", "select": "chosen"} | {
    "reciprocal": "inverse",
    "min": "least",
    "max": "greatest",
}
SIGNS = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least", "==": "is", "!=": "is_not"}


def function(
    name: str,
    arguments: Sequence[str],
    summary: str,
    outputs: Sequence[Node],
    *,
    hints: Mapping[Node, str],
    given: Mapping[Node, str] | None = None,
) -> str:
    """The text of a function that returns the outputs as a tuple.

    Args:
        name: Its name.
        arguments: Its arguments with their types.
        summary: The docstring.
        outputs: What it returns, in order.
        hints: Names to prefer for some nodes.
        given: Nodes that are arguments, by their name; nothing below them is computed.
    """
    taken = {"exp", "log", "sqrt", *(argument.partition(":")[0] for argument in arguments)}
    body = Body(outputs, hints, given or {}, taken)
    items = [body.text(node, CHOICE) for node in outputs]
    listed = f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    if len(listed) + len("    return ") > WIDTH:
        listed = "(\n" + "".join(f"        {item},\n" for item in items) + "    )"
    statements = "".join(f"    {line}\n" for line in body.lines)
    return f'{_signature(name, arguments)}\n    """{summary}"""\n{statements}    return {listed}\n'


def _signature(name: str, arguments: Sequence[str]) -> str:
    opening, closing = f"def {name}(", ") -> tuple[float, ...]:"
    listed = ", ".join(arguments)
    if len(opening + listed + closing) <= WIDTH:
        return opening + listed + closing
    lines = [listed] if len(listed) + 4 <= WIDTH else [f"{argument}," for argument in arguments]
    return "\n".join((opening, *(f"    {line}" for line in lines), closing))


class Body:
    """The statements of a function, written node by node."""

    def __init__(
        self, outputs: Sequence[Node], hints: Mapping[Node, str], given: Mapping[Node, str], taken: set[str]
    ) -> None:
        nodes = [node for node in reachable(outputs, frozenset(given)) if node not in given]
        self.hints = hints
        self.taken = taken
        self.uses = Counter(operand for node in nodes for operand in node.operands)
        self.uses.update(outputs)
        self.arms = {arm for node in nodes if node.op == "select" for arm in node.operands[1:]}
        self.twice = {operand for node in nodes if node.op in ("min", "max") for operand in node.operands}
        self.texts: dict[Node, tuple[str, int]] = {node: (name, ATOM) for node, name in given.items()}
        self.lines: list[str] = []
        for node in nodes:
            self._write(node)

    def text(self, node: Node, room: int) -> str:
        """The text of a node, in parentheses if it binds more loosely than ``room``."""
        text, binding = self.texts[node]
        return text if binding <= room else f"({text})"

    def _write(self, node: Node) -> None:
        text, binding = self._expression(node)
        inside_arm = node in self.twice or (node in self.arms and node.op != "select")
        named = node in self.hints or self.uses[node] > 1 or inside_arm or len(text) > LONGEST
        if node.operands and (named or node.op in ("exp", "log", "sqrt")):
            name = self._name(node)
            self.lines.append(f"{name} = {text}")
            text, binding = name, ATOM
        self.texts[node] = text, binding

    def _expression(self, node: Node) -> tuple[str, int]:
        if isinstance(node.value, Input):
            return node.value.text, ATOM
        if isinstance(node.value, float):
            return repr(node.value), ATOM if node.value >= 0.0 else UNARY
        first, last = node.operands[0], node.operands[-1]
        match node.op:
            case "select":
                yes = self.text(node.operands[1], COMPARISON)
                return f"{yes} if {self.text(first, COMPARISON)} else {self.text(last, CHOICE)}", CHOICE
            case "min" | "max":
                a, b = self.text(first, ATOM), self.text(last, ATOM)
                return f"{a} if {a} {'<=' if node.op == 'min' else '>='} {b} else {b}", CHOICE
            case "neg":
                return f"-{self.text(first, UNARY)}", UNARY
            case "reciprocal":
                return f"1.0 / {self.text(first, UNARY)}", PRODUCT
            case "*":
                return self._product(first, last), PRODUCT
            case "+" | "-":
                return f"{self.text(first, SUM)} {node.op} {self.text(last, PRODUCT)}", SUM
            case sign if sign in COMPARISONS:
                a, b = (self._compared(x, y) for x, y in ((first, last), (last, first)))
                return f"{a} {sign} {b}", COMPARISON
            case _:
                return f"{node.op}({self.text(first, CHOICE)})", ATOM

    def _product(self, a: Node, b: Node) -> str:
        """A product; a reciprocal that was not worth a name divides."""
        if self._is_quotient(a) and not self._is_quotient(b):
            a, b = b, a
        if self._is_quotient(b):
            return f"{self.text(a, PRODUCT)} / {self.text(b.operands[0], UNARY)}"
        return f"{self.text(a, PRODUCT)} * {self.text(b, UNARY)}"

    def _is_quotient(self, node: Node) -> bool:
        return node.op == "reciprocal" and self.texts[node][1] == PRODUCT

    def _compared(self, node: Node, other: Node) -> str:
        """One side of a comparison; a rating is compared with a whole number."""
        whole = isinstance(other.value, Input) and other.value.kind == "rating"
        if whole and isinstance(node.value, float) and node.value.is_integer():
            return str(int(node.value))
        return self.text(node, SUM)

    def _name(self, node: Node) -> str:
        wanted = self.hints.get(node) or WORDS.get(node.op) or self._question(node) or node.op
        name, count = wanted, 1
        while name in self.taken or iskeyword(name):
            count += 1
            name = f"{wanted}_{count}"
        self.taken.add(name)
        return name

    def _question(self, node: Node) -> str | None:
        """A name such as ``rating_is_1`` for a comparison of an argument with a number."""
        if node.op not in SIGNS:
            return None
        a, b = (self._compared(x, y) for x, y in (node.operands, node.operands[::-1]))
        words = f"{a}_{SIGNS[node.op]}_{b.removesuffix('.0')}"
        return words if words.isidentifier() else "holds"
