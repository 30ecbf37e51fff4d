"""LaTeX of recorded expressions, as the author of the equations would write them by hand."""

from __future__ import annotations

from collections.abc import Mapping

from repetita.derivation.graph import Input, Node

ATOM, PRODUCT, SUM = range(3)
NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}
LETTERS = {"days": "t", "rating": "G", "desired_retention": "r", "recalled": "R"}


def number(value: float) -> tuple[str, int]:
    """The LaTeX of a number, and how it binds."""
    mantissa, _, exponent = f"{value:.15g}".partition("e")
    if exponent:
        power = f"10^{{{int(exponent)}}}"
        return power if mantissa == "1" else rf"{mantissa} \cdot {power}", SUM if value < 0.0 else PRODUCT
    return mantissa, SUM if value < 0.0 else ATOM


class Writer:
    """Writes nodes as LaTeX.

    Attributes:
        symbols: Letters by domain word; a word without one is set upright.
        known: Nodes that have a symbol of their own.
    """

    def __init__(self, symbols: Mapping[str, str]) -> None:
        self.symbols = {**LETTERS, **symbols}
        self.known: dict[Node, str] = {}

    def word(self, name: str) -> str:
        """The symbol of a domain word."""
        return self.symbols.get(name) or rf"\mathrm{{{name.replace('_', ' ')}}}".replace(" ", r"\ ")

    def text(self, node: Node, room: int = SUM) -> str:
        """The LaTeX of a node, in parentheses if it binds more loosely than ``room``."""
        text, binding = (self.known[node], ATOM) if node in self.known else self.inside(node)
        return text if binding <= room else rf"\left({text}\right)"

    def relation(self, node: Node, *, holds: bool) -> str:
        """A question with its answer, as a relation."""
        sign = RELATIONS[node.op if holds else NEGATED[node.op]]
        return f"{self.text(node.operands[0])} {sign} {self.text(node.operands[1])}"

    def inside(self, node: Node) -> tuple[str, int]:
        """The LaTeX of what a node is made of, and how it binds."""
        if isinstance(node.value, Input):
            letter = f"w_{{{node.value.place}}}" if node.value.kind == "parameter" else None
            return letter or self.word(node.value.text), ATOM
        if isinstance(node.value, float):
            return number(node.value)
        first, last = node.operands[0], node.operands[-1]
        match node.op:
            case "+" | "-":
                return f"{self.text(first)} {node.op} {self.text(last, PRODUCT)}", SUM
            case "neg":
                return f"-{self.text(first, PRODUCT)}", SUM
            case "*":
                leading = SUM if first.op == "neg" else PRODUCT
                a, b = self.text(first, leading), self.text(last, PRODUCT)
                joint = r" \cdot " if b[0].isdigit() else r"\, "
                return f"{a}{joint}{b}", SUM if a.startswith("-") else PRODUCT
            case "/":
                text = self._quotient(self.text(first), last)
                return text, SUM if text.startswith("-") else PRODUCT
            case "exp":
                return self._power(first), PRODUCT
            case "log":
                return rf"\ln {self.text(first, ATOM)}", PRODUCT
            case "sqrt":
                return rf"\sqrt{{{self.text(first)}}}", ATOM
            case _:
                return self._bounded(node), ATOM

    def _quotient(self, numerator: str, below: Node) -> str:
        if below.op == "neg" and below not in self.known:
            return self._quotient(f"-{numerator}", below.operands[0])
        fraction = rf"\frac{{{numerator.removeprefix('-')}}}{{{self.text(below)}}}"
        return f"-{fraction}" if numerator.startswith("-") else fraction

    def _power(self, exponent: Node) -> str:
        """``exp(y * log(x))`` as a power of x, everything else as a power of e."""
        if exponent.op in ("*", "/"):
            first, last = exponent.operands
            if exponent.op == "*" and last.op == "log":
                return self._raised(last.operands[0], self.text(first))
            if exponent.op == "/" and first.op == "log":
                return self._raised(first.operands[0], self._quotient("1", last))
        return f"e^{{{self.text(exponent)}}}"

    def _raised(self, base: Node, exponent: str) -> str:
        return f"{self.text(base, ATOM)}^{{{exponent}}}"

    def _bounded(self, node: Node) -> str:
        """``min`` and ``max``; one inside the other is a clamp."""
        inner, limit = node.operands
        if (node.op, inner.op) == ("min", "max") and inner not in self.known:
            bounds = ", ".join(self.text(x) for x in (*inner.operands, limit))
            return rf"\operatorname{{clamp}}\left({bounds}\right)"
        return rf"\{node.op}\left({self.text(inner)}, {self.text(limit)}\right)"
