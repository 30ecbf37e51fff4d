"""Whole days for the days that memory asks for: the nearest, one by chance, or one with few cards due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from repetita.errors import UsageError
from repetita.scheduling.addressed_fuzz import card_number, fuzz_fraction
from repetita.scheduling.anki_random import AnkiRandom, anki_seed
from repetita.scheduling.card import Card
from repetita.scheduling.day_rule import DayGrid, DayRule
from repetita.scheduling.easy_days import WEEK, easy_day_factors
from repetita.scheduling.fuzz import Rounding, fuzz_bounds, learning_delay_end
from repetita.scheduling.load_balance import balanced_days, day_weights, weighted_place
from repetita.scheduling.siblings import sibling_factors
from repetita.scheduling.single_precision import single

if TYPE_CHECKING:
    from repetita.scheduling.scheduler import Scheduler

__all__ = ["Calendar", "balanced_pick", "fraction_of", "learning_delay", "read_calendar", "weekday"]

ORDINAL_SUNDAY = 7  # 0001-01-01, whose number is 1, was a Monday
HALF_A_DAY = timedelta(hours=12)


@runtime_checkable
class Calendar(Protocol):
    """What a deck knows of the days ahead, by the day numbers of the scheduler's day rule."""

    def due_on(self, day: int) -> int:
        """Cards due on a day."""

    def sibling_days(self, card: Card) -> Iterable[int]:
        """Days on which other cards of a card's note are due."""


class _CountedDays:
    """A mapping from days to counts as a calendar; it knows no siblings."""

    __slots__ = ("_counts",)

    def __init__(self, counts: Mapping[Any, Any]) -> None:
        self._counts = {_day_number(day): _count(day, count) for day, count in counts.items()}

    def due_on(self, day: int) -> int:
        return self._counts.get(day, 0)

    def sibling_days(self, card: Card) -> Iterable[int]:
        return ()


def read_calendar(given: Any) -> Calendar | None:
    """A calendar from what was given: an object with its methods, a mapping from days to counts, or None.

    Args:
        given: In a mapping, days are dates or day numbers of the scheduler's rule.

    Raises:
        UsageError: Something else.

    Example:
        >>> calendar = read_calendar({date(2026, 11, 30): 12})
        >>> calendar.due_on(date(2026, 11, 30).toordinal()), calendar.due_on(1)
        (12, 0)
    """
    if given is None or isinstance(given, Calendar):
        return given
    if isinstance(given, Mapping):
        return _CountedDays(given)
    raise UsageError(
        f"calendar is {given!r}, expected cards due by day, or an object with due_on and sibling_days"
    )


def fraction_of(scheduler: Scheduler, card: Card, reps: int) -> float:
    """Where between its bounds an answer falls, in [0, 1), by the scheduler's fuzz.

    Args:
        scheduler: With fuzz.
        card: The card.
        reps: Answers to it before the one whose interval this is.
    """
    if scheduler.fuzz == "anki":
        return AnkiRandom(anki_seed(card_number(card.card_id), reps)).fraction()
    return fuzz_fraction(scheduler.seed, card.card_id, reps)


def learning_delay(card: Card, reps: int, delay: timedelta) -> timedelta:
    """A delay within the day as Anki gives it: up to a quarter longer, five minutes at most.

    Example:
        >>> learning_delay(Card(card_id=1724158802007), 0, timedelta(minutes=10))
        datetime.timedelta(seconds=644)
    """
    seconds = delay // timedelta(seconds=1)
    random = AnkiRandom(anki_seed(card_number(card.card_id), reps))
    return timedelta(seconds=random.whole_number(seconds, learning_delay_end(seconds)))


def balanced_pick(
    scheduler: Scheduler,
    calendar: Calendar,
    card: Card,
    today: int,
    wish: tuple[float, int, float],
) -> int | None:
    """An interval whose day has few cards due; None where it is too long to be balanced.

    Args:
        scheduler: With fuzz and easy days.
        calendar: Cards due by day.
        card: The card.
        today: Day number of the answer.
        wish: Days wished for, fewest days, and the fraction by which chance picks.
    """
    days, minimum, fraction = wish
    if not balanced_days(days, minimum):
        return None
    rounded: Rounding | None = single if scheduler.fuzz == "anki" else None
    lower, upper = fuzz_bounds(days, minimum, scheduler.maximum_interval, rounded=rounded)
    candidates = range(lower, upper + 1)
    counts = [calendar.due_on(today + ahead) for ahead in candidates]
    easy = siblings = None
    if scheduler.easy_days:
        loads = [scheduler.day_loads[weekday(scheduler.day_rule, today + ahead)] for ahead in candidates]
        easy = easy_day_factors(loads, counts, rounded=rounded)
    if near := [day - today for day in calendar.sibling_days(card)]:
        siblings = sibling_factors(candidates, near, rounded=rounded)
    weights = day_weights(candidates, counts, easy_factors=easy, sibling_factors=siblings, rounded=rounded)
    return candidates[weighted_place(weights, fraction, rounded=rounded)]


def weekday(rule: DayRule | DayGrid, day: int) -> int:
    """Weekday of a day number, 0 for Monday.

    A grid knows no zone: the weekday in UTC in the middle of the day.

    Example:
        >>> weekday(DayRule(), date(2026, 11, 28).toordinal())
        5
    """
    if isinstance(rule, DayRule):
        return (day - 1 + ORDINAL_SUNDAY) % WEEK
    return (rule.start(day) + HALF_A_DAY).weekday()


def _day_number(day: Any) -> int:
    if isinstance(day, date):
        return day.toordinal()
    if isinstance(day, int) and not isinstance(day, bool):
        return day
    raise UsageError(f"calendar holds the day {day!r}, expected a date or a day number", where="calendar")


def _count(day: Any, count: Any) -> int:
    if isinstance(count, int) and not isinstance(count, bool) and count >= 0:
        return count
    raise UsageError(f"calendar holds {count!r} cards for {day}, expected a whole number", where="calendar")
