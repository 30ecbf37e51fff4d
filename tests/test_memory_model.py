"""`MemoryModel` and `model`: golden scalars, validation, migration, round trips."""

from __future__ import annotations

import json
import math
import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import repetita as rp
from repetita.equations import equations
from repetita.errors import InvalidParameters, UnknownName, UsageError

TABLE = equations("fsrs6").PARAMETERS
DEFAULTS = [p.default for p in TABLE]


@pytest.mark.golden
def test_scalars_match_reference(golden):
    data = golden("fsrs6")
    for case in golden("fsrs6", "cases"):
        memory = rp.model("fsrs6", data["parameter_sets"][case["params"]])
        state = None
        for k, (days, rating) in enumerate(case["reviews"]):
            if state is None:
                state = memory.initial_state(rating)
            else:
                assert memory.retrievability(state, days) == pytest.approx(case["r_before"][k], rel=1e-9)
                state = memory.next_state(state, days, rating)
            assert state == pytest.approx(case["states"][k], rel=1e-9), case["id"]
            for retention, expected in zip(data["desired_retentions"], case["intervals"][k], strict=True):
                assert memory.interval(state, retention) == pytest.approx(expected, rel=1e-9)
        for days, expected in zip(data["final_r_t"], case["final_r"], strict=True):
            assert memory.retrievability(state, days) == pytest.approx(expected, rel=1e-9)


@pytest.mark.golden
def test_clip_matches_reference(golden):
    for case in golden("fsrs6", "clipper"):
        given_values = list(case["input"])
        # the reference fits w0..w3 elsewhere and clips them from below only; ours keeps them boxed
        expected = [min(max(v, p.low), p.high) for v, p in zip(given_values, TABLE, strict=True)]
        assert expected[4:] == case["output"][4:]
        assert list(rp.model("fsrs6", given_values, clip=True).parameters) == expected


def test_defaults_and_empty_list_are_the_published_ones():
    assert rp.model("fsrs6").parameters == tuple(DEFAULTS)
    assert rp.model("fsrs6", []).parameters == tuple(DEFAULTS)


@pytest.mark.parametrize("length", [1, 4, 18, 20, 22, 35])
def test_wrong_length_names_what_is_accepted(length):
    with pytest.raises(InvalidParameters, match=rf"takes 21 parameters \(or 17, 19 .*got {length}"):
        rp.model("fsrs6", [1.0] * length)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_values_must_be_finite(bad):
    values = [*DEFAULTS]
    values[3] = bad
    with pytest.raises(InvalidParameters, match="number 3"):
        rp.model("fsrs6", values, clip=True)


def test_values_must_be_numbers():
    with pytest.raises(InvalidParameters, match="must be numbers"):
        rp.model("fsrs6", ["a"] * 21)


def test_out_of_bounds_is_an_error_that_names_the_parameter_and_clip_moves_it():
    values = [*DEFAULTS]
    values[20] = 1.5
    with pytest.raises(InvalidParameters, match=r"decay \(number 20\) is 1.5, bounds 0.1 to 0.8"):
        rp.model("fsrs6", values)
    clipped = rp.model("fsrs6", values, clip=True)
    assert clipped.parameters[20] == 0.8
    assert "decay" in clipped.notes[0]


def test_a_model_made_by_hand_is_checked_and_frozen_too():
    with pytest.raises(InvalidParameters, match="has 21 parameters, got 2"):
        rp.MemoryModel("fsrs6", (1.0, 2.0))
    by_hand = rp.MemoryModel("fsrs6", DEFAULTS)
    assert by_hand.parameters == tuple(DEFAULTS)
    assert hash(by_hand) == hash(rp.model("fsrs6"))


@pytest.mark.parametrize("parameters", [5, "0.4, 0.5", [None] * 21, [10**400] * 21])
def test_what_is_no_list_of_numbers_is_refused(parameters):
    with pytest.raises(InvalidParameters, match="must be numbers"):
        rp.model("fsrs6", parameters)


@pytest.mark.parametrize("name", [None, 6, ["fsrs6"], {}])
def test_what_is_no_name_is_an_unknown_one(name):
    with pytest.raises(UnknownName, match="unknown model"):
        rp.model(name)
    with pytest.raises(UnknownName, match="unknown variant"):
        rp.MemoryModel.from_dict({"model": "fsrs6", "parameters": DEFAULTS, "variant": name})


def test_unknown_model_and_variant_suggest_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'fsrs6'"):
        rp.model("fsr6")
    with pytest.raises(UnknownName, match="same_day_floor_good"):
        rp.model("fsrs6", variant="same_day_floor_god")


def test_migration_of_19_appends_a_fixed_decay():
    old = DEFAULTS[:19]
    migrated = rp.model("fsrs6", old)
    assert migrated.parameters == (*old, 0.0, 0.5)
    assert "FSRS-5" in migrated.notes[0]


def test_migration_of_17_keeps_first_difficulty_at_again_and_good():
    old = [0.4872, 1.4003, 3.7145, 13.8206, 5.1618, 1.2298, 0.8975, 0.031, 1.6474, 0.1367, 1.0461]
    old += [2.1072, 0.0793, 0.3246, 1.587, 0.2272, 2.8755]
    migrated = rp.model("fsrs6", old)
    assert migrated.parameters[4] == pytest.approx(5.1618 + 2 * 1.2298)
    assert migrated.parameters[5] == pytest.approx(math.log(3 * 1.2298 + 1) / 3)
    assert migrated.parameters[6] == pytest.approx(0.8975 + 0.5)
    assert migrated.parameters[17:] == (0.0, 0.0, 0.0, 0.5)
    # D0 of version 4.5 was w4 - w5 (g - 3): the conversion agrees at Again and at Easy
    assert migrated.initial_state(1)[1] == pytest.approx(5.1618 + 2 * 1.2298)
    assert migrated.initial_state(4)[1] == pytest.approx(5.1618 - 1.2298)


def test_parameters_that_no_older_version_can_have_are_refused():
    old = [0.4, 0.9, 2.3, 10.9, 4.9, -1.0, *[0.5] * 11]  # difficulty would rise with an easier grade
    with pytest.raises(InvalidParameters, match=r"none that FSRS-4\.5 can have"):
        rp.model("fsrs6", old, clip=True)


def test_same_day_hard_differs_between_the_variants_only():
    state = (30.0, 5.0)
    ours = rp.model("fsrs6")
    other = rp.model("fsrs6", variant="same_day_floor_good")
    assert ours.next_state(state, 0, 2)[0] == 30.0
    assert other.next_state(state, 0, 2)[0] < 30.0
    for rating in (1, 3, 4):
        assert ours.next_state(state, 0, rating) == other.next_state(state, 0, rating)


@pytest.mark.parametrize("rating", [0, 5, 2.5, "3", None, [1, 2]])
def test_ratings_out_of_range_are_refused(rating):
    with pytest.raises(UsageError, match="rating is"):
        rp.model("fsrs6").initial_state(rating)


def test_an_array_of_first_ratings_is_refused():
    numpy = pytest.importorskip("numpy")
    with pytest.raises(UsageError, match="rating is"):
        rp.model("fsrs6").initial_state(numpy.array([1, 2]))


@pytest.mark.parametrize("days", [-1, math.nan, math.inf, "soon", None])
def test_times_out_of_range_are_refused(days):
    memory = rp.model("fsrs6")
    with pytest.raises(UsageError, match="elapsed_days"):
        memory.retrievability((1.0, 5.0), days)
    with pytest.raises(UsageError, match="elapsed_days"):
        memory.next_state((1.0, 5.0), days, 3)


@pytest.mark.parametrize(
    "state", [(1.0,), (1.0, 2.0, 3.0), (0.0, 5.0), (math.nan, 5.0), (1.0, -2.0), ("a", 5.0), 10.0, None]
)
def test_states_out_of_range_are_refused(state):
    with pytest.raises(UsageError):
        rp.model("fsrs6").retrievability(state, 1.0)


@pytest.mark.parametrize("retention", [0.0, 1.0, -0.5, 90, math.nan, "x", 1e-60])
def test_retentions_out_of_range_are_refused(retention):
    with pytest.raises(UsageError, match="desired_retention"):
        rp.model("fsrs6").interval((1.0, 5.0), retention)


@given(
    st.lists(st.floats(0, 1), min_size=21, max_size=21),
    st.floats(0.01, 3000),
    st.floats(1, 10),
    st.floats(0.05, 0.98),
)
def test_interval_inverts_the_forgetting_curve(fractions, stability, difficulty, retention):
    values = [p.low + f * (p.high - p.low) for f, p in zip(fractions, TABLE, strict=True)]
    memory = rp.model("fsrs6", values, clip=True)
    days = memory.interval((stability, difficulty), retention)
    assert days > 0
    assert memory.retrievability((stability, difficulty), days) == pytest.approx(retention, rel=1e-7)
    assert memory.retrievability((stability, difficulty), stability) == pytest.approx(0.9, rel=1e-9)


@given(
    st.lists(st.floats(0, 1), min_size=21, max_size=21),
    st.lists(st.tuples(st.integers(0, 40000), st.integers(1, 4)), max_size=30),
    st.integers(1, 4),
)
def test_states_stay_in_their_bounds(fractions, reviews, first_rating):
    values = [p.low + f * (p.high - p.low) for f, p in zip(fractions, TABLE, strict=True)]
    memory = rp.model("fsrs6", values, clip=True)
    state = memory.initial_state(first_rating)
    for days, rating in reviews:
        state = memory.next_state(state, days, rating)
        assert 0.001 <= state[0] <= 36500
        assert 1 <= state[1] <= 10


def test_round_trips_keep_everything():
    memory = rp.model("fsrs6", [v * 1.01 for v in DEFAULTS], variant="same_day_floor_good", clip=True)
    again = rp.MemoryModel.from_dict(json.loads(json.dumps(memory.to_dict())))
    assert again == memory
    assert pickle.loads(pickle.dumps(memory)) == memory
    assert again.next_state((3.0, 4.0), 0, 2) == memory.next_state((3.0, 4.0), 0, 2)


@pytest.mark.parametrize("data", [{}, {"model": "fsrs6"}, [], {"parameters": []}])
def test_from_dict_refuses_other_things(data):
    with pytest.raises(InvalidParameters, match="not a description"):
        rp.MemoryModel.from_dict(data)


def test_scalars_need_the_standard_library_only():
    code = (
        "import sys, repetita as rp; m = rp.model('fsrs6'); s = m.initial_state(3);"
        "m.next_state(s, 3, 4); m.interval(s, 0.9); m.retrievability(s, 2);"
        "print(sorted({'numpy', 'numba', 'polars', 'scipy', 'rich', 'click'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("interval", [0.5, 1, 12.0, 4000])
@pytest.mark.parametrize("retention", [0.7, 0.9, 0.98])
def test_a_state_from_sm2_explains_the_interval(interval, retention):
    for name in ("fsrs6", "fsrs7"):
        m = rp.model(name)
        state = m.state_from_sm2(interval, 2.5, retention)
        low, high = m.options[:2]
        if low < state[0] < high:
            assert m.retrievability(state, interval) == pytest.approx(retention, abs=1e-9)
    assert state[1:] == (pytest.approx(0.8 * state[0]), 5.0)


def test_a_success_then_multiplies_by_the_ease():
    m = rp.model("fsrs6")
    for ease in (1.8, 2.5):
        state = m.state_from_sm2(20.0, ease, 0.9)
        assert m.next_state(state, 20.0, 3)[0] / state[0] == pytest.approx(ease, rel=1e-9)


def test_sm2_numbers_out_of_range():
    for arguments in ((0, 2.5), (-1, 2.5), (10, 0), (float("nan"), 2.5), (10, 2.5, 1.0), (10, "easy")):
        with pytest.raises(UsageError, match="expected a"):
            rp.model("fsrs6").state_from_sm2(*arguments)
    with pytest.raises(UsageError, match="hlr has no conversion"):
        rp.model("hlr").state_from_sm2(10, 2.5)
