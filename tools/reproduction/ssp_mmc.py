"""The tables of SSP-MMC-FSRS: retentions, fixed intervals, Memrise and Anki-SM-2 for one person."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np

import repetita as rp
from repetita.memory_model import MemoryModel
from repetita.simulation import CardView, User
from repetita.simulation.policies import SspMmcPolicy
from repetita.simulation.policies.sspmmc import StateSpace
from reproduction.people import Size, fitted
from reproduction.published import (
    SPRING_2025,
    SSP_MMC_DEFAULT,
    SSP_MMC_TRAINED,
    SSP_MMC_USER_5,
    PolicyRow,
)
from reproduction.runs import a_fifth, hours_so_far, run
from reproduction.table import NOT_RUN, numbers, table

__all__ = ["parts"]

USER = 5
DIGITS = (1, 1, 0, 1)
HEADER = (
    *("policy", "reviews a day", "ours", "minutes a day", "ours"),
    *("remembered", "ours", "remembered per hour", "ours"),
)


def parts(size: Size) -> dict[str, str]:
    """Both tables, and what rounding changes."""
    default = rp.model("fsrs6", SPRING_2025)
    weights = fitted(size.tables, "fsrs6_sample").get(USER)
    user = rp.model("fsrs6", weights, clip=True) if weights else None
    at = (0.90, 0.99)
    rounded = [
        f"{values[0]:.1f} reviews and {values[1]:.1f} minutes a day at {retention:.2f}"
        for retention, values in zip(at, _values(size, at, default, floored=False), strict=True)
    ]
    waiting = [_row(row, ("not trained yet", "", "", "")) for row in SSP_MMC_TRAINED]
    return {
        "ssp_mmc_default": table(HEADER, _rows(size, SSP_MMC_DEFAULT, default)),
        "ssp_mmc_user": table(HEADER, [*_rows(size, SSP_MMC_USER_5, user), *waiting]),
        "ssp_mmc_rounded": ", ".join(rounded),
        "ssp_mmc_sm2": _by_ease_after(a_fifth(size)),
    }


def _rows(size: Size, rows: Sequence[PolicyRow], memory: MemoryModel | None) -> list[tuple[str, ...]]:
    if memory is None:
        return [_row(row, (NOT_RUN,) * 4) for row in rows]
    found = _values(size, [row.policy for row in rows], memory, floored=True)
    return [_row(row, numbers(values, DIGITS)) for row, values in zip(rows, found, strict=True)]


def _row(row: PolicyRow, ours: tuple[str, ...]) -> tuple[str, ...]:
    name = row.policy if isinstance(row.policy, str) else f"retention {row.policy:.2f}"
    theirs = numbers(row[1:], DIGITS)
    return (name, *(cell for pair in zip(theirs, ours, strict=True) for cell in pair))


def _values(
    size: Size, policies: Sequence[float | str], memory: MemoryModel, *, floored: bool
) -> list[tuple[float, ...]]:
    """Reviews, minutes, remembered cards, and these for an hour, means over the seeds."""
    schedulers = [_scheduler(policy, memory, floored=floored) for policy in policies]
    lanes = run(size, [User(environment=memory)], schedulers, seeds=range(_seeds(size)), daily=True)
    columns = (
        lanes.reviews_average,
        lanes.minutes_per_day,
        lanes.memorized_average,
        lanes.memorized_average / hours_so_far(lanes),
    )
    means = np.array(columns).reshape(4, len(policies), _seeds(size)).mean(axis=2)
    return [tuple(values) for values in means.T.tolist()]


class EaseAfter:
    """Anki-SM-2 as that table has it: the ease after the press, and fractions of days between presses."""

    def first(self, card: CardView, rating: int, now: float) -> tuple[float, tuple[float, float]]:
        """Days, and the state: ease and exact interval."""
        days = 4.0 if rating == 4 else 1.0
        return days, (self._ease(2.5, rating), days)

    def after(
        self, card: CardView, elapsed_days: float, rating: int, now: float
    ) -> tuple[float, tuple[float, float]]:
        """The same after a later press."""
        ease, days = card.state
        ease = self._ease(ease, rating)
        days = max(1.0, days * (0.0, 1.2, ease, 1.3 * ease)[rating - 1])
        return ceil(days), (ease, days)

    def _ease(self, ease: float, rating: int) -> float:
        return min(max(ease + (-0.2, -0.15, 0.0, 0.15)[rating - 1], 1.3), 5.5)


def _by_ease_after(size: Size) -> str:
    """Reviews, minutes and remembered cards with that rule, for the whole deck."""
    options = {"parameters": SPRING_2025, "days": size.days, "deck": size.deck, "new_limit": size.new}
    runs = [
        rp.simulate(scheduler=EaseAfter(), seed=seed, events=False, **options)  # type: ignore[call-overload]
        for seed in range(_seeds(size))
    ]
    means = [
        5.0 * sum(getattr(run, name) for run in runs) / len(runs)
        for name in ("reviews_average", "minutes_per_day", "memorized_average")
    ]
    return f"{means[0]:.1f} reviews, {means[1]:.1f} minutes and {means[2]:.0f} cards"


def _seeds(size: Size) -> int:
    return max(size.seeds // 2, 1)


def _scheduler(policy: float | str, memory: MemoryModel, *, floored: bool) -> Any:
    """A retention whose intervals are cut off to whole days is an SSP-MMC table with one retention."""
    if isinstance(policy, str):
        return policy
    if not floored:
        return {"scheduler": "fsrs6", "desired_retention": policy}
    space = StateSpace()
    shape = (space.difficulties, sum(len(part) for part in space.stabilities()))
    constant = SspMmcPolicy(
        retention_matrix=np.full(shape, policy), cost_matrix=np.zeros(shape), w=memory.parameters
    )
    return {"scheduler": "sspmmc", "policy": constant}
