"""Reviews of a log as nodes of a tree: what cards have in common is computed once.

The state of a card follows from its reviews so far, elapsed times and ratings. Cards that have had the same
reviews share a node; a node's children are the different reviews that came next. In whole days half of the
reviews of a log and more share their node with another card's. Elapsed times with fractions are shared by
nobody but first reviews, so models of exact time gain nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.derivatives import derivatives
from repetita.equations import declared, equations, source_name
from repetita.errors import UsageError
from repetita.kernels.objective import Objective, Point
from repetita.kernels.packing import LANES, PackedLog, narrow, rows_of_zeros
from repetita.kernels.rendering_trees import TreeLayout, render_sharing, render_tree
from repetita.kernels.source_cache import entry

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

__all__ = [
    "SharedHistories",
    "StagedHistories",
    "TreeObjective",
    "can_share",
    "shared_histories",
    "staged_histories",
]

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
    order = np.argsort(narrow(depths, int(depths.max(initial=0))), kind="stable")
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


@dataclass(frozen=True, eq=False, slots=True)
class StagedHistories:
    """Histories that some reviews end, and what leads to them, laid out for the kernels of a model.

    Reviews are added stage by stage, and a stage goes through what its own reviews need and no more. So its
    sums are those that they would be without the later ones. Made by `staged_histories`.

    Attributes:
        model_name: Name of the model.
        slots: (reviews,) the slot of the history that each of the reviews ends.
        begins: (lengths - 1,) first slot of the histories of two reviews, of three, and so on.
        ends: (stages, lengths - 1) where each stage ends there.
        ratings: (slots,) of its last review.
        days: (slots,) time before its last review.
        sources: (slots,) where in scratch a slot finds what it continues.
        scratch: Room for the kernels, which serves one caller at a time.
    """

    model_name: str
    slots: IntArray
    begins: IntArray
    ends: IntArray
    ratings: NDArray[np.int8]
    days: FloatArray
    sources: IntArray
    scratch: FloatArray

    def predictions(self, model: MemoryModel, stage: int, places: slice = slice(None)) -> FloatArray:
        """Predicted probability of recall just before some reviews of a stage.

        Args:
            model: Of the name that this is laid out for.
            stage: From 0.
            places: Which of the reviews.

        Example:
            >>> from repetita.memory_model import model
            >>> from repetita.reviews import ReviewLog
            >>> log = ReviewLog.from_histories([[(0, 3), (5, 3)]])
            >>> staged_histories(log, "fsrs6", np.array([1]), [1]).predictions(model("fsrs6"), 0).round(4)
            array([0.8389])
        """
        vectors = [np.asarray(v, dtype=np.float64) for v in (model.parameters, model.prepared, model.options)]
        recalled = np.empty(len(self.sources))
        _tree(self.model_name, "predictions")(
            self.begins, self.ends[stage], self.ratings, self.days, self.sources, *vectors,
            self.scratch, recalled,
        )  # fmt: skip
        return recalled[self.slots[places]]


def staged_histories(
    log: ReviewLog, model_name: str, rows: IntArray, counts: Sequence[int]
) -> StagedHistories:
    """The histories that some reviews of a log end, by stages.

    Args:
        log: A review log.
        model_name: Name of a memory model whose state is recursive.
        rows: Rows of reviews that are not the first of their card.
        counts: How many of them each stage has, rising.

    Example:
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 1)], [(0, 3), (2, 1), (1, 3)]])
        >>> staged = staged_histories(log, "fsrs6", np.array([1, 3, 4]), [1, 3])
        >>> staged.slots.tolist(), (staged.ends - staged.begins).tolist()
        ([16, 16, 32], [[1, 0], [1, 1]])
    """
    shared, layout = shared_histories(log, equations(model_name).UNIT), _layout(model_name)
    nodes = shared.nodes[rows]
    stages = np.full(len(shared.parents), len(counts), dtype=np.int32)
    for stage in reversed(range(len(counts))):
        stages[nodes[counts[stage - 1] if stage else 0 : counts[stage]]] = stage
    slots = np.full(len(stages), -1, dtype=np.int64)
    lengths = max(len(shared.levels) - 2, 0)
    begins, ends = np.empty(lengths, dtype=np.int64), np.empty((len(counts), lengths), dtype=np.int64)
    _sharing("mark")(shared.parents, stages)
    _sharing("place")(shared.levels, stages, begins, ends, slots)
    size = -(-int(ends[-1].max(initial=LANES)) // LANES) * LANES
    ratings, days, sources = np.empty(size, dtype=np.int8), np.empty(size), np.empty(size, dtype=np.int64)
    step = layout.step * LANES
    _sharing("fill")(slots, shared.parents, shared.ratings, shared.days, step, ratings, days, sources)
    scratch = rows_of_zeros(size // LANES * layout.step)
    return StagedHistories(model_name, slots[nodes], begins, ends, ratings, days, sources, scratch)


class TreeObjective(Objective):
    """`Objective` over shared histories: the same sums, with every history gone through once.

    It works on one thread, and not for two callers at a time. The Fisher information comes from a packed log.

    Args:
        variant: Named variant of the model's equations.
        staged: The histories.
        stage: The stage whose reviews are summed over.
        weights: Of the reviews of this stage, at least 0.
        packed: A packed log that the Fisher information is taken from.
        packed_weights: Weight of each row of that.
        scale: By how much the information of the whole is larger.
    """

    def __new__(cls, *_: Any, **__: Any) -> TreeObjective:
        """An objective; models whose state is not recursive have none."""
        return object.__new__(cls)

    def __init__(
        self,
        variant: str,
        staged: StagedHistories,
        stage: int,
        weights: FloatArray,
        *,
        packed: PackedLog,
        packed_weights: ArrayLike,
        scale: float = 1.0,
    ) -> None:
        super().__init__(staged.model_name, variant, packed, packed_weights, threads=1)
        self._scale = scale
        self._kernel, self._layout = _tree_kernel(staged.model_name)
        slots, size = staged.slots[: len(weights)], len(staged.sources)
        self._histories = (
            *(staged.begins, staged.ends[stage], staged.ratings, staged.days),
            np.bincount(slots, weights=weights, minlength=size),
            staged.sources,
        )
        self._scratch = staged.scratch
        self._sums_rows = rows_of_zeros(len(self._layout.sums) + 1)

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
        self._kernel(*self._histories, *point.vectors, backward, self._scratch, self._sums_rows, totals)
        return totals


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
