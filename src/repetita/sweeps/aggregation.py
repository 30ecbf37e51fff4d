"""Means over the users that every scheduler has, and schedulers compared at equal memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from repetita.errors import InputError, UsageError, unknown_name
from repetita.plurals import counted
from repetita.sweeps.equivalence import (
    INTERPOLATIONS,
    Equivalence,
    Setting,
    equivalence_of,
    match,
    rises,
)
from repetita.sweeps.results import RunTable, results_table
from repetita.sweeps.selection import SETTING, select
from repetita.sweeps.spread import spread

__all__ = ["BASELINES", "TARGET", "Aggregate", "aggregate"]

TARGET = "fsrs6"
BASELINES = ("anki_sm2", "memrise")
GROUP = ("environment", "line", "scheduler", *SETTING, "label")
Curves = dict[tuple[str, str], dict[int | None, list[Setting]]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Aggregate:
    """Figures over the users that all groups share.

    Attributes:
        groups: One row for an environment, scheduler and setting, with the `repetita.sweeps.Spread` of
            remembered cards, minutes a day and cards for a minute over users.
        equivalences: Each baseline without a setting, against the target's curve.
        pairs: Each setting of a baseline with settings, against the target's curve.
        users: The users, in order.
        dropped_users: Users that lack a group.
        fences: Whether values outside Tukey's fences were left out of means.
        notes: What was left out, or should be known.
    """

    groups: pl.DataFrame
    equivalences: tuple[Equivalence, ...]
    pairs: tuple[Equivalence, ...]
    users: tuple[int | None, ...]
    dropped_users: int
    fences: bool
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        head = f"Aggregate({counted(self.groups.height, 'group')}, {counted(len(self.users), 'user')}"
        return head + "".join(f"; {found!r}" for found in self.equivalences) + ")"

    def to_frame(self) -> pl.DataFrame:
        """The groups as a table."""
        return self.groups

    def records(self) -> list[dict[str, Any]]:
        """The groups as srs-simulator's files of aggregates list them, further figures beside."""
        return self.groups.to_dicts()

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "user_count": len(self.users),
            "dropped_users": self.dropped_users,
            "fences": self.fences,
            "groups": self.records(),
            "equivalence": [found.to_dict() for found in self.equivalences],
            "pairs": [found.to_dict() for found in self.pairs],
            "notes": list(self.notes),
        }


def aggregate(
    results: RunTable,
    *,
    target: str | None = None,
    baselines: Sequence[str] | None = None,
    pairs: Sequence[tuple[str, str]] = (),
    interpolate: str = "time",
    fences: bool = False,
    require_monotonic: bool = False,
    sizes: Mapping[int, int] | None = None,
    min_size: int | None = None,
    max_size: int | None = None,
    **selection: Any,
) -> Aggregate:
    """Means, medians and quartiles over the users that every group has, and comparisons at equal memory.

    Args:
        results: A table of results, files or folders with some, or runs of `repetita.simulate`.
        target: Scheduler with a desired retention whose curve is read; default ``fsrs6`` where it is there.
        baselines: Schedulers with one point a user; default those of ``anki_sm2`` and ``memrise`` there.
        pairs: Baseline and target, both with desired retentions: every point of the first is matched.
        interpolate: "time": minutes between settings are interpolated. "efficiency": cards for a minute are,
            as srs-simulator does.
        fences: Leave values outside Tukey's fences out of means. They are counted either way.
        require_monotonic: Leave out users whose target remembers less at a higher desired retention.
        sizes: Reviews of each user, for the next two.
        min_size: Fewest reviews of a user.
        max_size: Most reviews of a user.
        **selection: Options of `repetita.pareto` that choose rows: ``environments``, ``schedulers``,
            ``users``, ``retentions``, ``where``, ``compare``.

    Raises:
        UnknownName: A name that is not in the results.
        UsageError: Runs that differ in more than is compared, or an argument out of range.
        InputError: No user has every group.

    Example:
        >>> import repetita as rp
        >>> short = {"days": 60, "deck": 200, "seed": 1}
        >>> runs = [rp.simulate(desired_retention=r, **short) for r in (0.7, 0.8, 0.9)]
        >>> runs += [rp.simulate(scheduler=s, **short) for s in ("memrise", "anki_sm2")]
        >>> found = rp.aggregate(runs)
        >>> found.groups.height, [equal.baseline for equal in found.equivalences]
        (5, ['anki_sm2', 'memrise'])
    """
    if interpolate not in INTERPOLATIONS:
        raise unknown_name("way to interpolate", interpolate, INTERPOLATIONS)
    chosen = select(results_table(results), **selection)
    notes = list(chosen.notes)
    table = _sized(chosen.table, sizes, min_size, max_size, notes)
    means = table.group_by([*GROUP, "user_id"], maintain_order=True).agg(
        pl.col("memorized_average", "time_average").mean()
    )
    common, dropped = _common(means, notes)
    lines = set(common["line"].unique().to_list())
    aim, bases = _compared(lines, target, baselines, pairs)
    curves = _curves(common)
    how: dict[str, Any] = {"interpolate": interpolate, "fences": fences}
    how["require_monotonic"] = require_monotonic
    equal, paired = [], []
    for environment in common["environment"].unique(maintain_order=True).to_list():
        if aim:
            _knob(curves, environment, aim)
            equal += [_equivalent(curves, (environment, base, aim), **how) for base in bases]
        for base, goal in pairs:
            paired += _by_setting(curves, (environment, base, goal), **how)
    return Aggregate(
        groups=_groups(common, fences),
        equivalences=tuple(equal),
        pairs=tuple(paired),
        users=tuple(common["user_id"].unique().sort().to_list()),
        dropped_users=dropped,
        fences=fences,
        notes=tuple(notes),
    )


def _sized(
    table: pl.DataFrame,
    sizes: Mapping[int, int] | None,
    low: int | None,
    high: int | None,
    notes: list[str],
) -> pl.DataFrame:
    if low is None and high is None:
        return table
    if sizes is None:
        raise UsageError("a limit of sizes needs the sizes of users", where="sizes")
    users = table["user_id"].unique().to_list()
    known = {user: sizes[user] for user in users if user in sizes}
    kept = [u for u, n in known.items() if (low is None or n >= low) and (high is None or n <= high)]
    if len(known) < len(users):
        notes.append(f"{counted(len(users) - len(known), 'user')} of unknown size left out")
    if len(kept) < len(known):
        notes.append(f"{counted(len(known) - len(kept), 'user')} of another size left out")
    if not kept:
        raise InputError("no user has the size asked for", where="sizes")
    return table.filter(pl.col("user_id").is_in(kept))


def _common(means: pl.DataFrame, notes: list[str]) -> tuple[pl.DataFrame, int]:
    """Rows of the users that have every group, and how many have not."""
    groups = means.select(GROUP).unique().height
    have = means.group_by("user_id").len()
    full = have.filter(pl.col("len") == groups)["user_id"]
    if not full.len():
        parts = means.group_by(GROUP, maintain_order=True).len().sort("len")
        fewest = parts.row(0, named=True)
        raise InputError(
            f"no user has all {groups} combinations of environment, scheduler and setting",
            hint=f"{fewest['line']} {fewest['label']} has only {counted(fewest['len'], 'user')}: "
            "leave it out",
            where="results",
        )
    dropped = have.height - full.len()
    if dropped:
        notes.append(f"{counted(dropped, 'user')} without every scheduler and setting left out")
    return means.filter(pl.col("user_id").is_in(full.implode(), nulls_equal=True)), dropped


def _compared(
    lines: set[str],
    target: str | None,
    baselines: Sequence[str] | None,
    pairs: Sequence[tuple[str, str]],
) -> tuple[str | None, list[str]]:
    asked = [*([target] if target else []), *(baselines or ()), *(name for pair in pairs for name in pair)]
    for name in asked:
        if name not in lines:
            raise unknown_name("scheduler in these results", name, lines)
    aim = target or (TARGET if TARGET in lines else None)
    if baselines and aim is None:
        raise UsageError("baselines need a target, and there is no fsrs6 here", where="target")
    chosen = baselines if baselines is not None else [name for name in BASELINES if name in lines]
    return aim, [name for name in chosen if name != aim]


def _curves(means: pl.DataFrame) -> Curves:
    """Settings by environment, line and user, by rising desired retention."""
    curves: Curves = {}
    ordered = means.sort("desired_retention", maintain_order=True)
    columns = ("environment", "line", "user_id", "desired_retention", "memorized_average", "time_average")
    for environment, line, user, retention, memorized, minutes in ordered.select(columns).iter_rows():
        setting = Setting(retention, memorized, minutes)
        curves.setdefault((environment, line), {}).setdefault(user, []).append(setting)
    return curves


def _equivalent(
    curves: Curves,
    names: tuple[str, str, str],
    *,
    interpolate: str,
    fences: bool,
    require_monotonic: bool,
) -> Equivalence:
    environment, baseline, target = names
    ours, theirs = _knob(curves, environment, target), curves.get((environment, baseline), {})
    dropped = {"out_of_range": 0, "several_points": 0, "not_monotone": 0}
    matches = []
    for user, points in theirs.items():
        if len(points) > 1:
            dropped["several_points"] += 1
        elif require_monotonic and not rises(ours[user]):
            dropped["not_monotone"] += 1
        elif (found := match(user, points[0], ours[user], interpolate=interpolate)) is None:
            dropped["out_of_range"] += 1
        else:
            matches.append(found)
    return equivalence_of(matches, names=names, interpolate=interpolate, dropped=dropped, fences=fences)


def _by_setting(
    curves: Curves,
    names: tuple[str, str, str],
    *,
    interpolate: str,
    fences: bool,
    require_monotonic: bool,
) -> list[Equivalence]:
    """One comparison for each desired retention of the baseline."""
    environment, baseline, _target = names
    theirs = _knob(curves, environment, baseline)
    levels = sorted({p.retention for points in theirs.values() for p in points if p.retention is not None})
    found = []
    for level in levels:
        at_level = {user: [p for p in points if p.retention == level] for user, points in theirs.items()}
        one = _equivalent(
            {**curves, (environment, baseline): at_level},
            names,
            interpolate=interpolate,
            fences=fences,
            require_monotonic=require_monotonic,
        )
        named = {name: getattr(one, name) for name in one.__dataclass_fields__}
        found.append(Equivalence(**(named | {"baseline_retention": level})))
    return found


def _knob(curves: Curves, environment: str, line: str) -> dict[int | None, list[Setting]]:
    found = curves.get((environment, line), {})
    if any(point.retention is None for points in found.values() for point in points):
        raise UsageError(
            f"{line} has no desired retention, so it has no curve to read", hint="choose another target"
        )
    return found


def _groups(means: pl.DataFrame, fences: bool) -> pl.DataFrame:
    rows = []
    for part in means.partition_by(GROUP, maintain_order=True):
        first = part.row(0, named=True)
        memorized, minutes = part["memorized_average"].to_numpy(), part["time_average"].to_numpy()
        row: dict[str, Any] = {"title": first["label"]}
        row |= {name: first[name] for name in GROUP if name != "label"} | {"user_count": part.height}
        figures = {
            "memorized_average": memorized,
            "time_average": minutes,
            "memorized_per_minute": memorized / minutes,
        }
        for name, values in figures.items():
            found = spread(values, fences=fences)
            assert found is not None, "a group has users"
            parts = asdict(found)
            # the field's own name is its mean, as in srs-simulator's files
            row |= {name: parts["mean"]} | {f"{name}_{key}": parts[key] for key in PARTS}
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


PARTS = ("mean", "median", "lower", "upper", "outliers")
