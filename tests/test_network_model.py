"""`NetworkModel`: states, checks, weights from files and into them, round trips; all of it without torch."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import repetita as rp
from repetita.equations import NETWORKS
from repetita.errors import InvalidParameters, OutputExists, UnknownName, UnsupportedInput, UsageError
from repetita.intervals import LONGEST_SEARCHED
from repetita.network_model import NetworkModel, comes_with_the_package, network
from repetita.state_dicts import Tensor, read_state_dict, state_dict_bytes


@pytest.fixture(params=NETWORKS)
def memory(request):
    return rp.model(request.param)


def test_the_door_gives_a_network(memory):
    assert isinstance(memory, NetworkModel)
    assert comes_with_the_package(memory)
    assert memory == memory.published
    assert len(memory.parameter_names) == len(set(memory.parameter_names)) == len(memory.parameters)
    assert [p.name for p in memory.parameter_table] == list(memory.parameter_names)


def test_round_trips(memory):
    assert rp.MemoryModel.from_dict(json.loads(json.dumps(memory.to_dict()))) == memory
    assert pickle.loads(pickle.dumps(memory)) == memory
    assert hash(pickle.loads(pickle.dumps(memory))) == hash(memory)


def test_weights_survive_a_file(memory, tmp_path):
    path = memory.save(tmp_path / "x.pth")
    assert rp.model(memory.name, weights=path) == memory
    assert rp.model(memory.name, weights=str(path)) == memory
    with pytest.raises(OutputExists):
        memory.save(path)
    assert memory.save(path, force=True).read_bytes() == path.read_bytes()


def test_a_variant_follows_from_the_shapes(golden_file):
    read = rp.model("lstm", weights=golden_file("lstm_random.pth"))
    assert (read.variant, len(read.parameters)) == ("no_duration", 8849)
    forced = rp.model("lstm", weights=golden_file("lstm_random.pth"), variant="no_duration_1e_5")
    assert forced.parameters == read.parameters
    assert forced.initial_state(3) != read.initial_state(3)
    with pytest.raises(UnsupportedInput, match=r"process.0.weight has shape \(20, 5\), expected \(20, 6\)"):
        rp.model("lstm", weights=golden_file("lstm_random.pth"), variant="duration_1e_7")
    assert rp.MemoryModel.from_dict(read.to_dict()) == read
    assert len(read.parameter_table) == 8849


def test_files_of_other_networks_are_refused(memory, tmp_path):
    path = memory.save(tmp_path / "x.pth")
    for name in NETWORKS:
        if name != memory.name:
            with pytest.raises(UnsupportedInput, match=f"does not hold the weights of {name}"):
                rp.model(name, weights=path)
    tensors = read_state_dict(path)
    last = list(tensors)[-1]
    less = {name: tensor for name, tensor in tensors.items() if name != last}
    for content in (less, {**tensors, "more": Tensor((1,), (0.0,))}):
        path.write_bytes(state_dict_bytes(content))
        with pytest.raises(UnsupportedInput, match="there is"):
            rp.model(memory.name, weights=path)
    tensors[last] = Tensor(tensors[last].shape, (float("nan"),) * len(tensors[last].values))
    path.write_bytes(state_dict_bytes(tensors))
    with pytest.raises(UnsupportedInput, match="not finite"):
        rp.model(memory.name, weights=path)


def test_one_number_standardizes_all_inputs(tmp_path):
    tensors = read_state_dict(rp.model("lstm").save(tmp_path / "x.pth"))
    tensors |= {"input_mean": Tensor((), (0.7,)), "input_std": Tensor((1,), (2.0,))}
    (tmp_path / "x.pth").write_bytes(state_dict_bytes(tensors))
    read = rp.model("lstm", weights=tmp_path / "x.pth")
    assert read.standardization == pytest.approx((0.7, 0.7, 2.0, 2.0))


def test_wrong_calls():
    with pytest.raises(UnknownName, match="did you mean 'lstm'"):
        rp.model("lstn")
    with pytest.raises(UsageError, match="fsrs6 is not a network"):
        rp.model("fsrs6", weights="x.pth")
    with pytest.raises(UsageError, match="both"):
        rp.model("gru", [0.0] * 503, weights="x.pth")
    with pytest.raises(UnknownName, match="variant of gru"):
        rp.model("gru", variant="wide")
    with pytest.raises(InvalidParameters, match="has 503 parameters, got 3"):
        rp.model("gru", [0.0] * 3)
    with pytest.raises(InvalidParameters, match="finite"):
        rp.model("gru", [float("inf")] * 503)
    for scale in ([0.0], [0.0, 0.0], [0.0, -1.0], [float("nan"), 1.0], ["x", 1.0]):
        with pytest.raises(InvalidParameters):
            network("gru", standardization=scale)
    with pytest.raises(UsageError, match="no weights come with the variant 'duration'"):
        rp.model("gru", variant="duration")


def test_wrong_states_times_and_durations(memory):
    state = memory.initial_state(3)
    for bad in (state[:-1], (), 3.0, (*state[:-1], float("nan")), (*state[:-1], "x")):
        with pytest.raises(UsageError, match="numbers"):
            memory.retrievability(bad, 1.0)
    for days in (-1.0, float("inf"), "x"):
        with pytest.raises(UsageError, match="elapsed_days"):
            memory.next_state(state, days, 3)
    for rating in (0, 5, "3"):
        with pytest.raises(UsageError, match="rating"):
            memory.initial_state(rating)
    for duration in (-1.0, float("nan"), None):
        with pytest.raises(UsageError, match="duration_ms"):
            memory.next_state(state, 1.0, 3, duration_ms=duration)


@given(
    name=st.sampled_from(NETWORKS),
    reviews=st.lists(
        st.tuples(st.floats(0.0, 2000.0), st.integers(1, 4), st.floats(0.0, 1e6)), min_size=1, max_size=6
    ),
    retention=st.floats(0.05, 0.99),
)
def test_predictions_are_probabilities_and_intervals_meet_them(name, reviews, retention):
    memory = rp.model(name)
    state = memory.initial_state(reviews[0][1], duration_ms=reviews[0][2])
    for days, rating, duration in reviews[1:]:
        state = memory.next_state(state, days, rating, duration_ms=duration)
    times = (0.0, 0.01, 1.0, 30.0, 36500.0)
    recalled = [memory.retrievability(state, days) for days in times]
    assert all(0.0 <= value <= 1.0 for value in recalled)
    days = memory.interval(state, retention)
    if name == "gru_p":
        assert 1.0 <= days <= LONGEST_SEARCHED
        return
    assert recalled == sorted(recalled, reverse=True)
    if 1e-9 < days < 36500.0:
        assert memory.retrievability(state, days) == pytest.approx(retention, rel=1e-6)


def test_duration_is_seen_where_the_variant_has_it():
    lstm, gru = rp.model("lstm"), rp.model("gru")
    assert lstm.initial_state(3, duration_ms=500.0) != lstm.initial_state(3, duration_ms=20_000.0)
    assert lstm.initial_state(3) == lstm.initial_state(3, duration_ms=2500.0)
    assert gru.initial_state(3, duration_ms=500.0) == gru.initial_state(3)


def test_nothing_of_this_needs_torch(tmp_path):
    program = f"""
import sys
sys.modules["torch"] = None
import repetita as rp
from repetita.errors import MissingExtra
log = rp.simulate_log(cards=20, days=60, seed=1)
for name in ("lstm", "gru", "gru_p"):
    m = rp.model(name)
    m.save({str(tmp_path)!r} + f"/{{name}}.pth")
    assert rp.model(name, weights={str(tmp_path)!r} + f"/{{name}}.pth") == m
    m.predict(log), m.replay(log), m.interval(m.initial_state(3), 0.9)
    try:
        rp.fit(log, name)
    except MissingExtra as error:
        assert "repetita[neural]" in str(error), error
    else:
        raise SystemExit("no error")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_loads_no_network():
    program = "import sys, repetita; repetita.model('fsrs6'); print([m for m in sys.modules if 'lstm' in m])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_arrays_as_for_other_models(memory):
    states = [memory.next_state(memory.initial_state(1 + i % 4), i, 3) for i in range(5)]
    columns = [np.array(column) for column in zip(*states, strict=True)]
    recalled = memory.retrievability(columns, np.arange(5.0))
    assert recalled.tolist() == pytest.approx(
        [memory.retrievability(state, float(i)) for i, state in enumerate(states)], rel=1e-12
    )
    assert memory.interval(columns, 0.8).shape == (5,)
    with pytest.raises(UsageError, match="finite"):
        memory.retrievability([np.full(5, np.nan), *columns[1:]], 1.0)


def test_weights_come_with_both_widths_of_the_lstm():
    narrow = rp.model("lstm", variant="no_duration")
    assert len(narrow.parameters) == 8849
    assert narrow == narrow.published
    assert comes_with_the_package(narrow)
    assert all(np.isfinite(row.default) for row in narrow.parameter_table)
    assert narrow.initial_state(3, duration_ms=500.0) == narrow.initial_state(3)
