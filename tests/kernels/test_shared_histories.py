import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_logs import histories_of, history

from repetita import model
from repetita.equations import MODELS
from repetita.errors import UsageError
from repetita.kernels.objective import Objective
from repetita.kernels.packing import pack
from repetita.kernels.shared_histories import (
    TreeObjective,
    can_share,
    shared_histories,
    staged_histories,
)
from repetita.reviews import ReviewLog

# one of every kind: all would take minutes to compile
SHARING = ["fsrs2", "fsrs4_5", "fsrs6", "hlr", "sm2_trainable"]


def test_models_of_whole_days_can_share():
    assert set(SHARING) < {name for name in MODELS if can_share(model(name))}
    assert not any(can_share(model(name)) for name in ("fsrs7", "dash", "sm2", "logistic_regression"))


def both(log, name, weights, variant="default"):
    """The same loss card by card, and history by history."""
    unit = model(name).equations.UNIT
    packed, rows = pack(log, unit), np.flatnonzero(weights)
    by_card = Objective(name, variant, packed, weights, threads=1)
    staged = staged_histories(log, name, rows, [len(rows)])
    by_history = TreeObjective(variant, staged, 0, weights[rows], packed=packed, packed_weights=weights)
    return by_card, by_history


def some_weights(log, seed=0):
    """Positive and zero weights at the scored reviews."""
    generator = np.random.default_rng(seed)
    return log.scored * generator.random(len(log)) * (generator.random(len(log)) > 0.3)


def assert_same(by_card, by_history, w):
    expected, slopes = by_card.value_and_gradient(w)
    value, gradient = by_history.value_and_gradient(w)
    scale = np.abs(slopes).max() + 1.0
    assert value == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(gradient, slopes, atol=1e-11 * scale)
    assert by_history.value(w) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", SHARING)
def test_every_model_of_whole_days_has_the_same_loss_and_gradient(name, random_log):
    log = random_log([1, 2, 7, 30, 140, 3, 3, 3] * 12)
    by_card, by_history = both(log, name, some_weights(log))
    assert_same(by_card, by_history, model(name).parameters)


def test_models_of_exact_time_share_what_is_equal():
    log = ReviewLog.from_histories([[(0, 3), (1.5, 3), (2.25, 1)], [(0, 3), (1.5, 3), (2.5, 1)]] * 9)
    by_card, by_history = both(log, "fsrs7", log.scored.astype(float))
    assert len(shared_histories(log, "fractional days").parents) == 4
    assert_same(by_card, by_history, model("fsrs7").parameters)


@given(st.lists(history(12), min_size=1, max_size=40), st.integers(0, 5))
@settings(deadline=None)
def test_any_log_has_the_same_loss_and_gradient(histories, seed):
    log = ReviewLog.from_histories(histories)
    weights = some_weights(log, seed)
    if weights.any():
        assert_same(*both(log, "fsrs6", weights), model("fsrs6").parameters)


@given(st.lists(history(12), min_size=1, max_size=20))
@settings(deadline=None)
def test_nodes_are_the_different_histories(histories):
    log = ReviewLog.from_histories(histories)
    shared = shared_histories(log)
    beginnings = [tuple(card[: i + 1]) for card in histories_of(log) for i in range(len(card))]
    assert len(shared.parents) == len(set(beginnings)) == shared.levels[-1]
    assert len(set(zip(beginnings, shared.nodes.tolist(), strict=True))) == len(shared.parents)
    for node, beginning in zip(shared.nodes.tolist(), beginnings, strict=True):
        level = np.searchsorted(shared.levels, node, side="right")
        assert level == len(beginning)
        assert (shared.days[node], shared.ratings[node]) == (*beginning[-1],)
        parent = shared.parents[node]
        assert parent == -1 if len(beginning) == 1 else shared.levels[level - 2] <= parent < node


@pytest.mark.parametrize("name", SHARING)
def test_predictions_of_some_reviews_are_those_of_the_whole_log(name, random_log):
    log = random_log([2, 5, 5, 40, 150] * 8, seed=3)
    fitted = model(name)
    rows = np.flatnonzero(log.scored)[::3]
    expected = fitted.predict(log)[rows]
    staged = staged_histories(log, name, rows, [9, len(rows)])
    np.testing.assert_allclose(staged.predictions(fitted, 1), expected, rtol=1e-13)
    np.testing.assert_allclose(staged.predictions(fitted, 0, slice(3, 9)), expected[3:9], rtol=1e-13)


def test_there_may_be_a_stage_a_review(random_log):
    log = random_log([5, 40, 150] * 8, seed=4)
    rows, fitted = np.flatnonzero(log.scored), model("fsrs6")
    staged = staged_histories(log, "fsrs6", rows, range(1, len(rows) + 1))
    expected = fitted.predict(log)[rows]
    assert len(rows) > 256
    for stage in (0, 130, len(rows) - 1):
        found = staged.predictions(fitted, stage, slice(stage + 1))
        np.testing.assert_allclose(found, expected[: stage + 1], rtol=1e-13)


def test_a_stage_sums_as_if_there_were_no_later_ones(random_log):
    log = random_log([2, 5, 5, 40, 150] * 30, seed=5)
    rows = np.random.default_rng(1).permutation(np.flatnonzero(log.scored))
    weights, w = np.linspace(0.2, 1.0, len(rows)), model("fsrs6").parameters
    ends = [len(rows) // 9, len(rows) // 2, len(rows)]
    together = staged_histories(log, "fsrs6", rows, ends)
    for stage, end in [*enumerate(ends), *enumerate(ends)]:
        alone = staged_histories(log, "fsrs6", rows[:end], ends[: stage + 1])
        found = [
            TreeObjective(
                "default", staged, stage, weights[:end], packed=pack(log), packed_weights=log.scored
            ).value_and_gradient(w)
            for staged in (together, alone)
        ]
        assert found[0][0] == found[1][0]
        assert found[0][1].tolist() == found[1][1].tolist()


def test_the_information_is_that_of_the_packed_log_scaled(random_log):
    log = random_log([4, 6, 9] * 20)
    weights = log.scored.astype(float)
    by_card, by_history = both(log, "fsrs6", weights)
    w = model("fsrs6").parameters
    np.testing.assert_allclose(by_history.fisher(w), by_card.fisher(w))
    rows = np.flatnonzero(weights)
    staged = staged_histories(log, "fsrs6", rows, [len(rows)])
    doubled = TreeObjective(
        "default", staged, 0, weights[rows], packed=pack(log), packed_weights=weights, scale=2.0
    )
    np.testing.assert_allclose(doubled.fisher(w), 2.0 * by_card.fisher(w))


def test_scores_of_cards_are_refused(random_log):
    log = random_log([4, 6])
    _, by_history = both(log, "fsrs6", log.scored.astype(float))
    with pytest.raises(UsageError, match="cards"):
        by_history.card_scores(model("fsrs6").parameters)
