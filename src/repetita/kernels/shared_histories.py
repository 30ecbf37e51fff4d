"""Reviews of a log as nodes of a tree: what cards have in common is computed once.

The state of a card follows from its reviews so far, elapsed times and ratings. Cards that have had the same
reviews share a node; a node's children are the different reviews that came next. In whole days half of the
reviews of a log and more share their node with another card's. Elapsed times with fractions are shared by
nobody but first reviews, so models of exact time gain nothing here.
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
from repetita.kernels.objective import Objective, Point
from repetita.kernels.packing import LANES, PackedLog
from repetita.kernels.rendering_trees import TreeLayout, render_sharing, render_tree
from repetita.kernels.source_cache import entry

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

# histories that are gone through forward and back before the next: their intermediate results stay in a cache
PORTION = 8192

__all__ = ["HistoryPredictions", "SharedHistories", "TreeObjective", "can_share", "shared_histories"]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class SharedHistories:
    """The different histories of a log, shortest first. Made by `shared_histories`.

    Attributes:
        levels: (lengths + 1,) where the histories of one review begin, of two, and so on.
        parents: (nodes,) the history that a history continues; -1 at those of one review.
        ratings: (nodes,) of its last review.
        days: (nodes,) time before its last review, 0 at the first.
        nodes: (reviews,) the history that each review of the log ends.
    """

    levels: IntArray
    parents: IntArray
    ratings: NDArray[np.int8]
    days: FloatArray
    nodes: IntArray

    def weighted(self, rows: IntArray, weights: FloatArray | None = None) -> FloatArray:
        """(nodes,) summed weight of the reviews that end each history.

        Args:
            rows: Rows of the log.
            weights: One a row; default: 1.
        """
        return np.bincount(self.nodes[rows], weights=weights, minlength=len(self.parents)).astype(np.float64)


def can_share(model: MemoryModel) -> bool:
    """Whether a model's state follows from whole days and ratings by compiled equations.

    Example:
        >>> from repetita.memory_model import model
        >>> can_share(model("fsrs6")), can_share(model("fsrs7"))
        (True, False)
    """
    kind = declared(model.equations)
    return kind.kind == "recursive" and kind.fitted and model.equations.UNIT == "days"


def shared_histories(log: ReviewLog, unit: str = "days") -> SharedHistories:
    """The histories of a log; kept with the log, so that the next call is free.

    Args:
        log: A review log.
        unit: "days" for whole days, "fractional days" for exact times.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> shared = shared_histories(ReviewLog.from_histories([[(0, 3), (2, 1)], [(0, 3), (2, 3)]]))
        >>> shared.parents.tolist(), shared.ratings.tolist(), shared.nodes.tolist()
        ([-1, 0, 0], [3, 1, 3], [0, 1, 0, 2])
    """
    return log.derived(_shared, unit)


def _shared(log: ReviewLog, unit: str) -> SharedHistories:
    reviews = len(log)
    days = np.ascontiguousarray(log.elapsed(unit))
    table = np.full(1 << (2 * reviews + 1).bit_length(), -1, dtype=np.int32)
    depths, parents, nodes = (np.empty(reviews, dtype=np.int64) for _ in range(3))
    ratings, elapsed = np.empty(reviews, dtype=np.int8), np.empty(reviews)
    offsets = np.array(log.offsets, dtype=np.int64)
    columns = (np.ascontiguousarray(log.ratings), days, days.view(np.int64))
    count = _sharing("build")(
        offsets, *(_read_only(column) for column in columns), table, depths, parents, ratings, elapsed, nodes
    )
    depths = depths[:count]
    order = np.argsort(depths.astype(np.int32), kind="stable")
    place = np.empty(count + 1, dtype=np.int64)
    place[order] = np.arange(count)
    place[count] = -1  # the parent of what has none
    return SharedHistories(
        levels=np.concatenate([[0], np.cumsum(np.bincount(depths))]).astype(np.int64),
        parents=place[parents[order]],
        ratings=ratings[order],
        days=elapsed[order],
        nodes=place[nodes],
    )


def _read_only(values: NDArray[Any]) -> NDArray[Any]:
    view = values.view()
    view.flags.writeable = False
    return view


class Placed(NamedTuple):
    """Histories laid out for kernels: those that weigh, and what leads to them."""

    slots: IntArray  # by node; -1 where it is left out
    begins: IntArray
    ratings: NDArray[np.int8]
    days: FloatArray
    weights: FloatArray
    sources: IntArray
    scratch: FloatArray


class TreeObjective(Objective):
    """`Objective` over shared histories: the same sums, with every history gone through once.

    It works on one thread, and not for two callers at a time. The Fisher information comes from a packed log.

    Args:
        model_name: One of `repetita.equations.MODELS`, whose state is recursive.
        variant: Named variant of the model's equations.
        shared: The histories.
        weights: (nodes,) summed weight of each history's last review.
        packed: A packed log that the Fisher information is taken from.
        packed_weights: Weight of each row of that.
        scale: By how much the information of the whole is larger.
    """

    def __new__(cls, *_: Any, **__: Any) -> TreeObjective:
        """An objective; models whose state is not recursive have none."""
        return object.__new__(cls)

    def __init__(
        self,
        model_name: str,
        variant: str,
        shared: SharedHistories,
        weights: FloatArray,
        *,
        packed: PackedLog,
        packed_weights: ArrayLike,
        scale: float = 1.0,
    ) -> None:
        super().__init__(model_name, variant, packed, packed_weights, threads=1)
        self._scale = scale
        self._kernel, self._layout = _tree_kernel(model_name)
        self._placed = placed(shared, weights, self._layout)
        self._sums_rows = np.zeros((len(self._layout.sums) + 1) * LANES)

    def fisher(self, w: ArrayLike, *, card_fraction: float = 1.0) -> FloatArray:
        """As `Objective.fisher`, from the packed log, scaled up to the whole."""
        return super().fisher(w, card_fraction=card_fraction) * self._scale

    def card_scores(self, w: ArrayLike) -> FloatArray:
        """Nothing: cards that share a history have no gradient of their own here.

        Raises:
            UsageError: Always.
        """
        raise UsageError("shared histories know no cards; an Objective of the packed log does")

    def _fold(self, point: Point) -> FloatArray:
        fold: FloatArray = self._layout.fixed.copy()
        rows, columns, values = self._layout.moving
        fold[rows, columns] = point.moved[values]
        return fold

    def _sums(self, point: Point, *, backward: bool, scores: FloatArray | None = None) -> FloatArray:
        totals = np.empty(len(self._layout.sums) + 1)
        slots = self._placed
        self._kernel(*slots[1:6], *point.vectors, backward, slots.scratch, self._sums_rows, totals)
        return totals


class HistoryPredictions:
    """Predicted probability of recall just before some reviews of a log, by one model after the other.

    Args:
        model_name: Name of a memory model whose state is recursive.
        log: A review log.
        rows: Rows of reviews that are not the first of their card.

    Example:
        >>> from repetita.memory_model import model
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (5, 3)]])
        >>> HistoryPredictions("fsrs6", log, np.array([1])).of(model("fsrs6")).round(4).tolist()
        [0.8389]
    """

    def __init__(self, model_name: str, log: ReviewLog, rows: IntArray) -> None:
        shared = shared_histories(log, equations(model_name).UNIT)
        self._placed = placed(shared, shared.weighted(rows), _layout(model_name))
        self._kernel = _tree(model_name, "predictions")
        self._slots = self._placed.slots[shared.nodes[rows]]

    def of(self, model: MemoryModel, chosen: slice = slice(None)) -> FloatArray:
        """Predictions of a model of that name, shape (rows,).

        Args:
            model: Its parameters may be others each time.
            chosen: Places among the rows.
        """
        vectors = [np.asarray(v, dtype=np.float64) for v in (model.parameters, model.prepared, model.options)]
        _, begins, ratings, days, _, sources, scratch = self._placed
        recalled = np.empty(len(sources))
        self._kernel(begins, ratings, days, sources, *vectors, scratch, recalled)
        return recalled[self._slots[chosen]]


def placed(shared: SharedHistories, weights: FloatArray, layout: TreeLayout) -> Placed:
    """Histories laid out for kernels.

    Args:
        shared: The histories.
        weights: (nodes,) at least 0, at histories of two reviews and more; those that neither weigh nor lead
            to one that does are left out.
        layout: Of the model.
    """
    levels, parents, step = shared.levels, shared.parents, layout.step * LANES
    slots = np.full(len(parents), -1, dtype=np.int64)
    portions, seconds = np.zeros_like(slots), np.empty_like(slots)
    _sharing("mark")(parents, weights, slots)
    count = _sharing("portion")(levels, parents, slots, PORTION, seconds, portions)
    begins = np.empty(count + 1, dtype=np.int64)
    _sharing("place")(levels, portions, np.zeros((count, len(levels)), dtype=np.int64), slots, begins)
    size = int(begins[-1])
    ratings, sources = np.empty(size, dtype=np.int8), np.empty(size, dtype=np.int64)
    days, heavy = np.empty(size), np.empty(size)
    _sharing("fill")(
        slots, portions, begins, parents, shared.ratings, shared.days, weights, step,
        ratings, days, heavy, sources,
    )  # fmt: skip
    scratch = np.empty(int(np.diff(begins).max()) // LANES * step)
    return Placed(slots, begins, ratings, days, heavy, sources, scratch)


@cache
def _sharing(function: str) -> Callable[..., Any]:
    return entry("sharing", render_sharing(), function)


@cache
def _layout(name: str) -> TreeLayout:
    return TreeLayout(derivatives(name), len(equations(name).PARAMETERS))


class _TreeKernel(NamedTuple):
    function: Callable[..., Any]
    layout: TreeLayout


@cache
def _tree_kernel(name: str) -> _TreeKernel:
    return _TreeKernel(_tree(name, "gradient"), _layout(name))


def _tree(name: str, function: str) -> Callable[..., Any]:
    return entry(f"{source_name(name)}_tree", _tree_text(name), function)


@cache
def _tree_text(name: str) -> str:
    return render_tree(source_name(name), equations(name), derivatives(name))
