"""Operations on models and rules: golden figures through the lines, and what is refused."""

from __future__ import annotations

import pytest

from repetita import model
from repetita.equations import declared, equations
from repetita.scheduling import DayRule

VERSIONS = ["fsrs4_5", "fsrs5", "fsrs6", "fsrs7"]
BIG = 10**400


@pytest.fixture(params=VERSIONS)
def figures(request, golden):
    """A golden file, its cases and what agreement is meaningful."""
    return request.param, golden(request.param), golden(request.param, "tolerance")["float64_rel"]


def _asked(version, data, case):
    parameters = data["parameter_sets"][case["params"]]
    return {"model": version, "parameters": parameters, "clip": True}


@pytest.mark.golden
def test_states_of_golden_histories(ask, figures):
    version, data, tolerance = figures
    for case in data["cases"]:
        answer = ask(op="states", reviews=case["reviews"], **_asked(version, data, case))
        for found, expected in zip(answer["states"], case["states"], strict=True):
            assert found == pytest.approx(expected, rel=tolerance), case["id"]


@pytest.mark.golden
def test_curve_and_intervals_of_golden_states(ask, figures):
    version, data, tolerance = figures
    for case in data["cases"][:12]:
        asked = _asked(version, data, case)
        for days, expected in zip(data["final_r_t"], case["final_r"], strict=True):
            answer = ask(op="curve", state=case["states"][-1], elapsed_days=days, **asked)
            assert answer["retrievability"] == pytest.approx(expected, rel=tolerance)
        for retention, expected in zip(data["desired_retentions"], case["intervals"][-1], strict=True):
            answer = ask(op="interval", state=case["states"][-1], desired_retention=retention, **asked)
            assert answer["interval_days"] == pytest.approx(expected, rel=1e-8)


@pytest.mark.golden
def test_loss_and_gradient_of_golden_histories(ask, figures):
    version, data, _ = figures
    tolerance = data["tolerance"]["grad_float64_rel"]
    for case in data["cases"]:
        if case["loss"] is None or "bounds" in case["params"]:
            continue
        asked = {"histories": [case["reviews"]], **_asked(version, data, case)}
        assert ask(op="loss", **asked)["loss"] == pytest.approx(case["loss"], rel=1e-9)
        slopes = ask(op="gradient", **asked)["gradient"]
        assert slopes == pytest.approx(case["grad"], rel=tolerance, abs=1e-8), case["id"]


@pytest.mark.golden
def test_clipping(ask, figures):
    version, data, _ = figures
    for case in data["clipper"]:
        answer = ask(op="migrate", model=version, parameters=case["input"], clip=True)
        # that clipper leaves the initial stabilities alone, which are fitted within bounds
        begin = 4 if version == "fsrs4_5" else 0
        assert answer["parameters"][begin:] == pytest.approx(case["output"][begin:])


def test_steps_are_parts_of_histories(ask):
    reviews = [[0, 3], [2, 3], [0, 2], [9, 1]]
    states = ask(op="states", reviews=reviews)["states"]
    assert ask(op="first_state", rating=3)["state"] == states[0]
    for number in range(1, 4):
        days, rating = reviews[number]
        answer = ask(op="next_state", state=states[number - 1], elapsed_days=days, rating=rating)
        assert answer["state"] == states[number]


@pytest.mark.parametrize("name", ["hlr", "dash", "sm2", "memrise", "ebisu2", "actr", "logistic_regression"])
def test_other_models_answer_too(ask, name):
    reviews = [[0, 3], [2, 3], [9, 1]]
    expected = [model(name).initial_state(3)]
    for days, rating in reviews[1:]:
        expected.append(model(name).next_state(expected[-1], days, rating))
    answer = ask(op="states", model=name, reviews=reviews)
    assert answer["ok"], answer
    assert len(answer["states"]) == 3
    if declared(equations(name)).kind == "recursive":
        assert answer["states"] == [pytest.approx(list(state)) for state in expected]


def test_whole_intervals_keep_to_limits(ask):
    asked = {"op": "whole_interval", "state": [10.4, 5], "desired_retention": 0.9}
    assert ask(**asked)["interval_days"] == 10
    assert ask(**asked, minimum=20)["interval_days"] == 20
    assert ask(**asked, maximum=7)["interval_days"] == 7


def test_parameters_of_any_version(ask):
    seventeen = list(model("fsrs4_5").parameters)
    answer = ask(op="read_parameters", parameters=seventeen, to="fsrs6")
    assert (answer["model"], answer["source"], len(answer["parameters"])) == ("fsrs6", "fsrs4_5", 21)
    assert any("intervals" in change for change in answer["changes"])


def test_days_over_a_clock_change(ask):
    answer = ask(
        op="elapsed_days",
        day_rule={"zone": "Europe/Paris", "rollover_hour": 4},
        earlier="2024-03-30T22:50:00Z",
        later="2024-03-31T06:50:00Z",
    )
    assert answer["elapsed_days"] == 1
    assert DayRule("Europe/Paris", 4).to_dict()["zone"] == "Europe/Paris"


def test_items_of_rows(ask):
    day = 86_400_000
    noon = 20_000 * day + day // 2
    rows = [[noon + 3 * day, 8, 1], [noon, 8, 3], [noon + 60_000, 8, 3], [noon, 9, 0]]
    asked = {"op": "training_items", "day_rule": {"zone": "UTC"}}
    assert ask(**asked, rule="plain", rows=rows)["items"] == [[[0, 3], [0, 3], [3, 1]]]
    assert ask(**asked, rule="plain", rows=[])["items"] == []
    assert ask(**asked, rule="anki", rows=[])["items"] == []


@pytest.mark.parametrize(
    ("request_fields", "said"),
    [
        ({"op": "curve", "state": [1, 2, 3], "elapsed_days": 1}, "a state of fsrs6"),
        ({"op": "curve", "state": [[1], [2]], "elapsed_days": 1}, "expected a list of numbers"),
        ({"op": "curve", "state": [-1, 2], "elapsed_days": 1}, "stability is -1.0"),
        ({"op": "curve", "state": [1, 2], "elapsed_days": -1}, "elapsed_days"),
        ({"op": "curve", "state": [1, 2], "elapsed_days": BIG}, "elapsed_days"),
        ({"op": "curve", "state": [1, 2], "elapsed_days": "2"}, "expected a number"),
        ({"op": "curve", "state": [1, 2], "elapsed_days": 1, "model": "fsrs66"}, "did you mean 'fsrs6'"),
        ({"op": "curve", "state": [1, 2], "elapsed_days": 1, "model": 6}, "model and variant are names"),
        ({"op": "curve", "state": [1, 2], "elapsed_days": 1, "parameters": "default"}, "list of numbers"),
        ({"op": "curve", "state": [1, 2], "elapsed_days": 1, "parameters": [[1]] * 21}, "list of numbers"),
        ({"op": "interval", "state": [1, 2], "desired_retention": 1}, "desired_retention is 1"),
        ({"op": "states", "reviews": [[0, 3], [-2, 3]]}, "elapsed_days is -2"),
        ({"op": "states", "reviews": [[0, 3, 1]]}, "expected elapsed days and rating"),
        ({"op": "states", "reviews": 7}, "expected a list of pairs"),
        ({"op": "gradient", "histories": [], "model": "sm2"}, "no parameters"),
        ({"op": "gradient", "histories": {}}, "expected a list of histories"),
        ({"op": "fuzz_draws", "interval_days": 9, "minimum": 1, "maximum": 9, "draws": 10**9}, "draws is"),
        ({"op": "fuzz_bounds", "interval_days": BIG, "minimum": 1, "maximum": 9}, "interval_days"),
        ({"op": "training_items", "rule": "my", "day_rule": {}, "rows": []}, "unknown rule 'my'"),
        ({"op": "training_items", "rule": "plain", "rows": []}, "needs the field 'day_rule'"),
        ({"op": "training_items", "rule": "plain", "day_rule": {}, "rows": [[1, 2]]}, "row 1 is [1, 2]"),
        ({"op": "training_items", "rule": "plain", "day_rule": {}, "rows": [[BIG, 2, 3]]}, "row 1"),
        ({"op": "elapsed_days", "day_rule": {"zone": "Mars"}, "earlier": 0, "later": 1}, "time zone"),
        ({"op": "elapsed_days", "day_rule": {"kind": "given"}, "earlier": 0, "later": 1}, "day_rule"),
    ],
)
def test_what_is_wrong_is_said(refused, request_fields, said):
    error = refused(**request_fields)
    assert said in f"{error['message']} {error['hint']}"
