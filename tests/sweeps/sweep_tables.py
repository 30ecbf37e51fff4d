"""Tables of results made up by hand: users with a curve each, and single points beside it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl

RETENTIONS = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
COMMON = {
    "environment": "fsrs6",
    "engine": "event",
    "days": 365,
    "deck_size": 1000,
    "seed": 1,
    "fuzz": False,
    "short_term": False,
}


def row(user: int | None, scheduler: str, memorized: float, minutes: float, **other: Any) -> dict[str, Any]:
    """One run."""
    outcome = {"memorized_average": memorized, "time_average": minutes}
    return {**COMMON, "user_id": user, "scheduler": scheduler, **outcome, **other}


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    """Runs as a table."""
    return pl.DataFrame(list(rows), infer_schema_length=None)


def curve(random: np.random.Generator, user: int, scheduler: str, *, better: float = 0.0, **other: Any):
    """A run for each desired retention: memory saturates, minutes grow faster."""
    deck, effort = random.uniform(500, 900), random.uniform(3, 9)
    return [
        row(
            user,
            scheduler,
            deck * (0.4 + 0.6 * r) * random.uniform(0.995, 1.005),
            effort * (1.0 - better) / (1.02 - r) * random.uniform(0.98, 1.02),
            desired_retention=r,
            **other,
        )
        for r in RETENTIONS
    ]


def population(users: int, seed: int = 0) -> pl.DataFrame:
    """Users with a curve of fsrs6, one of fsrs3, and points of Anki-SM-2 and Memrise within reach of it."""
    random = np.random.default_rng(seed)
    rows = []
    for user in range(1, users + 1):
        ours = curve(random, user, "fsrs6")
        rows += ours + curve(random, user, "fsrs3", better=-0.1)
        for name in ("anki_sm2", "memrise"):
            near = ours[random.integers(1, len(RETENTIONS))]
            rows.append(
                row(
                    user,
                    name,
                    near["memorized_average"] * random.uniform(0.9, 1.0),
                    near["time_average"] * random.uniform(0.8, 1.4),
                )
            )
    return table(*rows)


def log_text(meta: dict[str, Any], totals: dict[str, Any], *, events: int = 0) -> str:
    """A log as the ecosystem writes it."""
    lines = [{"type": "meta", "data": meta}, {"type": "totals", "data": totals}]
    lines += [{"type": "event", "data": {"day": day}} for day in range(events)]
    return "".join(json.dumps(line) + "\n" for line in lines)
