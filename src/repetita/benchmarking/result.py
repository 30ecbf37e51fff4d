"""`Benchmark`: the results of a run, its failures, and its summary."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repetita.benchmarking import tables
from repetita.benchmarking.summary import Summary
from repetita.errors import MissingExtra
from repetita.run_folders import Row

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Benchmark"]

FIGURE = "summary.svg"


@dataclass(frozen=True, eq=False)
class Benchmark:
    """What a benchmark found.

    Attributes:
        labels: What competed.
        rows: One mapping a user and model, in the schema of `repetita.benchmarking.rows`.
        failures: What has no result: ``user``, ``model``, ``error``, ``reason``.
        skipped: Users with too few reviews for the folds, listed likewise; these are no failures.
        config: What was asked for.
        folder: Where the run lies, or None.
        seed: Of the resampling.
    """

    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    failures: tuple[Row, ...] = ()
    skipped: tuple[Row, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)
    folder: Path | None = None
    seed: int = 0

    @classmethod
    def of(
        cls,
        rows: Sequence[Row],
        labels: Sequence[str],
        *,
        config: Mapping[str, Any],
        folder: Path | None,
        seed: int,
    ) -> Benchmark:
        """The results among some rows, sorted by model and user."""

        def order(row: Row) -> tuple[str, bool, int, str]:
            user = row["user"]
            number = isinstance(user, int)
            return (str(row["model"]), not number, user if number else 0, str(user))

        by_kind: dict[str, list[Row]] = {"row": [], "failure": [], "skipped": []}
        for row in sorted(rows, key=order):
            kind = "row" if "metrics" in row else "skipped" if row.get("skipped") else "failure"
            by_kind[kind].append(row)
        return cls(
            tuple(labels),
            tuple(by_kind["row"]),
            tuple(by_kind["failure"]),
            tuple(by_kind["skipped"]),
            config=config,
            folder=folder,
            seed=seed,
        )

    def __repr__(self) -> str:
        users = len({row["user"] for row in self.rows})
        return (
            f"Benchmark({', '.join(self.labels)}: {users} users, {len(self.rows)} results, "
            f"{len(self.failures)} failures, {len(self.skipped)} skipped)"
        )

    @cached_property
    def summary(self) -> Summary:
        """Means over users with intervals, and who beats whom."""
        return Summary.of(self.rows, self.labels, seed=self.seed)

    def to_text(self) -> str:
        """The summary as plain text."""
        return tables.text(self.summary)

    def to_markdown(self) -> str:
        """The summary as Markdown tables."""
        return tables.markdown(self.summary)

    def to_csv(self) -> str:
        """The summary as CSV: one line a model, measure and weighting."""
        return tables.csv_table(self.summary)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe summary, with failures and skipped users, without the rows."""
        return {
            "config": {name: value for name, value in self.config.items() if value is not None},
            "results": len(self.rows),
            "summary": self.summary.to_dict(),
            "failures": list(self.failures),
            "skipped": list(self.skipped),
        }

    def to_frame(self) -> pl.DataFrame:
        """One row a user and model, one column a metric, as a polars frame."""
        import polars as pl

        from repetita.benchmarking.rows import METRICS

        schema = {"user": pl.String, "model": pl.String, "size": pl.Int64} | dict.fromkeys(
            METRICS, pl.Float64
        )
        made = [
            {"user": str(row["user"]), "model": row["model"], "size": row["size"], **row["metrics"]}
            for row in self.rows
        ]
        return pl.DataFrame([{name: row.get(name) for name in schema} for row in made], schema=schema)

    def figure(self) -> Any:
        """Mean log loss of every model with its interval, as a `matplotlib.figure.Figure`.

        Raises:
            MissingExtra: matplotlib is not installed.
        """
        from repetita.benchmarking.figure import summary_figure

        return summary_figure(self.summary)

    def files(self) -> dict[str, str | bytes]:
        """The summary in every form, by file name; the figure only where it can be drawn."""
        made: dict[str, str | bytes] = {
            "summary.json": json.dumps(self.to_dict(), indent=1, ensure_ascii=False) + "\n",
            "summary.txt": self.to_text(),
            "summary.md": self.to_markdown(),
            "summary.csv": self.to_csv(),
        }
        try:
            from repetita.benchmarking.figure import as_svg

            made[FIGURE] = as_svg(self.summary)
        except MissingExtra:
            pass
        return made
