"""Memory against minutes: the points of every scheduler, their frontiers, and what one gains over another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from repetita.arguments import whole_number
from repetita.errors import unknown_name
from repetita.plurals import counted
from repetita.sweeps.candidates import Candidate, candidate_of
from repetita.sweeps.frontier import MARGIN, hypervolume, non_dominated, reference_point
from repetita.sweeps.matchup import versus
from repetita.sweeps.mean_points import mean_points
from repetita.sweeps.results import RunTable, results_table
from repetita.sweeps.selection import SETTING, select

__all__ = ["AXES", "Pareto", "pareto"]

Floats = NDArray[np.float64]

AXES = {
    "total": ("memorized_average", "time_average"),
    "gain": ("review_memory_gain_average", "review_time_average"),
}
"""Columns of the axes: all that is remembered against all time, or what reviews add against their time."""

BASELINE = "fsrs6"
MARGINS = (0.01, 0.05, 0.1, 0.2)
REPLICATES = 1000
SAME_WITHOUT_REVIEWS = 1e-6  # relative spread of the counterfactual that a table of rounded totals may show
LINE = ("environment", "line")


@dataclass(frozen=True, eq=False, kw_only=True)
class Pareto:
    """Points, frontiers and comparisons.

    Attributes:
        points: One row for a line, user and setting: ``memorized`` cards and ``minutes`` a day (means over
            ``seeds`` seeds), ``label``, and whether it is on the ``frontier`` of its line.
        means: One row for a line and setting: ``memorized`` and ``minutes`` as means over users, with
            intervals of 95 % (``_low``, ``_high``).
        users: One row for a candidate, user and seed with the figures of `repetita.sweeps.Versus`.
        candidates: Every line but the baseline, summed up over users.
        baseline: The line that the others are compared with; None without one.
        axes: "total" or "gain", see `AXES`.
        margin: Of the reference point.
        notes: What was left out, or should be known.
    """

    points: pl.DataFrame
    means: pl.DataFrame
    users: pl.DataFrame
    candidates: tuple[Candidate, ...]
    baseline: str | None
    axes: str
    margin: float
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        lines = self.points.select(LINE).unique().height
        people = self.points["user_id"].n_unique()
        head = f"Pareto({counted(lines, 'line')}, {counted(people, 'user')}, {self.points.height} points"
        return head + "".join(f"; {candidate!r}" for candidate in self.candidates) + ")"

    def to_frame(self) -> pl.DataFrame:
        """The points as a table."""
        return self.points

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: the points in the ecosystem's schema (`records`), and the comparisons."""
        return {
            "axes": self.axes,
            "baseline": self.baseline,
            "margin": self.margin,
            "points": self.records(),
            "candidates": [candidate.to_dict() for candidate in self.candidates],
            "users": [
                {name: None if value != value else value for name, value in row.items()}
                for row in self.users.to_dicts()
            ],
            "notes": list(self.notes),
        }

    def records(self) -> list[dict[str, Any]]:
        """The points as srs-simulator's frontier files list them, with ``on_frontier`` beside."""
        return [_record(row) for row in self.points.to_dicts()]


def pareto(
    results: RunTable,
    *,
    baseline: str | None = None,
    environments: Sequence[str] | None = None,
    schedulers: Sequence[str] | None = None,
    users: tuple[int | None, int | None] = (None, None),
    retentions: tuple[float | None, float | None] = (None, None),
    retention_step: float | None = None,
    where: Mapping[str, Any] | None = None,
    compare: Sequence[str] = (),
    axes: str = "total",
    margin: float = MARGIN,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Pareto:
    """The trade-off of memory and minutes of every scheduler, and how each compares with a baseline.

    Frontiers are true ones: points that no other point of the line dominates. A comparison is made user by
    user and seed by seed (where both lines ran the same seed with all their settings), then summed up;
    intervals draw users, or the seeds of a single one, the same for every figure.

    Args:
        results: A table of results, files or folders with some, or runs of `repetita.simulate`.
        baseline: Line to compare with; default ``fsrs6`` where there is one. A line is named like its
            scheduler, with what ``compare`` adds.
        environments: Those to take; default all.
        schedulers: Those to take; default all.
        users: First and last user; None for no limit.
        retentions: Lowest and highest desired retention.
        retention_step: Only desired retentions that are whole steps from the lowest, or from 0.5.
        where: Columns with the value they shall have, such as ``{"days": 365}``.
        compare: Make lines of their own of "fuzz", "short_term", "engine", "seed".
        axes: "total": all remembered cards against all minutes. "gain": what reviews add to the cards that
            would be remembered without any, against the minutes of reviews.
        margin: How far the reference point of hypervolumes lies beyond the baseline's worst.
        replicates: Of the bootstrap, at least 1.
        seed: Of its draws.

    Raises:
        UnknownName: A name that is not in the results.
        UsageError: Runs that differ in more than is compared, or an argument out of range.
        InputError: Files that cannot be read, or nothing left.

    Example:
        >>> import repetita as rp
        >>> short = {"days": 60, "deck": 200, "seed": 1}
        >>> runs = [rp.simulate(desired_retention=r, **short) for r in (0.7, 0.8, 0.9)]
        >>> runs += [rp.simulate(scheduler=f"fixed@{days}", **short) for days in (3, 7, 20)]
        >>> found = rp.pareto(runs)
        >>> found.baseline, [candidate.line for candidate in found.candidates]
        ('fsrs6', ['fixed'])
        >>> found.points["label"].to_list()[:3]
        ['Ivl=3', 'Ivl=7', 'Ivl=20']
    """
    if axes not in AXES:
        raise unknown_name("pair of axes", axes, AXES)
    whole_number(replicates, "replicates", low=1)
    whole_number(seed, "seed")
    chosen = select(
        results_table(results),
        environments=environments,
        schedulers=schedulers,
        users=users,
        retentions=retentions,
        retention_step=retention_step,
        where=where,
        compare=compare,
        axes=AXES[axes],
    )
    table, notes = chosen.table, list(chosen.notes)
    memorized, minutes = AXES[axes]
    table = table.with_columns(pl.col(memorized).alias("memorized"), pl.col(minutes).alias("minutes"))
    if axes == "gain":
        notes += _without_reviews(table)
    base = _baseline(table, baseline)
    if base is None and table.select(LINE).unique().height > 1:
        notes.append(f"nothing is compared: no line is named {BASELINE}, and no baseline was chosen")
    rows, candidates, more = _compared(table, base, margin, replicates, seed) if base else ([], [], [])
    return Pareto(
        points=_points(table),
        means=mean_points(table, replicates=replicates, seed=seed),
        users=pl.DataFrame(rows, infer_schema_length=None),
        candidates=tuple(candidates),
        baseline=base,
        axes=axes,
        margin=margin,
        notes=(*notes, *more),
    )


def _baseline(table: pl.DataFrame, asked: str | None) -> str | None:
    lines = table["line"].unique().to_list()
    if asked is not None and asked not in lines:
        raise unknown_name("baseline among these results", asked, lines)
    return asked or (BASELINE if BASELINE in lines else None)


def _points(table: pl.DataFrame) -> pl.DataFrame:
    """Means over seeds, with the frontier of each line and user marked."""
    keys = [*LINE, "scheduler", "user_id", *SETTING, "label"]
    shown = ["engine", "fuzz", "short_term", "short_term_source"]
    means = [
        *("memorized", "minutes", "reviews_average", "time_average"),
        *("memorized_average", "avg_accum_memorized_per_hour"),
    ]
    points = table.group_by(keys, maintain_order=True).agg(
        pl.len().alias("seeds"), *(pl.col(name).first() for name in shown), pl.col(means).mean()
    )
    parts = []
    for part in points.partition_by(*LINE, "user_id", maintain_order=True):
        front = non_dominated(part.select("memorized", "minutes").to_numpy())
        parts.append(part.with_columns(pl.Series("frontier", front)))
    return pl.concat(parts)


def _compared(
    table: pl.DataFrame, baseline: str, margin: float, replicates: int, seed: int
) -> tuple[list[dict[str, Any]], list[Candidate], list[str]]:
    """Figures of every candidate by user and seed, and summed up."""
    rows: list[dict[str, Any]] = []
    candidates: list[Candidate] = []
    notes: list[str] = []
    curves = {key: _curves(part) for key, part in table.group_by(*LINE, maintain_order=True)}
    for (environment, line), ours in curves.items():
        base = curves.get((environment, baseline))
        if line == baseline or base is None:
            continue
        common = [user for user in ours if user in base]
        dropped = len(set(ours) ^ set(base))
        if not common:
            notes.append(f"{line} in {environment} has no user in common with {baseline}")
            continue
        pairs = [_pairs(base[user], ours[user]) for user in common]
        unpaired = sum(pair[0][0] is None for pair in pairs)
        if unpaired:
            notes.append(
                f"{line} in {environment}: {counted(unpaired, 'user')} compared over different seeds, "
                "which is noisier than runs that share their luck"
            )
        if dropped:
            notes.append(
                f"{line} in {environment}: {counted(dropped, 'user')} without a counterpart left out"
            )
        units = [[asdict(versus(one, other, margin=margin)) for _, one, other in pair] for pair in pairs]
        for user, pair, figures in zip(common, pairs, units, strict=True):
            named = {"environment": environment, "line": line, "baseline": baseline, "user_id": user}
            rows += [named | {"seed": s} | unit for (s, _, _), unit in zip(pair, figures, strict=True)]
        candidates.append(
            candidate_of(
                units,
                names=(str(environment), str(line), baseline),
                dropped_users=dropped,
                margins=_by_margin(pairs),
                replicates=replicates,
                seed=seed,
            )
        )
    return rows, candidates, notes


def _curves(part: pl.DataFrame) -> dict[int | None, dict[int | None, Floats]]:
    """Points of a line, shape (settings, 2), by user and seed; seeds that lack settings are left out.

    The seed None stands for the means over seeds.
    """
    columns = ("user_id", "seed", *SETTING, "memorized", "minutes")
    rows: dict[int | None, dict[int | None, list[tuple[float, float]]]] = {}
    settings: dict[int | None, dict[tuple[Any, ...], list[tuple[float, float]]]] = {}
    for user, seed, *setting, memorized, minutes in part.select(columns).iter_rows():
        point = (memorized, minutes)
        rows.setdefault(user, {}).setdefault(seed, []).append(point)
        settings.setdefault(user, {}).setdefault(tuple(setting), []).append(point)
    found: dict[int | None, dict[int | None, Floats]] = {}
    for user, by_seed in rows.items():
        means = np.array([np.mean(points, axis=0) for points in settings[user].values()])
        full = {s: np.array(points) for s, points in by_seed.items() if len(points) == len(means)}
        found[user] = {**full, None: means}
    return found


def _pairs(
    base: Mapping[int | None, Floats], ours: Mapping[int | None, Floats]
) -> list[tuple[int | None, Floats, Floats]]:
    """Both lines of a user on the same luck, or by their means where no seed is common."""
    common: list[int | None] = [seed for seed in ours if seed is not None and seed in base]
    return [(seed, base[seed], ours[seed]) for seed in common or [None]]


def _by_margin(pairs: Sequence[Sequence[tuple[int | None, Floats, Floats]]]) -> dict[str, float | None]:
    """How the pooled figure depends on the reference point."""
    found: dict[str, float | None] = {}
    for margin in MARGINS:
        delta = below = 0.0
        for pair in pairs:
            for _, base, ours in pair:
                if min(len(base), len(ours)) < 2:
                    continue  # of a point hypervolume is no measure
                corner = reference_point(base, margin=margin)
                area = hypervolume(base, corner)
                delta += (hypervolume(ours, corner) - area) / len(pair)
                below += area / len(pair)
        found[f"{margin:g}"] = delta / below if below > 0.0 else None
    return found


def _without_reviews(table: pl.DataFrame) -> list[str]:
    """A note where runs of a user do not share what would be remembered without reviews."""
    value = pl.col("no_review_memorized_average")
    ranges = table.group_by("environment", "user_id").agg(
        (value.max() - value.min()).alias("spread"), value.max().alias("most")
    )
    differ = ranges.filter(pl.col("spread") > SAME_WITHOUT_REVIEWS * pl.col("most").abs()).height
    if not differ:
        return []
    return [
        f"{counted(differ, 'user')} with runs that introduced cards on other days: what reviews add is "
        "measured from different places"
    ]


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    minutes = row["minutes"]
    return {
        "title": row["label"],
        "reviews_average": row["reviews_average"],
        "time_average": minutes,
        "memorized_average": row["memorized"],
        "memorized_per_minute": row["memorized"] / minutes if minutes > 0.0 else None,
        "avg_accum_memorized_per_hour": row["avg_accum_memorized_per_hour"],
        "scheduler": row["scheduler"],
        "user_id": row["user_id"],
        "desired_retention": row["desired_retention"],
        "fixed_interval": row["fixed_interval"],
        "fuzz": row["fuzz"],
        "short_term": row["short_term"],
        "short_term_source": row["short_term_source"],
        "engine": row["engine"],
        "environment": row["environment"],
        "line": row["line"],
        "on_frontier": row["frontier"],
        "seeds": row["seeds"],
    }
