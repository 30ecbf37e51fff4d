"""Sums that log loss and RMSE(bins) are made of, taken while a model predicts the reviews of a long log.

Predictions, losses and cells are never put anywhere: a card's cells follow from running counts, and what a
review adds is added at once. A first look at a log then costs little more than the predictions themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.equations import declared, equations, source_name
from repetita.frozen import read_only
from repetita.kernels.packing import LANES, cut, in_blocks, rows_of_zeros
from repetita.kernels.threads import run_chunks

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

__all__ = ["CellSums", "can_judge", "judge"]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]

FIGURES = 3  # numbers a cell


@dataclass(frozen=True, eq=False, slots=True)
class CellSums:
    """Sums over the scored reviews of a log.

    Attributes:
        loss: Weighted log losses in nats.
        sizes: (cells,) reviews of each cell.
        weights: (cells,) their weights.
        residuals: (cells,) predictions minus outcomes.
    """

    loss: float
    sizes: FloatArray
    weights: FloatArray
    residuals: FloatArray


def can_judge(model: MemoryModel, log: ReviewLog) -> bool:
    """Whether `judge` knows the model and the scoring: lockstep in whole days, scored by days.

    Args:
        model: The memory model.
        log: A review log.

    Example:
        >>> from repetita.memory_model import model
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (2, 3)]])
        >>> can_judge(model("fsrs6"), log), can_judge(model("fsrs7"), log)
        (True, False)
    """
    about = declared(model.equations)
    return about.kind == "recursive" and about.fitted and model.equations.UNIT == "days" == log.scoring


def judge(
    model: MemoryModel,
    log: ReviewLog,
    weights: FloatArray | None,
    codes: Sequence[NDArray[np.integer]],
    *,
    smallest: float,
    threads: int | None = None,
) -> CellSums | None:
    """Sums over all scored reviews of a log, or None where some prediction is no probability.

    Args:
        model: A model that `can_judge` accepts.
        log: A review log.
        weights: (reviews,) weight of each row, or None for 1 throughout.
        codes: What each number of elapsed days, each review index and each number of lapses stands for, three
            arrays of whole numbers from 0, at least as long as the log needs. A cell is a triple of them.
        smallest: Probability that the loss is held at.
        threads: At most so many threads; None means one a processor. The result does not depend on it.

    Example:
        >>> from repetita.memory_model import model
        >>> from repetita.reviews import ReviewLog
        >>> log = ReviewLog.from_histories([[(0, 3), (5, 3), (0, 3), (9, 1)]])
        >>> found = judge(model("fsrs6"), log, None, [np.arange(10)] * 3, smallest=1e-9)
        >>> round(found.loss, 4), found.residuals[found.sizes > 0].round(4).tolist()
        (3.0023, [-0.1611, 0.9408])
    """
    offsets = np.asarray(log.offsets, dtype=np.int64)
    _, lengths, firsts = in_blocks(offsets[:-1], np.diff(offsets))
    chunks = cut(lengths[::LANES])
    cells, places = _places(codes)
    columns = [read_only(np.ascontiguousarray(column)) for column in (log.ratings, log.elapsed_days)]
    counted = read_only(np.empty(0) if weights is None else np.ascontiguousarray(weights, dtype=np.float64))
    vectors = [np.asarray(v, dtype=np.float64) for v in (model.parameters, model.prepared, model.options)]
    kernel, scratch_rows = _kernel(model.name)
    totals, sums = np.zeros((len(chunks) - 1, 2)), np.zeros((len(chunks) - 1, FIGURES * cells))

    def work(take: Callable[[], int]) -> None:
        scratch, counts = rows_of_zeros(scratch_rows), np.empty(2 * LANES, dtype=np.int64)
        while (i := take()) < len(totals):
            kernel(
                chunks[i], chunks[i + 1], lengths, firsts, *columns, counted, *places, *vectors, smallest,
                scratch, counts, totals[i], sums[i],
            )  # fmt: skip

    run_chunks(work, len(totals), threads)
    loss, outside = totals.sum(axis=0)
    if outside:
        return None
    return CellSums(float(loss), *np.ascontiguousarray(sums.sum(axis=0).reshape(cells, FIGURES).T))


def _places(codes: Sequence[NDArray[np.integer]]) -> tuple[int, list[IntArray]]:
    """Number of cells, and what each code adds to the place of a cell's first number."""
    step, places = 1, []
    for code in reversed(codes):
        places.append(read_only(code.astype(np.int64) * (step * FIGURES)))
        step *= int(code.max(initial=0)) + 1
    return step, places[::-1]


@cache
def _kernel(name: str) -> tuple[Callable[..., None], int]:
    from repetita.kernels.rendering import render_judging
    from repetita.kernels.source_cache import entry

    source = source_name(name)
    text, rows = render_judging(source, equations(name))
    return entry(f"{source}_judging", text, "judge"), rows
