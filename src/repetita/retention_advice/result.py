"""`RetentionAdvice`: which desired retention to set, and all that it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from repetita.fitting import FitResult
from repetita.retention_advice.bands import Bands
from repetita.retention_advice.curves import Curve
from repetita.retention_advice.goals import Choice, Goal
from repetita.retention_advice.person import LearningHabits
from repetita.retention_advice.words import advice_summary, edge_warning
from repetita.retention_advice.worlds import OtherWorld

if TYPE_CHECKING:
    import polars as pl

__all__ = ["RetentionAdvice"]


@dataclass(frozen=True, eq=False, kw_only=True)
class RetentionAdvice:
    """Which desired retention serves a goal best. Made by `repetita.advise_retention`.

    Attributes:
        goal: What is wanted.
        choice: Place of the best setting in the curve, and its neighbours that are as good.
        curve: Minutes and knowledge of every setting, with all cards.
        having: The same of the cards there are, or None where these are left out.
        untouched: Of the cards there are, how many would be known at the end without a further review.
        bands: What 9 of 10 cases lie in.
        worlds: The answer where memory works as other models say.
        fit: The fitted model; the scheduler believes it.
        habits: How the person learns.
        days: How long.
        cards: Number of the cards there are, 0 where these are left out.
        deck: New cards in all.
        by: The day that was named, as an ISO date, or None.
        seed: Of all random draws.
        source: Where the log came from.
        notes: What was taken for granted, in sentences.
    """

    goal: Goal
    choice: Choice
    curve: Curve
    having: Curve | None
    untouched: float
    bands: Bands
    worlds: tuple[OtherWorld, ...]
    fit: FitResult = field(repr=False)
    habits: LearningHabits = field(repr=False)
    days: int
    cards: int
    deck: int
    by: str | None
    seed: int
    source: str
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"RetentionAdvice({self.desired_retention:.2f} for {self.goal.kind} {self.goal.amount:g}: "
            f"{self.minutes_per_day:.3g} min/day, {self.known:,.0f} cards known after {self.days} days)"
        )

    @property
    def desired_retention(self) -> float:
        """The setting that serves the goal best."""
        return float(self.curve.desired_retention[self.choice.place])

    @property
    def minutes_per_day(self) -> float:
        """What it costs, in the mean over all days."""
        return float(self.curve.minutes_per_day[self.choice.place])

    @property
    def known(self) -> float:
        """Cards remembered at the end with it."""
        return float(self.curve.known[self.choice.place])

    @property
    def new_per_day(self) -> int:
        """New cards a day."""
        return self.habits.new_per_day

    @property
    def edge(self) -> Literal["lowest", "highest"] | None:
        """Whether it is an end of the range, or as good as the lower one: a better one may lie outside."""
        if self.choice.first == 0:
            return "lowest"
        return "highest" if self.choice.place == len(self.curve) - 1 else None

    @property
    def as_good(self) -> tuple[float, float]:
        """The lowest and the highest setting around it that serve the goal within 1 %."""
        retentions = self.curve.desired_retention
        return float(retentions[self.choice.first]), float(retentions[self.choice.last])

    @property
    def warning(self) -> str | None:
        """What an answer at the end of the range means, or None."""
        return edge_warning(self)

    def summary(self) -> str:
        """The answer in plain sentences, a line each."""
        return advice_summary(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: the answer first, then what it rests on."""
        habits = self.habits
        return {
            "desired_retention": self.desired_retention,
            "minutes_per_day": self.minutes_per_day,
            "known": self.known,
            "goal": {
                "kind": self.goal.kind,
                "amount": self.goal.amount,
                "by": self.by,
                "usual": self.goal.usual,
            },
            "met": self.choice.met,
            "edge": self.edge,
            "warning": self.warning,
            "as_good": list(self.as_good),
            "summary": self.summary().splitlines(),
            "new_per_day": self.new_per_day,
            "days": self.days,
            "cards": self.cards,
            "deck": self.deck,
            "curve": self.curve.to_dict(),
            "having": None if self.having is None else self.having.to_dict(),
            "untouched": self.untouched,
            "bands": self.bands.to_dict(),
            "worlds": [world.to_dict() for world in self.worlds],
            "habits": {
                "first_ratings": list(habits.first_ratings),
                "success_ratings": list(habits.success_ratings),
                "learning_seconds": list(habits.cost.learning),
                "review_seconds": list(habits.cost.review),
                "repeats_within_a_day": habits.short_term is not None,
                "minutes_per_day": habits.minutes_per_day,
            },
            "notes": list(self.notes),
            "seed": self.seed,
            "fit": self.fit.to_dict(),
        }

    def to_frame(self) -> pl.DataFrame:
        """One row a setting: minutes, known cards, bands, reviews, and the figures of other worlds."""
        import polars as pl

        curve, bands = self.curve, self.bands
        columns: dict[str, Any] = {
            "desired_retention": curve.desired_retention,
            "minutes_per_day": curve.minutes_per_day,
            "minutes_low": bands.minutes_per_day[0],
            "minutes_high": bands.minutes_per_day[1],
            "known": curve.known,
            "known_low": bands.known[0],
            "known_high": bands.known[1],
            "reviews_per_day": curve.reviews_per_day,
            "introduced": curve.introduced,
            "exact": curve.exact,
        }
        if self.having is not None:
            columns["minutes_of_cards_there_are"] = self.having.minutes_per_day
            columns["known_of_cards_there_are"] = self.having.known
        for world in self.worlds:
            columns[f"minutes_per_day_{world.model}"] = world.curve.minutes_per_day
            columns[f"known_{world.model}"] = world.curve.known
        return pl.DataFrame(columns)
