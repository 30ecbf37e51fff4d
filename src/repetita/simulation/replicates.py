"""Several runs of one plan with other seeds: means with intervals, paired differences of two plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan, sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any

from repetita.confidence import LEVEL, student_quantile
from repetita.errors import UsageError
from repetita.simulation.result import Simulation, part_name

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Difference", "Estimate", "Replicates"]

METRICS = (
    "total_reviews",
    "total_lapses",
    "total_new",
    "minutes_per_day",
    "reviews_average",
    "memorized_average",
    "memorized_per_minute",
    "projected",
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over runs with an interval of 95 %.

    Attributes:
        mean: Mean.
        low: Lower end; NaN with a single run.
        high: Upper end; NaN with a single run.
        std_error: Standard error of the mean; NaN with a single run.
        runs: Number of runs.
    """

    mean: float
    low: float
    high: float
    std_error: float
    runs: int

    def __repr__(self) -> str:
        return f"{self.mean:.6g} ({self.low:.6g} to {self.high:.6g}, {self.runs} runs)"


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean difference of runs that share seeds.

    Attributes:
        difference: Of the means, the second less the first, with an interval.
        first: Mean of the first.
        second: Mean of the second.
    """

    difference: Estimate
    first: float
    second: float

    @property
    def within_noise(self) -> bool:
        """Whether the interval holds 0, so that the sign of the difference is not known."""
        d = self.difference
        return isnan(d.low) or d.low <= 0.0 <= d.high

    def __repr__(self) -> str:
        verdict = "within noise" if self.within_noise else "beyond noise"
        return f"{self.first:.6g} → {self.second:.6g}: {self.difference!r}, {verdict}"


@dataclass(frozen=True, eq=False)
class Replicates:
    """Runs of one plan. Made by `repetita.simulate` with ``seeds``.

    Attributes:
        seeds: Seed of each run.
        runs: The runs.

    Example:
        >>> from repetita.simulation import simulate
        >>> one = simulate(days=30, deck=60, seeds=range(4))
        >>> other = simulate(days=30, deck=60, seeds=range(4), scheduler="fixed@1")
        >>> one.compare(other)["total_reviews"].within_noise
        False
    """

    seeds: tuple[int, ...]
    runs: tuple[Simulation, ...]

    def __len__(self) -> int:
        return len(self.runs)

    def __repr__(self) -> str:
        config = self.runs[0].config
        return (
            f"Replicates({part_name(config['scheduler'])} in {part_name(config['environment'])}: memorized "
            f"{self.estimate('memorized_average')!r}, min/day {self.estimate('minutes_per_day')!r})"
        )

    def values(self, metric: str) -> tuple[float, ...]:
        """A number of each run; NaN where a run has none.

        Raises:
            UsageError: No such number.
        """
        if metric not in METRICS:
            raise UsageError(f"no number {metric!r} of a run", hint="known: " + ", ".join(METRICS))
        found = [getattr(run, metric) for run in self.runs]
        return tuple(nan if value is None else float(value) for value in found)

    def estimate(self, metric: str) -> Estimate:
        """Mean of a number over the runs, with an interval by Student's distribution."""
        return estimated(self.values(metric))

    def summary(self) -> dict[str, Estimate]:
        """All numbers."""
        return {metric: self.estimate(metric) for metric in METRICS}

    def compare(self, other: Replicates) -> dict[str, Difference]:
        """What another plan has more than this one, run by run on the same seeds.

        Args:
            other: Runs with the same seeds.

        Raises:
            UsageError: Other seeds.
        """
        if self.seeds != other.seeds:
            raise UsageError("the runs have other seeds, so they cannot be paired", where="seeds")
        found = {}
        for metric in METRICS:
            first, second = self.values(metric), other.values(metric)
            pairs = estimated([b - a for a, b in zip(first, second, strict=True)])
            found[metric] = Difference(pairs, fmean(first), fmean(second))
        return found

    def to_frame(self) -> pl.DataFrame:
        """One row a run."""
        import polars as pl

        columns: dict[str, Any] = {"seed": list(self.seeds)}
        return pl.DataFrame(columns | {metric: list(self.values(metric)) for metric in METRICS})

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: configuration, seeds, and the estimates."""
        config: Mapping[str, Any] = {k: v for k, v in self.runs[0].config.items() if k != "seed"}
        shown = {
            metric: {
                "mean": _finite(e.mean),
                "low": _finite(e.low),
                "high": _finite(e.high),
                "std_error": _finite(e.std_error),
            }
            for metric, e in self.summary().items()
        }
        return {"config": dict(config), "seeds": list(self.seeds), "estimates": shown}


def estimated(values: Sequence[float]) -> Estimate:
    """Mean of independent values with an interval of 95 %.

    Example:
        >>> estimated([1.0, 2.0, 3.0])
        2 (-0.484138 to 4.48414, 3 runs)
    """
    count, mean = len(values), fmean(values)
    if count < 2:
        return Estimate(mean, nan, nan, nan, count)
    error = stdev(values) / sqrt(count)
    reach = error * student_quantile(0.5 + LEVEL / 2.0, count - 1)
    return Estimate(mean, mean - reach, mean + reach, error, count)


def _finite(value: float) -> float | None:
    return None if isnan(value) else value
