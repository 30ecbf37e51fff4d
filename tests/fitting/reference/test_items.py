from dataclasses import replace

import numpy as np
import pytest

import repetita as rp
from repetita.fitting.reference.items import batches, drawn_batches, items, places, prefixes
from repetita.fitting.reference.published import Recency, ReferenceRecipe
from repetita.fitting.reference.shuffling import Shuffler
from repetita.reviews import ReviewLog, simulate_log

RECIPE = ReferenceRecipe(batch=64)


@pytest.fixture(scope="module")
def log():
    return simulate_log(cards=150, days=200, seed=5)


def objective(weighted):
    return weighted.objective(rp.model("fsrs6"), 1)


def test_targets_are_all_later_reviews_with_time_between():
    log = ReviewLog.from_histories([[(0, 3), (0, 3), (2, 1), (0, 3), (1, 3)], [(0, 4), (0, 4)]])
    assert np.sort(items(log, "days", RECIPE).targets).tolist() == [2, 4]
    assert items(log, "days", replace(RECIPE, place=3)).targets.tolist() == [4]
    assert items(log, "days", replace(RECIPE, longest=2)).targets.tolist() == [2]


def test_fractional_days_make_targets_of_same_day_reviews():
    log = ReviewLog.from_histories([[(0, 3), (0.01, 3), (1.5, 3)]])
    assert items(log.scored_by("seconds"), "fractional days", RECIPE).targets.tolist() == [1, 2]
    assert items(log, "days", RECIPE).targets.tolist() == [2]


def test_batches_are_sorted_by_length_and_hold_every_item_once(log):
    known = items(log, "days", RECIPE)
    cut = batches(known, RECIPE)
    order = np.concatenate(cut)
    assert sorted(order.tolist()) == list(range(known.size))
    lengths = places(log)[known.targets[order]]
    assert (np.diff(lengths) >= 0).all()
    assert {len(part) for part in cut[:-1]} == {64}
    assert 1 <= len(cut[-1]) <= 64
    same = np.diff(lengths) == 0
    assert (np.diff(order)[same] > 0).all()


@pytest.mark.parametrize("weights", [None, "cubic", 500])
def test_gradients_of_the_batches_sum_to_the_whole_gradient(log, weights):
    known = items(log, "days", RECIPE, weights=weights)
    point = np.array(rp.model("fsrs6").parameters) * 1.05
    loss, gradient = objective(known.whole).value_and_gradient(point)
    for cut in (batches(known, RECIPE), drawn_batches(known, RECIPE, Shuffler(1))):
        parts = [objective(known.batch(members)).value_and_gradient(point) for members in cut]
        assert sum(part[0] for part in parts) == pytest.approx(loss, rel=1e-11)
        np.testing.assert_allclose(sum(part[1] for part in parts), gradient, rtol=1e-8, atol=1e-9)


def test_prefixes_keep_times_to_the_second():
    log = ReviewLog.from_histories([[(0, 3), (1.25, 3), (0.5, 1)], [(0, 2)], [(0, 4), (3.5, 3), (2.0, 3)]])
    part, spans = prefixes(log, np.array([5, 1]))
    assert spans.tolist() == [0, 1, 4, 5]
    assert part.elapsed("fractional days").tolist() == [0.0, 1.25, 0.0, 3.5]
    assert part.ratings.tolist() == [3, 3, 4, 3]


def test_recency_of_the_recipe():
    log = ReviewLog.from_histories([[(0, 3), (1, 3), (1, 3), (2, 1)]])
    closed = items(log, "days", replace(RECIPE, recency=Recency(0.25, 3.0)))
    assert closed.weights.tolist() == [0.0, 0.25, 0.25 + 0.75 / 8, 1.0]
    open_ = items(log, "days", replace(RECIPE, recency=Recency(0.1, 1.0, closed=False)))
    np.testing.assert_allclose(open_.weights, [0.0, 0.1, 0.4, 0.7])
