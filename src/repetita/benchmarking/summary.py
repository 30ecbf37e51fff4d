"""A benchmark in a few numbers: means over users with intervals, and who beats whom.

Intervals (99 %) are bootstraps over users that hold their level for few of them (`repetita.confidence`): the
same resampled users serve every model and every pair, so differences are paired. Shares have Wilson's
interval. A mean is given twice: every user counts the same, or by the number of test reviews. Compared are
users that have a result of every model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.confidence import bootstrap_interval, wilson

if TYPE_CHECKING:
    import polars as pl

__all__ = ["MEASURES", "WEIGHTINGS", "Mean", "Pair", "Summary"]

Floats = NDArray[np.float64]
MEASURES = ("LogLoss", "RMSE(bins)", "AUC", "ICI", "MBE")
WEIGHTINGS = ("users", "reviews")
DECIDES = "LogLoss"
LEVEL = 0.99
DRAWS = 4000
CHUNK = 256
FEWEST_USERS = 6  # below, resampling users says little about others


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over users.

    Attributes:
        value: The mean, None where no user has the figure.
        low: Lower end of the 99 % interval.
        high: Upper end.
        users: How many users it is of.
    """

    value: float | None
    low: float | None
    high: float | None
    users: int

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {"mean": self.value, "low": self.low, "high": self.high, "users": self.users}


@dataclass(frozen=True, slots=True)
class Pair:
    """One model against another, by log loss.

    Attributes:
        a: Label of the one.
        b: Label of the other.
        share: Share of users for whom ``a`` has the lower log loss; ties count half.
        share_interval: 99 % interval of it, Wilson's: a share of 1 among few users is not certain.
        difference: Mean log loss of ``a`` minus that of ``b``, every user the same; below 0 ``a`` is better.
        difference_interval: 99 % interval of it; None for a single user.
        users: How many users were compared.
    """

    a: str
    b: str
    share: float
    share_interval: tuple[float, float]
    difference: float
    difference_interval: tuple[float, float] | None
    users: int

    @property
    def better(self) -> str | None:
        """Label of the one that is better, where the interval of the difference excludes 0.

        None with fewer than 6 users.
        """
        if self.users < FEWEST_USERS or self.difference_interval is None:
            return None
        low, high = self.difference_interval
        return self.a if high < 0.0 else self.b if low > 0.0 else None

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "a": self.a,
            "b": self.b,
            "share": self.share,
            "share_interval": list(self.share_interval),
            "difference": self.difference,
            "difference_interval": self.difference_interval and list(self.difference_interval),
            "better": self.better,
        }


@dataclass(frozen=True, eq=False)
class Summary:
    """Means and comparisons of the rows of a benchmark.

    Attributes:
        labels: Models, in the order asked for.
        rows: Results by user, then by label, of users that have all.
        left_out: Number of users that lack a result of some model.
        seed: Of the resampling.
    """

    labels: tuple[str, ...]
    rows: Mapping[Any, Mapping[str, Mapping[str, Any]]]
    left_out: int = 0
    seed: int = 0

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]], labels: Sequence[str], *, seed: int = 0) -> Summary:
        """The summary of some rows.

        Args:
            rows: Results, as `repetita.benchmarking.rows` makes them.
            labels: Models to show; those without any result are left out.
            seed: Of the resampling.
        """
        by_user: dict[Any, dict[str, Mapping[str, Any]]] = {}
        for row in rows:
            by_user.setdefault(row["user"], {})[str(row["model"])] = row
        present = tuple(label for label in labels if any(label in mine for mine in by_user.values()))
        whole = {
            user: {label: mine[label] for label in present}
            for user, mine in by_user.items()
            if all(label in mine for label in present)
        }
        return cls(present, whole, len(by_user) - len(whole), seed)

    @property
    def users(self) -> int:
        """Number of users compared."""
        return len(self.rows)

    @cached_property
    def sizes(self) -> Floats:
        """Test reviews of each user, shape (users,)."""
        first = self.labels[:1]
        return np.array([row[label]["size"] for row in self.rows.values() for label in first], dtype=float)

    def values(self, label: str, measure: str) -> Floats:
        """A figure of each user, shape (users,); NaN where undefined."""
        found = [row[label]["metrics"].get(measure) for row in self.rows.values()]
        return np.array([np.nan if value is None else value for value in found], dtype=np.float64)

    def mean(self, label: str, measure: str, weighting: str = "users") -> Mean:
        """Mean of a figure over users, with its interval.

        Args:
            label: Of the model.
            measure: "LogLoss", "RMSE(bins)", …
            weighting: "users": each counts the same; "reviews": by test reviews.
        """
        return self._means[label, measure, weighting]

    @cached_property
    def _means(self) -> dict[tuple[str, str, str], Mean]:
        made: dict[tuple[str, str, str], Mean] = {}
        keys, columns = [], []
        for measure in MEASURES:
            for label in self.labels:
                values = self.values(label, measure)
                there = np.isfinite(values)
                for weighting in WEIGHTINGS:
                    weight = self.sizes if weighting == "reviews" else np.ones_like(self.sizes)
                    keys.append((label, measure, weighting))
                    columns += [np.where(there, values * weight, 0.0), np.where(there, weight, 0.0), there]
        drawn = self._resampled(columns)
        for place, key in enumerate(keys):
            top, bottom, there = columns[3 * place : 3 * place + 3]
            made[key] = _mean(top, bottom, int(np.count_nonzero(there)), drawn[:, 3 * place : 3 * place + 2])
        return made

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every model against every other, both ways round."""
        if not self.users:
            return ()
        losses = {label: self.values(label, DECIDES) for label in self.labels}
        couples = [(a, b) for a in self.labels for b in self.labels if a != b]
        gaps = [losses[a] - losses[b] for a, b in couples]
        wins = [np.where(gap < 0.0, 1.0, np.where(gap > 0.0, 0.0, 0.5)) for gap in gaps]
        drawn = self._resampled(gaps) / self.users
        low, high = wilson([won.mean() for won in wins], [self.users] * len(wins), level=LEVEL)
        return tuple(
            Pair(
                *couple,
                share=float(won.mean()),
                share_interval=(float(low[place]), float(high[place])),
                difference=float(gap.mean()),
                difference_interval=bootstrap_interval(
                    float(gap.mean()), drawn[:, place], self.users, level=LEVEL
                ),
                users=self.users,
            )
            for place, (couple, won, gap) in enumerate(zip(couples, wins, gaps, strict=True))
        )

    def _resampled(self, columns: Sequence[NDArray[Any]]) -> Floats:
        """Sums of columns over users drawn with replacement, (draws, columns); the same draws always."""
        if not self.users:
            return np.zeros((DRAWS, len(columns)))
        table = np.array(columns, dtype=np.float64).reshape(len(columns), self.users).T
        random = np.random.default_rng(np.random.SeedSequence([self.seed, 2026]))
        made = []
        for begin in range(0, DRAWS, CHUNK):
            count = min(CHUNK, DRAWS - begin)
            drawn = random.integers(0, self.users, (count, self.users))
            drawn += self.users * np.arange(count)[:, None]
            # how often each user was drawn: one product then serves every column
            often = np.bincount(drawn.ravel(), minlength=count * self.users).reshape(count, self.users)
            made.append(often.astype(np.float64) @ table)
        return np.concatenate(made)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form: means by model, measure and weighting, and every pair."""
        return {
            "users": self.users,
            "users_left_out": self.left_out,
            "reviews": int(self.sizes.sum()),
            "level": LEVEL,
            "models": {
                label: {
                    weighting: {
                        measure: self.mean(label, measure, weighting).to_dict() for measure in MEASURES
                    }
                    for weighting in WEIGHTINGS
                }
                for label in self.labels
            },
            "pairs": [pair.to_dict() for pair in self.pairs],
        }

    def to_frame(self) -> pl.DataFrame:
        """One row a model, measure and weighting, as a polars frame."""
        import polars as pl

        return pl.DataFrame(
            [
                {
                    "model": label,
                    "measure": measure,
                    "weighting": weighting,
                    **self.mean(label, measure, weighting).to_dict(),
                }
                for label in self.labels
                for measure in MEASURES
                for weighting in WEIGHTINGS
            ],
            schema={
                "model": pl.String,
                "measure": pl.String,
                "weighting": pl.String,
                "mean": pl.Float64,
                "low": pl.Float64,
                "high": pl.Float64,
                "users": pl.Int64,
            },
        )


def _mean(top: Floats, bottom: Floats, users: int, drawn: Floats) -> Mean:
    """Sum of ``top`` by sum of ``bottom``, with the interval of drawn sums of both."""
    if not users:
        return Mean(None, None, None, 0)
    point = float(top.sum() / bottom.sum())
    sums = drawn[drawn[:, 1] > 0.0]
    if users < 2 or not len(sums):
        return Mean(point, None, None, users)
    low, high = bootstrap_interval(point, sums[:, 0] / sums[:, 1], users, level=LEVEL) or (None, None)
    return Mean(point, low, high, users)
