"""Advice on steps from a large log, and plans for a large deck: how long they take.

python bench/due_dates.py [--reviews 1000000] [--cards 100000] [--seed 1]
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time
from typing import Any

import repetita as rp
from repetita.scheduling import Card, Scheduler, State, batch

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def main() -> None:
    arguments = parse()
    log = rp.simulate_log(reviews=arguments.reviews, days=1500, seed=arguments.seed)
    print(f"{'':38}{'seconds':>9}{'CPU':>9}   result")
    shown("advise_steps", rp.advise_steps, log)
    cards = deck_of(arguments.cards, arguments.seed)
    deck = shown("Deck", batch.Deck, cards, Scheduler(), NOW)
    most = len(cards) // 50
    for name, tool, *options in (
        ("reschedule", batch.reschedule),
        ("postpone", batch.postpone, most),
        ("advance", batch.advance, most),
        ("flatten", batch.flatten, most),
        ("easy_days", batch.easy_days, (1, 1, 1, 1, 1, 0.5, 0)),
        ("disperse_siblings", batch.disperse_siblings),
        ("schedule_break", batch.schedule_break, 7, 14),
    ):
        plan = shown(name, tool, deck, *options)
    shown("apply", lambda: f"{len(plan.apply(cards)):,} cards")


def shown(name: str, call: Callable[..., Any], *arguments: Any) -> Any:
    wall, cpu = perf_counter(), process_time()
    result = call(*arguments)
    print(f"{name:38}{perf_counter() - wall:9.2f}{process_time() - cpu:9.2f}   {result!r:.70}")
    return result


def deck_of(count: int, seed: int) -> list[Card]:
    """Cards in review with stabilities of weeks, some overdue, three to a note."""
    draw, rule, cards = random.Random(seed), Scheduler().day_rule, []
    for i in range(count):
        stability = draw.lognormvariate(3.0, 1.2)
        last = NOW - timedelta(days=draw.randrange(int(stability) + 3), hours=draw.randrange(1, 20))
        interval = max(1, round(stability * draw.uniform(0.8, 1.2)))
        cards.append(
            Card(
                card_id=i,
                note_id=i // 3,
                state=State.REVIEW,
                model="fsrs6",
                memory=(stability, draw.uniform(1.0, 10.0)),
                due=rule.start(rule.day(last) + interval),
                last_review=last,
                scheduled_days=interval,
                reps=draw.randrange(1, 20),
            )
        )
    return cards


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reviews", type=int, default=1_000_000)
    parser.add_argument("--cards", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
