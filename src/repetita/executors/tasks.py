"""A job's tasks, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from repetita.errors import RepetitaError

__all__ = ["WORKER_DIED", "Executor", "Failure", "Outcome", "Task", "attempt", "longest_first"]

WORKER_DIED = "worker_died"
Job = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Task:
    """One call of the job.

    Attributes:
        key: Names the task in its outcome; unique in a run.
        payload: The job's only argument; it can be pickled.
        weight: How long it may take, in any unit; long ones go first.
    """

    key: Any
    payload: Any
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task has no value.

    Attributes:
        code: As in `repetita.errors`; "worker_died", or "internal_error" for what was not raised on purpose.
        reason: In words.
    """

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task: a value, or a failure.

    Attributes:
        key: Of the task.
        value: What the job returned, None after a failure.
        failure: Why there is no value, or None.
        worker: Place of the worker that did it, from 0; None where an executor does not tell.
        seconds: How long it took there; None likewise.
    """

    key: Any
    value: Any = None
    failure: Failure | None = None
    worker: int | None = field(default=None, compare=False)
    seconds: float | None = field(default=None, compare=False)


class Executor(Protocol):
    """Runs a job over tasks."""

    def run(self, job: Job, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """One outcome a task, in the order in which they end."""


def longest_first(tasks: Iterable[Task]) -> list[Task]:
    """Tasks by falling weight, so that no long one is left for the end; ties as given.

    Example:
        >>> [task.key for task in longest_first([Task("a", 0), Task("b", 0, 5.0), Task("c", 0)])]
        ['b', 'a', 'c']
    """
    return sorted(tasks, key=lambda task: -task.weight)


def attempt(job: Job, payload: Any) -> tuple[Any, Failure | None]:
    """The job's value and no failure, or no value and the failure; nothing is raised.

    Example:
        >>> attempt(len, "abc"), attempt(int, "x")[1].code
        ((3, None), 'internal_error')
    """
    try:
        return job(payload), None
    except RepetitaError as error:
        return None, Failure(error.code, str(error))
    except MemoryError:
        return None, Failure("out_of_memory", "there was not enough memory")
    except Exception as error:
        words = " ".join(str(error).split())
        return None, Failure("internal_error", f"{type(error).__name__}: {words}")
