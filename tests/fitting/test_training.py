import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import repetita as rp
from repetita.equations import equations
from repetita.errors import UnknownName, UsageError
from repetita.fitting import PopulationPrior, fit, loss_and_gradient, recency_weights
from repetita.reviews import ReviewLog, simulate_log

TABLE = equations("fsrs6").PARAMETERS
DEFAULTS = np.array([p.default for p in TABLE])
TRUTH = DEFAULTS * 1.15
TRUTH[[0, 3, 20]] = 0.5, 14.0, 0.28
TRUTH[7] = 0.03


@pytest.fixture(scope="module")
def simulated():
    return simulate_log(cards=1200, days=400, parameters=tuple(TRUTH), seed=11)


@pytest.fixture(scope="module")
def fitted(simulated):
    return fit(simulated)


def same(a, b):
    """Equal to the bit, apart from how long it took."""
    return {**a.to_dict(), "seconds": 0} == {**b.to_dict(), "seconds": 0}


def inside(parameters):
    return all(p.low <= value <= p.high for p, value in zip(TABLE, parameters, strict=True))


# ------------------------------------------------------------------ against the reference trainers
def items_in_order(cards):
    """The log of a training file, and its scored rows card by card as the file lists its items."""
    log = ReviewLog.from_histories(cards)
    return log, np.flatnonzero(log.scored)


def cubic_over(log, rows):
    """The weights of the reference trainer: by the place of an item in its list."""
    weights = np.zeros(len(log))
    weights[rows] = 0.25 + 0.75 * np.linspace(0.0, 1.0, len(rows)) ** 3
    return weights


@pytest.mark.golden
def test_training_loss_is_at_or_below_both_reference_trainers(golden):
    data = golden("fsrs6_training")
    log, rows = items_in_order(data["cards"])
    assert len(rows) == data["n_items"]
    reached = fit(log, weights="uniform", prior=None).log_loss
    assert reached <= data["fsrs_optimizer_trainer"]["unweighted_mean_log_loss_float64"]
    assert reached <= min(data["unweighted_mean_log_loss_float64"].values())
    weighted = fit(log, weights=cubic_over(log, rows), prior=None).weighted_log_loss
    assert weighted <= min(loss for loss, _ in data["evaluate_log_loss_rmse_bins"].values())


@pytest.mark.golden
def test_no_reference_trainer_found_a_lower_objective(golden):
    """With the penalty of the reference trainers, where they end our objective is at least as high."""
    data = golden("fsrs6_training")
    log, rows = items_in_order(data["cards"])
    prior = PopulationPrior.published("fsrs6")
    for weights, found in (
        (log.scored.astype(float), data["fsrs_optimizer_trainer"]["w"]),
        (cubic_over(log, rows), data["fsrs_rs_compute_parameters"]),
        (cubic_over(log, rows), data["fsrs_rs_benchmark"]),
    ):
        theirs = rp.model("fsrs6", found, clip=True)  # 32-bit numbers on a bound
        loss, _ = loss_and_gradient(log, theirs, weights)
        ours = fit(log, weights=weights, prior=prior, small_sample=0)
        assert ours.objective <= loss + prior.penalty(theirs.parameters)


@pytest.mark.golden
def test_losses_agree_with_those_stored(golden):
    """The same definition of the loss: defaults and generating parameters, plain and weighted."""
    data = golden("fsrs6_training")
    log, rows = items_in_order(data["cards"])
    weights = cubic_over(log, rows)
    for name, parameters in (("default", None), ("generating", data["generating_w"])):
        model = rp.model("fsrs6", parameters)
        plain, _ = loss_and_gradient(log, model)
        assert plain / len(rows) == pytest.approx(data["unweighted_mean_log_loss_float64"][name], rel=1e-9)
        weighted, _ = loss_and_gradient(log, model, weights)
        expected = data["evaluate_log_loss_rmse_bins"][name][0]
        assert weighted / weights.sum() == pytest.approx(expected, rel=1e-5)


def test_objective_is_no_higher_than_the_peers():
    peer = pytest.importorskip("fsrs_rs_python")
    log = simulate_log(cards=500, days=300, parameters=tuple(TRUTH), seed=2)
    items, cards = [], []
    for row in log.time_order[log.scored[log.time_order]]:
        card = int(log.card_index[row])
        rows = range(log.offsets[card], row + 1)
        items.append(
            peer.FSRSItem([peer.FSRSReview(int(log.ratings[i]), int(log.elapsed_days[i])) for i in rows])
        )
        cards.append(card)
    theirs = peer.FSRS(parameters=list(DEFAULTS)).compute_parameters(items, card_ids=cards)
    ours = fit(log, prior="published", weights="cubic")
    loss, _ = loss_and_gradient(log, rp.model("fsrs6", theirs, clip=True), recency_weights(log, "cubic"))
    assert ours.objective <= loss + PopulationPrior.published("fsrs6").penalty(theirs)


@pytest.mark.realdata
def test_real_log(shared):
    log = rp.read_reviews(shared / "reviews" / "josh.parquet", day_rule=rp.DayRule("UTC", 4))
    result = fit(log, weights="cubic", prior="published")
    assert result.weighted_log_loss < 0.4418  # the reference trainers end between 0.4434 and 0.4464
    assert result.converged
    silent = [result.model.parameter_names.index(name) for name in ("initial_easy", "easy_factor")]
    spreads = [TABLE[i].spread / np.sqrt(2) for i in silent]
    np.testing.assert_allclose([result.std_errors[i] for i in silent], spreads, rtol=1e-6)


# ------------------------------------------------------------------ it finds what is there
def test_parameters_come_back_within_their_standard_errors(simulated, fitted):
    away = (np.array(fitted.parameters) - TRUTH) / np.array(fitted.std_errors)
    assert np.abs(away).max() < 4.0
    assert np.sqrt(np.mean(away**2)) < 1.6
    assert fitted.status == "full"
    assert fitted.converged


def test_fit_explains_the_log_better_than_defaults_and_truth(simulated, fitted):
    at_truth, _ = loss_and_gradient(simulated, rp.model("fsrs6", TRUTH))
    uniform = fit(simulated, weights="uniform", prior=None)
    assert uniform.log_loss < at_truth / uniform.scored
    assert fitted.log_loss < fitted.log_loss_default
    assert uniform.log_loss <= fitted.log_loss


def test_nothing_nearby_is_better(simulated, fitted):
    """The objective rises in every direction that stays inside the box."""
    rows = recency_weights(simulated, 8000)
    prior = PopulationPrior.default("fsrs6")
    strength = 1.0 + 300.0 / rows.sum()

    def objective(w):
        return loss_and_gradient(simulated, rp.model("fsrs6", w), rows)[0] + strength * prior.penalty(w)

    best = objective(fitted.parameters)
    assert best == pytest.approx(fitted.objective, rel=1e-12)
    generator = np.random.default_rng(0)
    for size in (0.01, 0.1, 0.5):
        for _ in range(20):
            step = generator.normal(size=21) * np.array(fitted.std_errors) * size
            w = np.clip(np.array(fitted.parameters) + step, [p.low for p in TABLE], [p.high for p in TABLE])
            assert objective(w) > best - 1e-4


def test_more_reviews_are_surer():
    small = simulate_log(cards=100, days=200, parameters=tuple(TRUTH), seed=5)
    large = simulate_log(cards=2000, days=200, parameters=tuple(TRUTH), seed=5)
    few, many = fit(small, weights="uniform"), fit(large, weights="uniform")
    ratio = np.array(many.std_errors) / np.array(few.std_errors)
    assert ratio.max() < 1.1
    assert np.median(ratio) < 0.8
    assert np.median(many.learned) > np.median(few.learned)


def test_prior_holds_back_small_logs():
    log = simulate_log(cards=25, days=60, parameters=tuple(TRUTH), seed=9)
    prior = PopulationPrior.default("fsrs6")
    free, held, tight = fit(log, prior=None), fit(log, small_sample=0), fit(log)
    assert prior.penalty(tight.parameters) < prior.penalty(held.parameters) < prior.penalty(free.parameters)
    assert free.log_loss < held.log_loss < tight.log_loss + 1e-9


def test_peer_recipe_leaves_outliers_out_and_centers_on_initial_stabilities():
    usual = [[(0, 3), (1 + i % 4, 3 if i % 5 else 1), (6, 3)] for i in range(300)]
    rare = [[(0, 3), (90 + i, 1), (1, 3)] for i in range(6)]
    log = ReviewLog.from_histories([*usual, *rare])
    result = fit(log, recipe="peer")
    assert result.left_out == 12
    assert result.effective == pytest.approx(recency_weights(log, "cubic")[: 3 * 300].sum(), rel=0.05)
    assert result.options["center"] == "initial-stability"
    plain = fit(log, prior="published", weights="cubic")
    assert plain.left_out == 0
    assert result.parameters[2] > plain.parameters[2]


def test_weights_decide_which_reviews_are_believed():
    before = [[(0, 3), (5, 1), (1, 3)]] * 60
    after = [[(0, 3), (5, 3), (20, 3)]] * 60
    log = ReviewLog.from_histories([*before, *after])
    first = np.repeat([1.0, 0.01], [180, 180])
    assert fit(log, weights=first).parameters[2] < 0.5 * fit(log, weights=first[::-1]).parameters[2]


def test_weight_two_is_every_card_twice():
    log = simulate_log(cards=150, days=150, parameters=tuple(TRUTH), seed=8)
    card = np.repeat(log.card_ids, np.diff(log.offsets))
    twice = ReviewLog.from_arrays(
        card_id=np.concatenate([card, card + 10_000]),
        rating=np.tile(log.ratings, 2),
        review_time_ms=np.tile(log.review_times_ms, 2),
        elapsed_days=np.tile(log.elapsed_days, 2),
    )
    doubled, copied = fit(log, weights=np.full(len(log), 2.0)), fit(twice, weights="uniform")
    assert doubled.objective == pytest.approx(copied.objective, abs=1e-3)
    away = (np.array(doubled.parameters) - copied.parameters) / copied.std_errors
    assert np.abs(away).max() < 0.05
    np.testing.assert_allclose(doubled.std_errors, copied.std_errors, rtol=0.02)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """Of 95 % intervals about that share holds the truth, over parameters and logs."""
    held = []
    for seed in range(12):
        log = simulate_log(cards=400, days=250, parameters=tuple(TRUTH), seed=100 + seed)
        low, high = np.array(fit(log, weights="uniform", small_sample=0).intervals).T
        held.append((low <= TRUTH) & (high >= TRUTH))
    assert 0.88 < np.mean(held) <= 1.0


def test_cluster_errors_agree_where_reviews_are_independent(simulated):
    result = fit(simulated, weights="uniform")
    ratio = np.array(result.std_errors_cluster) / np.array(result.std_errors)
    assert ratio.min() > 0.8
    assert ratio.max() < 1.3


def test_cluster_errors_see_repeated_reviews(simulated):
    """Every review said four times: four times the information to Laplace, none to the cards."""
    result = fit(simulated, weights=np.full(len(simulated), 4.0))
    known = np.array(result.learned) > 0.95
    ratio = np.array(result.std_errors_cluster)[known] / np.array(result.std_errors)[known]
    assert known.sum() >= 5
    np.testing.assert_allclose(ratio, 2.0, rtol=0.2)


# ------------------------------------------------------------------ it is the same whatever must not matter
def test_same_input_same_bits_whatever_the_threads(simulated, fitted):
    assert same(fitted, fit(simulated))
    assert same(fitted, fit(simulated, threads=1))
    fresh = simulate_log(cards=1200, days=400, parameters=tuple(TRUTH), seed=11)
    assert same(fitted, fit(fresh, threads=3))


def test_order_of_the_cards_does_not_matter(simulated, fitted):
    shuffled = np.random.default_rng(1).permutation(simulated.cards)
    names = np.repeat(shuffled, np.diff(simulated.offsets))
    other = ReviewLog.from_arrays(
        card_id=names,
        rating=simulated.ratings,
        review_time_ms=simulated.review_times_ms,
        elapsed_days=simulated.elapsed_days,
    )
    again = fit(other)
    assert again.objective == pytest.approx(fitted.objective, abs=1e-3)
    away = (np.array(again.parameters) - fitted.parameters) / fitted.std_errors
    assert np.abs(away).max() < 0.05


def test_starts_do_not_matter_where_the_prior_holds(simulated, fitted):
    for options in ({"seed": 5}, {"start": TRUTH}, {"start": fitted.parameters}):
        assert fit(simulated, **options).objective == pytest.approx(fitted.objective, abs=0.05)
    again = fit(simulated, fitted.model)
    assert again.objective <= fitted.objective + 1e-9
    assert again.model.variant == "default"


def test_variant_reaches_the_kernels():
    card = [(0, 3), (3, 3), (0, 2), (0, 2), (4, 3), (9, 1), (0, 2), (2, 3)]
    log = ReviewLog.from_histories([card] * 60)
    usual, older = fit(log), fit(log, variant="same_day_floor_good")
    assert older.model.variant == "same_day_floor_good"
    assert older.objective != pytest.approx(usual.objective, abs=1e-3)


def test_standard_errors_can_be_left_out(simulated, fitted):
    bare = fit(simulated, standard_errors=False)
    assert bare.parameters == fitted.parameters
    assert np.isnan(bare.std_errors).all()
    assert bare.to_dict()["std_errors"] == [None] * 21
    assert bare.summary()


# ------------------------------------------------------------------ any size, any learner
TINY = {
    "no reviews": [],
    "one review": [[(0, 3)]],
    "same day only": [[(0, 3), (0, 1), (0, 3)]] * 5,
    "one scored": [[(0, 3), (1, 3)]],
    "one scored, failed": [[(0, 1), (300, 1)]],
    "two scored": [[(0, 3), (1, 3), (4, 1)]],
    "five scored": [[(0, 3), (1, 3), (4, 1)], [(0, 2), (1, 4), (9, 2), (0, 1), (3, 3)]],
    "one long card": [[(0, 3), *[(1 + i % 17, 1 + (i * 7) % 4) for i in range(400)]]],
    "all pass": [[(0, 3), (1, 3), (4, 3), (11, 3)]] * 80,
    "all fail": [[(0, 1), (1, 1), (1, 1), (1, 1)]] * 80,
    "two buttons": [
        [(0, 1 + 2 * (i % 2)), (1 + i % 5, 3), (7, 1 + 2 * (i % 3 > 0)), (3, 3)] for i in range(90)
    ],
    "far apart": [[(0, 4), (36500, 4), (100000, 1), (200000, 4)]] * 30,
}


@pytest.mark.parametrize("prior", ["default", "published", None], ids=str)
@pytest.mark.parametrize("name", TINY)
def test_every_size_is_fitted(name, prior):
    log = ReviewLog.from_histories(TINY[name])
    result = fit(log, prior=prior)
    scored = int(log.scored.sum())
    assert result.scored == scored
    assert result.status == (
        "no_scored_reviews" if not scored else "small_sample" if scored < 200 else "full"
    )
    assert inside(result.parameters)
    json.dumps(result.to_dict(), allow_nan=False)
    assert result.summary()
    assert result.to_frame().height == 21
    assert (np.array(result.std_errors) >= 0.0).all()
    if scored:
        assert (
            result.objective <= result.log_loss_default * result.effective * (1 + 1e-9) or prior is not None
        )
        assert np.isfinite(result.log_loss)
    else:
        assert result.parameters == tuple(DEFAULTS)


@pytest.mark.parametrize("options", [{"recipe": "peer"}, {"weights": "uniform"}, {"weights": 1}], ids=str)
@pytest.mark.parametrize("name", TINY)
def test_every_size_with_other_recipes(name, options):
    result = fit(ReviewLog.from_histories(TINY[name]), **options)
    assert inside(result.parameters)
    json.dumps(result.to_dict(), allow_nan=False)


def test_nothing_scored_gives_the_prior():
    own = PopulationPrior.default("fsrs6").centered_at(DEFAULTS * 1.1 + 0.001)
    result = fit(ReviewLog.from_histories([[(0, 3)]]), prior=own)
    np.testing.assert_allclose(result.parameters, own.center)
    np.testing.assert_allclose(result.std_errors, own.sd * own.slope(own.center))
    assert np.isnan(result.log_loss)


def test_weights_that_are_all_zero_are_nothing_scored(simulated):
    result = fit(simulated, weights=np.zeros(len(simulated)))
    assert result.status == "no_scored_reviews"
    assert result.parameters == tuple(DEFAULTS)


histories = st.lists(
    st.lists(
        st.tuples(st.one_of(st.integers(0, 3), st.integers(0, 40_000)), st.integers(1, 4)),
        min_size=1,
        max_size=12,
    ),
    max_size=12,
)


@given(
    histories=histories,
    prior=st.sampled_from(["default", "published", None]),
    weights=st.sampled_from([8000, 0.5, "cubic", "uniform"]),
    recipe=st.sampled_from([None, "peer"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_log_is_fitted(histories, prior, weights, recipe):
    log = ReviewLog.from_histories(histories)
    result = fit(log, prior=prior, weights=weights, recipe=recipe)
    assert inside(result.parameters)
    assert (np.array(result.std_errors) >= 0.0).all()
    json.dumps(result.to_dict(), allow_nan=False)
    low, high = np.array(result.intervals).T
    assert (low <= np.array(result.parameters) + 1e-12).all()
    assert (high >= np.array(result.parameters) - 1e-12).all()


# ------------------------------------------------------------------ calls that are wrong
def test_wrong_calls_say_what_is_expected(simulated):
    with pytest.raises(UsageError, match="ReviewLog, got list"):
        fit([[(0, 3)]])
    with pytest.raises(UnknownName, match="did you mean 'fsrs6'"):
        fit(simulated, "fsrs66")
    with pytest.raises(UnknownName, match="same_day_floor_good"):
        fit(simulated, variant="old")
    with pytest.raises(UsageError, match="takes 21 parameters"):
        fit(simulated, start=[1.0, 2.0])
    with pytest.raises(UsageError, match="one number a row"):
        fit(simulated, weights=[1.0, 2.0])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"seed": -1}, "seed is -1"),
        ({"seed": "a"}, "seed is 'a'"),
        ({"threads": 0}, "threads is 0"),
        ({"threads": "2"}, "threads is '2'"),
    ],
)
def test_seeds_and_threads_are_whole_numbers(options, said):
    with pytest.raises(UsageError, match=said):
        fit(ReviewLog.from_histories([[(0, 3), (2, 3)]]), **options)


@pytest.mark.parametrize(
    "task", [fit, loss_and_gradient, rp.model("fsrs6").predict, rp.model("fsrs6").replay]
)
def test_the_path_of_a_log_is_no_log(task):
    with pytest.raises(UsageError, match="takes a ReviewLog, got str"):
        task("reviews.csv")
