"""What is varied in a sweep beside users and worlds: schedulers, each at one or several settings."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from repetita.errors import UsageError
from repetita.memory_model import MemoryModel
from repetita.simulation.lanes.cast import retentions_of, schedulers_of
from repetita.simulation.specs import checked_retention, split_spec

__all__ = ["Setting", "SettingsByUser", "retention_grid", "settings_of"]

DECIMALS = 2  # of desired retentions in a grid, as logs have them
LEAST_STEP = 0.01
GRID_START = 0.5  # of desired retentions, where nobody says


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A scheduler at one setting.

    Attributes:
        scheduler: A name, or a memory model as belief.
        desired_retention: None where the scheduler takes none.
        policy: The path of a policy's file, or a policy.
        policy_name: What results call it: the same for all users whose policies were made alike.
        cost_weight: For ``fsrs6_cost_adr``.
        scheduler_priority: Order of due reviews; None: as for all.
    """

    scheduler: Any
    desired_retention: float | None = None
    policy: Any = None
    policy_name: str | None = None
    cost_weight: float | None = None
    scheduler_priority: str | None = None

    @property
    def name(self) -> str:
        """Name of the scheduler, with the days of ``fixed``."""
        given = self.scheduler
        if not isinstance(given, str):
            return str(given.name)
        name, days = split_spec(given)
        return name if days is None else f"{name}@{days}"

    def options(self) -> dict[str, Any]:
        """The setting as an element of ``schedulers`` of `repetita.simulate_many`."""
        given = {
            "scheduler": self.scheduler,
            "desired_retention": self.desired_retention,
            "policy": self.policy,
            "cost_weight": self.cost_weight,
            "scheduler_priority": self.scheduler_priority,
        }
        return {name: value for name, value in given.items() if value is not None}

    def columns(self) -> dict[str, Any]:
        """What the table of results says of the setting."""
        scheduler, days = split_spec(self.name)
        return {
            "scheduler": scheduler,
            "desired_retention": self.desired_retention,
            "fixed_interval": float(days or 1.0) if scheduler == "fixed" else None,
            "policy": self.policy_name,
            "cost_weight": self.cost_weight,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsByUser:
    """A scheduler with settings of each user's own.

    Attributes:
        scheduler: Its name.
        by_user: Settings by number of the user.
        source: The file they come from.
    """

    scheduler: str
    by_user: Mapping[int, tuple[Setting, ...]]
    source: str


def retention_grid(start: float = GRID_START, end: float = 0.98, step: float = 0.02) -> tuple[float, ...]:
    """Desired retentions from one end to the other, both included, to two decimals.

    Args:
        start: The first, in (0, 1).
        end: Where it ends, in (0, 1).
        step: At least 0.01; negative to go down.

    Raises:
        UsageError: Out of range, or a step that leads away from the end.

    Example:
        >>> retention_grid(0.9, 0.7, -0.1)
        (0.9, 0.8, 0.7)
        >>> len(retention_grid())
        25
    """
    first, last = (checked_retention(value) for value in (start, end))
    if not isinstance(step, int | float) or not abs(round(step, DECIMALS)) >= LEAST_STEP:
        raise UsageError(f"step is {step!r}, expected at least {LEAST_STEP} up or down", where="step")
    if (last - first) * step < 0.0:
        raise UsageError(
            f"from {start:g} a step of {step:g} does not lead to {end:g}",
            hint="turn the sign of the step",
            where="step",
        )
    count = int((last - first) / step + 1e-9) + 1
    return tuple(dict.fromkeys(round(first + number * step, DECIMALS) for number in range(count)))


def settings_of(
    schedulers: Any, retentions: Sequence[float]
) -> tuple[tuple[Setting, ...] | SettingsByUser, ...]:
    """Schedulers as they may be given, each with all its settings.

    Args:
        schedulers: As `repetita.simulate_many` takes them, or `SettingsByUser` among them.
        retentions: For those that aim at one and do not say which.

    Raises:
        UsageError: None at all, a retention out of range, or one setting twice.
    """
    if isinstance(schedulers, str | MemoryModel | Mapping | SettingsByUser | Setting):
        schedulers = [schedulers]
    found: list[tuple[Setting, ...] | SettingsByUser] = []
    for one in list(schedulers):
        if isinstance(one, SettingsByUser):
            found.append(one)
        elif isinstance(one, Setting):
            found.append((one,))
        elif isinstance(one, tuple) and all(isinstance(part, Setting) for part in one):
            found.append(one)
        else:
            found.append(tuple(_expanded(one, retentions)))
    if not found:
        raise UsageError("schedulers is empty", where="schedulers")
    _require_different([s for part in found if isinstance(part, tuple) for s in part])
    return tuple(found)


def _expanded(given: Any, retentions: Sequence[float]) -> Iterable[Setting]:
    (chosen,) = schedulers_of([given])
    policy, own = chosen.get("policy"), {k: v for k, v in chosen.items() if k != "desired_retention"}
    for retention in retentions_of(chosen, retentions):
        value = None if isnan(retention) else checked_retention(retention)
        yield Setting(**own, desired_retention=value, policy_name=policy_name(policy))


def policy_name(policy: Any) -> str | None:
    """What results call a policy that is given by itself: its file, or its title.

    Example:
        >>> policy_name("policies/balanced.json"), policy_name(None)
        ('balanced', None)
    """
    if policy is None:
        return None
    if not isinstance(policy, str | os.PathLike):
        return str(policy.title)
    return os.fspath(policy).replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".json")


def _require_different(settings: Sequence[Setting]) -> None:
    """Raises where two settings could not be told apart in the table of results."""
    seen = set()
    for setting in settings:
        key = tuple(setting.columns().values())
        if key in seen:
            named = ", ".join(f"{k} {v}" for k, v in setting.columns().items() if v is not None)
            raise UsageError(f"one setting is given twice: {named}", where="schedulers")
        seen.add(key)
