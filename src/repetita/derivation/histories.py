"""The derivative file of a model whose state is the history: of its row of features, or of its pairs."""

from __future__ import annotations

from types import ModuleType

from repetita.derivation.module import VECTORS, Model, assembled
from repetita.derivation.printer import Body, constant, function
from repetita.derivation.reverse import adjoints
from repetita.derivation.tracer import Number, Tracer
from repetita.equations import declared

# functions of the equations, by kind of model; each gives one number
SOURCES = {
    "features": {"recall": "w c o row"},
    "pairs": {"term": "w c o memory age rating", "memory": "w c o total", "combine": "w c o total"},
}
LIVE = ("memory", "total")


def history_module(name: str, equations: ModuleType) -> str:
    """The text of ``derivatives/<name>.py``.

    Args:
        name: Model name.
        equations: Its equation module, of kind "features" or "pairs".

    Raises:
        InvalidEquations: The equations use an operation that cannot be recorded, or branch too often.
    """
    bare = HistoryModel(equations)
    model = HistoryModel(equations, tuple(node.live for node in bare.graph("prepare", "w o")[1]))
    sources = {**SOURCES[declared(equations).kind], "prepare": "w o"}
    constants, functions = zip(*(_tangent(model, *item) for item in sources.items()), strict=True)
    counts = f'MODEL = "{name}"\nPREPARED = {len(model.prepared)}\n'
    return assembled(name, equations, [counts, *constants], functions)


class HistoryModel(Model):
    """As `Model`, with the arguments of functions of a history."""

    __slots__ = ()

    def _argument(self, tracer: Tracer, word: str) -> Number | tuple[Number, ...]:
        if word == "row":
            columns = enumerate(self.equations.FEATURES)
            return tuple(tracer.input(word, i, f"row[{i}]") for i, _ in columns)
        if word in LIVE:
            return tracer.input("state", 0, word, live=True)
        return super()._argument(tracer, word)


def _tangent(model: HistoryModel, source: str, words: str) -> tuple[str, str]:
    """A pattern, and a function that returns the value and every partial derivative of the pattern."""
    algebra, outputs = model.graph(source, words)
    # prepared values have their place in the pattern; the others are one number
    partials = {
        (place, found.kind, found.place): partial
        for place, output in enumerate(outputs)
        for found, partial in adjoints(algebra, [(output, algebra.constant(1.0))]).items()
    }
    pattern = list(partials) if source == "prepare" else [key[1:] for key in partials]
    names, returned = words.split(), [*outputs, *partials.values()]
    typed = [f"{x}: {'Vector' if x in VECTORS or x == 'row' else 'float'}" for x in names]
    value = "Prepared values" if source == "prepare" else f"Value of ``{source}``"
    label = f"{source.upper()}_TANGENT_PATTERN"
    summary = f"{value}, then partial derivatives by `{label}`."
    body = Body(names, returned, algebra.hints)
    return constant(label, pattern), function(f"{source}_tangent", typed, summary, returned, body)
