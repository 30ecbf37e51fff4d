from dataclasses import replace

import numpy as np
import pytest

from repetita import model
from repetita.fitting import fit, forward
from repetita.fitting.problem import Problem
from repetita.fitting.recipe import resolve
from repetita.fitting.weighted_log import WeightedLog
from repetita.fitting.weights import recency_weights
from repetita.reviews import simulate_log

OPTIONS = {
    "default": {},
    "published": {"prior": "published", "weights": "cubic"},
    "flat": {"prior": None, "small_sample": 0.0},
    "recent": {"weights": 500.0},
}


def recipe_of(name, **options):
    everything = dict.fromkeys(("recipe", "weights", "outliers", "center", "small_sample"))
    return resolve(name, **{**everything, "prior": "default", **options})


@pytest.fixture(scope="module")
def log():
    return simulate_log(cards=700, days=300, seed=8)


@pytest.fixture(scope="module")
def scored(log):
    return log.time_order[log.scored[log.time_order]]


def training(log, scored, end):
    """The log a fit of the first so many scored reviews is of."""
    before = np.zeros(len(log), dtype=bool)
    place = np.flatnonzero(log.time_order == scored[end - 1])[0]
    before[log.time_order[: place + 1]] = True
    return log.take(before)


def objective_at(log, fitted, recipe):
    weights = recency_weights(log, recipe.weights)
    summed = WeightedLog.of(log, "days", weights).objective(fitted, 1)
    problem = Problem(summed, recipe.prior, 1.0 + recipe.small_sample / weights.sum())
    return problem.evaluate(recipe.prior.to_scale(np.array(fitted.parameters)))[0]


# without a prior a few hundred reviews leave FSRS-4.5 valleys that differ by half a nat
@pytest.mark.parametrize(
    ("name", "kind"), [*(("fsrs6", kind) for kind in OPTIONS), ("fsrs4_5", "default"), ("fsrs4_5", "recent")]
)
def test_each_reaches_what_a_fit_alone_reaches(log, scored, name, kind):
    options = OPTIONS[kind]
    recipe = recipe_of(name, **options)
    ends = [scored.size // 6, scored.size // 2, scored.size]
    found = forward.fit_forward(log, model(name), recipe, scored=scored, ends=ends)
    for end, fitted in zip(ends, found, strict=True):
        part = training(log, scored, end)
        alone = fit(part, name, standard_errors=False, threads=1, **options)
        # either may find the deeper of two valleys
        assert objective_at(part, fitted, recipe) < alone.objective + 0.1


def test_later_reviews_change_nothing(log, scored):
    """A fit knows what comes before its end and nothing else: not even of cards it has seen."""
    ends = [scored.size // 3, scored.size // 2]
    recipe = recipe_of("fsrs6")
    found = forward.fit_forward(log, model("fsrs6"), recipe, scored=scored, ends=ends)
    ratings = log.ratings.copy()
    later = scored[ends[-1] :]
    ratings[later] = 5 - ratings[later]
    changed = replace(log, ratings=ratings)
    again = forward.fit_forward(changed, model("fsrs6"), recipe, scored=scored, ends=ends)
    for one, other in zip(found, again, strict=True):
        np.testing.assert_allclose(one.parameters, other.parameters, rtol=1e-9)
    first = forward.fit_forward(log, model("fsrs6"), recipe, scored=scored, ends=ends[:1])
    assert first[0].parameters == found[0].parameters


def test_the_seed_moves_random_starts_only(log, scored):
    recipe = recipe_of("fsrs6")
    one, same, other = (
        forward.fit_forward(log, model("fsrs6"), recipe, scored=scored, ends=[scored.size], seed=seed)[0]
        for seed in (0, 0, 1)
    )
    assert one.parameters == same.parameters
    assert objective_at(log, one, recipe) == pytest.approx(objective_at(log, other, recipe), abs=0.05)


@pytest.mark.parametrize(
    ("name", "options", "can"),
    [
        ("fsrs6", {}, True),
        ("fsrs6", {"prior": "published", "weights": "cubic"}, True),
        ("fsrs6", {"outliers": "fsrs-rs"}, False),
        ("fsrs6", {"center": "initial-stability"}, False),
        ("fsrs6", {"weights": np.ones(3)}, False),
        ("fsrs7", {}, False),
        ("dash", {}, False),
    ],
)
def test_what_it_can_do(name, options, can):
    assert forward.fits_forward(model(name), recipe_of(name, **options)) is can


def test_long_parts_go_on_where_the_one_before_ended(monkeypatch):
    log = simulate_log(cards=3000, days=400, seed=2)
    scored = log.time_order[log.scored[log.time_order]]
    recipe = recipe_of("fsrs6")
    ends = [scored.size // 2, scored.size]
    assert ends[0] > forward.SHORT
    searches = []
    searched = forward._searched_long
    monkeypatch.setattr(forward, "_searched_long", lambda *given: searches.append(given) or searched(*given))
    found = forward.fit_forward(log, model("fsrs6"), recipe, scored=scored, ends=ends)
    assert len(searches) == 1
    alone = fit(log, standard_errors=False)
    assert objective_at(log, found[-1], recipe) == pytest.approx(alone.objective, abs=0.02)
    monkeypatch.setattr(forward, "PAYING", np.inf)  # no step pays
    again = forward.fit_forward(log, model("fsrs6"), recipe, scored=scored, ends=ends)
    assert len(searches) == 3
    assert objective_at(log, again[-1], recipe) == pytest.approx(alone.objective, abs=0.02)
