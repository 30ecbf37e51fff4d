"""What comes out of a simulation: series by day, totals, and the log of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.frozen import freeze_arrays
from repetita.simulation.engine import Engine

if TYPE_CHECKING:
    import polars as pl

__all__ = ["PHASES", "SERIES", "Events", "Simulation", "first_curve", "part_name", "simulation_of"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PHASES = ("review", "learning", "relearning", "new")


def part_name(part: Any) -> str:
    """Name of an environment or a scheduler as a configuration has it: a name, or a model with all numbers.

    Example:
        >>> part_name({"model": "lstm", "parameters": [0.1, 0.2]}), part_name("anki-sm2")
        ('lstm', 'anki_sm2')
    """
    name = part.get("model", part.get("name", "own")) if isinstance(part, Mapping) else part
    return str(name).replace("-", "_")


@dataclass(frozen=True, eq=False)
class Events:
    """The log of a run, one press a place, in the order in which they happened.

    Attributes:
        day: Day of the press.
        phase: 0 review, 1 learning, 2 relearning, 3 new: the phase before the press.
        card_id: Number of the card.
        rating: 1 to 4.
        retrievability: True probability of recall; NaN at an introduction.
        cost_seconds: What the press cost.
        interval_days: The interval that was set.
        due: When the card is due next, in days since the start.
        last_review: When the press was, in days since the start.
        elapsed_days: Real time since the press before.
    """

    day: IntArray
    phase: IntArray
    card_id: IntArray
    rating: IntArray
    retrievability: FloatArray
    cost_seconds: FloatArray
    interval_days: FloatArray
    due: FloatArray
    last_review: FloatArray
    elapsed_days: FloatArray

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __len__(self) -> int:
        return len(self.day)

    def to_frame(self) -> pl.DataFrame:
        """As a table; phases in words."""
        import polars as pl

        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        columns["phase"] = np.array(PHASES)[self.phase]
        return pl.DataFrame(columns).with_columns(pl.col("retrievability").fill_nan(None))


@dataclass(frozen=True, eq=False, kw_only=True)
class Simulation:
    """The outcome of a run. Series have shape (days,).

    Attributes:
        config: What was simulated, JSON-safe.
        reviews: Reviews of each day, presses within steps included, introductions not.
        new: Introductions of each day.
        lapses: Presses of Again of each day, introductions not included.
        phase_reviews: Reviews outside steps.
        phase_lapses: Presses of Again outside steps.
        short_loops: Loops through cards in steps.
        learning_seconds: Time of introductions.
        review_seconds: Time of reviews.
        memorized: Sum over introduced cards of the true probability of recall.
        projected: The same at the end of the run.
        events: The log, or None if it was not kept.
        first_curve: Shares of first ratings, and the mean probability of recall so many days after an
            introduction, shape (days,); None where it is not one curve for all cards.
    """

    config: Mapping[str, Any]
    reviews: IntArray
    new: IntArray
    lapses: IntArray
    phase_reviews: IntArray
    phase_lapses: IntArray
    short_loops: IntArray
    learning_seconds: FloatArray
    review_seconds: FloatArray
    memorized: FloatArray
    projected: float
    events: Events | None
    first_curve: tuple[tuple[float, ...], FloatArray] | None = None

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __repr__(self) -> str:
        return (
            f"Simulation({part_name(self.config['scheduler'])} in {part_name(self.config['environment'])}, "
            f"{self.days} days: "
            f"{self.total_reviews} reviews, {self.minutes_per_day:.2f} min/day, "
            f"{self.memorized_average:.1f} memorized)"
        )

    @property
    def days(self) -> int:
        """Length of the run."""
        return len(self.reviews)

    @property
    def cost_seconds(self) -> FloatArray:
        """Time of each day."""
        return np.asarray(self.learning_seconds + self.review_seconds)

    @property
    def retention(self) -> FloatArray:
        """Share of reviews outside steps that were passed, by day; NaN on days without any."""
        with np.errstate(invalid="ignore"):
            return np.asarray(1.0 - self.phase_lapses / self.phase_reviews)

    @property
    def total_reviews(self) -> int:
        """Reviews of the run."""
        return int(self.reviews.sum())

    @property
    def total_lapses(self) -> int:
        """Presses of Again in reviews."""
        return int(self.lapses.sum())

    @property
    def total_new(self) -> int:
        """Introduced cards."""
        return int(self.new.sum())

    @property
    def total_cost_seconds(self) -> float:
        """Time of the run."""
        return float(self.cost_seconds.sum())

    @property
    def memorized_average(self) -> float:
        """Mean over all days of the remembered cards."""
        return float(self.memorized.mean())

    @property
    def reviews_average(self) -> float:
        """Reviews a day."""
        return float(self.reviews.mean())

    @property
    def minutes_per_day(self) -> float:
        """Mean time of a day."""
        return self.total_cost_seconds / 60.0 / self.days

    @property
    def memorized_per_minute(self) -> float | None:
        """Remembered cards for a minute a day, None without any time."""
        return self.memorized_average / self.minutes_per_day if self.minutes_per_day > 0.0 else None

    def totals(self) -> dict[str, float | int | None]:
        """The numbers that describe the run as a whole."""
        names = (
            "total_reviews",
            "total_lapses",
            "total_new",
            "total_cost_seconds",
            "memorized_average",
            "reviews_average",
            "minutes_per_day",
            "memorized_per_minute",
            "projected",
        )
        return {name: getattr(self, name) for name in names}

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: configuration, totals and series, without the log."""
        series = {name: getattr(self, name).tolist() for name in SERIES}
        retention = [None if value != value else value for value in self.retention.tolist()]
        return {
            "config": dict(self.config),
            "totals": self.totals(),
            "series": series | {"retention": retention},
        }

    def to_frame(self) -> pl.DataFrame:
        """The series as a table, one row a day."""
        import polars as pl

        columns = {"day": np.arange(self.days)} | {name: getattr(self, name) for name in SERIES}
        columns["cost_seconds"], columns["retention"] = self.cost_seconds, self.retention
        return pl.DataFrame(columns).with_columns(pl.col("retention").fill_nan(None))


SERIES = (
    "reviews",
    "new",
    "lapses",
    "phase_reviews",
    "phase_lapses",
    "short_loops",
    "learning_seconds",
    "review_seconds",
    "memorized",
)


def simulation_of(engine: Engine, config: Mapping[str, Any]) -> Simulation:
    """The outcome of an engine that has run."""
    from repetita.simulation.remembered import remembered

    memorized = remembered(engine.worlds, engine.spans, engine.days)
    series = vars(engine.series)
    arrays: dict[str, Any] = {
        name: np.array(values, dtype=np.float64 if name.endswith("seconds") else np.int64)
        for name, values in series.items()
    }
    return Simulation(
        config=config,
        **arrays,
        memorized=memorized[:-1],
        projected=float(memorized[-1]),
        first_curve=first_curve(engine.worlds, engine.parts.behavior, engine.days),
        events=_events(engine.events) if engine.keep_events else None,
    )


def first_curve(
    worlds: Sequence[Any], behavior: Any, days: int
) -> tuple[tuple[float, ...], FloatArray] | None:
    """What is remembered after an introduction, see `Simulation.first_curve`.

    Args:
        worlds: Worlds of the cards, each at least once.
        behavior: The person.
        days: Length of the run.
    """
    shares: tuple[float, ...] | None = getattr(behavior, "first_table", None)
    if shares is None or any(world is not worlds[0] for world in worlds):
        return None
    world, times = worlds[0], np.arange(days, dtype=np.float64)
    kernel = np.zeros(days)
    for rating, share in zip((1, 2, 3, 4), shares, strict=True):
        state = world.first(rating)
        curve = getattr(world, "curve", None)
        if curve is None:
            recalled = np.array([world.retrievability(state, day) for day in times.tolist()])
        else:
            recalled = curve([state] * days, times)
        kernel += share * recalled
    return shares, kernel


def _events(rows: Sequence[Any]) -> Events:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(fields(Events))
    whole = ("day", "phase", "card_id", "rating")
    arrays: dict[str, Any] = {
        field.name: np.array(column, dtype=np.int64 if field.name in whole else np.float64)
        for field, column in zip(fields(Events), columns, strict=True)
    }
    return Events(**arrays)
