"""The numbers that the tests of fsrs-rs expect of its simulator, beside ours under the same rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

import repetita as rp
from repetita.simulation import PRESS_COSTS, Behavior, CardView, Luck, ShortTerm, Simulation, Today
from reproduction.people import Size
from reproduction.published import FSRS_RS_FIRST_DAYS, FSRS_RS_MEMORIZED, FSRS_RS_PRIORITIES
from reproduction.table import table

__all__ = ["parts"]

# next rating (column) by the one before (row), in learning and in relearning
LEARNING = (
    (0.3686, 0.0628, 0.5108, 0.0577),
    (0.0442, 0.4553, 0.4457, 0.0549),
    (0.0519, 0.047, 0.8462, 0.055),
)
RELEARNING = (
    (0.2157, 0.0643, 0.6595, 0.0604),
    (0.05, 0.4638, 0.4475, 0.0387),
    (0.1057, 0.1434, 0.7266, 0.0244),
)
AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
STEPS = ShortTerm(learning_steps=(1, 10), relearning_steps=(10,), loops_limit=None)
PHASES = {1: (LEARNING, PRESS_COSTS.learning, 2), 2: (RELEARNING, PRESS_COSTS.relearning, 1)}
RULES = {
    "memorized_sampling": "end",
    "step_limits": False,
    "new_cards_wait": False,  # its new cards know no limit of reviews
    "same_day_hard_may_lower": True,
}
NO_LIMIT = 1e6
FIRST_DAYS = len(FSRS_RS_FIRST_DAYS)
YEAR = 365


def parts(size: Size) -> dict[str, str]:
    """Each number, the mean of ours over seeds, and how far a single run scatters."""
    year: dict[str, Any] = {
        "days": min(YEAR, size.days),
        "minutes_limit": 30,
        "retention": 0.9,
        "deck": size.deck,
    }
    month: dict[str, Any] = {
        "days": 30,
        "new_limit": 60,
        "review_limit": 200,
        "retention": 0.9,
        "deck": size.deck,
    }
    strict: dict[str, Any] = {
        **{"days": min(100, size.days), "deck": min(1000, size.deck), "new_limit": 10, "review_limit": 5},
        "retention": 0.8,
    }
    seeds = range(max(size.seeds // 2, 2))
    rows = []
    for longest, theirs in FSRS_RS_MEMORIZED.items():
        ours = [float(_run(seed, **year, longest=longest).memorized[-1]) for seed in seeds]
        limit = "" if longest > YEAR else f", intervals up to {longest} days"
        rows.append((f"remembered on the last day of a year{limit}", f"{theirs:.2f}", *_shown(ours, 0)))
    ours = [float(_run(seed, **month).phase_reviews[:FIRST_DAYS].sum()) for seed in seeds]
    rows.append((f"reviews of the first {FIRST_DAYS} days", f"{sum(FSRS_RS_FIRST_DAYS)}", *_shown(ours, 0)))
    for order, seconds in FSRS_RS_PRIORITIES.items():
        ours = [_seconds_a_card(_run(seed, **strict, order=order)) for seed in seeds]
        name = f"seconds a remembered card, {order.replace('_', ' ')} first"
        rows.append((name, f"{seconds:.1f}", *_shown(ours, 1)))
    return {"fsrs_rs": table(("figure", "published, one run", "ours, mean", "one run scatters by"), rows)}


def _run(
    seed: int,
    *,
    retention: float,
    longest: float = 36500,
    order: str = "low_difficulty",
    new_limit: float = NO_LIMIT,
    review_limit: float = NO_LIMIT,
    minutes_limit: float = NO_LIMIT,
    **size: int,
) -> Simulation:
    person = Person(
        new_limit=new_limit,
        review_limit=review_limit,
        minutes_limit=minutes_limit,
        priority="review-first",
    )
    return rp.simulate(
        desired_retention=retention,
        scheduler_priority=order,
        behavior=person,
        cost=PRESS_COSTS,
        short_term=STEPS,
        switches=RULES | {"max_interval": longest},
        events=False,
        seed=seed,
        **size,
    )


def _seconds_a_card(run: Simulation) -> float:
    return run.total_cost_seconds / float(run.memorized[-1])


def _shown(values: Sequence[float], digits: int) -> tuple[str, str]:
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return f"{np.mean(values):.{digits}f} ± {error:.{digits}f}", f"{np.std(values, ddof=1):.{digits}f}"


@cache
def seconds_to_come(phase: int) -> dict[tuple[int, int], float]:
    """Mean seconds of the presses until a card leaves its steps, by rating before and steps left."""
    rows, costs, steps = PHASES[phase]
    expected = {(before, left): 0.0 for before in (AGAIN, HARD, GOOD) for left in range(1, steps + 1)}
    for _ in range(200):  # the chain forgets itself faster than by half a press
        expected = {
            (before, left): sum(
                share * (costs[rating - 1] + expected.get((rating, left_after(rating, left, steps)), 0.0))
                for rating, share in enumerate(rows[before - 1], start=1)
            )
            for before, left in expected
        }
    return expected


def left_after(rating: int, left: int, steps: int) -> int:
    """Steps left after a press within them; 0 ends them."""
    return {AGAIN: steps, HARD: left, GOOD: left - 1, EASY: 0}[rating]


@dataclass(frozen=True, kw_only=True)
class Person(Behavior):
    """Ratings within a day follow the rating before, and a day ends when its presses to come fill it.

    fsrs-rs presses all steps of a card at once. Here they come after the other cards, so their mean seconds
    are put aside when they are caused.
    """

    aside: dict[int, float] = field(default_factory=dict, compare=False)

    def today(self, day: int) -> Today:
        """Fresh counters; nothing is put aside."""
        self.aside.clear()
        self.aside[day] = 0.0
        return super().today(day)

    def choose(self, today: Today, review: CardView | None, new: CardView | None) -> Any:
        """As others, while the day has room for the presses that are to come."""
        full = today.spent + self.aside[today.day] >= today.seconds_limit
        return None if full else super().choose(today, review, new)

    def first_rating(self, card: CardView, luck: Luck) -> int:
        """By the shares of new cards."""
        rating = super().first_rating(card, luck)
        if rating < EASY:
            self._put_aside(1, rating, left_after(rating, 2, 2))
        return rating

    def review_rating(self, retrievability: float, card: CardView, luck: Luck) -> int | None:
        """By retrievability in review, by the rating before within steps."""
        if card.phase:
            rows = PHASES[card.phase][0]
            before, draw = card.presses[-1][0], luck.answer(retrievability, 0.0)[0]
            return int(np.searchsorted(np.cumsum(rows[before - 1][:3]), draw)) + 1
        rating = super().review_rating(retrievability, card, luck)
        if rating == AGAIN:
            self._put_aside(2, AGAIN, 1)
        return rating

    def _put_aside(self, phase: int, rating: int, left: int) -> None:
        (day,) = self.aside
        self.aside[day] += seconds_to_come(phase)[rating, left]
