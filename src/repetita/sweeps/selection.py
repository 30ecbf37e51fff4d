"""Which rows of the table of results are compared, and that they can be: same days, same deck, same limits.

A *line* is what one curve of a figure shows: an environment, a scheduler, and what is compared beside them.
A *setting* is a point on it: a desired retention, a fixed interval, a policy with its cost weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from repetita.errors import InputError, UsageError, unknown_name
from repetita.plurals import counted
from repetita.sweeps.results import SCHEMA
from repetita.sweeps.settings import GRID_START, LEAST_STEP

__all__ = ["COMPARED", "SETTING", "Selection", "label_of", "select"]

SETTING = ("desired_retention", "fixed_interval", "policy", "cost_weight")
COMPARED = {
    "fuzz": ("fuzz",),
    "short_term": ("short_term", "short_term_source"),
    "engine": ("engine",),
    "seed": ("seed",),
}
"""What lines may differ in beside environment and scheduler, with the columns that tell."""

SAME = ("days", "deck_size", "learn_limit", "review_limit", "cost_limit_minutes", "priority")
ENGINES = ("event", "vectorized", "lanes", "batched")
"""Engines from the last choice to the first, where several have run the same."""

TITLES = {"anki_sm2": "Anki-SM-2", "memrise": "Memrise"}
TOLERANCE = 1e-9  # of a desired retention at the end of a range


@dataclass(frozen=True, eq=False)
class Selection:
    """Rows to compare.

    Attributes:
        table: One row for a line, setting, user and seed, with the columns ``line`` and ``label``.
        notes: What was left out, in words.
    """

    table: pl.DataFrame
    notes: tuple[str, ...]


def select(
    table: pl.DataFrame,
    *,
    environments: Sequence[str] | None = None,
    schedulers: Sequence[str] | None = None,
    users: tuple[int | None, int | None] = (None, None),
    retentions: tuple[float | None, float | None] = (None, None),
    retention_step: float | None = None,
    where: Mapping[str, Any] | None = None,
    compare: Sequence[str] = (),
    axes: tuple[str, str] = ("memorized_average", "time_average"),
) -> Selection:
    """The rows that are asked for, each run once.

    Where a run is there several times the one of the engine first in line counts, then the newest file.

    Args:
        table: As `repetita.sweeps.results_table` gives it.
        environments: Names, or None for all.
        schedulers: Names, or None for all.
        users: First and last, None for no limit.
        retentions: Lowest and highest desired retention; rows without one stay.
        retention_step: Only desired retentions that are whole steps from the lowest, or from where grids
            begin.
        where: Further columns with the value they shall have.
        compare: Of `COMPARED`: make a line of its own of each value.
        axes: Columns that must hold numbers; minutes must be above 0.

    Raises:
        UnknownName: A column, environment, scheduler that does not exist.
        UsageError: Runs that cannot be compared, such as ones of other lengths.
        InputError: Nothing is left.
    """
    for name in compare:
        if name not in COMPARED:
            raise unknown_name("dimension to compare", name, COMPARED)
    kept, notes = table, []
    for column, names in (("environment", environments), ("scheduler", schedulers)):
        if names is not None:
            known = set(table[column].unique().to_list())
            for name in names:
                if name not in known:
                    raise unknown_name(f"{column} in these results", name, known)
            kept = kept.filter(pl.col(column).is_in(list(names)))
    kept = _within(kept, "user_id", users)
    kept = _within(kept, "desired_retention", retentions)
    if retention_step is not None:
        kept = _on_grid(kept, GRID_START if retentions[0] is None else retentions[0], retention_step)
    for column, value in (where or {}).items():
        kept = kept.filter(_equal(column, value))
    usable = pl.all_horizontal(pl.col(axis).is_finite().fill_null(False) for axis in axes)
    good = kept.filter(usable & (pl.col("time_average") > 0.0))
    if good.height < kept.height:
        notes.append(
            f"{counted(kept.height - good.height, 'run')} left out: no finite {' or '.join(axes)}, "
            "or no time spent"
        )
    if not good.height:
        raise InputError("no results are left to compare", hint="choose less narrowly", where="results")
    _comparable(good, compare)
    single = _once(good, compare)
    if single.height < good.height:
        notes.append(
            f"{counted(good.height - single.height, 'run')} left out: there twice, or by another engine"
        )
    return Selection(_named(single, compare), tuple(notes))


def label_of(row: Mapping[str, Any]) -> str:
    """How a setting is written beside its point.

    Example:
        >>> blank = dict.fromkeys(SETTING) | {"scheduler": "fsrs6"}
        >>> label_of(blank | {"desired_retention": 0.9}), label_of(blank | {"fixed_interval": 7.0})
        ('DR=90%', 'Ivl=7')
    """
    if row["policy"] is not None:
        weight = row["cost_weight"]
        return str(row["policy"]) + ("" if weight is None else f" λ={weight:.6g}")
    if row["cost_weight"] is not None:
        return f"λ={row['cost_weight']:.6g}"
    if row["fixed_interval"] is not None:
        return f"Ivl={row['fixed_interval']:.6g}"
    if row["desired_retention"] is not None:
        return f"DR={100.0 * row['desired_retention']:.6g}%"
    name = str(row["scheduler"])
    return TITLES.get(name, name)


def _within(table: pl.DataFrame, column: str, ends: tuple[Any, Any]) -> pl.DataFrame:
    low, high = ends
    if low is not None and high is not None and low > high:
        raise UsageError(f"the range of {column} ends before it begins: {low} to {high}", where=column)
    unknown_goes = column == "user_id"  # runs without a desired retention stay in every range of it
    kept = table
    if low is not None:
        kept = kept.filter((pl.col(column) >= low - TOLERANCE).fill_null(not unknown_goes))
    if high is not None:
        kept = kept.filter((pl.col(column) <= high + TOLERANCE).fill_null(not unknown_goes))
    return kept


def _on_grid(table: pl.DataFrame, start: float, step: float) -> pl.DataFrame:
    if not LEAST_STEP <= abs(step) < 1.0:
        raise UsageError(
            f"retention_step is {step!r}, expected at least {LEAST_STEP} up or down", where="retention_step"
        )
    steps = (pl.col("desired_retention") - start) / step
    return table.filter(((steps - steps.round()).abs() * abs(step) < TOLERANCE).fill_null(True))


def _equal(column: str, value: Any) -> pl.Expr:
    if column not in SCHEMA:
        raise unknown_name("column of results", column, SCHEMA)
    if value is None:
        return pl.col(column).is_null()
    kind = SCHEMA[column]
    fits = isinstance(value, str) if kind == pl.String else isinstance(value, bool | int | float)
    if not fits:
        raise UsageError(f"{column} is asked to be {value!r}, expected {kind}", where=column)
    same: pl.Expr = (pl.col(column) == value).fill_null(False)
    return same


def _comparable(table: pl.DataFrame, compare: Sequence[str]) -> None:
    """Raises where rows differ in what would make a comparison of schedulers one of something else."""
    for column in SAME:
        found = table[column].unique().sort().to_list()
        if len(found) > 1:
            raise UsageError(
                f"these results differ in {column}: {', '.join(map(str, found[:5]))}",
                hint=f"choose one with where, such as {column}={found[0]}",
                where=column,
            )
    for name in ("fuzz", "short_term"):
        columns = COMPARED[name]
        found = table.select(columns).unique().sort(columns).rows()
        if len(found) > 1 and name not in compare:
            raise UsageError(
                f"these results differ in {name}: {', '.join(str(row[-1]) for row in found)}",
                hint=f"choose one, or compare {name}",
                where=name,
            )


def _line_columns(compare: Sequence[str]) -> list[str]:
    return ["environment", "scheduler", *(column for name in compare for column in COMPARED[name])]


def _once(table: pl.DataFrame, compare: Sequence[str]) -> pl.DataFrame:
    keys = [*_line_columns(compare), *SETTING, "user_id", "seed"]
    rank = pl.col("engine").replace_strict(
        {name: place for place, name in enumerate(ENGINES)}, default=-1, return_dtype=pl.Int64
    )
    # later rows stand for newer ones where files do not say when they were written
    ordered = table.with_columns(rank.alias("rank")).sort("rank", "modified", maintain_order=True)
    return ordered.drop("rank").unique(keys, keep="last", maintain_order=True)


def _named(table: pl.DataFrame, compare: Sequence[str]) -> pl.DataFrame:
    """With a column ``line`` that names the line within its environment, and ``label`` for the setting."""
    rows = table.to_dicts()
    lines = [_line_name(row, compare) for row in rows]
    labels = [label_of(row) for row in rows]
    named = table.with_columns(pl.Series("line", lines, pl.String), pl.Series("label", labels, pl.String))
    return named.sort("environment", "line", "user_id", *SETTING, "seed", nulls_last=False)


def _line_name(row: Mapping[str, Any], compare: Sequence[str]) -> str:
    parts = [str(row["scheduler"])]
    if "fuzz" in compare and row["fuzz"]:
        parts.append("fuzz")
    if "short_term" in compare and row["short_term"]:
        parts.append(str(row["short_term_source"] or "short term"))
    if "engine" in compare:
        parts.append(str(row["engine"]))
    if "seed" in compare:
        parts.append(f"seed {row['seed']}")
    return " ".join(parts)
