"""Logs of the runs of a sweep in the ecosystem's layout, which tools for its sweeps read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repetita.simulation.logs import write_run
from repetita.simulation.result import Simulation
from repetita.sweeps.results import SETTINGS

__all__ = ["LAYOUTS", "Logs"]

LAYOUTS = ("user", "sweep")
STEPS = ("learning_steps", "relearning_steps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """Which logs a sweep writes, and where.

    Attributes:
        folder: Where to.
        layout: "user": a folder ``user_<id>`` for each user; "sweep": a folder ``sched_<scheduler>`` with
            one for each user in it.
        days: Whether a table of days stands beside each log.
        reviews: Whether a log has a line a press.
    """

    folder: str
    layout: str = "user"
    days: bool = False
    reviews: bool = False

    def write(self, run: Simulation, row: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        """Writes the log of a run; one that is there is replaced, since the run is the same.

        Raises:
            OutputError: It cannot be written.
        """
        meta = _meta(run, row)
        folder = Path(self.folder)
        if self.layout == "sweep":
            folder = folder / f"sched_{meta['scheduler_spec']}"
        folder = folder / f"user_{row['user_id']}"
        meta["review_markov_transition"] = (run.config["behavior"] or {}).get("markov") is not None
        meta["leech_lapses"] = options.get("leech_lapses")
        parts = ("log", "days") if self.days else ("log",)
        write_run(run, meta, folder, log_reviews=self.reviews, force=True, parts=parts)


def _meta(run: Simulation, row: Mapping[str, Any]) -> dict[str, Any]:
    """The first line of a log."""
    short = run.config["short_term"]
    days = row["fixed_interval"]
    spec = str(row["scheduler"]) + ("" if days is None else f"@{days:g}")
    return {
        **{name: row.get(name) for name in SETTINGS},
        "scheduler_spec": spec,
        # readers of logs take the stem of what they find here
        "policy": None if row.get("policy") is None else f"{row['policy']}.json",
        **{name: list(short[name]) if short else [] for name in STEPS},
        "short_term_threshold": short["threshold_days"] if short else None,
        "short_term_loops_limit": short["loops_limit"] if short else None,
    }
