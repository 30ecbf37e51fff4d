"""Compiled runs in the set-up that the published figures share, and their table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

import repetita as rp
from repetita.simulation import Behavior, Lanes, User
from reproduction.people import Size

__all__ = ["SEED", "a_fifth", "hours_so_far", "run", "setting_of", "tables_of"]

SEED = 42


def run(size: Size, users: Sequence[User], schedulers: Iterable[Any], **options: Any) -> Lanes:
    """Runs of users under schedulers; limits of 9999 reviews and 720 minutes a day never bind."""
    people = [
        replace(user, behavior=replace(user.behavior or Behavior(), new_limit=size.new)) for user in users
    ]
    common = {"days": size.days, "deck": size.deck, "seeds": SEED}
    return rp.simulate_many(people, schedulers=list(schedulers), **(common | options))


def a_fifth(size: Size) -> Size:
    """A fifth of the deck and of the new cards a day: without limits that bind, all is proportional to it."""
    return replace(size, deck=size.deck // 5, new=max(size.new // 5, 1))


def setting_of(policy: float | str) -> Any:
    """A desired retention of FSRS-6, or another scheduler by name."""
    return policy if isinstance(policy, str) else {"scheduler": "fsrs6", "desired_retention": policy}


def tables_of(*several: Lanes, **columns: Sequence[Any]) -> pl.DataFrame:
    """Lanes as the table of results that `repetita.pareto` and `repetita.aggregate` read.

    Args:
        several: Runs, all of which succeeded.
        columns: Further columns, one value a lane of the last.

    Raises:
        RuntimeError: A run has failed.
    """
    tables = []
    for place, lanes in enumerate(several):
        if lanes.failures:
            raise RuntimeError(f"{len(lanes.failures)} runs failed: {next(iter(lanes.failures.values()))}")
        names, _, intervals = zip(*(name.partition("@") for name in lanes.scheduler), strict=True)
        table: dict[str, Any] = {
            "user_id": lanes.user,
            "environment": ["world"] * len(lanes),
            "scheduler": list(names),
            "desired_retention": lanes.desired_retention,
            "fixed_interval": [float(interval or "nan") for interval in intervals],
            "seed": lanes.seed,
            "memorized_average": lanes.memorized_average,
            "time_average": lanes.minutes_per_day,
        }
        tables.append(pl.DataFrame(table | (columns if place == len(several) - 1 else {})))
    return pl.concat(tables, how="diagonal").with_columns(
        pl.col("desired_retention", "fixed_interval").fill_nan(None)
    )


def hours_so_far(lanes: Lanes) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Mean over the days of the hours spent until then, of lanes with daily series."""
    assert lanes.series is not None
    seconds = lanes.series["learning_seconds"] + lanes.series["review_seconds"]
    return np.asarray(np.cumsum(seconds, axis=1).mean(axis=1) / 3600.0)
