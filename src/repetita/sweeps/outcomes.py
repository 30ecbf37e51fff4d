"""Two schedulers at one setting each, user by user: which remembers more, which is more efficient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from repetita.errors import InputError, UsageError, unknown_name
from repetita.sweeps.results import RunTable, results_table
from repetita.sweeps.selection import select

__all__ = ["OUTCOMES", "Dominance", "dominance", "outcome", "setting_of"]

OUTCOMES = ("a_dominates", "b_dominates", "a_b_tradeoff", "b_a_tradeoff", "neither")
"""What can come out. ``a_b_tradeoff``: a remembers more, b is more efficient; ``neither``: both are equal."""


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
        counts: Users by outcome, see `OUTCOMES`.
        neither_users: Users for whom both are equal.
    """

    environment: str
    left: str
    right: str
    epsilon: float
    counts: Mapping[str, int]
    neither_users: tuple[int | None, ...]

    @property
    def users(self) -> int:
        """Users that both have."""
        return sum(self.counts.values())

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
    results: RunTable, pairs: Sequence[tuple[str, str]], *, epsilon: float = 0.0, **selection: Any
) -> tuple[Dominance, ...]:
    """How often one scheduler is better than another in both memory and efficiency, by pair and environment.

    Args:
        results: A table of results, files or folders with some, or runs of `repetita.simulate`.
        pairs: Schedulers a and b, each with ``@`` and a desired retention (or days of ``fixed``) where it has
            several settings: ``("fsrs6_default@0.9", "anki_sm2")``.
        epsilon: Differences of cards, and of cards for a minute, up to this are none.
        **selection: Options of `repetita.pareto` that choose rows.

    Raises:
        UsageError: A scheduler with several settings and none chosen, or an epsilon that is negative.
        UnknownName: A scheduler that is not there.
        InputError: No user has both.

    Example:
        >>> import repetita as rp
        >>> runs = [rp.simulate(scheduler=s, days=60, deck=200, seed=1) for s in ("fsrs6", "fixed@1")]
        >>> dominance(runs, [("fsrs6", "fixed")])[0].counts["b_a_tradeoff"]
        1
    """
    if not 0.0 <= epsilon < float("inf"):
        raise UsageError(f"epsilon is {epsilon!r}, expected a number of at least 0", where="epsilon")
    chosen = select(results_table(results), **selection)
    found: list[Dominance] = []
    for (environment,), part in chosen.table.group_by("environment", maintain_order=True):
        for left, right in pairs:
            ours, theirs = setting_of(part, left), setting_of(part, right)
            common = [user for user in ours if user in theirs]
            results_by_user = {user: outcome(ours[user], theirs[user], epsilon=epsilon) for user in common}
            if not common:
                raise InputError(
                    f"no user in {environment} has both {left} and {right}", where=f"{left}:{right}"
                )
            counts = {name: list(results_by_user.values()).count(name) for name in OUTCOMES}
            equal = tuple(user for user, name in results_by_user.items() if name == "neither")
            found.append(Dominance(str(environment), left, right, epsilon, counts, equal))
    return tuple(found)


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
