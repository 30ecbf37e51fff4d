"""Later presses in a lane: step by step for several cards together where their order is open, or of one.

Text that a compiler links, see `repetita.simulation.lanes.texts`; letters are those of
`repetita.simulation.lanes.press`. Several cards together turn the draws into vector instructions, and the
roles are called once.
"""

from __future__ import annotations

from typing import Any

from repetita.addressed_random import address, uniform
from repetita.simulation.lanes.places import (
    BAD_RECALL,
    BASE_SECONDS,
    BELIEF,
    BELIEF_CALENDAR,
    CARD_SIZE,
    COSTS,
    FULL,
    HISTORY_FULL,
    LAPSES,
    LAST,
    LAZY_GOOD,
    MARKOV,
    PENALTY,
    PHASE,
    PREVIOUS,
    REPS,
    SAMPLED_AT_END,
    SEED,
    SEES_PHASE,
    SUCCESS_SHARES,
    USER,
    WORLD_CALENDAR,
)
from repetita.simulation.lanes.press import count_review, fail, note_press, rare_place, settle_card
from repetita.simulation.rules import REVIEW, press_seconds


def draw(
    seed: int, user: int, ready: Any, count: int, recall: Any, rating: Any, lazy: Any, fuzz: Any
) -> None:
    """Draws the numbers of a press of each card; ``recall`` holds how often each was pressed before."""
    for i in range(count):
        u = address(seed, user, ready[i], int(recall[i]))
        recall[i] = uniform(u[0])
        rating[i] = uniform(u[1])
        lazy[i] = uniform(u[2])
        fuzz[i] = uniform(u[3])


def review_alone(
    env_press: Any, sch_next: Any, n: Any, row: Any, ew: Any, sw: Any, cards: Any, queues: Any, counts: Any,
    amounts: Any, series: Any, curve: Any, log: Any, card: int, day: int, now: float,
) -> None:  # fmt: skip
    """A later press of a card."""
    draws = queues.draws
    queues.alone[0] = card
    review(
        env_press, sch_next, n, row, ew, sw, cards, queues, counts, amounts, series, curve, log, day, now,
        queues.alone, 1, draws[0:1], draws[1:2], draws[2:3], draws[3:4],
    )  # fmt: skip


def review(
    env_press: Any, sch_next: Any, n: Any, row: Any, ew: Any, sw: Any, cards: Any, queues: Any, counts: Any,
    amounts: Any, series: Any, curve: Any, log: Any, day: int, now: float, ready: Any, count: int, first: Any,
    second: Any, third: Any, fourth: Any,
) -> None:  # fmt: skip
    """Later presses of cards, whose order is open if there are several.

    The four arrays hold three draws, then rating, recall and interval asked for; the last one a draw.
    """
    size = n[CARD_SIZE]
    for i in range(count):
        first[i] = cards[ready[i] * size + REPS]
    draw(n[SEED], n[USER], ready, count, first, second, third, fourth)
    env_press(
        ew, cards, size, ready, count, now, day - n[SAMPLED_AT_END], n[WORLD_CALENDAR], n[SAMPLED_AT_END],
        row[LAZY_GOOD], n[SUCCESS_SHARES], n[MARKOV], first, second, third, curve,
    )  # fmt: skip
    sch_next(sw, cards, size, n[BELIEF], ready, count, now, n[BELIEF_CALENDAR], n[SEES_PHASE], first, third)
    for i in range(count):
        card, rating, recalled = ready[i], int(first[i]), second[i]
        if not (recalled >= 0.0 and recalled <= 1.0):
            fail(counts, HISTORY_FULL if recalled == FULL else BAD_RECALL, card, day)
            return
        b = card * size
        last, phase = cards[b + LAST], int(cards[b + PHASE])
        seconds = press_seconds(
            row[COSTS + 4 * phase + rating - 1], recalled, row[BASE_SECONDS], row[PENALTY]
        )
        count_review(n, counts, amounts, series, phase, rating, seconds, day)
        settle_card(n, row, cards, counts, card, phase, third[i], rating, now, fourth[i])
        if rating == 1:
            cards[rare_place(n, card) + LAPSES] += 1.0
        if phase == REVIEW:
            cards[b + PREVIOUS] = rating
        note_press(n, cards, queues, counts, log, card, phase, rating, recalled, seconds, now, last, day)
