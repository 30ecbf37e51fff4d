"""A scheduler against itself on other luck is a tie: no more false winners than the confidence says."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

import repetita as rp
from repetita.confidence import LEVEL, bootstrap_interval
from repetita.simulation import User
from repetita.sweeps import versus
from repetita.sweeps.candidates import candidate_of
from repetita.sweeps.spread import bootstrap_draws
from repetita.sweeps.trade_off import REPLICATES

USERS, SEEDS, REPETITIONS, MANY = 24, 10, 200, 2200
RETENTIONS = (0.7, 0.8, 0.87, 0.93)
ASKED = {"names": ("own", "other", "fsrs6"), "dropped_users": 0, "margins": {}, "replicates": REPLICATES}
# of 200 at 5 %: 10 are expected, and more than this come by chance in one run of forty
MOST_FALSE = 16


@pytest.fixture(scope="module")
def points():
    """Shape (users, seeds, retentions, 2): remembered cards, minutes a day."""
    population = rp.synthetic_population(USERS, seed=3, reviews=10)
    users = [User(number=user.user, environment=user.memory) for user in population.users]
    table = rp.sweep(users, desired_retention=RETENTIONS, seeds=range(SEEDS), days=120, deck=150).table
    assert table["user_id"].n_unique() == USERS
    # rows come by user, then retention, then seed
    found = table.select("memorized_average", "time_average").to_numpy()
    return found.reshape(USERS, len(RETENTIONS), SEEDS, 2).swapaxes(1, 2)


@pytest.fixture(scope="module")
def compared(points):
    """Figures of a user's run on one seed against that on another."""
    kept = {}

    def of(user, first, second):
        key = (user, first, second)
        if key not in kept:
            kept[key] = asdict(versus(points[user, first], points[user, second]))
        return kept[key]

    return of


def other_luck(compared, draw):
    """Figures of every user with two different seeds, drawn anew."""
    pairs = [draw.choice(SEEDS, size=2, replace=False) for _ in range(USERS)]
    return [compared(user, *pair) for user, pair in enumerate(pairs)]


def test_another_seed_is_a_tie(points, compared):
    draw = np.random.default_rng(5)
    verdicts = [
        candidate_of([[row] for row in other_luck(compared, draw)], seed=number, **ASKED).verdict
        for number in range(REPETITIONS)
    ]
    assert set(verdicts) <= {"tie", "better", "worse"}
    assert REPETITIONS - verdicts.count("tie") <= MOST_FALSE, verdicts
    # and what is better by little is seen: the same runs at a twentieth less time
    faster = points[:, 1] * np.array([1.0, 0.95])
    better = [[asdict(versus(points[user, 0], faster[user]))] for user in range(USERS)]
    assert candidate_of(better, seed=0, **ASKED).verdict == "better"


def test_false_winners_are_as_rare_as_stated(compared):
    """Many more repetitions, of the interval that decides alone: plain percentiles call 8 % different."""
    draw, false = np.random.default_rng(7), 0
    for number in range(MANY):
        figures = np.array([row["relative_hypervolume"] for row in other_luck(compared, draw)])
        draws = bootstrap_draws([1] * USERS, replicates=REPLICATES, seed=number)[:, :, 0]
        low, high = bootstrap_interval(float(figures.mean()), figures[draws].mean(axis=1), USERS)
        false += low > 0.0 or high < 0.0
        if number == 0:  # the same interval as that of a verdict
            units = [[row] for row in other_luck(compared, np.random.default_rng(7))]
            decides = candidate_of(units, seed=0, **ASKED).figures["relative_hypervolume_mean"]
            assert (decides.low, decides.high) == pytest.approx((low, high))
    assert 0 < false <= (1.0 - LEVEL) * MANY
