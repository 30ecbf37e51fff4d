"""What a scheduler with a knob would cost a user for the same memory as another scheduler.

The knob is desired retention. Between two of its settings the target's minutes are read by a straight line in
remembered cards, and efficiency is the remembered cards divided by them. Reading the efficiency itself by a
straight line, as srs-simulator does, is biased, since minutes are convex in memory; it is there as a switch.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from repetita.confidence import bootstrap_interval, wilson
from repetita.sweeps.spread import Spread, bootstrap_draws, fenced, spread

__all__ = ["INTERPOLATIONS", "Equivalence", "Match", "Setting", "equivalence_of", "match", "rises"]

INTERPOLATIONS = ("time", "efficiency")
REPLICATES = 1000
Ends = tuple[float, float] | None


class Setting(NamedTuple):
    """A user's outcome at one setting of a scheduler.

    Attributes:
        retention: Desired retention; None for a scheduler without.
        memorized: Remembered cards.
        minutes: Minutes a day.
    """

    retention: float | None
    memorized: float
    minutes: float

    @property
    def efficiency(self) -> float:
        """Remembered cards for a minute a day."""
        return self.memorized / self.minutes


@dataclass(frozen=True, slots=True)
class Match:
    """A baseline point and the point of the target's curve with the same memory.

    Attributes:
        user_id: Whose.
        baseline_retention: Setting of the baseline point; None without one.
        memorized: Remembered cards of both.
        baseline_minutes: Minutes a day of the baseline.
        minutes: Minutes a day of the target.
        desired_retention: Setting of the target, interpolated.
        difference: Efficiency of the target less the baseline's.
        ratio: Efficiency of the target over the baseline's.
    """

    user_id: int | None
    baseline_retention: float | None
    memorized: float
    baseline_minutes: float
    minutes: float
    desired_retention: float
    difference: float
    ratio: float


def match(
    user_id: int | None, baseline: Setting, target: Sequence[Setting], *, interpolate: str = "time"
) -> Match | None:
    """The point of a target's curve that remembers as much as a baseline point, None where it has none.

    The curve is scanned by desired retention: the first setting that remembers no less, and the one before.

    Args:
        user_id: Whose.
        baseline: The point.
        target: Settings by rising desired retention.
        interpolate: "time": minutes are interpolated. "efficiency": cards a minute are, as upstream.

    Example:
        >>> curve = [Setting(0.8, 100.0, 10.0), Setting(0.9, 200.0, 30.0)]
        >>> found = match(1, Setting(None, 150.0, 25.0), curve)
        >>> found.minutes, round(found.desired_retention, 4), found.ratio
        (20.0, 0.85, 1.25)
        >>> match(1, Setting(None, 250.0, 25.0), curve) is None
        True
    """
    place = next((i for i, s in enumerate(target) if s.memorized >= baseline.memorized), None)
    if place is None or place == 0:
        return None
    lower, upper = target[place - 1], target[place]
    # the one before remembers less than the baseline, so the two differ
    share = (baseline.memorized - lower.memorized) / (upper.memorized - lower.memorized)
    if interpolate == "time":
        minutes = lower.minutes + share * (upper.minutes - lower.minutes)
        efficiency = baseline.memorized / minutes
    else:
        efficiency = lower.efficiency + share * (upper.efficiency - lower.efficiency)
        minutes = baseline.memorized / efficiency
    assert lower.retention is not None
    assert upper.retention is not None
    return Match(
        user_id=user_id,
        baseline_retention=baseline.retention,
        memorized=baseline.memorized,
        baseline_minutes=baseline.minutes,
        minutes=minutes,
        desired_retention=lower.retention + share * (upper.retention - lower.retention),
        difference=efficiency - baseline.efficiency,
        ratio=efficiency / baseline.efficiency,
    )


def rises(settings: Sequence[Setting]) -> bool:
    """Whether memory never falls as desired retention rises.

    Example:
        >>> rises([Setting(0.8, 100.0, 10.0), Setting(0.9, 99.0, 12.0)])
        False
    """
    return all(after.memorized >= before.memorized for before, after in itertools.pairwise(settings))


@dataclass(frozen=True, eq=False)
class Equivalence:
    """A target against a baseline at equal memory, over users.

    Attributes:
        environment: Where both were simulated.
        baseline: The scheduler whose points are matched.
        target: The scheduler whose curve is read.
        interpolate: "time" or "efficiency".
        baseline_retention: Setting of the baseline's points; None where it has none.
        users: Users with a match.
        dropped: Users without, by reason: ``out_of_range``, ``several_points``, ``not_monotone``.
        superiority: Share of users for whom the target is more efficient.
        superiority_interval: 95 % interval of it (Wilson's).
        ties: Share of users for whom both are equal.
        ratio: Efficiency of the target over the baseline's.
        ratio_interval: 95 % interval of its mean, by resampling users; None below two.
        difference: Efficiency of the target less the baseline's.
        desired_retention: Of the target, at equal memory.
        matches: One a user.
    """

    environment: str
    baseline: str
    target: str
    interpolate: str
    baseline_retention: float | None
    users: int
    dropped: Mapping[str, int]
    superiority: float | None
    superiority_interval: Ends
    ties: float | None
    ratio: Spread | None
    ratio_interval: Ends
    difference: Spread | None
    desired_retention: Spread | None
    matches: tuple[Match, ...]

    def __repr__(self) -> str:
        if self.ratio is None or self.superiority is None:
            return f"{self.target} against {self.baseline} in {self.environment}: no user has a match"
        return (
            f"{self.target} against {self.baseline} in {self.environment}, {self.users} users: "
            f"superior for {self.superiority:.1%}, "
            f"ratio {self.ratio.mean:.3f}, median {self.ratio.median:.3f}"
        )

    def below(self, ratio: float) -> tuple[Match, ...]:
        """Matches with a lower ratio, lowest first."""
        return tuple(sorted((m for m in self.matches if m.ratio < ratio), key=lambda m: m.ratio))

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: the summary without the users."""
        return {
            "environment": self.environment,
            "baseline": self.baseline,
            "target": self.target,
            "interpolate": self.interpolate,
            "baseline_retention": self.baseline_retention,
            "users": self.users,
            "dropped": dict(self.dropped),
            "superiority": self.superiority,
            "superiority_interval": self.superiority_interval and list(self.superiority_interval),
            "ties": self.ties,
            "ratio": self.ratio and self.ratio.to_dict(),
            "ratio_interval": self.ratio_interval and list(self.ratio_interval),
            "difference": self.difference and self.difference.to_dict(),
            "desired_retention": self.desired_retention and self.desired_retention.to_dict(),
        }


def equivalence_of(
    matches: Iterable[Match],
    *,
    names: tuple[str, str, str],
    interpolate: str,
    dropped: Mapping[str, int],
    fences: bool,
    baseline_retention: float | None = None,
) -> Equivalence:
    """Matches summed up over users.

    Args:
        matches: One a user.
        names: Environment, baseline, target.
        interpolate: How they were found.
        dropped: Users without a match by reason.
        fences: Leave values outside Tukey's fences out of means.
        baseline_retention: Setting of the baseline's points.
    """
    found = tuple(matches)
    differences, ratios = [m.difference for m in found], [m.ratio for m in found]
    superior = sum(d > 0.0 for d in differences) / len(found) if found else None
    return Equivalence(
        *names,
        interpolate=interpolate,
        baseline_retention=baseline_retention,
        users=len(found),
        dropped=dropped,
        superiority=superior,
        superiority_interval=None if superior is None else _share_interval(superior, len(found)),
        ties=sum(d == 0.0 for d in differences) / len(found) if found else None,
        ratio=spread(ratios, fences=fences),
        ratio_interval=_mean_interval(ratios, fences),
        difference=spread(differences, fences=fences),
        desired_retention=spread([m.desired_retention for m in found], fences=fences),
        matches=found,
    )


def _share_interval(share: float, users: int) -> Ends:
    low, high = wilson(share, users)
    return float(low), float(high)


def _mean_interval(values: Sequence[float], fences: bool) -> Ends:
    """Of the mean over users, of those within the fences where they are asked for."""
    array = np.array(values, dtype=np.float64)
    kept = array[fenced(array)] if fences else array
    if len(kept) < 2:
        return None
    draws = bootstrap_draws([1] * len(kept), replicates=REPLICATES, seed=0)[:, :, 0]
    return bootstrap_interval(float(kept.mean()), kept[draws].mean(axis=1), len(kept))
