"""Workers of a Ray cluster: one that is started here, or one that runs already.

The job and its tasks are the same as for worker processes; Ray places them, and takes a task up again when
its worker or machine dies. Machines of a cluster must see the same files under the same paths, and have the
same version of this package.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from repetita.errors import MissingExtra, UsageError
from repetita.executors.tasks import WORKER_DIED, Failure, Job, Outcome, Task, attempt, longest_first

__all__ = ["RayCluster"]

RETRIES = 1
IN_FLIGHT_PER_PROCESSOR = 2


@dataclass(frozen=True, slots=True)
class RayCluster:
    """Runs tasks on a Ray cluster.

    Attributes:
        address: Of the cluster ("auto", "ray://host:10001", "host:6379"); None starts one on this machine,
            unless this program has connected to one already.
        workers: Processors of a cluster that is started here; None means all.
        variables: Of the environment of its workers.

    Raises:
        MissingExtra: Ray is not installed (when run).
        UsageError: The cluster cannot be reached (when run).
    """

    address: str | None = None
    workers: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    def run(self, job: Job, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """One outcome a task, longest first, in the order in which they end."""
        ray = _ray()
        ours = not ray.is_initialized()
        if ours:
            self._connect(ray)
        try:
            yield from _spread(ray, job, longest_first(tasks), self.variables)
        finally:
            if ours:
                ray.shutdown()

    def _connect(self, ray: Any) -> None:
        asked: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
        if self.address is None:
            # workers on this machine find the modules that this program finds
            found = {"env_vars": {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}}
            asked |= {"num_cpus": self.workers, "include_dashboard": False, "runtime_env": found}
        else:
            asked["address"] = self.address
        try:
            ray.init(**asked)
        except (ConnectionError, RuntimeError, ValueError) as error:
            where = self.address or "this machine"
            raise UsageError(
                f"no Ray cluster at {where}: {' '.join(str(error).split())}",
                hint="start one with `ray start --head`, or leave the address out",
            ) from None


def _spread(ray: Any, job: Job, tasks: list[Task], variables: Mapping[str, str]) -> Iterator[Outcome]:
    # few in flight: what waits at Ray's side has its payload copied already
    further = {"runtime_env": {"env_vars": dict(variables)}} if variables else {}
    remote = ray.remote(num_cpus=1, max_retries=RETRIES, **further)(attempt)
    most = IN_FLIGHT_PER_PROCESSOR * max(int(ray.cluster_resources().get("CPU", 1)), 1)
    waiting = iter(tasks)
    flying: dict[Any, Task] = {}
    while True:
        while len(flying) < most and (task := next(waiting, None)) is not None:
            flying[remote.remote(job, task.payload)] = task
        if not flying:
            return
        for done in ray.wait(list(flying), num_returns=1)[0]:
            yield _outcome(ray, done, flying.pop(done))


def _outcome(ray: Any, done: Any, task: Task) -> Outcome:
    try:
        value, failure = ray.get(done)
    except ray.exceptions.RayError as error:
        words = " ".join(str(error).split())[:300]
        return Outcome(task.key, None, Failure(WORKER_DIED, f"{type(error).__name__}: {words}"))
    return Outcome(task.key, value, failure)


def _ray() -> Any:
    try:
        return import_module("ray")
    except ImportError as error:
        raise MissingExtra(
            "Ray is not installed", hint='pip install "repetita[cluster]"', where="cluster"
        ) from error
