"""`Backtest`: a forecast with its bands beside what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from repetita.backtesting.daily import METRICS, Daily
from repetita.backtesting.habits import Habits
from repetita.fitting import FitResult
from repetita.plurals import counted
from repetita.simulation.behavior import DAYS_A_WEEK

if TYPE_CHECKING:
    import polars as pl

__all__ = ["LEVEL", "Backtest", "Forecast"]

LEVEL = 0.9
"""Share of the runs that lie in a band."""

KNOWN = {
    "past": "only what was there before",
    "actual": "what was there before, and the days of study and new cards that followed",
}
WORDS = {"reviews": "reviews", "new_cards": "new cards", "minutes": "minutes", "retention": "true retention"}


@dataclass(frozen=True, slots=True)
class Forecast:
    """A number as it was forecast, and as it came.

    Attributes:
        metric: "reviews", "new_cards", "minutes", or "retention".
        low: Lower end of the band.
        middle: Median of the runs.
        high: Upper end.
        actual: What happened; NaN where the log does not say.
    """

    metric: str
    low: float
    middle: float
    high: float
    actual: float

    @property
    def inside(self) -> bool | None:
        """Whether what happened lies in the band; None where either is not known."""
        if not (isfinite(self.actual) and isfinite(self.low)):
            return None
        return self.low <= self.actual <= self.high

    def sentence(self) -> str:
        """The forecast and the truth in words.

        Example:
            >>> print(Forecast("reviews", 100.0, 120.0, 140.0, 150.0).sentence())
            150 reviews, above the band of 100 to 140 (middle 120: 20 % too low).
        """
        word = "" if self.metric == "retention" else f" {WORDS[self.metric]}"
        show = self.shown
        if self.inside is None:
            known = f"the forecast is {show(self.low)} to {show(self.high)}" if isfinite(self.low) else ""
            return f"{WORDS[self.metric].capitalize()}: what happened is not known; {known}.".replace(
                "; .", "."
            )
        place = "inside" if self.inside else "above" if self.actual > self.high else "below"
        lead = "True retention " if self.metric == "retention" else ""
        return (
            f"{lead}{show(self.actual)}{word}, {place} the band of {show(self.low)} to {show(self.high)} "
            f"(middle {show(self.middle)}: {self._off()})."
        )

    def _off(self) -> str:
        if self.metric == "retention":
            points = 100.0 * (self.middle - self.actual)
            return "right" if abs(points) < 0.05 else f"{abs(points):.1f} points too {_side(points)}"
        if self.actual == 0.0:
            return "there were none"
        share = self.middle / self.actual - 1.0
        return "right" if abs(share) < 0.005 else f"{abs(share):.0%} too {_side(share)}".replace("%", " %")

    def shown(self, value: float) -> str:
        """A value of this metric as text."""
        if not isfinite(value):
            return "–"
        return f"{100 * value:.1f} %" if self.metric == "retention" else f"{value:,.0f}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe, None where unknown."""
        numbers = {name: getattr(self, name) for name in ("low", "middle", "high", "actual")}
        shown = {name: value if isfinite(value) else None for name, value in numbers.items()}
        return {"metric": self.metric, **shown, "inside": self.inside}


@dataclass(frozen=True, eq=False, kw_only=True)
class Backtest:
    """A forecast from the past beside what happened. Made by `repetita.backtest`.

    Attributes:
        truth: What happened, arrays of shape (days,).
        forecast: The runs, arrays of shape (runs, days).
        fit: The fit to the reviews before.
        habits: How the person learned before.
        habits_from: "past", or "actual": days of study and new cards were taken as they came.
        desired_retention: What the simulated scheduler aimed at.
        estimated_retention: Whether that was found in the reviews before.
        scheduler: Name of the scheduler.
        seed: Seed of all random numbers.
        begins: First day of the forecast.
        cards: Cards at its beginning.
        gone: Expected number of those that are not studied any more: suspended, deleted, or avoided.
        dropped: Probability that a session with a card is its last.
        backlog: Expected number of other cards that were overdue at its beginning.
        known_intervals: Whether due dates come from the log, or were derived from the scheduler.
        source: Where the log came from.
    """

    truth: Daily
    forecast: Daily
    fit: FitResult
    habits: Habits
    habits_from: str
    desired_retention: float
    estimated_retention: bool
    scheduler: str
    seed: int
    begins: date
    cards: int
    gone: float
    dropped: float
    backlog: float
    known_intervals: bool
    source: str

    @property
    def days(self) -> int:
        """Length of the forecast."""
        return self.truth.days

    @property
    def runs(self) -> int:
        """Number of simulations."""
        return len(self.forecast.reviews)

    def __repr__(self) -> str:
        inside = [forecast.inside for forecast in self.totals()]
        known = [bool(there) for there in inside if there is not None]
        return f"Backtest({self.days} days, {self.runs} runs: {sum(known)} of {len(known)} totals inside)"

    def over(self, days: slice) -> list[Forecast]:
        """Forecast and truth of the sums over some days."""
        actual, runs = self.truth.over(days), self.forecast.over(days)
        return [_banded(metric, runs[metric], float(actual[metric])) for metric in self.metrics]

    @property
    def metrics(self) -> tuple[str, ...]:
        """What is forecast; new cards are not where they were taken as they came."""
        return tuple(name for name in METRICS if name != "new_cards" or self.habits_from == "past")

    def totals(self) -> list[Forecast]:
        """Forecast and truth over all days, one a metric."""
        return self.over(slice(None))

    def weeks(self) -> list[list[Forecast]]:
        """Forecast and truth week by week from the first day on; the last week may be shorter."""
        return [self.over(slice(day, day + DAYS_A_WEEK)) for day in range(0, self.days, DAYS_A_WEEK)]

    def week_begins(self) -> list[date]:
        """First day of each week."""
        return [self.begins + timedelta(days=day) for day in range(0, self.days, DAYS_A_WEEK)]

    def summary(self) -> str:
        """The comparison in plain sentences, what was assumed last."""
        totals, weeks = self.totals(), self.weeks()
        known = [forecast for forecast in totals if forecast.inside is not None]
        inside = sum(bool(forecast.inside) for forecast in known)
        lines = [
            f"{counted(self.days, 'day')} from {self.begins.isoformat()}, forecast by "
            f"{counted(self.runs, 'simulation')} that know {KNOWN[self.habits_from]}; bands hold "
            f"{LEVEL:.0%} of them.".replace("%", " %"),
            f"{inside} of {counted(len(known), 'total')} lie in the band:",
            *(f"  {forecast.sentence()}" for forecast in totals),
        ]
        for place, metric in enumerate(self.metrics):
            said = [bool(week[place].inside) for week in weeks if week[place].inside is not None]
            if said:
                lines.append(
                    f"{WORDS[metric].capitalize()}: {sum(said)} of {counted(len(said), 'week')} inside."
                )
        return "\n".join([*lines, *self.notes()])

    def notes(self) -> list[str]:
        """What was assumed, and what the bands do not hold, in plain sentences."""
        habits = self.habits
        aim = f"{100 * self.desired_retention:.0f} %"
        notes = [
            f"Starts from {counted(self.cards, 'card')}, about {self.backlog:,.0f} of them overdue; "
            f"before, there was study on {100 * habits.attendance:.0f} % of the days and "
            f"{habits.new_cards_a_day:.1f} new cards a day.",
        ]
        if self.gone >= 0.5:
            notes.append(
                f"About {self.gone:,.0f} of them were passed over so often that they count as no longer "
                f"studied; a session is a card's last with a probability of {self.dropped:.1%}.".replace(
                    "%", " %"
                )
            )
        if not self.known_intervals:
            notes.append(
                f"The log does not say when cards were due: they are due when {self.scheduler} with the "
                f"fitted parameters and a desired retention of {aim} would have had them."
            )
        if self.estimated_retention:
            notes.append(f"A desired retention of {aim} is what the reviews before suggest.")
        if not habits.timed:
            notes.append("The log has no durations: minutes are those of typical people, not compared.")
        of_habits = " and past variation of habits" if self.habits_from == "past" else ""
        notes.append(
            f"The bands hold chance, the uncertainty of the parameters{of_habits}; they do not hold a change "
            "of habits or settings, or a model that is wrong."
        )
        return notes

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: what was assumed, totals, weeks, and the fit."""
        return {
            "days": self.days,
            "begins": self.begins.isoformat(),
            "runs": self.runs,
            "seed": self.seed,
            "level": LEVEL,
            "model": self.fit.model.to_dict(),
            "fit": {name: self.fit.to_dict()[name] for name in ("status", "scored", "log_loss")},
            "habits_from": self.habits_from,
            "scheduler": self.scheduler,
            "desired_retention": self.desired_retention,
            "desired_retention_estimated": self.estimated_retention,
            "due_dates_known": self.known_intervals,
            "cards": self.cards,
            "cards_gone": self.gone,
            "dropped": self.dropped,
            "backlog": self.backlog,
            "habits": {
                "attendance": self.habits.attendance,
                "new_cards_a_day": self.habits.new_cards_a_day,
                "first_ratings": list(self.habits.first_ratings),
                "success_ratings": list(self.habits.success_ratings),
                "learning_seconds": list(self.habits.cost.learning),
                "review_seconds": list(self.habits.cost.review),
                "timed": self.habits.timed,
            },
            "totals": [forecast.to_dict() for forecast in self.totals()],
            "weeks": [
                {"begins": begins.isoformat(), "forecasts": [forecast.to_dict() for forecast in week]}
                for begins, week in zip(self.week_begins(), self.weeks(), strict=True)
            ],
            "notes": self.notes(),
        }

    def to_frame(self) -> pl.DataFrame:
        """One row a day: date, and of each metric what happened and the band."""
        import polars as pl

        days = [self.over(slice(day, day + 1)) for day in range(self.days)]
        columns: dict[str, Any] = {
            "day": list(range(self.days)),
            "date": [self.begins + timedelta(days=day) for day in range(self.days)],
        }
        for place, metric in enumerate(self.metrics):
            for end in ("actual", "low", "middle", "high"):
                columns[f"{metric}_{end}"] = [getattr(day[place], end) for day in days]
        return pl.DataFrame(columns).with_columns(pl.selectors.float().fill_nan(None))


def _side(difference: float) -> str:
    return "high" if difference > 0.0 else "low"


def _banded(metric: str, runs: Any, actual: float) -> Forecast:
    """Median and band of some runs; runs without a value (no reviews at all) say nothing."""
    values = runs[np.isfinite(runs)]
    if not len(values):
        return Forecast(metric, nan, nan, nan, actual)
    ends = [(1.0 - LEVEL) / 2.0, 0.5, (1.0 + LEVEL) / 2.0]
    # between which one more run would lie with that probability, however few there are
    low, middle, high = np.quantile(values, ends, method="weibull").tolist()
    return Forecast(metric, low, middle, high, actual)
