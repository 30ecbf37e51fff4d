"""Exact expectations: against a tree of ratings, against the engine, against themselves on finer grids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_expectations import DAYS, LIMIT, expectations

import repetita as rp
from repetita.errors import UnknownName, UsageError
from repetita.simulation import Behavior, Cost, ShortTerm
from repetita.simulation.expectation import introductions
from repetita.simulation.expectation_card import SECONDS
from repetita.simulation.expectation_grid import Box, grid_of, lagrange
from repetita.simulation.expectation_policies import one_card
from repetita.simulation.policies import AdrPolicy
from repetita.simulation.running import plan

SHORT = {"days": 150, "deck": 900}
COST = Cost(base_seconds=3.0, penalty=2.0)


@pytest.mark.parametrize(
    ("environment", "scheduler"),
    [
        ("fsrs6", "fsrs6"),
        ("fsrs3", "fsrs3"),
        ("fsrs4_5", "fsrs4_5"),
        ("fsrs5", "memrise"),
        ("fsrs6", "fixed@3"),
    ],
)
def test_a_short_run_is_the_tree_of_all_ratings(environment, scheduler):
    behavior = Behavior(new_limit=LIMIT, review_limit=1e9, minutes_limit=1e9)
    given_parts = {"environment": environment, "scheduler": scheduler, "days": DAYS, "deck": DAYS * LIMIT}
    given_parts |= {"behavior": behavior, "cost": COST, "desired_retention": 0.9}
    by_tree = LIMIT * np.sum(expectations(plan(**given_parts)), axis=0)
    found = rp.evaluate_policy(**given_parts, tolerance=1e-3)
    ours = [found.reviews.sum(), found.seconds.sum(), found.memorized.sum()]
    np.testing.assert_allclose(ours, by_tree, rtol=5e-4)
    assert found.minutes_per_day * 60.0 * DAYS == pytest.approx(found.seconds.sum(), rel=1e-12)
    assert found.memorized_average == pytest.approx(found.memorized.mean(), rel=1e-12)


@pytest.mark.parametrize(
    "options",
    [
        {"desired_retention": 0.7},
        {"desired_retention": 0.95},
        {"scheduler": "memrise"},
        {"behavior": Behavior(lazy_good_bias=0.4, new_limit=[10, 0, 5, 7, 12, 3, 1])},
        {"scheduler": "fsrs6_adr", "policy": AdrPolicy(coefficients=(1.5, -1.0, 0.3, 0.2, -0.5, 0.1))},
    ],
    ids=["low", "high", "memrise", "person", "adr"],
)
def test_the_engine_agrees(options):
    """|z| < 4.5 for two means of eight runs; Student's distribution, p = 3e-3 each, seeds fixed."""
    exact = rp.evaluate_policy(**SHORT, **options)
    seen = rp.evaluate_policy(**SHORT, **options, mode="engine", seeds=range(8))
    assert abs(exact.memorized_average - seen.memorized_average) < 4.5 * seen.memorized_error
    assert abs(exact.minutes_per_day - seen.minutes_per_day) < 4.5 * seen.minutes_error
    assert exact.new.tolist() == seen.new.tolist()
    assert (exact.memorized_error, exact.minutes_error) == (0.0, 0.0)
    assert not exact.limits_bind
    assert not seen.limits_bind


@pytest.mark.parametrize("days", [1, 2, 5])
def test_runs_of_few_days(days):
    found = rp.evaluate_policy(days=days, deck=30)
    assert found.new.sum() == min(30, 10 * days)
    assert found.memorized[0] == 0.0
    assert found.projected > 0.0
    assert found.lapses.sum() <= found.reviews.sum()


def test_fixed_intervals_are_counted_to_the_review():
    found = rp.evaluate_policy(scheduler="fixed@7", days=365, deck=2000)
    assert found.reviews.sum() == pytest.approx(74710, abs=0.5)


def test_a_constant_policy_is_the_constant():
    one = rp.evaluate_policy(**SHORT, desired_retention=0.85)
    other = rp.evaluate_policy(**SHORT, scheduler="fsrs6_adr", policy=AdrPolicy.constant(0.85))
    assert other.minutes_per_day == pytest.approx(one.minutes_per_day, rel=1e-6)
    assert other.memorized_average == pytest.approx(one.memorized_average, rel=1e-6)


@pytest.mark.parametrize("retention", [0.72, 0.83, 0.91, 0.96])
def test_the_stated_bias_holds_against_a_finer_grid(retention):
    run = {"days": 700, "deck": 3000, "desired_retention": retention}
    coarse = rp.evaluate_policy(**run, tolerance=5e-3)
    fine = rp.evaluate_policy(**run, tolerance=1e-3)
    assert fine.grid > coarse.grid
    assert abs(fine.minutes_per_day - coarse.minutes_per_day) <= coarse.minutes_grid_bias
    assert abs(fine.memorized_average - coarse.memorized_average) <= coarse.memorized_grid_bias
    assert coarse.minutes_grid_bias <= 5e-3 * coarse.minutes_per_day


def test_the_gradient_is_that_of_differences_on_the_same_grid(monkeypatch):
    monkeypatch.setattr("repetita.simulation.expectation_card.LEAST", 0.0)
    step = 1e-7  # few cells change over to the next whole day

    def expected(retention, differentiate):
        card = one_card(plan(days=400, deck=100, desired_retention=retention), "split")
        return card.expectation(BOX, 40, 8, differentiate=differentiate)

    middle, low, high = expected(0.87, True), expected(0.87 - step, False), expected(0.87 + step, False)
    presses, curve = middle.slopes
    differences = (high.presses - low.presses).sum(axis=0) / (2.0 * step)
    np.testing.assert_allclose(presses.sum(axis=0), differences, rtol=2e-6)
    assert curve.sum() == pytest.approx((high.remembered - low.remembered).sum() / (2.0 * step), rel=2e-6)


BOX = one_card(plan(days=400, deck=100, desired_retention=0.87), "split").box()


def test_the_gradient_predicts_the_cost_of_another_retention():
    run = {"days": 400, "deck": 2000, "rounding": "split", "tolerance": 2e-3}
    low, high = (rp.evaluate_policy(**run, desired_retention=r) for r in (0.86, 0.88))
    middle = rp.evaluate_policy(**run, desired_retention=0.87, gradient=True)
    assert middle.minutes_slope == pytest.approx((high.minutes_per_day - low.minutes_per_day) / 0.02, rel=0.1)
    assert middle.memorized_slope == pytest.approx(
        (high.memorized_average - low.memorized_average) / 0.02, rel=0.1
    )


def test_binding_limits_are_said():
    free = rp.evaluate_policy(**SHORT)
    bound = rp.evaluate_policy(**SHORT, review_limit=60)
    assert bound.limits_bind
    assert "limits bind" in bound.limits
    assert bound.minutes_per_day == free.minutes_per_day
    assert rp.evaluate_policy(**SHORT, minutes_limit=10).limits_bind
    assert rp.evaluate_policy(**SHORT, minutes_limit=10, mode="engine", seeds=[1]).limits_bind


def test_common_random_numbers_add_nothing_to_the_reference_itself():
    exact = rp.evaluate_policy(**SHORT)
    paired = rp.evaluate_policy(**SHORT, mode="crn", seeds=range(3))
    assert paired.minutes_error == 0.0
    assert paired.minutes_per_day == pytest.approx(exact.minutes_per_day, rel=1e-12)
    np.testing.assert_allclose(paired.seconds, exact.seconds, rtol=1e-9, atol=1e-9)


def test_common_random_numbers_leave_less_noise():
    plain = rp.evaluate_policy(**SHORT, fuzz=True, mode="engine")
    paired = rp.evaluate_policy(**SHORT, fuzz=True, mode="crn")
    assert paired.minutes_error < plain.minutes_error
    assert paired.minutes_per_day == pytest.approx(plain.minutes_per_day, abs=5 * plain.minutes_error)


@pytest.mark.parametrize(
    "options",
    [
        {"scheduler": "anki_sm2"},
        {"scheduler": "fsrs5"},
        {"environment": "fsrs7", "scheduler": "fsrs7"},
        {"environment": "hlr", "scheduler": "fixed@3"},
        {"environment": "dash", "scheduler": "fixed@3"},
        {"scheduler_parameters": (0.5, *rp.model("fsrs6").parameters[1:])},
        {"fuzz": True},
        {"short_term": ShortTerm()},
        {"leech_lapses": 8},
        {"behavior": Behavior(attendance=0.9)},
        {"behavior": Behavior(vacations=[(3, 5)])},
        {"behavior": Behavior(markov=[[1, 1, 1, 1]] * 4)},
        {"compat": "srs-simulator"},
        {"desired_retention": [0.8, 0.9] * 10},
    ],
    ids=lambda options: next(iter(options)),
)
def test_what_has_no_exact_expectation_names_the_engine(options):
    with pytest.raises(UsageError, match="no exact expectation") as caught:
        rp.evaluate_policy(**{"days": 20, "deck": 20} | options)
    assert "engine" in caught.value.hint


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"mode": "exakt"}, UnknownName),
        ({"rounding": "up"}, UnknownName),
        ({"tolerance": 0.0}, UsageError),
        ({"tolerance": float("nan")}, UsageError),
        ({"tolerance": 1e-9}, UsageError),
        ({"gradient": True}, UsageError),
        ({"seeds": [1]}, UsageError),
        ({"mode": "engine", "seeds": []}, UsageError),
        ({"mode": "engine", "rounding": "split"}, UsageError),
        ({"mode": "crn", "review_limit": 1}, UsageError),
    ],
)
def test_bad_options(options, error):
    with pytest.raises(error):
        rp.evaluate_policy(**{"days": 20, "deck": 20} | options)


@given(st.floats(0.002, 5000.0), st.floats(1.0, 10.0))
@settings(max_examples=60, deadline=None)
def test_shares_keep_mass_and_means(stability, difficulty):
    runs, shares = GRID.placed(np.zeros(1, dtype=np.int64), np.array([stability]), np.array([difficulty]))
    cells = np.minimum(runs[0].astype(int)[:, None] + np.arange(4), len(GRID.stability) - 1)
    assert shares.sum() == pytest.approx(1.0, abs=1e-9)
    assert (shares[0] * GRID.difficulty[cells]).sum() == pytest.approx(difficulty, abs=1e-7)
    assert (shares[0] * np.log(GRID.stability[cells])).sum() == pytest.approx(np.log(stability), abs=1e-7)
    # nothing is spread across a jump of the interval as long as these are told apart
    used = GRID.whole[cells[np.abs(shares[0]) > 1e-9]]
    assert used.max() < 8 or used.min() > 1
    if used.max() < 5:
        assert len(set(used.tolist())) == 1


CARD = one_card(plan(days=400, deck=100), "nearest")
GRID = grid_of(CARD.policy, Box(0.001, 6000.0, 1.0, 10.0), 80, 9, CARD.maximum, jumps=True)


def test_no_probability_gets_lost():
    """With the interval fixed, every card is pressed every other day, whatever its state."""
    card = one_card(plan(days=60, deck=10, scheduler="fixed@2"), "nearest")
    presses = card.expectation(card.box(), 30, 6, differentiate=False).presses
    np.testing.assert_allclose(presses[2::2, 0], 1.0, atol=1e-6)
    np.testing.assert_allclose(presses[1::2, 0], 0.0, atol=1e-12)
    assert presses[:, SECONDS].sum() > 0.0


def test_introductions_follow_the_weekday_limits():
    made = plan(days=9, deck=12, behavior=Behavior(new_limit=[2, 0, 1.5, 0, 0, 0, 3]))
    assert introductions(made).tolist() == [2, 0, 2, 0, 0, 0, 3, 2, 0]


def test_polynomials_of_third_degree_are_reproduced():
    nodes, x = np.array([0.3, 1.0, 2.5, 3.0]), np.linspace(0.0, 3.5, 9)
    weights = lagrange(np.broadcast_to(nodes, (9, 4)), x)
    np.testing.assert_allclose(weights @ nodes**3, x**3, atol=1e-12)
    few = np.array([0.0, 1.0, np.nan, np.nan])
    np.testing.assert_allclose(lagrange(few, np.array(0.25)), [0.75, 0.25, 0.0, 0.0])
