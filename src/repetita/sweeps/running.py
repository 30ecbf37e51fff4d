"""`sweep`: users, worlds, schedulers and their settings, seeds; one table of results."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from repetita.arguments import whole_number
from repetita.errors import OutputError, UsageError, unknown_name
from repetita.executors import Executor, Outcome, Task
from repetita.executors.tasks import Failure
from repetita.kernels.threads import thread_count
from repetita.memory_model import MemoryModel
from repetita.run_folders import locked
from repetita.simulation.lanes.cast import User
from repetita.sweeps.asking import Asked, Unit, asked_for
from repetita.sweeps.batches import batches_of, calls_of, lane_bytes, lanes_per_batch
from repetita.sweeps.job import Ended, SweepJob, failed_row
from repetita.sweeps.results import RESULTS
from repetita.sweeps.run_logs import LAYOUTS, Logs
from repetita.sweeps.sweep_folder import SweepFolder, frame_of, results_and_failures
from repetita.sweeps.sweep_result import Sweep, summary_of, sweep_of
from repetita.sweeps.workforce import Workforce, workforce

__all__ = ["BatchDone", "SweepPlan", "plan_sweep", "sweep"]

Progress = Callable[[int, int], None]
NO_INPUT = "unusable_input"
MOST_PAUSE_SECONDS = 86_400.0


class BatchDone(NamedTuple):
    """A batch that has ended, and is on disk where the sweep is kept.

    Attributes:
        worker: Place of the worker that ran it, from 0; None where an executor does not tell.
        runs: How many it had.
        failed: Of these, without a result.
        seconds: How long it took; None likewise.
    """

    worker: int | None
    runs: int
    failed: int
    seconds: float | None


@dataclass(frozen=True, eq=False, kw_only=True)
class SweepPlan:
    """A sweep that is ready to run.

    Attributes:
        asked: What is asked for.
        output: Folder for the run, or None.
        crew: Who runs batches.
        job: The work.
        most: Lanes in a batch.
        json_lines: Whether the table is also kept as JSON lines.
        fail_fast: Whether the first run that fails ends the sweep.
        pause_seconds: Rest after each batch but the last, before the next is handed out.
        command: What the command line was given, for the record.
    """

    asked: Asked
    output: Path | None
    crew: Workforce
    job: SweepJob
    most: int
    json_lines: bool
    fail_fast: bool
    pause_seconds: float = 0.0
    command: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: what would be run, in how many batches, and the memory that takes."""
        lanes = sum(1 for _ in self.asked.units())
        asked = self.asked
        size = lane_bytes(asked.days, asked.deck, logged=self.job.logs is not None and self.job.logs.reviews)
        return {
            "config": asked.config(),
            "runs": lanes,
            "users": len(range(asked.shard[0] - 1, len(asked.users), asked.shard[1])),
            "batches": -(-lanes // self.most),
            "lanes_per_batch": self.most,
            "megabytes": round(self.crew.workers * self.most * size / 1e6, 1),
            "executor": repr(self.crew.executor),
            "device": self.job.device,
            "output": None if self.output is None else str(self.output),
        }

    def run(
        self, progress: Progress | None = None, each_batch: Callable[[BatchDone], None] | None = None
    ) -> Sweep:
        """The outcome.

        Args:
            progress: Called after each batch with the number of runs done, and of all.
            each_batch: Called likewise with what is known of the batch.
        """
        if self.output is None or not (self.output / RESULTS).is_file():
            self.crew.require_device()
        with nullcontext() if self.output is None else locked(self.output):
            return self._run(progress, each_batch)

    def _run(self, progress: Progress | None, each_batch: Callable[[BatchDone], None] | None) -> Sweep:
        config, inputs = self.asked.config(), self.asked.inputs
        kept = {**config, "command": self.command} if self.command else config
        folder = None if self.output is None else SweepFolder(self.output, kept, inputs)
        done = set() if folder is None else folder.done
        frames = [] if folder is None else folder.frames
        waiting = [unit for unit in self.asked.units() if unit.run not in done]
        total, finished = len(waiting) + len(done), len(done)
        for rows, done_by in self._rows(waiting):
            frame = frame_of(rows)
            if folder is None:
                frames.append(frame)
            else:
                folder.append(frame)
            finished += len(rows)
            if progress is not None:
                progress(finished, total)
            if done_by is not None and each_batch is not None:
                each_batch(done_by)
            failed = next((row for row in rows if row.get("failure")), None)
            if failed is not None and self.fail_fast:
                raise UsageError(f"run {failed['run']} failed: {failed['failure']}", where="fail_fast")
            if self.pause_seconds and finished < total:
                time.sleep(self.pause_seconds)
        table, failures = results_and_failures(frames)
        if folder is not None and (waiting or not folder.finished):
            folder.close(table, failures, summary_of(table, failures), json_lines=self.json_lines)
        elif folder is not None:
            folder.drop_parts()
        return sweep_of(table, failures, config, None if folder is None else folder.path)

    def _rows(self, waiting: Sequence[Unit]) -> Iterator[tuple[list[dict[str, Any]], BatchDone | None]]:
        """Rows of batches as they end; first those of runs that have no inputs."""
        lost = [unit for unit in waiting if unit.problem is not None]
        if lost:
            yield [_failed(self.asked, unit, Failure(NO_INPUT, str(unit.problem))) for unit in lost], None
        usable = (unit for unit in waiting if unit.problem is None)
        batches = {batch[0].run: batch for batch in batches_of(usable, self.most)}
        tasks = [
            Task(first, calls_of(batch, self.asked.users), float(len(batch)))
            for first, batch in batches.items()
        ]
        for outcome in self.crew.executor.run(self.job, tasks) if tasks else ():
            rows = self._of_outcome(outcome, batches.pop(outcome.key))
            failed = sum(1 for row in rows if row.get("failure"))
            yield rows, BatchDone(outcome.worker, len(rows), failed, outcome.seconds)

    def _of_outcome(self, outcome: Outcome, batch: Sequence[Unit]) -> list[dict[str, Any]]:
        if outcome.failure is None:
            return sorted(outcome.value, key=lambda row: int(row["run"]))
        if outcome.failure.code == OutputError.code:
            raise OutputError(outcome.failure.reason, where="logs")
        return [_failed(self.asked, unit, outcome.failure) for unit in batch]


def _failed(asked: Asked, unit: Unit, failure: Failure) -> dict[str, Any]:
    user = asked.users[unit.user]
    known = user if isinstance(user, User) else User(number=user.number)
    return failed_row(Ended(unit.run, known, unit.environment, unit.setting, unit.seed, "", None, failure))


def plan_sweep(
    users: Any = 1,
    *,
    schedulers: Any = ("fsrs6",),
    desired_retention: float | Sequence[float] = 0.9,
    environments: Sequence[Any] | str | MemoryModel | None = None,
    seeds: int | Iterable[int] = 42,
    days: int = 365,
    deck: int | None = None,
    output: str | os.PathLike[str] | None = None,
    shard: str | tuple[int, int] | None = None,
    engine: Literal["lanes", "event"] = "lanes",
    executor: str | Executor | None = None,
    workers: int | None = None,
    max_lanes_per_batch: int | None = None,
    device: Literal["cpu", "cuda", "auto"] = "cpu",
    cuda_devices: Sequence[int | str] | None = None,
    worker_environment: Mapping[str, str] | None = None,
    pause_seconds: float = 0.0,
    log_dir: str | os.PathLike[str] | None = None,
    log_layout: str = "user",
    log_days: bool = False,
    log_reviews: bool = False,
    json_lines: bool = False,
    fail_fast: bool = False,
    files: Iterable[str | os.PathLike[str]] = (),
    command: Mapping[str, Any] | None = None,
    **options: Any,
) -> SweepPlan:
    """A sweep that is checked and has not run: what it would do, see `sweep` for its arguments.

    Example:
        >>> plan_sweep(10, desired_retention=[0.8, 0.9], seeds=range(3)).to_dict()["runs"]
        60
    """
    if log_layout not in LAYOUTS:
        raise unknown_name("layout of logs", log_layout, LAYOUTS)
    asked = asked_for(
        users,
        schedulers=schedulers,
        desired_retention=desired_retention,
        environments=environments,
        seeds=seeds,
        days=days,
        deck=deck,
        engine=engine,
        shard=shard,
        files=files,
        options=options,
    )
    logs = None
    if log_dir is not None:
        logs = Logs(folder=os.fspath(log_dir), layout=log_layout, days=log_days, reviews=log_reviews)
    crew = workforce(
        executor, workers, device=device, cuda_devices=cuda_devices, worker_environment=worker_environment
    )
    if not 0.0 <= pause_seconds <= MOST_PAUSE_SECONDS:
        raise UsageError(
            f"pause_seconds is {pause_seconds!r}, expected seconds from 0 to a day", where="pause_seconds"
        )
    lanes = sum(1 for _ in asked.units())
    if max_lanes_per_batch is None:
        most = lanes_per_batch(asked, lanes, crew.workers, thread_count(crew.threads), logged=log_reviews)
    else:
        most = whole_number(max_lanes_per_batch, "max_lanes_per_batch", low=1)
    return SweepPlan(
        asked=asked,
        output=None if output is None else Path(output),
        crew=crew,
        job=SweepJob(
            asked.options,
            asked.days,
            asked.deck,
            engine=engine,
            device=crew.device,
            threads=crew.threads,
            logs=logs,
            registered=asked.registered,
        ),
        most=most,
        json_lines=json_lines,
        fail_fast=fail_fast,
        pause_seconds=pause_seconds,
        command=command,
    )


def sweep(users: Any = 1, *, progress: Progress | None = None, **asked: Any) -> Sweep:
    """What happens to many users in many worlds under many schedulers: one table, one row a run.

    Runs are made by the lanes engine, batch by batch; what only the event engine can run, it runs, and the
    column ``engine`` says so. With ``output`` a batch is on disk as soon as it is done, and the same call
    goes on where a stopped run ended. A run that fails is listed with the reason and stops none.

    Args:
        users: As in `repetita.simulate_many`, each with a number of its own.
        progress: Called after each batch with the number of runs done, and of all.
        **asked: What is swept, and how:

            * ``schedulers``, ``desired_retention``, ``environments``, ``seeds``, ``days``, ``deck``: as in
              `repetita.simulate_many`; schedulers may also be `repetita.sweeps.SettingsByUser`, such as
              those that `repetita.sweeps.policy_manifest` reads;
            * ``output``: folder of the run; None keeps everything in memory;
            * ``shard``: "2/4": only the second of four parts of the users; `repetita.sweeps.merge_sweeps`
              puts parts together;
            * ``engine``: "lanes" (default), or "event": slow, and the same events;
            * ``executor``: "serial" (default: threads in this process), "processes", "ray", "ray:ADDRESS",
              or an executor; ``workers``: how many, or threads;
            * ``max_lanes_per_batch``: default: what fits into memory, 256 at most;
            * ``device``: "cpu" (default), "cuda", or "auto" for "cuda" where there is one;
            * ``cuda_devices``: numbers of graphics processors that worker processes take in turn;
            * ``worker_environment``: variables of the environment of worker processes;
            * ``pause_seconds``: rest after each batch, before the next is handed out;
            * ``log_dir``: folder for logs in the ecosystem's layout, with ``log_layout`` ("user", "sweep"),
              ``log_days`` and ``log_reviews``;
            * ``json_lines``: keep the table as JSON lines, too; ``fail_fast``: end with the first failure;
            * ``files``: what the arguments were read from, for the record;
            * the options of all runs that `repetita.simulate_many` has, but for a start.

    Raises:
        UnknownName: A name that does not exist.
        UsageError: Something out of range, or a folder with another run.
        LockedInput: Another process is at work in the folder.
        OutputError: A result cannot be written; what was written before is kept.

    Example:
        >>> found = sweep(2, schedulers=["fsrs6", "memrise"], desired_retention=[0.8, 0.9], days=30, deck=20)
        >>> found
        Sweep(6 runs: 2 users, fsrs6, memrise)
        >>> found.table.select("user_id", "scheduler", "desired_retention").row(1)
        (0, 'fsrs6', 0.9)
    """
    return plan_sweep(users, **asked).run(progress)
