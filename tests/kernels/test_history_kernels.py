"""Kernels of models whose state is the history: against plain Python, slopes, other threads."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from kernel_logs import histories_of

from repetita.equations import MODELS, declared, equations
from repetita.errors import UsageError
from repetita.fitting.weighted_log import WeightedLog
from repetita.kernels import elementwise
from repetita.kernels.objective import Objective
from repetita.kernels.packing import pack
from repetita.kernels.reference import loss_and_gradient_reference
from repetita.memory_model import model
from repetita.registration import register_model
from repetita.reviews import ReviewLog

OURS = [name for name in MODELS if declared(equations(name)).kind != "recursive"]

TABLES = """
from math import exp, log

from repetita.equations.parameter import Parameter

TITLE = "a model for a test"
UNIT = "fractional days"
PREDICTION_FLOOR = 1e-9
STATE = STATE_UNITS = OPTIONS = PRIOR_BLOCKS = ()
VARIANTS = {"default": ()}
MIGRATIONS = {}
PARAMETERS = tuple(Parameter(f"w{i}", 0.5 + 0.1 * i, 0.01, 3.0, 1.0, "1", "") for i in range(4))


def prepare(w, o):
    return exp(-w[0]), w[1] * w[2]
"""

# what is kept depends on a parameter, and so do terms and their combination through prepared values
PAIRS = """
KIND = "pairs"
MOST_TERMS = 7


def term(w, c, o, memory, age, rating):
    passed = w[3] if rating > 1 else c[0]
    return passed * exp(-(c[1] + 0.1 * memory) * log(1.0 + age))


def memory(w, c, o, total):
    return w[1] * total / (1.0 + total)


def combine(w, c, o, total):
    return (0.1 + total) / (0.2 + total + c[0])
"""

FEATURES = """
KIND = "features"
FEATURES = ("reviews", "days", "today")


def features(days, same_day, ratings, rows):
    for review in range(1, len(days)):
        rows[review][0] = 1.0 * review
        rows[review][1] = days[review]
        rows[review][2] = 1.0 if same_day[review] else 0.0


def recall(w, c, o, row):
    return exp(-c[0] * row[1] / (row[0] + w[3])) * (0.9 - 0.1 * c[1] * row[2] / (1.0 + w[0]))
"""
TESTED = {"test_pairs": PAIRS, "test_features": FEATURES}

BOUNDS = """
from repetita.kernels.objective import Objective
from repetita.kernels.packing import pack
from repetita.memory_model import model
from repetita.reviews import ReviewLog

for name in ("dash", "actr"):
    m = model(name)
    for lengths in ([], [1], [1, 2], [3] * 16, [2] * 17, [257, 5, 128]):
        later = [[(i % 5, 1 + i % 4) for i in range(n - 1)] for n in lengths]
        log = ReviewLog.from_histories([[(0, 3), *reviews] for reviews in later])
        objective = Objective(name, "default", pack(log), log.scored.astype(float))
        objective.value_and_gradient(m.parameters)
        objective.card_scores(m.parameters)
        objective.fisher(m.parameters, card_fraction=0.5)
        m.predict(log)
print("checked")
"""

pytestmark = pytest.mark.slow


@pytest.fixture(params=[*OURS, *TESTED])
def name(request, tmp_path):
    """The name of a registered model, or of one that is registered for one test."""
    name = request.param
    if name in OURS:
        return name
    (tmp_path / "equations.py").write_text(TABLES + TESTED[name])
    register_model(name, tmp_path / "equations.py")
    return name


def an_objective(name, log, **options):
    weights = log.scored * np.random.default_rng(0).random(len(log))
    return Objective(name, "default", pack(log, equations(name).UNIT), weights, **options), weights


def test_loss_and_gradient_match_plain_python(name, random_log):
    log = random_log([1, 2, 9, 30, 30, 4, 60] * 3)
    ours, weights = an_objective(name, log)
    memory = model(name)
    split = [part.tolist() for part in np.split(weights, log.offsets[1:-1])]
    loss, gradient = ours.value_and_gradient(memory.parameters)
    expected_loss, expected = loss_and_gradient_reference(memory, histories_of(log), split)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-10)
    assert ours.value(memory.parameters) == loss
    assert np.isnan(memory.predict(log)[log.first]).all()


def test_scores_of_cards_add_up_and_stand_at_their_cards(name, random_log):
    log = random_log([5, 1, 12, 3, 40])
    ours, weights = an_objective(name, log)
    w = model(name).parameters
    scores = ours.card_scores(w)
    for card in range(log.cards):
        alone = np.where(log.card_index == card, weights, 0.0)
        of_card = Objective(name, "default", ours.packed, alone).value_and_gradient(w)[1]
        np.testing.assert_allclose(scores[card], of_card, rtol=1e-12, atol=1e-12)


def test_information_is_that_of_the_predictions(name, random_log):
    log = random_log([1, 2, 9, 30, 4] * 2)
    ours, weights = an_objective(name, log)
    memory = model(name)
    slopes = []
    for place, value in enumerate(memory.parameters):
        step = 1e-6 * max(abs(value), 0.1)
        ends = [
            model(name, [v + sign * step * (i == place) for i, v in enumerate(memory.parameters)])
            for sign in (-1, 1)
        ]
        slopes.append((ends[1].predict(log) - ends[0].predict(log)) / (2 * step))
    p, rows = memory.predict(log), weights > 0
    scaled = np.array(slopes)[:, rows] * np.sqrt(weights[rows] / (p[rows] * (1 - p[rows])))
    expected = scaled @ scaled.T
    assert expected.any()
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert (np.abs(ours.fisher(memory.parameters) - expected) <= 1e-4 * size + 1e-7).all()


def test_threads_and_samples(name, random_log):
    log = random_log([30] * 900 + [7] * 900)
    w = model(name).parameters
    one, _ = an_objective(name, log, threads=1)
    two, _ = an_objective(name, log, threads=2)
    assert one.value_and_gradient(w)[0] == two.value_and_gradient(w)[0]
    assert (one.value_and_gradient(w)[1] == two.value_and_gradient(w)[1]).all()
    part = one.fisher(w, card_fraction=0.2)
    assert np.trace(part) == pytest.approx(np.trace(one.fisher(w)), rel=0.1)
    whole = WeightedLog(one.packed, one.weights).sample(1.0)
    again = Objective(name, "default", whole.packed, whole.weights)
    assert again.value(w) == pytest.approx(one.value(w), rel=1e-12)
    with pytest.raises(UsageError, match="card_fraction"):
        one.fisher(w, card_fraction=0.0)


def test_an_empty_log_has_no_loss(name):
    ours, _ = an_objective(name, ReviewLog.from_histories([]))
    loss, gradient = ours.value_and_gradient(model(name).parameters)
    assert loss == 0.0
    assert not gradient.any()


@pytest.mark.parametrize("name", OURS)
def test_a_history_is_not_an_array_of_states(name):
    with pytest.raises(UsageError, match="no arrays of states"):
        elementwise.next_states(model(name), ((0.0, 3),), 1.0, 3)


def test_the_same_day_is_that_of_the_calendar():
    """Twenty hours can lie in one day or in two; the packed log, and parts of it, know which."""
    logs = [
        ReviewLog.from_arrays(
            card_id=[1, 1, 2, 2, 2],
            rating=[3, 3, 1, 3, 3],
            elapsed_days=[0, whole, 0, whole, 3],
            elapsed_seconds=[0, 72_000, 0, 72_000, 260_000],
        )
        for whole in (0, 1)
    ]
    same, other = (model("logistic_regression").predict(log) for log in logs)
    assert (same != other)[[1, 3, 4]].all()
    for log in logs:
        packed = pack(log, "fractional days")
        weights = np.where(log.first, 0.0, 1.0)
        part = WeightedLog.of(log, "fractional days", weights).sample(1.0)
        w = model("logistic_regression").parameters
        values = [
            Objective("logistic_regression", "default", p, v).value(w)
            for p, v in ((packed, weights), (part.packed, part.weights))
        ]
        assert values[0] == pytest.approx(values[1], rel=1e-14)


def test_no_index_of_a_history_is_out_of_range(tmp_path):
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "REPETITA_CACHE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", BOUNDS], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "checked"), done.stderr
