"""How far minutes and knowledge may be off: by parameters that a fit leaves possible, and by luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.frozen import freeze_arrays
from repetita.memory_model import MemoryModel
from repetita.retention_advice.goals import Goal
from repetita.retention_advice.parts import Outlook

__all__ = ["LEVEL", "Bands", "bands"]

Floats = NDArray[np.float64]

LEVEL = 0.9
"""Share of the cases that lie in a band."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Bands:
    """What 9 of 10 cases lie in, and the fit. Arrays have shape (2, settings): lower and upper ends.

    Attributes:
        minutes_per_day: Of the mean over all days.
        known: Of the cards remembered at the end.
        best: Lowest and highest setting that serve the goal best.
        runs: Number of cases.
    """

    minutes_per_day: Floats
    known: Floats
    best: tuple[float, float]
    runs: int

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        named = {}
        for name in ("minutes_per_day", "known"):
            low, high = getattr(self, name).tolist()
            named[name] = {"low": low, "high": high}
        return {"level": LEVEL, "runs": self.runs, "desired_retention": list(self.best), **named}


def bands(outlook: Outlook, worlds: Sequence[MemoryModel], goal: Goal) -> Bands:
    """Bands from simulations that differ in how cards are truly remembered, and in luck.

    The scheduler goes on believing the fitted parameters, as an app does.

    Args:
        outlook: The curves around which they lie.
        worlds: One a case, drawn from what the fit leaves possible.
        goal: What is wanted.
    """
    having, coming = outlook.elsewhere(worlds, lucky=True)
    minutes, known, _, _ = goal.within(coming, having)
    home_having, home_coming = outlook.home
    fitted = goal.within(home_coming, home_having)
    cases = zip(minutes, known, outlook.untouched(worlds).tolist(), strict=True)
    best = outlook.retentions[[goal.choose(*case).place for case in cases]]
    ends = [0.5 * (1.0 - LEVEL), 0.5 * (1.0 + LEVEL)]
    low, high = np.quantile(best, ends, method="nearest").tolist()
    return Bands(
        minutes_per_day=_around(minutes, fitted[0], ends),
        known=_around(known, fitted[1], ends),
        best=(low, high),
        runs=len(worlds),
    )


def _around(cases: Floats, fitted: Floats, ends: list[float]) -> Floats:
    """Quantiles of cases, moved outwards where the fit itself lies beyond: it is as possible as they are."""
    low, high = np.quantile(cases, ends, axis=0)
    return np.stack([np.minimum(low, fitted), np.maximum(high, fitted)])
