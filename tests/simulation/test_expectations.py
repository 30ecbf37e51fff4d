"""Runs against exact expectations: without limits cards are independent, and a tree gives the means."""

from __future__ import annotations

from functools import cache
from math import floor, sqrt

import numpy as np
import pytest

from repetita.simulation import Behavior, CardView, Cost
from repetita.simulation.cards import writers
from repetita.simulation.running import plan

DAYS, LIMIT, SEEDS = 13, 40, 12
set_interval, set_state, set_phase = writers("interval", "state", "phase")


def expectations(made):
    """Mean reviews, seconds and remembered card-days of a card, by the day of its introduction."""
    world, scheduler, person, cost = made.environments[0], made.schedulers[0], made.behavior, made.cost
    card = CardView(0)

    def shown(state, interval):
        set_state(card, state)
        set_interval(card, interval)
        return card

    @cache
    def later(memory, belief, interval, last, due):
        """From a press at ``last`` on: due on day ``due``."""
        until = min(due, DAYS)
        remembered = sum(
            world.retrievability(memory, float(day - last))
            for day in range(last + 1, until + 1)
            if day < DAYS
        )
        if due >= DAYS:
            return np.array([0.0, 0.0, remembered])
        days = float(due - last)
        recalled = world.retrievability(memory, days)
        total = np.array([0.0, 0.0, remembered])
        chances = [1.0 - recalled, *(recalled * share for share in person.success_ratings)]
        for rating, chance in zip((1, 2, 3, 4), chances, strict=True):
            raw, new = scheduler.after(shown(belief, interval), days, rating, float(due))
            after, step = world.after(memory, days, rating), float(max(1, floor(raw + 0.5)))
            seconds = cost.review_seconds(recalled, rating, card)
            total += chance * (np.array([1.0, seconds, 0.0]) + later(after, new, step, due, due + int(step)))
        return total

    found = []
    for day in range(DAYS):
        total = np.zeros(3)
        for rating, share in zip((1, 2, 3, 4), person.first_ratings, strict=True):
            raw, belief = scheduler.first(shown(None, 0.0), rating, float(day))
            step = float(max(1, floor(raw + 0.5)))
            seconds = cost.learning_seconds(rating, card)
            total += share * (
                np.array([0.0, seconds, 0.0]) + later(world.first(rating), belief, step, day, day + int(step))
            )
        found.append(total)
    return found


@pytest.mark.parametrize(
    ("environment", "scheduler"),
    [("fsrs6", "fsrs6"), ("fsrs3", "anki_sm2"), ("hlr", "memrise"), ("fsrs5", "fixed@3")],
)
def test_means_are_the_expectations(environment, scheduler):
    """|z| < 4 for each of three means, p = 6.3e-5; seeds fixed."""
    behavior = Behavior(new_limit=LIMIT, review_limit=1e9, minutes_limit=1e9)
    cost = Cost(base_seconds=3.0, penalty=2.0)
    made = plan(
        environment=environment,
        scheduler=scheduler,
        days=DAYS,
        deck=DAYS * LIMIT,
        behavior=behavior,
        cost=cost,
    )
    expected = LIMIT * np.sum(expectations(made), axis=0)
    runs = [made.run(seed, events=False) for seed in range(SEEDS)]
    found = np.array([(r.total_reviews, r.total_cost_seconds, r.memorized.sum()) for r in runs])
    errors = found.std(axis=0, ddof=1) / sqrt(SEEDS)
    z = (found.mean(axis=0) - expected) / np.maximum(errors, 1e-9 * expected)
    assert np.abs(z).max() < 4.0, (z, expected, found.mean(axis=0))
