"""A published row computed again: the same size, and every figure within a stated tolerance.

A row of ours carries the parameters of every fold, so its predictions can be made again without fitting. Any
other row (the ecosystem's name the last fold's only) is computed from scratch.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from repetita.benchmarking.contenders import Contender, contender
from repetita.benchmarking.predictions import Models, predicted, with_models
from repetita.benchmarking.protocol import Protocol, prepare
from repetita.benchmarking.rows import figures
from repetita.benchmarking.sources import Source, User, UserId, chosen_users, users_of
from repetita.errors import NoReviews, UsageError
from repetita.executors import Executor, Task
from repetita.executors import executor as executor_of
from repetita.memory_model import model
from repetita.run_folders import read_rows

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["Check", "Verification", "VerifyJob", "verify"]

TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class Check:
    """One row against what was computed.

    Attributes:
        user: Of the row.
        model: Label.
        holds: Whether the size is the same and every figure within the tolerance.
        size: Published and computed number of test reviews.
        largest: Largest absolute difference of a figure, and its name.
        reason: Why there is nothing to compare, or None.
    """

    user: UserId
    model: str
    holds: bool
    size: tuple[int, int | None]
    largest: tuple[str, float] | None
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "user": self.user,
            "model": self.model,
            "holds": self.holds,
            "size": list(self.size),
            "largest_difference": None if self.largest is None else list(self.largest),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Verification:
    """Published rows checked.

    Attributes:
        checks: One a row.
        tolerance: Largest absolute difference that is accepted.
    """

    checks: tuple[Check, ...]
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether every row was confirmed."""
        return all(check.holds for check in self.checks)

    def summary(self) -> str:
        """One sentence."""
        good = sum(check.holds for check in self.checks)
        largest = max((check.largest[1] for check in self.checks if check.largest), default=0.0)
        return (
            f"{good} of {len(self.checks)} rows confirmed (sizes equal, figures within {self.tolerance:g}; "
            f"largest difference {largest:.2g})"
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "holds": self.holds,
            "tolerance": self.tolerance,
            "summary": self.summary(),
            "checks": [check.to_dict() for check in self.checks],
        }


@dataclass(frozen=True, slots=True)
class VerifyJob:
    """Checks the rows of one user, as a function that can be sent to a worker."""

    protocol: Protocol
    tolerance: float
    seed: int
    refit: bool

    def __call__(self, asked: tuple[User, tuple[tuple[Contender, Mapping[str, Any]], ...]]) -> list[Check]:
        """One check a row.

        Args:
            asked: The user, and pairs of contender and published row.
        """
        user, rows = asked
        log = user.read()
        return [self._checked(user, log, one, row) for one, row in rows]

    def _checked(self, user: User, log: ReviewLog, one: Contender, row: Mapping[str, Any]) -> Check:
        published = int(row["size"])
        rule = self.protocol.adapted(buttons=one.buttons, same_day=one.same_day)
        try:
            prepared = prepare(log, rule)
        except NoReviews as error:
            return Check(user.id, one.label, False, (published, None), None, str(error))
        size = int(prepared.tested.size)
        if size != published:
            return Check(user.id, one.label, False, (published, size), None, "another number of reviews")
        stored = None if self.refit else row.get("fold_parameters")
        if stored:
            values = with_models(prepared, one, [_models(one, fold) for fold in stored])
        else:
            values = predicted(prepared, one, seed=self.seed).values
        gaps = _differences(row["metrics"], figures(values, prepared))
        largest = max(gaps.items(), key=lambda gap: gap[1])
        return Check(user.id, one.label, largest[1] <= self.tolerance, (published, size), largest)


def verify(
    published: str | os.PathLike[str] | Iterable[Mapping[str, Any]],
    source: Source,
    *,
    model: str | None = None,
    tolerance: float = TOLERANCE,
    users: str | Iterable[UserId] | None = None,
    folds: int = 5,
    same_day: str = "history",
    rows: str = "days",
    seed: int = 0,
    refit: bool = False,
    executor: str | Executor = "serial",
    workers: int | None = None,
) -> Verification:
    """Whether published rows come out again.

    Args:
        published: A JSON-lines file of rows, or the rows.
        source: As in `benchmark`.
        model: Which contender the rows are of, where they do not say it themselves.
        tolerance: Largest absolute difference of a figure that is accepted.
        users: Ids to look at, as in `benchmark`; default: those of the source.
        folds: As in `benchmark`.
        same_day: As in `benchmark`.
        rows: As in `benchmark`.
        seed: As in `benchmark`.
        refit: Fit again, even where a row carries the parameters of its folds.
        executor: As in `benchmark`.
        workers: As in `benchmark`.

    Raises:
        UsageError: Rows without a model's name, or that no user of the source has.

    Example:
        >>> from repetita.benchmarking import benchmark
        >>> from repetita.reviews import simulate_log
        >>> log = simulate_log(cards=60, days=200, seed=1)
        >>> verify(benchmark(log, "fsrs6").rows, log).holds
        True
    """
    there = {user.id: user for user in chosen_users(users_of(source), users)}
    by_user: dict[UserId, list[tuple[Contender, Mapping[str, Any]]]] = {}
    found = read_rows(published) if isinstance(published, str | os.PathLike) else list(published)
    for row in found:
        if row.get("user") in there:
            by_user.setdefault(row["user"], []).append((_contender(row, model), row))
    if not by_user:
        raise UsageError(f"none of the {len(found)} published rows is of a user of the source")
    protocol = Protocol(folds=folds, same_day=same_day, rows=rows)  # type: ignore[arg-type]
    tasks = [
        Task(user, (there[user], tuple(asked)), float(there[user].size)) for user, asked in by_user.items()
    ]
    run = executor_of(executor, workers=workers) if isinstance(executor, str) else executor
    checks: list[Check] = []
    for outcome in run.run(VerifyJob(protocol, tolerance, seed, refit), tasks):
        if outcome.failure is None:
            checks += outcome.value
        else:
            checks += [
                Check(outcome.key, one.label, False, (int(row["size"]), None), None, outcome.failure.reason)
                for one, row in by_user[outcome.key]
            ]
    return Verification(tuple(sorted(checks, key=lambda check: (check.model, str(check.user)))), tolerance)


def _contender(row: Mapping[str, Any], asked: str | None) -> Contender:
    name = asked if asked is not None else row.get("model")
    if name is None:
        raise UsageError(
            "the published rows do not say which model they are of", hint="give it with model=", where="model"
        )
    if not isinstance(row.get("metrics"), Mapping) or not isinstance(row.get("size"), int):
        raise UsageError(f"the row of user {row.get('user')!r} has no metrics and size", where="published")
    return contender(str(name))


def _models(one: Contender, fold: Any) -> Models:
    variant = str(one.options.get("variant", "default"))
    by_place: Mapping[Any, Sequence[float]] = (
        {None: fold}
        if not isinstance(fold, Mapping)
        else {int(place): values for place, values in fold.items()}
    )
    return {place: model(one.model, values, variant=variant, clip=True) for place, values in by_place.items()}


def _differences(published: Mapping[str, Any], computed: Mapping[str, float | None]) -> dict[str, float]:
    gaps = {}
    for name in published.keys() & computed.keys():
        theirs, ours = published[name], computed[name]
        if theirs is None or ours is None:
            gaps[name] = 0.0 if theirs is ours else float("inf")
        else:
            gaps[name] = abs(float(theirs) - ours)
    return gaps or {"none": float("inf")}
