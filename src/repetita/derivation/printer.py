"""Scalar Python functions from graphs: a statement for what is shared or long, expressions for the rest.

Both arms of a choice are plain names or numbers, so nothing is computed inside a branch and a compiler can
turn every choice into a select.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from keyword import iskeyword

from repetita.derivation.graph import COMPARISONS, Input, Node, reachable

WIDTH = 110  # of a line
LONGEST = 44  # of an expression inside another
ATOM, UNARY, PRODUCT, SUM, COMPARISON, CHOICE = range(6)
WORDS = {
    "+": "total",
    "-": "difference",
    "*": "product",
    "neg": "negative",
    "min": "least",
    "max": "greatest",
    "exp": "exponential",
    "log": "logarithm",
    "sqrt": "root",
    "reciprocal": "inverse",
    "select": "chosen",
}
SIGNS = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least", "==": "is", "!=": "is_not"}


class Body:
    """The statements that compute some nodes.

    Args:
        arguments: Names of the arguments.
        outputs: The nodes to compute.
        hints: Names to prefer for some nodes.
        given: Nodes that are arguments, by their name; nothing below them is computed.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        outputs: Sequence[Node],
        hints: Mapping[Node, str],
        given: Mapping[Node, str] | None = None,
    ) -> None:
        given = given or {}
        nodes = [node for node in reachable(outputs, frozenset(given)) if node not in given]
        self.hints = hints
        self.taken = {"exp", "log", "sqrt", *arguments, *given.values()}
        self.uses = Counter([*outputs, *(operand for node in nodes for operand in node.operands)])
        self.arms = {arm for node in nodes if node.op == "select" for arm in node.operands[1:]}
        self.bounds = {arm for node in nodes if node.op in ("min", "max") for arm in node.operands}
        self.texts: dict[Node, tuple[str, int]] = {node: (name, ATOM) for node, name in given.items()}
        self.lines: list[str] = []
        for node in nodes:
            self._write(node)

    def text(self, node: Node, room: int = CHOICE) -> str:
        """The text of a node, in parentheses if it binds more loosely than ``room``."""
        text, binding = self.texts[node]
        return text if binding <= room else f"({text})"

    def _write(self, node: Node) -> None:
        text, binding = self._expression(node)
        arm = node in self.bounds or (node in self.arms and node.op != "select")
        named = arm or self.uses[node] > 1 or len(text) > LONGEST
        if node.operands and (named or node in self.hints or node.op in ("exp", "log", "sqrt")):
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
                yes, condition = self.text(node.operands[1], COMPARISON), self.text(first, COMPARISON)
                return f"{yes} if {condition} else {self.text(last)}", CHOICE
            case "min" | "max":
                a, b, sign = self.text(first), self.text(last), "<=" if node.op == "min" else ">="
                return f"{a} if {a} {sign} {b} else {b}", CHOICE
            case "neg":
                return f"-{self.text(first, UNARY)}", UNARY
            case "reciprocal":
                return f"1.0 / {self.text(first, UNARY)}", PRODUCT
            case "*":
                return self._product(first, last), PRODUCT
            case "+" | "-":
                return f"{self.text(first, SUM)} {node.op} {self.text(last, PRODUCT)}", SUM
            case sign if sign in COMPARISONS:
                return f"{self._compared(first, last)} {sign} {self._compared(last, first)}", COMPARISON
            case call:
                return f"{call}({self.text(first)})", ATOM

    def _product(self, a: Node, b: Node) -> str:
        """A product; a reciprocal that was not worth a name divides."""
        dividing = [node.op == "reciprocal" and self.texts[node][1] == PRODUCT for node in (a, b)]
        if dividing == [True, False]:
            a, b = b, a
        if any(dividing):
            return f"{self.text(a, PRODUCT)} / {self.text(b.operands[0], UNARY)}"
        return f"{self.text(a, PRODUCT)} * {self.text(b, UNARY)}"

    def _compared(self, node: Node, other: Node) -> str:
        """One side of a comparison; a rating is compared with a whole number."""
        whole = isinstance(other.value, Input) and other.value.kind == "rating"
        if whole and isinstance(node.value, float) and node.value.is_integer():
            return str(int(node.value))
        return self.text(node, SUM)

    def _name(self, node: Node) -> str:
        wanted = name = self.hints.get(node) or WORDS.get(node.op) or self._question(node)
        count = 1
        while name in self.taken or iskeyword(name):
            count += 1
            name = f"{wanted}_{count}"
        self.taken.add(name)
        return name

    def _question(self, node: Node) -> str:
        """A name such as ``rating_is_1`` for the comparison of an argument with a number."""
        a, b = (self._compared(x, y) for x, y in (node.operands, node.operands[::-1]))
        name = f"{a}_{SIGNS[node.op]}_{b.removesuffix('.0')}"
        return name if name.isidentifier() else "holds"


def function(name: str, arguments: Sequence[str], summary: str, outputs: Sequence[Node], body: Body) -> str:
    """The text of a function.

    Args:
        name: Its name.
        arguments: Its arguments with their types.
        summary: The docstring.
        outputs: What it returns, in order.
        body: The statements that compute the outputs.
    """
    items = [body.text(node) for node in outputs]
    returned = f"    return ({items[0]},)" if len(items) == 1 else f"    return ({', '.join(items)})"
    if len(returned) > WIDTH:
        returned = "    return (\n" + "".join(f"        {item},\n" for item in items) + "    )"
    statements = "".join(f"    {line}\n" for line in body.lines)
    return f'{_signature(name, arguments)}\n    """{summary}"""\n{statements}{returned}\n'


def _signature(name: str, arguments: Sequence[str]) -> str:
    opening, closing = f"def {name}(", ") -> tuple[float, ...]:"
    listed = ", ".join(arguments)
    if len(opening + listed + closing) <= WIDTH:
        return opening + listed + closing
    lines = [listed] if len(listed) + 4 <= WIDTH else [f"{argument}," for argument in arguments]
    return "\n".join((opening, *(f"    {line}" for line in lines), closing))


def constant(name: str, items: Sequence[object]) -> str:
    """The text of an assignment of a tuple."""
    texts = [repr(item).replace("'", '"') for item in items]
    line = f"{name} = ({texts[0]},)" if len(texts) == 1 else f"{name} = ({', '.join(texts)})"
    wrapped = f"{name} = (\n" + "".join(f"    {text},\n" for text in texts) + ")"
    return (line if len(line) <= WIDTH else wrapped) + "\n"
