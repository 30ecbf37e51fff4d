"""A lane: one run from the first day to the last, with the events of `repetita.simulation.engine`.

Text that a compiler links, see `repetita.simulation.lanes.linking`; letters are those of
`repetita.simulation.lanes.press`. The roles of world and scheduler are arguments here, so that one machine
code serves all of them.
"""

from __future__ import annotations

from math import floor, inf
from typing import Any

from repetita.addressed_random import address, uniform
from repetita.simulation.lanes.nodes import DAYS_AT_ONCE, begin_nodes, spread_nodes
from repetita.simulation.lanes.places import (
    AMONG_REVIEWS,
    AMOUNTS,
    ATTENDANCE,
    BASE_SECONDS,
    BEFORE_ALL,
    BELIEF,
    BELIEF_CALENDAR,
    CARD_SIZE,
    CARRIED,
    COSTS,
    COUNTERS,
    CURVE,
    DAILY,
    DAYS,
    DECK,
    DUE,
    EVENTS,
    IN_STEPS,
    KNOWN,
    LAZY_GOOD,
    LEARNED,
    LEARNING_STEPS,
    LIMITS,
    LOOP_TIME,
    LOOPS,
    LOOPS_TODAY,
    MARKOV,
    MODE,
    NEW_CARDS_WAIT,
    NEW_FIRST,
    NO_SHORT_TERM,
    PENALTY,
    PHASE,
    PRESSED_TODAY,
    PRIORITY_EXACT,
    READY,
    RELEARNING_STEPS,
    REVIEWED,
    SAMPLED_AT_END,
    SEED,
    SERIES,
    SHORT_LOOPS,
    SHORT_TERM,
    SPENT,
    STATUS,
    STEP_LIMITS,
    STEPS,
    STOPPED,
    SUCCESS_SHARES,
    SWEEPS,
    UNSEEN,
    USER,
    VACATIONS,
    WAITING,
    WORLD_CALENDAR,
)
from repetita.simulation.lanes.press import learn, rare_place
from repetita.simulation.lanes.queues import bring_best, drop_first, make_heap, put, rise, take
from repetita.simulation.lanes.reviews import review, review_alone
from repetita.simulation.rules import (
    NO_CARD,
    PURPOSE_DAY,
    PURPOSE_ORDER,
    SHUFFLED,
    attends,
    may_learn,
    may_press_step,
    may_review,
    may_start,
)


def lane(
    env_init: Any, env_press: Any, sch_init: Any, sch_next: Any, sch_keys: Any, n: Any, row: Any, ew: Any,
    sw: Any, cards: Any, queues: Any, counts: Any, amounts: Any, series: Any, curve: Any, log: Any,
) -> None:  # fmt: skip
    """Runs a lane; what came of it is in ``counts``, ``series``, ``curve`` and ``log``."""
    begin_lane(n, cards, queues, counts, amounts, series, curve)
    for day in range(n[DAYS]):
        counts[WAITING] = take(queues.head, queues.link, day, queues.waiting, counts[WAITING])
        if studies(n, row, day):
            study(
                env_init, env_press, sch_init, sch_next, sch_keys, n, row, ew,
                sw, cards, queues, counts, amounts, series, curve, log, day,
            )  # fmt: skip
        if counts[STATUS] > 0:
            return
    close(env_press, n, row, ew, cards, queues, counts, curve)


def close(
    env_press: Any, n: Any, row: Any, ew: Any, cards: Any, queues: Any, counts: Any, curve: Any
) -> None:
    """Adds what is remembered since each card's last press, and at the end: as if all were pressed then."""
    days, introduced = n[DAYS], counts[UNSEEN]
    for card in range(introduced):
        queues.ready[card] = card
        queues.keys[card] = 0.0
        queues.dues[card] = 0.0
        queues.step_dues[card] = 0.0
    env_press(
        ew, cards, n[CARD_SIZE], queues.ready, introduced, days + 0.0, days - 1, n[WORLD_CALENDAR],
        n[SAMPLED_AT_END], row[LAZY_GOOD], n[SUCCESS_SHARES], n[MARKOV], queues.keys, queues.dues,
        queues.step_dues, curve,
    )  # fmt: skip
    if n[DAILY] > 0:
        spread_nodes(curve, CURVE + days)
    projected = 0.0
    for card in range(introduced):
        projected += queues.dues[card]
    curve[CURVE + (days - 1) * n[DAILY] + 1] = projected


def begin_lane(n: Any, cards: Any, queues: Any, counts: Any, amounts: Any, series: Any, curve: Any) -> None:
    """Clears the work space and queues the cards that are known."""
    for i in range(COUNTERS):
        counts[i] = 0
    for i in range(AMOUNTS):
        amounts[i] = 0.0
    for i in range(SERIES * ((n[DAYS] - 1) * n[DAILY] + 1)):
        series[i] = 0.0
    for i in range((n[DAYS] - 1) * n[DAILY] + 2 + CURVE):
        curve[i] = 0.0
    if n[DAILY] > 0:
        begin_nodes(curve, CURVE + n[DAYS] + DAYS_AT_ONCE, CURVE + n[DAYS])
    for day in range(n[DAYS]):
        queues.head[day] = -1
    for card in range(n[KNOWN]):
        due = cards[card * n[CARD_SIZE] + DUE]
        if due < n[DAYS]:
            put(queues.head, queues.link, max(floor(due), 0), card)
    counts[UNSEEN] = n[KNOWN]


def studies(n: Any, row: Any, day: int) -> bool:
    """Whether the person studies on a day."""
    pairs = STEPS + n[LEARNING_STEPS] + n[RELEARNING_STEPS]
    for i in range(n[VACATIONS]):
        if row[pairs + 2 * i] <= day and day <= row[pairs + 2 * i + 1]:
            return False
    if row[ATTENDANCE] >= 1.0:
        return True
    return attends(uniform(address(n[SEED], n[USER], NO_CARD, day, PURPOSE_DAY)[0]), row[ATTENDANCE])


def study(
    env_init: Any, env_press: Any, sch_init: Any, sch_next: Any,
    sch_keys: Any, n: Any, row: Any, ew: Any, sw: Any, cards: Any, queues: Any, counts: Any, amounts: Any,
    series: Any, curve: Any, log: Any, day: int,
) -> None:  # fmt: skip
    """The parts of a day."""
    limits = LIMITS + 3 * (day % 7)
    counts[STOPPED] = 0
    counts[LEARNED] = 0
    counts[REVIEWED] = 0
    counts[LOOPS_TODAY] = 0
    amounts[SPENT] = 0.0
    amounts[LOOP_TIME] = -inf
    due = sort_waiting(n, cards, queues, counts, day)
    # both parts of presses within steps are one place of the text, which is long when it is compiled
    for part in range(2):
        left_over = part == 0
        if counts[IN_STEPS] > 0 and (n[CARRIED] == BEFORE_ALL or not left_over):
            press_steps(
                env_press, sch_next, n, row, ew, sw, cards, queues, counts, amounts, series, curve, log, day,
                limits, left_over,
            )  # fmt: skip
        if left_over:
            reviews_and_new(
                env_init, env_press, sch_init, sch_next, sch_keys, n, row, ew, sw, cards, queues, counts,
                amounts, series, curve, log, day, limits, due,
            )  # fmt: skip
    series[day * n[DAILY] * SERIES + SHORT_LOOPS] += counts[LOOPS_TODAY]


def reviews_and_new(
    env_init: Any, env_press: Any, sch_init: Any, sch_next: Any, sch_keys: Any, n: Any, row: Any, ew: Any,
    sw: Any, cards: Any, queues: Any, counts: Any, amounts: Any, series: Any, curve: Any, log: Any, day: int,
    limits: int, due: int,
) -> None:  # fmt: skip
    """Everything at the start of the day: due reviews in order, and new cards, as the limits let them."""
    best = due
    if limits_are_far(n, row, counts, limits, due):
        review(
            env_press, sch_next, n, row, ew, sw, cards, queues, counts, amounts, series, curve, log, day,
            day + 0.0, queues.ready, due, queues.keys, queues.dues, queues.step_dues, queues.further,
        )  # fmt: skip
        due = best = 0
    else:
        order(sch_keys, n, sw, cards, queues, day, due)
        best = most_reviews(n, row, limits, due)
        if best > 0 and best < due:
            bring_best(queues.keys, queues.dues, queues.ready, due, best)
        make_heap(queues.keys, queues.dues, queues.ready, best)
    counts[READY] = best
    steps_wait = n[CARRIED] == BEFORE_ALL and counts[IN_STEPS] > 0 and queues.step_dues[0] <= day
    while counts[STOPPED] == 0:
        # what comes next: the first review, a new card, or nothing
        may = counts[READY] > 0 and may_review(
            counts[REVIEWED], amounts[SPENT], row[limits + 1], row[limits + 2]
        )
        new = counts[UNSEEN] < n[DECK] and may_learn(
            counts[LEARNED], amounts[SPENT], row[limits], row[limits + 2]
        )
        held_back = n[NEW_CARDS_WAIT] > 0 and (counts[READY] + due - best > 0 or steps_wait)
        if new and may_start(n[NEW_FIRST] > 0, may, held_back):
            learn(env_init, sch_init, n, row, ew, sw, cards, queues, counts, amounts, series, log, day)
            continue
        if not may:
            break
        card = queues.ready[0]
        if not in_loops(n, row, cards, counts, amounts, card, day, day + 0.0):
            break
        drop_first(queues.keys, queues.dues, queues.ready, counts[READY])
        counts[READY] -= 1
        review_alone(
            env_press, sch_next, n, row, ew, sw, cards, queues, counts, amounts, series, curve, log, card,
            day, day + 0.0,
        )  # fmt: skip
    leave(queues, counts, best, due)


def sort_waiting(n: Any, cards: Any, queues: Any, counts: Any, day: int) -> int:
    """Divides the cards that wait into due reviews and cards in steps; the number of the former."""
    due = 0
    for i in range(counts[WAITING]):
        card = queues.waiting[i]
        b = card * n[CARD_SIZE]
        when = cards[b + DUE]
        if cards[b + PHASE] > 0.0:
            cards[rare_place(n, card) + PRESSED_TODAY] = 0.0
            if n[CARRIED] != AMONG_REVIEWS or when > day:
                rise(queues.step_dues, queues.step_dues, queues.steps, counts[IN_STEPS], when, when, card)
                counts[IN_STEPS] += 1
                continue
        queues.ready[due] = card
        queues.dues[due] = when
        due += 1
    counts[WAITING] = 0
    return due


def limits_are_far(n: Any, row: Any, counts: Any, limits: int, due: int) -> bool:
    """Whether all that can be pressed today will be, so that the order of independent cards is open."""
    if n[EVENTS] > 0 or n[SHORT_TERM] != NO_SHORT_TERM or due > row[limits + 1]:
        return False
    most = 0.0
    for i in range(12):
        most = max(most, row[COSTS + i])
    most = most + row[BASE_SECONDS] * (1.0 + row[PENALTY])
    new = min(row[limits], n[DECK] - counts[UNSEEN] + 0.0)
    far: bool = (due + new) * most < row[limits + 2]
    return far


def most_reviews(n: Any, row: Any, limits: int, due: int) -> int:
    """How many of the due cards the limits of the day may let through at most."""
    if n[CARRIED] == AMONG_REVIEWS and n[SHORT_TERM] != NO_SHORT_TERM:
        return due
    least = row[COSTS]
    for i in range(1, 4):
        least = min(least, row[COSTS + i])
    least = least + row[BASE_SECONDS]
    most = min(row[limits + 1], due + 0.0)
    if least > 0.0:
        most = min(most, row[limits + 2] / least + 2.0)
    reviews: int = min(floor(most + 0.999999), due)
    return reviews


def order(sch_keys: Any, n: Any, sw: Any, cards: Any, queues: Any, day: int, due: int) -> None:
    """Gives due cards what they are sorted by."""
    ready, keys = queues.ready, queues.keys
    if n[MODE] == SHUFFLED:
        for i in range(due):
            keys[i] = uniform(address(n[SEED], n[USER], ready[i], day, PURPOSE_ORDER)[0])
    else:
        sch_keys(sw, cards, n[CARD_SIZE], n[BELIEF], ready, due, day + 0.0, n[MODE], n[BELIEF_CALENDAR], keys)
    if n[CARRIED] != AMONG_REVIEWS and n[PRIORITY_EXACT] > 0:
        return
    for i in range(due):
        if n[PRIORITY_EXACT] == 0:
            keys[i] = keys[i] + 1e-4 * queues.dues[i] + 1e-8 * ready[i]
        if cards[ready[i] * n[CARD_SIZE] + PHASE] > 0.0:
            keys[i] = queues.dues[i]


def in_loops(
    n: Any, row: Any, cards: Any, counts: Any, amounts: Any, card: int, day: int, now: float
) -> bool:
    """Whether the limit of loops lets a card in steps be pressed; counts the loops of the day."""
    b = card * n[CARD_SIZE]
    if n[SHORT_TERM] == NO_SHORT_TERM or cards[b + PHASE] == 0.0:
        return True
    if n[SWEEPS] > 0:
        if cards[rare_place(n, card) + PRESSED_TODAY] >= row[LOOPS]:
            return False
        cards[rare_place(n, card) + PRESSED_TODAY] += 1.0
        counts[LOOPS_TODAY] = max(counts[LOOPS_TODAY], floor(cards[rare_place(n, card) + PRESSED_TODAY]))
        return True
    if now == amounts[LOOP_TIME]:
        return True
    if counts[LOOPS_TODAY] >= row[LOOPS]:
        counts[STOPPED] = 1
        return False
    counts[LOOPS_TODAY] += 1
    amounts[LOOP_TIME] = now
    return True


def press_steps(
    env_press: Any, sch_next: Any, n: Any, row: Any, ew: Any, sw: Any, cards: Any, queues: Any, counts: Any,
    amounts: Any, series: Any, curve: Any, log: Any, day: int, limits: int, left_over: bool,
) -> None:  # fmt: skip
    """Presses within steps, of earlier days or of this one, by due time, while the person goes on."""
    now, dues, steps = day + 0.0, queues.step_dues, queues.steps
    while counts[IN_STEPS] > 0 and counts[STOPPED] == 0 and dues[0] < day + 1:
        if left_over and dues[0] > day:
            return
        if not may_press_step(
            counts[REVIEWED], amounts[SPENT], row[limits + 1], row[limits + 2], n[STEP_LIMITS] > 0
        ):
            break
        card = steps[0]
        now = max(now, dues[0])
        drop_first(dues, dues, steps, counts[IN_STEPS])
        counts[IN_STEPS] -= 1
        if in_loops(n, row, cards, counts, amounts, card, day, now):
            review_alone(
                env_press, sch_next, n, row, ew, sw, cards, queues, counts, amounts, series, curve, log,
                card, day, now,
            )  # fmt: skip
        else:
            queues.waiting[counts[WAITING]] = card
            counts[WAITING] += 1
    if left_over:
        return
    for i in range(counts[IN_STEPS]):
        queues.waiting[counts[WAITING] + i] = steps[i]
    counts[WAITING] += counts[IN_STEPS]
    counts[IN_STEPS] = 0


def leave(queues: Any, counts: Any, best: int, due: int) -> None:
    """Lets the due reviews that were not pressed wait: the rest of the heap, and what was never in it."""
    for i in range(counts[READY]):
        queues.waiting[counts[WAITING]] = queues.ready[i]
        counts[WAITING] += 1
    for i in range(best, due):
        queues.waiting[counts[WAITING]] = queues.ready[i]
        counts[WAITING] += 1
    counts[READY] = 0
