"""The step statistics: six samples of short-term memory, counted and fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.advice.resampled import Redrawn, redrawn
from repetita.advice.rules import SPEAKS_FROM
from repetita.advice.samples import SITUATIONS, Answers, short_term_samples
from repetita.advice.short_term import DelayTable, fitted_stability, within_fences
from repetita.confidence import expanded_tails, wilson
from repetita.evaluation.bootstrap import Interval

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["Fitted", "ShortTermSample", "fit_samples"]

Floats = NDArray[np.float64]

ONE_DAY = 86_400.0  # what a sample without a fit counts as, in seconds of stability
QUARTERS = (25.0, 50.0, 75.0)


@dataclass(frozen=True, slots=True)
class ShortTermSample:
    """Answers after one situation, and the curve fitted to them.

    Attributes:
        name: One of `SITUATIONS`.
        situation: What came before the delay, in words.
        count: Number of answers.
        recalled: How many were not Again.
        recall_interval: 95 % interval of the share recalled (Wilson), or None without answers.
        delay_quartiles: Seconds that a quarter, half, three quarters of the delays do not exceed; None below
            four answers.
        recall_by_quarter: Share recalled among the delays of each quarter, None where ties leave one empty;
            None below four answers.
        fitted: Answers that the curve was fitted to: of 250 or more, those with an outlying delay are left
            out.
        stability_seconds: Delay after which 90 % is recalled; None below four answers, and where all were
            right, or all wrong.
        stability_interval: 95 % interval of it: the widest of likelihood, resampled cards, resampled days.
            Between 1 second and 30 days. Where all were right it is known downwards only.
    """

    name: str
    situation: str
    count: int
    recalled: int
    recall_interval: tuple[float, float] | None
    delay_quartiles: tuple[float, float, float] | None
    recall_by_quarter: tuple[float | None, ...] | None
    fitted: int
    stability_seconds: float | None
    stability_interval: Interval | None

    @property
    def recall(self) -> float | None:
        """Share recalled, None without answers."""
        return self.recalled / self.count if self.count else None

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "name": self.name,
            "situation": self.situation,
            "count": self.count,
            "recalled": self.recalled,
            "recall": self.recall,
            "recall_interval": self.recall_interval and list(self.recall_interval),
            "delay_quartiles": self.delay_quartiles and list(self.delay_quartiles),
            "recall_by_quarter": self.recall_by_quarter and list(self.recall_by_quarter),
            "fitted": self.fitted,
            "stability_seconds": self.stability_seconds,
            "stability_interval": self.stability_interval and self.stability_interval.to_dict(),
        }

    def to_row(self) -> dict[str, Any]:
        """The same as cells of a table."""
        quartiles = self.delay_quartiles or (None, None, None)
        shares = self.recall_by_quarter or (None, None, None, None)
        low, high = self.stability_interval or (None, None)
        return {
            "name": self.name,
            "count": self.count,
            **{f"delay_{int(q)}": value for q, value in zip(QUARTERS, quartiles, strict=True)},
            **{f"recall_{i}": share for i, share in enumerate(shares, start=1)},
            "recall": self.recall,
            "stability_seconds": self.stability_seconds,
            "stability_low": low,
            "stability_high": high,
        }


@dataclass(frozen=True, slots=True)
class Fitted:
    """All samples with their fits.

    Attributes:
        samples: By name.
        stability: Seconds by name; one day for samples that no curve was fitted to.
        redrawn: Fits to resampled logs.
    """

    samples: Mapping[str, ShortTermSample]
    stability: Mapping[str, Floats]
    redrawn: tuple[Redrawn, ...]


def fit_samples(log: ReviewLog, *, seed: int) -> Fitted:
    """The step statistics of a log.

    Args:
        log: Reviews with a time of day.
        seed: Of the resampling behind the intervals.
    """
    everything = short_term_samples(log)
    usable = {name: _fenced(answers) for name, answers in everything.items()}
    usable = {name: answers for name, answers in usable.items() if len(answers) >= SPEAKS_FROM}
    tables = {name: DelayTable.of(kept.delay_seconds, kept.recalled) for name, kept in usable.items()}
    draws = redrawn(usable, tables, seed=seed)
    samples = {}
    for name, answers in everything.items():
        kept, table = usable.get(name), tables.get(name)
        stability, interval = (
            (None, None) if kept is None or table is None else _fit(name, kept, table, draws)
        )
        samples[name] = _described(name, answers, 0 if kept is None else len(kept), stability, interval)
    seconds = {name: np.float64(sample.stability_seconds or ONE_DAY) for name, sample in samples.items()}
    return Fitted(samples, seconds, draws)  # type: ignore[arg-type]


def _fenced(answers: Answers) -> Answers:
    kept = within_fences(answers)
    return Answers(
        answers.delay_seconds[kept], answers.recalled[kept], answers.cards[kept], answers.days[kept]
    )


def _fit(
    name: str, answers: Answers, table: DelayTable, draws: tuple[Redrawn, ...]
) -> tuple[float | None, Interval | None]:
    """Stability in seconds, and its interval."""
    counts = np.bincount(table.place, minlength=table.places).astype(np.float64)
    rough = float(table.log_stability(counts[None, :])[0])
    some = bool(answers.recalled.any()) and not bool(answers.recalled.all())
    best = fitted_stability(answers.delay_seconds, answers.recalled, rough) if some else rough
    intervals = [Interval(*table.likelihood_interval(counts, rough), by="likelihood")]
    if some:
        for draw in draws:
            low, high = np.percentile(draw.log_stability[name], expanded_tails(draw.groups))
            intervals.append(Interval(min(float(low), best), max(float(high), best), draw.by))
    widest = max(intervals, key=lambda interval: interval.high - interval.low)
    return exp(best) if some else None, Interval(exp(widest.low), exp(widest.high), widest.by)


def _described(
    name: str, answers: Answers, fitted: int, stability: float | None, interval: Interval | None
) -> ShortTermSample:
    count, recalled = len(answers), int(np.count_nonzero(answers.recalled))
    low, high = wilson(recalled / count, count) if count else (None, None)
    quartiles, shares = (None, None) if count < SPEAKS_FROM else _quarters(answers)
    return ShortTermSample(
        name=name,
        situation=SITUATIONS[name],
        count=count,
        recalled=recalled,
        recall_interval=None if low is None or high is None else (float(low), float(high)),
        delay_quartiles=quartiles,
        recall_by_quarter=shares,
        fitted=fitted,
        stability_seconds=stability,
        stability_interval=interval,
    )


def _quarters(answers: Answers) -> tuple[tuple[float, float, float], tuple[float | None, ...]]:
    ends = np.percentile(answers.delay_seconds, QUARTERS)
    quarter = np.searchsorted(ends, answers.delay_seconds)
    counts = np.bincount(quarter, minlength=4)
    right = np.bincount(quarter, answers.recalled, minlength=4)
    shares = tuple(float(r / n) if n else None for r, n in zip(right, counts, strict=True))
    return (float(ends[0]), float(ends[1]), float(ends[2])), shares
