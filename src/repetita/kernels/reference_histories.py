"""The slow and obvious kernel for models whose state is the history: sums and chain rule in plain Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log

from repetita.derivatives import derivatives
from repetita.equations import declared
from repetita.memory_model import MemoryModel

__all__ = ["add_card", "add_prepared"]

History = Sequence[tuple[float, int]]
Slopes = dict[tuple[str, int], float]  # ("parameter" or "prepared", place) to the derivative


def add_card(
    model: MemoryModel,
    history: History,
    weights: Sequence[float],
    gradient: list[float],
    prepared: list[float],
) -> float:
    """The loss of one card; its derivatives by parameters and prepared values are added to the sums.

    Args:
        model: A model of kind "features" or "pairs".
        history: (elapsed days, rating) of each review.
        weights: One a review.
        gradient: (parameters,) sums.
        prepared: (prepared values,) sums.
    """
    predictions = _by_features if declared(model.equations).kind == "features" else _by_pairs
    floor, ceiling = model.equations.PREDICTION_FLOOR, declared(model.equations).ceiling
    sums = {"parameter": gradient, "prepared": prepared}
    loss = 0.0
    scored = zip(predictions(model, history), history[1:], weights[1:], strict=True)
    for (recalled, slopes), (_, rating), weight in scored:
        outcome, sign = (1.0 - recalled, -1.0) if rating == 1 else (recalled, 1.0)
        loss -= weight * log(max(min(outcome, ceiling), floor))
        if floor <= outcome <= ceiling:
            for (kind, place), slope in slopes.items():
                sums[kind][place] -= weight * sign / outcome * slope
    return loss


def add_prepared(model: MemoryModel, prepared: Sequence[float], gradient: list[float]) -> None:
    """Adds to the gradient what the derivatives by the prepared values mean for the parameters."""
    d = derivatives(model.name)
    slopes = d.prepare_tangent(model.parameters, model.options)[d.PREPARED :]
    for (output, _, place), slope in zip(d.PREPARE_TANGENT_PATTERN, slopes, strict=True):
        gradient[place] += prepared[output] * slope


def _by_features(model: MemoryModel, history: History) -> Iterator[tuple[float, Slopes]]:
    """Prediction and slopes for each review but the first."""
    d = derivatives(model.name)
    days, ratings = zip(*history, strict=True)
    rows = [[0.0] * len(model.equations.FEATURES) for _ in days]
    model.equations.features(days, [x < 1.0 for x in days], ratings, rows)
    for row in rows[1:]:
        recalled, *slopes = d.recall_tangent(model.parameters, model.prepared, model.options, row)
        yield recalled, dict(zip(d.RECALL_TANGENT_PATTERN, slopes, strict=True))


def _by_pairs(model: MemoryModel, history: History) -> Iterator[tuple[float, Slopes]]:
    """Prediction and slopes for each review but the first."""
    d, vectors = derivatives(model.name), (model.parameters, model.prepared, model.options)
    kept: list[tuple[float, float, int, Slopes]] = []
    time = 0.0
    for days, rating in history:
        time += days
        total, moved = 0.0, dict[tuple[str, int], float]()
        for memory, then, graded, inner in kept[-model.equations.MOST_TERMS :]:
            term, *slopes = d.term_tangent(*vectors, memory, time - then, graded)
            total += term
            for source, slope in _chained(d.TERM_TANGENT_PATTERN, slopes, inner).items():
                moved[source] = moved.get(source, 0.0) + slope
        if kept:
            recalled, *slopes = d.combine_tangent(*vectors, total)
            yield recalled, _chained(d.COMBINE_TANGENT_PATTERN, slopes, moved)
        memory, *slopes = d.memory_tangent(*vectors, total)
        kept.append((memory, time, rating, _chained(d.MEMORY_TANGENT_PATTERN, slopes, moved)))


def _chained(pattern: Sequence[tuple[str, int]], slopes: Sequence[float], inner: Slopes) -> Slopes:
    """The slopes of a function of sources and of a state that has the slopes ``inner``."""
    outer = dict(zip(pattern, slopes, strict=True))
    through = outer.pop(("state", 0), 0.0)
    return {
        source: outer.get(source, 0.0) + through * inner.get(source, 0.0) for source in {**outer, **inner}
    }
