"""What comes first on a day that is too short for everything, by either engine."""

from __future__ import annotations

import numpy as np
import pytest

from repetita.simulation.lanes.plans import run_plan
from repetita.simulation.running import plan

ENGINES = {"event": lambda made, seed: made.run(seed), "lanes": lambda made, seed: run_plan(made, [seed])[0]}


@pytest.fixture(params=list(ENGINES))
def run(request):
    def run_it(**options):
        return ENGINES[request.param](plan(**options), 4)

    return run_it


def reviewed_share(outcome):
    """Share of the cards begun that came to a review: that left their steps."""
    log = outcome.events
    return np.unique(log.card_id[log.phase == 0]).size / np.unique(log.card_id).size


def test_cards_leave_their_steps_however_short_the_days(run):
    """Half of the minutes that all would take: fewer cards are begun, and those that are, are finished."""
    options = {"days": 60, "deck": 600, "short_term": "steps", "priority": "review-first"}
    free = run(**options)
    options["minutes_limit"] = free.minutes_per_day / 2
    short, passed_over = run(**options), run(**options, switches={"carried_steps": "last"})
    assert short.total_new < 0.6 * free.total_new
    assert reviewed_share(short) > 0.8
    assert passed_over.total_new > 0.9 * free.total_new
    assert reviewed_share(passed_over) < 0.5


def test_steps_left_over_come_before_new_cards_even_where_those_go_first(run):
    """Three minutes a day: each morning the steps of yesterday, then new cards."""
    log = run(days=20, deck=600, short_term="steps", minutes_limit=3, new_limit=50).events
    left_over = ((log.phase == 1) | (log.phase == 2)) & (log.last_review == log.day)
    assert left_over.sum() > 50
    for day in range(20):
        of_day = np.flatnonzero(log.day == day)
        count = left_over[of_day].sum()
        assert left_over[of_day[:count]].all()


def test_new_cards_wait_for_reviews_that_a_limit_holds_back(run):
    """Three reviews a day of cards that come back daily: the fourth one overfills the day, none follows."""
    options = {"days": 30, "deck": 9, "scheduler": "fixed@1", "review_limit": 3, "new_limit": 1}
    assert run(**options, priority="review-first").total_new == 4
    assert run(**options, priority="new-first").total_new == 9
    free = run(**options, priority="review-first", switches={"new_cards_wait": False})
    assert free.total_new == 9


def test_new_cards_wait_for_steps_that_a_limit_holds_back(run):
    """Four presses a day, and every card needs two or more: no card is begun while another is in steps."""
    options = {"days": 12, "deck": 300, "short_term": "steps", "review_limit": 4, "new_limit": 10}
    log = run(**options, priority="review-first").events
    begun = np.unique(log.day[log.phase == 3])
    assert begun[0] == 0
    assert (np.diff(begun) > 2).all()
    other = run(**options, priority="review-first", switches={"new_cards_wait": False})
    assert other.total_new == 120
