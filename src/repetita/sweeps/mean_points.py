"""Points as means over users, with intervals: what a curve of a population looks like, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from repetita.confidence import bootstrap_interval
from repetita.sweeps.frontier import non_dominated
from repetita.sweeps.selection import SETTING
from repetita.sweeps.spread import bootstrap_draws

__all__ = ["mean_points"]

Floats = NDArray[np.float64]

LINE = ("environment", "line")
AXES = ("memorized", "minutes")
CHUNK = 100  # replicates at a time, which bounds memory for many users


def mean_points(table: pl.DataFrame, *, replicates: int, seed: int) -> pl.DataFrame:
    """One row for a line and setting: means over users of each one's mean over seeds, with 95 % intervals.

    Where some settings are those of all users, only they are kept, since means of different users would not
    be comparable. Draws are of users, the same for every point.

    Args:
        table: As `repetita.sweeps.selection.select` gives it, with ``memorized`` and ``minutes``.
        replicates: Of the bootstrap.
        seed: Of its draws.

    Returns:
        Columns of the line and setting, ``users``, ``memorized`` and ``minutes`` with ``_low`` and ``_high``
        (null where there is nothing to draw from), and whether the point is on the ``frontier`` of its line.
    """
    slots, seeds_of_user = _slots(table)
    indexed = table.with_columns(pl.Series("slot", slots, dtype=pl.Int64))
    keys = [*LINE, "scheduler", *SETTING, "label"]
    parts = indexed.partition_by(keys, maintain_order=True)
    everywhere = [part for part in parts if part["user_id"].n_unique() == len(seeds_of_user)]
    parts = everywhere or parts
    rows = [part.row(0, named=True) for part in parts]
    found = [{name: row[name] for name in keys} for row in rows]
    drawn = _drawn(parts, seeds_of_user, replicates, seed)
    for number, (row, part) in enumerate(zip(found, parts, strict=True)):
        means = part.group_by("user_id").agg(pl.col(AXES).mean())
        row["users"] = means.height
        # the users of this point, which may be fewer than all; of one user it is seeds that are drawn
        units = means.height if len(seeds_of_user) > 1 else seeds_of_user[0]
        for axis, replicated in zip(AXES, drawn, strict=True):
            row[axis] = means[axis].mean()
            ends = bootstrap_interval(row[axis], replicated[:, number], units)
            row[f"{axis}_low"], row[f"{axis}_high"] = ends or (None, None)
    schema = {f"{axis}_{end}": pl.Float64 for axis in AXES for end in ("low", "high")}
    frame = pl.DataFrame(found, infer_schema_length=None, schema_overrides=schema)
    lines = [
        part.with_columns(pl.Series("frontier", non_dominated(part.select(AXES).to_numpy())))
        for part in frame.partition_by(*LINE, maintain_order=True)
    ]
    return pl.concat(lines)


def _slots(table: pl.DataFrame) -> tuple[list[int], list[int]]:
    """The place of each row's user and seed, and how many seeds each user has."""
    seeds: dict[Any, dict[Any, int]] = {}
    for user, seed in table.select("user_id", "seed").unique().sort("user_id", "seed").iter_rows():
        own = seeds.setdefault(user, {})
        own[seed] = len(own)
    most = max(map(len, seeds.values()))
    first = {user: number * most for number, user in enumerate(seeds)}
    slots = [first[user] + seeds[user][seed] for user, seed in table.select("user_id", "seed").iter_rows()]
    return slots, [len(own) for own in seeds.values()]


def _drawn(parts: Sequence[pl.DataFrame], seeds_of_user: Sequence[int], replicates: int, seed: int) -> Floats:
    """Means of each point in every draw, shape (axes, replicates, points); NaN where no user drawn has it."""
    size = len(seeds_of_user) * max(seeds_of_user)
    values = np.zeros((len(AXES), size, len(parts)))
    there = np.zeros((size, len(parts)))
    for number, part in enumerate(parts):
        slots = part["slot"].to_numpy()
        there[slots, number] = 1.0
        for axis, name in enumerate(AXES):
            values[axis, slots, number] = part[name].to_numpy()
    draws = bootstrap_draws(seeds_of_user, replicates=replicates, seed=seed)
    return np.concatenate(
        [_means(draws[first : first + CHUNK], values, there) for first in range(0, replicates, CHUNK)], axis=1
    )


def _means(draws: NDArray[np.int64], values: Floats, there: Floats) -> Floats:
    """Means over the drawn users of the means over their drawn seeds; shape (axes, draws, points)."""
    weights = np.zeros((len(draws), len(there)))
    drawn = draws >= 0
    share = drawn / drawn.sum(axis=2, keepdims=True)
    rows = np.broadcast_to(np.arange(len(draws))[:, None, None], draws.shape)
    np.add.at(weights, (rows[drawn], draws[drawn]), share[drawn])
    with np.errstate(invalid="ignore"):
        return np.asarray((weights @ values) / (weights @ there))
