"""What a memory model says about every review of a log: the prediction before it, the states around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.equations import declared, equations, source_name
from repetita.frozen import read_only
from repetita.kernels.packing import LANES, PackedLog, pack, rows_of_zeros
from repetita.kernels.threads import run_chunks

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

__all__ = ["Replay", "packed_states", "predict", "replay"]

FloatArray: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Replay:
    """States and predictions of every review of a log, all (reviews,) in the log's row order.

    Attributes:
        before: State name to its value just before the review (before any forgetting is accounted for: the
            state left by the previous review); NaN at first reviews.
        after: State name to its value after the review.
        retrievability: Predicted probability of recall at the review; NaN at first reviews.
    """

    before: dict[str, FloatArray]
    after: dict[str, FloatArray]
    retrievability: FloatArray


def predict(model: MemoryModel, log: ReviewLog, *, threads: int | None = None) -> FloatArray:
    """Predicted probability of recall just before every review of a log.

    Args:
        model: The memory model.
        log: A review log.
        threads: At most so many threads; None means one a processor.

    Returns:
        Shape (reviews,), in the log's row order; NaN at the first review of each card.

    Example:
        >>> from repetita.memory_model import model
        >>> from repetita.reviews import ReviewLog
        >>> predict(model("fsrs6"), ReviewLog.from_histories([[(0, 3), (5, 3)]])).round(4).tolist()
        [nan, 0.8389]
    """
    recalled, _ = _values(model, log, 0, threads)
    return recalled


def replay(model: MemoryModel, log: ReviewLog, *, threads: int | None = None) -> Replay:
    """States before and after, and the prediction, for every review of a log.

    Args:
        model: The memory model.
        log: A review log.
        threads: At most so many threads; None means one a processor.

    Example:
        >>> from repetita.memory_model import model
        >>> from repetita.reviews import ReviewLog
        >>> states = replay(model("fsrs6"), ReviewLog.from_histories([[(0, 3), (2, 3)]]))
        >>> states.before["stability"].round(4).tolist(), states.after["stability"].round(4).tolist()
        ([nan, 2.3065], [2.3065, 10.9643])
    """
    recalled, states = _values(model, log, len(model.state_names), threads)
    before, after = {}, {}
    for name, values in zip(model.state_names, states, strict=True):
        left = np.empty(len(log))
        left[1:] = values[:-1]
        left[log.first] = np.nan
        before[name], after[name] = read_only(left), read_only(values)
    return Replay(before, after, read_only(recalled))


def _values(
    model: MemoryModel, log: ReviewLog, kept_states: int, threads: int | None
) -> tuple[FloatArray, FloatArray]:
    if declared(model.equations).kind == "network":
        from repetita.kernels.networks import network_values

        return network_values(model, log, kept_states, threads)
    packed = pack(log, model.equations.UNIT)
    if declared(model.equations).fitted and declared(model.equations).kind != "recursive":
        from repetita.kernels.histories import history_predictions

        return history_predictions(model, packed, threads), np.empty((kept_states, packed.reviews))
    return _recursive_values(model, packed, kept_states, threads)


def packed_states(model: MemoryModel, packed: PackedLog, *, threads: int | None = None) -> FloatArray:
    """States after every review of a packed log, shape (numbers of a state, reviews), in the log's row order.

    Args:
        model: Of kind "recursive".
        packed: The reviews.
        threads: At most so many threads; None means one a processor.

    Example:
        >>> from repetita.kernels.packing import pack_rows
        >>> from repetita.memory_model import model
        >>> packed = pack_rows(np.array([3, 3]), np.array([0.0, 2.0]), np.array([0]), np.array([2]))
        >>> packed_states(model("fsrs6"), packed)[0].round(4).tolist()
        [2.3065, 10.9643]
    """
    return _recursive_values(model, packed, len(model.state_names), threads)[1]


def _recursive_values(
    model: MemoryModel, packed: PackedLog, kept_states: int, threads: int | None
) -> tuple[FloatArray, FloatArray]:
    if not declared(model.equations).fitted:
        return _plain_values(model, packed, kept_states)
    kernel, rows = _kernel(model.name)
    recalled = np.empty(packed.reviews)
    states = np.empty((kept_states, packed.reviews)) if kept_states else np.empty((1, 0))
    vectors = [np.asarray(v, dtype=np.float64) for v in (model.parameters, model.prepared, model.options)]
    chunks = packed.chunks

    def work(take: Callable[[], int]) -> None:
        scratch = rows_of_zeros(rows)
        while (i := take()) < len(chunks) - 1:
            kernel(
                chunks[i], chunks[i + 1], packed.starts, packed.lengths, packed.rows, packed.ratings,
                packed.days, *vectors, scratch, recalled, states,
            )  # fmt: skip

    run_chunks(work, len(chunks) - 1, threads)
    return recalled, states


def _plain_values(model: MemoryModel, packed: PackedLog, kept_states: int) -> tuple[FloatArray, FloatArray]:
    """As `_values`, one review after the other in plain Python: for rules, which are not compiled."""
    recalled = np.full(packed.reviews, np.nan)
    states = np.empty((kept_states, packed.reviews)) if kept_states else np.empty((1, 0))
    module, vectors = model.equations, (model.parameters, model.prepared, model.options)
    for block, start in enumerate(packed.starts.tolist()):
        lengths = packed.lengths[block * LANES : (block + 1) * LANES]
        position, current = start, [()] * LANES
        for step in range(int(lengths[0])):
            active = int(np.count_nonzero(lengths > step))
            for lane in range(active):
                row, rating = int(packed.rows[position + lane]), int(packed.ratings[position + lane])
                if step == 0:
                    current[lane] = module.first(*vectors, rating)
                else:
                    days = float(packed.days[position + lane])
                    recalled[row] = module.recall(*vectors, current[lane], days)
                    current[lane] = module.after(*vectors, current[lane], days, rating)
                if kept_states:
                    states[:, row] = current[lane]
            position += active
    return recalled, states


@cache
def _kernel(name: str) -> tuple[Callable[..., None], int]:
    from repetita.kernels.rendering import render_values
    from repetita.kernels.source_cache import entry

    source = source_name(name)
    text, rows = render_values(source, equations(name))
    return entry(f"{source}_values", text, "values"), rows
