"""Worker processes on this machine, each with a pipe of its own.

Workers are spawned, not forked: a fork would copy the locks of threads that it does not copy. When a worker
dies (killed, out of memory, a crash in compiled code) only its task is affected: another worker takes it up
once more, and a task that brings down two workers is reported as failed.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from threading import Lock
from typing import Any

from repetita.errors import UsageError
from repetita.executors.tasks import WORKER_DIED, Failure, Job, Outcome, Task, attempt, longest_first

__all__ = ["Processes"]

DEATHS_OF_A_TASK = 2
READY = "ready"
PATIENCE_SECONDS = 5.0
# one thread a worker: the workers are the parallelism
QUIET_LIBRARIES = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Processes:
    """Runs tasks in worker processes.

    Attributes:
        workers: How many; None means one a processor that this process may use.
        variables: Of the environment of workers, beside those of this process: a mapping for each worker in
            turn, from the first again where there are more workers.

    Raises:
        UsageError: Not a number from 1.
    """

    workers: int | None = None
    variables: tuple[Mapping[str, str], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise UsageError(f"workers is {self.workers!r}, expected a whole number from 1")

    def run(self, job: Job, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """One outcome a task, longest first, in the order in which they end."""
        waiting = deque(longest_first(tasks))
        deaths: Counter[Any] = Counter()
        places = range(min(self.workers or _processors(), len(waiting)))
        crew = [_Worker(job, place, self._variables(place)) for place in places]
        try:
            while waiting or any(worker.task for worker in crew):
                for worker in crew:
                    if waiting and worker.ready and worker.task is None:
                        worker.give(waiting.popleft())
                for worker in _stirring(crew):
                    outcome = worker.hear()
                    if outcome is not None:
                        yield outcome
                    elif not worker.alive:
                        crew[worker.place] = _Worker(job, worker.place, self._variables(worker.place))
                        yield from _after_death(worker, waiting, deaths)
        finally:
            for worker in crew:
                worker.dismiss()

    def _variables(self, place: int) -> Mapping[str, str]:
        return self.variables[place % len(self.variables)] if self.variables else {}


class _Worker:
    """One process and the task it is at."""

    def __init__(self, job: Job, place: int, variables: Mapping[str, str]) -> None:
        context = get_context("spawn")
        self.place, self.began = place, 0.0
        self.pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(theirs,), daemon=True)
        with _environment(variables):
            self.process.start()
        theirs.close()
        self.ready = False
        self.task: Task | None = None
        self.alive = True
        with suppress(OSError):
            self.pipe.send(job)

    def give(self, task: Task) -> None:
        self.task, self.began = task, time.perf_counter()
        with suppress(OSError):  # a worker that has died meanwhile is noticed when it is heard
            self.pipe.send(task.payload)

    def hear(self) -> Outcome | None:
        """The outcome of its task; None when it has only become ready, or has died."""
        try:
            message = self.pipe.recv()
        except (EOFError, OSError):
            self.alive = False
            self.pipe.close()
            self.process.join(PATIENCE_SECONDS)
            return None
        if message == READY:
            self.ready = True
            return None
        if self.task is None:
            return None
        task, self.task = self.task, None
        value, failure = message
        return Outcome(task.key, value, failure, self.place, time.perf_counter() - self.began)

    def dismiss(self) -> None:
        with suppress(OSError, ValueError):
            self.pipe.close()
        if self.task is not None or not self.ready:
            self.process.terminate()
        self.process.join(PATIENCE_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


_starting = Lock()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Variables that a process which is started now inherits, so that it has them from its first line on."""
    with _starting:
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _stirring(crew: list[_Worker]) -> list[_Worker]:
    heard = wait([worker.pipe for worker in crew])
    return [worker for worker in crew if worker.pipe in heard]


def _after_death(worker: _Worker, waiting: deque[Task], deaths: Counter[Any]) -> Iterator[Outcome]:
    """Put the task back, or give it up."""
    task = worker.task
    if task is None:
        deaths[READY] += not worker.ready
        if deaths[READY] > DEATHS_OF_A_TASK:
            raise UsageError(
                "worker processes die before they begin",
                hint='a script must call this under `if __name__ == "__main__":`; or use executor="serial"',
            )
        return
    deaths[task.key] += 1
    if deaths[task.key] < DEATHS_OF_A_TASK:
        waiting.appendleft(task)
        return
    how = worker.process.exitcode
    yield Outcome(
        task.key, None, Failure(WORKER_DIED, f"{DEATHS_OF_A_TASK} workers died at it (exit code {how})")
    )


def _serve(pipe: Connection) -> None:
    """The life of a worker: a job, then payloads, until the pipe is closed."""
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    for name in QUIET_LIBRARIES:
        os.environ.setdefault(name, "1")
    with suppress(EOFError, OSError):
        job = pipe.recv()
        pipe.send(READY)
        while True:
            pipe.send(attempt(job, pipe.recv()))


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
