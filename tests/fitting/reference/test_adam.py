import math

import numpy as np
import pytest

from repetita.fitting.reference.adam import Moments, adam_step, annealed_rates


def test_two_steps_by_hand():
    move, moments = adam_step(Moments.none(2), np.array([2.0, -0.5]), rate=0.1, betas=(0.9, 0.99))
    np.testing.assert_allclose(moments.mean, [0.2, -0.05])
    np.testing.assert_allclose(moments.square, [0.04, 0.0025])
    np.testing.assert_allclose(move, [-0.1, 0.1], rtol=1e-6)
    move, moments = adam_step(moments, np.array([-1.0, -0.5]), rate=0.1, betas=(0.9, 0.99))
    # mean .9 * .2 - .1 = .08, over 1 - .81; square .99 * .04 + .01 = .0496, over 1 - .9801
    expected = -0.1 * (0.08 / 0.19) / (math.sqrt(0.0496 / 0.0199) + 1e-8)
    assert move[0] == pytest.approx(expected, rel=1e-12)
    assert move[1] == pytest.approx(0.1, rel=1e-6)
    assert moments.steps == 2


def test_epsilon_is_added_to_the_corrected_root():
    move, _ = adam_step(Moments.none(1), np.array([1e-8]), rate=1.0, epsilon=1e-8)
    assert move[0] == pytest.approx(-0.5, rel=1e-9)


def test_zero_gradient_moves_nothing():
    move, _ = adam_step(Moments.none(1), np.zeros(1), rate=1.0)
    assert move.tolist() == [0.0]


def test_rates_follow_the_cosine():
    rates = annealed_rates(0.04, 50)
    expected = [0.02 * (1.0 + math.cos(math.pi * k / 50)) for k in range(50)]
    np.testing.assert_allclose(rates, expected, rtol=1e-11)


@pytest.mark.parametrize(("steps", "expected"), [(0, []), (1, [0.3]), (2, [0.3, 0.15])])
def test_few_steps(steps, expected):
    assert annealed_rates(0.3, steps) == pytest.approx(expected)
