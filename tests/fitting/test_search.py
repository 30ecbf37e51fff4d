import numpy as np
import pytest

from repetita.fitting import fit, search, training
from repetita.reviews import simulate_log

TRUTH = (
    *(0.6, 2.0, 5.0, 20.0, 5.5, 0.6, 2.2, 0.02, 1.4, 0.25, 1.1, 1.1, 0.12, 0.4, 1.2, 0.45, 2.5, 0.9, 0.25),
    *(0.12, 0.35),
)


@pytest.fixture(scope="module")
def long():
    log = simulate_log(cards=13_000, days=None, parameters=TRUTH, seed=6)
    assert len(log) > 2 * search.LONG
    return log


@pytest.mark.parametrize(
    "options",
    [{"prior": "published", "weights": "cubic"}, {"weights": "uniform"}, {}],
    ids=["published", "default", "recent"],
)
def test_sample_first_ends_where_the_whole_log_does(long, options, monkeypatch):
    sampled = fit(long, **options)
    monkeypatch.setattr(search, "LONG", 10**9)
    whole = fit(long, **options)
    assert sampled.objective == pytest.approx(whole.objective, abs=1.0)
    away = (np.array(sampled.parameters) - whole.parameters) / whole.std_errors
    assert np.abs(away).max() < 1.0
    assert sampled.converged


def test_long_logs_get_few_passes(long):
    result = fit(long, prior="published", weights="cubic")
    on_sample_too = result.evaluations
    assert on_sample_too < 60
    assert result.iterations <= 15
    assert result.starts == search.STARTS_LONG


def test_long_logs_give_the_same_bits_whatever_the_threads(long):
    one, three = fit(long, threads=1), fit(long, threads=3)
    assert one.parameters == three.parameters
    assert one.std_errors == three.std_errors
    assert one.objective == three.objective


def test_errors_from_a_sample_are_close(long, monkeypatch):
    full = fit(long, weights="uniform")
    monkeypatch.setattr(training, "UNCERTAINTY_SAMPLE", len(long) // 3)
    sampled = fit(long, weights="uniform")
    assert sampled.parameters == full.parameters
    assert sampled.std_errors != full.std_errors
    np.testing.assert_allclose(sampled.std_errors, full.std_errors, rtol=0.1)
    np.testing.assert_allclose(sampled.std_errors_cluster, full.std_errors_cluster, rtol=0.3)


def test_start_and_seed_reach_a_long_search(long):
    usual = fit(long, prior="published", weights="cubic")
    other = fit(long, prior="published", weights="cubic", seed=4, start=TRUTH)
    assert other.objective == pytest.approx(usual.objective, abs=1.0)
    assert other.evaluations != usual.evaluations or other.parameters != usual.parameters
