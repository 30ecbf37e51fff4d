"""Kernels of models unlike FSRS-6: states that count, nothing prepared, three states, one parameter."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_logs import histories_of

from repetita.derivatives import derivatives
from repetita.kernels import rendering
from repetita.kernels.objective import Objective
from repetita.kernels.packing import pack
from repetita.kernels.reference import loss_and_gradient_reference
from repetita.kernels.replay import replay
from repetita.memory_model import model
from repetita.registration import register_model

TABLES = """
from math import exp, log, sqrt

from repetita.equations.parameter import Parameter

TITLE = "a model for a test"
UNIT = "fractional days"
PREDICTION_FLOOR = 1e-9
PRIOR_BLOCKS = ()
MIGRATIONS = {}
"""

COUNTS = """
STATE = ("passes", "lapses")
OPTIONS = ()
VARIANTS = {"default": ()}
PARAMETERS = tuple(
    Parameter(name, value, -5.0, 5.0, 1.0, "1", "") for name, value in (("a", 0.6), ("b", -0.3), ("c", 0.4))
)
HALF = log(0.5)


def prepare(w, o):
    return ()


def count(state, rating):
    return state[0] + (1.0 if rating > 1 else 0.0), state[1] + (1.0 if rating == 1 else 0.0)


def first(w, c, o, rating):
    return count((0.0, 0.0), rating)


def recall(w, c, o, state, days):
    halves = w[0] * sqrt(state[0]) + w[1] * sqrt(state[1]) + w[2]
    return exp(HALF * days * exp(halves * HALF))


def after(w, c, o, state, days, rating):
    return count(state, rating)
"""

TRACES = """
STATE = ("slow", "fast", "seen")
OPTIONS = ("least", "share")
VARIANTS = {"default": (0.01, 0.3), "even": (0.01, 0.5)}
PARAMETERS = tuple(
    Parameter(name, value, 0.01, 50.0, 1.0, "1", "")
    for name, value in (("start", 3.0), ("growth", 1.4), ("loss", 0.2), ("fade", 0.5), ("unused", 1.0))
)


def prepare(w, o):
    return exp(-w[3]), o[1] * w[1], 2.0 * o[1]


def first(w, c, o, rating):
    return w[0] * rating, w[0] * c[0], 1.0


def recall(w, c, o, state, days):
    mixed = o[1] * exp(-days / state[0]) + (1.0 - o[1]) * exp(-days / state[1])
    return min(mixed, 0.999)


def after(w, c, o, state, days, rating):
    slow, fast, seen = state
    if rating == 1:
        slow = max(slow * w[2], o[0])
    else:
        slow = slow * (1.0 + c[1] * (1.0 - recall(w, c, o, state, days)))
    return slow, max(fast * (c[0] + w[2] * c[2]), o[0]), seen + 1.0
"""

ONE = """
STATE = ("strength",)
OPTIONS = ()
VARIANTS = {"default": ()}
PARAMETERS = (Parameter("rate", 0.8, 0.01, 5.0, 1.0, "1", ""),)


def prepare(w, o):
    return (w[0] * w[0],)


def first(w, c, o, rating):
    return (1.0,)


def recall(w, c, o, state, days):
    return exp(-c[0] * days / state[0])


def after(w, c, o, state, days, rating):
    return (state[0] + w[0] if rating > 1 else 1.0,)
"""

MODELS = {"counts": COUNTS, "traces": TRACES, "one": ONE}


pytestmark = pytest.mark.slow


@pytest.fixture(params=sorted(MODELS))
def name(request, tmp_path):
    """The name of a model that is registered."""
    name = f"test_{request.param}"
    (tmp_path / "equations.py").write_text(TABLES + MODELS[request.param])
    register_model(name, tmp_path / "equations.py")
    return name


def test_kernels_of_any_model(name, random_log):
    log = random_log([1, 2, 9, 30, 30, 4, 150] * 3)
    m = model(name)
    w = np.array(m.parameters)
    weights = log.scored * np.random.default_rng(0).random(len(log))
    ours = Objective(name, "default", pack(log, m.equations.UNIT), weights)
    split = [part.tolist() for part in np.split(weights, log.offsets[1:-1])]

    loss, gradient = ours.value_and_gradient(w)
    expected_loss, expected_gradient = loss_and_gradient_reference(m, histories_of(log), split)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-10, atol=1e-12)
    assert ours.value(w) == loss
    np.testing.assert_allclose(ours.card_scores(w).sum(axis=0), gradient, rtol=1e-10, atol=1e-12)
    check_states(m, log)
    check_information(m, log, weights, ours.fisher(w))


def check_states(m, log):
    found = replay(m, log)
    row = 0
    for reviews in histories_of(log):
        state = None
        for days, rating in reviews:
            if state is None:
                state = m.equations.first(m.parameters, m.prepared, m.options, rating)
            else:
                state = m.equations.after(m.parameters, m.prepared, m.options, state, float(days), rating)
            assert tuple(values[row] for values in found.after.values()) == pytest.approx(state, rel=1e-11)
            row += 1


def check_information(m, log, weights, found):
    """Against predictions at parameters a little to either side."""
    count = len(m.parameters)
    slopes = np.zeros((len(log), count))
    for k in range(count):
        either = []
        for step in (-1e-6, 1e-6):
            w = list(m.parameters)
            w[k] += step
            either.append(model(m.name, w).predict(log))
        slopes[:, k] = (either[1] - either[0]) / 2e-6
    p = m.predict(log)
    rows = weights > 0
    spread = np.maximum(p[rows] * (1 - p[rows]), m.equations.PREDICTION_FLOOR)
    scaled = slopes[rows] * np.sqrt(weights[rows] / spread)[:, np.newaxis]
    expected = scaled.T @ scaled
    assert expected.any()
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert (np.abs(found - expected) <= 1e-4 * size + 1e-7).all()


@pytest.mark.parametrize("name", ["traces"], indirect=True)
def test_information_of_an_unused_parameter_is_zero(random_log, name):
    m = model(name)
    log = random_log([9] * 20)
    found = Objective(name, "even", pack(log, m.equations.UNIT), log.scored.astype(float)).fisher(
        m.parameters
    )
    assert not found[4].any()
    assert np.linalg.matrix_rank(found[:4, :4]) == 4
    assert rendering.FisherLayout(derivatives(name)).parameters == [0, 1, 2, 3]
