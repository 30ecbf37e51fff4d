"""Minutes a day, and cards known at the end, for a range of desired retentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError
from repetita.frozen import freeze_arrays
from repetita.memory_model import MemoryModel
from repetita.simulation.behavior import Behavior
from repetita.simulation.expectation import evaluate_policy
from repetita.simulation.expectation_policies import one_card
from repetita.simulation.lanes import User, simulate_many
from repetita.simulation.running import plan

__all__ = ["Curve", "Setting", "curve", "curve_of", "elsewhere", "knots_of"]

Floats = NDArray[np.float64]

TOLERANCE = 5e-3  # of expectations, in the mean; single ones are closer to each other than a percent of DR
KNOTS = 7
RUNS_AT_HOME = 8
CARDS_OF_A_POINT, CARDS_OF_A_RUN = 10_000, 1500
FEWEST_RUNS, MOST_RUNS = 6, 16  # that make one point


@dataclass(frozen=True, eq=False, kw_only=True)
class Setting:
    """All of a simulation but its world and the desired retention.

    Attributes:
        scheduler: The belief of the scheduler.
        days: Length.
        deck: New cards in all.
        behavior: The person, with the limits of a day.
        options: Further options of `repetita.simulate`: ``cost`` and ``short_term``.
    """

    scheduler: MemoryModel
    days: int
    deck: int
    behavior: Behavior
    options: dict[str, Any]


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve:
    """What comes of each desired retention. Arrays have shape (settings,).

    Attributes:
        desired_retention: Rising.
        minutes_per_day: Mean over all days.
        known: Cards remembered at the end: the sum of the probabilities of recall.
        reviews_per_day: Mean over all days, repeats within a day not counted.
        introduced: Cards begun by the end.
        exact: Whether the figures are expectations; else they rest on simulations.
    """

    desired_retention: Floats
    minutes_per_day: Floats
    known: Floats
    reviews_per_day: Floats
    introduced: Floats
    exact: NDArray[np.bool_]

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __len__(self) -> int:
        return len(self.desired_retention)

    @property
    def figures(self) -> Floats:
        """Minutes, known cards, reviews and introductions, shape (4, settings)."""
        return np.stack([self.minutes_per_day, self.known, self.reviews_per_day, self.introduced])

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe columns."""
        return {field.name: getattr(self, field.name).tolist() for field in fields(self)}


def curve(setting: Setting, retentions: Floats, *, seed: int) -> Curve:
    """The curve where memory works as the scheduler believes: by expectation, or else by simulations.

    Args:
        setting: All but the world.
        retentions: Desired retentions, rising.
        seed: Of the simulations.
    """
    world = setting.scheduler
    found = np.full((4, len(retentions)), np.nan)
    if _has_expectation(setting, world):
        for place, retention in enumerate(retentions.tolist()):
            found[:, place] = _expected(setting, world, retention)
    exact = np.isfinite(found[0])
    if not exact.all():
        runs = min(max(CARDS_OF_A_POINT // setting.deck, FEWEST_RUNS), MOST_RUNS)
        lanes = simulated(setting, [world] * runs, retentions[~exact], seed=seed, luck=range(runs))
        found[:, ~exact] = lanes.mean(axis=1)
    return curve_of(retentions, found, exact)


def curve_of(retentions: Floats, figures: Floats, exact: NDArray[np.bool_]) -> Curve:
    """The curve of figures as `Curve.figures` has them."""
    minutes, known, reviews, introduced = figures
    return Curve(
        desired_retention=np.array(retentions),
        minutes_per_day=minutes.copy(),
        known=known.copy(),
        reviews_per_day=reviews.copy(),
        introduced=introduced.copy(),
        exact=exact,
    )


def _has_expectation(setting: Setting, world: MemoryModel) -> bool:
    """Whether the evaluator without random numbers can be asked at all."""
    made = plan(**_options(setting, world, 0.9))
    try:
        one_card(made, "nearest")
    except UsageError:
        return False
    return True


def _options(setting: Setting, world: MemoryModel, retention: float) -> dict[str, Any]:
    return {
        "environment": world,
        "scheduler": setting.scheduler,
        "desired_retention": retention,
        "days": setting.days,
        "deck": setting.deck,
        "behavior": setting.behavior,
        **setting.options,
    }


def _expected(setting: Setting, world: MemoryModel, retention: float) -> tuple[float, float, float, float]:
    """Minutes, known cards, reviews, introductions; NaN where limits may bind or no grid is fine enough."""
    try:
        value = evaluate_policy(tolerance=TOLERANCE, **_options(setting, world, retention))
    except UsageError:  # the run has an expectation, so it is the tolerance that is not met
        return (np.nan,) * 4
    if value.limits_bind:
        return (np.nan,) * 4
    return (
        value.minutes_per_day,
        value.projected,
        float(value.reviews.mean()),
        float(value.new.sum()),
    )


def simulated(
    setting: Setting, worlds: Sequence[MemoryModel], retentions: Floats, *, seed: int, luck: Sequence[int]
) -> Floats:
    """Minutes, known cards, reviews a day and introductions, shape (4, worlds, settings).

    Args:
        setting: All but the world.
        worlds: How cards are truly remembered, one a run.
        retentions: Desired retentions.
        seed: Of the simulations.
        luck: Number of the luck of each world; it is the same one for all settings.
    """
    behavior, deck, scale = _sample(setting)
    lanes = simulate_many(
        [User(number=number, environment=world) for number, world in zip(luck, worlds, strict=True)],
        schedulers=[setting.scheduler],
        desired_retention=retentions.tolist(),
        seeds=seed,
        days=setting.days,
        deck=deck,
        behavior=behavior,
        **setting.options,
    )
    columns = (lanes.minutes_per_day, lanes.projected, lanes.phase_reviews / setting.days, lanes.total_new)
    shape = len(worlds), len(retentions)
    return scale * np.stack([np.asarray(column, dtype=np.float64).reshape(shape) for column in columns])


def _sample(setting: Setting) -> tuple[Behavior, int, float]:
    """A part of a large deck, learned at its share of the pace, and how much larger the deck is.

    Without limits cards do not know of each other, so that a part stands for all; luck is larger with it.
    """
    new = setting.behavior.new_limit
    assert isinstance(new, int)
    fewer = max(round(new * CARDS_OF_A_RUN / setting.deck), 1)
    if fewer >= new:
        return setting.behavior, setting.deck, 1.0
    deck = max(round(setting.deck * fewer / new), 1)
    return replace(setting.behavior, new_limit=fewer), deck, setting.deck / deck


def elsewhere(setting: Setting, home: Curve, worlds: Sequence[MemoryModel], *, seed: int) -> Floats:
    """The figures of a curve in other worlds, shape (4, worlds, settings).

    Simulations at knots say by what factor each world departs from the scheduler's own, where luck is the
    same; the factors lie on smooth lines, which the figures themselves do not where intervals are short.

    Args:
        setting: All but the world.
        home: The curve where memory works as the scheduler believes.
        worlds: The others.
        seed: Of the simulations.
    """
    retentions = home.desired_retention
    knots, count = knots_of(retentions), len(worlds)
    paired = min(count, RUNS_AT_HOME)
    found = simulated(
        setting,
        [*worlds, *[setting.scheduler] * paired],
        knots,
        seed=seed,
        luck=[*range(count), *range(paired)],
    )
    least = np.finfo(np.float64).tiny
    factors = np.log(np.maximum(found[:, :count], least)) - np.log(
        np.maximum(found[:, count:].mean(axis=1, keepdims=True), least)
    )
    rows = factors.reshape(-1, len(knots))
    spread = np.array([np.interp(odds(retentions), odds(knots), row) for row in rows])
    figures: Floats = home.figures[:, None] * np.exp(spread.reshape(*factors.shape[:-1], len(retentions)))
    return figures


def knots_of(retentions: Floats) -> Floats:
    """Some of the settings, closer together where retention is high and minutes rise fast.

    Example:
        >>> knots_of(np.array([0.7, 0.8, 0.9])).tolist()
        [0.7, 0.8, 0.9]
    """
    if len(retentions) <= KNOTS:
        return retentions
    scale = odds(retentions)
    wanted = np.linspace(scale[0], scale[-1], KNOTS)
    places = np.unique(np.abs(scale[:, None] - wanted).argmin(axis=0))
    return np.asarray(retentions[places])


def odds(retentions: Floats) -> Floats:
    """Logarithm of the odds of recall."""
    return np.asarray(np.log(retentions / (1.0 - retentions)))
