import numpy as np
import pytest

import repetita as rp
from repetita.fitting.weighted_log import WeightedLog
from repetita.fitting.weights import recency_weights
from repetita.reviews import ReviewLog, simulate_log

MODEL = rp.model("fsrs6")


@pytest.fixture(scope="module")
def log():
    return simulate_log(cards=3000, days=300, seed=4)


def weighted(log, weights):
    return WeightedLog.of(log, "days", recency_weights(log, weights))


def test_effective_number_of_reviews():
    log = ReviewLog.from_histories([[(0, 3), (1, 3), (1, 3), (1, 3), (1, 3)]])
    assert weighted(log, "uniform").effective == pytest.approx(4.0)
    assert weighted(log, [0, 3.0, 3.0, 0, 0]).effective == pytest.approx(2.0)
    assert weighted(log, 8000).effective == pytest.approx(4.0, rel=1e-6)


@pytest.mark.parametrize("unit", ["days", "fractional days"])
@pytest.mark.parametrize("scoring", ["days", "seconds"])
def test_uniform_weights_are_those_of_the_scored_reviews(log, unit, scoring):
    log = log.scored_by(scoring)
    ours = WeightedLog.uniform(log, unit)
    expected = WeightedLog.of(log, unit, recency_weights(log, "uniform"))
    assert (ours.weights.values == expected.weights.values).all()
    assert (ours.weights.count, ours.total) == (np.count_nonzero(log.scored), expected.total)


def test_sample_stands_for_the_whole(log):
    whole = weighted(log, "cubic")
    part = whole.sample(0.25)
    assert part.packed.cards == pytest.approx(log.cards / 4, rel=0.02)
    assert part.total == pytest.approx(whole.total)
    assert part.scale == pytest.approx(4.0, rel=0.15)
    loss, gradient = whole.objective(MODEL, 1).value_and_gradient(MODEL.parameters)
    about, slope = part.objective(MODEL, 1).value_and_gradient(MODEL.parameters)
    assert about == pytest.approx(loss, rel=0.1)
    assert np.corrcoef(gradient, slope)[0, 1] > 0.9


def test_whole_sample_is_the_whole(log):
    whole = weighted(log, 8000)
    part = whole.sample(1.0)
    assert part.scale == pytest.approx(1.0)
    expected = whole.objective(MODEL, 1).value_and_gradient(MODEL.parameters)
    got = part.objective(MODEL, 1).value_and_gradient(MODEL.parameters)
    assert got[0] == pytest.approx(expected[0], rel=1e-12)
    np.testing.assert_allclose(got[1], expected[1], rtol=1e-9)


def test_sample_without_weights_stays_without():
    log = ReviewLog.from_histories([[(0, 3), (1, 3)]] * 64)
    rows = np.zeros(len(log))
    rows[-1] = 1.0
    part = WeightedLog.of(log, "days", rows).sample(0.25)
    assert part.scale == 1.0
    assert part.total == 0.0


def test_silent_cards_change_nothing(log):
    whole = weighted(log, 3)
    short = whole.without_silent_cards()
    assert short.packed.cards < 0.8 * log.cards
    assert short.total == pytest.approx(whole.total, rel=1e-12)
    expected = whole.objective(MODEL, 1).value_and_gradient(MODEL.parameters)
    got = short.objective(MODEL, 1).value_and_gradient(MODEL.parameters)
    assert got[0] == pytest.approx(expected[0], rel=1e-12)
    np.testing.assert_allclose(got[1], expected[1], rtol=1e-9, atol=1e-12)


def test_scores_of_a_part_add_up_to_its_gradient(log):
    part = weighted(log, "uniform").sample(0.3)
    objective = part.objective(MODEL, 1)
    scores = objective.card_scores(MODEL.parameters)
    assert scores.shape == (part.packed.cards, 21)
    np.testing.assert_allclose(
        scores.sum(axis=0), objective.value_and_gradient(MODEL.parameters)[1], rtol=1e-8, atol=1e-8
    )
