"""Stabilities of the samples in resampled logs: whole cards, or whole days, drawn with replacement.

All samples of one draw belong together, so a step that depends on several of them gets an honest interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repetita.advice.samples import Answers
from repetita.advice.short_term import DelayTable
from repetita.evaluation.bootstrap import resample

__all__ = ["Redrawn", "redrawn"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Redrawn:
    """Fits to resampled logs.

    Attributes:
        by: What was drawn: "cards" or "days".
        groups: How many were drawn from.
        log_stability: By sample, shape (replicates,).
    """

    by: str
    groups: int
    log_stability: Mapping[str, Floats]


def redrawn(
    samples: Mapping[str, Answers], tables: Mapping[str, DelayTable], *, seed: int
) -> tuple[Redrawn, ...]:
    """Fits to logs of redrawn cards and of redrawn days; nothing where all answers are of one.

    Args:
        samples: Answers to fit to, by name; those without answers are passed over.
        tables: Their delays, by name.
        seed: Of the draws.
    """
    if not tables:
        return ()
    starts = dict(zip(tables, np.cumsum([0, *(table.places for table in tables.values())]), strict=False))
    place = np.concatenate([tables[name].place + starts[name] for name in tables])
    places = sum(table.places for table in tables.values())
    found = []
    for number, by in enumerate(("cards", "days")):
        clusters = np.concatenate([getattr(samples[name], by) for name in tables])
        drawn = resample(clusters, by=by, seed=(seed, number))
        if drawn is None:
            continue
        counts = drawn.draws @ drawn.tables(None, place, places)
        fits = {
            name: table.log_stability(counts[:, starts[name] : starts[name] + table.places])
            for name, table in tables.items()
        }
        found.append(Redrawn(by, drawn.groups, fits))
    return tuple(found)
