"""Minutes a day, and cards known at the end, for a range of desired retentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError
from repetita.frozen import freeze_arrays
from repetita.memory_model import MemoryModel
from repetita.simulation.behavior import Behavior
from repetita.simulation.expectation import evaluate_policy
from repetita.simulation.expectation_policies import one_card
from repetita.simulation.lanes import Lanes, User, simulate_many
from repetita.simulation.lanes.known import states_at_start
from repetita.simulation.running import plan
from repetita.simulation.start import Start

__all__ = ["Curve", "Setting", "curve", "curve_of", "known_untouched", "scale_of", "simulated"]

Floats = NDArray[np.float64]

TOLERANCE = 5e-3  # of expectations, in the mean; single ones are closer to each other than a percent of DR
CARDS_OF_A_POINT, CARDS_OF_A_RUN = 3000, 1500
FEWEST_RUNS, MOST_RUNS = 2, 16  # that make one point
KNOWN_USERS = 1_000_000
"""Users with numbers from here on have the luck of the cards there are, the others that of those to come."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Setting:
    """All of a simulation but its world and the desired retention.

    Attributes:
        scheduler: The belief of the scheduler.
        days: Length.
        deck: New cards in all.
        behavior: The person, with the limits of a day.
        options: Further options of `repetita.simulate`: ``cost`` and ``short_term``.
        start: The cards there are, instead of new ones; None for these.
    """

    scheduler: MemoryModel
    days: int
    deck: int
    behavior: Behavior
    options: dict[str, Any]
    start: Start | None = None

    @property
    def cards(self) -> int:
        """Cards in all."""
        return self.deck if self.start is None else len(self.start)


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
        most = min(setting.cards, CARDS_OF_A_RUN)
        runs = min(max(round(CARDS_OF_A_POINT / most), FEWEST_RUNS), MOST_RUNS)
        lanes = simulated(setting, [world] * runs, retentions[~exact], seed, range(runs), cards=most)
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
    if setting.start is not None:
        return False
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
    setting: Setting,
    worlds: Sequence[MemoryModel],
    retentions: Floats,
    seed: int,
    luck: Sequence[int],
    *,
    cards: int,
) -> Floats:
    """Minutes, known cards, reviews a day and introductions, shape (4, worlds, settings).

    Args:
        setting: All but the world.
        worlds: How cards are truly remembered, one a run.
        retentions: Desired retentions.
        seed: Of the simulations.
        luck: Number of the luck of each world; it is the same one for all settings.
        cards: About so many of the cards are simulated, for all of them.
    """
    part = _sample(setting, cards)
    lanes = _lanes(part, worlds, retentions.tolist(), seed, luck)
    columns = (lanes.minutes_per_day, lanes.projected, lanes.phase_reviews / setting.days, lanes.total_new)
    shape = len(worlds), len(retentions)
    figures = np.stack([np.asarray(column, dtype=np.float64).reshape(shape) for column in columns])
    return figures * (setting.cards / part.cards)


def known_untouched(setting: Setting, worlds: Sequence[MemoryModel]) -> Floats:
    """How many of the cards there are would be known at the end without a further review, in each world.

    Args:
        setting: With a start.
        worlds: How cards are truly remembered.
    """
    idle = replace(setting, behavior=replace(setting.behavior, attendance=0.0))
    return np.asarray(_lanes(idle, worlds, [0.9], 0, range(len(worlds))).projected)


def _lanes(
    setting: Setting, worlds: Sequence[MemoryModel], retentions: list[float], seed: int, luck: Sequence[int]
) -> Lanes:
    first = 0 if setting.start is None else KNOWN_USERS
    return simulate_many(
        [User(number=first + number, environment=world) for number, world in zip(luck, worlds, strict=True)],
        schedulers=[setting.scheduler],
        desired_retention=retentions,
        seeds=seed,
        days=setting.days,
        deck=setting.deck if setting.start is None else 0,
        start=setting.start,
        behavior=setting.behavior,
        **setting.options,
    )


def scale_of(setting: Setting, cards: int) -> float:
    """How many cards stand behind each one that is simulated.

    Args:
        setting: All but the world.
        cards: As in `simulated`.
    """
    return setting.cards / _sample(setting, cards).cards


def _sample(setting: Setting, cards: int) -> Setting:
    """A part of the cards: of new ones, learned at their share of the pace.

    Without limits cards do not know of each other, so that a part stands for all; luck is larger with it.
    """
    if setting.start is not None:
        if cards >= setting.cards:
            return setting
        return replace(setting, start=_every(setting.start, setting.scheduler, cards))
    new = setting.behavior.new_limit
    assert isinstance(new, int)
    fewer = max(round(new * cards / setting.deck), 1)
    if fewer >= new:
        return setting
    deck = max(round(setting.deck * fewer / new), 1)
    return replace(setting, behavior=replace(setting.behavior, new_limit=fewer), deck=deck)


@lru_cache(maxsize=4)
def _every(start: Start, belief: MemoryModel, count: int) -> Start:
    """So many of the cards: every so-manieth by its stability, or the first number of its state.

    Cards that are soon forgotten take most of the time, so that they are to be there in their share.
    """
    strength = states_at_start(start, belief, calendar=belief.equations.UNIT == "days")[:, 0]
    wanted = np.zeros(len(start), dtype=np.bool_)
    places = ((np.arange(count) + 0.5) * len(start) / count).astype(np.int64)
    wanted[np.argsort(strength, kind="stable")[places]] = True
    return start.of_cards(wanted)
