"""Checks of a part that somebody wrote: does it keep the contract of its kind?

A part is driven through some invented histories. It must give the same answers to the same questions,
whatever was asked in between; leave cards and states as they are; and look only at what it may see.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from math import isfinite
from typing import Any, NamedTuple

from repetita.errors import UsageError
from repetita.simulation.cards import CardView, Today, writers
from repetita.simulation.luck import AddressedLuck

__all__ = ["check_behavior", "check_cost", "check_environment", "check_scheduler"]

HISTORIES = (
    ((0.0, 3), (3.0, 3), (9.0, 1), (1.0, 3), (4.0, 4)),
    ((0.0, 1), (1.0, 2), (2.0, 3), (30.0, 3), (200.0, 1)),
    ((0.0, 4), (8.0, 1), (0.007, 3), (1.0, 3)),
    ((0.0, 2), (0.0007, 1), (0.007, 3), (5.0, 4)),
)
ENVIRONMENT = ("first", "retrievability", "after")
SCHEDULER = ("first", "after")
BEHAVIOR = ("today", "start_day", "choose", "may_press_step", "first_rating", "review_rating")
COST = ("learning_seconds", "review_seconds")

(set_interval, set_last, set_presses, set_reps, set_state, set_due, set_lapses) = writers(
    "interval", "last_review", "presses", "reps", "state", "due", "lapses"
)


class _Watched(CardView):
    """A card that notes what was asked of it beyond what it shows, and attempts to change it."""

    __slots__ = ("trespasses",)

    def __init__(self, card_id: int) -> None:
        super().__init__(card_id)
        object.__setattr__(self, "trespasses", [])

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            self.trespasses.append(f"asked for card.{name}")
        raise AttributeError(f"a card shows no {name!r}")

    def __setattr__(self, name: str, value: object) -> None:
        self.trespasses.append(f"set card.{name}")


class _Findings:
    """What is wrong with a part."""

    def __init__(self, kind: str, part: Any, methods: tuple[str, ...]) -> None:
        self.kind, self.name = kind, type(part).__name__
        self.wrong: list[str] = []
        for method in methods:
            self.expect(callable(getattr(part, method, None)), f"there is no method {method!r}")
        self.report()

    def expect(self, holds: bool, otherwise: str) -> None:
        """Notes what does not hold, once."""
        if not holds and otherwise not in self.wrong:
            self.wrong.append(otherwise)

    def ask(self, method: str, question: Callable[[], Any]) -> Any:
        """The answer of a method, twice the same whatever the state of the global generator, or None."""
        try:
            random.seed(1)
            first = question()
            random.seed(2)
            second = question()
        except Exception as error:  # whatever a stranger's class raises is a finding
            self.expect(False, f"{method} raised {type(error).__name__}: {error}")
            return None
        self.expect(
            _same(first, second), f"{method} gave {first!r:.60} and then {second!r:.60} to one question"
        )
        return first

    def report(self) -> None:
        """Raises what was found."""
        if self.wrong:
            raise UsageError(
                f"{self.name} does not keep the contract of a {self.kind}: " + "; ".join(self.wrong),
                where=self.kind,
            )


def check_environment(environment: Any) -> None:
    """Checks that an object can be the world of a simulation.

    Args:
        environment: With the methods of `repetita.simulation.EnvironmentLike`.

    Raises:
        UsageError: It cannot; every reason is named.

    Example:
        >>> from repetita import model
        >>> from repetita.simulation import ModelEnvironment
        >>> check_environment(ModelEnvironment(model("fsrs6")))
    """
    found = _Findings("environment", environment, ENVIRONMENT)
    calendar = getattr(environment, "calendar", True)
    found.expect(isinstance(calendar, bool), f"calendar is {calendar!r}, expected True or False")
    for history in HISTORIES:
        rating = history[0][1]
        state = found.ask("first", lambda rating=rating: environment.first(rating))  # type: ignore[misc]
        for days, rating in history[1:]:
            before = deepcopy(state)
            for time in (0.0, days, 10.0 * days + 1.0):
                recalled = found.ask("retrievability", _bound(environment.retrievability, state, time))
                found.expect(
                    _is_number(recalled) and 0.0 <= recalled <= 1.0,
                    f"retrievability is {recalled!r:.60}, expected a number in [0, 1]",
                )
            later = found.ask("after", _bound(environment.after, state, days, rating))
            found.expect(_same(before, state), "a state was changed; return a new one")
            state = later
    _check_curve(found, environment)
    found.report()


def check_scheduler(scheduler: Any) -> None:
    """Checks that an object can be a scheduler.

    Args:
        scheduler: With the methods of `repetita.simulation.SchedulerLike`.

    Raises:
        UsageError: It cannot; every reason is named.

    Example:
        >>> class Coin:
        ...     def first(self, card, rating, now):
        ...         return 1.0, None
        ...     def after(self, card, elapsed_days, rating, now):
        ...         return card.true_stability, None
        >>> check_scheduler(Coin())  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        repetita.errors.UsageError: Coin does not keep the contract of a scheduler: ...
    """
    found = _Findings("scheduler", scheduler, SCHEDULER)
    for number, history in enumerate(HISTORIES):
        card, now = _Watched(number), 0.0
        for days, rating in history:
            now += days
            before, state = _shown(card), deepcopy(card.state)
            if card.presses:
                _check_priority(found, scheduler, card, now)
                answer = found.ask("after", _bound(scheduler.after, card, days, rating, now))
            else:
                answer = found.ask("first", _bound(scheduler.first, card, rating, now))
            found.expect(_same(state, card.state), "a state was changed; return a new one")
            found.expect(_same(before, _shown(card)), "a card was changed")
            if answer is None or not _is_answer(found, answer):
                break
            _pressed(card, answer, days, rating, now)
        for trespass in card.trespasses:
            found.expect(False, f"it {trespass}")
    found.report()


def check_behavior(behavior: Any) -> None:
    """Checks that an object can be the person of a simulation.

    Args:
        behavior: With the methods of `repetita.simulation.PersonLike`.

    Raises:
        UsageError: It cannot; every reason is named.

    Example:
        >>> from repetita.simulation import Behavior
        >>> check_behavior(Behavior(attendance=0.9))
    """
    found = _Findings("behavior", behavior, BEHAVIOR)
    luck, card, new = AddressedLuck(1), _Watched(0), _Watched(1)
    _pressed(card, (3.0, None), 0.0, 3, 0.0)
    for day in (0, 1, 6, 30):
        attends = found.ask("start_day", _bound(behavior.start_day, day, luck))
        found.expect(isinstance(attends, bool), f"start_day gave {attends!r:.60}, expected True or False")
        today = found.ask("today", _bound(behavior.today, day))
        found.expect(isinstance(today, Today), f"today gave {today!r:.60}, expected a Today")
        for review, fresh in ((card, new), (card, None), (None, new), (None, None)):
            action = found.ask("choose", lambda r=review, n=fresh: behavior.choose(Today(day), r, n))  # type: ignore[misc]  # noqa: B023
            allowed = [None, *(["review"] if review else []), *(["learn"] if fresh else [])]
            found.expect(action in allowed, f"choose gave {action!r:.60} where only {allowed} are possible")
    for number in range(50):
        luck.at(number, 1)
        rating = found.ask("first_rating", _bound(behavior.first_rating, new, luck))
        found.expect(rating in (1, 2, 3, 4), f"first_rating gave {rating!r:.60}, expected 1 to 4")
        rating = found.ask("review_rating", _bound(behavior.review_rating, 0.8, card, luck))
        found.expect(
            rating in (None, 1, 2, 3, 4), f"review_rating gave {rating!r:.60}, expected 1 to 4 or None"
        )
    for trespass in (*card.trespasses, *new.trespasses):
        found.expect(False, f"it {trespass}")
    found.report()


def check_cost(cost: Any) -> None:
    """Checks that an object can say what presses cost.

    Args:
        cost: With the methods of `repetita.simulation.CostLike`.

    Raises:
        UsageError: It cannot; every reason is named.

    Example:
        >>> from repetita.simulation import Cost
        >>> check_cost(Cost())
    """
    found = _Findings("cost", cost, COST)
    card = _Watched(0)
    _pressed(card, (3.0, None), 0.0, 3, 0.0)
    for rating in (1, 2, 3, 4):
        answers = [found.ask("learning_seconds", _bound(cost.learning_seconds, rating, card))]
        for recalled in (0.0, 0.5, 1.0):
            answers.append(found.ask("review_seconds", _bound(cost.review_seconds, recalled, rating, card)))
        for seconds in answers:
            found.expect(
                _is_number(seconds) and seconds >= 0.0, f"a cost is {seconds!r:.60}, expected seconds from 0"
            )
    for trespass in card.trespasses:
        found.expect(False, f"it {trespass}")
    found.report()


class _Shown(NamedTuple):
    interval: float
    due: float
    last_review: float
    reps: int
    lapses: int
    presses: tuple[Any, ...]


def _shown(card: CardView) -> _Shown:
    return _Shown(card.interval, card.due, card.last_review, card.reps, card.lapses, tuple(card.presses))


def _pressed(card: CardView, answer: tuple[float, Any], days: float, rating: int, now: float) -> None:
    """Notes a press on a card, as an engine does."""
    interval = max(1.0, float(round(answer[0])))
    set_interval(card, interval)
    set_due(card, now + interval)
    set_state(card, answer[1])
    set_last(card, now)
    card.presses.append((rating, days, now))
    set_reps(card, card.reps + 1)
    set_lapses(card, card.lapses + (rating == 1 and card.reps > 1))


def _is_answer(found: _Findings, answer: Any) -> bool:
    fits = isinstance(answer, tuple) and len(answer) == 2
    found.expect(fits, f"the answer is {answer!r:.60}, expected (interval in days, state)")
    if not fits:
        return False
    days = answer[0]
    good = _is_number(days) and days >= 0.0
    found.expect(good, f"the interval is {days!r:.60}, expected finite days from 0")
    return good


def _check_priority(found: _Findings, scheduler: Any, card: CardView, now: float) -> None:
    if not callable(getattr(scheduler, "priority", None)):
        return
    key = found.ask("priority", _bound(scheduler.priority, card, now))
    numbers = key if isinstance(key, tuple) else (key,)
    found.expect(
        bool(numbers) and all(_is_number(value) for value in numbers),
        f"priority gave {key!r:.60}, expected a number or a tuple of numbers",
    )


def _check_curve(found: _Findings, environment: Any) -> None:
    """Where there is a curve for many states at once, it must be the one for single ones."""
    if not callable(getattr(environment, "curve", None)) or found.wrong:
        return
    import numpy as np

    states = [environment.first(rating) for rating in (1, 2, 3, 4)]
    times = np.array([0.0, 1.0, 7.0, 100.0])
    expected = [environment.retrievability(s, t) for s, t in zip(states, times.tolist(), strict=True)]
    curve = np.asarray(environment.curve(states, times))
    found.expect(
        curve.shape == (4,) and bool(np.allclose(curve, expected, rtol=1e-9, atol=1e-9)),
        "curve does not give what retrievability gives",
    )


def _bound(method: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    return lambda: method(*arguments)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal, arrays included."""
    try:
        return bool(one == other)
    except ValueError:
        import numpy as np

        return bool(np.array_equal(one, other))
