"""Models whose state is the history of a card: every figure of the golden files, by every way to it."""

from __future__ import annotations

import numpy as np
import pytest

import repetita as rp
from repetita.equations import equations
from repetita.fitting import loss_and_gradient
from repetita.kernels.reference import loss_and_gradient_reference
from repetita.reviews import ReviewLog

FILES = {"dash": "dash", "dash_mcm": "dash_mcm", "actr": "act_r", "dash_actr": "dash_act_r"}
LOGISTIC = "logistic_regression"


def judged(golden, name):
    """The model and the reviews of each golden case."""
    data = golden(FILES[name])
    for case in data["cases"]:
        yield rp.model(name, data["parameter_sets"][case["params"]]), case


def logistic_log(case):
    real, whole, ratings = zip(*case["reviews_real_days_whole_days_rating"], strict=True)
    seconds = [days * 86400.0 for days in real]
    return ReviewLog.from_arrays(
        card_id=[1] * len(real), rating=ratings, elapsed_days=whole, elapsed_seconds=seconds
    )


@pytest.mark.golden
@pytest.mark.parametrize("name", FILES)
def test_predictions_of_a_log(golden, name):
    for memory, case in judged(golden, name):
        predicted = memory.predict(ReviewLog.from_histories([case["reviews"]]))
        assert np.isnan(predicted[0])
        assert predicted[1:].tolist() == pytest.approx(case["p"], rel=1e-9, abs=1e-300), case["id"]


@pytest.mark.golden
@pytest.mark.parametrize("name", FILES)
def test_predictions_of_a_card(golden, name):
    for memory, case in judged(golden, name):
        state = memory.initial_state(case["reviews"][0][1])
        for (days, rating), expected in zip(case["reviews"][1:], case["p"], strict=True):
            recalled = memory.retrievability(state, days)
            assert recalled == pytest.approx(expected, rel=1e-9, abs=1e-300), case["id"]
            state = memory.next_state(state, days, rating)


@pytest.mark.golden
@pytest.mark.parametrize("name", FILES)
def test_loss_and_gradient(golden, name):
    for memory, case in judged(golden, name):
        if case["grad"] is None:
            continue
        compiled = loss_and_gradient(ReviewLog.from_histories([case["reviews"]]), memory)
        for loss, gradient in (compiled, loss_and_gradient_reference(memory, [case["reviews"]])):
            assert loss == pytest.approx(case["loss"], rel=1e-9, abs=1e-14), case["id"]
            assert list(gradient) == pytest.approx(case["grad"], rel=1e-7, abs=1e-12), case["id"]


@pytest.mark.golden
@pytest.mark.parametrize("name", ["dash", "dash_mcm"])
def test_features_of_dash(golden, name):
    for _, case in judged(golden, name):
        days, ratings = zip(*case["reviews"], strict=True)
        rows = [[0.0] * 8 for _ in days]
        equations(name).features(days, (), ratings, rows)
        for row, expected in zip(rows[1:], case.get("features") or [], strict=False):
            assert row == pytest.approx(expected, rel=1e-9, abs=1e-12), case["id"]


@pytest.mark.golden
def test_published_averages_with_same_day_reviews(golden):
    defaults = golden("dash")["defaults_with_same_day_reviews"]
    assert list(equations("dash").DEFAULTS_WITH_SAME_DAY) == defaults


@pytest.mark.golden
@pytest.mark.parametrize("name", ["actr", "dash_actr"])
def test_clip_matches_reference(golden, name):
    for case in golden(FILES[name])["clipper"]:
        assert list(rp.model(name, case["input"], clip=True).parameters) == case["output"]


@pytest.mark.golden
def test_logistic_regression_of_a_log(golden):
    data = golden(LOGISTIC)
    memory = rp.model(LOGISTIC)
    assert list(memory.parameters) == data["mean"]
    assert [p.sd for p in memory.equations.PARAMETERS] == data["std"]
    for case in data["cases"]:
        predicted = memory.predict(logistic_log(case))[case["row_index"]]
        assert predicted.tolist() == pytest.approx(case["p_default"], rel=1e-9), case["id"]


@pytest.mark.golden
def test_features_of_logistic_regression(golden):
    for case in golden(LOGISTIC)["cases"]:
        real, whole, ratings = zip(*case["reviews_real_days_whole_days_rating"], strict=True)
        rows = [[0.0] * 34 for _ in real]
        equations(LOGISTIC).features(real, [days == 0 for days in whole], ratings, rows)
        for index, expected in zip(case["row_index"], case.get("features") or [], strict=False):
            assert rows[index] == pytest.approx(expected, rel=1e-9, abs=1e-12), case["id"]


@pytest.mark.golden
def test_coefficients_from_residuals(golden):
    given = golden(LOGISTIC)["residual_to_coefficients"]
    made = equations(LOGISTIC).coefficients(given["residual"])
    assert list(made) == pytest.approx(given["coefficients"], rel=1e-12)
