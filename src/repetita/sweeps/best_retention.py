"""At which desired retention each user remembers most, or most for a minute a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from repetita.errors import UsageError, unknown_name
from repetita.output import write_atomically
from repetita.plurals import counted
from repetita.sweeps.results import RunTable, results_table
from repetita.sweeps.selection import select

__all__ = ["MEASURES", "BestRetentions", "best_retentions"]

MEASURES = ("memorized_average", "memorized_per_minute")


@dataclass(frozen=True, eq=False)
class BestRetentions:
    """The desired retention of each user at which a measure is highest.

    Attributes:
        environment: Where they were simulated.
        line: The scheduler.
        measure: One of `MEASURES`.
        users: One row a user with ``user_id``, ``desired_retention``, ``memorized_average`` and
            ``memorized_per_minute``; means over seeds.
        retentions: All that were tried, rising.
    """

    environment: str
    line: str
    measure: str
    users: pl.DataFrame
    retentions: tuple[float, ...]

    @property
    def counts(self) -> dict[float, int]:
        """Users by desired retention, of all that were tried."""
        chosen = self.users["desired_retention"].to_list()
        return {retention: chosen.count(retention) for retention in self.retentions}

    @property
    def at_edge(self) -> int:
        """Users whose best is the lowest or the highest that was tried: theirs may lie beyond."""
        counts = self.counts
        return sum(counts[retention] for retention in {self.retentions[0], self.retentions[-1]})

    def __repr__(self) -> str:
        median = float(np.median(self.users["desired_retention"].to_numpy()))
        return (
            f"{self.line} in {self.environment}, {counted(self.users.height, 'user')}: {self.measure} "
            f"highest at a median desired retention of {median:.4g}, "
            f"{self.at_edge} at an end of the range"
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "environment": self.environment,
            "line": self.line,
            "measure": self.measure,
            "user_count": self.users.height,
            "at_edge": self.at_edge,
            "counts": [{"desired_retention": r, "users": count} for r, count in self.counts.items()],
            "users": self.users.to_dicts(),
        }

    def write_csv(self, path: str, *, force: bool = False) -> None:
        """Write one line a user.

        Raises:
            OutputExists: A file is there and ``force`` is not set.
            OutputError: The file cannot be written.
        """
        write_atomically(path, self.users.write_csv(), force=force)


def best_retentions(
    results: RunTable,
    *,
    scheduler: str = "fsrs6",
    measure: str = "memorized_average",
    **selection: Any,
) -> tuple[BestRetentions, ...]:
    """The desired retention at which a measure is highest, by user; for each environment and line.

    Of equally good ones the lowest counts, which costs least.

    Args:
        results: A table of results, files or folders with some, or runs of `repetita.simulate`.
        scheduler: One with a desired retention.
        measure: "memorized_average": remembered cards. "memorized_per_minute": those for a minute a day.
        **selection: Options of `repetita.pareto` that choose rows.

    Raises:
        UnknownName: Another measure, or a scheduler that is not there.
        UsageError: The scheduler has no desired retention.
        InputError: Nothing is left to compare.

    Example:
        >>> import repetita as rp
        >>> runs = [rp.simulate(days=90, deck=200, desired_retention=r, seed=1) for r in (0.7, 0.8, 0.9)]
        >>> best_retentions(runs)[0].counts
        {0.7: 0, 0.8: 0, 0.9: 1}
    """
    if measure not in MEASURES:
        raise unknown_name("measure", measure, MEASURES)
    table = select(results_table(results), schedulers=[scheduler], **selection).table
    tried = table.filter(pl.col("desired_retention").is_not_null())
    if not tried.height:
        raise UsageError(f"{scheduler} has no desired retention", hint="choose another scheduler")
    means = (
        tried.group_by("environment", "line", "user_id", "desired_retention", maintain_order=True)
        .agg(pl.col("memorized_average", "time_average").mean())
        .with_columns((pl.col("memorized_average") / pl.col("time_average")).alias("memorized_per_minute"))
    )
    ordered = means.sort("user_id", measure, "desired_retention", descending=[False, True, False])
    columns = ("user_id", "desired_retention", *MEASURES)
    return tuple(
        BestRetentions(
            environment,
            line,
            measure,
            part.unique("user_id", keep="first", maintain_order=True).select(columns),
            tuple(part["desired_retention"].unique().sort().to_list()),
        )
        for (environment, line), part in ordered.group_by("environment", "line", maintain_order=True)
    )
