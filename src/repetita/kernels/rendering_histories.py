"""The text of the kernels of models whose state is the history of a card."""

from __future__ import annotations

from types import ModuleType

from repetita.equations import declared
from repetita.kernels.rendering import fill, names, sequence, vectors

Pattern = tuple[tuple[str, int], ...]
STATE = "state"


class HistoryLayout:
    """What the slopes of a prediction are slopes by, and the room a card needs.

    Attributes:
        sources: ("parameter" or "prepared", place) in the order of slopes.
        width: Numbers of scratch a review.
    """

    def __init__(self, equations: ModuleType, derivatives: ModuleType) -> None:
        if declared(equations).kind == "features":
            patterns: tuple[Pattern, ...] = (derivatives.RECALL_TANGENT_PATTERN,)
        else:
            patterns = (
                derivatives.TERM_TANGENT_PATTERN,
                derivatives.MEMORY_TANGENT_PATTERN,
                derivatives.COMBINE_TANGENT_PATTERN,
            )
        self.sources = sorted({source for pattern in patterns for source in pattern if source[0] != STATE})
        pairs = 2 + len(self.sources)
        self.width = len(equations.FEATURES) if declared(equations).kind == "features" else pairs


def render_history(name: str, equations: ModuleType, derivatives: ModuleType) -> str:
    """Text of the kernels of a model of kind "features" or "pairs"."""
    layout = HistoryLayout(equations, derivatives)
    known = {
        "model": name,
        "floor": repr(equations.PREDICTION_FLOOR),
        "ceiling": repr(declared(equations).ceiling),
        **vectors(equations),
    }
    if declared(equations).kind == "pairs":
        return fill("pairs", **known, most=equations.MOST_TERMS, **_pair_lines(layout, derivatives))
    pattern = derivatives.RECALL_TANGENT_PATTERN
    slopes = [f"slope[{i}] = d{pattern.index(source)}" for i, source in enumerate(layout.sources)]
    return fill("features", **known, results=_results("recalled", pattern), store_slopes=slopes)


def _pair_lines(layout: HistoryLayout, derivatives: ModuleType) -> dict[str, str | list[str]]:
    """Chain rule through terms, memory and combination, one line a source."""
    term, memory, combine = (
        derivatives.TERM_TANGENT_PATTERN,
        derivatives.MEMORY_TANGENT_PATTERN,
        derivatives.COMBINE_TANGENT_PATTERN,
    )
    numbered = list(enumerate(layout.sources))
    adding = ((i, _chained(term, source, f"scratch[earlier, {2 + i}]")) for i, source in numbered)
    return {
        "clear": [f"t{i} = 0.0" for i, _ in numbered],
        "term_results": _results("value", term),
        "add_terms": [f"t{i} += {slope}" for i, slope in adding if slope != "0.0"],
        "memory_results": _results("value", memory),
        "store_memory": [f"scratch[review, {2 + i}] = {_chained(memory, s, f't{i}')}" for i, s in numbered],
        "combine_results": _results("recalled", combine),
        "store_slopes": [f"slope[{i}] = {_chained(combine, s, f't{i}')}" for i, s in numbered],
    }


def _results(value: str, pattern: Pattern) -> str:
    return sequence([value, *names("d", len(pattern))])


def _chained(pattern: Pattern, source: tuple[str, int], inner: str) -> str:
    """The derivative by a source of a function of it and of a state that has the derivative ``inner``."""
    terms = [f"d{i}" for i, place in enumerate(pattern) if place == source]
    terms += [f"d{i} * {inner}" for i, (kind, _) in enumerate(pattern) if kind == STATE]
    return " + ".join(terms) or "0.0"
