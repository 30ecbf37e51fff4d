"""One press in a lane: the same steps as in `repetita.simulation.engine`, on flat arrays.

Text that a compiler links, see `repetita.simulation.lanes.linking`. ``n`` are the whole numbers of the lane,
``row`` its floats, ``ew`` and ``sw`` the rows of world and scheduler, ``b`` where a card begins in ``cards``.
Names in capitals are those of `repetita.simulation.lanes.places`; ``env_...`` and ``sch_...`` are the roles.
"""

from __future__ import annotations

from math import floor, inf, nan
from typing import Any

from repetita.addressed_random import address, uniform
from repetita.scheduling.plain_rules import step_delay, step_left
from repetita.simulation.lanes.places import (
    AGAINS,
    BAD_INTERVAL,
    BELIEF,
    BY_SCHEDULER,
    CARD_SIZE,
    COSTS,
    DAILY,
    DAYS,
    DECK,
    DUE,
    EVENT_SIZE,
    EVENTS,
    FIRST_PHASE,
    FIRST_SHARES,
    FULL,
    FUZZ,
    HISTORY_FULL,
    IN_STEPS,
    INTERVAL,
    LAPSES,
    LAST,
    LEARNED,
    LEARNING_SECONDS,
    LEARNING_STEPS,
    LEECH_LAPSES,
    LOGGED,
    LONGEST,
    NEW,
    NEW_CARDS,
    NO_SHORT_TERM,
    PHASE,
    PHASE_LAPSES,
    PHASE_REVIEWS,
    PRESSED_TODAY,
    RARE_SIZE,
    RELEARNING_STEPS,
    REPS,
    REVIEW_SECONDS,
    REVIEWED,
    REVIEWS,
    SEED,
    SERIES,
    SHORT_TERM,
    SPENT,
    STATE,
    STATUS,
    STATUS_CARD,
    STATUS_DAY,
    STEP_LIMITS,
    STEPS,
    STEPS_LEFT,
    STOPPED,
    THRESHOLD,
    UNSEEN,
    USER,
)
from repetita.simulation.lanes.queues import put, rise
from repetita.simulation.rules import (
    LEARNING,
    RELEARNING,
    REVIEW,
    SECONDS_A_DAY,
    first_rating,
    settle,
    short_phase,
    step_interval,
)

MOST_DAYS = 1e15  # an interval that fits into whole numbers; what is longer is cut by the longest one anyway


def fail(counts: Any, status: int, card: int, day: int) -> None:
    """Stops the lane for a reason."""
    counts[STATUS] = status
    counts[STATUS_CARD] = card
    counts[STATUS_DAY] = day
    counts[STOPPED] = 1


def rare_place(n: Any, card: int) -> int:
    """Where the seldom used floats of a card are."""
    place: int = n[DECK] * n[CARD_SIZE] + card * RARE_SIZE
    return place


def learn(
    env_init: Any, sch_init: Any, n: Any, row: Any, ew: Any, sw: Any, cards: Any, queues: Any, counts: Any,
    amounts: Any, series: Any, log: Any, day: int,
) -> None:  # fmt: skip
    """The introduction of the next new card."""
    card, now = counts[UNSEEN], day + 0.0
    b = card * n[CARD_SIZE]
    rare = rare_place(n, card)
    for place in range(STATE):
        cards[b + place] = 0.0
    for place in range(RARE_SIZE):
        cards[rare + place] = 0.0
    u = address(n[SEED], n[USER], card, 0)
    rating = first_rating(uniform(u[1]), row, FIRST_SHARES)
    env_init(ew, cards, b + STATE, rating)
    raw = sch_init(sw, cards, b + n[BELIEF], rating, n[FIRST_PHASE], now)
    seconds = row[COSTS + 4 * LEARNING + rating - 1]
    counts[UNSEEN] = card + 1
    counts[LEARNED] += 1
    amounts[SPENT] += seconds
    s = day * n[DAILY] * SERIES
    series[s + NEW_CARDS] += 1.0
    series[s + LEARNING_SECONDS] += seconds
    settle_card(n, row, cards, counts, card, NEW, raw, rating, now, uniform(u[3]))
    note_press(n, cards, queues, counts, log, card, NEW, rating, nan, seconds, now, now, day)


def count_review(
    n: Any, counts: Any, amounts: Any, series: Any, phase: int, rating: int, seconds: float, day: int
) -> None:
    """Counts a review."""
    if phase == REVIEW or n[STEP_LIMITS] > 0:
        counts[REVIEWED] += 1
    amounts[SPENT] += seconds
    s = day * n[DAILY] * SERIES
    failed = 1.0 if rating == 1 else 0.0
    series[s + REVIEWS] += 1.0
    series[s + AGAINS] += failed
    series[s + REVIEW_SECONDS] += seconds
    if phase == REVIEW:
        series[s + PHASE_REVIEWS] += 1.0
        series[s + PHASE_LAPSES] += failed


def settle_card(
    n: Any, row: Any, cards: Any, counts: Any, card: int, phase: int, raw: float, rating: int, now: float,
    u: float,
) -> None:  # fmt: skip
    """Sets phase, interval and due time of a card after a press."""
    if not (raw >= 0.0 and raw < inf):
        fail(counts, HISTORY_FULL if raw == FULL else BAD_INTERVAL, card, floor(now))
        return
    b, fuzz = card * n[CARD_SIZE], n[FUZZ] > 0
    seconds = short_term_seconds(n, row, cards, card, phase, raw, rating)
    if seconds >= 0.0:
        interval = step_interval(seconds, fuzz, u)
        due = now + interval
    else:
        interval = settle(min(raw, MOST_DAYS), fuzz, u, row[LONGEST])
        due = floor(now) + interval
    cards[b + INTERVAL] = interval
    cards[b + DUE] = due


def short_term_seconds(n: Any, row: Any, cards: Any, card: int, phase: int, raw: float, rating: int) -> float:
    """Seconds until a card comes back within steps, or -1; sets phase and steps left."""
    if n[SHORT_TERM] == NO_SHORT_TERM:
        return -1.0
    b, rare = card * n[CARD_SIZE], rare_place(n, card)
    if n[SHORT_TERM] == BY_SCHEDULER:
        if raw >= row[THRESHOLD]:
            cards[b + PHASE] = REVIEW
            return -1.0
        enter(cards, b, rare, short_phase(phase % NEW, phase == NEW), 0)
        return raw * SECONDS_A_DAY
    if phase == REVIEW and rating > 1:
        return -1.0
    target = LEARNING if phase == NEW else RELEARNING if phase == REVIEW else phase
    start = STEPS + n[LEARNING_STEPS] if target == RELEARNING else STEPS
    count = n[RELEARNING_STEPS] if target == RELEARNING else n[LEARNING_STEPS]
    left = count if phase in (NEW, REVIEW) else floor(cards[rare + STEPS_LEFT])
    seconds: float = step_delay(row, start, count, left, rating)
    if seconds < 0.0:
        cards[b + PHASE] = REVIEW
    else:
        enter(cards, b, rare, target, step_left(count, left, rating))
    return seconds


def enter(cards: Any, b: int, rare: int, phase: int, left: int) -> None:
    """Puts a card into steps, or keeps it there."""
    if cards[b + PHASE] == 0.0:
        cards[rare + PRESSED_TODAY] = 0.0
    cards[b + PHASE] = phase
    cards[rare + STEPS_LEFT] = left


def note_press(
    n: Any, cards: Any, queues: Any, counts: Any, log: Any, card: int, phase: int, rating: int,
    recalled: float, seconds: float, now: float, last: float, day: int,
) -> None:  # fmt: skip
    """Notes a press, on the card and in the log, and queues the card."""
    b = card * n[CARD_SIZE]
    due = cards[b + DUE]
    cards[b + REPS] += 1.0
    cards[b + LAST] = now
    if counts[LOGGED] < n[EVENTS]:
        e = counts[LOGGED] * EVENT_SIZE
        log[e] = day
        log[e + 1] = phase
        log[e + 2] = card
        log[e + 3] = rating
        log[e + 4] = recalled
        log[e + 5] = seconds
        log[e + 6] = cards[b + INTERVAL]
        log[e + 7] = due
        log[e + 8] = now
        log[e + 9] = now - last
    counts[LOGGED] += 1
    leech = n[LEECH_LAPSES]
    if leech > 0 and rating == 1 and cards[rare_place(n, card) + LAPSES] >= leech:
        return
    if due < day + 1:
        rise(queues.step_dues, queues.step_dues, queues.steps, counts[IN_STEPS], due, due, card)
        counts[IN_STEPS] += 1
    elif floor(due) < n[DAYS]:
        put(queues.head, queues.link, floor(due), card)
