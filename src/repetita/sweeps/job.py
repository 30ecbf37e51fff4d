"""The work of a sweep: calls of the lanes engine in, rows of the table of results out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from repetita.executors.tasks import Failure, attempt
from repetita.registration import Registration
from repetita.simulation.lanes.cast import User
from repetita.simulation.lanes.plans import needs_event_engine
from repetita.simulation.lanes.running import simulate_many
from repetita.simulation.lanes.runs import first_curve_of, run_of_lane
from repetita.simulation.policies import read_policy
from repetita.simulation.result import Simulation
from repetita.simulation.running import Plan, plan
from repetita.sweeps.asking import ENGINES
from repetita.sweeps.batches import Call
from repetita.sweeps.run_logs import Logs
from repetita.sweeps.run_rows import run_row
from repetita.sweeps.settings import Setting

__all__ = ["SweepJob", "failed_row"]

LANES, EVENT = ENGINES
LANE_FAILED = "lane_failed"
KEPT_POLICIES = 8  # a table of SSP-MMC takes some megabytes


class Ended(NamedTuple):
    """A run that has ended, or why there is none."""

    number: int
    user: User
    environment: Any
    setting: Setting
    seed: int
    engine: str
    run: Simulation | None
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class SweepJob:
    """The work on a batch, as a function of its calls that can be sent to a worker.

    Attributes:
        options: Of all runs.
        days: Length of the runs.
        deck: New cards.
        engine: "lanes", or "event" for the event engine whatever lanes could run.
        device: "cpu" or "cuda".
        threads: Of a call; None: one a core.
        logs: Which logs are written, and where.
        registered: What makes models from outside the package known to a worker.
    """

    options: Mapping[str, Any]
    days: int
    deck: int
    engine: str = LANES
    device: str = "cpu"
    threads: int | None = None
    logs: Logs | None = None
    registered: tuple[Registration, ...] = ()

    def __call__(self, calls: tuple[Call, ...]) -> list[dict[str, Any]]:
        """Rows with the number of the run, and a ``failure`` where there is no result.

        Raises:
            OutputError: A log cannot be written.
        """
        rows = []
        for call in calls:
            for ended in self._call(call):
                if ended.run is None:
                    rows.append(failed_row(ended))
                    continue
                row = {**run_row(ended.run), **ended.setting.columns(), "engine": ended.engine}
                row["user_id"] = ended.user.number
                if self.logs is not None:
                    self.logs.write(ended.run, row, self.options)
                rows.append({"run": ended.number, **row})
        return rows

    def _call(self, call: Call) -> Iterator[Ended]:
        """The runs of a call: by lanes, or by the event engine where only that can."""
        reasons = [self._event_engine_only(call, setting) for setting in call.settings]
        for wanted in (True, False):
            chosen = [place for place, reason in enumerate(reasons) if (reason is None) is wanted]
            part = _part(call, range(len(call.users)), chosen)
            yield from self._lanes(part) if wanted else self._events(part)

    def _event_engine_only(self, call: Call, setting: Setting) -> str | None:
        """Why lanes do not run a setting: asked for, or by the first user whose plan can be made."""
        if self.engine == EVENT:
            return "it is asked for"
        for user in call.users:
            made, failure = attempt(lambda one: self._plan(one, call.environment, setting, 1), user)
            if failure is None:
                return needs_event_engine(made)
        return None

    def _lanes(self, call: Call) -> Iterator[Ended]:
        """By lanes; what cannot be run as a whole is run in halves, down to the one that fails."""
        if not call.runs:
            return
        lanes, failure = attempt(self._simulated, call)
        if failure is None:
            yield from self._ended(call, lanes)
        elif len(call.users) > 1:
            half = len(call.users) // 2
            for places in (range(half), range(half, len(call.users))):
                yield from self._lanes(_part(call, places, range(len(call.settings))))
        elif len(call.settings) > 1:
            half = len(call.settings) // 2
            for places in (range(half), range(half, len(call.settings))):
                yield from self._lanes(_part(call, range(1), places))
        else:
            for number, seed in zip(call.runs, call.seeds, strict=True):
                told = (call.users[0], call.environment, call.settings[0], seed, LANES)
                yield Ended(number, *told, None, failure)

    def _simulated(self, call: Call) -> Any:
        settings = [_with_policy(setting) for setting in call.settings]
        device: Any = self.device
        return simulate_many(
            list(call.users),
            schedulers=settings,
            environments=None if call.environment is None else [call.environment],
            seeds=call.seeds,
            days=self.days,
            deck=self.deck,
            daily=True,
            events=self.logs is not None and self.logs.reviews,
            device=device,
            threads=self.threads,
            **self.options,
        )

    def _ended(self, call: Call, lanes: Any) -> Iterator[Ended]:
        lane = 0
        for user in call.users:
            facts: tuple[Plan, Any] | None = None
            for setting in call.settings:
                for seed in call.seeds:
                    told = (call.runs[lane], user, call.environment, setting, seed, LANES)
                    if lane in lanes.failures:
                        yield Ended(*told, None, Failure(LANE_FAILED, lanes.failures[lane]))
                    else:
                        facts = facts or self._facts(user, call.environment)
                        yield Ended(*told, self._run(lanes, lane, facts, setting, seed), None)
                    lane += 1

    def _facts(self, user: User, environment: Any) -> tuple[Plan, Any]:
        """What all runs of a user in a world share: a plan with any scheduler, and what is learned."""
        made = self._plan(user, environment, Setting(scheduler="fixed"), 1)
        return made, first_curve_of(made)

    def _run(self, lanes: Any, lane: int, facts: tuple[Plan, Any], setting: Setting, seed: int) -> Simulation:
        made, curve = facts
        config = {
            **made.config,
            "scheduler": setting.name,
            "desired_retention": setting.desired_retention,
            "deck": self.deck,
            "seed": seed,
        }
        if setting.scheduler_priority is not None:
            config["scheduler_priority"] = setting.scheduler_priority
        return run_of_lane(
            config,
            {name: values[lane] for name, values in lanes.series.items()},
            projected=float(lanes.projected[lane]),
            curve=curve,
            events=lanes.events.get(lane),
        )

    def _events(self, call: Call) -> Iterator[Ended]:
        """By the event engine, run by run."""
        numbers = iter(call.runs)
        keep = self.logs is not None and self.logs.reviews

        def run(asked: tuple[User, Setting, int]) -> Simulation:
            user, setting, seed = asked
            return self._plan(user, call.environment, setting, self.deck).run(seed, events=keep)

        for user, setting, seed in product(call.users, call.settings, call.seeds):
            made, failure = attempt(run, (user, setting, seed))
            yield Ended(next(numbers), user, call.environment, setting, seed, EVENT, made, failure)

    def _plan(self, user: User, environment: Any, setting: Setting, deck: int) -> Plan:
        own = user.options(user.world(environment), setting.scheduler)
        return plan(**{**self.options, **own, **_with_policy(setting)}, days=self.days, deck=deck)


def failed_row(ended: Ended) -> dict[str, Any]:
    """What is listed of a run that has no result."""
    assert ended.failure is not None
    world = ended.user.world(ended.environment)
    return {
        "run": ended.number,
        "user_id": ended.user.number,
        "environment": world if isinstance(world, str) else world.name,
        **ended.setting.columns(),
        "seed": ended.seed,
        "code": ended.failure.code,
        "failure": ended.failure.reason,
    }


def _part(call: Call, users: Any, settings: Any) -> Call:
    """Some users and settings of a call."""
    seeds, of_user = len(call.seeds), len(call.settings) * len(call.seeds)
    runs = [
        call.runs[user * of_user + setting * seeds + seed]
        for user in users
        for setting in settings
        for seed in range(seeds)
    ]
    return call._replace(
        users=tuple(call.users[place] for place in users),
        settings=tuple(call.settings[place] for place in settings),
        runs=tuple(runs),
    )


def _with_policy(setting: Setting) -> dict[str, Any]:
    """Options of a setting, its policy read: a file is read once for all that follow it."""
    options = setting.options()
    if isinstance(options.get("policy"), str | os.PathLike):
        options["policy"] = _policy(os.fspath(options["policy"]))
    return options


@lru_cache(maxsize=KEPT_POLICIES)
def _policy(path: str) -> Any:
    return read_policy(path)
