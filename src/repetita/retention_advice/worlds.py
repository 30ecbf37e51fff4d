"""The same question where memory works as another model says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from repetita.equations import declared, equations
from repetita.errors import UsageError
from repetita.fitting import fit
from repetita.retention_advice.curves import Curve, curve_of
from repetita.retention_advice.goals import Choice, Goal
from repetita.retention_advice.parts import Outlook
from repetita.reviews import ReviewLog

__all__ = ["OtherWorld", "check_worlds", "other_world", "usual_worlds"]

USUAL = ("fsrs7", "fsrs6")


@dataclass(frozen=True, eq=False, kw_only=True)
class OtherWorld:
    """The answer where memory works as another model says; the scheduler stays the person's own.

    Attributes:
        model: Name of the model, fitted to the same log.
        log_loss: Mean over the reviews of the log, in nats; NaN without any.
        curve: Minutes and knowledge.
        choice: The setting that serves the goal best there.
    """

    model: str
    log_loss: float
    curve: Curve
    choice: Choice

    @property
    def desired_retention(self) -> float:
        """The setting that serves the goal best there."""
        return float(self.curve.desired_retention[self.choice.place])

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {
            "model": self.model,
            "log_loss": self.log_loss if self.log_loss == self.log_loss else None,
            "desired_retention": self.desired_retention,
            "curve": self.curve.to_dict(),
        }


def usual_worlds(model: str) -> tuple[str, ...]:
    """The other model that is asked if none is named."""
    return (next(name for name in USUAL if name != model),)


def check_worlds(names: Sequence[str], model: str) -> tuple[str, ...]:
    """Names of other models, each once.

    Raises:
        UnknownName: No such model.
        UsageError: The scheduler's own model, or one that is not fitted here.
    """
    if isinstance(names, str):
        names = (names,)
    for name in names:
        found = declared(equations(name))
        if name == model:
            raise UsageError(
                f"the other world {name!r} is the scheduler's own model",
                hint="name another one, e.g. " + usual_worlds(model)[0],
                where="worlds",
            )
        if not found.fitted or found.kind == "network":
            raise UsageError(
                f"the other world {name!r} has no parameters that are fitted to a log here",
                hint="e.g. fsrs7, hlr or dash",
                where="worlds",
            )
    return tuple(dict.fromkeys(names))


def other_world(
    log: ReviewLog,
    name: str,
    outlook: Outlook,
    goal: Goal,
    *,
    runs: int,
    seed: int,
    fit_options: Mapping[str, Any],
) -> OtherWorld:
    """Minutes and knowledge in another world.

    Args:
        log: What its model is fitted to.
        name: Of the model.
        outlook: The curves where memory works as the scheduler believes.
        goal: What is wanted.
        runs: Simulations of each point.
        seed: Of the fit.
        fit_options: Of `repetita.fit`.
    """
    found = fit(log, name, seed=seed, **fit_options)
    having, coming = (part.mean(axis=1) for part in outlook.elsewhere([found.model] * runs, lucky=False))
    figures = goal.within(coming, having)
    there = curve_of(outlook.retentions, figures, np.zeros(figures.shape[-1], dtype=np.bool_))
    untouched = float(outlook.untouched([found.model])[0])
    choice = goal.choose(there.minutes_per_day, there.known, untouched)
    return OtherWorld(model=name, log_loss=found.log_loss, curve=there, choice=choice)
