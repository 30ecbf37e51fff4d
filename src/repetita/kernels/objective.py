"""Summed binary cross-entropy of a memory model over a log, as a function of the parameters.

On one thread of a processor with 512-bit vectors the loss of FSRS-6 costs about 8 ns a review, loss and
gradient about 12, the Fisher information under 40. Results do not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.derivatives import derivatives
from repetita.equations import declared, equations, options_of, source_name
from repetita.errors import UsageError
from repetita.kernels.packing import LANES, PackedLog, cut, rows_of_zeros
from repetita.kernels.rendering import COLUMNS, FisherLayout, GradientLayout, render_fisher, render_gradient
from repetita.kernels.source_cache import entry
from repetita.kernels.threads import run_chunks
from repetita.kernels.weighing import PackedWeights, pack_weights

__all__ = ["Objective"]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]

NO_SCORES = np.empty((1, 0))


class Objective:
    """Weighted loss of a memory model over a packed log, with its derivatives by the parameters.

    The loss is the sum over reviews of weight times binary cross-entropy of the predicted recall. Every
    review moves the state, whatever its weight.

    Args:
        model_name: One of `repetita.equations.model_names`.
        variant: Named variant of the model's equations.
        packed: The log, from `repetita.kernels.packing.pack` with the model's unit of time.
        weights: (reviews,) one weight a row of the log, at least 0; 0 at reviews that are not scored, which
            first reviews of a card cannot be. Or such weights in packed order already.
        threads: At most so many threads; None means one a processor.

    Raises:
        UnknownName: No such model or variant.
        UsageError: Weights of another length, negative, or not finite.

    Example:
        >>> from repetita.kernels.packing import pack
        >>> from repetita.memory_model import model
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 3), (30, 1)]])
        >>> objective = Objective("fsrs6", "default", pack(log), log.scored.astype(float))
        >>> loss, gradient = objective.value_and_gradient(model("fsrs6").parameters)
        >>> objective.size, round(loss, 4), round(float(gradient[2]), 4)
        (2, 1.7981, 0.0318)
    """

    def __new__(cls, model_name: str, *_: Any, **__: Any) -> Objective:
        """An objective of the kind that the model is."""
        if declared(equations(model_name)).kind == "recursive":
            return super().__new__(Objective)
        from repetita.kernels.histories import HistoryObjective

        return super().__new__(HistoryObjective)

    def __init__(
        self,
        model_name: str,
        variant: str,
        packed: PackedLog,
        weights: ArrayLike | PackedWeights,
        *,
        threads: int | None = None,
    ) -> None:
        self.equations = equations(model_name)
        self.derivatives = derivatives(model_name)
        self.model_name = model_name
        self.options = np.asarray(options_of(model_name, variant), dtype=np.float64)
        self.packed = packed
        self.threads = threads
        self.weights = weights if isinstance(weights, PackedWeights) else pack_weights(packed, weights)
        self._weights = self.weights.values

    @property
    def size(self) -> int:
        """Number of scored reviews."""
        return self.weights.count

    @property
    def total_weight(self) -> float:
        """Sum of the weights."""
        return self.weights.total

    def value(self, w: ArrayLike) -> float:
        """The loss.

        Args:
            w: (parameters,) float64 inside the model's bounds.
        """
        return float(self._sums(self._point(w), backward=False)[-1])

    def value_and_gradient(self, w: ArrayLike) -> tuple[float, FloatArray]:
        """The loss and its derivatives by the parameters, (parameters,).

        Args:
            w: (parameters,) float64 inside the model's bounds.
        """
        point = self._point(w)
        totals = self._sums(point, backward=True)
        return float(totals[-1]), totals[:-1] @ self._fold(point)

    def card_scores(self, w: ArrayLike) -> FloatArray:
        """The gradient of each card's share of the loss, (cards, parameters), in the log's order of cards.

        Args:
            w: (parameters,) float64 inside the model's bounds.
        """
        point = self._point(w)
        scores = np.zeros((self.packed.cards, len(point.parameters)))
        self._sums(point, backward=True, scores=scores)
        return scores

    def fisher(self, w: ArrayLike, *, card_fraction: float = 1.0) -> FloatArray:
        """The Fisher information of the weighted predictions, (parameters, parameters).

        The sum over reviews of weight times ``dp dp' / (p (1 - p))``, where ``dp`` holds the derivatives of
        the predicted recall ``p``: what Gauss and Newton take for the second derivatives of the loss.

        Args:
            w: (parameters,) float64 inside the model's bounds.
            card_fraction: Share of the cards to go through, in (0, 1]: blocks of 16 at even distances, which
                cover all lengths. The result is scaled up by their share of the weight.

        Raises:
            UsageError: A share outside (0, 1].
        """
        if not 0.0 < card_fraction <= 1.0:
            raise UsageError(f"card_fraction is {card_fraction!r}, expected a number in (0, 1]")
        point = self._point(w)
        blocks, scale = self._sampled(card_fraction)
        layout = _fisher_kernel(self.model_name).layout
        products = self._products(point, blocks)[: len(layout.parameters), : len(layout.parameters)]
        # blocks of two on the diagonal are computed in full, the rest below it
        lower = np.tril(products)
        whole = (lower + np.tril(lower, -1).T) * scale
        if len(whole) == len(point.parameters):
            return whole
        information = np.zeros((len(point.parameters), len(point.parameters)))
        information[np.ix_(layout.parameters, layout.parameters)] = whole
        return information

    def _sums(self, point: Point, *, backward: bool, scores: FloatArray = NO_SCORES) -> FloatArray:
        """Sums over all cards: adjoints in the order of the layout, then the loss."""
        function, layout = _gradient_kernel(self.model_name)
        packed, fold = self.packed, self._fold(point)
        chunks = packed.chunks.tolist()
        totals = np.zeros((len(chunks) - 1, layout.bars))

        def work(take: Callable[[], int]) -> None:
            scratch = rows_of_zeros(layout.scratch_rows(packed.steps))
            sums = rows_of_zeros(layout.sum_rows)
            while (i := take()) < len(totals):
                function(
                    chunks[i], chunks[i + 1], packed.starts, packed.lengths, packed.ratings, packed.days,
                    self._weights, *point.vectors, backward, scratch, sums, totals[i],
                    packed.order, fold, scores,
                )  # fmt: skip

        run_chunks(work, len(totals), self.threads)
        return added(totals)

    def _products(self, point: Point, blocks: IntArray) -> FloatArray:
        """Summed products of the scaled derivatives of the predictions in some blocks."""
        function, layout = _fisher_kernel(self.model_name)
        packed = self.packed
        chunks = cut(packed.lengths[blocks * LANES]).tolist()
        products = np.zeros((len(chunks) - 1, layout.even, layout.even))

        def work(take: Callable[[], int]) -> None:
            scratch, z = rows_of_zeros(layout.rows), rows_of_zeros(layout.even * COLUMNS // LANES)
            while (i := take()) < len(products):
                function(
                    blocks[chunks[i] : chunks[i + 1]], packed.starts, packed.lengths, packed.ratings,
                    packed.days, self._weights, *point.vectors, point.moved, scratch, z, products[i],
                )  # fmt: skip

        run_chunks(work, len(products), self.threads)
        return added(products)

    def _sampled(self, card_fraction: float) -> tuple[IntArray, float]:
        """Blocks to go through for a share of the cards, and how much more weight all of them have."""
        blocks = np.arange(self.packed.blocks)
        count = max(round(len(blocks) * card_fraction), 1)
        if count >= len(blocks):
            return blocks, 1.0
        sampled = ((np.arange(count) + 0.5) * (len(blocks) / count)).astype(np.int64)
        share = float(self.weights.of_blocks[sampled].sum())
        # a sample without a scored review says nothing
        return (sampled, self.total_weight / share) if share > 0.0 else (blocks, 1.0)

    def _point(self, w: ArrayLike) -> Point:
        # a copy: kernels take arrays that may be written to, and a caller's need not be one
        parameters = np.array(w, dtype=np.float64)
        expected = (len(self.equations.PARAMETERS),)
        if parameters.shape != expected:
            raise UsageError(f"parameters have shape {parameters.shape}, expected {expected}")
        values = self.derivatives.prepare_tangent(parameters.tolist(), self.options.tolist())
        known = np.asarray(values, dtype=np.float64)
        count = self.derivatives.PREPARED
        return Point(parameters, known[:count].copy(), self.options, known[count:].copy())

    def _fold(self, point: Point) -> FloatArray:
        """(sums, parameters): what each adjoint of the layout adds to the gradient."""
        return self._folded(point, _gradient_kernel(self.model_name).layout.sums)

    def _folded(self, point: Point, sources: Iterable[tuple[str, int]]) -> FloatArray:
        """(sources, parameters): derivatives of parameters and prepared values by the parameters."""
        prepared = np.zeros((self.derivatives.PREPARED, len(point.parameters)))
        for (output, _, place), value in zip(
            self.derivatives.PREPARE_TANGENT_PATTERN, point.moved, strict=True
        ):
            prepared[output, place] = value
        rows = {"parameter": np.eye(len(point.parameters)), "prepared": prepared}
        return np.array([rows[kind][place] for kind, place in sources])


class Point(NamedTuple):
    """A parameter vector and what follows from it alone."""

    parameters: FloatArray
    prepared: FloatArray
    options: FloatArray
    moved: FloatArray  # nonzero derivatives of the prepared values, in the order of their pattern

    @property
    def vectors(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        return self.parameters, self.prepared, self.options


class _GradientKernel(NamedTuple):
    function: Callable[..., Any]
    layout: GradientLayout


class _FisherKernel(NamedTuple):
    function: Callable[..., Any]
    layout: FisherLayout


@cache
def _gradient_kernel(name: str) -> _GradientKernel:
    module, source = derivatives(name), source_name(name)
    text = render_gradient(source, equations(name), module)
    return _GradientKernel(entry(f"{source}_gradient", text, "gradient"), GradientLayout(module))


@cache
def _fisher_kernel(name: str) -> _FisherKernel:
    module, source = derivatives(name), source_name(name)
    text = render_fisher(source, equations(name), module)
    return _FisherKernel(entry(f"{source}_fisher", text, "fisher"), FisherLayout(module))


def added(parts: FloatArray) -> FloatArray:
    """The sum over the first axis, one part after the other: the order of adding is part of the result."""
    total = np.zeros(parts.shape[1:])
    for part in parts:
        total += part
    return total
