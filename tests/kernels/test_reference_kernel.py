"""The scalar reference: its loss is that of the predictions, its gradient the slope of its loss."""

from __future__ import annotations

import math
import random

import pytest

from repetita import model
from repetita.kernels.reference import loss_and_gradient_reference

HISTORIES = [
    [(0, 3), (2, 3), (9, 1), (0, 3), (3, 2), (30, 4)],
    [(0, 1), (0, 2), (1, 1), (4, 3)],
    [(0, 4), (20, 4), (90, 1)],
    [(0, 2)],
    [],
]


def entropy(history: list[tuple[int, int]], parameters: list[float] | None = None) -> float:
    """Binary cross-entropy of the predictions of one card, through the public functions."""
    m = model("fsrs6", parameters)
    total = 0.0
    state = m.initial_state(history[0][1]) if history else (1.0, 1.0)
    for days, rating in history[1:]:
        recalled = m.retrievability(state, days)
        if days > 0:
            total -= math.log(recalled if rating > 1 else 1.0 - recalled)
        state = m.next_state(state, days, rating)
    return total


def test_the_loss_is_that_of_the_predictions() -> None:
    loss, gradient = loss_and_gradient_reference(model("fsrs6"), HISTORIES)
    assert loss == pytest.approx(sum(entropy(history) for history in HISTORIES), rel=1e-12)
    assert len(gradient) == 21


def test_the_gradient_is_the_slope_of_the_loss_over_whole_histories() -> None:
    draw = random.Random(4)
    default = model("fsrs6").parameters
    w = [value * draw.uniform(0.95, 1.05) for value in default]
    w[7] = 0.02
    _, gradient = loss_and_gradient_reference(model("fsrs6", w), HISTORIES)
    for place, value in enumerate(w):
        step = 1e-5 * max(abs(value), 0.1)
        ends = [[*w[:place], value + shift, *w[place + 1 :]] for shift in (step, -step)]
        above, below = (sum(entropy(history, end) for history in HISTORIES) for end in ends)
        assert gradient[place] == pytest.approx((above - below) / (2 * step), rel=2e-6, abs=1e-8), place


def test_weights_multiply_losses_and_zero_means_not_scored() -> None:
    history = HISTORIES[0]
    m = model("fsrs6")
    plain = loss_and_gradient_reference(m, [history])
    doubled = loss_and_gradient_reference(
        m, [history], [[0.0] + [2.0 * (days > 0) for days, _ in history[1:]]]
    )
    assert doubled[0] == pytest.approx(2.0 * plain[0], rel=1e-14)
    assert doubled[1] == pytest.approx([2.0 * slope for slope in plain[1]], rel=1e-12)
    parts = [
        loss_and_gradient_reference(m, [history], [[float(place == k) for place in range(len(history))]])
        for k, (days, _) in enumerate(history)
        if days > 0
    ]
    assert sum(part[0] for part in parts) == pytest.approx(plain[0], rel=1e-13)
    total = [sum(slopes) for slopes in zip(*(part[1] for part in parts), strict=True)]
    assert total == pytest.approx(plain[1], rel=1e-10, abs=1e-14)


def test_a_variant_changes_the_result() -> None:
    histories = [[(0, 3), (0, 2), (0, 2), (5, 3)]]
    w = list(model("fsrs6").parameters)
    w[17], w[18] = 1.5, 0.1
    losses = [
        loss_and_gradient_reference(model("fsrs6", w, variant=variant), histories)[0]
        for variant in ("default", "same_day_floor_good")
    ]
    assert losses[0] < losses[1]


def test_nothing_to_score_is_zero() -> None:
    loss, gradient = loss_and_gradient_reference(model("fsrs6"), [[(0, 3)], [(0, 1), (0, 3)], []])
    assert loss == 0.0
    assert gradient == [0.0] * 21
