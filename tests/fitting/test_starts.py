import numpy as np

from repetita.fitting.prior import PopulationPrior
from repetita.fitting.problem import Problem, SilentObjective
from repetita.fitting.starts import has_initial_stabilities, starting_positions

STABILITIES = (0.3, 0.9, 4.0, 11.0)


def problem(prior):
    return Problem(SilentObjective(21), prior)


def test_center_then_fitted_initial_stabilities_then_chance():
    task = problem(PopulationPrior.default("fsrs6"))
    positions = starting_positions(task, initial=STABILITIES, count=4, seed=3)
    np.testing.assert_array_equal(positions[0], task.prior.mean)
    np.testing.assert_allclose(task.natural(positions[1])[:4], STABILITIES)
    np.testing.assert_array_equal(positions[1][4:], task.prior.mean[4:])
    assert np.abs(positions[2] - positions[3]).max() > 0.01


def test_same_seed_same_places_and_all_inside_the_box():
    for make in (PopulationPrior.default, PopulationPrior.published, PopulationPrior.flat):
        task = problem(make("fsrs6"))
        once = starting_positions(task, count=8, seed=1)
        again = starting_positions(task, count=8, seed=1)
        other = starting_positions(task, count=8, seed=2)
        np.testing.assert_array_equal(once, again)
        assert not np.array_equal(once, other)
        for position in [*once, *other]:
            assert (position >= task.low).all()
            assert (position <= task.high).all()


def test_given_parameters_come_first():
    task = problem(PopulationPrior.default("fsrs6"))
    given = PopulationPrior.default("fsrs6").center * 1.1
    given[7] = 0.3
    first, *_ = starting_positions(task, first=given)
    np.testing.assert_allclose(task.natural(first), given)


def test_models_with_initial_stabilities_are_known():
    assert has_initial_stabilities("fsrs6")
