"""Presses within a day: steps of learning and relearning, or what a scheduler asks for below a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite, nan
from typing import Any, Literal

from repetita.errors import UsageError, unknown_name

__all__ = ["ShortTerm"]


@dataclass(frozen=True, kw_only=True)
class ShortTerm:
    """How cards come back within a day.

    Attributes:
        source: "steps": Anki's learning and relearning steps. "sched": what the scheduler asks for.
        learning_steps: Minutes of the steps of a new card; empty for none.
        relearning_steps: Minutes of the steps after a lapse; empty for none.
        threshold_days: With "sched", intervals below it are minutes, others whole days.
        loops_limit: Most presses of one card within steps on a day, or None; see
            `Switches.loops_semantics`.

    Raises:
        UsageError: A step that is not positive, a negative limit, steps beside "sched".

    Example:
        >>> ShortTerm(learning_steps=[1, 10]).learning_seconds
        (60.0, 600.0)
    """

    source: Literal["steps", "sched"] = "steps"
    learning_steps: Sequence[float] = (1.0, 10.0)
    relearning_steps: Sequence[float] = (10.0,)
    threshold_days: float = 0.5
    loops_limit: int | None = 10
    learning_seconds: tuple[float, ...] = field(init=False, repr=False, compare=False)
    relearning_seconds: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.source not in ("steps", "sched"):
            raise unknown_name("source of short-term intervals", self.source, ("steps", "sched"))
        if self.loops_limit is not None and self.loops_limit < 0:
            raise UsageError(f"loops_limit is {self.loops_limit}, expected a number from 0 or None")
        if not (isfinite(self.threshold_days) and 0.0 < self.threshold_days <= 1.0):
            raise UsageError(f"threshold_days is {self.threshold_days!r}, expected a number in (0, 1]")
        for name in ("learning", "relearning"):
            steps = _minutes(f"{name}_steps", getattr(self, f"{name}_steps"))
            seconds = tuple(60.0 * step for step in steps) if self.source == "steps" else ()
            object.__setattr__(self, f"{name}_seconds", seconds)

    def seconds(self, phase: int) -> tuple[float, ...]:
        """Seconds of the steps of a phase."""
        return self.relearning_seconds if phase == 2 else self.learning_seconds


def _minutes(name: str, steps: Any) -> tuple[float, ...]:
    try:
        minutes = tuple(float(step) for step in ([] if isinstance(steps, str) else steps))
    except (TypeError, ValueError):
        minutes = (nan,)
    if isinstance(steps, str) or not all(isfinite(step) and step > 0.0 for step in minutes):
        raise UsageError(f"{name} is {steps!r}, expected minutes above 0, as in (1, 10)", where=name)
    return minutes
