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

from formula_pages.latex import Writer
from repetita.derivation.graph import Node, reachable
from repetita.derivation.tracer import RATINGS, Leaf, Number, Tracer, Tree, about_rating, satisfies
from repetita.equations import declared
from repetita.ratings import RATING_NAMES

# functions by kind of model: heading, symbol of the result (none: the state's)
SECTIONS = {
    "recursive": {
        "recall": ("Forgetting curve", "R"),
        "first": ("First review", ""),
        "after": ("Later reviews", ""),
        "interval": ("Next interval", "I"),
        "from_sm2": ("State taken over from SM-2", ""),
        "of_stability": ("State taken over from SM-2: the stability that an interval speaks for", ""),
    },
    "features": {"recall": ("Recall", "R")},
    "pairs": {
        "term": ("Term of an earlier review", "T"),
        "memory": ("What a review keeps", "u"),
        "combine": ("Recall", "R"),
    },
}
VECTORS = {
    "w": ("parameter", "PARAMETERS"),
    "o": ("option", "OPTIONS"),
    "state": ("state", "STATE"),
    "row": ("feature", "FEATURES"),
}
Path = tuple[tuple[Node, bool], ...]  # questions and their answers


class Formulas:
    """The formulas of an equation module, section by section."""

    def __init__(self, equations: ModuleType) -> None:
        self.equations = equations
        self.tracer = Tracer(equations)
        self.hints = self.tracer.graph.hints
        self.writer = Writer(equations.SYMBOLS)

    def sections(self) -> Iterator[str]:
        """Heading, sentence and formulas of every function that the model has."""
        for name, (heading, label) in SECTIONS[declared(self.equations).kind].items():
            if hasattr(self.equations, name):
                labels = [label] if label else [self.writer.word(state) for state in self.equations.STATE]
                mark = "" if label else "'"
                lines = "\n\n".join(f"$$\n{line}\n$$" for line in self._formulas(name, labels, mark))
                sentence = first_sentence(getattr(self.equations, name))
                yield f"## {heading}\n\n{sentence}\n\n{lines}"

    def _formulas(self, name: str, labels: Sequence[str], mark: str) -> list[str]:
        """One formula an output, then what they need to have defined."""
        paths = list(_walk(self._traced(name), ()))
        count = len(labels)
        if name == "after":
            self.writer.known |= {leaf.outputs[-1]: "R" for _, leaf in paths}
        lasting = {node for _, leaf in paths for node in leaf.outputs[count:] if node in self.hints}
        before = dict(self.writer.known)
        definitions = self._definitions([x for _, leaf in paths for x in leaf.outputs[:count]], lasting)
        lines = []
        for place, label in enumerate(labels):
            lines += self._equation(label, mark, [(path, leaf.outputs[place]) for path, leaf in paths])
        self.writer.known = before | {node: self.writer.word(self.hints[node]) for node in lasting}
        return lines + definitions

    def _traced(self, name: str) -> Tree:
        """All paths of a function; it also returns the prepared values and, for `after`, the recall."""
        call, prepare = self.tracer.namespace[name], self.tracer.namespace["prepare"]
        words = [word for word in signature(call).parameters if word != "c"]
        inputs = {word: self._input(word) for word in words}

        def whole() -> tuple[Any, ...]:
            prepared = prepare(inputs["w"], inputs["o"])
            made = call(**inputs, c=prepared)
            outputs = (*(made if isinstance(made, tuple) else (made,)), *prepared)
            if name != "after":
                return outputs
            recall, given = self.tracer.namespace["recall"], (inputs["w"], prepared, inputs["o"])
            return *outputs, recall(*given, inputs["state"], inputs["days"])

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
            if node not in self.hints or node in self.writer.known:
                continue
            symbol = self.writer.word(self.hints[node])
            small = all(not operand.operands or operand in self.writer.known for operand in node.operands)
            needed = node in lasting or (uses[node] > 1 and node not in ends and not small)
            if needed:
                same = sum(name.partition("_{")[0] == symbol for name in self.writer.known.values())
                symbol = f"{symbol}_{{{same + 1}}}" if same else symbol
                lines.append(f"{symbol} = {self.writer.inside(node)[0]}")
                self.writer.known[node] = symbol
        return lines

    def _equation(self, label: str, mark: str, ends: Sequence[tuple[Path, Node]]) -> list[str]:
        """The formula of one output; its bounds come apart from its cases."""
        nodes = [node for _, node in ends]
        if len(set(nodes)) == 1:
            return [f"{label}{mark} = {self.writer.text(nodes[0])}"]
        inner = nodes
        while len({(node.op, *node.operands[1:]) for node in inner}) == 1 and inner[0].op in ("min", "max"):
            inner = [node.operands[0] for node in inner]
        cases = self._cases([(path, node) for (path, _), node in zip(ends, inner, strict=True)])
        if inner is nodes:
            return [f"{label}{mark} = {cases}"]
        outer = Writer(self.writer.symbols)
        outer.known = {inner[0]: f"{label}^{{*}}"}
        return [f"{label}{mark} = {outer.text(nodes[0])}", f"{label}^{{*}} = {cases}"]

    def _cases(self, ends: Sequence[tuple[Path, Node]]) -> str:
        """Values by cases: first what holds for most ratings, then in the order of ratings."""
        cases: dict[Node, dict[Path, set[int]]] = {}
        for path, node in ends:
            asked = [(question, yes) for question, yes in path if about_rating(question)]
            others = tuple(answer for answer in path if answer not in asked)
            ratings = {rating for rating in RATINGS if all(satisfies(q, rating) == yes for q, yes in asked)}
            cases.setdefault(node, {}).setdefault(others, set()).update(ratings)
        rows = []
        for node, when in cases.items():
            ratings = set().union(*when.values())
            named = r" \text{ or } ".join(self._when(*each) for each in _fewer(when).items())
            rows.append((-len(ratings), min(ratings), f"{self.writer.text(node)} & {named}"))
        lines = " \\\\\n".join(text for _, _, text in sorted(rows, key=lambda row: row[:2]))
        return f"\\begin{{cases}}\n{lines}\n\\end{{cases}}"

    def _when(self, path: Path, ratings: set[int]) -> str:
        """A case in words and relations."""
        relations = [self.writer.relation(question, holds=yes) for question, yes in path]
        parts = [rf"\text{{same day }} ({text})" if text == "t < 1" else text for text in relations]
        names = [RATING_NAMES[rating] for rating in sorted(ratings)]
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
        return ",\\ ".join(parts if ratings == RATINGS else (rf"\text{{{listed}}}", *parts))


def _fewer(when: dict[Path, set[int]]) -> dict[Path, set[int]]:
    """The same alternatives without questions whose answer does not matter."""
    for path, ratings in when.items():
        for place, (question, yes) in enumerate(path):
            opposite = (*path[:place], (question, not yes), *path[place + 1 :])
            if when.get(opposite) == ratings:
                rest = {other: each for other, each in when.items() if other not in (path, opposite)}
                shorter = path[:place] + path[place + 1 :]
                return _fewer({**rest, shorter: ratings | rest.get(shorter, set())})
    return when


def _walk(tree: Tree, path: Path) -> Iterator[tuple[Path, Leaf]]:
    """Every path with its end."""
    if isinstance(tree, Leaf):
        yield path, tree
        return
    yield from _walk(tree.yes, (*path, (tree.condition, True)))
    yield from _walk(tree.no, (*path, (tree.condition, False)))


def first_sentence(documented: object) -> str:
    """The first line of a docstring, in Markdown."""
    return (getdoc(documented) or "").partition("\n\n")[0].replace("\n", " ").replace("``", "`")


def symbol_rows(equations: ModuleType) -> Iterator[tuple[str, str]]:
    """Symbols and what they stand for."""
    writer = Writer(equations.SYMBOLS)
    for state, unit in zip(equations.STATE, equations.STATE_UNITS, strict=True):
        yield writer.word(state), f"{state}{'' if unit == '1' else f', in {unit}'}"
    yield "R", "probability of recall just before the review"
    yield from _kind_rows(equations, writer)
    if hasattr(equations, "interval"):
        yield "r", "desired retention, the probability of recall that an interval aims at"
        yield "I", f"interval, in {equations.UNIT}"
    last = len(equations.PARAMETERS) - 1
    yield rf"w_{{0}} \dots w_{{{last}}}", "parameters, listed below"
    for option in equations.OPTIONS:
        yield writer.word(option), f"`{option}`, set by the variant"


def _kind_rows(equations: ModuleType, writer: Writer) -> Iterator[tuple[str, str]]:
    """Symbols that models of the same kind share."""
    kind, unit = declared(equations).kind, equations.UNIT
    grades = ", ".join(f"{number} {name}" for number, name in RATING_NAMES.items())
    if kind == "features":
        yield from ((writer.word(name), f"feature `{name}` of the review") for name in equations.FEATURES)
        return
    if kind == "recursive":
        yield "t", f"{unit} since the previous review"
        yield "G", f"rating: {grades}"
        return
    yield writer.word("age"), f"age of an earlier review, in {unit}"
    yield "G", f"rating of the earlier review: {grades}"
    yield "T", "term of an earlier review"
    newest = f"the newest {equations.MOST_TERMS}"
    yield writer.word("total"), f"total: sum of the terms of the earlier reviews, {newest}"
    yield writer.word("memory"), "what a review keeps of its total, 0 at the first review"
