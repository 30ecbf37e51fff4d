from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import repetita as rp
from repetita.errors import UnknownName, UsageError
from repetita.fitting import PopulationPrior, loss_and_gradient
from repetita.fitting.reference.descent import Training
from repetita.fitting.reference.items import items
from repetita.fitting.reference.published import reference_recipe
from repetita.reviews import ReviewLog, simulate_log

NOT_FITTED = {"center": "defaults", "outliers": False}


@pytest.fixture(scope="module")
def log():
    return simulate_log(cards=300, days=200, seed=8)


@pytest.fixture(scope="module")
def trained(log):
    return rp.fit(log, recipe="reference")


def same(a, b):
    return {**a.to_dict(), "seconds": 0} == {**b.to_dict(), "seconds": 0}


# ------------------------------------------------------------------ against the reference trainers
@pytest.mark.golden
def test_loss_is_that_of_the_reference_trainers(golden):
    data = golden("fsrs6_training")
    log = ReviewLog.from_histories(data["cards"])
    expected = data["fsrs_optimizer_trainer"]["unweighted_mean_log_loss_float64"]
    plain = data["unweighted_mean_log_loss_float64"]
    for options in (NOT_FITTED, {"outliers": False}):
        reached = rp.fit(log, recipe="reference", **options).log_loss
        assert reached <= min(expected, plain["fsrs_rs_trained"]) + 0.002


@pytest.mark.golden
def test_every_step_is_that_of_the_reference_trainer(golden):
    """With its items in its order, parameters agree as far as its 32 bits go."""
    data = golden("fsrs6_training")
    log = ReviewLog.from_histories(data["cards"])
    recipe = replace(reference_recipe("fsrs6"), initial=False)
    known = items(log, "days", recipe)
    assert known.size == data["n_items"]
    known = replace(known, targets=np.sort(known.targets))  # card by card
    model = rp.model("fsrs6")
    trained = Training(model, recipe, known, np.zeros(21, dtype=bool)).run()
    np.testing.assert_allclose(trained.parameters, data["fsrs_optimizer_trainer"]["w"], atol=2e-5)


# ------------------------------------------------------------------ what it says
def test_result(log, trained):
    assert trained.status == "full"
    assert trained.options["recipe"] == "reference"
    assert trained.options["training"]["rate"] == 0.04
    assert trained.options["center"] == "initial-stability"
    assert trained.starts == 1
    assert np.isnan(trained.std_errors).all()
    assert "Trained as published: 5 epochs" in trained.summary()
    assert trained.log_loss < trained.log_loss_default
    loss, _ = loss_and_gradient(log, trained.model)
    assert trained.log_loss == pytest.approx(loss / log.scored.sum(), rel=1e-12)
    assert trained.to_frame().height == 21
    assert trained.objective == pytest.approx(
        trained.penalty + trained.weighted_log_loss * trained.effective, rel=1e-12
    )


def test_repeats_to_the_bit_whatever_the_threads(log, trained):
    assert same(rp.fit(log, recipe="reference"), trained)
    assert same(rp.fit(log, recipe="reference", threads=1), trained)


def test_seed_is_that_of_the_batches(log, trained):
    other = rp.fit(log, recipe="reference", seed=1)
    assert other.parameters != trained.parameters
    assert other.options["seed"] == 1
    assert other.options["training"]["seed"] == trained.options["training"]["seed"] + 1


def test_kept_parameters_are_the_best_of_the_passes(log):
    recipe = replace(reference_recipe("fsrs6"), rate=0.5, initial=False)  # too fast to improve steadily
    known = items(log, "days", recipe)
    frozen = np.zeros(21, dtype=bool)
    best = Training(rp.model("fsrs6"), recipe, known, frozen).run()
    last = Training(rp.model("fsrs6"), replace(recipe, keep="last"), known, frozen).run()
    assert best.loss + best.penalty <= last.loss + last.penalty
    start = Training(rp.model("fsrs6"), recipe, known, frozen)
    assert best.loss + best.penalty <= start.whole.value(start.start)


def test_penalty_pulls_to_the_start(log):
    free = rp.fit(log, recipe="reference", prior=None)
    assert free.penalty == 0.0
    assert free.options["prior"] == "none"
    recipe = replace(reference_recipe("fsrs6"), penalty=1e4)
    known = items(log, "days", recipe)
    model = rp.model("fsrs6")
    held = Training(model, recipe, known, np.zeros(21, dtype=bool)).run()
    loose = np.array(free.parameters) - model.parameters
    assert np.abs(held.parameters - model.parameters)[4:].max() < np.abs(loose)[4:].max()


# ------------------------------------------------------------------ options
def test_frozen_parameters_stay(log):
    only = rp.fit(log, recipe="reference", only=["decay", "growth"])
    moved = [
        n
        for n, a, b in zip(only.model.parameter_names, only.parameters, rp.model().parameters, strict=True)
        if a != b
    ]
    assert moved == ["growth", "decay"]


def test_initial_stabilities_alone(log):
    only = rp.fit(log, recipe="reference", only="initial-stability")
    assert only.iterations == 0
    assert only.parameters[4:] == rp.model().parameters[4:]
    assert only.parameters[:4] != rp.model().parameters[:4]
    assert np.isfinite(only.objective)


def test_start_is_where_it_starts_from(log):
    start = [*rp.model().parameters[:20], 0.4]
    far = rp.fit(log, recipe="reference", start=start, only=["growth"], center="defaults")
    assert far.parameters[20] == 0.4


def test_rounded(log, trained):
    rounded = rp.fit(log, recipe="reference", rounded=True)
    assert rounded.parameters == tuple(round(value, 4) for value in trained.parameters)
    loss, _ = loss_and_gradient(log, rounded.model)
    assert rounded.log_loss == pytest.approx(loss / log.scored.sum(), rel=1e-12)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"small_sample": 10}, UsageError),
        ({"prior": PopulationPrior.default("fsrs6")}, UsageError),
        ({"prior": "other"}, UsageError),
        ({"outliers": "other"}, UnknownName),
        ({"center": "other"}, UnknownName),
        ({"weights": "other"}, UnknownName),
        ({"only": "decai"}, UnknownName),
        ({"only": []}, UsageError),
        ({"ratings": "other"}, UnknownName),
        ({"seed": -1}, UsageError),
        ({"seed": 2**40}, UsageError),
    ],
)
def test_options_that_do_not_exist(log, options, error):
    with pytest.raises(error):
        rp.fit(log, recipe="reference", **options)


# ------------------------------------------------------------------ hostile logs
def test_nothing_to_learn_from():
    for histories in ([], [[(0, 3)]], [[(0, 3), (0, 1)]] * 3):
        result = rp.fit(ReviewLog.from_histories(histories), recipe="reference")
        assert result.status == "no_scored_reviews"
        assert result.iterations == 0
        assert result.parameters == rp.model().parameters
        result.summary(), result.to_dict(), result.to_frame()


def test_same_day_answers_alone():
    log = ReviewLog.from_histories([[(0, 3), (0.01, 1), (0.02, 3)]] * 5)
    result = rp.fit(log, "fsrs7", recipe="reference", rows="days")
    assert result.status == "no_scored_reviews"
    assert result.parameters == rp.model("fsrs7").parameters
    result.summary(), result.to_dict()
    published = rp.fit(log, "fsrs7", recipe="reference")
    assert (published.scored, published.options["rows"]) == (10, "seconds")
    assert published.iterations == 9
    assert published.log_loss < published.log_loss_default
    assert "later than the one before" in published.summary()


def test_long_cards_are_not_learned_from():
    log = ReviewLog.from_histories([[(0, 3)] + [(1, 3)] * 90])
    known = items(log, "days", reference_recipe("fsrs6"))
    assert known.size == 64


SMALL = st.lists(
    st.lists(
        st.tuples(st.sampled_from([0, 0, 1, 2, 30, 36500]), st.integers(1, 4)), min_size=1, max_size=70
    ).map(lambda card: [(0, card[0][1]), *card[1:]]),
    max_size=6,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SMALL)
def test_any_small_log_gives_parameters_in_bounds(histories):
    log = ReviewLog.from_histories(histories)
    result = rp.fit(log, recipe="reference")
    for p, value in zip(rp.model().equations.PARAMETERS, result.parameters, strict=True):
        assert p.low <= value <= p.high
    if log.scored.any():
        assert np.isfinite(result.log_loss)
    result.summary(), result.to_dict()
