"""Lanes in the form that the event engine gives a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.simulation.result import SERIES, Events, Simulation, first_curve
from repetita.simulation.running import Plan

__all__ = ["FirstCurve", "first_curve_of", "run_of_lane"]

FloatArray = NDArray[np.float64]
FirstCurve = tuple[tuple[float, ...], FloatArray] | None


def run_of_lane(
    config: Mapping[str, Any],
    series: Mapping[str, FloatArray],
    *,
    projected: float,
    curve: FirstCurve,
    events: Events | None = None,
) -> Simulation:
    """A lane as a run.

    Args:
        config: What was simulated, with the seed.
        series: Series of each day by name, as `repetita.simulation.Lanes` has them.
        projected: Remembered cards at the end.
        curve: See `first_curve_of`.
        events: The log, if it was kept.
    """
    arrays: dict[str, Any] = {
        name: np.rint(values).astype(np.int64) if name in WHOLE else values for name, values in series.items()
    }
    return Simulation(config=config, **arrays, projected=projected, events=events, first_curve=curve)


WHOLE = tuple(name for name in SERIES if not (name.endswith("seconds") or name == "memorized"))


def first_curve_of(plan: Plan) -> FirstCurve:
    """What `Simulation.first_curve` is for runs of a plan."""
    worlds = {id(world): world for world in plan.environments}
    return first_curve(list(worlds.values()), plan.behavior, plan.days)
