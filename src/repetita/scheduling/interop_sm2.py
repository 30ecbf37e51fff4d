"""Cards of an SM-2 scheduler (an ease and an interval), taken over by a memory model."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from repetita.errors import UsageError
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as model_of
from repetita.scheduling.card import Card, CardId, State, checked_retention
from repetita.scheduling.day_rule import utc_to_the_millisecond
from repetita.scheduling.single_precision import rounded_half_up

__all__ = ["card_from_sm2"]

LEAST_EASE = 1.3


def card_from_sm2(
    interval_days: float,
    ease: float,
    *,
    last_review: datetime,
    card_id: CardId = 0,
    model: MemoryModel | str = "fsrs6",
    retention: float = 0.9,
    reps: int = 0,
    lapses: int = 0,
) -> Card:
    """A card in review with the memory state that an interval and an ease of SM-2 stand for.

    The interval is taken as the time after which the card is recalled with the given probability, the ease as
    what its stability grows by when it is (the conversion that Anki uses). Answers, where they are known, say
    more: see `Scheduler.reschedule`.

    Args:
        interval_days: Interval that the card was given at its last answer, above 0.
        ease: Factor of the interval, at least 1.3; 2.5 is where SM-2 starts.
        last_review: When that was; any aware datetime.
        card_id: The card.
        model: A memory model that SM-2 can be converted to (FSRS-6, FSRS-7), or an SM-2 itself.
        retention: Share of reviews that were recalled under SM-2, in (0, 1).
        reps: Answers so far.
        lapses: Lapses so far.

    Raises:
        UsageError: A number out of range, a naive datetime, or a model without such a conversion.

    Example:
        >>> from datetime import timezone
        >>> last = datetime(2026, 11, 1, 9, tzinfo=timezone.utc)
        >>> card = card_from_sm2(30, 2.5, last_review=last, card_id=7)
        >>> round(card.stability, 6), round(card.difficulty, 2), card.due.day
        (30.0, 6.09, 1)
    """
    days, factor = _above("interval_days", interval_days, 0.0), _above("ease", ease, LEAST_EASE - 1e-9)
    chosen = model_of(model) if isinstance(model, str) else model
    at = utc_to_the_millisecond(last_review)
    return Card(
        card_id=card_id,
        state=State.REVIEW,
        model=chosen.name,
        memory=_state(chosen, days, factor, checked_retention(retention)),
        due=at + timedelta(days=days),
        last_review=at,
        scheduled_days=max(rounded_half_up(days), 1),
        reps=reps,
        lapses=lapses,
    )


def _state(model: MemoryModel, days: float, ease: float, retention: float) -> tuple[float, ...]:
    own = {"interval": days, "ease": ease, "repetitions": 2.0}
    if "ease" in model.state_names and set(model.state_names) <= set(own):
        return tuple(own[name] for name in model.state_names)
    return model.state_from_sm2(days, ease, retention)


def _above(name: str, value: Any, low: float) -> float:
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else low
    if not (isfinite(number) and low < number <= 1e6):
        raise UsageError(f"{name} is {value!r}, expected a number above {low:g}", where=name)
    return number
