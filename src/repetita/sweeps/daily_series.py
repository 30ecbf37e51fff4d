"""A user's runs day by day: new cards, reviews, memory, and the retention over a window of days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.arguments import whole_number
from repetita.errors import UsageError
from repetita.sweeps.daily_tables import DailyRun, daily_runs
from repetita.sweeps.results import RunTable
from repetita.sweeps.selection import TOLERANCE

__all__ = ["DailyCurve", "DailyCurves", "daily_curves", "smoothed"]

Floats = NDArray[np.float64]

MOST_CURVES = 10
SERIES = ("new", "reviews", "memorized", "retention", "phase_reviews", "phase_lapses")


@dataclass(frozen=True, eq=False)
class DailyCurve:
    """Series of one run. Arrays have shape (days,).

    Attributes:
        name: What tells it from the others.
        desired_retention: Its setting, None without one.
        day: Numbers of the days.
        new: New cards.
        reviews: Reviews.
        memorized: Remembered cards at the beginning of the day.
        retention: Share of reviews that were passed, over a window of days; NaN where it has none.
    """

    name: str
    desired_retention: float | None
    day: NDArray[np.int64]
    new: Floats
    reviews: Floats
    memorized: Floats
    retention: Floats


@dataclass(frozen=True, eq=False)
class DailyCurves:
    """Runs of one user, day by day.

    Attributes:
        user_id: Whose.
        environment: Where all were simulated; None where they differ.
        window_days: Over how many days retention is taken.
        curves: One a run.
    """

    user_id: int | None
    environment: str | None
    window_days: int
    curves: tuple[DailyCurve, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: what is shown, and the means of each curve."""
        return {
            "user_id": self.user_id,
            "environment": self.environment,
            "window_days": self.window_days,
            "curves": [
                {
                    "name": curve.name,
                    "desired_retention": curve.desired_retention,
                    "days": [int(curve.day[0]), int(curve.day[-1])],
                    "new_average": float(curve.new.mean()),
                    "reviews_average": float(curve.reviews.mean()),
                    "memorized_average": float(curve.memorized.mean()),
                }
                for curve in self.curves
            ],
        }


def daily_curves(
    results: RunTable,
    *,
    user_id: int | None = None,
    desired_retentions: Sequence[float] | None = None,
    start_day: int = 0,
    window_days: int = 30,
    **selection: Any,
) -> DailyCurves:
    """New cards, reviews, memory and retention of a user day by day, under several settings.

    Args:
        results: As for `repetita.sweeps.daily_runs`.
        user_id: Whose; may be left out where there is one.
        desired_retentions: These settings only; schedulers without one stay.
        start_day: The first day to show.
        window_days: Retention is taken over as many days around each, pooled over their reviews.
        **selection: Options of `repetita.pareto` that choose rows.

    Raises:
        UsageError: Several users and none chosen, a retention that is not there, or more than 10 curves.
        InputError: Nothing to show.

    Example:
        >>> import repetita as rp
        >>> runs = [rp.simulate(days=60, deck=40, desired_retention=r) for r in (0.8, 0.9)]
        >>> [curve.name for curve in daily_curves(runs).curves]
        ['fsrs6 DR=80%', 'fsrs6 DR=90%']
    """
    whole_number(start_day, "start_day")
    whole_number(window_days, "window_days", low=1)
    if user_id is not None:
        selection["users"] = (user_id, user_id)
    runs = [run for run in daily_runs(results, **selection) if _at_one_of(run.row, desired_retentions)]
    _all_there(runs, desired_retentions)
    users = {run.row["user_id"] for run in runs}
    if len(users) > 1:
        raise UsageError(
            f"these are runs of {len(users)} users", hint="choose one with user_id=", where="user_id"
        )
    if not 0 < len(runs) <= MOST_CURVES:
        raise UsageError(
            f"{len(runs)} runs are chosen, expected 1 to {MOST_CURVES}",
            hint="choose schedulers and desired retentions",
            where="desired_retentions",
        )
    names = _names([run.row for run in runs])
    curves = tuple(_curve(run, name, start_day, window_days) for run, name in zip(runs, names, strict=True))
    environments = {run.row["environment"] for run in runs}
    return DailyCurves(
        users.pop(), environments.pop() if len(environments) == 1 else None, window_days, curves
    )


def _at_one_of(row: dict[str, Any], retentions: Sequence[float] | None) -> bool:
    own = row["desired_retention"]
    return retentions is None or own is None or any(abs(own - asked) < TOLERANCE for asked in retentions)


def _all_there(runs: Sequence[DailyRun], retentions: Sequence[float] | None) -> None:
    found = [run.row["desired_retention"] for run in runs if run.row["desired_retention"] is not None]
    missing = [r for r in retentions or () if not any(abs(own - r) < TOLERANCE for own in found)]
    if missing:
        raise UsageError(
            f"no run with a table of days has the desired retention {missing[0]:g}",
            where="desired_retentions",
        )


def _names(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Names that tell the runs apart, as short as they can be."""
    seeds = len({row["seed"] for row in rows}) > 1
    worlds = len({row["environment"] for row in rows}) > 1
    names = []
    for row in rows:
        setting = "" if row["desired_retention"] is row["fixed_interval"] is row["policy"] else row["label"]
        name = f"{row['line']} {setting}".strip()
        name += f" in {row['environment']}" if worlds else ""
        names.append(name + (f", seed {row['seed']}" if seeds else ""))
    return names


def _curve(run: DailyRun, name: str, start_day: int, window_days: int) -> DailyCurve:
    day = run.days["day"].to_numpy()
    shown = day >= start_day
    if not shown.any():
        raise UsageError(f"start_day is {start_day}, and the last day is {day[-1]}", where="start_day")
    columns = {name: run.days[name].fill_null(nan).to_numpy() for name in SERIES}
    reviews, lapses = columns["phase_reviews"], columns["phase_lapses"]
    if np.isfinite(reviews).any():
        retention = 1.0 - smoothed(lapses, window_days) / _positive(smoothed(reviews, window_days))
    else:
        retention = smoothed(columns["retention"], window_days)
    return DailyCurve(
        name,
        run.row["desired_retention"],
        day[shown],
        columns["new"][shown],
        columns["reviews"][shown],
        columns["memorized"][shown],
        retention[shown],
    )


def _positive(values: Floats) -> Floats:
    return np.where(values > 0.0, values, nan)


def smoothed(values: Floats, window: int) -> Floats:
    """Means over a window around each place, of the numbers in it; NaN where it has none.

    Args:
        values: Shape (n,); NaN is no number.
        window: Places; of an even number the surplus one lies after the middle.

    Example:
        >>> smoothed(np.array([1.0, 2.0, nan, 4.0]), 3).tolist()
        [1.5, 1.5, 3.0, 4.0]
    """
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    places = np.arange(len(values))
    first = np.maximum(places - (window - 1) // 2, 0)
    last = np.minimum(places + window // 2 + 1, len(values))
    number = counts[last] - counts[first]
    return np.where(number > 0, (sums[last] - sums[first]) / np.maximum(number, 1), nan)
