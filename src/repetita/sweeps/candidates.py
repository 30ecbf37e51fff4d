"""A candidate against the baseline over many users: sums, means, medians, with paired bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.confidence import bootstrap_interval
from repetita.plurals import counted
from repetita.sweeps.matchup import FIGURES
from repetita.sweeps.spread import FiveNumbers, bootstrap_draws, five_numbers

__all__ = ["Candidate", "Figure", "candidate_of"]

Floats = NDArray[np.float64]
Column = Callable[[str], Floats]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with an interval of 95 %.

    Attributes:
        value: The number; None where no user has one.
        low: Lower end; None where there is nothing to draw from.
        high: Upper end.
        users: Users who have it.
    """

    value: float | None
    low: float | None
    high: float | None
    users: int

    def __format__(self, spec: str) -> str:
        if self.value is None:
            return "none"
        if self.low is None:
            return f"{self.value:{spec}}"
        return f"{self.value:{spec}} ({self.low:{spec}} to {self.high:{spec}})"


SUMMED: dict[str, Callable[[Column], Floats]] = {
    "relative_hypervolume_pooled": lambda of: _ratio(of("hypervolume_delta"), of("baseline_hypervolume")),
    "relative_hypervolume_mean": lambda of: _mean(of("relative_hypervolume")),
    "relative_hypervolume_median": lambda of: _median(of("relative_hypervolume")),
    "hypervolume_delta_mean": lambda of: _mean(of("hypervolume_delta")),
    "minutes_saved": lambda of: _mean(of("minutes_saved")),
    "minutes_saved_percent": lambda of: _mean(of("minutes_saved_percent")),
    "minutes_saved_percent_pooled": lambda of: (
        100.0 * _ratio(of("minutes_saved"), of("minutes_saved_baseline"))
    ),
    "cards_gained": lambda of: _mean(of("cards_gained")),
    "cards_gained_percent": lambda of: _mean(of("cards_gained_percent")),
    "cards_gained_percent_pooled": lambda of: 100.0 * _ratio(of("cards_gained"), of("cards_gained_baseline")),
}
"""Figures over users, from the figures of each. ``_pooled`` is a ratio of sums, in which users with large
numbers weigh more; the others are means and medians of what each user's ratio is."""

DECIDES = {"hypervolume": "relative_hypervolume_mean", "equal memory": "minutes_saved_percent"}
"""What the verdict rests on: hypervolume between curves, minutes at equal memory where one of both has a
single point (see `repetita.sweeps.matchup`)."""

AXES = ("memory", "minutes")
SIGNS = {"hypervolume": "hypervolume_delta", "equal memory": "minutes_saved"}


@dataclass(frozen=True, eq=False)
class Candidate:
    """A line against the baseline, in one environment.

    Attributes:
        environment: Where both were simulated.
        line: The candidate.
        baseline: What it is compared with.
        users: Users that both have.
        dropped_users: Users that only one of them has.
        judged_by: ``hypervolume`` between curves; ``equal memory`` where one of both has a single point.
        figures: Over users, with intervals; see `SUMMED`.
        hypervolume_delta: Sum over users; None where it is no measure.
        baseline_hypervolume: Sum over users.
        hypervolume_delta_five: Its five numbers over users.
        wins: Users for whom the candidate is better, by hypervolume or minutes at equal memory.
        losses: Users for whom it is worse.
        coverage: Percent of the baseline's range that the frontiers share, over all users: of ``memory`` for
            minutes saved, of ``minutes`` for cards gained. None where one of both has a single point: then
            the figures say of how many users they are.
        targets: The same by points of the baseline's frontier: how many are within, and how many there are.
        frontier: Points on frontiers, summed over users.
        margins: Pooled relative hypervolume delta by other margins of the reference point.
    """

    environment: str
    line: str
    baseline: str
    users: int
    dropped_users: int
    judged_by: str
    figures: Mapping[str, Figure]
    hypervolume_delta: float | None
    baseline_hypervolume: float
    hypervolume_delta_five: FiveNumbers | None
    wins: int
    losses: int
    coverage: Mapping[str, float | None]
    targets: Mapping[str, tuple[float, float]]
    frontier: Mapping[str, float]
    margins: Mapping[str, float | None]

    @property
    def verdict(self) -> str:
        """``better`` or ``worse`` where the interval of the figure that decides is off 0, else ``tie``.

        ``unknown`` where there is no interval.
        """
        decides = self.figures[DECIDES[self.judged_by]]
        if decides.low is None or decides.high is None:
            return "unknown"
        return "better" if decides.low > 0.0 else "worse" if decides.high < 0.0 else "tie"

    @property
    def judgement(self) -> str:
        """The verdict with what it rests on: "better by hypervolume", "tie at equal memory"."""
        return f"{self.verdict} {'by' if self.judged_by == 'hypervolume' else 'at'} {self.judged_by}"

    def __repr__(self) -> str:
        figures = self.figures
        return (
            f"{self.line} against {self.baseline} in {self.environment}, "
            f"{counted(self.users, 'user')}: {self.judgement}, "
            f"relative hypervolume {figures['relative_hypervolume_mean']:+.4f}, "
            f"percent of minutes saved {figures['minutes_saved_percent']:+.2f}"
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        five = self.hypervolume_delta_five
        return {
            "environment": self.environment,
            "line": self.line,
            "baseline": self.baseline,
            "verdict": self.verdict,
            "judged_by": self.judged_by,
            "users": self.users,
            "dropped_users": self.dropped_users,
            "figures": {name: asdict(figure) for name, figure in self.figures.items()},
            "hypervolume_delta": self.hypervolume_delta,
            "baseline_hypervolume": self.baseline_hypervolume,
            "hypervolume_delta_five": five.to_dict() if five else None,
            "wins": self.wins,
            "losses": self.losses,
            "coverage_percent": dict(self.coverage),
            "targets": {name: {"covered": k, "all": n} for name, (k, n) in self.targets.items()},
            "frontier": dict(self.frontier),
            "relative_hypervolume_by_margin": dict(self.margins),
        }


def candidate_of(
    units: Sequence[Sequence[Mapping[str, float]]],
    *,
    names: tuple[str, str, str],
    dropped_users: int,
    margins: Mapping[str, float | None],
    replicates: int,
    seed: int,
) -> Candidate:
    """A candidate summed up over users.

    Args:
        units: The figures (`repetita.sweeps.matchup.FIGURES`) of each user, by seed.
        names: Environment, candidate, baseline.
        dropped_users: Users that only one side has.
        margins: Pooled relative hypervolume by margin.
        replicates: Of the bootstrap.
        seed: Of its draws.
    """
    most = max(map(len, units))
    table = np.full((len(FIGURES), len(units), most), np.nan)
    for user, rows in enumerate(units):
        for place, row in enumerate(rows):
            table[:, user, place] = [row[name] for name in FIGURES]
    of_users = {name: _mean(table[number]) for number, name in enumerate(FIGURES)}
    figures = _figures(table, of_users, [len(rows) for rows in units], replicates, seed)
    delta = of_users["hypervolume_delta"]
    curves = bool(np.isfinite(delta).any())
    judged_by = "hypervolume" if curves else "equal memory"
    better = of_users[SIGNS[judged_by]]
    counted = ("frontier_points", "baseline_frontier_points", "combined_frontier_points")
    return Candidate(
        *names,
        users=len(units),
        dropped_users=dropped_users,
        judged_by=judged_by,
        figures=figures,
        hypervolume_delta=float(np.nansum(delta)) if curves else None,
        baseline_hypervolume=float(of_users["baseline_hypervolume"].sum()),
        hypervolume_delta_five=five_numbers(delta[np.isfinite(delta)]),
        wins=int((better > 0.0).sum()),
        losses=int((better < 0.0).sum()),
        coverage={
            name: _share(of_users[f"{name}_covered"], of_users[f"{name}_total"]) if curves else None
            for name in AXES
        },
        targets={
            name: (
                float(of_users[f"{name}_targets_covered"].sum()),
                float(of_users[f"{name}_targets"].sum()),
            )
            for name in AXES
        },
        frontier={
            name: float(of_users[name].sum()) for name in (*counted, "baseline_combined_frontier_points")
        },
        margins=margins,
    )


def _figures(
    table: Floats, of_users: Mapping[str, Floats], seeds: Sequence[int], replicates: int, seed: int
) -> dict[str, Figure]:
    draws = bootstrap_draws(seeds, replicates=replicates, seed=seed)
    # one more place, NaN, for the draws that stand for nothing
    flat = np.pad(table.reshape(len(FIGURES), -1), ((0, 0), (0, 1)), constant_values=np.nan)
    rows = dict(zip(FIGURES, flat, strict=True))
    found = {}
    for name, summed in SUMMED.items():
        value = float(summed(of_users.__getitem__))
        first = name.removesuffix("_pooled").removesuffix("_mean").removesuffix("_median")
        have = int(np.isfinite(of_users[first]).sum())
        # as the figure itself: of each drawn user the mean over its drawn seeds, then over users
        drawn = summed(lambda figure: _mean(rows[figure][draws]))
        # users without the figure say nothing about it; of one user it is seeds that are drawn
        units = have if len(seeds) > 1 else seeds[0]
        low, high = bootstrap_interval(value, drawn, units if have else 0) or (None, None)
        found[name] = Figure(value if np.isfinite(value) else None, low, high, have)
    return found


def _mean(values: Floats) -> Floats:
    """Mean along the last axis of what is there; NaN of nothing. The others do likewise."""
    count = np.isfinite(values).sum(axis=-1)
    return np.asarray(np.where(count > 0, np.nansum(values, axis=-1) / np.maximum(count, 1), np.nan))


def _median(values: Floats) -> Floats:
    ordered = np.sort(values, axis=-1)  # NaN comes last
    count = np.isfinite(values).sum(axis=-1, keepdims=True)
    ends = np.maximum(count - 1, 0)
    lower, upper = (np.take_along_axis(ordered, place, axis=-1) for place in (ends // 2, (ends + 1) // 2))
    return np.asarray((0.5 * (lower + upper))[..., 0])


def _ratio(values: Floats, of: Floats) -> Floats:
    good = np.isfinite(values) & np.isfinite(of)
    above, below = (np.where(good, part, 0.0).sum(axis=-1) for part in (values, of))
    return np.asarray(np.where(below > 0.0, above / np.where(below > 0.0, below, 1.0), np.nan))


def _share(part: Floats, whole: Floats) -> float | None:
    total = float(whole.sum())
    return 100.0 * float(part.sum()) / total if total > 0.0 else None
