"""The exact method: its gradient, its step, and its compiled twin."""

from __future__ import annotations

from math import log, sqrt
from types import SimpleNamespace

import numpy as np
import pytest

from repetita import simulate_log
from repetita.equations import MODELS, declared, equations
from repetita.fitting import PopulationPrior
from repetita.memory_model import MemoryModel, model
from repetita.online import OnlineFit
from repetita.online.exact import Exact
from repetita.online.scales import logarithmic, units

RECURSIVE = [
    name
    for name in MODELS
    if declared(equations(name)).fitted and declared(equations(name)).kind == "recursive"
]


def memory_of(m, history):
    """What is remembered of a card after a history that taught nothing."""
    vectors = m.parameters, m.prepared, m.options
    state = m.equations.first(*vectors, history[0][1])
    memory = (history[0][1],)
    for days, rating in history[1:]:
        memory = (rating, days, *state)
        state = m.equations.after(*vectors, state, days, rating)
    return memory


def one_transition_loss(m, memory, days, rating):
    """The loss of a review by the parameters, through the last transition only."""

    def loss(w):
        module, o = m.equations, m.options
        c = module.prepare(w, o)
        if len(memory) == 1:
            state = module.first(w, c, o, memory[0])
        else:
            state = module.after(w, c, o, memory[2:], memory[1], memory[0])
        recalled = module.recall(w, c, o, state, days)
        q = 1.0 - recalled if rating == 1 else recalled
        return -log(min(max(q, module.PREDICTION_FLOOR), declared(module).ceiling))

    return loss


def central_differences(loss, w):
    slopes = []
    for i, value in enumerate(w):
        h = 2e-6 * max(abs(value), 0.01)
        up, down = ([*w[:i], value + side * h, *w[i + 1 :]] for side in (1.0, -1.0))
        slopes.append((loss(up) - loss(down)) / (2.0 * h))
    return slopes


HISTORIES = [
    [(0, 1)],
    [(0, 3)],
    [(0, 2), (3, 3)],
    [(0, 3), (0, 3)],
    [(0, 3), (6, 1)],
    [(0, 4), (9, 2), (40, 4)],
    [(0, 1), (1, 3), (7, 1), (0, 2)],
]


@pytest.mark.parametrize("rating", [1, 4])
@pytest.mark.parametrize("history", HISTORIES, ids=str)
@pytest.mark.parametrize("name", RECURSIVE)
def test_gradient_is_that_of_the_last_transition(name, history, rating):
    # away from the defaults, where published values sit on bounds and kinks
    defaults = model(name)
    w = [
        min(max(p.default * 1.03 + 0.002, p.low + 1e-3 * abs(p.low)), p.high * 0.999)
        for p in defaults.equations.PARAMETERS
    ]
    m = MemoryModel(name, tuple(w))
    fractional = m.equations.UNIT != "days"
    history = [(days + 0.3 if fractional and i else days, g) for i, (days, g) in enumerate(history)]
    memory = memory_of(m, history)
    prediction, _, gradient = Exact(m).prediction_and_gradient(memory, 12, rating)
    loss = one_transition_loss(m, memory, 12, rating)
    q = 1.0 - prediction if rating == 1 else prediction
    assert loss(list(w)) == pytest.approx(-log(q), rel=1e-9, abs=1e-12)
    assert gradient == pytest.approx(central_differences(loss, w), rel=2e-4, abs=2e-6)


def test_what_the_published_methods_leave_out_is_there():
    m = model("fsrs6")
    first = Exact(m).prediction_and_gradient((1,), 4, 1)[2]
    assert first[0] != 0.0
    assert first[20] != 0.0
    same_day = Exact(m).prediction_and_gradient((1, 0.0, 5.0, 6.0), 4, 3)[2]
    assert all(same_day[i] != 0.0 for i in (17, 18, 19))
    # the decay moves the state as well, through how much was forgotten at the review before
    later = Exact(m).prediction_and_gradient((3, 8.0, 5.0, 6.0), 20, 3)[2]
    state = m.next_state((5.0, 6.0), 8.0, 3)
    direct = MemoryModel("fsrs6", (*m.parameters[:20], m.parameters[20] + 1e-6))
    curve_alone = -(log(direct.retrievability(state, 20)) - log(m.retrievability(state, 20))) / 1e-6
    assert abs(later[20] - curve_alone) > 0.1 * abs(curve_alone)


def test_a_failure_lowers_the_first_stability_and_a_success_raises_it():
    for rating, sign in ((1, -1.0), (3, 1.0)):
        fit = OnlineFit("fsrs6")
        fit.update("card", 0, 3)
        moved = fit.update("card", 4, rating).parameters[2] - 2.3065
        assert moved * sign > 0.0


@pytest.mark.parametrize("name", RECURSIVE)
def test_units_are_those_of_the_default_prior(name):
    prior = PopulationPrior.default(name)
    said = np.isfinite(prior.sd)
    assert np.array(units(equations(name)))[said] == pytest.approx(prior.sd[said])
    assert logarithmic(equations(name)) == tuple(prior.logs.tolist())
    assert np.isfinite(units(equations(name))).all()


def moves(exact, before):
    """Moves of the parameters in standard deviations of the prior."""
    return [
        (log(a / b) if is_log else a - b) / unit
        for a, b, is_log, unit in zip(exact.parameters(), before, exact.logs, exact.units, strict=True)
    ]


def test_a_small_step_is_the_scaled_gradient():
    m = model("fsrs6")
    exact = Exact(m, rate=1e-5)
    gradient = exact.prediction_and_gradient((3, 8.0, 5.0, 6.0), 20, 1)[2]
    exact.update((3, 8.0, 5.0, 6.0), 20, 1)
    slopes = [w if is_log else 1.0 for w, is_log in zip(m.parameters, exact.logs, strict=True)]
    expected = [
        -1e-5 * g * slope * unit for g, slope, unit in zip(gradient, slopes, exact.units, strict=True)
    ]
    assert moves(exact, m.parameters) == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_a_step_is_never_longer_than_allowed():
    m = model("fsrs6")
    exact = Exact(m, rate=1e6, largest_step=0.05)
    gradient = exact.prediction_and_gradient((3, 8.0, 5.0, 6.0), 20, 1)[2]
    exact.update((3, 8.0, 5.0, 6.0), 20, 1)
    made = moves(exact, m.parameters)
    assert sqrt(sum(move * move for move in made)) == pytest.approx(0.05, rel=1e-9)
    assert all(move * slope <= 0.0 for move, slope in zip(made, gradient, strict=True))


@pytest.mark.parametrize("name", RECURSIVE)
def test_parameters_stay_where_the_model_means_something(name):
    module = equations(name)
    fit = OnlineFit(name, rate=1e4, largest_step=5.0)
    days = [1, 2, 6, 25, 90]
    for i in range(120):
        fit.update(i % 3, days[i % 5], (1, 3, 4, 1, 2, 3)[i % 6])
        assert all(p.low <= w <= p.high for p, w in zip(module.PARAMETERS, fit.parameters, strict=True))
        assert tuple(declared(module).project(fit.parameters)) == fit.parameters
    assert fit.learned > 0


def not_finite(*arguments):
    return (float("nan"),) * 20


def too_large(*arguments):
    raise OverflowError


@pytest.mark.parametrize("reverse", [not_finite, too_large])
def test_a_gradient_beyond_numbers_moves_nothing(reverse):
    exact = Exact(model("fsrs6"))
    exact.derivatives = SimpleNamespace(**{**vars(exact.derivatives), "reverse": reverse})
    step = exact.update((3, 8.0, 5.0, 6.0), 20, 1)
    assert step.learned is False
    assert exact.parameters() == model("fsrs6").parameters
    assert step.prediction == pytest.approx(
        model("fsrs6").retrievability(exact.state((3, 8.0, 5.0, 6.0)), 20)
    )


def test_a_step_into_a_bound_is_none():
    low = MemoryModel("fsrs6", (*model("fsrs6").parameters[:20], 0.1))
    exact = Exact(low)
    # a surprising success wants a slower decay, and the first stability is at its bound as well
    high = MemoryModel("fsrs6", (*low.parameters[:2], 100.0, *low.parameters[3:]))
    stuck = Exact(high)
    assert exact.update((3,), 300, 3).learned is True
    assert stuck.update((3,), 300, 3).learned is False
    assert stuck.parameters() == high.parameters


@pytest.fixture(scope="module")
def log_of_many():
    return simulate_log(cards=60, days=120, seed=5)


def twins(name, log):
    """The steps of interpreted and of compiled updates."""
    interpreted, compiled = Exact(model(name)), Exact(model(name))
    compiled.warm()
    memories = ({}, {})
    days = log.elapsed(equations(name).UNIT).tolist()
    for row in log.time_order.tolist():
        card = int(log.card_index[row])
        pair = []
        for exact, memory in zip((interpreted, compiled), memories, strict=True):
            step = exact.update(memory.get(card), days[row], int(log.ratings[row]))
            memory[card] = step.memory
            pair.append((*step, exact.parameters(), exact.state(step.memory)))
        yield pair


@pytest.mark.parametrize("name", ["fsrs6", pytest.param("fsrs7", marks=pytest.mark.slow)])
def test_compiled_updates_equal_interpreted_ones(name, log_of_many):
    if name not in RECURSIVE:
        pytest.skip(f"no {name} here")
    learned = 0
    for a, b in twins(name, log_of_many):
        assert (a[1] is None) == (b[1] is None)
        for left, right in ((a[0], b[0]), (a[2], b[2]), (a[4], b[4]), (a[5], b[5])):
            assert right == pytest.approx(left, rel=1e-12, abs=1e-300)
        assert a[3] == b[3]
        learned += a[3]
    assert learned > 100


def test_a_run_equals_single_updates(log_of_many):
    log = log_of_many
    fit, single = OnlineFit("fsrs6"), OnlineFit("fsrs6")
    done = fit.run(log)
    predictions = np.full(len(log), np.nan)
    for row in log.time_order.tolist():
        card = log.card_ids[log.card_index[row]]
        after = single.update(card, int(log.elapsed_days[row]), int(log.ratings[row]))
        predictions[row] = np.nan if after.prediction is None else after.prediction
    assert done.predictions == pytest.approx(predictions, rel=1e-12, nan_ok=True)
    assert done.parameters == pytest.approx(single.parameters, rel=1e-12)
    assert (done.learned, done.reviews) == (single.learned, single.reviews)
    for card in log.card_ids.tolist():
        assert fit.state(card) == pytest.approx(single.state(card), rel=1e-12)
