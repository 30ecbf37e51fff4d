"""Populations whose truth is known: reproducible, various, and written with the truth beside."""

from __future__ import annotations

import json

import numpy as np
import pytest

import repetita as rp
from repetita.benchmarking import benchmark
from repetita.errors import OutputExists, UsageError
from repetita.fitting import PopulationPrior, population_prior
from repetita.reviews import Learner, simulate_log


def test_the_same_seed_gives_the_same_users():
    one, other = (rp.synthetic_population(3, seed=5, reviews=300) for _ in range(2))
    assert [user.to_dict() for user in one] == [user.to_dict() for user in other]
    assert one[2].log == other[2].log
    assert one[0].memory != rp.synthetic_population(1, seed=6)[0].memory
    # a larger population begins with the smaller one
    assert rp.synthetic_population(5, seed=5, reviews=300)[2].to_dict() == one[2].to_dict()


def test_parameters_follow_the_default_prior():
    drawn = rp.synthetic_population(600, seed=1).parameters
    prior = PopulationPrior.default("fsrs6")
    position = np.array([prior.to_scale(row) for row in drawn])
    free = [0, 1, 2, 3, 8, 20]  # far from bounds
    assert position[:, free].std(axis=0)[:4] == pytest.approx(prior.sd[:4], rel=0.15)
    assert np.corrcoef(position[:, 0], position[:, 1])[0, 1] == pytest.approx(
        prior.correlation[0, 1], abs=0.12
    )


def test_rows_of_a_table_stay_whole():
    table = rp.synthetic_population(4, seed=2).parameters
    drawn = rp.synthetic_population(40, seed=3, parameters=table).parameters
    assert {tuple(row) for row in drawn} == {tuple(row) for row in table}


def test_users_differ_in_habits_and_length():
    users = rp.synthetic_population(200, seed=1)
    two_buttons = [user for user in users if user.learner.success_ratings == (0.0, 1.0, 0.0)]
    assert 30 < len(two_buttons) < 90
    sizes = np.array([user.reviews for user in users])
    assert 8_000 < np.median(sizes) < 17_000
    assert sizes.max() > 5 * np.median(sizes)
    retention = [user.learner.desired_retention for user in users]
    assert 0.02 < np.std(retention) < 0.06


def test_breaks_are_gaps():
    busy = Learner(days_off=0.0, overdue=0.0)
    away = Learner(days_off=0.0, overdue=0.0, breaks=4.0, break_days=20.0)

    def longest_gap(learner):
        log = simulate_log(cards=3000, days=700, learner=learner, seed=2)
        days = np.unique(log.review_times_ms // 86_400_000)
        return np.diff(days).max()

    assert longest_gap(busy) == 1
    assert longest_gap(away) > 10


def test_days_are_good_or_bad():
    def spread(day_effect):
        learner = Learner(day_effect=day_effect, days_off=0.0)
        log = simulate_log(cards=6000, days=120, learner=learner, seed=4)
        scored = log.scored
        day = (log.review_times_ms // 86_400_000)[scored]
        passed = log.ratings[scored] > 1
        _, place, count = np.unique(day, return_inverse=True, return_counts=True)
        share = np.bincount(place, passed) / count
        return share[count > 100].std()

    assert spread(0.8) > 2.0 * spread(0.0)


def test_the_truth_is_written_beside(tmp_path):
    population = rp.synthetic_population(3, seed=1, reviews=2500)
    root = population.write(tmp_path / "data")
    truth = [json.loads(line) for line in (root / "truth.jsonl").read_text().splitlines()]
    assert [row["parameters"] for row in truth] == population.parameters.tolist()
    models = ["fsrs6:default", "average"]
    found, direct = (benchmark(source, models, executor="serial") for source in (root, population))
    assert [row["metrics"] for row in found.rows] == [row["metrics"] for row in direct.rows]
    assert len(found.rows) == 6
    with pytest.raises(OutputExists):
        population.write(root)


def test_logs_in_workers_are_the_same():
    population = rp.synthetic_population(3, seed=1, reviews=2000)
    models = ["fsrs6:default"]
    one, other = (benchmark(population, models, executor=how, workers=2) for how in ("serial", "processes"))
    assert [row["metrics"] for row in one.rows] == [row["metrics"] for row in other.rows]


@pytest.mark.parametrize("wrong", [{"users": 0}, {"users": 2, "seed": -1}, {"users": 2, "reviews": 0.5}])
def test_numbers_are_checked(wrong):
    with pytest.raises(UsageError, match="expected a whole number"):
        rp.synthetic_population(**wrong)


def test_the_population_s_prior_is_near_what_users_were_drawn_from():
    table = rp.synthetic_population(400, seed=1).parameters
    prior = population_prior(table)
    default = PopulationPrior.default("fsrs6")
    free = [0, 1, 2, 3, 4, 8]  # the others lose a part to their bounds
    assert prior.sd[free] == pytest.approx(default.sd[free], rel=0.1)
