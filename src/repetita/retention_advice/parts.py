"""The cards somebody has, and those to come: what each part takes and brings, here and in other worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repetita.frozen import freeze_arrays
from repetita.memory_model import MemoryModel
from repetita.retention_advice.curves import Curve, Setting, curve, known_untouched, scale_of, simulated

__all__ = ["Outlook", "Part", "knots_of", "outlook_of", "part_of"]

Floats = NDArray[np.float64]

KNOTS = 5
PAIRED = 12
"""Runs of the scheduler's own world that those of other worlds are held against."""
CARDS_OF_A_RUN = 160
"""Cards of a run that is held against another one on the same luck; what they leave to luck is known."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """Cards that do not know of each other, for all settings.

    Attributes:
        setting: All but the world and the desired retention.
        home: The curve where memory works as the scheduler believes.
        knots: Some of the settings.
        paired: Logarithms of figures of runs at the knots in the scheduler's own world, shape (4, runs,
            knots).
        seed: Of all runs.
    """

    setting: Setting
    home: Curve
    knots: Floats
    paired: Floats
    seed: int

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def elsewhere(self, worlds: Sequence[MemoryModel], *, lucky: bool) -> Floats:
        """The figures of the curve in other worlds, shape (4, worlds, settings).

        Runs at knots say by what factor a world departs from the scheduler's own, where luck is the same;
        the factors lie on smooth lines, which the figures themselves do not where intervals are short. The
        runs have a part of the cards, which are independent: luck is larger there by a factor that is known.

        Args:
            worlds: The others.
            lucky: Whether each world has luck of its own, or that of the mean.
        """
        count, runs = len(worlds), self.paired.shape[1]
        luck = [number % runs for number in range(count)]
        found = _logs(simulated(self.setting, worlds, self.knots, self.seed, luck, cards=CARDS_OF_A_RUN))
        factors = found - self.paired[:, luck]
        if lucky:
            own = self.paired[:, luck] - self.paired.mean(axis=1, keepdims=True)
            factors += own / np.sqrt(scale_of(self.setting, CARDS_OF_A_RUN))
        retentions = self.home.desired_retention
        rows = factors.reshape(-1, len(self.knots))
        spread = np.array([np.interp(odds(retentions), odds(self.knots), row) for row in rows])
        figures: Floats = self.home.figures[:, None] * np.exp(
            spread.reshape(*factors.shape[:-1], len(retentions))
        )
        return figures


def part_of(setting: Setting, retentions: Floats, *, seed: int) -> Part:
    """A part, with its curve where memory works as the scheduler believes.

    Args:
        setting: All but the world.
        retentions: Desired retentions, rising.
        seed: Of all runs.
    """
    knots, world = knots_of(retentions), setting.scheduler
    paired = simulated(setting, [world] * PAIRED, knots, seed, range(PAIRED), cards=CARDS_OF_A_RUN)
    home = curve(setting, retentions, seed=seed)
    return Part(setting=setting, home=home, knots=knots, paired=_logs(paired), seed=seed)


@dataclass(frozen=True, eq=False, kw_only=True)
class Outlook:
    """Both parts; one of them may be missing.

    Attributes:
        having: The cards that somebody has.
        coming: The cards that are still to be learned.
    """

    having: Part | None
    coming: Part | None

    @property
    def home(self) -> tuple[Floats, Floats]:
        """Figures of the cards there are, and of those to come, shape (4, settings); zeros for none."""
        having, coming = (None if part is None else part.home.figures for part in self._parts)
        return _both(having, coming)

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Whether the figures of each setting are expectations."""
        found = [part.home.exact for part in self._parts if part is not None]
        return np.asarray(np.all(found, axis=0))

    @property
    def retentions(self) -> Floats:
        """The settings."""
        return next(part for part in self._parts if part is not None).home.desired_retention

    @property
    def _parts(self) -> tuple[Part | None, Part | None]:
        return self.having, self.coming

    def elsewhere(self, worlds: Sequence[MemoryModel], *, lucky: bool) -> tuple[Floats, Floats]:
        """As `home`, in other worlds: shape (4, worlds, settings)."""
        having, coming = (
            None if part is None else part.elsewhere(worlds, lucky=lucky) for part in self._parts
        )
        return _both(having, coming)

    def untouched(self, worlds: Sequence[MemoryModel]) -> Floats:
        """Of the cards there are, how many are known at the end in each world if none is reviewed again."""
        if self.having is None:
            return np.zeros(len(worlds))
        return known_untouched(self.having.setting, worlds)


def outlook_of(having: Setting | None, coming: Setting | None, retentions: Floats, *, seed: int) -> Outlook:
    """What is ahead with the cards there are, and those to come.

    Args:
        having: Of the cards there are, or None.
        coming: Of the cards to come, or None.
        retentions: Desired retentions, rising.
        seed: Of all runs.
    """
    first, second = (
        None if setting is None else part_of(setting, retentions, seed=seed) for setting in (having, coming)
    )
    return Outlook(having=first, coming=second)


def _both(having: Floats | None, coming: Floats | None) -> tuple[Floats, Floats]:
    shape = next(figures for figures in (having, coming) if figures is not None).shape
    nothing = np.zeros(shape)
    return nothing if having is None else having, nothing if coming is None else coming


def _logs(figures: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(figures, np.finfo(np.float64).tiny)))


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
