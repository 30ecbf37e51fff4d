"""Rules, which have nothing to fit, against their golden files; and that they run wherever a model does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import repetita as rp
from repetita.equations import MODELS, declared, equations, memrise
from repetita.errors import UsageError
from repetita.reviews import ReviewLog

Golden = Callable[[str], Any]
RULES = [name for name in MODELS if not declared(equations(name)).fitted]


@pytest.mark.golden
def test_sm2_matches_the_reference(golden: Golden) -> None:
    rule = rp.model("sm2")
    for case in golden("sm2")["cases"]:
        state: tuple[float, ...] = ()
        for k, rating in enumerate(case["ratings"]):
            state = rule.next_state(state, 1.0, rating) if k else rule.initial_state(rating)
            days, ease, repetitions = case["states"][k]
            assert (state[0], state[2]) == (days, repetitions), case["id"]
            assert state[1] == pytest.approx(ease, abs=1e-12), case["id"]
        for days, recalled in case["p_at_t"].items():
            assert rule.retrievability(state, float(days)) == pytest.approx(recalled, rel=1e-12)


@pytest.mark.golden
def test_memrise_matches_the_reference(golden: Golden) -> None:
    data = golden("memrise")
    for previous, rating, following in data["table"]:
        assert memrise.next_rung(previous, rating, data["sequences"]["default"]) == following
    rule = rp.model("memrise")
    for case in data["cases"]:
        ladder, days = data["sequences"][case["sequence"]], 0.0
        for rating, expected in zip(case["ratings"], case["intervals"], strict=True):
            days = memrise.next_rung(days, rating, ladder)
            assert days == expected, case["id"]
        if tuple(ladder) == memrise.LADDER:
            log = ReviewLog.from_histories([[(0.0, rating) for rating in case["ratings"]]])
            assert rule.replay(log).after["interval"].tolist() == case["intervals"]


@pytest.mark.golden
def test_ebisu_matches_the_reference(golden: Golden) -> None:
    data = golden("ebisu2")
    rule, near = rp.model("ebisu2"), data["tolerance"]["model_rel"]
    for case in data["cases"]:
        state: tuple[float, ...] = ()
        for k, (days, rating) in enumerate(case["reviews"]):
            if k:
                recalled = rule.retrievability(state, days)
                assert recalled == pytest.approx(case["p"][k - 1], abs=data["tolerance"]["p_abs"]), case["id"]
            state = rule.next_state(state, days, rating) if k else rule.initial_state(rating)
            assert state == pytest.approx(case["models"][k], rel=near), case["id"]
        for days, recalled in case["final_p"].items():
            assert rule.retrievability(state, float(days)) == pytest.approx(recalled, abs=1e-6)
        assert state[2] == pytest.approx(case["half_life"], rel=near)
        for retention, days in case["interval"].items():
            assert rule.interval(state, float(retention)) == pytest.approx(days, rel=1e-3), case["id"]


def histories() -> list[list[tuple[float, int]]]:
    draw = np.random.default_rng(3)
    return [
        [
            (0.0, int(draw.integers(1, 5))),
            *((float(draw.integers(0, 40)), int(draw.integers(1, 5))) for _ in range(n)),
        ]
        for n in (0, 3, 9, 1, 12)
    ]


@pytest.mark.parametrize("name", RULES)
def test_a_log_is_replayed_as_review_by_review(name: str) -> None:
    rule, cards = rp.model(name), histories()
    log = ReviewLog.from_histories(cards)
    found = rule.replay(log)
    assert np.array_equal(found.retrievability, rule.predict(log), equal_nan=True)
    row = 0
    for card in cards:
        state: tuple[float, ...] = ()
        for k, (days, rating) in enumerate(card):
            if k:
                assert found.retrievability[row] == rule.retrievability(state, days)
                state = rule.next_state(state, days, rating)
            else:
                assert np.isnan(found.retrievability[row])
                state = rule.initial_state(rating)
            assert tuple(found.after[word][row] for word in rule.state_names) == state
            row += 1


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_evaluated_as_it_is_and_cannot_be_fitted(name: str) -> None:
    log = rp.simulate_log(cards=40, days=60, seed=1)
    with pytest.raises(UsageError, match=f"{name} has no parameters to fit; evaluate it as it is"):
        rp.fit(log, name)
    judged = rp.evaluate(log, name)
    assert 0.0 < judged.log_loss < 3.0
    assert "the rule" in rp.compare(log, name, "defaults").summary()


@pytest.mark.parametrize("name", RULES)
def test_the_interval_is_where_the_curve_meets_the_desired_retention(name: str) -> None:
    rule = rp.model(name)
    state = rule.next_state(rule.initial_state(3), 5.0, 3)
    for retention in (0.7, 0.9, 0.95):
        assert rule.retrievability(state, rule.interval(state, retention)) == pytest.approx(
            retention, rel=1e-9
        )
