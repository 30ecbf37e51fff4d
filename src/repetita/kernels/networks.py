"""Predictions and states of networks for whole logs and arrays of states, without torch."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.equations import equations
from repetita.equations.layers import USUAL_DURATION_MS
from repetita.kernels.threads import run_chunks

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

__all__ = ["durations_of", "network_applied", "network_values"]

FloatArray: TypeAlias = NDArray[np.float64]

REVIEWS_A_CHUNK = 4096


def durations_of(log: ReviewLog) -> FloatArray:
    """Time that each answer took, in milliseconds, shape (reviews,); the usual one where it is not known.

    Args:
        log: A review log.
    """
    if log.durations_ms is None:
        return np.full(len(log), USUAL_DURATION_MS)
    known = log.durations_ms >= 0
    return np.where(known, log.durations_ms.astype(np.float64), USUAL_DURATION_MS)


def network_values(
    model: MemoryModel, log: ReviewLog, kept_states: int, threads: int | None
) -> tuple[FloatArray, FloatArray]:
    """Prediction before every review, and the states after it.

    Args:
        model: A network.
        log: A review log.
        kept_states: 0, or the number of a state's numbers to have states as well.
        threads: Most threads to use.

    Returns:
        (reviews,) probabilities, NaN at first reviews, and (kept_states, reviews) states.
    """
    recalled = np.empty(len(log))
    states = np.empty((kept_states, len(log))) if kept_states else np.empty((1, 0))
    offsets = np.array(log.offsets, dtype=np.int64)
    targets = np.arange(0, len(log) + REVIEWS_A_CHUNK, REVIEWS_A_CHUNK)
    chunks = np.unique(np.concatenate((np.searchsorted(offsets, targets), [0, log.cards]))).clip(
        max=log.cards
    )
    # copies, because the kernel's signature does not take the log's own arrays, which cannot be written to
    columns = (
        np.array(log.ratings, dtype=np.int8),
        np.array(log.elapsed(model.equations.UNIT)),
        durations_of(log),
        np.array(model.prepared),
    )
    kernel = _kernel(model.name, "values")

    def work(take: Callable[[], int]) -> None:
        while (i := take()) < len(chunks) - 1:
            kernel(chunks[i], chunks[i + 1], offsets, *columns, recalled, states)

    run_chunks(work, len(chunks) - 1, threads)
    return recalled, states


def network_applied(
    model: MemoryModel, equation: str, states: list[FloatArray], others: list[FloatArray], outputs: int
) -> list[FloatArray]:
    """What "recall" or "after" gives for arrays of states, one array a result.

    Args:
        model: A network.
        equation: Which.
        states: One array a number of a state.
        others: Days, and for "after" ratings.
        outputs: Number of results.
    """
    results = np.empty((outputs, len(states[0])))
    kernel = _kernel(model.name, equation)
    kernel(np.array(model.prepared), np.array(states), np.array(others), results)
    return list(results)


@cache
def _kernel(name: str, function: str) -> Callable[..., Any]:
    from repetita.kernels.rendering import fill
    from repetita.kernels.source_cache import entry

    module = equations(name)
    text = fill(
        "network", model=name, states=module.STATES, room=module.ROOM, usual_duration=str(USUAL_DURATION_MS)
    )
    return entry(f"{name}_network", text, function)
