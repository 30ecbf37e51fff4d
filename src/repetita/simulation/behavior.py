"""The person of a simulation: attendance, limits of a day, what to do next, ratings.

`Behavior` is a frozen value. A person of one's own is a class with the methods of `PersonLike`; most simply a
subclass of `Behavior` that overrides some of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Any, Literal, Protocol, TypeAlias

from repetita.errors import UsageError
from repetita.simulation import rules
from repetita.simulation.cards import CardView, Today
from repetita.simulation.luck import Luck

__all__ = ["Behavior", "PersonLike"]

Action: TypeAlias = Literal["review", "learn"] | None
DAYS_A_WEEK = 7


class PersonLike(Protocol):
    """What an engine asks of a person."""

    def today(self, day: int) -> Today:
        """Fresh counters with the limits of a day."""

    def start_day(self, day: int, luck: Luck) -> bool:
        """Whether the person studies on a day; asked once a day."""

    def choose(self, today: Today, review: CardView | None, new: CardView | None) -> Action:
        """What to do next: the review that is first in order, the next new card, or stop for the day.

        Args:
            today: Counters of the day.
            review: The first of the reviews that are due, or None.
            new: A placeholder for the next unseen card, or None.
        """

    def may_press_step(self, today: Today, counted: bool) -> bool:
        """Whether a step may be pressed; ``counted`` says whether limits of the day hold for steps."""

    def first_rating(self, card: CardView, luck: Luck) -> int:
        """Rating of a new card."""

    def review_rating(self, retrievability: float, card: CardView, luck: Luck) -> int | None:
        """Rating of a review given the true probability of recall; None stops for the day."""


@dataclass(frozen=True, kw_only=True)
class Behavior:
    """A person who forgets as the world says and otherwise follows fixed shares.

    Attributes:
        attendance: Probability to study on a day.
        lazy_good_bias: Probability that a success is rated Good without a thought.
        first_ratings: Shares of Again, Hard, Good, Easy for new cards.
        success_ratings: Shares of Hard, Good, Easy after a success in review.
        learning_success_ratings: The same in learning steps; default: as in review.
        relearning_success_ratings: The same in relearning steps; default: as in review.
        markov: Four rows of four counts or shares: next rating (column) in review by the previous one
            (row). Rows without a usable success share fall back to ``success_ratings``.
        new_limit: New cards a day, one number or seven, one a weekday, the first for day 0.
        review_limit: Reviews a day, one number or seven.
        minutes_limit: Minutes a day, one number or seven; the press that crosses it is completed.
        priority: "new-first", "review-first", or a function of a `CardView` that returns a tuple; what has
            the lower one comes next.
        vacations: Pairs of first and last day without study.

    Raises:
        UsageError: Shares of wrong number or without a positive sum, negative limits.

    Example:
        >>> Behavior(attendance=0.8, minutes_limit=30).today(0).seconds_limit
        1800.0
    """

    attendance: float = 1.0
    lazy_good_bias: float = 0.0
    first_ratings: Sequence[float] = (0.24, 0.094, 0.495, 0.171)
    success_ratings: Sequence[float] = (0.224, 0.631, 0.145)
    learning_success_ratings: Sequence[float] | None = None
    relearning_success_ratings: Sequence[float] | None = None
    markov: Sequence[Sequence[float]] | None = None
    new_limit: float | Sequence[float] = 10
    review_limit: float | Sequence[float] = 9999
    minutes_limit: float | Sequence[float] = 720
    priority: Literal["new-first", "review-first"] | Callable[[CardView], tuple[Any, ...]] = "new-first"
    vacations: Sequence[tuple[int, int]] = ()
    first_table: tuple[float, ...] = field(init=False, repr=False, compare=False)
    success_table: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("attendance", "lazy_good_bias"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise UsageError(f"{name} is {getattr(self, name)!r}, expected a probability", where=name)
        for name in ("new_limit", "review_limit", "minutes_limit"):
            if hasattr(value := getattr(self, name), "tolist"):
                object.__setattr__(self, name, value.tolist())
            _check_limit(name, getattr(self, name))
        if not (callable(self.priority) or self.priority in ("new-first", "review-first")):
            raise UsageError(
                f"priority is {self.priority!r}, expected 'new-first', 'review-first' or a function of a card"
            )
        for pair in self.vacations:
            _check_vacation(pair)
        object.__setattr__(self, "first_table", shares("first_ratings", self.first_ratings, 4))
        object.__setattr__(self, "success_table", self._success_table())

    def _success_table(self) -> tuple[float, ...]:
        """Seven rows of three shares, see `rules.success_row`."""
        review = shares("success_ratings", self.success_ratings, 3)
        rows = [review]
        for name in ("learning_success_ratings", "relearning_success_ratings"):
            given = getattr(self, name)
            rows.append(review if given is None else shares(name, given, 3))
        matrix = self.markov or ()
        if self.markov is not None and (len(matrix) != 4 or any(len(row) != 4 for row in matrix)):
            raise UsageError("markov is not a table of four rows of four numbers", where="markov")
        rows += [_usable(row[1:]) or review for row in matrix] or [review] * 4
        return tuple(value for row in rows for value in row)

    def limits(self, day: int) -> tuple[float, float, float]:
        """New cards, reviews and seconds of a day."""
        new, reviews, minutes = (
            limit[day % DAYS_A_WEEK] if isinstance(limit, Sequence) else limit
            for limit in (self.new_limit, self.review_limit, self.minutes_limit)
        )
        return new, reviews, 60.0 * minutes

    def today(self, day: int) -> Today:
        """Fresh counters with the limits of a day."""
        return Today(day, *self.limits(day))

    def on_vacation(self, day: int) -> bool:
        """Whether a day is in a vacation."""
        return any(first <= day <= last for first, last in self.vacations)

    def start_day(self, day: int, luck: Luck) -> bool:
        """Whether the person studies on a day."""
        return rules.attends(luck.attendance(day), self.attendance) and not self.on_vacation(day)

    def choose(self, today: Today, review: CardView | None, new: CardView | None) -> Action:
        """The review, the new card, or None to stop, by limits and priority."""
        spent, seconds = today.spent, today.seconds_limit
        may_review = review is not None and rules.may_review(
            today.reviewed, spent, today.review_limit, seconds
        )
        if new is not None and rules.may_learn(today.learned, spent, today.new_limit, seconds):
            held_back = today.new_cards_wait and (review is not None or today.steps_wait)
            if rules.may_start(self._prefers(new, review), may_review, held_back):
                return "learn"
        return "review" if may_review else None

    def _prefers(self, new: CardView, review: CardView | None) -> bool:
        if callable(self.priority):
            return review is not None and self.priority(new) < self.priority(review)
        return self.priority == "new-first"

    def may_press_step(self, today: Today, counted: bool) -> bool:
        """Whether a step may be pressed."""
        return rules.may_press_step(
            today.reviewed, today.spent, today.review_limit, today.seconds_limit, counted
        )

    def first_rating(self, card: CardView, luck: Luck) -> int:
        """Rating of a new card, by the shares."""
        return rules.first_rating(luck.rating(), self.first_table, 0)

    def review_rating(self, retrievability: float, card: CardView, luck: Luck) -> int | None:
        """Again with the probability to forget, otherwise by the shares of the phase."""
        row = rules.success_row(card.phase, self.markov is not None, card.last_review_rating)
        recall, rating, lazy = luck.answer(retrievability, self.lazy_good_bias)
        return rules.rate(
            retrievability, recall, rating, lazy, self.lazy_good_bias, self.success_table, 3 * row
        )


def shares(name: str, values: Sequence[float], count: int) -> tuple[float, ...]:
    """Weights as shares that add up to 1.

    Raises:
        UsageError: Another number of weights, one that is negative or not finite, or a sum of 0.

    Example:
        >>> shares("first_ratings", [1, 1, 2, 0], 4)
        (0.25, 0.25, 0.5, 0.0)
    """
    if len(values) != count:
        raise UsageError(f"{name} has {len(values)} numbers, expected {count}", where=name)
    usable = _usable(values)
    if usable is None:
        raise UsageError(
            f"{name} is {list(values)}, expected finite numbers from 0 with a positive sum", where=name
        )
    return usable


def _usable(values: Sequence[float]) -> tuple[float, ...] | None:
    numbers = [float(value) for value in values]
    total = sum(numbers)
    if not all(isfinite(x) and x >= 0.0 for x in numbers) or total <= 0.0:
        return None
    return tuple(numbers) if total == 1.0 else tuple(x / total for x in numbers)


def _check_vacation(pair: Any) -> None:
    days = list(pair) if isinstance(pair, Sequence) else []
    if len(days) != 2 or not all(isinstance(day, int) for day in days):
        raise UsageError(f"vacations hold {pair!r}, expected pairs of first and last day", where="vacations")
    if days[1] < days[0]:
        raise UsageError(f"a vacation ends on day {days[1]}, before it begins on day {days[0]}")


def _check_limit(name: str, value: float | Sequence[float]) -> None:
    values = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if len(values) not in (1, DAYS_A_WEEK) or (isinstance(value, Sequence) and len(values) == 1):
        raise UsageError(f"{name} has {len(values)} numbers, expected one, or seven by weekday", where=name)
    for limit in values:
        if not isinstance(limit, int | float) or not 0.0 <= limit <= inf:
            raise UsageError(f"{name} is {value!r}, expected numbers from 0", where=name)
