"""FSRS versions against their golden files: states, predictions, intervals, losses, gradients, bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from repetita import model
from repetita.equations import MODELS, equations
from repetita.fitting import loss_and_gradient
from repetita.fitting.prior import PopulationPrior
from repetita.kernels.reference import loss_and_gradient_reference
from repetita.kernels.replay import replay
from repetita.memory_model import MemoryModel
from repetita.reviews import ReviewLog

Golden = Callable[[str], Any]

NAMES = [name for name in MODELS if name.startswith("fsrs")]
NEAR = 1e-9
pytestmark = [pytest.mark.golden, pytest.mark.parametrize("name", NAMES)]


def parameters_of(name: str, data: Any, case: Any) -> MemoryModel:
    return MemoryModel(name, tuple(float(value) for value in data["parameter_sets"][case["params"]]))


def near(expected: Any) -> Any:
    return pytest.approx(expected, rel=NEAR, abs=NEAR * 1e-3)


def test_scalars_match_the_reference(golden: Golden, name: str) -> None:
    data = golden(name)
    for case in data["cases"]:
        memory = parameters_of(name, data, case)
        state: tuple[float, ...] = ()
        for k, (days, rating) in enumerate(case["reviews"]):
            if k == 0:
                state = memory.initial_state(rating)
            else:
                assert memory.retrievability(state, days) == near(case["r_before"][k]), case["id"]
                state = memory.next_state(state, days, rating)
            assert state == near(case["states"][k]), case["id"]
            for retention, expected in zip(data["desired_retentions"], case["intervals"][k], strict=True):
                assert memory.interval(state, retention) == pytest.approx(expected, rel=NEAR, abs=0.0)
        for days, expected in zip(data["final_r_t"], case["final_r"], strict=True):
            assert memory.retrievability(state, days) == near(expected), case["id"]


def test_intervals_of_arrays_match_the_reference(golden: Golden, name: str) -> None:
    data = golden(name)
    many = 300  # of each state, so that arrays go through compiled code
    for params in data["parameter_sets"]:
        cases = [case for case in data["cases"] if case["params"] == params]
        if not cases:
            continue
        memory = parameters_of(name, data, cases[0])
        states = np.repeat([state for case in cases for state in case["states"]], many, axis=0).T
        expected = np.repeat([days for case in cases for days in case["intervals"]], many, axis=0)
        for place, retention in enumerate(data["desired_retentions"]):
            found = memory.interval(list(states), np.full(states.shape[1], retention))
            np.testing.assert_allclose(found, expected[:, place], rtol=NEAR, atol=0.0)


def test_compiled_states_match_the_reference(golden: Golden, name: str) -> None:
    data = golden(name)
    for case in data["cases"]:
        memory = parameters_of(name, data, case)
        found = replay(memory, ReviewLog.from_histories([[tuple(review) for review in case["reviews"]]]))
        states = np.column_stack([found.after[state] for state in memory.state_names])
        np.testing.assert_allclose(states, case["states"], rtol=NEAR, atol=1e-12, err_msg=case["id"])
        recalled = np.array(case["r_before"][1:], dtype=float)
        np.testing.assert_allclose(found.retrievability[1:], recalled, rtol=NEAR, atol=1e-12)


def test_losses_and_gradients_match_the_reference(golden: Golden, name: str) -> None:
    data = golden(name)
    tolerance = data["tolerance"]
    relative, absolute = tolerance["grad_float64_rel"], tolerance["grad_abs"]
    for case in data["cases"]:
        if case["loss"] is None:
            continue
        memory = parameters_of(name, data, case)
        history = [(float(days), int(rating)) for days, rating in case["reviews"]]
        compiled = loss_and_gradient(ReviewLog.from_histories([history]), memory)
        plain = loss_and_gradient_reference(memory, [history])
        for loss, gradient in (compiled, plain):
            assert loss == pytest.approx(case["loss"], rel=NEAR), case["id"]
            np.testing.assert_allclose(
                gradient, case["grad"], rtol=relative, atol=absolute, err_msg=case["id"]
            )


def test_clipping_matches_the_reference(golden: Golden, name: str) -> None:
    table = equations(name).PARAMETERS
    for case in golden(name).get("clipper", []):
        found = model(name, case["input"], clip=True).parameters
        for parameter, ours, theirs in zip(table, found, case["output"], strict=True):
            # versions 4 to 6 do not clip initial stabilities, which are fitted elsewhere: ours are boxed
            boxed = min(theirs, parameter.high) if parameter.name.startswith("initial_") else theirs
            assert ours == max(boxed, parameter.low), parameter.name


def test_the_published_penalty_matches_the_reference(golden: Golden, name: str) -> None:
    penalty = golden(name).get("l2_penalty")
    if penalty is None:
        pytest.skip("no penalty is published")
    prior = PopulationPrior.published(name).centered_at(penalty["w0"])
    assert penalty["weight"] * prior.penalty(penalty["w"]) == pytest.approx(penalty["value"], rel=NEAR)
    gradient = penalty["weight"] * prior.penalty_gradient(penalty["w"])
    np.testing.assert_allclose(gradient, penalty["grad"], rtol=1e-9, atol=1e-7)
