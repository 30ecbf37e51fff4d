"""The reference simulator, press by press: its event logs, its worlds and its schedulers."""

from __future__ import annotations

import math

import pytest
from simulated_configs import plan_of

from repetita import MemoryModel
from repetita.simulation import CardView
from repetita.simulation.cards import writers
from repetita.simulation.rules import settle
from repetita.simulation.specs import environment_of, scheduler_of
from repetita.simulation.switches import COMPATIBLE

pytestmark = pytest.mark.golden
SWITCHES = COMPATIBLE["srs-simulator"]
TRACES = ("t1", "t2", "t3", "t4")
NEAR = 1e-6  # seconds are given to six decimals, recall and times to ten
SAME = {"rel": 1e-10, "abs": 1e-12}
set_interval, set_presses, set_reps, set_state = writers("interval", "presses", "reps", "state")


@pytest.mark.parametrize("number", range(len(TRACES)), ids=TRACES)
def test_event_traces(golden, number):
    traces = golden("sim_traces", "event_traces")
    if number >= len(traces):
        pytest.skip("there are fewer traces")
    trace = traces[number]
    run = plan_of(trace["config"], compat="srs-simulator").run(trace["seed"])
    columns = ("day", "phase", "card_id", "rating", "retrievability", "cost_seconds")
    columns += ("interval_days", "due", "elapsed_days")
    found = run.events.to_frame().select(columns).rows()
    places = [trace["event_columns"].index(name) for name in columns]
    assert len(found) == len(trace["events"])
    for place, (ours, theirs) in enumerate(zip(found, trace["events"], strict=True)):
        expected = tuple(theirs[i] for i in places)
        assert ours[:4] == expected[:4], place
        near = pytest.approx(numbers(expected[4:]), rel=NEAR, abs=NEAR, nan_ok=True)
        assert numbers(ours[4:]) == near, place
        assert ours[4] == (None if expected[4] is None else pytest.approx(expected[4], abs=1e-9))
    assert run.reviews.tolist() == trace["daily_reviews"]
    assert run.new.tolist() == trace["daily_new"]
    assert run.total_lapses == trace["total_lapses"]
    for name, series in (("cost", run.cost_seconds), ("memorized", run.memorized)):
        assert series.tolist() == pytest.approx(trace[f"daily_{name}"], rel=1e-6, abs=1e-7), name
    assert run.retention.tolist() == pytest.approx(numbers(trace["daily_retention"]), abs=1e-7, nan_ok=True)
    assert run.total_cost_seconds == pytest.approx(trace["total_cost"])
    assert run.projected == pytest.approx(trace["total_projected_retrievability"], abs=1e-7)


def numbers(values):
    return [math.nan if value is None else value for value in values]


def parameters_of(golden, name):
    base = name.partition("@")[0]
    known = golden("sim_traces", "parameters")
    model = base.removesuffix("_default").removesuffix("_custom")
    parameters = known.get(base, known.get(f"{base}_default"))
    # straight, since the reference's own figures have parameters out of our bounds
    return model, MemoryModel(model, tuple(parameters)) if parameters else None


WORLDS = ("fsrs6_default", "fsrs6_custom", "fsrs3_default", "fsrs3_custom", "hlr", "dash")


@pytest.mark.parametrize("name", WORLDS)
def test_worlds(golden, name):
    _, memory = parameters_of(golden, name)
    world, _ = environment_of(memory, None, SWITCHES)
    for trace in golden("sim_traces", "components", "env", name):
        state = None
        for press in trace:
            days, rating = press["elapsed_days"], press["rating"]
            if state is None:
                state = world.first(rating)
            else:
                assert world.retrievability(state, days) == pytest.approx(
                    press["retrievability_before"], **SAME
                )
                state = world.after(state, days, rating)
            if press["state_after"]:
                assert list(state) == pytest.approx(list(press["state_after"].values()), **SAME)
            for time, recalled in press["retrievability_after_at_days"].items():
                assert world.retrievability(state, float(time)) == pytest.approx(recalled, **SAME)


SCHEDULERS = (
    "fsrs6_default@0.9",
    "fsrs6_custom@0.82",
    "fsrs3_default@0.9",
    "fsrs3_custom@0.75",
    "hlr@0.85",
    "dash@0.85",
    "anki_sm2",
    "memrise",
    "fixed@7",
)


def scheduler_like(golden, name):
    model, memory = parameters_of(golden, name)
    retention = float(name.partition("@")[2] or 0.9)
    return scheduler_of(
        name if name.startswith("fixed") else model,
        desired_retention=0.9 if retention > 1 else retention,
        belief=memory,
        policy=None,
        priority="low_retrievability",
        short_term=None,
        switches=SWITCHES,
        days=100,
    )


@pytest.mark.parametrize("name", SCHEDULERS)
def test_schedulers(golden, name):
    scheduler = scheduler_like(golden, name)
    for trace in golden("sim_traces", "components", "sched", name):
        card, now = CardView(0), 0.0
        for press in trace:
            days, rating = press["elapsed_days"], press["rating"]
            now += days
            assert card.interval == press["prev_rounded_interval"]
            answered = (
                scheduler.after(card, days, rating, now)
                if card.presses
                else scheduler.first(card, rating, now)
            )
            raw, state = answered
            assert raw == pytest.approx(press["interval_raw"], **SAME)
            assert settle(raw, False, 0.0, math.inf) == press["interval_rounded"]
            expected = press["state_after"] or {}
            if "s" in expected or "right" in expected:
                assert list(state) == pytest.approx(list(expected.values()), **SAME)
            if "ease" in expected:
                assert state[0] == pytest.approx(expected["ease"], **SAME)
            card.presses.append((rating, days, now))
            set_state(card, state)
            set_interval(card, press["interval_rounded"])
