"""`benchmark`: many users, several models, one table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from repetita.benchmarking.contenders import Contender, contenders
from repetita.benchmarking.protocol import Protocol
from repetita.benchmarking.result import Benchmark
from repetita.benchmarking.rows import UserJob, problem
from repetita.benchmarking.run_folder import RunFolder
from repetita.benchmarking.sources import Source, User, UserId, chosen_users, users_of
from repetita.equations import declared
from repetita.executors import Executor, Task
from repetita.executors import executor as executor_of
from repetita.registration import registrations
from repetita.run_folders import Row, shard_of

if TYPE_CHECKING:
    from repetita.memory_model import MemoryModel

__all__ = ["benchmark"]

Progress = Callable[[int, int], None]


def benchmark(
    source: Source,
    models: str | MemoryModel | Sequence[str | MemoryModel] = ("fsrs6", "fsrs6:default", "average"),
    *,
    output: str | os.PathLike[str] | None = None,
    users: str | Iterable[UserId] | None = None,
    shard: str | tuple[int, int] | None = None,
    folds: int = 5,
    same_day: str = "history",
    rows: str = "days",
    seed: int = 0,
    executor: str | Executor | None = None,
    workers: int | None = None,
    reader: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Benchmark:
    """How well models predict the reviews of many users: fitted on the past, scored on what came next.

    Filters, splits and sizes are those of the public benchmark (srs-benchmark). A user that fails is listed
    with the reason and stops nobody. With ``output`` every result is on disk as soon as it is found, and the
    same call goes on where a stopped run ended.

    Args:
        source: A log; logs by id; a file; a folder of files; or one with ``revlogs/user_id=…/*.parquet``.
        models: Names of models and baselines, with options after a colon ("fsrs6:recency", "fsrs6:S0"; see
            `repetita.benchmarking.contenders`), or models with parameters to score as they are.
        output: Folder for the run; None keeps everything in memory.
        users: Ids, or a text such as "1-100,205", or a file with one such text a line; default: all.
        shard: "2/4" or (2, 4): only the second of four parts of the users; `merge` puts runs together.
        folds: Forward folds.
        same_day: Whether same-day reviews stay in "history", or are "dropped".
        rows: What is scored: "days" (a day or more after the review before) or "seconds" (every review after
            the first).
        seed: Of fits, and of the resampling behind intervals.
        executor: "serial", "processes", "ray", "ray:ADDRESS", or an executor; default: processes, or serial
            for a single user.
        workers: Number of processes.
        reader: Options of `repetita.read_reviews`, for files.
        progress: Called with the number of users done and of all users.

    Raises:
        UnknownName: A model, option or user that does not exist.
        UsageError: Options that do not fit, or a folder with another run.
        InputError: The source as a whole cannot be read.

    Example:
        >>> from repetita.reviews import simulate_log
        >>> logs = {user: simulate_log(cards=60, days=200, seed=user) for user in (1, 2)}
        >>> result = benchmark(logs, ["fsrs6:default", "average"], executor="serial")
        >>> [(row["user"], row["model"], row["size"]) for row in result.rows][:2]
        [(1, 'average', 120), (2, 'average', 55)]
    """
    asked = contenders(models)
    protocol = Protocol(folds=folds, same_day=same_day, rows=rows)  # type: ignore[arg-type]
    part, parts = shard_of(shard)
    everyone = chosen_users(users_of(source, **(reader or {})), users)
    mine = shard_users(everyone, part, parts)
    config = _config(asked, protocol, seed, source, users, reader, part, parts, len(everyone))
    folder = None if output is None else RunFolder(output, config)
    tasks = _tasks(mine, asked, set() if folder is None else folder.done)
    job = UserJob(asked, protocol, seed, registrations(one.model for one in asked))
    kept: list[Row] = []
    finished = len(mine) - len(tasks)
    wanted = {task.key: task.payload[1] for task in tasks}
    for outcome in _executor(executor, workers, tasks).run(job, tasks):
        found = outcome.value
        if outcome.failure is not None:
            labels = wanted[outcome.key]
            found = [problem(outcome.key, label, outcome.failure) for label in labels]
        kept += found
        if folder is not None:
            folder.append(found)
        finished += 1
        if progress is not None:
            progress(finished, len(mine))
    return _result(kept, folder, asked, mine, config, seed)


def shard_users(users: Sequence[User], part: int, parts: int) -> tuple[User, ...]:
    """The users of one part: dealt out by falling size, so that parts are of like work."""
    dealt = sorted(users, key=lambda user: -user.size)[part - 1 :: parts]
    chosen = {user.id for user in dealt}
    return tuple(user for user in users if user.id in chosen)


def _tasks(users: Sequence[User], asked: Sequence[Contender], done: set[tuple[Any, str]]) -> list[Task]:
    made = []
    for user in users:
        missing = tuple(one.label for one in asked if (user.id, one.label) not in done)
        if missing:
            made.append(Task(user.id, (user, missing), float(user.size)))
    return made


def _executor(asked: str | Executor | None, workers: int | None, tasks: Sequence[Task]) -> Executor:
    if asked is None:
        asked = "processes" if len(tasks) > 1 else "serial"
    return executor_of(asked, workers=workers) if isinstance(asked, str) else asked


def _config(
    asked: Sequence[Contender],
    protocol: Protocol,
    seed: int,
    source: Any,
    users: Any,
    reader: Mapping[str, Any] | None,
    part: int,
    parts: int,
    count: int,
) -> dict[str, Any]:
    """What decides the results; a folder takes up a run with the same only."""
    named = isinstance(source, str | os.PathLike)
    given = {one.label: _told(one.given) for one in asked if one.given is not None}
    return {
        "source": os.fspath(source) if named else type(source).__name__,
        "models": [one.label for one in asked],
        **{f"equations.{one.name}": one.digest for one in registrations(one.model for one in asked)},
        **{f"parameters.{label.partition(':')[0]}": values for label, values in given.items()},
        "users": users if users is None or isinstance(users, str) else [str(user) for user in users],
        "all_users": count,
        "folds": protocol.folds,
        "same_day": protocol.same_day,
        "rows": protocol.rows,
        "seed": seed,
        "reader": sorted(f"{name}={value}" for name, value in reader.items()) if reader else None,
        "shard": part,
        "shards": parts,
    }


def _told(given: MemoryModel) -> list[float] | str:
    """Parameters, or of a network a digest of its weights."""
    if declared(given.equations).kind != "network":
        return list(given.parameters)
    return sha256(repr(sorted(given.to_dict().items())).encode()).hexdigest()[:16]


def _result(
    kept: list[Row],
    folder: RunFolder | None,
    asked: Sequence[Contender],
    users: Sequence[User],
    config: Mapping[str, Any],
    seed: int,
) -> Benchmark:
    rows = kept if folder is None else [*folder.rows, *folder.problems]
    labels = tuple(one.label for one in asked)
    result = Benchmark.of(
        rows, labels, config=config, folder=None if folder is None else folder.path, seed=seed
    )
    if folder is not None:
        digests = {row["user"]: row["input"] for row in result.rows if "input" in row}
        listed = [{"user": user.id, "size": user.size, "sha256_16": digests.get(user.id)} for user in users]
        folder.close({"users": listed}, result.files())
    return result
