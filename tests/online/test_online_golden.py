"""The two published optimizers against their recorded numbers, step by step."""

from __future__ import annotations

import re

import pytest

from repetita.memory_model import model
from repetita.online import OnlineFit, benchmark, notebook

pytestmark = pytest.mark.golden


@pytest.fixture(scope="module")
def one_step(golden):
    return golden("one_step")


@pytest.fixture(scope="module")
def close(one_step):
    limits = one_step["tolerance"]
    return lambda value: pytest.approx(value, rel=limits["rel"], abs=limits["abs"])


def answers(block):
    """The outcomes of a block: as a list, or by the rule the notebook has."""
    if isinstance(block["y"], list):
        return block["y"]
    every, first, last = map(
        int, re.fullmatch(r"0 if i%(\d+)==0 else 1, i in (\d+)\.\.(\d+)", block["y"]).groups()
    )
    return [0 if i % every == 0 else 1 for i in range(first, last + 1)]


def states_before(block, w, last):
    """For each answer the state before the newest review, and the one after it."""
    if block["kind"] == "first":
        return None, lambda: notebook.first_state(w, block["rating"])
    if block["last_s"] != "previous new_s":
        last = (block["last_s"], block["last_d"])
    recalled = notebook.curve(w, block["last_t"], last[0])

    def after():
        stability = notebook.next_stability(w, *last, recalled, block["rating"])
        return stability, notebook.next_difficulty(w, last[1], block["rating"])

    return last, after


def test_notebook_block_by_block(one_step, close):
    recorded = one_step["notebook"]
    w, state = list(recorded["initial_w"]), None
    for block in recorded["blocks"]:
        records = {record["iteration"]: record for record in block["records"]}
        last, after = states_before(block, w, state)
        for i, y in enumerate(answers(block)):
            state, before = after(), list(w)
            notebook.learn(w, recorded["lr"], last, block["delta_t"], block["rating"], bool(y))
            if i in records:
                record = records[i]
                assert record["y"] == y
                assert state == close((record["new_s_before_update"], record["new_d_before_update"]))
                assert w == close(record["w_after"])
                step = [(a - b) / recorded["lr"] for a, b in zip(before, w, strict=True)]
                assert step == pytest.approx(record["applied_step"], rel=1e-9, abs=1e-11)
        assert w == close(block["w_final"])
        assert state == close((block["new_s_printed"], block["new_d_last"]))
        if block.get("reproduction_max_abs_error") == 0.0:
            # what the notebook prints, to the last digit it prints
            assert [repr(float(x)) for x in w] == [repr(float(x)) for x in block["w_printed"]]
            assert repr(state[0]) == repr(float(block["new_s_in_document"]))


@pytest.mark.parametrize("variant", ["benchmark_variant", "benchmark_variant_fast"])
def test_benchmark_step_by_step(one_step, close, variant):
    recorded = one_step.get(variant)
    if recorded is None:
        pytest.skip(f"no {variant} in this file")
    w = tuple(recorded["initial_w"])
    for step in recorded["steps"]:
        history = [tuple(review) for review in step["history"]]
        last, new = benchmark.states(w, history)
        assert new == close((step["new_s"], step["new_d"]))
        assert (last is None) == (step["last_s"] is None)
        if last is not None:
            assert last == close((step["last_s"], step["last_d"]))
        found = benchmark.gradient(w, history, step["delta_t"], bool(step["y"]))
        if found is not None:
            assert found == close(step["grad"])
            w = benchmark.stepped(w, found, recorded["lr"])
        assert w == close(step["w_after"])


def test_online_fit_makes_the_benchmark_s_step(one_step, close):
    # one step each, from where the recording stood before it
    recorded = one_step["benchmark_variant"]
    w = recorded["initial_w"]
    for step in recorded["steps"]:
        start = model("fsrs6", w, clip=True)
        if start.parameters == tuple(w):
            fit = OnlineFit(start, method="benchmark", rate=recorded["lr"])
            saved = fit.to_dict() | {"cards": [["card", *step["history"]]]}
            again = OnlineFit.from_dict(saved)
            after = again.update("card", step["delta_t"], 3 if step["y"] else 1)
            assert after.parameters == close(step["w_after"])
        w = step["w_after"]


def test_online_fit_makes_the_notebook_s_step(one_step, close):
    # what the notebook calls the time to the next answer is the elapsed time of the card's next review
    recorded = one_step["notebook"]
    block = next((b for b in recorded["blocks"] if b["kind"] == "first"), None)
    start = model("fsrs6", recorded["initial_w"], clip=True)
    if block is None or start.parameters != tuple(recorded["initial_w"]):
        pytest.skip("the recording does not begin with a first review inside the bounds")
    fit = OnlineFit(start, method="notebook", rate=recorded["lr"])
    assert fit.update("card", 0, block["rating"]).state[0] == close(
        recorded["initial_w"][block["rating"] - 1]
    )
    after = fit.update("card", block["delta_t"], 3 if answers(block)[0] else 1)
    w = list(recorded["initial_w"])
    notebook.learn(w, recorded["lr"], None, block["delta_t"], block["rating"], bool(answers(block)[0]))
    assert after.parameters == close(w)
    if block is recorded["blocks"][0]:
        assert after.parameters == close(block["records"][0]["w_after"])
