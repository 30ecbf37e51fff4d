import numpy as np
import pytest

from repetita.fitting.prior import PopulationPrior
from repetita.fitting.problem import Problem, SilentObjective
from repetita.fitting.standard_errors import no_uncertainty, one_sided_sd, uncertainty

CENTER = PopulationPrior.default("fsrs6").center


class Known:
    """An objective whose Fisher information and card scores are given."""

    def __init__(self, fisher, scores):
        self.information, self.scores = fisher, scores

    def fisher(self, w, *, card_fraction=1.0):
        return self.information

    def card_scores(self, w):
        return self.scores


def spread_of(fisher, scores=None, prior=None, gradient=None, position=None):
    prior = prior or PopulationPrior.published("fsrs6")
    problem = Problem(Known(fisher, np.zeros((1, 21)) if scores is None else scores), prior)
    position = prior.mean if position is None else position
    return uncertainty(problem, position, np.zeros(21) if gradient is None else gradient)


def information(seed=0, size=40):
    root = np.random.default_rng(seed).normal(size=(size, 21))
    return root.T @ root


def test_laplace_is_the_inverse_of_information_plus_prior():
    prior = PopulationPrior.published("fsrs6")
    fisher = information()
    spread = spread_of(fisher)
    expected = np.linalg.inv(fisher + prior.precision)
    np.testing.assert_allclose(spread.covariance, expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(spread.laplace, np.sqrt(np.diag(expected)))


def test_log_scale_becomes_natural_by_its_slope():
    prior = PopulationPrior.default("fsrs6")
    fisher = information(1)
    slope = np.where(prior.logs, CENTER, 1.0)
    on_scale = np.linalg.inv(fisher * np.outer(slope, slope) + prior.precision)
    spread = spread_of(fisher, prior=prior)
    np.testing.assert_allclose(spread.laplace, np.sqrt(np.diag(on_scale)) * slope, rtol=1e-9)
    low, high = spread.intervals[0]
    assert low > 0.0
    assert np.log(high / CENTER[0]) == pytest.approx(np.log(CENTER[0] / low))


def test_without_reviews_the_prior_remains():
    prior = PopulationPrior.default("fsrs6")
    problem = Problem(SilentObjective(21), prior, strength=50.0)
    spread = uncertainty(problem, prior.mean, np.zeros(21))
    np.testing.assert_allclose(spread.laplace, prior.sd * np.where(prior.logs, CENTER, 1.0), rtol=1e-9)
    np.testing.assert_allclose(spread.cluster, spread.laplace, rtol=1e-9)
    np.testing.assert_allclose(spread.learned, 0.0, atol=1e-9)


def test_without_reviews_and_prior_nothing_is_known():
    prior = PopulationPrior.flat("fsrs6")
    spread = uncertainty(Problem(SilentObjective(21), prior), prior.mean, np.zeros(21))
    assert np.isinf(spread.laplace).all()
    low, high = problem_bounds()
    np.testing.assert_allclose(spread.intervals[:, 0], low)
    np.testing.assert_allclose(spread.intervals[:, 1], high)


def problem_bounds():
    from repetita.equations import equations

    table = equations("fsrs6").PARAMETERS
    return [p.low for p in table], [p.high for p in table]


def test_cards_that_repeat_themselves_widen_the_cluster_errors():
    generator = np.random.default_rng(4)
    scores = generator.normal(size=(4000, 21))
    fisher = scores.T @ scores
    alone = spread_of(fisher, scores=scores)
    np.testing.assert_allclose(alone.cluster, alone.laplace, rtol=0.01)
    copied = spread_of(4.0 * fisher, scores=4.0 * scores)  # every card's reviews are said four times
    np.testing.assert_allclose(copied.cluster, 2.0 * copied.laplace, rtol=0.02)


def test_parameter_held_at_a_bound():
    prior = PopulationPrior.published("fsrs6")
    position, gradient = prior.mean.copy(), np.zeros(21)
    position[20], gradient[20] = 0.8, -5.0
    position[17] = 0.0  # at its bound, but not pushed against it
    fisher = information(2)
    spread = spread_of(fisher, prior=prior, position=position, gradient=gradient)
    assert spread.held.nonzero()[0].tolist() == [20]
    curvature = (fisher + prior.precision)[20, 20]
    assert spread.laplace[20] == pytest.approx(one_sided_sd(5.0, curvature))
    free = np.delete(np.delete(fisher + prior.precision, 20, 0), 20, 1)
    np.testing.assert_allclose(
        np.delete(spread.laplace, 20), np.sqrt(np.diag(np.linalg.inv(free))), rtol=1e-9
    )
    assert spread.covariance[20, :20].tolist() == [0.0] * 20
    assert spread.intervals[20, 1] == 0.8


@pytest.mark.parametrize(
    ("slope", "curvature"), [(0.01, 1.0), (1.0, 4.0), (20.0, 1.0), (3.0, 0.0), (30.0, 1.0)]
)
def test_one_sided_sd_against_a_sum(slope, curvature):
    x = (np.arange(2_000_000) + 0.5) * (12.0 / max(slope, np.sqrt(curvature)) * 3 / 2_000_000)
    density = np.exp(-slope * x - curvature * x * x / 2)
    density /= density.sum()
    mean = (x * density).sum()
    assert one_sided_sd(slope, curvature) == pytest.approx(
        np.sqrt(((x - mean) ** 2 * density).sum()), rel=5e-3
    )


def test_not_computed_is_nan():
    spread = no_uncertainty(Problem(SilentObjective(21), PopulationPrior.flat("fsrs6")))
    assert np.isnan(spread.laplace).all()
    assert np.isnan(spread.intervals).all()
    assert not spread.held.any()
