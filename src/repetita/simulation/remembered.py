"""The daily count of remembered cards: recall summed over all cards, each span between presses at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["remembered"]

FloatArray = NDArray[np.float64]
MOST_AT_ONCE = 131_072  # card-days, so that they stay in the cache


def remembered(worlds: Sequence[Any], spans: Sequence[Sequence[Any]], days: int) -> FloatArray:
    """Sum of the probabilities of recall on each day, shape (days + 1,); the last one is the end of the run.

    Args:
        worlds: Environments.
        spans: For each of them, tuples of state, time it is remembered from, first and last day.
        days: Length of the run.
    """
    total = np.zeros(days + 1)
    for world, its_spans in zip(worlds, spans, strict=True):
        for part in _parts(its_spans):
            total += _summed(world, part, days)
    return total


def _parts(spans: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Spans in groups of about as many card-days as are computed at once."""
    lengths = np.array([span[3] - span[2] + 1 for span in spans], dtype=np.int64)
    ends = np.searchsorted(
        np.cumsum(lengths), np.arange(MOST_AT_ONCE, lengths.sum() + MOST_AT_ONCE, MOST_AT_ONCE)
    )
    begin = 0
    for end in np.minimum(ends + 1, len(spans)).tolist():
        if end > begin:
            yield spans[begin:end]
        begin = max(begin, end)


def _summed(world: Any, spans: Sequence[Any], days: int) -> FloatArray:
    states, origins, firsts, lasts = zip(*spans, strict=True)
    first = np.array(firsts, dtype=np.int64)
    counts = np.array(lasts, dtype=np.int64) - first + 1
    # runs of one number are repeated, which takes a fraction of the time of looking each of them up
    day = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - first, counts)
    elapsed = day - np.repeat(np.array(origins, dtype=np.float64), counts)
    np.maximum(elapsed, 0.0, out=elapsed)
    curve = getattr(world, "curve", None)
    if curve is None:
        recall = world.retrievability
        pairs = zip(np.repeat(np.arange(len(counts)), counts).tolist(), elapsed.tolist(), strict=True)
        recalled = np.array([recall(states[place], time) for place, time in pairs])
    else:
        # a row a number, so that each is copied in one go
        columns = np.ascontiguousarray(np.array(states, dtype=np.float64).T)
        recalled = curve(np.repeat(columns, counts, axis=1).T, elapsed)
    return np.asarray(np.bincount(day, weights=recalled, minlength=days + 1), dtype=np.float64)
