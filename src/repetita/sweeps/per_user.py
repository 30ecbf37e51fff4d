"""Results of each user as JSON lines, one file a configuration: the form of the ecosystem's result files."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from repetita.errors import InputMissing, OutputError
from repetita.output import check_writable, file_name, write_atomically
from repetita.sweeps.daily_tables import read_days
from repetita.sweeps.results import RunTable, results_table
from repetita.sweeps.selection import select

__all__ = ["export_users", "user_records"]

METRICS = {
    "memorized_average": "memorized_average",
    "mean_daily_reviews": "reviews_average",
    "time_average": "time_average",
    "total_cost": "total_cost",
    "avg_accum_memorized_per_hour": "avg_accum_memorized_per_hour",
    "total_reviews": "total_reviews",
    "total_lapses": "total_lapses",
}
"""Numbers of a record under the names they have there, and their columns in the table of results."""

CONFIG = (
    *("environment", "scheduler", "engine", "short_term", "short_term_source", "desired_retention"),
    *("fixed_interval", "policy", "cost_weight", "priority", "scheduler_priority", "days", "deck_size"),
    *("learn_limit", "review_limit", "cost_limit_minutes", "seed", "fuzz"),
)
NAMED = {
    "env": "environment",
    "sched": "scheduler",
    "sts": "short_term_source",
    "ret": "desired_retention",
    "ivl": "fixed_interval",
    "policy": "policy",
    "lambda": "cost_weight",
}


def user_records(
    results: RunTable, *, config: bool = True, mean_retention: bool = False, **selection: Any
) -> dict[str, list[dict[str, Any]]]:
    """One record a user, by name of the file of their configuration.

    A configuration is an environment, a scheduler at a setting, fuzz, presses within a day, and the seed
    where a user has several. A run that is there several times counts once, the newest one.

    Args:
        results: A table of results, files or folders with some, or runs of `repetita.simulate`.
        config: Say in each record what was simulated.
        mean_retention: Add the mean over days of the share of passed reviews, from tables beside the logs.
        **selection: Options of `repetita.pareto` that choose rows.

    Raises:
        InputError: Nothing is left, or a table of days is wanted and not there.

    Example:
        >>> import repetita as rp
        >>> (name,) = found = user_records(rp.simulate(days=30, deck=40, user=7, seed=1), config=False)
        >>> name, found[name][0]["user"], found[name][0]["metrics"]["total_reviews"]
        ('results_env=fsrs6_sched=fsrs6_st=off_ret=0.9.jsonl', 7, 113)
    """
    asked = set(selection.pop("compare", ())) | {"fuzz", "short_term"}
    table = select(results_table(results), compare=sorted(asked), **selection).table
    rows = table.sort("user_id", maintain_order=True).to_dicts()
    names = [_name(row, "engine" in asked) for row in rows]
    runs = Counter((name, row["user_id"]) for name, row in zip(names, rows, strict=True))
    several = {name for (name, _user), count in runs.items() if count > 1}
    found: dict[str, list[dict[str, Any]]] = {}
    for name, row in zip(names, rows, strict=True):
        record: dict[str, Any] = {"user": row["user_id"], "metrics": _metrics(row, mean_retention)}
        if config:
            record["config"] = {column: row[column] for column in CONFIG}
        seed = f"_seed={row['seed']}" if name in several else ""
        found.setdefault(f"{name}{seed}.jsonl", []).append(record)
    return found


def _metrics(row: Mapping[str, Any], mean_retention: bool) -> dict[str, Any]:
    found = {name: _finite(row[column]) for name, column in METRICS.items()}
    found["memorized_per_minute"] = row["memorized_average"] / row["time_average"]
    if mean_retention:
        found["mean_retention"] = _mean_retention(row["source"])
    return found


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not isfinite(value) else value


def _mean_retention(source: str | None) -> float | None:
    path = None if source is None else Path(source).with_suffix(".csv")
    if path is None or not path.is_file():
        raise InputMissing(
            f"the run of {source!r} has no table of its days beside it",
            hint="leave mean_retention out, or simulate with such tables",
            where=source,
        )
    mean = read_days(path)["retention"].mean()
    return float(mean) if isinstance(mean, float) else None


def _name(row: Mapping[str, Any], engine: bool) -> str:
    parts = [(short, row[name]) for short, name in NAMED.items() if row[name] is not None]
    if row["short_term"] is not None:
        parts.insert(2, ("st", "on" if row["short_term"] else "off"))
    parts += [("engine", row["engine"])] if engine else []
    parts += [("fuzz", 1)] if row["fuzz"] else []
    shown = (
        f"{name}={value:.10g}" if isinstance(value, float) else f"{name}={value}" for name, value in parts
    )
    return file_name("results_" + "_".join(shown))


def export_users(
    results: RunTable, folder: str | os.PathLike[str], *, force: bool = False, **options: Any
) -> tuple[Path, ...]:
    """The files that now hold the records of `user_records`, one line a user.

    Args:
        results: As there.
        folder: Where to write; it is made if it is not there.
        force: Replace files that are there.
        **options: Of `user_records`.

    Raises:
        OutputExists: A file is there and ``force`` is not set; nothing is written.
        OutputError: A file cannot be written.
        InputError: As there.

    Example:
        >>> import tempfile
        >>> import repetita as rp
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     paths = export_users(rp.simulate(days=20, deck=20, scheduler="memrise"), folder)
        ...     [path.name for path in paths]
        ['results_env=fsrs6_sched=memrise_st=off.jsonl']
    """
    found = user_records(results, **options)
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {str(folder)!r}: {error.strerror}") from None
    paths = [Path(folder) / name for name in found]
    for path in paths:
        check_writable(path, force=force)
    for path, records in zip(paths, found.values(), strict=True):
        write_atomically(path, _lines(records), force=force)
    return tuple(paths)


def _lines(records: Sequence[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(record, allow_nan=False) + "\n" for record in records)
