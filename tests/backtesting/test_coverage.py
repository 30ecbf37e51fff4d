"""Whether the bands hold what they say, on people whose truth is known."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

import repetita as rp
from repetita.backtesting import backtest
from repetita.backtesting.coming import first_days
from repetita.backtesting.past import cut, scheduled
from repetita.backtesting.redrawn import day_effect
from repetita.backtesting.result import LEVEL
from repetita.reviews import simulate_log
from repetita.reviews.learner import Learner

USERS, RARE = 12, 0.005


def person(number, **habits):
    """A log of somebody drawn from the population, who does what is due."""
    steady = {"reviews_per_card": (200, 200.0, 200), "overdue": 0.0, "interval_noise": 0.05, "days_off": 0.1}
    parameters = rp.synthetic_population(1, seed=number, reviews=50).parameters[0].tolist()
    learner = Learner(**(steady | habits))
    return simulate_log(cards=160, days=110, seed=number, learner=learner, parameters=parameters)


def at_most(hits, tries, chance):
    """Probability of so few hits or fewer."""
    return sum(comb(tries, k) * chance**k * (1 - chance) ** (tries - k) for k in range(hits + 1))


def test_bands_hold_nine_of_ten():
    inside = {"reviews": 0, "minutes": 0, "retention": 0}
    for number in range(USERS):
        for forecast in backtest(person(number), days=30, runs=19, habits="actual", seed=number).totals():
            inside[forecast.metric] += bool(forecast.inside)
    for metric, hits in inside.items():
        assert at_most(hits, USERS, LEVEL) > RARE, (metric, hits)


def test_good_and_bad_days_are_seen():
    usual, moody = (
        [
            day_effect(
                cut(simulate_log(cards=900, days=120, seed=seed, learner=Learner(day_effect=size)), 10, None),
                rp.model("fsrs6"),
            )
            for seed in range(3)
        ]
        for size in (0.0, 0.8)
    )
    assert np.mean(usual) < 0.25
    assert np.mean(moody) == pytest.approx(0.8, abs=0.25)  # one estimate has a standard error of 0.15


def test_cards_come_no_sooner_than_they_can():
    past = cut(person(1), 30, None)
    intervals = scheduled(past, rp.model("fsrs6"), 0.9)
    days = first_days(past, intervals, np.random.default_rng(0))
    assert days.shape == (past.log.cards,)
    assert days.min() >= 0
    known = cut(person(1), 30, np.full(len(person(1)), 9.0))
    ends = known.sessions.day[~known.sessions.follows]
    found = first_days(known, scheduled(known, rp.model("fsrs6"), 0.9), np.random.default_rng(0))
    assert (found[ends + 9 >= 0] == (ends + 9)[ends + 9 >= 0]).all()
