"""`simulate_many`: many runs at once, from names and numbers to one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any, Literal

import numpy as np

from repetita.arguments import whole_number
from repetita.errors import CorruptInput, InvalidParameters, UsageError, unknown_name
from repetita.memory_model import MemoryModel
from repetita.simulation.lanes import places
from repetita.simulation.lanes.batches import Job, Outcomes, run_batch, sized_batches
from repetita.simulation.lanes.cast import Lane, User, lanes_of, schedulers_of, users_of
from repetita.simulation.lanes.plans import REASONS, SERIES_NAMES, PlanJobs, events_of
from repetita.simulation.lanes.result import Lanes
from repetita.simulation.running import MOST_CARDS, NEW_CARDS, Plan, check_options, plan
from repetita.simulation.specs import follows_policy

__all__ = ["simulate_many"]

DEVICES = ("cpu", "cuda")


def simulate_many(
    users: Any = 1,
    *,
    schedulers: Any = ("fsrs6",),
    desired_retention: float | Sequence[float | Sequence[float]] = 0.9,
    environments: Sequence[Any] | None = None,
    seeds: int | Iterable[int] = 42,
    days: int = 365,
    deck: int | None = None,
    daily: bool = False,
    events: bool | Iterable[int] = False,
    device: Literal["cpu", "cuda"] = "cpu",
    threads: int | None = None,
    max_lanes_per_batch: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Lanes:
    """What happens to many users under many schedulers: one row a combination, a *lane*.

    The runs are compiled, and their events are those of `simulate`: the same days, cards, ratings and
    intervals with the same seed and user number, whatever the number of threads, the batch or the device.
    Two schedulers on one seed share luck: differences between them are less noisy than either.

    Args:
        users: Their number; or a list of `repetita.simulation.User`, memory models, names of models, or lists
            of parameters of the environment.
        schedulers: Names, `MemoryModel` beliefs, or mappings of ``scheduler`` and settings of it: ``policy``,
            ``cost_weight``, ``scheduler_priority``, ``desired_retention``.
        desired_retention: One, or several; among these a list is one a card.
        environments: Worlds for every user, names or models; default: each user's own, or "fsrs6". A list
            among them, or among the schedulers, is one a card: the same model with parameters of its own.
        seeds: One, or several.
        days: Length of the runs.
        deck: Number of new cards. Default: 1000; with a start those that it has.
        daily: Whether series of each day are kept. Otherwise recall is summed over the days in closed form:
            within 1e-8 of the sum over days, far below what seeds do.
        events: Whether logs are kept: of all lanes, or of those with these numbers.
        device: "cpu", or "cuda" for one lane a thread of a graphics processor.
        threads: Of the processor; default: one a core.
        max_lanes_per_batch: Most lanes at a time; default: what fits into memory.
        progress: Called after each batch with the number of lanes done, and of all.
        options: Of all lanes, as `simulate` has them: ``behavior``, ``cost``, ``short_term``, ``fuzz``,
            ``start``, limits and so on.

    Returns:
        One row a lane: users one after the other, each with all schedulers, then environments, desired
        retentions and seeds. A user whose parameters are no numbers has failed lanes with the reason; the
        others finish.

    Raises:
        UnknownName: A name that does not exist; the nearest one is suggested.
        UsageError: Something out of range, or what only the event engine can run.

    Example:
        >>> lanes = simulate_many(2, schedulers=["fsrs6", "anki_sm2"], days=30, deck=50, seeds=range(3))
        >>> len(lanes), float(lanes.total_new.max())
        (12, 50.0)
    """
    check_options(options, (plan, simulate_many), "environment", "scheduler", "user", "options")
    if device not in DEVICES:
        raise unknown_name("device", device, DEVICES)
    if max_lanes_per_batch is not None:
        whole_number(max_lanes_per_batch, "max_lanes_per_batch", low=1)
    cast = _Cast(users_of(users), schedulers_of(schedulers), {"days": days, **options}, deck)
    several = [seeds] if isinstance(seeds, int) else list(seeds)
    if not several:
        raise UsageError("seeds is empty", where="seeds")
    retentions: list[Any] = (
        [desired_retention]
        if isinstance(desired_retention, int | float)
        else [one if isinstance(one, int | float) else tuple(one) for one in desired_retention]
    )
    if not retentions:
        raise UsageError("desired_retention is empty", where="desired_retention")
    lanes = list(
        lanes_of(
            cast.users,
            environments,
            cast.schedulers,
            retentions,
            [whole_number(seed, "seeds", high=2**63 - 1) for seed in several],
        )
    )
    logged = _logged(events, len(lanes))
    outcomes = Outcomes.of(len(lanes), whole_number(days, "days", low=1), daily=daily)
    jobs = (cast.job(number, lane, daily, number in logged, outcomes) for number, lane in enumerate(lanes))
    done = 0
    for batch in sized_batches(jobs, device, max_lanes_per_batch, threads):
        run_batch([job for job in batch if job.rows is not None], outcomes, device, threads)
        done += len(batch)
        if progress is not None:
            progress(done, len(lanes))
    return _result(cast, lanes, outcomes, days, daily)


@dataclass
class _Cast:
    """Who takes part, and the plans that were made for them."""

    users: tuple[User, ...]
    schedulers: tuple[dict[str, Any], ...]
    options: dict[str, Any]
    deck: int | None
    plans: dict[Any, Plan | str] = field(default_factory=dict)
    jobs: PlanJobs | None = None

    def job(self, number: int, lane: Lane, daily: bool, logged: bool, outcomes: Outcomes) -> Job:
        """The rows of a lane, or none with the reason among the failures."""
        key = (lane.user, id(lane.environment), lane.scheduler, lane.desired_retention)
        if key not in self.plans:
            self.plans = {key: self._plan(lane)}  # lanes of one plan follow each other
        made = self.plans[key]
        if isinstance(made, str):
            outcomes.failures[number] = made
            return Job(number, None, None, False)
        try:
            if self.jobs is None or self.jobs.plan is not made:
                self.jobs = PlanJobs(made, deck=self._deck(made), daily=daily)
            return self.jobs.job(number, lane.seed, logged=logged)
        except ArithmeticError as error:
            outcomes.failures[number] = f"the parameters lead to no numbers: {error}"
            return Job(number, None, None, False)

    def _plan(self, lane: Lane) -> Plan | str:
        chosen = {k: v for k, v in self.schedulers[lane.scheduler].items() if k != "desired_retention"}
        if isinstance(lane.desired_retention, tuple) or not isnan(lane.desired_retention):
            chosen["desired_retention"] = lane.desired_retention
        own = self.users[lane.user].options(lane.environment, chosen["scheduler"])
        started = self.options.get("start") is not None
        try:
            # where the cards of a lane are alike, a plan of one card says all about them
            given = self.options | own | chosen
            if isinstance(name := given["scheduler"], str) and not follows_policy(name):
                given["policy"] = chosen.get("policy")  # one for all lanes is for those that follow it
            columns = (given["environment"], given["scheduler"], given.get("desired_retention"))
            whole = started or any(isinstance(column, list | tuple) for column in columns)
            return plan(**given, deck=self.deck if whole else 1)
        except (InvalidParameters, CorruptInput) as error:
            return str(error)
        except ArithmeticError as error:
            return f"the parameters lead to no numbers: {error}"

    def _deck(self, made: Plan) -> int:
        if made.start is not None or len(made.environments) > 1:
            return len(made.environments)
        return whole_number(NEW_CARDS if self.deck is None else self.deck, "deck", low=1, high=MOST_CARDS)


def _logged(events: bool | Iterable[int], lanes: int) -> set[int]:
    """Numbers of the lanes whose log is kept."""
    if isinstance(events, bool):
        return set(range(lanes)) if events else set()
    return {whole_number(number, "events", high=lanes - 1) for number in events}


def _result(cast: _Cast, lanes: Sequence[Lane], outcomes: Outcomes, days: int, daily: bool) -> Lanes:
    for number, (status, card, day) in enumerate(outcomes.status.tolist()):
        if status:
            outcomes.failures[number] = f"{REASONS[status]} (card {card}, day {day})"
    totals = outcomes.totals
    totals[list(outcomes.failures)] = np.nan
    column = {name: totals[:, place].copy() for place, name in enumerate(SERIES_NAMES)}
    series = None
    if outcomes.series is not None and outcomes.curve is not None:
        outcomes.series[list(outcomes.failures)] = np.nan
        outcomes.curve[list(outcomes.failures)] = np.nan
        series = {name: outcomes.series[:, :, place].copy() for place, name in enumerate(SERIES_NAMES)}
        series["memorized"] = outcomes.curve[:, :-1].copy()
    return Lanes(
        config=_config(cast, days),
        user=np.array([cast.users[lane.user].number for lane in lanes], dtype=np.int64),
        environment=tuple(_name(lane.environment) for lane in lanes),
        scheduler=tuple(_name(cast.schedulers[lane.scheduler]["scheduler"]) for lane in lanes),
        desired_retention=np.array([np.mean(lane.desired_retention) for lane in lanes], dtype=np.float64),
        seed=np.array([lane.seed for lane in lanes], dtype=np.int64),
        failures=dict(sorted(outcomes.failures.items())),
        total_reviews=column["reviews"],
        total_lapses=column["lapses"],
        total_new=column["new"],
        phase_reviews=column["phase_reviews"],
        phase_lapses=column["phase_lapses"],
        total_cost_seconds=column["learning_seconds"] + column["review_seconds"],
        memorized_average=totals[:, places.SERIES] / days,
        projected=totals[:, places.SERIES + 1].copy(),
        series=series,
        events={number: events_of(log) for number, log in sorted(outcomes.logs.items())},
    )


def _config(cast: _Cast, days: int) -> Mapping[str, Any]:
    shown = {k: v for k, v in cast.options.items() if isinstance(v, str | int | float | bool | None)}
    return {"days": days, "deck": cast.deck} | shown


def _name(part: Any) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, list | tuple):
        names = {_name(one) for one in part}
        return names.pop() if len(names) == 1 else "per card"
    return part.name if isinstance(part, MemoryModel) else str(getattr(part, "name", type(part).__name__))
