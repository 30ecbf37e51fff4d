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
from repetita.simulation.lanes.known import known_cards
from repetita.simulation.lanes.rows import rows_of
from repetita.simulation.result import Events, Simulation, first_curve
from repetita.simulation.running import Plan

__all__ = ["REASONS", "SERIES_NAMES", "PlanJobs", "events_of", "run_plan"]

REASONS = {
    places.BAD_RECALL: "the world's retrievability is not in [0, 1]",
    places.BAD_INTERVAL: "the scheduler's interval is not a number of days from 0",
    places.HISTORY_FULL: "the histories of all cards do not fit into memory; simulate has room for them",
}
SERIES_NAMES = (
    "reviews",
    "new",
    "lapses",
    "phase_reviews",
    "phase_lapses",
    "short_loops",
    "learning_seconds",
    "review_seconds",
)


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
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Simulation, ...]:
    """What `Plan.run` gives, with each of some seeds, by lanes.

    Args:
        plan: The plan.
        seeds: Whole numbers from 0.
        events: Whether logs are kept.
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
    for batch in sized_batches(made, "cpu", 8 if progress else None, threads):
        run_batch(batch, outcomes, "cpu", threads)
        done += len(batch)
        if progress is not None:
            progress(done, len(seeds))
    for status, card, day in outcomes.status.tolist():
        if status:
            raise UsageError(f"{REASONS[status]} (card {card}, day {day})")
    curve = first_curve(plan.environments, plan.behavior, plan.days)
    return tuple(_simulation(plan, seed, n, outcomes, curve) for n, seed in enumerate(seeds))


def _simulation(plan: Plan, seed: int, number: int, outcomes: Outcomes, curve: Any) -> Simulation:
    assert outcomes.series is not None
    assert outcomes.curve is not None
    series: dict[str, Any] = {
        name: outcomes.series[number, :, place].astype(np.float64 if "seconds" in name else np.int64)
        for place, name in enumerate(SERIES_NAMES)
    }
    log = outcomes.logs.get(number)
    return Simulation(
        config={**plan.config, "seed": seed},
        **series,
        memorized=outcomes.curve[number, :-1].copy(),
        projected=float(outcomes.curve[number, -1]),
        first_curve=curve,
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
