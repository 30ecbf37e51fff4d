"""What comes out of many runs: one row a lane, and what was asked for beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError
from repetita.frozen import freeze_arrays
from repetita.simulation.replicates import Difference, Estimate, estimated
from repetita.simulation.result import Events

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Lanes"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

KEYS = ("user", "environment", "scheduler", "desired_retention", "seed")
METRICS = (
    "total_reviews",
    "total_lapses",
    "total_new",
    "phase_reviews",
    "phase_lapses",
    "total_cost_seconds",
    "minutes_per_day",
    "reviews_average",
    "memorized_average",
    "memorized_per_minute",
    "projected",
    "retention",
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Lanes:
    """The outcome of `repetita.simulate_many`. Arrays have shape (lanes,); a failed lane has NaN.

    Attributes:
        config: What all lanes share, JSON-safe.
        user: Number of the user.
        environment: Name of the world.
        scheduler: Name of the scheduler.
        desired_retention: NaN for schedulers that take none; the mean where each card has its own.
        seed: Seed of the random numbers.
        failures: Why a lane failed, by its number.
        total_reviews: Reviews, presses within steps included, introductions not.
        total_lapses: Presses of Again in reviews.
        total_new: Introductions.
        phase_reviews: Reviews outside steps.
        phase_lapses: Presses of Again outside steps.
        total_cost_seconds: Time.
        memorized_average: Mean over the days of the sum of the true probabilities of recall.
        projected: That sum at the end of the run.
        series: Series of each day by name, shape (lanes, days), if they were asked for.
        events: Logs of the lanes for which they were asked, by number.

    Example:
        >>> from repetita.simulation.lanes import simulate_many
        >>> lanes = simulate_many(2, schedulers=["fsrs6", "fixed@5"], days=30, deck=40)
        >>> len(lanes), lanes.scheduler
        (4, ('fsrs6', 'fixed@5', 'fsrs6', 'fixed@5'))
    """

    config: Mapping[str, Any]
    user: IntArray
    environment: tuple[str, ...]
    scheduler: tuple[str, ...]
    desired_retention: FloatArray
    seed: IntArray
    failures: Mapping[int, str]
    total_reviews: FloatArray
    total_lapses: FloatArray
    total_new: FloatArray
    phase_reviews: FloatArray
    phase_lapses: FloatArray
    total_cost_seconds: FloatArray
    memorized_average: FloatArray
    projected: FloatArray
    series: Mapping[str, FloatArray] | None = None
    events: Mapping[int, Events]

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __len__(self) -> int:
        return len(self.user)

    def __repr__(self) -> str:
        failed = f", {len(self.failures)} failed" if self.failures else ""
        return (
            f"Lanes({len(self)} lanes of {self.config['days']} days{failed}: {len(set(self.user.tolist()))} "
            f"users, {', '.join(dict.fromkeys(self.scheduler))})"
        )

    @property
    def minutes_per_day(self) -> FloatArray:
        """Mean time of a day."""
        return np.asarray(self.total_cost_seconds / 60.0 / self.config["days"])

    @property
    def reviews_average(self) -> FloatArray:
        """Reviews a day."""
        return np.asarray(self.total_reviews / self.config["days"])

    @property
    def memorized_per_minute(self) -> FloatArray:
        """Remembered cards for a minute a day; NaN without any time."""
        with np.errstate(invalid="ignore", divide="ignore"):
            found = self.memorized_average / self.minutes_per_day
        return np.where(self.minutes_per_day > 0.0, found, np.nan)

    @property
    def retention(self) -> FloatArray:
        """Share of reviews outside steps that were passed; NaN without any."""
        with np.errstate(invalid="ignore"):
            return np.asarray(1.0 - self.phase_lapses / self.phase_reviews)

    def values(self, metric: str) -> FloatArray:
        """A number of each lane.

        Raises:
            UsageError: No such number.
        """
        if metric not in METRICS:
            raise UsageError(f"no number {metric!r} of a lane", hint="known: " + ", ".join(METRICS))
        found: FloatArray = getattr(self, metric)
        return found

    def to_frame(self) -> pl.DataFrame:
        """One row a lane; a failed one has nulls and its reason."""
        import polars as pl

        columns: dict[str, Any] = {"lane": np.arange(len(self))}
        columns |= {name: getattr(self, name) for name in KEYS}
        columns |= {name: self.values(name) for name in METRICS}
        frame = pl.DataFrame(columns).with_columns(
            pl.Series("failure", [self.failures.get(i) for i in range(len(self))], dtype=pl.String)
        )
        return frame.with_columns(pl.col(pl.Float64).fill_nan(None))

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: configuration and rows."""
        return {"config": dict(self.config), "lanes": self.to_frame().to_dicts()}

    def estimates(self, metric: str) -> dict[tuple[int, str, str, float | None], Estimate]:
        """Mean over the seeds, with an interval, by user, environment, scheduler and desired retention."""
        groups: dict[tuple[int, str, str, float | None], list[float]] = {}
        for lane, value in enumerate(self.values(metric).tolist()):
            retention = float(self.desired_retention[lane])
            key = (
                int(self.user[lane]),
                self.environment[lane],
                self.scheduler[lane],
                None if isnan(retention) else retention,
            )
            if not isnan(value):
                groups.setdefault(key, []).append(value)
        return {key: estimated(values) for key, values in groups.items()}

    def compare(self, metric: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> Difference:
        """What the second choice has more than the first, on the same users and the same luck.

        Lanes are paired by everything that neither choice names. With several users each user's mean over
        the seeds is one value, since seeds of one user do not say how users differ; with one user the seeds
        are the values.

        Args:
            metric: A number of a lane.
            first: What chooses lanes: values of ``environment scheduler desired_retention``.
            second: The same for the others.

        Raises:
            UsageError: A name that does not choose, or no pairs.

        Example:
            >>> from repetita.simulation.lanes import simulate_many
            >>> lanes = simulate_many(schedulers=["fsrs6", "fixed@1"], days=40, deck=40, seeds=range(5))
            >>> lanes.compare("total_reviews", {"scheduler": "fsrs6"}, {"scheduler": "fixed@1"}).within_noise
            False
        """
        named = {*first, *second}
        for name in named:
            if name not in KEYS:
                raise UsageError(f"lanes are not chosen by {name!r}", hint="known: " + ", ".join(KEYS))
        left, right = (self._paired(metric, chosen, named) for chosen in (first, second))
        shared = [key for key in left if key in right]
        if not shared:
            raise UsageError(f"no lanes to pair for {dict(first)} and {dict(second)}")
        return difference([(key[0], left[key], right[key]) for key in shared])

    def _paired(
        self, metric: str, chosen: Mapping[str, Any], named: set[str]
    ) -> dict[tuple[Any, ...], float]:
        """Values of the chosen lanes by user and all that is not named."""
        values, found = self.values(metric).tolist(), {}
        free = named | ({"desired_retention"} if "scheduler" in named else set())
        kept = [name for name in KEYS[1:] if name not in free]
        for lane, value in enumerate(values):
            row = {name: self._key(name, lane) for name in KEYS}
            if not isnan(value) and all(row[name] == wanted for name, wanted in chosen.items()):
                place = (row["user"], *(row[name] for name in kept))
                if place in found:
                    raise UsageError(
                        f"{dict(chosen)} chooses several lanes a pair", hint="name desired_retention, too"
                    )
                found[place] = value
        return found

    def _key(self, name: str, lane: int) -> Any:
        value = getattr(self, name)[lane]
        value = value.item() if isinstance(value, np.generic) else value
        return None if isinstance(value, float) and isnan(value) else value


def difference(pairs: Sequence[tuple[Any, float, float]]) -> Difference:
    """A paired difference of values of users: by user where there are several."""
    users: dict[Any, list[tuple[float, float]]] = {}
    for user, first, second in pairs:
        users.setdefault(user, []).append((first, second))
    values = next(iter(users.values()))
    if len(users) > 1:
        values = [(_mean([a for a, _ in own]), _mean([b for _, b in own])) for own in users.values()]
    firsts, seconds = zip(*values, strict=True)
    gain = estimated([b - a for a, b in values])
    return Difference(gain, _mean(firsts), _mean(seconds))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
