"""The rules of a simulated day, as plain scalars: limits, ratings, intervals, steps, order, costs.

Every engine runs this one text: CPython, a compiler for the CPU, a compiler for the GPU. So it keeps to
arithmetic, ``floor``, ``min``, ``max``, ``if`` and loops; arguments are numbers and one-dimensional lists
or arrays read from an offset. Times are days since the start of the run, as floats; a day ``d`` is ``[d, d
+ 1)``. Ratings are 1 Again, 2 Hard, 3 Good, 4 Easy.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from repetita.scheduling import fuzz
from repetita.scheduling.plain_rules import fuzzed, nearest_interval

Vector = Sequence[float]

# phase of a card
REVIEW, LEARNING, RELEARNING = 0, 1, 2

# what random numbers are for, beside a press: a day of the person (its number is the ordinal, and there is no
# card), the place of a card in a shuffled order (the day is the ordinal), and what classes of users draw
PURPOSE_DAY, PURPOSE_ORDER, PURPOSE_OWN = 1, 2, 16
NO_CARD = 0xFFFFFFFF

# rows of three success weights in the table of a behaviour: by phase, then by the previous rating (Markov)
SUCCESS_ROWS = 7
MARKOV_ROW = 2  # previous rating 1 has row 3

# what orders reviews that are due; see `service_key`
LOW_RETRIEVABILITY, HIGH_RETRIEVABILITY = 0, 1
LOW_DIFFICULTY, HIGH_DIFFICULTY = 2, 3
LOW_STABILITY, HIGH_STABILITY = 4, 5
SHORT_INTERVAL, LONG_INTERVAL = 6, 7
EARLY_DUE, LATE_DUE = 8, 9
SHUFFLED = 10

SECONDS_A_DAY = 86400.0

# a step may get by chance so much longer: a share of it, at most so many seconds
LEARNING_SHARE, LONGEST_LEARNING_EXTRA = fuzz.LEARNING_SHARE, fuzz.LONGEST_LEARNING_EXTRA + 0.0


# limits


def attends(u: float, attendance: float) -> bool:
    """Whether the person studies on a day with the random number ``u``."""
    return u <= attendance


def may_learn(learned: int, spent: float, new_limit: float, cost_limit: float) -> bool:
    """Whether one more new card may be started: below the limits of cards and of seconds of the day."""
    return learned < new_limit and spent < cost_limit


def may_start(new_first: bool, review_admissible: bool, held_back: bool) -> bool:
    """Whether an admissible new card is what comes next.

    Args:
        new_first: Whether new cards go before reviews.
        review_admissible: Whether a review is there that may be started.
        held_back: Whether new cards wait, since reviews do and go first.
    """
    return new_first or not (review_admissible or held_back)


def may_review(reviewed: int, spent: float, review_limit: float, cost_limit: float) -> bool:
    """Whether one more review may be started: below the limits of reviews and of seconds of the day."""
    return reviewed < review_limit and spent < cost_limit


def may_press_step(
    reviewed: int, spent: float, review_limit: float, cost_limit: float, step_limits: bool
) -> bool:
    """Whether one more step may be pressed; without ``step_limits`` no limit of the day holds for steps."""
    return not step_limits or may_review(reviewed, spent, review_limit, cost_limit)


# ratings


def picked(u: float, table: Vector, start: int, count: int) -> int:
    """Place of the first of some weights, from 0, whose cumulative sum exceeds ``u``; else of the last."""
    total = 0.0
    for i in range(count):
        total = total + table[start + i]
        if u < total:
            return i
    return count - 1


def first_rating(u: float, shares: Vector, start: int) -> int:
    """Rating of a new card: the four shares from ``start`` on."""
    return 1 + picked(u, shares, start, 4)


def success_row(phase: int, markov: bool, previous: int) -> int:
    """Row of the success weights: by phase; in review by the previous rating, if asked for."""
    if phase == 0 and markov and previous > 0:
        return MARKOV_ROW + previous
    return phase


def rate(
    retrievability: float,
    u_recall: float,
    u_rating: float,
    u_lazy: float,
    lazy_good_bias: float,
    shares: Vector,
    start: int,
) -> int:
    """Rating of a review: Again iff ``u_recall`` exceeds R; else Good by laziness or by the three shares."""
    if u_recall > retrievability:
        return 1
    if u_lazy < lazy_good_bias:
        return 3
    return 2 + picked(u_rating, shares, start, 3)


# time


def elapsed_days(now: float, last: float, calendar: bool) -> float:
    """Days since the last press, as a memory is told them.

    With ``calendar``, whole days from one day to another, and the fraction within a day: below 1 if and
    only if both presses are on one day. Otherwise the real time that passed.
    """
    days = floor(now) - floor(last)
    if calendar and days >= 1:
        return days + 0.0
    return now - last


# intervals


def settle(raw: float, fuzz: bool, u: float, maximum: float) -> float:
    """Whole days of an interval as a scheduler asked for it: fuzzed, or rounded half up."""
    if fuzz:
        return fuzzed(raw, u, 1.0, maximum) + 0.0
    return nearest_interval(raw, 1.0, maximum) + 0.0


def step_interval(seconds: float, fuzz: bool, u: float) -> float:
    """Days of a step: at least a second, with fuzz up to a share of it or some minutes longer."""
    delay = max(seconds, 1.0)
    if fuzz:
        delay = delay + u * min(LEARNING_SHARE * delay, LONGEST_LEARNING_EXTRA)
    return delay / SECONDS_A_DAY


def short_phase(phase: int, new: bool) -> int:
    """Phase of a card that its scheduler asks for again below the threshold, without steps."""
    if new:
        return LEARNING
    return phase if phase > 0 else RELEARNING


# order of due reviews


def service_key(
    mode: int,
    retrievability: float,
    difficulty: float,
    stability: float,
    interval: float,
    due: float,
    u: float,
) -> float:
    """What due reviews are sorted by, lowest first."""
    if mode <= HIGH_RETRIEVABILITY:
        key = retrievability
    elif mode <= HIGH_DIFFICULTY:
        key = difficulty
    elif mode <= HIGH_STABILITY:
        key = stability
    elif mode <= LONG_INTERVAL:
        key = interval
    elif mode <= LATE_DUE:
        key = due
    else:
        return u
    return -key if mode % 2 == 1 else key


def before(key: float, due: float, card: int, other_key: float, other_due: float, other_card: int) -> bool:
    """Whether a card comes before another one: by key, then due time, then number."""
    if key != other_key:
        return key < other_key
    if due != other_due:
        return due < other_due
    return card < other_card


# costs


def press_seconds(table: float, retrievability: float, base: float, penalty: float) -> float:
    """Seconds of a review: the table's, and a base time that grows as retrievability falls."""
    return base * (1.0 + penalty * max(0.0, 1.0 - retrievability)) + table
