"""Beside fsrs-rs-python on histories nobody has picked: states, intervals, log loss, RMSE(bins), outliers.

The golden files hold such figures for fixed histories; here both sides compute. The reference works in 32-bit
floats, which sets the tolerances.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import repetita as rp
from repetita.equations import fsrs6
from repetita.fitting.outliers import outlier_intervals

reference: Any = pytest.importorskip("fsrs_rs_python", reason='needs pip install "repetita[bench]"')
pytestmark = pytest.mark.oracle

DEFAULTS = list(rp.model("fsrs6").parameters)
RETENTIONS = (0.7, 0.85, 0.9, 0.97)
RELATIVE = 2e-5
# After a lapse near the floor of 0.001 days, 32-bit floats lose digits of (stability + 1) ** w - 1, and later
# reviews build on what is left.
RELATIVE_AFTER_LAPSES, SMALLEST_DAYS = 1e-4, 5e-7


def parameter_sets(count: int) -> list[list[float]]:
    """The defaults and lists around them, rounded to 32-bit floats and inside both sides' bounds."""
    random = np.random.default_rng(11)
    table = fsrs6.PARAMETERS
    sets = [DEFAULTS]
    while len(sets) < count:
        drawn = [p.default * random.uniform(0.7, 1.4) for p in table]
        inside = [min(max(value, p.low), p.high) for value, p in zip(drawn, table, strict=True)]
        stabilities = sorted(inside[:4])
        sets.append(np.float32([*stabilities, *inside[4:]]).astype(float).tolist())
    return sets


def histories(count: int, *, seed: int = 0) -> list[list[tuple[int, int]]]:
    """Lists of (elapsed days, rating): same-day reviews, lapses in a row, gaps of years."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        length = int(random.integers(1, 25))
        scale = float(random.choice([1.5, 10.0, 200.0]))
        days = np.floor(random.exponential(scale, length)) * (random.random(length) < 0.75)
        days[0] = 0
        ratings = random.choice([1, 2, 3, 4], length, p=random.dirichlet([2, 1, 6, 1]))
        made.append([(int(d), int(r)) for d, r in zip(days, ratings, strict=True)])
    return made


def item(history: list[tuple[int, int]]) -> Any:
    return reference.FSRSItem([reference.FSRSReview(rating, days) for days, rating in history])


def close(found: float, expected: float, smallest: float = 0.0, relative: float = RELATIVE) -> bool:
    return bool(abs(found - expected) <= max(relative * abs(expected), smallest))


@pytest.mark.parametrize("parameters", parameter_sets(5))
def test_states_after_every_review(parameters: list[float]) -> None:
    made = histories(150)
    replay = rp.model("fsrs6", parameters).replay(rp.ReviewLog.from_histories(made))
    theirs = reference.FSRS(parameters=parameters)
    expected = [state for history in made for state in theirs.historical_memory_states(item(history))]
    assert len(expected) == len(replay.after["stability"])
    for row, state in enumerate(expected):
        found = replay.after["stability"][row]
        assert close(found, state.stability, SMALLEST_DAYS, RELATIVE_AFTER_LAPSES), row
        assert close(replay.after["difficulty"][row], state.difficulty), row


@pytest.mark.parametrize("parameters", parameter_sets(4))
def test_the_next_states_and_intervals(parameters: list[float]) -> None:
    ours, theirs = rp.model("fsrs6", parameters), reference.FSRS(parameters=parameters)
    for history in histories(40, seed=1):
        state = theirs.memory_state(item(history))
        here = (state.stability, state.difficulty)
        for days in (0, 1, 30):
            options = theirs.next_states(state, 0.9, days)
            for rating, name in enumerate(("again", "hard", "good", "easy"), start=1):
                after = ours.next_state(here, elapsed_days=days, rating=rating)
                expected = getattr(options, name).memory
                assert close(after[0], expected.stability, SMALLEST_DAYS)
                assert close(after[1], expected.difficulty)
        for retention in RETENTIONS:
            found = ours.interval(here, desired_retention=retention)
            assert close(found, theirs.next_interval(state.stability, retention, 3), 1e-6)


def test_states_from_an_interval_and_an_ease() -> None:
    theirs, ours = reference.FSRS(parameters=DEFAULTS), rp.model("fsrs6")
    for ease in (1.3, 2.5, 3.4):
        for interval in (1.0, 10.0, 400.0):
            for retention in (0.75, 0.9):
                state = theirs.memory_state_from_sm2(ease, interval, retention)
                found = ours.state_from_sm2(interval, ease, retention)
                assert close(found[0], state.stability)
                assert close(found[1], state.difficulty)


def scored_items(log: rp.ReviewLog) -> list[Any]:
    """One item a scored review, in order of time, as its trainer wants them."""
    rows = log.time_order[log.scored[log.time_order]]
    begins = log.offsets[log.card_index[rows]]
    reviews = list(zip(log.elapsed_days.tolist(), log.ratings.tolist(), strict=True))
    return [item(reviews[a : b + 1]) for a, b in zip(begins, rows, strict=True)]


@pytest.mark.parametrize("seed", [0, 1])
def test_log_loss_and_rmse_bins(seed: int) -> None:
    log = rp.simulate_log(cards=400, days=300, seed=seed)
    items = scored_items(log)
    for parameters in parameter_sets(3):
        score = reference.FSRS(parameters=parameters).evaluate(items)
        result = rp.evaluate(log, rp.model("fsrs6", parameters), weights="cubic")
        assert result.reviews == len(items)
        assert result.log_loss == pytest.approx(score.log_loss, abs=1e-5)
        assert result.rmse_bins == pytest.approx(score.rmse_bins, abs=1e-5)


def test_outlier_filters_drop_the_same_first_intervals() -> None:
    random = np.random.default_rng(3)
    for _ in range(60):
        cells = {int(d): int(random.geometric(0.05)) for d in random.integers(1, 200, random.integers(1, 25))}
        rating = int(random.integers(1, 5))
        items = [item([(0, rating), (days, 3)]) for days, count in cells.items() for _ in range(count)]
        kept, _ = reference.filter_outlier(items, [])
        left = {int(re.findall(r"delta_t: (\d+)", repr(entry))[1]) for entry in kept}
        assert set(cells) - outlier_intervals(cells, rating) == left


def test_our_fit_is_no_worse_by_the_reference_s_own_measure() -> None:
    log = rp.simulate_log(cards=500, days=300, seed=8)
    items = scored_items(log)
    theirs = reference.FSRS(parameters=DEFAULTS).compute_parameters(items)
    ours = rp.fit(log, prior=None, weights="cubic").parameters
    losses = [reference.FSRS(parameters=list(p)).evaluate(items).log_loss for p in (ours, theirs, DEFAULTS)]
    assert losses[0] <= losses[1] + 1e-6
    assert losses[0] < losses[2]
