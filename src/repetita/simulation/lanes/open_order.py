"""All due reviews of a day whose order is open: the same presses, step by step for all cards together.

Text that a compiler links, see `repetita.simulation.lanes.linking`; letters are those of
`repetita.simulation.lanes.press`. What a step finds for each card is kept in the arrays of the heaps, which a
day of open order does not need: three draws, then the rating in `keys`, recall in `dues`, the interval asked
for in `step_dues`.
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
    LAPSES,
    LAST,
    LAZY_GOOD,
    MARKOV,
    PENALTY,
    PREVIOUS,
    REPS,
    SAMPLED_AT_END,
    SEED,
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


def review_all(
    env_press_all: Any, sch_next_all: Any, n: Any, row: Any, ew: Any, sw: Any, cards: Any, queues: Any,
    counts: Any, amounts: Any, series: Any, curve: Any, log: Any, day: int, due: int,
) -> None:  # fmt: skip
    """Presses all due cards."""
    ready, keys, now, size = queues.ready, queues.keys, day + 0.0, n[CARD_SIZE]
    for i in range(due):
        keys[i] = cards[ready[i] * size + REPS]
    draw(n[SEED], n[USER], ready, due, keys, queues.dues, queues.step_dues, queues.further)
    env_press_all(
        ew, cards, size, ready, due, now, n[WORLD_CALENDAR], n[SAMPLED_AT_END], row[LAZY_GOOD],
        n[SUCCESS_SHARES], n[MARKOV], keys, queues.dues, queues.step_dues, curve,
    )  # fmt: skip
    sch_next_all(sw, cards, size, n[BELIEF], ready, due, now, n[BELIEF_CALENDAR], keys, queues.step_dues)
    for i in range(due):
        card, recalled, rating = ready[i], queues.dues[i], int(keys[i])
        if not (recalled >= 0.0 and recalled <= 1.0):
            fail(counts, BAD_RECALL, card, day)
            return
        b = card * size
        last = cards[b + LAST]
        seconds = press_seconds(row[COSTS + rating - 1], recalled, row[BASE_SECONDS], row[PENALTY])
        count_review(n, counts, amounts, series, REVIEW, rating, seconds, day)
        settle_card(n, row, cards, counts, card, REVIEW, queues.step_dues[i], rating, now, queues.further[i])
        if rating == 1:
            cards[rare_place(n, card) + LAPSES] += 1.0
        cards[b + PREVIOUS] = rating
        note_press(n, cards, queues, counts, log, card, REVIEW, rating, recalled, seconds, now, last, day)
