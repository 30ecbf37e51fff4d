"""Predictions in order, by the compiled sort and the plain one, and AUC and ICI from them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.errors import NoReviews, UsageError
from repetita.evaluation import metrics, ranking
from repetita.evaluation.ranking import ranked

PROBABILITIES = st.floats(0.0, 1.0) | st.sampled_from(
    [0.0, -0.0, 5e-324, 0.1, 0.9, np.nextafter(1.0, 0.0), 1.0]
)
REVIEWS = st.lists(st.tuples(PROBABILITIES, st.booleans()), min_size=1, max_size=60)


@pytest.mark.parametrize("many", [1, 1 << 30])
@given(reviews=REVIEWS)
def test_is_the_order_of_pairs(many, reviews):
    p, y = (list(column) for column in zip(*reviews, strict=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "MANY", many)
        found = ranked(p, y)
    expected = sorted(reviews)
    assert found.predicted.tolist() == [value for value, _ in expected]
    assert found.recalled.tolist() == [outcome for _, outcome in expected]
    assert not np.signbit(found.predicted).any()


@given(reviews=REVIEWS)
def test_auc_counts_pairs(reviews):
    passed = [value for value, outcome in reviews if outcome]
    failed = [value for value, outcome in reviews if not outcome]
    won = sum((a > b) + 0.5 * (a == b) for a in passed for b in failed)
    p, y = (list(column) for column in zip(*reviews, strict=True))
    expected = won / (len(passed) * len(failed)) if passed and failed else None
    assert metrics.auc(p, y) == (expected if expected is None else pytest.approx(expected, abs=1e-15))


def test_long_samples_are_in_order_whatever_sorts_them(monkeypatch):
    random = np.random.default_rng(3)
    p = np.where(random.random(20_000) < 0.3, random.integers(0, 9, 20_000) / 8.0, random.beta(9, 1, 20_000))
    y = random.random(20_000) < p
    by_kernel = ranked(p, y)
    monkeypatch.setattr(ranking, "MANY", 1 << 30)
    plain = ranked(p, y)
    assert np.array_equal(by_kernel.predicted, np.sort(p))
    assert np.array_equal(by_kernel.predicted, plain.predicted)
    assert np.array_equal(by_kernel.recalled, plain.recalled)
    assert metrics.auc_of_ranked(by_kernel) == pytest.approx(metrics.placements(p, y)[y].mean(), rel=1e-13)
    assert metrics.ici_of_ranked(by_kernel) == metrics.ici(p[::-1], y[::-1])


def test_what_was_given_stays_as_it_was():
    p, y = np.array([0.7, -0.0, 0.5]), np.array([True, False, True])
    found = ranked(p, y)
    assert p.tolist() == [0.7, 0.0, 0.5]
    assert np.signbit(p[1])
    with pytest.raises(ValueError, match="read-only"):
        found.predicted[0] = 1.0


@pytest.mark.parametrize("bad", [[1.5], [-0.1], [float("nan")], ["x"]])
def test_refuses_what_is_no_probability(bad):
    with pytest.raises(UsageError):
        ranked(bad, [1])
    with pytest.raises(NoReviews):
        ranked([], [])
