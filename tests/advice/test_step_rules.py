"""From stabilities to steps, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from repetita.advice.rules import RULES, step_factor

NAMES = ("again", "hard", "good", "again then good", "good then again", "lapse")
STABILITY = dict(zip(NAMES, map(np.float64, (100.0, 400.0, 5000.0, 900.0, 50.0, 600.0)), strict=True))


def counts(*numbers: int) -> dict[str, int]:
    return dict(zip(NAMES, numbers, strict=True))


def steps(rule, counted, retention=0.9, **changed):
    found = RULES[rule]({**STABILITY, **{k: np.float64(v) for k, v in changed.items()}}, counted, retention)
    return tuple(None if step is None else float(step) for step in found)


ENOUGH = counts(100, 100, 100, 100, 0, 100)


@pytest.mark.parametrize("rule", RULES)
def test_all_samples_speak(rule):
    # 2 x 400 - 100 is the least of 700, 5000, 900, and above the first step
    assert steps(rule, ENOUGH) == pytest.approx((100.0, 700.0, 600.0))


@pytest.mark.parametrize("rule", RULES)
def test_the_second_step_is_not_below_the_first(rule):
    assert steps(rule, ENOUGH, hard=90.0)[1] == pytest.approx(100.0)


def test_the_factors_of_both_rules():
    assert step_factor(0.8, 0.5) == pytest.approx((0.8**-2 - 1) / (0.9**-2 - 1))
    assert steps("helper", ENOUGH, 0.8) == pytest.approx([x * 2.3980263 for x in (100.0, 700.0, 600.0)])
    k = (0.8**-5 - 1) / (0.9**-5 - 1)
    assert steps("consistent", ENOUGH, 0.8) == pytest.approx([x * k for x in (100.0, 700.0, 600.0)])


def test_two_buttons_are_enough():
    assert steps("consistent", counts(100, 0, 100, 0, 0, 100)) == pytest.approx((100.0, 5000.0, 600.0))
    assert steps("helper", counts(100, 0, 100, 0, 0, 100))[1] is None
    assert steps("helper", counts(100, 0, 300, 0, 0, 100))[1] == pytest.approx(5000.0)


def test_too_few_answers_say_nothing():
    assert steps("consistent", counts(99, 100, 99, 99, 0, 99)) == (None, None, None)
    assert steps("helper", counts(99, 100, 99, 99, 0, 99)) == (None, None, None)
    # without enough first Agains a Hard cannot be told from the mean of two steps
    assert steps("consistent", counts(99, 500, 100, 0, 0, 0))[1] == pytest.approx(5000.0)


def test_arrays_of_stabilities_give_arrays_of_steps():
    many = {name: np.array([value, 2.0 * value]) for name, value in STABILITY.items()}
    for rule in RULES.values():
        first, second, lapse = rule(many, ENOUGH, 0.9)
        assert first.tolist() == [100.0, 200.0]
        assert second.tolist() == [700.0, 1400.0]
        assert lapse.tolist() == [600.0, 1200.0]
