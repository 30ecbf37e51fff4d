"""Loss, derivatives and predictions of models whose state is the whole history of a card.

Such models are gone through one card after the other: a row of features a review, in linear time, or a sum
over the pairs of a review and an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.derivatives import derivatives
from repetita.equations import declared, equations, source_name
from repetita.errors import UsageError
from repetita.kernels.objective import Objective, Point, added
from repetita.kernels.packing import LANES, MOST_CHUNKS, SMALLEST_CHUNK, PackedLog
from repetita.kernels.rendering_histories import HistoryLayout, render_history
from repetita.kernels.source_cache import entry
from repetita.kernels.threads import run_chunks
from repetita.kernels.weighing import PackedWeights

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel

__all__ = ["HistoryObjective", "history_predictions"]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Cards:
    """Reviews card by card, in time within a card; the cards in the order of the packed log's lanes.

    Attributes:
        places: (reviews,) the place of each review in the packed log.
        offsets: (cards + 1,) where each card begins.
        days: (reviews,) time since the previous review of the card, 0 at the first.
        same_day: (reviews,) whether that was on the same day.
        ratings: (reviews,) 1 to 4.
    """

    places: IntArray
    offsets: IntArray
    days: FloatArray
    same_day: NDArray[np.bool_]
    ratings: NDArray[np.int8]

    @classmethod
    def of(cls, packed: PackedLog) -> Cards:
        """The reviews of a packed log."""
        lengths = packed.lengths[: packed.cards]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        lane = np.repeat(np.arange(packed.cards), lengths)
        step = np.arange(packed.reviews) - offsets[lane]
        block = lane // LANES
        # before a step, each card of the block has taken as many places as it had earlier steps
        places = packed.starts[block] + lane % LANES
        of_block = packed.lengths.reshape(-1, LANES)
        for neighbor in range(LANES):
            places += np.minimum(of_block[block, neighbor], step)
        days = packed.days[places]
        same_day = days == 0.0 if packed.same_day is None else packed.same_day[packed.rows[places]]
        return cls(places, offsets, days, np.ascontiguousarray(same_day), packed.ratings[places])

    @property
    def lengths(self) -> IntArray:
        """(cards,) reviews of each card."""
        return np.diff(self.offsets)


class HistoryKernel(NamedTuple):
    """The compiled functions of a model, and what their results mean."""

    values: Callable[..., Any]
    slopes: Callable[..., Any]
    layout: HistoryLayout


class HistoryObjective(Objective):
    """The loss of a model of kind "features" or "pairs"; see `Objective`, which makes it."""

    def __init__(
        self,
        model_name: str,
        variant: str,
        packed: PackedLog,
        weights: ArrayLike | PackedWeights,
        *,
        threads: int | None = None,
    ) -> None:
        super().__init__(model_name, variant, packed, weights, threads=threads)
        self.cards = Cards.of(packed)
        self._by_card = self._weights[self.cards.places]

    def value(self, w: ArrayLike) -> float:
        """The loss."""
        return self.value_and_gradient(w)[0]

    def value_and_gradient(self, w: ArrayLike) -> tuple[float, FloatArray]:
        """The loss and its derivatives by the parameters, (parameters,)."""
        point = self._point(w)
        totals, _ = self._slopes(point, np.arange(self.packed.cards))
        return float(totals[-1]), totals[:-1] @ self._fold(point)

    def card_scores(self, w: ArrayLike) -> FloatArray:
        """The gradient of each card's share of the loss, (cards, parameters), in the log's order of cards."""
        point = self._point(w)
        scores = np.zeros((self.packed.cards, len(self._layout.sources) + 1))
        self._slopes(point, np.arange(self.packed.cards), scores=scores)
        ordered = np.empty_like(scores)
        ordered[self.packed.order] = scores
        return ordered[:, :-1] @ self._fold(point)

    def fisher(self, w: ArrayLike, *, card_fraction: float = 1.0) -> FloatArray:
        """The Fisher information of the weighted predictions, (parameters, parameters)."""
        if not 0.0 < card_fraction <= 1.0:
            raise UsageError(f"card_fraction is {card_fraction!r}, expected a number in (0, 1]")
        point = self._point(w)
        cards, scale = self._sampled(card_fraction)
        _, products = self._slopes(point, cards, with_information=True)
        fold = self._fold(point)
        information: FloatArray = fold.T @ (products + np.tril(products, -1).T) @ fold
        return information * scale

    @property
    def _layout(self) -> HistoryLayout:
        return _kernel(self.model_name).layout

    def _sampled(self, card_fraction: float) -> tuple[IntArray, float]:
        """Cards to go through for a share of them, and how much more weight all of them have."""
        cards = np.arange(self.packed.cards)
        count = max(round(len(cards) * card_fraction), 1)
        if count >= len(cards):
            return cards, 1.0
        sampled = ((np.arange(count) + 0.5) * (len(cards) / count)).astype(np.int64)
        weights = np.add.reduceat(self._by_card, self.cards.offsets[:-1])
        share = float(weights[sampled].sum())
        # a sample without a scored review says nothing
        return (sampled, self.total_weight / share) if share > 0.0 else (cards, 1.0)

    def _fold(self, point: Point) -> FloatArray:
        """(sources, parameters): what each slope adds to the gradient."""
        return self._folded(point, self._layout.sources)

    def _slopes(
        self,
        point: Point,
        chosen: IntArray,
        *,
        scores: FloatArray | None = None,
        with_information: bool = False,
    ) -> tuple[FloatArray, FloatArray]:
        """Summed derivatives by the sources and the loss; summed products of slopes."""
        function, layout, cards = _kernel(self.model_name).slopes, self._layout, self.cards
        parts = _portions(self.equations, cards.lengths[chosen])
        size = len(layout.sources)
        totals = np.zeros((len(parts) - 1, size + 1))
        products = np.zeros((len(parts) - 1, *((size, size) if with_information else (0, 0))))
        by_card = np.zeros((0, size + 1)) if scores is None else scores

        def work(take: Callable[[], int]) -> None:
            scratch, slope = _scratch(cards, layout), np.zeros(size)
            while (i := take()) < len(totals):
                function(
                    chosen[parts[i] : parts[i + 1]], cards.offsets, cards.days, cards.same_day, cards.ratings,
                    self._by_card, *point.vectors, scratch, slope, totals[i], by_card, products[i],
                )  # fmt: skip

        run_chunks(work, len(totals), self.threads)
        return added(totals), added(products)


def history_predictions(model: MemoryModel, packed: PackedLog, threads: int | None = None) -> FloatArray:
    """Predicted probability of recall just before every review, by the log's rows; NaN at first reviews.

    Args:
        model: A model of kind "features" or "pairs".
        packed: The log.
        threads: At most so many threads.
    """
    kernel, cards = _kernel(model.name), Cards.of(packed)
    parts = _portions(model.equations, cards.lengths)
    recalled = np.empty(packed.reviews)
    vectors = [np.array(v, dtype=np.float64) for v in (model.parameters, model.prepared, model.options)]

    def work(take: Callable[[], int]) -> None:
        scratch = _scratch(cards, kernel.layout)
        while (i := take()) < len(parts) - 1:
            kernel.values(
                np.arange(parts[i], parts[i + 1]), cards.offsets, cards.days, cards.same_day, cards.ratings,
                *vectors, scratch, recalled,
            )  # fmt: skip

    run_chunks(work, len(parts) - 1, threads)
    by_row = np.empty(packed.reviews)
    by_row[packed.rows[cards.places]] = recalled
    return by_row


def _portions(module: Any, lengths: IntArray) -> list[int]:
    """Boundaries that cut a row of cards into portions of about the same work."""
    pairs = declared(module).kind == "pairs"
    ends = np.cumsum(lengths * np.minimum(lengths, module.MOST_TERMS) if pairs else lengths)
    work = int(ends[-1]) if len(ends) else 0
    count = min(max(work // SMALLEST_CHUNK, 1), MOST_CHUNKS)
    inner = np.searchsorted(ends, np.arange(1, count) * (work / count), side="right")
    boundaries: list[int] = np.unique(np.concatenate([[0], inner, [len(ends)]])).tolist()
    return [int(boundary) for boundary in boundaries]


def _scratch(cards: Cards, layout: HistoryLayout) -> FloatArray:
    return np.zeros((int(cards.lengths.max(initial=0)), layout.width))


@cache
def _kernel(name: str) -> HistoryKernel:
    module, slopes, source = equations(name), derivatives(name), source_name(name)
    text = render_history(source, module, slopes)
    values, with_slopes = (entry(f"{source}_history", text, word) for word in ("values", "slopes"))
    return HistoryKernel(values, with_slopes, HistoryLayout(module, slopes))
