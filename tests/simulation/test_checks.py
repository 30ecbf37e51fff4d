"""Contract checks: parts of ours pass, each breach is found and named."""

from __future__ import annotations

import random

import pytest

import repetita as rp
from repetita import model
from repetita.errors import UsageError
from repetita.simulation import Behavior, Cost, Switches
from repetita.simulation.specs import POLICIES, environment_of, scheduler_names, scheduler_of


@pytest.mark.parametrize(
    "name", [name for name in scheduler_names() if name not in POLICIES and name != "ebisu2"]
)
def test_our_schedulers_pass(name):
    given = {"belief": None, "policy": None, "short_term": None, "switches": Switches(), "days": 9}
    rp.check_scheduler(scheduler_of(name, desired_retention=0.9, priority="low_retrievability", **given))


@pytest.mark.parametrize("name", ["fsrs6", "fsrs7", "hlr", "dash", "actr", "sm2", "memrise"])
def test_our_worlds_pass(name):
    rp.check_environment(environment_of(name, None, Switches())[0])
    rp.check_environment(environment_of(model(name), None, Switches())[0])


def test_our_persons_and_costs_pass():
    rp.check_behavior(Behavior(attendance=0.5, markov=[[1, 2, 3, 4]] * 4, vacations=[(0, 3)]))
    rp.check_cost(Cost(base_seconds=2.0, penalty=1.5))


class Good:
    def first(self, card, rating, now):
        return 1.0, rating

    def after(self, card, elapsed_days, rating, now):
        return 2.0, card.state


class Dice(Good):
    def after(self, card, elapsed_days, rating, now):
        return 1.0 + random.random(), None


class Meddler(Good):
    def after(self, card, elapsed_days, rating, now):
        card.interval = 3.0
        return 2.0, None


class Keeper(Good):
    def first(self, card, rating, now):
        return 1.0, [rating]

    def after(self, card, elapsed_days, rating, now):
        card.state.append(rating)
        return float(len(card.state)), card.state


class Peeker(Good):
    def after(self, card, elapsed_days, rating, now):
        return getattr(card, "stability", 2.0), None


class Wordy(Good):
    def priority(self, card, now):
        return "soon"


BREACHES = [
    (Dice, "to one question"),
    (Meddler, r"set card\.interval"),
    (Keeper, "state was changed"),
    (Peeker, r"asked for card\.stability"),
    (Wordy, "expected a number or a tuple"),
    (type("Never", (Good,), {"first": lambda self, card, rating, now: (float("inf"), None)}), "finite days"),
    (type("Bare", (Good,), {"first": lambda self, card, rating, now: 1.0}), "interval in days, state"),
    (type("Half", (), {"first": Good.first}), "no method 'after'"),
]


@pytest.mark.parametrize(("part", "words"), BREACHES, ids=lambda value: getattr(value, "__name__", ""))
def test_breaches_of_schedulers_are_named(part, words):
    with pytest.raises(UsageError, match=words):
        rp.check_scheduler(part())


def test_breaches_of_other_parts_are_named():
    class World:
        def first(self, rating):
            return {"strength": rating}

        def retrievability(self, state, elapsed_days):
            return 1.2 - elapsed_days

        def after(self, state, elapsed_days, rating):
            state["strength"] += 1
            return state

    with pytest.raises(UsageError, match=r"expected a number in \[0, 1\].*state was changed"):
        rp.check_environment(World())

    class Reckless(Behavior):
        def review_rating(self, retrievability, card, luck):
            return 5

        def choose(self, today, review, new):
            return "learn"

    with pytest.raises(UsageError, match=r"choose gave 'learn'.*review_rating gave 5"):
        rp.check_behavior(Reckless())

    class Refund(Cost):
        def review_seconds(self, retrievability, rating, card):
            return -1.0

    with pytest.raises(UsageError, match=r"a cost is -1\.0"):
        rp.check_cost(Refund())


def test_a_breach_in_a_run_is_an_error_of_ours():
    class Negative(Good):
        def after(self, card, elapsed_days, rating, now):
            return -1.0, None

    with pytest.raises(UsageError, match=r"Negative gave an interval of -1\.0"):
        rp.simulate(days=9, deck=9, scheduler=Negative())
    with pytest.raises(UsageError, match="read only"):
        rp.simulate(days=9, deck=9, scheduler=Meddler())
