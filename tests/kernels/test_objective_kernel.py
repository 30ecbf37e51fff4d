from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_logs import histories_of, history

from repetita import model
from repetita.derivatives import derivatives
from repetita.equations import equations
from repetita.errors import UnknownName, UsageError
from repetita.kernels.objective import Objective
from repetita.kernels.packing import pack
from repetita.kernels.reference import loss_and_gradient_reference
from repetita.kernels.rendering import SEGMENT
from repetita.reviews import ReviewLog

DEFAULTS = np.array(model("fsrs6").parameters)


def objective_of(log, weights=None, *, variant="default", threads=None):
    weights = log.scored.astype(float) if weights is None else weights
    return Objective("fsrs6", variant, pack(log), weights, threads=threads)


def inside_bounds(seed):
    """Parameters somewhere between the defaults and a random point inside the bounds."""
    table = equations("fsrs6").PARAMETERS
    low, high = np.array([p.low for p in table]), np.array([p.high for p in table])
    generator = np.random.default_rng(seed)
    far = low + (high - low) * generator.random(len(table))
    return DEFAULTS + generator.random() * (far - DEFAULTS)


def reference(log, w, weights=None, variant="default"):
    split = None
    if weights is not None:
        split = [part.tolist() for part in np.split(weights, log.offsets[1:-1])]
    loss, gradient = loss_and_gradient_reference(
        model("fsrs6", w.tolist(), variant=variant), histories_of(log), split
    )
    return loss, np.array(gradient)


@pytest.mark.golden
def test_golden_loss_and_gradient_of_each_history(golden):
    data = golden("fsrs6")
    tolerance = data["tolerance"]
    for case in golden("fsrs6", "cases"):
        objective = objective_of(ReviewLog.from_histories([case["reviews"]]))
        loss, gradient = objective.value_and_gradient(data["parameter_sets"][case["params"]])
        assert objective.size == case["n_predictions"], case["id"]
        expected = np.zeros(len(gradient)) if case["grad"] is None else np.array(case["grad"])
        assert loss == pytest.approx(case["loss"] or 0.0, rel=tolerance["float64_rel"]), case["id"]
        np.testing.assert_allclose(
            gradient,
            expected,
            rtol=tolerance["grad_float64_rel"],
            atol=tolerance["grad_abs"],
            err_msg=case["id"],
        )


@pytest.mark.golden
def test_golden_loss_and_gradient_of_all_histories_in_one_log(golden):
    data = golden("fsrs6")
    tolerance = data["tolerance"]
    for name, w in golden("fsrs6", "parameter_sets").items():
        cases = [case for case in golden("fsrs6", "cases") if case["params"] == name]
        if not cases:
            continue
        objective = objective_of(ReviewLog.from_histories([case["reviews"] for case in cases]))
        loss, gradient = objective.value_and_gradient(w)
        expected = np.sum([case["grad"] for case in cases if case["grad"]], axis=0)
        assert loss == pytest.approx(sum(case["loss"] or 0.0 for case in cases), rel=tolerance["float64_rel"])
        np.testing.assert_allclose(
            gradient, expected, rtol=tolerance["grad_float64_rel"], atol=len(cases) * tolerance["grad_abs"]
        )


@settings(max_examples=60, deadline=None)
@given(
    histories=st.lists(history(), min_size=1, max_size=20),
    seed=st.integers(0, 2**32),
    variant=st.sampled_from(sorted(equations("fsrs6").VARIANTS)),
)
def test_same_as_the_plain_reference(histories, seed, variant):
    log = ReviewLog.from_histories(histories)
    w = inside_bounds(seed)
    weights = log.scored * np.random.default_rng(seed).random(len(log))
    objective = objective_of(log, weights, variant=variant)
    loss, gradient = objective.value_and_gradient(w)
    expected_loss, expected_gradient = reference(log, w, weights, variant)
    assert loss == pytest.approx(expected_loss, rel=1e-13, abs=1e-13)
    # cancelling contributions leave rounding of the size of the largest one
    scale = np.abs(objective.card_scores(w)).sum(axis=0)
    assert (np.abs(gradient - expected_gradient) <= 1e-12 * scale + 1e-13).all()
    assert objective.value(w) == loss


@pytest.mark.parametrize("length", [SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 7])
def test_cards_longer_than_a_segment(random_log, length):
    log = random_log([length, 5, length - 40, 1])
    loss, gradient = objective_of(log).value_and_gradient(DEFAULTS)
    expected_loss, expected_gradient = reference(log, DEFAULTS)
    assert loss == pytest.approx(expected_loss, rel=1e-13)
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("lengths", [[1], [2], [1] * 17, [3] * 16, [3] * 17, [9, 1, 1, 1]])
def test_small_logs(random_log, lengths):
    log = random_log(lengths, seed=3)
    loss, gradient = objective_of(log).value_and_gradient(DEFAULTS)
    expected_loss, expected_gradient = reference(log, DEFAULTS)
    assert loss == pytest.approx(expected_loss, rel=1e-13)
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-11, atol=1e-13)


def test_empty_log():
    objective = objective_of(ReviewLog.from_histories([]))
    assert (objective.size, objective.total_weight, objective.value(DEFAULTS)) == (0, 0.0, 0.0)
    assert not objective.value_and_gradient(DEFAULTS)[1].any()
    assert not objective.fisher(DEFAULTS).any()
    assert not objective.fisher(DEFAULTS, card_fraction=0.1).any()
    assert objective.card_scores(DEFAULTS).shape == (0, len(DEFAULTS))


def test_one_very_long_card_among_short_ones(random_log):
    log = random_log([4] * 30 + [20_000] + [6] * 30)
    loss, gradient = objective_of(log).value_and_gradient(DEFAULTS)
    expected_loss, expected_gradient = reference(log, DEFAULTS)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-10)


def test_unscored_reviews_move_the_state_only():
    log = ReviewLog.from_histories([[(0, 3), (0, 1), (4, 3), (9, 3)]])
    all_scored = objective_of(log)
    assert (all_scored.size, all_scored.total_weight) == (2, 2.0)
    last = objective_of(log, np.array([0.0, 0.0, 0.0, 0.5]))
    predicted = model("fsrs6").predict(log)
    assert last.value(DEFAULTS) == pytest.approx(-0.5 * np.log(predicted[3]), rel=1e-13)
    assert (last.size, last.total_weight) == (1, 0.5)


@pytest.fixture(scope="module")
def large(random_log):
    """A log of many portions, with weights."""
    log = random_log(np.random.default_rng(5).integers(1, 40, 8000).tolist())
    weights = log.scored * np.linspace(0.2, 1.0, len(log))
    assert len(pack(log).chunks) > 4
    return log, weights


def test_results_do_not_depend_on_the_number_of_threads(large):
    log, weights = large
    results = []
    for threads in (1, 2, 3, 8):
        objective = objective_of(log, weights, threads=threads)
        results.append(
            (
                objective.value(DEFAULTS),
                objective.value_and_gradient(DEFAULTS)[1].tobytes(),
                objective.fisher(DEFAULTS).tobytes(),
                objective.fisher(DEFAULTS, card_fraction=0.3).tobytes(),
                objective.card_scores(DEFAULTS).tobytes(),
            )
        )
    assert all(result == results[0] for result in results)


def test_card_scores_sum_to_the_gradient(large):
    log, weights = large
    objective = objective_of(log, weights)
    gradient = objective.value_and_gradient(DEFAULTS)[1]
    np.testing.assert_allclose(objective.card_scores(DEFAULTS).sum(axis=0), gradient, rtol=1e-11)


def test_card_scores_are_in_the_order_of_the_log(random_log):
    log = random_log([2, 30, 7, 1, 19] * 5)
    weights = log.scored.astype(float)
    scores = objective_of(log, weights).card_scores(DEFAULTS)
    for card in range(log.cards):
        alone = np.where(log.card_index == card, weights, 0.0)
        expected = objective_of(log, alone).value_and_gradient(DEFAULTS)[1]
        np.testing.assert_allclose(scores[card], expected, rtol=1e-12, atol=1e-13)


def slopes_of_predictions(log, w):
    """(reviews,), (reviews, parameters): predictions and their derivatives, from the scalar tangents."""
    d = derivatives("fsrs6")
    m = model("fsrs6", w.tolist())
    vectors = m.parameters, m.prepared, m.options
    jacobian = np.zeros((d.PREPARED, len(w)))
    prepared = d.prepare_tangent(m.parameters, m.options)[d.PREPARED :]
    for (output, _, place), value in zip(d.PREPARE_TANGENT_PATTERN, prepared, strict=True):
        jacobian[output, place] = value
    sources = {"parameter": np.eye(len(w)), "prepared": jacobian}

    def pushed(pattern, values, before):
        outputs = np.zeros((d.STATES + 1, len(w)))
        for (output, kind, place), value in zip(pattern, values, strict=True):
            outputs[output] += value * (before if kind == "state" else sources[kind])[place]
        return outputs

    predicted, slopes = [], []
    for reviews in histories_of(log):
        first = d.first_tangent(*vectors, reviews[0][1])
        state, moved = first[: d.STATES], pushed(d.FIRST_TANGENT_PATTERN, first[d.STATES :], None)
        predicted.append(np.nan)
        slopes.append(np.zeros(len(w)))
        for days, rating in reviews[1:]:
            later = d.tangent(*vectors, *state, days, rating)
            moved = pushed(d.TANGENT_PATTERN, later[d.STATES + 1 :], moved[: d.STATES])
            state = later[: d.STATES]
            predicted.append(later[d.STATES])
            slopes.append(moved[d.STATES])
    return np.array(predicted), np.array(slopes)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_fisher_information_is_the_sum_over_reviews(random_log, seed):
    log = random_log([1, 2, 3, 40, 17, 12, 150, 9] * 3, seed)
    w = inside_bounds(seed)
    weights = log.scored * np.random.default_rng(seed).random(len(log))
    p, slopes = slopes_of_predictions(log, w)
    rows = weights > 0
    scaled = slopes[rows] * np.sqrt(weights[rows] / (p[rows] * (1 - p[rows])))[:, np.newaxis]
    expected = scaled.T @ scaled
    found = objective_of(log, weights).fisher(w)
    assert (found == found.T).all()
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert (np.abs(found - expected) <= 1e-12 * size + 1e-300).all()


def test_slopes_in_the_test_above_are_those_of_finite_differences(random_log):
    log = random_log([12, 9, 30])
    _, slopes = slopes_of_predictions(log, DEFAULTS)
    for k, step in ((2, 1e-5), (6, 1e-5), (10, 1e-5), (17, 1e-5), (20, 1e-6)):
        moved = []
        for sign in (-1, 1):
            w = DEFAULTS.copy()
            w[k] += sign * step
            moved.append(model("fsrs6", w.tolist()).predict(log))
        numeric = (moved[1] - moved[0]) / (2 * step)
        later = ~log.first
        np.testing.assert_allclose(slopes[later, k], numeric[later], rtol=1e-5, atol=1e-8)


def test_sampled_information_is_close_and_repeatable(large):
    log, weights = large
    objective = objective_of(log, weights)
    full, sampled = objective.fisher(DEFAULTS), objective.fisher(DEFAULTS, card_fraction=0.25)
    assert sampled.tobytes() == objective.fisher(DEFAULTS, card_fraction=0.25).tobytes()
    seen = np.diag(full) > 0
    ratio = np.diag(sampled)[seen] / np.diag(full)[seen]
    assert 0.5 < ratio.min() <= ratio.max() < 2.0
    assert not np.array_equal(full, sampled)


def test_a_sample_without_scored_reviews_is_replaced_by_all(random_log):
    log = random_log([20] * 64)
    weights = np.where(log.card_index == 63, log.scored, 0).astype(float)
    objective = objective_of(log, weights)
    assert objective.fisher(DEFAULTS).any()
    assert (objective.fisher(DEFAULTS, card_fraction=0.25) == objective.fisher(DEFAULTS)).all()


@pytest.mark.parametrize("fraction", [0.0, -1.0, 1.5, float("nan")])
def test_bad_fractions(random_log, fraction):
    with pytest.raises(UsageError, match="card_fraction"):
        objective_of(random_log([3])).fisher(DEFAULTS, card_fraction=fraction)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([0.0, 1.0], "one a review"),
        ([0.0, -1.0, 1.0], "at least 0"),
        ([0.0, np.nan, 1.0], "finite"),
        ([0.0, np.inf, 1.0], "finite"),
        ([1.0, 1.0, 1.0], "first review"),
    ],
)
def test_bad_weights(weights, message):
    log = ReviewLog.from_histories([[(0, 3), (2, 3), (2, 3)]])
    with pytest.raises(UsageError, match=message):
        objective_of(log, weights)


def test_bad_names_and_parameters():
    packed = pack(ReviewLog.from_histories([[(0, 3)]]))
    with pytest.raises(UnknownName, match="fsrs6"):
        Objective("fsrs66", "default", packed, [0.0])
    with pytest.raises(UnknownName, match="same_day_floor_good"):
        Objective("fsrs6", "same_day_flor_good", packed, [0.0])
    with pytest.raises(UsageError, match=r"\(3,\)"):
        Objective("fsrs6", "default", packed, [0.0]).value([1.0, 2.0, 3.0])


def test_arrays_that_may_not_be_written_to(random_log):
    w = DEFAULTS.copy()
    w.flags.writeable = False
    log = random_log([5])
    weights = log.scored.astype(float)
    weights.flags.writeable = False
    assert objective_of(log, weights).value(w) > 0.0
