"""Logs of runs in the schema of srs-simulator: JSON lines, a table of days beside it, and a table of results.

Line 1 is ``{"type": "meta", ...}``, line 2 ``{"type": "totals", ...}``; with the log of reviews one line
``{"type": "event", ...}`` a press follows. Numbers are not rounded, but for the times and probabilities of
events.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from repetita.errors import OutputError
from repetita.output import check_writable, write_atomically
from repetita.simulation.counterfactual import without_reviews
from repetita.simulation.result import PHASES, Simulation

if TYPE_CHECKING:
    import polars as pl

__all__ = ["daily_frame", "log_name", "log_paths", "results_frame", "totals", "write_run"]

SUFFIXES = {"log": ".jsonl", "days": ".csv", "results": ".parquet"}
SECONDS = ((60.0, 1.0, "s"), (3600.0, 60.0, "m"), (86400.0, 3600.0, "h"))


def log_name(meta: Mapping[str, Any]) -> str:
    """The name of a run's files without suffix, from what `meta` of the log says.

    Example:
        >>> meta = {"environment": "fsrs6", "engine": "event", "scheduler": "fsrs6", "days": 30, "seed": 42}
        >>> log_name(meta | {"desired_retention": 0.905, "fuzz": False})[:60]
        'log_env=fsrs6_engine=event_sched=fsrs6_user=none_days=30_dec'
    """
    short, source = meta.get("short_term"), meta.get("short_term_source")
    loops = meta.get("short_term_loops_limit")
    policy = meta.get("policy") or meta.get("sspmmc_policy")
    parts = [
        ("env", meta.get("environment")),
        ("engine", meta.get("engine")),
        ("sched", meta.get("scheduler")),
        *([("fuzz", 1)] if meta.get("fuzz") else []),
        *([("st", source)] if short else []),
        *([("stloops", loops)] if short and loops is not None else []),
        *([("ivl", meta["fixed_interval"])] if meta.get("fixed_interval") is not None else []),
        *([("policy", Path(str(policy)).stem)] if policy else []),
        *([("weight", meta["cost_weight"])] if meta.get("cost_weight") is not None else []),
        ("user", meta.get("user_id")),
        ("days", meta.get("days")),
        ("deck", meta.get("deck_size")),
        ("learn", meta.get("learn_limit")),
        ("review", meta.get("review_limit")),
        ("costm", meta.get("cost_limit_minutes")),
        ("prio", meta.get("priority")),
        ("ret", meta.get("desired_retention")),
        ("sprio", meta.get("scheduler_priority")),
        ("seed", meta.get("seed")),
    ]
    return "log_" + "_".join(f"{name}={_shown(value)}" for name, value in parts)


def log_paths(folder: str | os.PathLike[str], meta: Mapping[str, Any]) -> dict[str, Path]:
    """Where the files of a run go, by what they hold."""
    return {part: Path(folder) / (log_name(meta) + suffix) for part, suffix in SUFFIXES.items()}


def totals(run: Simulation) -> dict[str, Any]:
    """The numbers of a run as the log has them."""
    hours = float(np.cumsum(run.cost_seconds).mean()) / 3600.0
    bare = without_reviews(run)
    return {
        "avg_accum_memorized_per_hour": run.memorized_average / hours if hours > 0.0 else None,
        "memorized_average": run.memorized_average,
        "reviews_average": run.reviews_average,
        "time_average": run.minutes_per_day,
        "total_reviews": run.total_reviews,
        "total_lapses": run.total_lapses,
        "total_cost": run.total_cost_seconds,
        "total_projected_retrievability": run.projected,
        "cost_per_projected_retrievability": run.total_cost_seconds / run.projected
        if run.projected > 0.0
        else None,
        "learning_time_average": float(run.learning_seconds.mean()) / 60.0,
        "review_time_average": float(run.review_seconds.mean()) / 60.0,
        "no_review_memorized_average": None if bare is None else float(bare.no_review.mean()),
        "review_memory_gain_average": None if bare is None else float(bare.review_gain.mean()),
    }


def event_rows(run: Simulation) -> Iterator[dict[str, Any]]:
    """The presses of a run as the log has them."""
    log = run.events
    if log is None:
        return
    columns = (
        log.day,
        log.phase,
        log.card_id,
        log.rating,
        log.retrievability,
        log.cost_seconds,
        log.interval_days,
        log.due,
        log.last_review,
        log.elapsed_days,
    )
    for row in zip(*(column.tolist() for column in columns), strict=True):
        day, phase, card, rating, recalled, cost, interval, due, last, elapsed = row
        yield {
            "day": day,
            "action": "learn" if PHASES[phase] == "new" else "review",
            "phase": PHASES[phase],
            "card_id": card,
            "rating": rating,
            "retrievability": round(recalled, 4) if isfinite(recalled) else None,
            "cost": cost,
            "interval": span(interval),
            "due": round(due, 5),
            "last_review": round(last, 5),
            "elapsed": span(elapsed),
        }


def span(days: float) -> str:
    """A time with the largest unit that fits, two decimals at most.

    Example:
        >>> span(10 / 1440), span(3.0), span(0.25), span(0.0)
        ('10m', '3d', '6h', '0s')
    """
    seconds = days * 86400.0
    for limit, unit, letter in SECONDS:
        if round(abs(seconds), 6) < limit:
            return f"{_shown(round(seconds / unit, 2))}{letter}"
    return f"{_shown(round(days, 2))}d"


def daily_frame(run: Simulation) -> pl.DataFrame:
    """The table of days as the log has it; loops are empty where nothing is simulated within a day."""
    import polars as pl

    frame = run.to_frame()
    loops = pl.col("short_loops") if run.config["short_term"] else pl.lit(None)
    names = ("day", "reviews", "new", "retention")
    return frame.select(
        *names,
        pl.col("cost_seconds").alias("cost"),
        "memorized",
        "phase_reviews",
        "phase_lapses",
        loops.alias("short_loops"),
    )


def results_frame(run: Simulation, meta: Mapping[str, Any]) -> pl.DataFrame:
    """One row with what was simulated and what came out."""
    import polars as pl

    plain = {name: value for name, value in meta.items() if not isinstance(value, list | dict)}
    lists = {name: json.dumps(value) for name, value in meta.items() if isinstance(value, list | dict)}
    return pl.DataFrame([plain | lists | totals(run)])


def write_run(
    run: Simulation,
    meta: Mapping[str, Any],
    folder: str | os.PathLike[str],
    *,
    log_reviews: bool = False,
    force: bool = False,
    parts: Sequence[str] = tuple(SUFFIXES),
) -> dict[str, Path]:
    """The files that now hold a run: the log, the table of days, the table of results.

    Args:
        run: The run.
        meta: What the first line says; `log_name` makes the name of it.
        folder: Where to write; it is made if it is not there.
        log_reviews: Whether the log has a line a press.
        force: Replace files that are there.
        parts: Which of the three files: "log", "days", "results".

    Raises:
        OutputExists: A file is there and ``force`` is not set; nothing is written.
        OutputError: A file cannot be written.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot make the folder {os.fspath(folder)!r}: {error.strerror}", where=os.fspath(folder)
        ) from error
    paths = {part: path for part, path in log_paths(folder, meta).items() if part in parts}
    for path in paths.values():
        check_writable(path, force=force)
    lines = [{"type": "meta", "data": dict(meta)}, {"type": "totals", "data": totals(run)}]
    text = "".join(json.dumps(line, allow_nan=False) + "\n" for line in lines)
    if log_reviews:
        text += "".join(
            json.dumps({"type": "event", "data": row}, allow_nan=False) + "\n" for row in event_rows(run)
        )
    content: dict[str, Callable[[], str | bytes]] = {
        "log": lambda: text,
        "days": lambda: daily_frame(run).write_csv(),
        "results": lambda: _parquet(results_frame(run, meta)),
    }
    for part, path in paths.items():
        write_atomically(path, content[part](), force=force)
    return paths


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
