"""Verdicts: what is right, what differs, and in which words."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.conformance import make_pack
from repetita.conformance.judging import judged, largest_chi_square
from repetita.conformance.making import REFUSED, STATES
from repetita.conformance.scorecard import scored
from repetita.conformance.vector import Vector

STATE = Vector("a", {"op": "next_state"}, {"state": [10.0, 5.0]}, STATES)
DAYS = Vector("b", {"op": "elapsed_days"}, {"elapsed_days": 3}, None)
DRAWS = Vector(
    "c",
    {"op": "fuzz_draws", "draws": 3000},
    {"lower": 5, "upper": 9, "distribution": "uniform"},
    None,
)


@pytest.mark.parametrize(
    ("vector", "answer", "difference"),
    [
        (STATE, {"ok": True, "state": [10.0, 5.0]}, None),
        (STATE, {"ok": True, "state": [10.001, 5], "also": "this"}, None),
        (STATE, {"ok": True, "state": [10.0, 5.1]}, "state[1] is 5.1, expected 5.0 (off by 0.02 of it"),
        (STATE, {"ok": True, "state": [10.0]}, "state has 1 entries, expected 2"),
        (STATE, {"ok": True, "state": {"stability": 10}}, "expected a list"),
        (STATE, {"ok": True, "state": ["10", 5]}, "state[0] is '10', expected 10.0"),
        (STATE, {"ok": True, "state": [True, 5]}, "state[0] is True"),
        (STATE, {"ok": True, "state": [float("nan"), 5]}, "state[0] is nan"),
        (STATE, {"ok": True, "memory": [10, 5]}, "the answer has no field 'state'"),
        (STATE, {"state": [10, 5]}, "no field 'ok'"),
        (STATE, {"ok": False, "error": {"code": "oops", "message": "no"}}, "it was refused: no"),
        (STATE, {"ok": False, "error": "no"}, "it was refused: no"),
        (STATE, {"ok": False}, "it was refused"),
        (DAYS, {"ok": True, "elapsed_days": 3.0}, None),
        (DAYS, {"ok": True, "elapsed_days": 2}, "elapsed_days is 2, expected 3"),
        (Vector("d", {}, REFUSED, None), {"ok": False, "error": {"code": "usage"}}, None),
        (Vector("d", {}, REFUSED, None), {"ok": True}, "it was answered, though it should be refused"),
        (DRAWS, {"ok": True, "days": [7] * 10}, "expected a list of 3000 whole days"),
        (DRAWS, {"ok": True, "days": [7.5] * 3000}, "days holds 7.5, expected whole days"),
        (DRAWS, {"ok": True, "days": ["7"] * 3000}, "days holds '7'"),
        (DRAWS, {"ok": True, "days": [7] * 3000}, "not equally likely: 5: 0, 6: 0, 7: 3000"),
        (DRAWS, {"ok": True, "days": [5, 6, 7, 8, 9] * 599 + [10] * 5}, "10 days came out 5 times in 3000"),
        (DRAWS, {"ok": True, "days": [5, 6, 7, 8, 9] * 600}, None),
    ],
)
def test_verdicts(vector, answer, difference):
    verdict = judged(vector, answer)
    assert verdict.outcome == ("failed" if difference else "passed")
    assert (difference or "") in (verdict.difference or "")


def test_unsupported_is_no_failure():
    answer = {"ok": False, "error": {"code": "unsupported"}}
    assert all(judged(vector, answer).outcome == "unsupported" for vector in (STATE, DAYS, DRAWS))


def test_double_precision_is_stricter():
    answer = {"ok": True, "state": [10.0001, 5.0]}
    assert judged(STATE, answer).outcome == "passed"
    assert judged(STATE, answer, double=True).outcome == "failed"
    assert judged(STATE, answer).off == pytest.approx(1e-5)


@given(st.floats(1e-6, 1e6), st.floats(-1, 1))
def test_tolerance_is_relative(expected, share):
    vector = Vector("a", {}, {"interval_days": expected}, STATES)
    right = judged(vector, {"ok": True, "interval_days": expected * (1 + 1.9e-4 * share)})
    wrong = judged(vector, {"ok": True, "interval_days": expected * (1 + 0.01 * (1 if share > 0 else -1))})
    assert (right.outcome, wrong.outcome) == ("passed", "failed")


@pytest.mark.parametrize("freedom", [1, 2, 4, 14, 40])
def test_chance_is_not_accused(freedom):
    stats = pytest.importorskip("scipy.stats")
    assert 1e-8 < stats.chi2.sf(largest_chi_square(freedom), freedom) < 2e-6


def test_fair_draws_pass_and_the_well_known_bias_does_not():
    draw = random.Random(5)
    fair = [draw.randrange(5, 10) for _ in range(3000)]
    assert judged(DRAWS, {"ok": True, "days": fair}).outcome == "passed"
    rounded = [min(round(draw.random() * 5 + 5), 9) for _ in range(3000)]
    assert "not equally likely" in judged(DRAWS, {"ok": True, "days": rounded}).difference


def test_the_scorecard_counts():
    topics = make_pack()[:2]
    vectors = [vector for topic in topics for vector in topic.vectors]
    answers = {v.id: {"ok": True, **v.expected} for v in vectors}
    answers[vectors[0].id] = {"ok": True, "retrievability": 2}
    answers[vectors[1].id] = {"ok": False, "error": {"code": "unsupported"}}
    card = scored(answers, topics)
    assert (card.passed, card.failed, card.unsupported) == (len(vectors) - 2, 1, 1)
    document = card.to_dict()
    assert document["topics"][0]["differences"][0]["id"] == vectors[0].id
    assert document["topics"][0]["differences"][0]["request"]["parameters"]
    assert card.sentence().startswith("1 of ")
