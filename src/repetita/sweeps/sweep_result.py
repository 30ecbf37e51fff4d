"""What a sweep hands back: the table of results, what failed, and a summary."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from repetita.plurals import counted
from repetita.sweeps.results import typed, write_results

__all__ = ["Sweep", "summary_of"]

BY = ("environment", "scheduler", "desired_retention", "fixed_interval", "policy", "cost_weight")


@dataclass(frozen=True, eq=False, kw_only=True)
class Sweep:
    """The outcome of `repetita.sweep`. `repetita.pareto` and its kin take its ``table``.

    Attributes:
        table: One row a run, in the columns of `repetita.sweeps.SCHEMA`.
        failures: Runs without a result, each a mapping with ``run``, the setting, ``code`` and ``failure``.
        config: What was asked for.
        folder: Where the run is kept, or None.
    """

    table: pl.DataFrame
    failures: tuple[Mapping[str, Any], ...]
    config: Mapping[str, Any]
    folder: Path | None = None

    def __repr__(self) -> str:
        failed = f", {len(self.failures)} failed" if self.failures else ""
        users = counted(self.table["user_id"].n_unique(), "user")
        named = ", ".join(self.config["schedulers"])
        return f"Sweep({counted(self.table.height, 'run')}{failed}: {users}, {named})"

    @property
    def summary(self) -> dict[str, Any]:
        """Counts, and means by environment, scheduler and setting."""
        return summary_of(self.table, self.failures)

    def to_frame(self) -> pl.DataFrame:
        """The table of results."""
        return self.table

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: what was asked for, the summary, and what failed."""
        return {
            "config": dict(self.config),
            "summary": self.summary,
            "failures": [dict(row) for row in self.failures],
            "folder": None if self.folder is None else str(self.folder),
        }

    def write(self, path: str | os.PathLike[str], *, force: bool = False, json_lines: bool = False) -> Path:
        """Write the table, see `repetita.sweeps.write_results`."""
        return write_results(self.table, path, force=force, json_lines=json_lines)


def sweep_of(
    table: pl.DataFrame, failures: Sequence[Mapping[str, Any]], config: Mapping[str, Any], folder: Path | None
) -> Sweep:
    """A sweep from its parts; the number of the run is left out of the table."""
    return Sweep(table=typed(table, "the sweep"), failures=tuple(failures), config=config, folder=folder)


def summary_of(table: pl.DataFrame, failures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts, and means over users and seeds of every setting, in a fixed order."""
    means = table.group_by(BY, maintain_order=True).agg(
        pl.col("user_id").n_unique().alias("users"),
        pl.len().alias("runs"),
        pl.col("memorized_average", "time_average", "reviews_average").mean(),
    )
    return {
        "runs": table.height + len(failures),
        "finished": table.height,
        "failed": len(failures),
        "users": table["user_id"].n_unique(),
        "engines": sorted(table["engine"].unique().to_list()),
        "settings": means.sort(BY, nulls_last=False).to_dicts(),
    }
