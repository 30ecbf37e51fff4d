"""Plans of runs as lanes: the jobs of a plan, and its outcome in the form of the event engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError
from repetita.simulation.history_roles import CAPACITY
from repetita.simulation.lanes import places
from repetita.simulation.lanes.batches import Job, Outcomes, run_batch, sized_batches
from repetita.simulation.lanes.compiled import compile_for
from repetita.simulation.lanes.known import known_cards
from repetita.simulation.lanes.rows import rows_of
from repetita.simulation.lanes.runs import FirstCurve, first_curve_of, run_of_lane
from repetita.simulation.result import SERIES, Events, Simulation
from repetita.simulation.running import Plan

__all__ = [
    "REASONS",
    "SERIES_NAMES",
    "PlanJobs",
    "events_of",
    "needs_event_engine",
    "run_plan",
    "runs_of_plan",
]

REASONS = {
    places.BAD_RECALL: "the world's retrievability is not in [0, 1]",
    places.BAD_INTERVAL: "the scheduler's interval is not a number of days from 0",
    places.HISTORY_FULL: "the histories of all cards do not fit into memory; simulate has room for them",
}
SERIES_NAMES = SERIES[:-1]  # what a lane counts day by day; recall is kept apart


class PlanJobs:
    """The jobs of a plan.

    Args:
        plan: The plan.
        deck: Number of cards.
        daily: Whether series have a place a day.
    """

    def __init__(self, plan: Plan, *, deck: int, daily: bool) -> None:
        self.plan, self.deck, self.daily = plan, deck, daily
        self.lock = Lock()
        self.known: tuple[int, NDArray[np.float64]] | None = None

    def job(self, number: int, seed: int, *, logged: bool) -> Job:
        """The job with a seed.

        Raises:
            UsageError: Only the event engine can run it.
            ArithmeticError: The parameters lead to no numbers.
        """
        start = self.plan.start
        longest = 0 if start is None else int(np.diff(start.offsets).max(initial=0))
        return self._with_room(number, seed, logged, CAPACITY + longest)

    def _with_room(self, number: int, seed: int, logged: bool, capacity: int) -> Job:
        """A job whose cards have room for so many presses, where their histories are kept."""
        rows = rows_of(self.plan, deck=self.deck, seed=seed, daily=self.daily, capacity=capacity)
        known = None
        if self.plan.start is not None:
            with self.lock:
                if self.known is None or self.known[0] != capacity:
                    self.known = capacity, known_cards(self.plan, rows)
                known = self.known[1]
            rows.numbers[places.KNOWN] = len(known)
        larger = partial(self._with_room, number, seed, logged, 2 * capacity)
        return Job(number, rows, known, logged, larger)


def run_plan(
    plan: Plan,
    seeds: Sequence[int],
    *,
    events: bool = True,
    device: str = "cpu",
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Simulation, ...]:
    """What `Plan.run` gives, with each of some seeds, by lanes.

    Args:
        plan: The plan.
        seeds: Whole numbers from 0.
        events: Whether logs are kept.
        device: "cpu", or "cuda" for one run a thread of a graphics processor.
        threads: Of the processor; default: one a core.
        progress: Called with the number of runs done, and of all.

    Raises:
        UsageError: Only the event engine can run it, or a world or scheduler gives no numbers.

    Example:
        >>> from repetita.simulation.running import plan
        >>> made = plan(days=30, deck=20)
        >>> run_plan(made, [7])[0].total_reviews == made.run(7).total_reviews
        True
    """
    deck = len(plan.environments)
    jobs = PlanJobs(plan, deck=deck, daily=True)
    outcomes = Outcomes.of(len(seeds), plan.days, daily=True)
    made = (jobs.job(number, seed, logged=events) for number, seed in enumerate(seeds))
    done = 0
    for batch in sized_batches(made, device, 8 if progress else None, threads):
        run_batch(batch, outcomes, device, threads)
        done += len(batch)
        if progress is not None:
            progress(done, len(seeds))
    for status, card, day in outcomes.status.tolist():
        if status:
            raise UsageError(f"{REASONS[status]} (card {card}, day {day})")
    curve = first_curve_of(plan)
    return tuple(_simulation(plan, seed, n, outcomes, curve) for n, seed in enumerate(seeds))


def needs_event_engine(plan: Plan) -> str | None:
    """Why only the event engine can run a plan; None where lanes can.

    Example:
        >>> from repetita.simulation.running import plan
        >>> needs_event_engine(plan(deck=1)), needs_event_engine(plan(deck=1, compat="srs-simulator"))
        (None, "environment 'fsrs6' runs in the event engine only")
    """
    jobs = PlanJobs(plan, deck=len(plan.environments), daily=True)
    try:
        rows = jobs.job(0, 0, logged=False).rows
        compile_for([] if rows is None else [rows])
    except UsageError as error:
        return error.message
    except ArithmeticError:
        return None
    return None


def runs_of_plan(
    plan: Plan, seeds: Sequence[int], *, threads: int | None = None
) -> tuple[Simulation, ...] | None:
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
        return run_plan(plan, seeds, events=False, threads=threads)
    except (UsageError, ArithmeticError):
        return None


def _simulation(plan: Plan, seed: int, number: int, outcomes: Outcomes, curve: FirstCurve) -> Simulation:
    assert outcomes.series is not None
    assert outcomes.curve is not None
    series = {name: outcomes.series[number, :, place] for place, name in enumerate(SERIES_NAMES)}
    log = outcomes.logs.get(number)
    return run_of_lane(
        {**plan.config, "seed": seed},
        series | {"memorized": outcomes.curve[number, :-1]},
        projected=float(outcomes.curve[number, -1]),
        curve=curve,
        events=None if log is None else events_of(log),
    )


def events_of(log: NDArray[np.float64]) -> Events:
    """A log of a lane as `Events`; its columns are in their order."""
    names = tuple(Events.__dataclass_fields__)
    whole = ("day", "phase", "card_id", "rating")
    columns: dict[str, Any] = {
        name: log[:, place].astype(np.int64) if name in whole else log[:, place].copy()
        for place, name in enumerate(names)
    }
    return Events(**columns)
