"""The formula page of a model: its equations as formulas, by cases where they branch, and its tables.

The functions of the equation file are recorded as they are written and set in LaTeX. A branch becomes a case,
named by what the ratings are called; a local variable that is used more than once is defined at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from inspect import getdoc, signature
from types import ModuleType
from typing import Any

from derivation.graph import Node, reachable
from derivation.latex import Writer
from derivation.tracer import RATINGS, Leaf, Number, Tracer, Tree, about_rating, satisfies

RATING_NAMES = {1: "Again", 2: "Hard", 3: "Good", 4: "Easy"}
SECTIONS = {
    "recall": ("Forgetting curve", "R"),
    "first": ("First review", ""),
    "after": ("Later reviews", ""),
    "interval": ("Next interval", "I"),
    "from_sm2": ("State taken over from SM-2", ""),
}
VECTORS = {"w": ("parameter", "PARAMETERS"), "o": ("option", "OPTIONS"), "state": ("state", "STATE")}
Path = list[tuple[Node, bool]]  # questions and their answers


class Formulas:
    """The formulas of an equation module, section by section."""

    def __init__(self, equations: ModuleType) -> None:
        self.equations = equations
        self.tracer = Tracer(equations)
        self.hints = self.tracer.graph.hints
        self.writer = Writer(equations.SYMBOLS)

    def sections(self) -> Iterator[str]:
        """Heading, sentence and formulas of every function that the model has."""
        for name, (heading, label) in SECTIONS.items():
            if hasattr(self.equations, name):
                labels = [label] if label else [self.writer.word(state) for state in self.equations.STATE]
                mark = "" if label else "'"
                lines = " \\\\[4pt]\n".join(self._formulas(name, labels, mark))
                sentence = first_sentence(getattr(self.equations, name))
                yield f"## {heading}\n\n{sentence}\n\n$$\n\\begin{{aligned}}\n{lines}\n\\end{{aligned}}\n$$"

    def _formulas(self, name: str, labels: Sequence[str], mark: str) -> list[str]:
        """One formula an output, then what they need to have defined."""
        paths = list(_walk(self._traced(name), []))
        for _, leaf in paths:
            if name == "after":
                self.writer.known[leaf.outputs[-1]] = "R"
        lasting = {node for _, leaf in paths for node in leaf.outputs[len(labels) :] if node in self.hints}
        before = dict(self.writer.known)
        definitions = self._definitions(
            [x for _, leaf in paths for x in leaf.outputs[: len(labels)]], lasting
        )
        lines = []
        for place, label in enumerate(labels):
            lines += self._equation(label, mark, [(path, leaf.outputs[place]) for path, leaf in paths])
        self.writer.known = before | {node: self.writer.word(self.hints[node]) for node in lasting}
        return lines + definitions

    def _traced(self, name: str) -> Tree:
        """All paths of a function; it also returns the prepared values and, for `after`, the recall."""
        call, namespace = getattr(self.equations, name), self.tracer.namespace
        words = [word for word in signature(call).parameters if word != "c"]
        inputs = {word: self._input(word) for word in words}

        def whole() -> tuple[Any, ...]:
            prepared = namespace["prepare"](inputs["w"], inputs["o"])
            given = {**inputs, "c": prepared}
            made = namespace[name](**given)
            outputs = (*(made if isinstance(made, tuple) else (made,)), *prepared)
            if name != "after":
                return outputs
            return (
                *outputs,
                namespace["recall"](*(given[word] for word in ("w", "c", "o", "state", "days"))),
            )

        return self.tracer.trace(whole)

    def _input(self, word: str) -> Number | tuple[Number, ...]:
        if word not in VECTORS:
            return self.tracer.input(word, 0, word)
        kind, table = VECTORS[word]
        texts = (getattr(entry, "name", entry) for entry in getattr(self.equations, table))
        return tuple(self.tracer.input(kind, place, text) for place, text in enumerate(texts))

    def _definitions(self, ends: Sequence[Node], lasting: Iterable[Node]) -> list[str]:
        """Definitions of named values that are needed more than once; their names are known from then on."""
        inside = reachable(ends, frozenset(self.writer.known))
        uses = Counter(operand for node in inside for operand in node.operands)
        lines = []
        for node in inside:
            wanted = node in lasting or (uses[node] > 1 and node not in ends and not self._small(node))
            symbol = self.writer.word(self.hints[node]) if node in self.hints else None
            if (
                wanted
                and symbol
                and node not in self.writer.known
                and symbol not in self.writer.known.values()
            ):
                lines.append(f"{symbol} &= {self.writer.inside(node)[0]}")
                self.writer.known[node] = symbol
        return lines

    def _small(self, node: Node) -> bool:
        return all(not operand.operands or operand in self.writer.known for operand in node.operands)

    def _equation(self, label: str, mark: str, ends: Sequence[tuple[Path, Node]]) -> list[str]:
        """The formula of one output; its bounds come apart from its cases."""
        nodes = [node for _, node in ends]
        if len(set(nodes)) == 1:
            return [f"{label}{mark} &= {self.writer.text(nodes[0])}"]
        inner = nodes
        while len({(node.op, *node.operands[1:]) for node in inner}) == 1 and inner[0].op in ("min", "max"):
            inner = [node.operands[0] for node in inner]
        cases = self._cases([(path, node) for (path, _), node in zip(ends, inner, strict=True)])
        if inner is nodes:
            return [f"{label}{mark} &= {cases}"]
        outer = Writer(self.writer.symbols)
        outer.known = {inner[0]: f"{label}^{{*}}"}
        return [f"{label}{mark} &= {outer.text(nodes[0])}", f"{label}^{{*}} &= {cases}"]

    def _cases(self, ends: Sequence[tuple[Path, Node]]) -> str:
        grouped: dict[Node, dict[tuple[str, ...], set[int]]] = {}
        for path, node in ends:
            ratings = {
                r for r in RATINGS if all(satisfies(q, r) == yes for q, yes in path if about_rating(q))
            }
            others = tuple(self._answer(q, yes) for q, yes in path if not about_rating(q))
            grouped.setdefault(node, {}).setdefault(others, set()).update(ratings)
        rows = [
            (len(RATINGS) - len(set().union(*when.values())), min(set().union(*when.values())), node, when)
            for node, when in grouped.items()
        ]
        texts = [
            f"{self.writer.text(node)} & " + r" \text{ or } ".join(_when(*each) for each in when.items())
            for _, _, node, when in sorted(rows, key=lambda row: row[:2])
        ]
        return "\\begin{cases}\n" + " \\\\\n".join(texts) + "\n\\end{cases}"

    def _answer(self, question: Node, yes: bool) -> str:
        relation = self.writer.relation(question, holds=yes)
        return rf"\text{{same day }} ({relation})" if relation == "t < 1" else relation


def _walk(tree: Tree, path: Path) -> Iterator[tuple[Path, Leaf]]:
    """Every path with its end."""
    if isinstance(tree, Leaf):
        yield path, tree
        return
    yield from _walk(tree.yes, [*path, (tree.condition, True)])
    yield from _walk(tree.no, [*path, (tree.condition, False)])


def _when(others: tuple[str, ...], ratings: set[int]) -> str:
    """A case in words and relations."""
    if ratings == RATINGS:
        return ",\\ ".join(others)
    names = [RATING_NAMES[rating] for rating in sorted(ratings)]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    return ",\\ ".join((rf"\text{{{listed}}}", *others))


def first_sentence(documented: object) -> str:
    """The first line of a docstring, in Markdown."""
    return (getdoc(documented) or "").partition("\n\n")[0].replace("\n", " ").replace("``", "`")


def symbol_rows(equations: ModuleType) -> Iterator[tuple[str, str]]:
    """Symbols and what they stand for."""
    writer = Writer(equations.SYMBOLS)
    for state, unit in zip(equations.STATE, equations.STATE_UNITS, strict=True):
        yield writer.word(state), f"{state}{'' if unit == '1' else f', in {unit}'}"
    yield "R", "probability of recall just before the review"
    yield "t", f"{equations.UNIT} since the previous review"
    yield "G", "rating: " + ", ".join(f"{number} {name}" for number, name in RATING_NAMES.items())
    if hasattr(equations, "interval"):
        yield "r", "desired retention, the probability of recall that an interval aims at"
        yield "I", f"interval, in {equations.UNIT}"
    last = len(equations.PARAMETERS) - 1
    yield rf"w_{{0}} \dots w_{{{last}}}", "parameters, listed below"
    for option in equations.OPTIONS:
        yield writer.word(option), f"`{option}`, set by the variant"
