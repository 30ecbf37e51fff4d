"""All tasks in this process, one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from repetita.executors.tasks import Job, Outcome, Task, attempt, longest_first

__all__ = ["Serial"]


@dataclass(frozen=True, slots=True)
class Serial:
    """Runs tasks in this process."""

    def run(self, job: Job, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """One outcome a task, longest first."""
        for task in longest_first(tasks):
            began = time.perf_counter()
            value, failure = attempt(job, task.payload)
            yield Outcome(task.key, value, failure, 0, time.perf_counter() - began)
