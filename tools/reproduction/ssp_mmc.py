"""The tables of SSP-MMC-FSRS: retentions, fixed intervals, Memrise and Anki-SM-2 for one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import repetita as rp
from repetita.memory_model import MemoryModel
from repetita.simulation import User
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
from reproduction.runs import hours_so_far, run
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
