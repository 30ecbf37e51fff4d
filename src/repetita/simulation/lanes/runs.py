"""Runs of a plan by lanes, as the event engine gives them: the same events, and series of each day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError
from repetita.simulation.lanes import places
from repetita.simulation.lanes.batches import Job, Outcomes, run_batch
from repetita.simulation.lanes.compiled import compile_for
from repetita.simulation.lanes.rows import LaneRows, rows_of
from repetita.simulation.result import SERIES, Events, Simulation, first_curve
from repetita.simulation.running import Plan

__all__ = ["FirstCurve", "first_curve_of", "needs_event_engine", "run_of_lane", "runs_of_plan"]

FloatArray = NDArray[np.float64]
FirstCurve = tuple[tuple[float, ...], FloatArray] | None


def needs_event_engine(plan: Plan) -> str | None:
    """Why only the event engine can run a plan; None where lanes can.

    Example:
        >>> from repetita.simulation.running import plan
        >>> needs_event_engine(plan(deck=1)), needs_event_engine(plan(deck=1, compat="srs-simulator"))
        (None, "environment 'fsrs6' runs in the event engine only")
    """
    try:
        compile_for([_rows(plan, 0)])
    except UsageError as error:
        return error.message
    except ArithmeticError:
        return None
    return None


def runs_of_plan(plan: Plan, seeds: Sequence[int], *, threads: int | None = None) -> list[Simulation] | None:
    """The outcomes of a plan with seeds, without logs.

    Returns:
        One run a seed; None where only the event engine can run the plan, or says what is wrong with it.

    Example:
        >>> from repetita.simulation.running import plan
        >>> made = plan(days=30, deck=20)
        >>> [run.total_reviews for run in runs_of_plan(made, [1, 2])] == [
        ...     made.run(seed).total_reviews for seed in (1, 2)
        ... ]
        True
    """
    if needs_event_engine(plan) is not None:
        return None
    try:
        known = _known(plan)
        jobs = [Job(number, _rows(plan, seed, known), known, False) for number, seed in enumerate(seeds)]
    except ArithmeticError:
        return None
    outcomes = Outcomes.of(len(jobs), plan.days, daily=True)
    run_batch(jobs, outcomes, "cpu", threads)
    if outcomes.status[:, 0].any():
        return None
    assert outcomes.series is not None
    assert outcomes.curve is not None
    curve = first_curve_of(plan)
    return [
        run_of_lane(
            {**plan.config, "seed": seed},
            {name: outcomes.series[number, :, place] for place, name in enumerate(SERIES[:-1])}
            | {"memorized": outcomes.curve[number, :-1]},
            projected=float(outcomes.curve[number, -1]),
            curve=curve,
        )
        for number, seed in enumerate(seeds)
    ]


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


def _rows(plan: Plan, seed: int, known: FloatArray | None = None) -> LaneRows:
    if len({*map(id, plan.environments)}) > 1 or len({*map(id, plan.schedulers)}) > 1:
        raise UsageError("cards with different environments or schedulers run in the event engine only")
    rows = rows_of(plan, deck=len(plan.environments), seed=seed, daily=True)
    rows.numbers[places.KNOWN] = 0 if known is None else len(known)
    return rows


def _known(plan: Plan) -> FloatArray | None:
    if plan.start is None:
        return None
    from repetita.simulation.lanes.known import known_cards

    return known_cards(plan, _rows(plan, 0))
