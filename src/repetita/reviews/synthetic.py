"""A learner's log from a known memory model: for demonstrations, tests and benchmarks.

What happens to a card. It is new on a day of its own and gets a first rating. After an Again, and after a
first Hard, it comes back some minutes later, a few times at most. Otherwise it is due when the model says
that its retrievability has fallen to the desired retention; that interval is varied, rounded and capped. Some
reviews come late, and on some days nobody learns; longer breaks, and good and bad days, can be asked for. At
the next review the model's retrievability decides whether the answer is a success, and a success is Hard,
Good or Easy by fixed shares.

All cards take their k-th review together, as arrays. A random number belongs to (seed, k, purpose, card), so
the same seed gives the same log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from repetita.arguments import whole_number
from repetita.equations import declared
from repetita.errors import UsageError
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as model_of
from repetita.reviews.learner import Learner
from repetita.reviews.ordering import stable_order
from repetita.reviews.review_log import ReviewLog
from repetita.scheduling.day_rule import MS_A_DAY, DayRule

__all__ = ["simulate_log"]

END = date(2026, 1, 1)  # of a log of given length
EARLIEST_START = date(2006, 1, 2)  # so early that cards followed to their end rarely reach the present
DEFAULT_CARDS = 500
MOST_CARDS = 10**8
NEW_CARDS_A_DAY = 50  # where every card is followed to its last review
LATEST_DAY = 36_500
SESSION_BEGINS_MS = 18 * 3_600_000
SESSION_MS = 5_400_000
BACK_AFTER_MS = (60_000, 900_000)
ANSWER_MS = np.array([0.0, 10_000.0, 9_000.0, 6_000.0, 4_000.0])  # median time of an answer by rating
ANSWER_SPREAD = 0.5  # of the logarithm of that time
SLOWEST_MS = 60_000
LEARNING, REVIEW, RELEARNING = 0, 1, 2
TINY = 1e-12
DAYS_A_YEAR = 365.25
PURPOSES_OF_DAYS = ("mood", "breaks")
FIRST_PLACE_OF_DAYS = 2**40  # beyond the places of all cards' reviews
PURPOSES = ("length", "recall", "grade", "noise", "late", "moment", "wait", "duration", "day off")


def simulate_log(
    *,
    cards: int | None = None,
    reviews: int | None = None,
    days: int | None = 365,
    parameters: Sequence[float] | None = None,
    model: str | MemoryModel = "fsrs6",
    learner: Learner | None = None,
    seed: int = 0,
    start: date | None = None,
) -> ReviewLog:
    """A log that a learner with a known memory would have; its ``source`` says that it is simulated.

    Args:
        cards: Number of cards, default 500. New ones come evenly over the days.
        reviews: Exact number of reviews instead of a number of cards: the first ones in order of time.
        days: Length of the log; None follows every card to its last review, with 50 new cards a day.
        parameters: Parameters of the memory; default: the model's own.
        model: Name of the memory model, or the model itself.
        learner: How the person learns; default: ``Learner()``.
        seed: Whole number from 0. The same one gives the same log.
        start: First day; default: so that the last one is in 2025, or 2006-01-02 where ``days`` is None.

    Raises:
        UsageError: A number out of range, or both ``cards`` and ``reviews``.

    Example:
        >>> log = simulate_log(cards=50, days=200, seed=1)
        >>> log.cards, len(log) > 200, log.source
        (50, True, 'simulation (fsrs6, seed 1)')
        >>> log == simulate_log(cards=50, days=200, seed=1)
        True
    """
    memory = model if isinstance(model, MemoryModel) else model_of(model, parameters)
    if isinstance(model, MemoryModel) and parameters is not None:
        raise UsageError("parameters are given twice: the model has its own", hint="give one of the two")
    if cards is not None and reviews is not None:
        raise UsageError("cards and reviews are both given", hint="give one of the two")
    if declared(memory.equations).kind not in ("recursive", "network"):
        raise UsageError(
            f"the state of {memory.name} is the whole history of a card, which a simulation does not keep",
            hint='simulate with a model such as "fsrs6" and fit this one to the log',
        )
    cards = DEFAULT_CARDS if cards is None else whole_number(cards, "cards", low=1, high=MOST_CARDS)
    reviews = None if reviews is None else whole_number(reviews, "reviews", low=1, high=10**9)
    days = None if days is None else whole_number(days, "days", low=1, high=LATEST_DAY)
    seed = whole_number(seed, "seed", high=2**63 - 1)
    person = Learner() if learner is None else learner
    if start is None:
        start = EARLIEST_START if days is None else max(END - timedelta(days=days), EARLIEST_START)
    if not isinstance(start, date):
        raise UsageError(f"start is {start!r}, expected a datetime.date", where="start")
    source = f"simulation ({memory.name}, seed {seed})"
    if reviews is None:
        return _log(_Crowd(memory, person, cards, days, seed).events(), None, start, source)
    count = round(reviews / person.reviews_per_card[1]) + 1
    while count <= (NEW_CARDS_A_DAY * LATEST_DAY if days is None else MOST_CARDS):
        events = _Crowd(memory, person, count, days, seed).events()
        if sum(len(event.card) for event in events) >= reviews:
            return _log(events, reviews, start, source)
        count += count // 8 + 1
    raise UsageError(f"no number of cards has {reviews:,} reviews here", hint="ask for fewer, or give days")


class _Event(NamedTuple):
    """The k-th reviews of some cards; times in milliseconds from the start of the log."""

    card: NDArray[np.int32]
    time_ms: NDArray[np.int64]
    rating: NDArray[np.int8]
    state: NDArray[np.int8]
    duration_ms: NDArray[np.int32]


class _Crowd:
    """All cards of a learner, as arrays; ``active`` are the numbers of those still under way."""

    def __init__(
        self, memory: MemoryModel, learner: Learner, cards: int, days: int | None, seed: int
    ) -> None:
        self.memory, self.learner, self.cards, self.seed = memory, learner, cards, seed
        self.end = LATEST_DAY if days is None else days
        self.attended = self._attended_days()
        new_on = np.arange(cards) // NEW_CARDS_A_DAY if days is None else np.arange(cards) * days // cards
        self.day = self.attended[np.minimum(new_on, LATEST_DAY)]
        self.time_ms = self._session(0)
        self.limit = self._lengths()
        self.same_day = np.zeros(cards, dtype=np.int64)  # same-day reviews in a row so far
        self.kind = np.full(cards, LEARNING, dtype=np.int8)
        self.first_ratings = np.array([memory.initial_state(rating) for rating in (1, 2, 3, 4)]).T
        self.state = np.zeros((len(memory.state_names), cards))
        self.elapsed = np.zeros(cards)
        self.active = np.flatnonzero(self.day < self.end)
        self.mood = self._generator_of_days("mood").standard_normal(LATEST_DAY + 1)

    def events(self) -> list[_Event]:
        """The reviews of all cards, k-th ones together."""
        events: list[_Event] = []
        while len(self.active):
            ordinal = len(events)
            rating = self._answers(ordinal)
            events.append(self._event(ordinal, rating))
            self._remember(ordinal, rating)
            self._plan(ordinal, rating)
        return events

    def _answers(self, ordinal: int) -> NDArray[np.int8]:
        """Ratings of the active cards."""
        grade = self._uniform(ordinal, "grade")
        if ordinal == 0:
            return _by_shares(grade, self.learner.first_ratings, lowest=1)
        from repetita.kernels.elementwise import retrievability

        rows = self.active
        chance = np.where(
            self.same_day[rows] > 0,
            self.learner.relearned,
            retrievability(self.memory, tuple(self.state[:, rows]), self.elapsed[rows]),
        )
        recalled = self._uniform(ordinal, "recall") < self._on_this_day(chance)
        graded = _by_shares(grade, self.learner.success_ratings, lowest=2)
        return np.where(recalled, graded, 1).astype(np.int8)

    def _on_this_day(self, chance: NDArray[np.float64]) -> NDArray[np.float64]:
        """Chances of recall, moved by how good the day is."""
        if not self.learner.day_effect:
            return chance
        odds = chance / np.maximum(1.0 - chance, TINY)
        odds *= np.exp(self.learner.day_effect * self.mood[self.day[self.active]])
        return np.asarray(odds / (1.0 + odds), dtype=np.float64)

    def _event(self, ordinal: int, rating: NDArray[np.int8]) -> _Event:
        rows = self.active
        spread = self._generator(ordinal, "duration").standard_normal(self.cards)[rows]
        duration = np.minimum(ANSWER_MS[rating] * np.exp(ANSWER_SPREAD * spread), SLOWEST_MS)
        return _Event(
            card=rows.astype(np.int32),
            time_ms=self.time_ms[rows],
            rating=rating,
            state=self.kind[rows],
            duration_ms=duration.astype(np.int32),
        )

    def _remember(self, ordinal: int, rating: NDArray[np.int8]) -> None:
        """The memory states after the answers."""
        rows = self.active
        if ordinal == 0:
            self.state[:, rows] = self.first_ratings[:, rating - 1]
            return
        from repetita.kernels.elementwise import next_states

        before = tuple(self.state[:, rows])
        self.state[:, rows] = np.array(next_states(self.memory, before, self.elapsed[rows], rating))

    def _plan(self, ordinal: int, rating: NDArray[np.int8]) -> None:
        """When the cards come next, and which are still under way."""
        rows, learner = self.active, self.learner
        again = (rating == 1) | ((rating == 2) & (ordinal == 0))
        again &= self.same_day[rows] < learner.same_day_reviews
        back, later = rows[again], rows[~again]
        shortest, longest = BACK_AFTER_MS
        wait = shortest + self._uniform(ordinal, "wait")[again] * (longest - shortest)
        self.time_ms[back] += wait.astype(np.int64)
        self.same_day[back] += 1
        self.kind[back] = np.where(self.kind[back] == LEARNING, LEARNING, RELEARNING)
        self.elapsed[back] = 0.0
        if len(later):
            due = self.day[later] + self._interval(ordinal, later, ~again)
            self.elapsed[later] = self.attended[np.minimum(due, LATEST_DAY)] - self.day[later]
            self.day[later] += self.elapsed[later].astype(np.int64)
            self.time_ms[later] = self._session(ordinal + 1)[later]
            self.same_day[later] = 0
            self.kind[later] = REVIEW
        self.active = rows[(self.day[rows] < self.end) & (self.limit[rows] > ordinal + 1)]

    def _interval(
        self, ordinal: int, later: NDArray[np.int64], chosen: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Whole days until the next review, noise and lateness included."""
        from repetita.kernels.elementwise import interval

        learner = self.learner
        exact = interval(self.memory, tuple(self.state[:, later]), learner.desired_retention)
        noise = 1.0 + learner.interval_noise * (2.0 * self._uniform(ordinal, "noise")[chosen] - 1.0)
        planned = np.clip(np.rint(exact * noise), 1, learner.maximum_interval)
        # one number says whether the review is late and, spread over (0, 1), by how much of the interval
        late = self._uniform(ordinal, "late")[chosen]
        share = np.where(late < learner.overdue, late / max(learner.overdue, 1e-9), 0.0)
        return np.asarray(planned + np.ceil(share * planned), dtype=np.int64)

    def _attended_days(self) -> NDArray[np.int64]:
        """For each day the first one from it on with reviews, shape (days + 1,)."""
        off = self._generator(0, "day off").random(LATEST_DAY) < self.learner.days_off
        if self.learner.breaks:
            off |= self._breaks()
        off[0] = False  # a log begins on its first day, so that it always has a review
        attended = np.where(np.append(off, False), LATEST_DAY, np.arange(LATEST_DAY + 1))
        first: NDArray[np.int64] = np.minimum.accumulate(attended[::-1])[::-1]
        return first

    def _breaks(self) -> NDArray[np.bool_]:
        """Days of longer breaks, shape (days,); their lengths are geometric."""
        random = self._generator_of_days("breaks")
        begins = np.flatnonzero(random.random(LATEST_DAY) < self.learner.breaks / DAYS_A_YEAR)
        ends = np.minimum(begins + random.geometric(1.0 / self.learner.break_days, begins.size), LATEST_DAY)
        change = np.zeros(LATEST_DAY + 1, dtype=np.int64)
        np.add.at(change, begins, 1)
        np.subtract.at(change, ends, 1)
        return np.asarray(np.cumsum(change)[:LATEST_DAY] > 0)

    def _lengths(self) -> NDArray[np.int64]:
        """How many reviews each card may have: geometric from the fewest on, with the mean asked for."""
        fewest, mean, most = self.learner.reviews_per_card
        uniform = self._generator(0, "length").random(self.cards)
        more = np.log1p(-uniform) / np.log1p(-1.0 / (mean - fewest + 1.0)) if mean > fewest else uniform
        return np.asarray(np.minimum(fewest + np.floor(more), most), dtype=np.int64)

    def _session(self, ordinal: int) -> NDArray[np.int64]:
        """Instants in the evening of each card's day."""
        within = self._generator(ordinal, "moment").random(self.cards) * SESSION_MS
        return self.day * MS_A_DAY + SESSION_BEGINS_MS + within.astype(np.int64)

    def _uniform(self, ordinal: int, purpose: str) -> NDArray[np.float64]:
        """Random numbers of the active cards."""
        return self._generator(ordinal, purpose).random(self.cards)[self.active]

    def _generator_of_days(self, purpose: str) -> np.random.Generator:
        place = FIRST_PLACE_OF_DAYS + PURPOSES_OF_DAYS.index(purpose)
        return np.random.Generator(np.random.Philox(key=np.array([self.seed, place], dtype=np.uint64)))

    def _generator(self, ordinal: int, purpose: str) -> np.random.Generator:
        place = ordinal * len(PURPOSES) + PURPOSES.index(purpose)
        return np.random.Generator(np.random.Philox(key=np.array([self.seed, place], dtype=np.uint64)))


def _by_shares(uniform: NDArray[np.float64], shares: Sequence[float], *, lowest: int) -> NDArray[np.int8]:
    borders = np.cumsum(shares)[:-1]
    return (lowest + np.searchsorted(borders, uniform, side="right")).astype(np.int8)


def _log(events: Sequence[_Event], reviews: int | None, start: date, source: str) -> ReviewLog:
    """The log of the events, or of the first ones in order of time."""
    times = np.concatenate([event.time_ms for event in events])
    order = stable_order(times)[:reviews]
    begin = round(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp() * 1000)
    return ReviewLog.from_arrays(
        card_id=np.concatenate([event.card for event in events])[order] + 1,
        rating=np.concatenate([event.rating for event in events])[order],
        review_time_ms=times[order] + begin,
        duration_ms=np.concatenate([event.duration_ms for event in events])[order],
        state=np.concatenate([event.state for event in events])[order],
        day_rule=DayRule(),
        source=source,
    )
