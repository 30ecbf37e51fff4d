"""Classical models against their golden files: predictions, states, losses, gradients, intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from repetita import model
from repetita.equations.anki_sm2 import Settings, scheduled, scheduled_first
from repetita.fitting import loss_and_gradient
from repetita.kernels.reference import loss_and_gradient_reference
from repetita.memory_model import MemoryModel
from repetita.reviews import ReviewLog

Golden = Callable[[str], Any]
NEAR = 1e-9
SLOPE = 1e-7

# model -> file, part of the file, variant -> list of cases
SOURCES = {
    "hlr": ("hlr", None),
    "sm2_trainable": ("sm2", "trainable"),
    "anki_sm2": ("anki_sm2", "benchmark_model"),
}
pytestmark = pytest.mark.golden


def part(golden: Golden, name: str) -> Any:
    file, key = SOURCES[name]
    return golden(file)[key] if key else golden(file)


def cases(golden: Golden, name: str) -> Iterator[tuple[MemoryModel, Any, list[tuple[float, int]]]]:
    data = part(golden, name)
    for variant, listed in data.get("variants", {"default": data.get("cases")}).items():
        for case in listed:
            values = tuple(float(value) for value in data["parameter_sets"][case["params"]])
            history = [(float(days), int(rating)) for days, rating in case["reviews"]]
            yield MemoryModel(name, values, VARIANTS.get(variant, variant)), case, history


VARIANTS = {"corrected": "default", "good_easy_swapped_as_in_python_reference": "good_easy_exchanged"}


@pytest.mark.parametrize("name", SOURCES)
def test_scalars_match_the_reference(golden: Golden, name: str) -> None:
    for memory, case, history in cases(golden, name):
        state = memory.initial_state(history[0][1])
        states, recalled = [state], []
        for days, rating in history[1:]:
            recalled.append(memory.retrievability(state, days))
            state = memory.next_state(state, days, rating)
            states.append(state)
        if "p" in case:
            assert recalled == pytest.approx(case["p"], rel=NEAR, abs=0.0), case["id"]
        if "states" in case:
            np.testing.assert_allclose(states, case["states"], rtol=NEAR, err_msg=case["id"])


@pytest.mark.parametrize("name", SOURCES)
def test_compiled_predictions_match_the_reference(golden: Golden, name: str) -> None:
    for memory, case, history in cases(golden, name):
        log = ReviewLog.from_histories([history])
        found = memory.replay(log)
        if "p" in case:
            np.testing.assert_allclose(found.retrievability[1:], case["p"], rtol=NEAR, err_msg=case["id"])
        if "states" in case:
            states = np.column_stack([found.after[state] for state in memory.state_names])
            np.testing.assert_allclose(states, case["states"], rtol=NEAR, err_msg=case["id"])


def on_a_kink(memory: MemoryModel, case: Any) -> bool:
    """Whether an interval of Anki-SM-2 lies where its floor bends: the reference splits gradients there."""
    if memory.name != "anki_sm2":
        return False
    intervals = [state[0] for state in case["states"]]
    return any(abs(days - kink) < 1e-9 * kink for days in intervals for kink in (1.0, *memory.options[:2]))


def underflown(memory: MemoryModel, history: list[tuple[float, int]]) -> float:
    """How much our loss is above the reference's, which takes 1e-15 where a prediction underflows to 0."""
    state = memory.initial_state(history[0][1])
    zeros = 0
    for days, rating in history[1:]:
        zeros += int(rating > 1 and memory.retrievability(state, days) < 1e-300)
        state = memory.next_state(state, days, rating)
    return zeros * math.log(1e-15 / memory.equations.PREDICTION_FLOOR)


@pytest.mark.parametrize("name", SOURCES)
def test_losses_and_gradients_match_the_reference(golden: Golden, name: str) -> None:
    for memory, case, history in cases(golden, name):
        if case["loss"] is None or case["grad"] is None:
            continue
        compiled = loss_and_gradient(ReviewLog.from_histories([history]), memory)
        expected = case["loss"] + underflown(memory, history)
        for loss, gradient in (compiled, loss_and_gradient_reference(memory, [history])):
            assert loss == pytest.approx(expected, rel=NEAR), case["id"]
            if not on_a_kink(memory, case):
                np.testing.assert_allclose(gradient, case["grad"], rtol=SLOPE, atol=1e-9, err_msg=case["id"])


@pytest.mark.parametrize("name", SOURCES)
def test_clipping_matches_the_reference(golden: Golden, name: str) -> None:
    clipper = part(golden, name).get("clipper")
    if clipper is None:
        pytest.skip("nothing is clipped")
    for case in clipper:
        assert list(model(name, case["input"], clip=True).parameters) == case["output"]


def test_the_half_life_of_hlr_is_its_interval_at_one_half(golden: Golden) -> None:
    for memory, case, history in cases(golden, "hlr"):
        if "half_life" not in case:
            continue
        state = memory.initial_state(history[0][1])
        for (days, rating), half_life in zip(history[1:], case["half_life"], strict=True):
            assert memory.interval(state, 0.5) == pytest.approx(half_life, rel=NEAR)
            state = memory.next_state(state, days, rating)


def test_the_scheduler_of_anki_matches_the_reference(golden: Golden) -> None:
    data = golden("anki_sm2")["scheduler"]
    for case in data["cases"]:
        settings = Settings(**data["configs"][case["config"]])
        state = scheduled_first(settings, case["reviews"][0][1])
        for k, (days, rating) in enumerate(case["reviews"]):
            if k:
                state = scheduled(settings, state, days, rating)
            assert state[0] == case["states"][k][0], case["id"]
            assert state[1] == pytest.approx(case["states"][k][1], abs=1e-12), case["id"]
