"""`retention_workload`: what each desired retention will cost, by a table of states and days.

The programme of fsrs-rs (``expected_workload``) behind the factor that Anki shows beside desired retention:
from the last day back it is worked out what a review of each state costs with all that follows. There are no
random numbers; presses within a day, limits and the longest interval are left out.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.arguments import whole_number
from repetita.errors import UsageError
from repetita.frozen import freeze_arrays
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as model_of
from repetita.retention_advice.cards_ahead import CardsAhead, cards_ahead
from repetita.retention_advice.workload_table import WorkloadTable
from repetita.reviews import ReviewLog
from repetita.reviews.anki.choosing import Moment
from repetita.reviews.anki.reading import read_collection
from repetita.simulation.inputs import SimulatorConfig, simulator_config

__all__ = ["RetentionWorkload", "retention_workload"]

Floats = NDArray[np.float64]

STATE = ("stability", "difficulty")
USUAL_DAYS, LONGEST_DAYS = 365, 3650
MOST_NEW = 1_000_000
USUAL_RETENTIONS = tuple(percent / 100.0 for percent in range(70, 100))


@dataclass(frozen=True, eq=False, kw_only=True)
class RetentionWorkload:
    """Expected time of each desired retention. Arrays have shape (settings,).

    Attributes:
        desired_retention: As asked for.
        seconds: Of the whole run.
        days: Its length.
        cards: Cards that had a state.
        new_cards: Cards that were new.
    """

    desired_retention: Floats
    seconds: Floats
    days: int
    cards: int
    new_cards: int

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @property
    def minutes_per_day(self) -> Floats:
        """The same as the mean of a day."""
        return self.seconds / 60.0 / self.days

    def factor(self, new: float, old: float) -> float:
        """How many times as much a setting costs as another one, between the given ones on a straight line.

        Args:
            new: Desired retention to go to.
            old: Desired retention to come from.

        Raises:
            UsageError: One of them lies outside what was asked for.
        """
        low, high = float(self.desired_retention.min()), float(self.desired_retention.max())
        for name, value in (("new", new), ("old", old)):
            if not low <= value <= high:
                raise UsageError(
                    f"{name} is {value!r:.40}, expected a number from {low:g} to {high:g}", where=name
                )
        order = np.argsort(self.desired_retention)
        at = np.interp([new, old], self.desired_retention[order], self.seconds[order])
        return float(at[0] / at[1])

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {
            "desired_retention": self.desired_retention.tolist(),
            "seconds": self.seconds.tolist(),
            "days": self.days,
            "cards": self.cards,
            "new_cards": self.new_cards,
        }


def retention_workload(
    source: Any,
    *,
    model: Any = "fsrs6",
    desired_retention: float | Sequence[float] = USUAL_RETENTIONS,
    days: int = USUAL_DAYS,
    new_cards: int | None = None,
    new_per_day: int | None = None,
    config: SimulatorConfig | None = None,
    now: Moment | None = None,
    zone: str | None = None,
) -> RetentionWorkload:
    """What each desired retention will cost in time; ratios of it are Anki's workload factor.

    Args:
        source: A collection or its path: states and due days are those stored in its cards. Or a `ReviewLog`:
            states follow from the model, and cards are due as the desired retention says. Or `CardsAhead`.
        model: Memory model of stability and difficulty, such as ``fit.model``, its name, or FSRS parameters.
        desired_retention: One, or several.
        days: Length.
        new_cards: How many cards are still to be learned. Default: all cards of a collection without a state,
            suspended ones included, as Anki counts them; none for a log.
        new_per_day: How many of these a day. Default: all of them today, as in Anki.
        config: How the person answers. Default: `simulator_config` of the source, or the usual.
        now: Present moment of a collection; default: the clock.
        zone: Zone of a collection; default: as it says.

    Raises:
        InputError: The file cannot be used.
        UsageError: A number out of range, or a model with another state.

    Example:
        >>> from repetita.reviews import simulate_log
        >>> found = retention_workload(simulate_log(cards=60, days=60, seed=2), desired_retention=[0.8, 0.9])
        >>> 1.0 < found.factor(0.9, 0.8) < 3.0
        True
    """
    memory = _memory(model)
    span = whole_number(days, "days", low=1, high=LONGEST_DAYS)
    given = np.atleast_1d(np.asarray(desired_retention, dtype=np.float64))
    if given.ndim != 1 or not len(given) or not ((given > 0.0) & (given < 1.0)).all():
        raise UsageError(
            f"desired_retention is {desired_retention!r:.60}, expected numbers in (0, 1)",
            where="desired_retention",
        )
    if isinstance(source, str | os.PathLike):
        source = read_collection(Path(source))
    cards = cards_ahead(source, model=memory, now=now, zone=zone)
    if new_cards is not None:
        cards = replace(cards, new_cards=whole_number(new_cards, "new_cards", low=0, high=MOST_NEW))
    if new_per_day is not None:
        new_per_day = whole_number(new_per_day, "new_per_day", low=1, high=MOST_NEW)
    person = config or _usual_config(source, now, zone)
    table = WorkloadTable(memory, person, span)
    seconds = [table.workload(retention, cards, new_per_day) for retention in given.tolist()]
    return RetentionWorkload(
        desired_retention=given,
        seconds=np.array(seconds),
        days=span,
        cards=len(cards),
        new_cards=cards.new_cards,
    )


def _memory(given: Any) -> MemoryModel:
    memory = given if isinstance(given, MemoryModel) else None
    if memory is None:
        memory = model_of(given) if isinstance(given, str) else model_of("fsrs6", given)
    if memory.state_names != STATE:
        raise UsageError(
            f"the state of {memory.name} is {', '.join(memory.state_names)}, expected {' and '.join(STATE)}",
            hint="e.g. fsrs6",
            where="model",
        )
    return memory


def _usual_config(source: Any, now: Moment | None, zone: str | None) -> SimulatorConfig:
    if isinstance(source, CardsAhead):
        return SimulatorConfig()
    if isinstance(source, ReviewLog):
        return simulator_config(source)
    return simulator_config(source, now=now, zone=zone)
