"""The text of networks: sizes, golden figures, layers against a second statement with numpy."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest

import repetita as rp
from repetita.equations import NETWORKS, declared, equations, layers
from repetita.equations.pretrained import FOLDER

PARAMETERS = {"lstm": 8869, "gru": 503, "gru_p": 297}


@pytest.mark.parametrize("name", NETWORKS)
def test_sizes(name):
    module = equations(name)
    assert declared(module).kind == "network"
    sizes = [layers.size_of(shape) for shape in module.layout(module.VARIANTS["default"]).values()]
    assert sum(sizes) == len(module.PARAMETERS) == PARAMETERS[name]
    assert len(module.STATE) == len(module.STATE_UNITS) == len(set(module.STATE)) == module.STATES
    assert (FOLDER / f"{name}.pth").is_file()
    assert {len(options) for options in module.VARIANTS.values()} == {len(module.OPTIONS)}


def test_a_state_of_the_lstm_is_89_numbers():
    assert len(equations("lstm").STATE) == 89


@pytest.mark.golden
def test_lstm_follows_the_golden_trace(golden, golden_file):
    trace = golden("lstm_trace")
    network = rp.model("lstm", weights=golden_file(trace["weights_file"]))
    compared = 0
    for sequence in trace["sequences"]:
        state = None
        for event in sequence:
            if state is None:
                state = network.initial_state(event["rating"])
            else:
                state = network.next_state(state, event["elapsed_days"], event["rating"])
            curves = event["w"] + event["s"] + event["d"]
            # the figures were made with 32-bit numbers
            assert state[-9:] == pytest.approx(curves, rel=1e-5)
            for days, recalled in event["R"].items():
                assert network.retrievability(state, float(days)) == pytest.approx(recalled, abs=1e-6)
                compared += 1
            for key, days in event.items():
                if key.startswith("interval"):
                    compare_interval(network, state, key, days)
    assert compared > 50


def compare_interval(network, state, key, days):
    """The simulator's two searches stop at whole days, or at a retention within 0.001."""
    wanted = float(key.partition("@")[2])
    exact = network.interval(state, wanted)
    if key.startswith("interval_integer"):
        assert days == min(max(ceil(exact), 1), 3650)
    elif 0.0 < days < 3650:
        assert network.retrievability(state, days) == pytest.approx(wanted, abs=1.01e-3)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def test_layers_against_numpy():
    random = np.random.default_rng(1)
    n = 3
    matrix, bias, x = random.normal(size=(n, 2)), random.normal(size=n), random.normal(size=2)
    room = [*x, 0.0, 0.0, 0.0]
    layers.linear([*matrix.T.ravel(), *bias], 0, room, 0, 2, 2, n)
    assert room[2:] == pytest.approx(matrix @ x + bias)

    values = random.normal(size=4)
    scale = random.normal(size=4)
    room = [*values, *[0.0] * 4]
    layers.layer_norm(list(scale), 0, room, 0, 4, 4)
    assert room[4:] == pytest.approx((values - values.mean()) / np.sqrt(values.var() + 1e-5) * scale)
    layers.silu(room, 0, 4)
    assert room[:4] == pytest.approx(values * sigmoid(values))

    weights_in, weights_back = random.normal(size=(4 * n, n)), random.normal(size=(4 * n, n))
    b_in, b_back = random.normal(size=(2, 4 * n))
    inputs, hidden, cell = random.normal(size=(3, n))
    state = [*hidden, *cell]
    constants = [*weights_in.T.ravel(), *weights_back.T.ravel(), *b_in, *b_back]
    layers.lstm_cell(constants, 0, [*inputs, *[0.0] * 4 * n], 0, n, state, 0, n)
    i, f, g, o = np.split(weights_in @ inputs + b_in + weights_back @ hidden + b_back, 4)
    new = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
    assert state == pytest.approx([*(sigmoid(o) * np.tanh(new)), *new])

    weights_in, weights_back = random.normal(size=(3 * n, 2)), random.normal(size=(3 * n, n))
    b_in, b_back = random.normal(size=(2, 3 * n))
    constants = [*weights_in.T.ravel(), *weights_back.T.ravel(), *b_in, *b_back]
    room = [*x, *[0.0] * 7 * n]
    layers.gru_cell(constants, 0, room, 0, 2, 2, list(hidden), 0, n, 2 + 6 * n)
    (r1, z1, n1), (r2, z2, n2) = (
        np.split(part, 3) for part in (weights_in @ x + b_in, weights_back @ hidden + b_back)
    )
    kept = sigmoid(z1 + z2)
    candidate = np.tanh(n1 + sigmoid(r1 + r2) * n2)
    assert room[2 + 6 * n :] == pytest.approx((1.0 - kept) * candidate + kept * hidden)


def test_extreme_numbers_stay_finite():
    assert layers.sigmoid(-1e308) == pytest.approx(0.0, abs=1e-300)
    assert layers.sigmoid(1e308) == 1.0
    assert layers.hyperbolic_tangent(-1e300) == -1.0
    curve = [0.2, 0.8, np.exp(-25.0), np.exp(25.0), np.exp(25.0), np.exp(-25.0)]
    assert layers.mixed_curve(curve, 0, 2, 0.0) == pytest.approx(1.0 - 1e-7)
    assert 0.0 <= layers.mixed_curve(curve, 0, 2, 36500.0) <= 1.0


def test_a_network_without_duration_is_one_with_zero_weights_for_it():
    random = np.random.default_rng(2)
    plain = equations("lstm").layout(equations("lstm").VARIANTS["no_duration_1e_5"])
    w = random.normal(size=sum(map(layers.size_of, plain.values()))) * 0.3
    first = w[:100].reshape(20, 5)
    wide = np.insert(first, 1, 0.0, axis=1)
    from repetita.network_model import network

    without = network("lstm", w, "no_duration_1e_5", [-1.0, 2.0])
    beside = network("lstm", [*wide.ravel(), *w[100:]], "default", [-1.0, 8.0, 2.0, 0.5])
    state = without.next_state(without.initial_state(2), 3.5, 3)
    assert state == beside.next_state(beside.initial_state(2, duration_ms=9e3), 3.5, 3, duration_ms=1.0)
