"""How often a day a person goes through the cards in steps, user by user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from repetita.errors import InputError, UsageError, unknown_name
from repetita.plurals import counted
from repetita.sweeps.daily_tables import DailyRun, daily_runs
from repetita.sweeps.results import RunTable
from repetita.sweeps.spread import Spread, spread

__all__ = ["METRICS", "ShortLoops", "short_loops"]

METRICS = ("avg", "avg-active")
"""Mean over all days, or over the days that have loops."""


@dataclass(frozen=True, eq=False)
class ShortLoops:
    """Loops a day of each user, under one scheduler at one setting.

    Attributes:
        environment: Where they were simulated.
        line: The scheduler.
        label: Its setting.
        metric: One of `METRICS`.
        users: One row a user with ``user_id`` and ``loops``; means over seeds.
        notes: What was left out.
    """

    environment: str
    line: str
    label: str
    metric: str
    users: pl.DataFrame
    notes: tuple[str, ...]

    @property
    def spread(self) -> Spread:
        """Of the loops over users."""
        found = spread(self.users["loops"].to_numpy())
        assert found is not None, "there is a user"
        return found

    def __repr__(self) -> str:
        how = "a day" if self.metric == "avg" else "a day with loops"
        return (
            f"{self.line} {self.label} in {self.environment}, {counted(self.users.height, 'user')}: "
            f"median {self.spread.median:.2f} loops {how}"
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "environment": self.environment,
            "line": self.line,
            "label": self.label,
            "metric": self.metric,
            "spread": self.spread.to_dict(),
            "users": self.users.to_dicts(),
            "notes": list(self.notes),
        }


def short_loops(results: RunTable, *, metric: str = "avg", **selection: Any) -> ShortLoops:
    """How often a day the steps are gone through, by user.

    Args:
        results: As for `repetita.sweeps.daily_runs`.
        metric: "avg": mean over all days. "avg-active": over the days that have loops.
        **selection: Options of `repetita.pareto` that choose rows; they must leave one scheduler at one
            setting in one environment.

    Raises:
        UnknownName: Another metric.
        UsageError: Several settings are left.
        InputError: Nothing is simulated within a day.

    Example:
        >>> import repetita as rp
        >>> short_loops(rp.simulate(days=40, deck=60, short_term="steps", seed=1))
        fsrs6 DR=90% in fsrs6, 1 user: median 0.90 loops a day
    """
    if metric not in METRICS:
        raise unknown_name("metric", metric, METRICS)
    runs = daily_runs(results, **selection)
    kinds = sorted({(r.row["environment"], r.row["line"], r.row["label"]) for r in runs})
    if len(kinds) > 1:
        told = "; ".join(f"{line} {label} in {environment}" for environment, line, label in kinds[:5])
        raise UsageError(
            f"these are runs of {len(kinds)} kinds: {told}",
            hint="choose one environment, scheduler and desired retention",
            where="results",
        )
    values = [(run.row["user_id"], _loops(run, metric)) for run in runs]
    known = [(user, value) for user, value in values if value is not None]
    if not known:
        raise InputError(
            "no run has loops within a day",
            hint="they need runs with presses within a day: --short-term-source steps or sched",
            where="results",
        )
    left = len(values) - len(known)
    table = pl.DataFrame(known, schema={"user_id": pl.Int64, "loops": pl.Float64}, orient="row")
    return ShortLoops(
        *kinds[0],
        metric=metric,
        users=table.group_by("user_id").agg(pl.col("loops").mean()).sort("user_id"),
        notes=(f"{counted(left, 'run')} without loops left out",) if left else (),
    )


def _loops(run: DailyRun, metric: str) -> float | None:
    loops = run.days["short_loops"]
    if loops.null_count() == len(loops):
        return None
    chosen = loops.fill_null(0.0)
    if metric == "avg-active":
        chosen = chosen.filter(chosen > 0.0)
    mean = chosen.mean()
    return float(mean) if isinstance(mean, float) else None
