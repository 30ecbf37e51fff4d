"""The tracer on models unlike FSRS-6: states that count, three states, nothing prepared."""

from __future__ import annotations

import random
from types import ModuleType
from typing import Any

import pytest
from slow_slopes import check_row, check_start

from repetita.derivation.module import derivative_module
from repetita.equations import Parameter

HALF_LIFE = """
from math import exp, log, sqrt

TITLE = "half-life regression"
STATE = ("passes", "lapses")
PREDICTION_FLOOR = 1e-15
OPTIONS = ()
HALF = log(0.5)


def prepare(w, o):
    return ()


def first(w, c, o, rating):
    return count((0.0, 0.0), rating)


def count(state, rating):
    return state[0] + (1.0 if rating > 1 else 0.0), state[1] + (1.0 if rating == 1 else 0.0)


def recall(w, c, o, state, days):
    halves = w[0] * sqrt(state[0]) + w[1] * sqrt(state[1]) + w[2]
    return exp(HALF * days * exp(halves * HALF))


def after(w, c, o, state, days, rating):
    return count(state, rating)
"""

# Two memory traces and a difficulty, as in FSRS-7: a mixed curve, nested bounds, weights from the state.
TWO_TRACES = """
from math import exp, log

TITLE = "two traces"
STATE = ("slow", "fast", "difficulty")
PREDICTION_FLOOR = 1e-15
OPTIONS = ("lowest", "highest")


def power(x, y):
    return exp(y * log(x))


def clamp(x, low, high):
    return min(max(x, low), high)


def prepare(w, o):
    scale = exp(min(log(w[25]) / -clamp(w[24], 0.01, 0.95), 60.0)) - 1.0
    return scale, 0.5 * o[1], w[4] - exp(3.0 * w[5]) + 1.0


def first(w, c, o, rating):
    strength = w[0] if rating == 1 else w[1] if rating == 2 else w[2] if rating == 3 else w[3]
    slow, fast = (clamp(share * strength, o[0], o[1]) for share in (1.0, 0.8))
    return slow, fast, clamp(w[4] - exp(w[5] * (rating - 1.0)) + 1.0, 1.0, 10.0)


def fast_recall(w, fast, days):
    decay = -clamp(w[23] * power(fast, w[27] - 0.3), 0.01, 0.95)
    factor = exp(min(log(w[26]) / decay, 60.0)) - 1.0
    return power(1.0 + factor * days / fast, decay)


def recall(w, c, o, state, days):
    slow, fast, difficulty = state
    first_weight = w[28] * power(fast, -w[29])
    second_weight = w[30] * power(slow, w[31]) * exp((difficulty - 5.0) * (w[32] - 0.5))
    curve = c[0] * exp((difficulty - 5.0) * (w[33] - 0.3))
    slow_recall = power(1.0 + curve * days / slow, -clamp(w[24], 0.01, 0.95))
    total = first_weight * fast_recall(w, fast, days) + second_weight * slow_recall
    return (1.0 - 2e-5) * total / (first_weight + second_weight) + 1e-5


def trace(w, k, strength, recalled, difficulty, rating):
    forgotten = 1.0 - recalled
    left = w[k + 3] * (power(strength + 1.0, w[k + 4]) - 1.0) * exp(forgotten * w[k + 5])
    left = min(strength, left)
    if rating == 1:
        return left
    spacing = exp(forgotten * w[k + 2]) - 1.0
    gain = exp(w[k] - 1.5) * (11.0 - difficulty) * power(strength, -w[k + 1]) * spacing
    if rating == 2:
        gain = gain * w[k + 6]
    elif rating == 4:
        gain = gain * w[k + 7]
    return max(left, strength * (1.0 + gain))


def after(w, c, o, state, days, rating):
    slow, fast, difficulty = state
    recalled = recall(w, c, o, state, days)
    new_slow = trace(w, 7, slow, recalled, difficulty, rating)
    new_fast = trace(w, 15, fast, fast_recall(w, fast, days), difficulty, rating)
    step = -w[6] * (rating - 3.0)
    if rating == 1 and not days > c[1]:
        new_fast = min(new_fast, 0.8 * new_slow)
        step = step * (recalled + 0.1)
    moved = 0.01 * c[2] + 0.99 * (difficulty + step * (10.0 - difficulty) / 9.0)
    return clamp(new_slow, o[0], o[1]), clamp(new_fast, o[0], o[1]), clamp(moved, 1.0, 10.0)
"""


def module(name: str, text: str, parameters: int) -> ModuleType:
    """An equation module made from its text."""
    made = ModuleType(name)
    exec(text, vars(made))
    made.PARAMETERS = tuple(  # type: ignore[attr-defined]
        Parameter(f"w{i}", 1.0, 0.0, 2.0, 1.0, "1", "") for i in range(parameters)
    )
    return made


def generated(equations: ModuleType) -> ModuleType:
    """The derivative module of an equation module."""
    made = ModuleType("generated")
    exec(derivative_module(equations.__name__, equations), vars(made))
    return made


def test_states_that_only_count_carry_no_adjoint() -> None:
    equations = module("half_life", HALF_LIFE, 3)
    derivatives = generated(equations)
    assert derivatives.LIVE_STATES == ()
    assert derivatives.REVERSE_PARAMETERS == (0, 1, 2)
    assert (derivatives.FIRST_PARAMETERS, derivatives.PREPARE_PARAMETERS) == ((), ())
    draw = random.Random("half-life")
    for _ in range(40):
        w = [draw.uniform(-1.0, 3.0) for _ in range(3)]
        state = (float(draw.randint(0, 9)), float(draw.randint(0, 5)))
        row = state, draw.choice([0.5, 3.0, 20.0]), draw.randint(1, 4), draw.uniform(0.5, 2.0), ()
        check_row(equations, derivatives, (), w, row)


def test_the_first_count_of_zero_passes_is_safe() -> None:
    equations = module("half_life", HALF_LIFE, 3)
    derivatives = generated(equations)
    kept = derivatives.forward((1.0, -1.0, 2.0), (), (), 0.0, 0.0, 3.0, 3, 1.0)[3:]
    bars = derivatives.reverse((1.0, -1.0, 2.0), (), (), 0.0, 0.0, 3.0, 3, 1.0, *kept)
    assert bars[:2] == (0.0, 0.0)
    assert bars[2] < 0.0


def draw_two_traces(draw: random.Random) -> list[float]:
    w = [draw.uniform(0.3, 1.5) for _ in range(34)]
    w[:4] = sorted(draw.uniform(0.1, 20.0) for _ in range(4))
    w[4], w[5] = draw.uniform(2.0, 9.0), draw.uniform(0.1, 1.0)
    w[23:27] = draw.uniform(0.05, 0.2), draw.uniform(0.1, 0.9), draw.uniform(0.6, 0.9), draw.uniform(0.6, 0.9)
    return w


def test_three_states_with_a_mixed_curve() -> None:
    equations = module("two_traces", TWO_TRACES, 34)
    derivatives = generated(equations)
    assert derivatives.LIVE_STATES == (0, 1, 2)
    assert derivatives.LIVE_PREPARED == (0, 2)
    assert 1 not in derivatives.REVERSE_PREPARED
    draw = random.Random("two traces")
    options = (1e-4, 36500.0)
    for number in range(24):
        state = (10.0 ** draw.uniform(-2, 3), 10.0 ** draw.uniform(-2, 3), draw.uniform(1.1, 9.9))
        bars = tuple(draw.uniform(-2, 2) for _ in state)
        row = state, draw.choice([0.1, 1.0, 40.0, 2e4]), 1 + number % 4, draw.uniform(0.5, 2.0), bars
        check_row(equations, derivatives, options, draw_two_traces(draw), row)
    for rating in (1, 2, 3, 4):
        check_start(equations, derivatives, options, draw_two_traces(draw), rating)


def names(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    exec(text, found)
    return found


@pytest.mark.parametrize(("text", "parameters"), [(HALF_LIFE, 3), (TWO_TRACES, 34)])
def test_generating_twice_gives_the_same_text(text: str, parameters: int) -> None:
    first, second = (derivative_module("toy", module("toy", text, parameters)) for _ in range(2))
    assert first == second
    assert names(first)["MODEL"] == "toy"
