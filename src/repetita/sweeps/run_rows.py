"""A run of `repetita.simulate` as a row of the table of results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from repetita.simulation import Simulation
from repetita.simulation.logs import totals
from repetita.simulation.result import part_name
from repetita.simulation.specs import aims_at_retention

__all__ = ["run_row"]


def run_row(run: Simulation) -> dict[str, Any]:
    """What a run says of itself, by column of the table of results."""
    config = run.config
    person = config["behavior"] if isinstance(config["behavior"], Mapping) else {}
    scheduler, _, interval = part_name(config["scheduler"]).partition("@")
    short = config["short_term"]
    return {
        "user_id": config.get("user"),
        "environment": part_name(config["environment"]),
        "scheduler": scheduler,
        "desired_retention": config["desired_retention"] if aims_at_retention(scheduler) else None,
        "fixed_interval": float(interval or 1.0) if scheduler == "fixed" else None,
        "seed": config.get("seed"),
        "engine": "event",
        "fuzz": config["fuzz"],
        "short_term": short is not None,
        "short_term_source": short["source"] if short else None,
        "priority": person.get("priority"),
        "scheduler_priority": config["scheduler_priority"],
        "days": run.days,
        "deck_size": config["deck"],
        "learn_limit": person.get("new_limit"),
        "review_limit": person.get("review_limit"),
        "cost_limit_minutes": person.get("minutes_limit"),
        **totals(run),
    }
