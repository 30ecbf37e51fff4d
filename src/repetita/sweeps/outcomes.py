"""Two schedulers at one setting each, user by user: which remembers more, which is more efficient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import polars as pl

from repetita.errors import InputError, UsageError, unknown_name
from repetita.sweeps.results import RunTable, results_table
from repetita.sweeps.selection import select

__all__ = ["OUTCOMES", "SCHEDULERS", "Dominance", "dominance", "outcome", "setting_of", "usual_schedulers"]

OUTCOMES = ("a_dominates", "b_dominates", "a_b_tradeoff", "b_a_tradeoff", "neither")
"""What can come out. ``a_b_tradeoff``: a remembers more, b is more efficient; ``neither``: both are equal."""

SCHEDULERS: Mapping[str, float | None] = {
    "fsrs3_default": 0.9,
    "fsrs6_default": 0.9,
    "anki_sm2": None,
    "memrise": None,
}
"""Compared with each other unless told otherwise, at this desired retention: no parameters of one's own."""


def outcome(a: tuple[float, float], b: tuple[float, float], *, epsilon: float = 0.0) -> str:
    """Which of two points dominates, if one does.

    Args:
        a: Remembered cards, and remembered cards for a minute a day.
        b: Likewise.
        epsilon: Differences up to this are none. Where one axis is equal the other decides.

    Example:
        >>> outcome((100, 5), (90, 6)), outcome((100, 5), (100, 6)), outcome((100, 5), (100, 5))
        ('a_b_tradeoff', 'b_dominates', 'neither')
    """
    more = a[0] - b[0] if abs(a[0] - b[0]) > epsilon else 0.0
    better = a[1] - b[1] if abs(a[1] - b[1]) > epsilon else 0.0
    if more == better == 0.0:
        return "neither"
    if more >= 0.0 and better >= 0.0:
        return "a_dominates"
    if more <= 0.0 and better <= 0.0:
        return "b_dominates"
    return "a_b_tradeoff" if more > 0.0 else "b_a_tradeoff"


@dataclass(frozen=True, eq=False)
class Dominance:
    """Outcomes of a pair of schedulers over users.

    Attributes:
        environment: Where both were simulated.
        left: Scheduler a, with its setting.
        right: Scheduler b.
        epsilon: Differences up to this were none.
        outcomes: What came out, one of `OUTCOMES`, by user.
    """

    environment: str
    left: str
    right: str
    epsilon: float
    outcomes: Mapping[int | None, str]

    @property
    def users(self) -> int:
        """Users that both have."""
        return len(self.outcomes)

    @property
    def counts(self) -> dict[str, int]:
        """Users by outcome."""
        found = list(self.outcomes.values())
        return {name: found.count(name) for name in OUTCOMES}

    @property
    def neither_users(self) -> tuple[int | None, ...]:
        """Users for whom both are equal."""
        return tuple(user for user, name in self.outcomes.items() if name == "neither")

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {count}" for name, count in self.counts.items() if count)
        return f"{self.left} against {self.right} in {self.environment}: {counts}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "environment": self.environment,
            "pair": f"{self.left}:{self.right}",
            "left": self.left,
            "right": self.right,
            "epsilon": self.epsilon,
            "user_count": self.users,
            "counts": dict(self.counts),
            "percentages": {name: 100.0 * count / self.users for name, count in self.counts.items()},
            "neither_users": list(self.neither_users),
        }


def dominance(
    results: RunTable,
    pairs: Sequence[tuple[str, str]] | None = None,
    *,
    schedulers: Sequence[str] | None = None,
    epsilon: float = 0.0,
    **selection: Any,
) -> tuple[Dominance, ...]:
    """How often one scheduler is better than another in both memory and efficiency, by pair and environment.

    Args:
        results: A table of results, files or folders with some, or runs of `repetita.simulate`.
        pairs: Schedulers a and b, each with ``@`` and a desired retention (or days of ``fixed``) where it has
            several settings: ``("fsrs6_default@0.9", "anki_sm2")``. Default: all pairs of ``schedulers``.
        schedulers: Written alike; default those of `SCHEDULERS` that are there.
        epsilon: Differences of cards, and of cards for a minute, up to this are none.
        **selection: Options of `repetita.pareto` that choose rows.

    Raises:
        UsageError: A scheduler with several settings and none chosen, an epsilon that is negative, or fewer
            than two schedulers.
        UnknownName: A scheduler that is not there.
        InputError: No user has both, in an environment where both are.

    Example:
        >>> import repetita as rp
        >>> runs = [rp.simulate(scheduler=s, days=60, deck=200, seed=1) for s in ("fsrs6", "fixed@1")]
        >>> rp.dominance(runs, [("fsrs6", "fixed")])
        (fsrs6 against fixed in fsrs6: b_a_tradeoff 1,)
    """
    if not 0.0 <= epsilon < float("inf"):
        raise UsageError(f"epsilon is {epsilon!r}, expected a number of at least 0", where="epsilon")
    table = results_table(results)
    named = usual_schedulers(table) if pairs is None and schedulers is None else list(schedulers or [])
    asked = list(pairs) if pairs is not None else list(combinations(dict.fromkeys(named), 2))
    if not asked:
        raise UsageError("there is no pair to compare", hint="give at least two schedulers", where="pairs")
    names = {_scheduler(spec) for pair in asked for spec in pair}
    for name in names - set(table["scheduler"].to_list()):
        raise unknown_name("scheduler in these results", name, table["scheduler"].unique().to_list())
    chosen = select(table, schedulers=sorted(names), **selection).table
    environments = chosen.partition_by("environment", maintain_order=True)
    return tuple(
        _compared(part, str(part["environment"][0]), pair, epsilon)
        for pair in asked
        for part in _with_both(environments, pair) or [chosen]
    )


def _with_both(environments: Sequence[pl.DataFrame], pair: tuple[str, str]) -> list[pl.DataFrame]:
    lines = {spec.partition("@")[0] for spec in pair}
    return [part for part in environments if lines <= set(part["line"].to_list())]


def usual_schedulers(table: pl.DataFrame, retentions: Mapping[str, float | None] = SCHEDULERS) -> list[str]:
    """The schedulers that are compared unless told otherwise, as far as they are there, with their settings.

    Args:
        table: As `repetita.sweeps.results_table` gives it.
        retentions: Schedulers with their desired retention, None for those without.

    Raises:
        UsageError: Fewer than two of them are there.
    """
    known = table["scheduler"].unique().sort().to_list()
    found = {name: setting for name, setting in retentions.items() if name in known}
    if len(found) < 2:
        raise UsageError(
            f"these results hold {', '.join(found) or 'none'} of {', '.join(retentions)}, which are compared "
            "unless told otherwise",
            hint="name schedulers, or pairs of them; there are " + ", ".join(known),
            where="pairs",
        )
    return [name if setting is None else f"{name}@{setting:g}" for name, setting in found.items()]


def _scheduler(spec: str) -> str:
    """The scheduler of a line with its setting, such as ``fsrs6 fuzz@0.9``."""
    return spec.partition("@")[0].partition(" ")[0]


def _compared(table: pl.DataFrame, environment: str, pair: tuple[str, str], epsilon: float) -> Dominance:
    left, right = pair
    ours, theirs = setting_of(table, left), setting_of(table, right)
    found = {
        user: outcome(point, theirs[user], epsilon=epsilon) for user, point in ours.items() if user in theirs
    }
    if not found:
        raise InputError(f"no user in {environment} has both {left} and {right}", where=f"{left}:{right}")
    return Dominance(environment, left, right, epsilon, found)


def setting_of(table: pl.DataFrame, spec: str) -> dict[int | None, tuple[float, float]]:
    """Remembered cards and efficiency of a scheduler at one setting, by user; means over seeds.

    Args:
        table: Of one environment, as `repetita.sweeps.selection.select` gives it.
        spec: A scheduler, with ``@`` and a setting where it has several.

    Raises:
        UnknownName: No such scheduler, or it has no such setting.
        UsageError: It has several settings.
    """
    line, at, text = spec.partition("@")
    rows = table.filter(pl.col("line") == line)
    if not rows.height:
        raise unknown_name("scheduler in these results", line, table["line"].unique().to_list())
    column = "fixed_interval" if line == "fixed" else "desired_retention"
    if at:
        try:
            value = float(text)
        except ValueError:
            raise UsageError(f"{spec!r} has no number behind the @", where=spec) from None
        known = rows["label"].unique().to_list()
        rows = rows.filter((pl.col(column) - value).abs() < 1e-9)
        if not rows.height:
            raise unknown_name(f"setting of {line}", text, known)
    if (labels := rows["label"].unique().sort().to_list()) and len(labels) > 1:
        raise UsageError(
            f"{line} has {len(labels)} settings: {', '.join(labels[:5])}",
            hint=f"choose one, such as {line}@{rows[column].drop_nulls()[0]}"
            if rows[column].null_count() < rows.height
            else None,
            where=spec,
        )
    means = rows.group_by("user_id", maintain_order=True).agg(
        pl.col("memorized_average", "time_average").mean()
    )
    return {user: (memorized, memorized / minutes) for user, memorized, minutes in means.iter_rows()}
