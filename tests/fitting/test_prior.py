import json

import numpy as np
import pytest

from repetita.equations import equations
from repetita.errors import CorruptInput, InputMissing, InvalidParameters
from repetita.fitting.prior import PopulationPrior

DEFAULTS = np.array([p.default for p in equations("fsrs6").PARAMETERS])
MAKERS = [PopulationPrior.default, PopulationPrior.published, PopulationPrior.flat]


def population(**changes):
    """A description with logarithms, correlations, and a mean that is not the defaults."""
    generator = np.random.default_rng(5)
    factor = generator.normal(size=(21, 60))
    correlation = np.corrcoef(factor)
    mean = DEFAULTS * 1.1
    logs = [0, 3, 11, 20]
    mean[logs] = np.log(mean[logs])
    data = {
        "model": "fsrs6",
        "transform": {"log": logs},
        "mean": mean.tolist(),
        "sd": np.linspace(0.1, 2.0, 21).tolist(),
        "correlation": [row[: i + 1] for i, row in enumerate(correlation.tolist())],
    }
    return {**data, **changes}


def priors():
    return [*(make("fsrs6") for make in MAKERS), PopulationPrior.from_dict(population())]


@pytest.mark.golden
def test_published_penalty_is_the_reference_trainers(golden):
    case = golden("fsrs6", "l2_penalty")
    prior = PopulationPrior.published("fsrs6").centered_at(case["w0"])
    assert case["weight"] * prior.penalty(case["w"]) == pytest.approx(case["value"], rel=1e-12)
    gradient = case["weight"] * prior.penalty_gradient(case["w"])
    np.testing.assert_allclose(gradient, case["grad"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("prior", priors(), ids=lambda prior: prior.name)
def test_gradient_and_hessian_against_finite_differences(prior):
    w = DEFAULTS * np.linspace(0.7, 1.5, 21)
    for i in range(21):
        h = 1e-5 * w[i]
        up, down = w.copy(), w.copy()
        up[i] += h
        down[i] -= h
        slope = (prior.penalty(up) - prior.penalty(down)) / (2 * h)
        assert prior.penalty_gradient(w)[i] == pytest.approx(slope, rel=1e-6, abs=1e-6)
        bend = (prior.penalty_gradient(up) - prior.penalty_gradient(down)) / (2 * h)
        np.testing.assert_allclose(prior.penalty_hessian(w)[i], bend, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("prior", priors(), ids=lambda prior: prior.name)
def test_penalty_is_zero_at_the_center_only(prior):
    assert prior.penalty(prior.center) == pytest.approx(0.0, abs=1e-18)
    if prior.name != "none":
        assert prior.penalty(prior.center * 1.2) > 0.01


def test_center_of_the_default_prior_is_the_defaults_to_the_bit():
    assert PopulationPrior.default("fsrs6").center.tolist() == DEFAULTS.tolist()


def test_default_prior_has_published_spreads_on_the_log_scale():
    prior = PopulationPrior.default("fsrs6")
    spreads = np.array([p.spread for p in equations("fsrs6").PARAMETERS])
    assert prior.sd[20] == pytest.approx(spreads[20] / (np.sqrt(2) * DEFAULTS[20]))
    assert prior.sd[4] == pytest.approx(spreads[4] / np.sqrt(2))
    assert prior.logs.nonzero()[0].tolist() == [0, 1, 2, 3, 5, 10, 11, 12, 13, 16, 20]


def test_default_prior_shares_what_one_initial_stability_tells_of_the_others():
    prior = PopulationPrior.default("fsrs6")
    one, all_four = DEFAULTS.copy(), DEFAULTS.copy()
    one[0] *= 2.0
    all_four[:4] *= 2.0
    assert prior.penalty(all_four) < 1.5 * prior.penalty(one)
    covariance = np.linalg.inv(prior.precision)[:4, :4]
    np.testing.assert_allclose(covariance, 1.3**2 * (0.6 + 0.4 * np.eye(4)))


def test_population_prior_is_the_normal_density_it_describes():
    data = population()
    prior = PopulationPrior.from_dict(data)
    lower = np.zeros((21, 21))
    for i, row in enumerate(data["correlation"]):
        lower[i, : i + 1] = row
    correlation = lower + np.tril(lower, -1).T
    covariance = correlation * np.outer(data["sd"], data["sd"])
    theta = DEFAULTS * 1.3
    theta[data["transform"]["log"]] = np.log(theta[data["transform"]["log"]])
    offset = theta - np.array(data["mean"])
    expected = 0.5 * offset @ np.linalg.solve(covariance, offset)
    assert prior.penalty(DEFAULTS * 1.3) == pytest.approx(expected, rel=1e-9)
    full = PopulationPrior.from_dict({**data, "correlation": correlation.tolist()})
    np.testing.assert_array_equal(full.precision, prior.precision)


def test_read_gives_what_was_written(tmp_path):
    path = tmp_path / "learners.json"
    path.write_text(json.dumps(population()), encoding="utf-8")
    prior = PopulationPrior.read(path)
    assert prior.name == "learners"
    np.testing.assert_array_equal(prior.mean, population()["mean"])


def test_moved_center_keeps_the_spread():
    prior = PopulationPrior.default("fsrs6")
    moved = prior.centered_at(DEFAULTS * 1.25)
    assert moved.centered
    assert moved.penalty(DEFAULTS * 1.25) == pytest.approx(0.0, abs=1e-18)
    np.testing.assert_array_equal(moved.precision, prior.precision)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mean": [1.0, 2.0]}, "shape"),
        ({"sd": [-1.0] * 21}, "sds above 0"),
        ({"mean": [float("nan")] * 21}, "finite"),
        ({"transform": {"log": [40]}}, "not a description"),
        ({"correlation": [[1.0], [0.5]]}, "triangle"),
        ({"correlation": np.full((21, 21), 1.0).tolist()}, "positive definite"),
        ({"correlation": (2.0 * np.eye(21)).tolist()}, "correlation matrix"),
        ({"mean": "many"}, "not a description"),
        ({"model": "fsrs66"}, "did you mean 'fsrs6'"),
    ],
)
def test_descriptions_that_are_no_prior_are_refused(changes, said):
    with pytest.raises(InvalidParameters if "mean 'fsrs6'" not in said else Exception, match=said):
        PopulationPrior.from_dict(population(**changes))


def test_a_prior_keeps_arrays_of_its_own():
    sd = [1.0] * 21
    mean = DEFAULTS.copy()
    prior = PopulationPrior("fsrs6", "mine", [False] * 21, mean, sd, np.eye(21))
    before = prior.penalty(DEFAULTS * 1.1)
    mean[:] = 7.0
    assert prior.penalty(DEFAULTS * 1.1) == before
    with pytest.raises(ValueError, match="read-only"):
        prior.sd[0] = 2.0
    with pytest.raises(InvalidParameters, match="sd does not hold numbers"):
        PopulationPrior("fsrs6", "mine", [False] * 21, DEFAULTS, ["wide"] * 21, np.eye(21))


def test_missing_part_is_named():
    data = population()
    del data["sd"]
    with pytest.raises(InvalidParameters, match="sd"):
        PopulationPrior.from_dict(data)


def test_files_that_hold_no_prior_are_refused(tmp_path):
    with pytest.raises(InputMissing):
        PopulationPrior.read(tmp_path / "nothing.json")
    with pytest.raises(InputMissing):
        PopulationPrior.read(tmp_path)
    broken = tmp_path / "broken.json"
    broken.write_bytes(b"\xff{")
    with pytest.raises(CorruptInput):
        PopulationPrior.read(broken)
    broken.write_text("[1, 2]", encoding="utf-8")
    with pytest.raises(InvalidParameters, match="list"):
        PopulationPrior.read(broken)


@pytest.mark.realdata
def test_shared_population_prior_reads(shared):
    path = shared.parent / "design" / "population_prior_fsrs6.json"
    if not path.is_file():
        pytest.skip("no population prior here")
    prior = PopulationPrior.read(path)
    np.testing.assert_allclose(prior.center, DEFAULTS, rtol=2e-4)
    assert np.linalg.eigvalsh(prior.precision)[0] > 0.0
