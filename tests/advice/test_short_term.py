"""The curve of short-term forgetting: against a slow search, and what it promises."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.advice.samples import Answers
from repetita.advice.short_term import (
    HIGH,
    LOW,
    DelayTable,
    fitted_stability,
    recall,
    within_fences,
)

MONTH = 30 * 86_400.0


def loss(delay, recalled, stability):
    p = (1.0 + (0.9 ** (-1 / 0.2) - 1.0) * delay / stability) ** -0.2
    return -np.where(recalled, np.log(p), np.log1p(-p)).sum()


def ternary(delay, recalled):
    """The published search: thirds of 1 second to 30 days until a tenth of a second is left."""
    low, high = 1.0, MONTH
    while high - low > 0.1:
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if loss(delay, recalled, left) < loss(delay, recalled, right):
            high = right
        else:
            low = left
    return 0.5 * (low + high)


def drawn(count: int, stability: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    delay = random.lognormal(log(600.0), 1.5, count) + 1.0
    return delay, random.random(count) < recall(delay, stability)


@pytest.mark.parametrize("seed", range(12))
def test_equals_the_published_search(seed):
    delay, recalled = drawn(40 + 60 * seed, 10.0 ** (1 + seed / 3), seed)
    table = DelayTable.of(delay, recalled)
    counts = np.bincount(table.place, minlength=table.places).astype(float)
    rough = float(table.log_stability(counts[None])[0])
    best = exp(fitted_stability(delay, recalled, rough))
    assert best == pytest.approx(ternary(delay, recalled), abs=0.1, rel=1e-9)
    assert rough == pytest.approx(log(best), abs=0.03)


@given(st.integers(1, 10**6), st.floats(0.5, 1e7), st.floats(LOW, HIGH))
def test_any_start_ends_at_the_same_place(seed, stability, start):
    delay, recalled = drawn(60, stability, seed)
    recalled[:2] = True, False
    best = fitted_stability(delay, recalled, start)
    assert LOW <= best <= HIGH
    around = [loss(delay, recalled, exp(min(max(best + step, LOW), HIGH))) for step in (-0.01, 0.0, 0.01)]
    assert around[1] <= min(around) + 1e-9


def test_all_right_or_all_wrong_lies_at_an_end():
    delay = np.full(20, 600.0)
    table = DelayTable.of(delay, np.ones(20, dtype=bool))
    counts = np.array([[0.0, 20.0], [20.0, 0.0]])
    assert table.log_stability(counts).tolist() == [HIGH, LOW]
    low, high = table.likelihood_interval(counts[0], HIGH)
    assert high == HIGH
    assert recall(600.0, exp(low)) == pytest.approx(exp(-3.841458820694124 / 2 / 20), rel=1e-4)


def test_likelihood_interval_holds_its_level():
    inside = 0
    for seed in range(200):
        delay, recalled = drawn(150, 1500.0, seed)
        table = DelayTable.of(delay, recalled)
        counts = np.bincount(table.place, minlength=table.places).astype(float)
        low, high = table.likelihood_interval(counts, float(table.log_stability(counts[None])[0]))
        inside += low <= log(1500.0) <= high
    assert 182 <= inside <= 198


def test_fences_leave_out_far_delays_of_many_answers_only():
    delay = np.append(np.linspace(500.0, 700.0, 260), [1.0, 90_000.0])
    zeros = np.zeros(len(delay), dtype=np.int64)
    many = Answers(delay, np.ones(len(delay), bool), zeros, zeros)
    assert within_fences(many).tolist() == [True] * 260 + [False] * 2
    few = Answers(delay[-200:], np.ones(200, bool), zeros[:200], zeros[:200])
    assert within_fences(few).all()
