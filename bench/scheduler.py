"""Answers a second: our scheduler and py-fsrs, then arrays of states and fsrs-rs-python in a loop.

    python bench/scheduler.py [--cards 40] [--reviews 12] [--repeats 150] [--states 4000]

Both schedulers answer the same cards with the same ratings, each an hour after the card fell due by its own
reckoning, with FSRS-6, its default parameters and the same steps; first without fuzz, then with. "Same rules"
is our scheduler with what py-fsrs does not do switched off: no order of the buttons, and cards fall due to
the second instead of with their day. Runs are short, the programs take turns, and the least processor time of
each counts: other programs on the machine only ever add to it.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from time import process_time
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import repetita as rp

try:
    import fsrs
    import fsrs_rs_python
except ImportError as error:
    raise SystemExit("the peers are not installed: pip install fsrs==6.3.2 fsrs-rs-python==0.9.3") from error

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATER = timedelta(hours=1)
SHARES = (0.1, 0.1, 0.7, 0.1)


def answered_by_us(ratings: list[list[int]], **options: Any) -> Callable[[], int]:
    scheduler = rp.Scheduler("fsrs6", seed=1, **options)
    grades = [[rp.Rating(rating) for rating in row] for row in ratings]
    cards = [rp.Card(card_id=number) for number in range(len(ratings))]

    def run() -> int:
        for card, row in zip(cards, grades, strict=True):
            at = START
            for rating in row:
                card, _ = scheduler.review(card, rating, at)
                at = card.due + LATER  # type: ignore[operator]
        return len(grades) * len(grades[0])

    return run


def answered_by_peer(ratings: list[list[int]], *, fuzz: bool) -> Callable[[], int]:
    scheduler = fsrs.Scheduler(enable_fuzzing=fuzz)
    grades = [[fsrs.Rating(rating) for rating in row] for row in ratings]
    cards = [fsrs.Card(card_id=number) for number in range(len(ratings))]

    def run() -> int:
        for card, row in zip(cards, grades, strict=True):
            at = START
            for rating in row:
                card, _ = scheduler.review_card(card, rating, at)
                at = card.due + LATER
        return len(grades) * len(grades[0])

    return run


def states_by_us(states: np.ndarray, days: np.ndarray) -> Callable[[], int]:
    model = rp.model("fsrs6")

    def run() -> int:
        model.next_states((states[0], states[1]), days, 0.9)
        return len(days)

    return run


def states_by_peer(states: np.ndarray, days: np.ndarray) -> Callable[[], int]:
    model = fsrs_rs_python.FSRS(parameters=list(fsrs_rs_python.DEFAULT_PARAMETERS))
    rows = list(zip(states[0].tolist(), states[1].tolist(), days.astype(int).tolist(), strict=True))

    def run() -> int:
        for stability, difficulty, elapsed in rows:
            model.next_states(fsrs_rs_python.MemoryState(stability, difficulty), 0.9, elapsed)
        return len(rows)

    return run


def least(runs: list[Callable[[], int]], repeats: int) -> list[float]:
    """Least microseconds of processor time of each, taking turns."""
    rounds = [[timed(run) for run in runs] for _ in range(repeats)]
    return [min(times) for times in zip(*rounds, strict=True)]


def timed(run: Callable[[], int]) -> float:
    began = process_time()
    done = run()
    return (process_time() - began) / done * 1e6


def largest_difference(ratings: list[list[int]]) -> float:
    """Of memory states after the same answers at the same times, relative."""
    ours, theirs = rp.Scheduler("fsrs6"), fsrs.Scheduler(enable_fuzzing=False)
    worst = 0.0
    for number, row in enumerate(ratings):
        card, other, at = rp.Card(card_id=number), fsrs.Card(card_id=number), START
        for rating in row:
            card, _ = ours.review(card, rating, at)
            other, _ = theirs.review_card(other, fsrs.Rating(rating), at)
            # always at the same hour, so that days and blocks of 24 hours are the same; the peer knows no
            # longest stability, so it is not let go so far
            at += timedelta(days=min(max((other.due - at).days, 1), 60))
            pairs = ((card.stability, other.stability), (card.difficulty, other.difficulty))
            worst = max(worst, *(abs(a / b - 1.0) for a, b in pairs if b < 36_500.0))
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cards", type=int, default=40)
    parser.add_argument("--reviews", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=150)
    parser.add_argument("--states", type=int, default=4000)
    given = parser.parse_args()
    random = Random(1)
    ratings = [random.choices((1, 2, 3, 4), SHARES, k=given.reviews) for _ in range(given.cards)]
    same = {"ordered": False, "due_at": "answer time"}
    states = np.array([random.uniform(0.5, 200.0) for _ in range(given.states)]), np.full(given.states, 5.0)
    days = np.rint(states[0])
    arrays, loop = states_by_us(np.array(states), days), states_by_peer(np.array(states), days)
    arrays()  # compile
    tasks = {
        "review, no fuzz": (
            answered_by_peer(ratings, fuzz=False),
            answered_by_us(ratings, **same),
            answered_by_us(ratings),
        ),
        "review, fuzz": (
            answered_by_peer(ratings, fuzz=True),
            answered_by_us(ratings, fuzz="repetita", **same),
            answered_by_us(ratings, fuzz="repetita"),
        ),
        "four next states, arrays": (loop, arrays, arrays),
    }
    console, table = (
        Console(width=110),
        Table("task", "peer us", "same rules us", "ratio", "our rules us", "ratio"),
    )
    for name, runs in tasks.items():
        peer, alike, ours = least(list(runs), given.repeats)
        table.add_row(
            name, f"{peer:.2f}", f"{alike:.2f}", f"{peer / alike:.2f}", f"{ours:.2f}", f"{peer / ours:.2f}"
        )
    console.print(
        f"{platform.machine()}, CPython {platform.python_version()}; peers fsrs 6.3.2 and fsrs-rs-python "
        f"0.9.3; memory states differ by {largest_difference(ratings):.0e} at most"
    )
    console.print(table)


if __name__ == "__main__":
    main()
