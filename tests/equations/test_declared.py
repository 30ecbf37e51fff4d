"""What equation files declare: counters in states, order of parameters, ceilings, deviations of our own."""

from __future__ import annotations

import re

import numpy as np
import pytest

import repetita as rp
from repetita.derivatives import derivatives
from repetita.equations import MODELS, declared, equations
from repetita.errors import InvalidParameters, UsageError
from repetita.fitting.prior import PopulationPrior
from repetita.fitting.problem import Problem, SilentObjective


def test_a_file_that_declares_nothing_is_a_fitted_recursive_model() -> None:
    plain = declared(equations("fsrs6"))
    assert (plain.kind, plain.fitted, plain.ceiling, plain.closed_interval) == ("recursive", True, 1.0, True)
    assert plain.project((3.0, 2.0)) == (3.0, 2.0)
    assert plain.may_be_zero == (False, False)


@pytest.mark.parametrize("name", MODELS)
def test_tables_are_complete(name: str) -> None:
    module = equations(name)
    assert len(module.STATE) == len(module.STATE_UNITS)
    names = [parameter.name for parameter in module.PARAMETERS]
    assert len(set(names)) == len(names)
    assert all(p.low <= p.default <= p.high for p in module.PARAMETERS)
    assert all(p.low > 0.0 for p in module.PARAMETERS if p.scale == "log")
    assert "default" in module.VARIANTS
    assert {len(values) for values in module.VARIANTS.values()} == {len(module.OPTIONS)}
    assert rp.model(name).parameters == tuple(p.default for p in module.PARAMETERS)
    assert module.SOURCES


@pytest.mark.parametrize("name", [n for n in MODELS if declared(equations(n)).fitted])
def test_the_default_prior_says_something_about_every_parameter(name: str) -> None:
    sd = PopulationPrior.default(name).sd
    assert np.isfinite(sd).all()
    assert sd.min() > 0.0


def test_counters_may_be_zero_and_stabilities_may_not() -> None:
    hlr = rp.model("hlr")
    assert 0.0 < hlr.retrievability((0.0, 1.0), 3.0) < 1.0
    assert hlr.retrievability(([0.0, 1.0], [1.0, 0.0]), 3.0).shape == (2,)
    with pytest.raises(UsageError, match=r"passes is -1.0, expected a finite number at least 0"):
        hlr.retrievability((-1.0, 1.0), 3.0)
    first = rp.model("fsrs1")
    assert first.retrievability((2.0, 0.0, 0.0), 2.0) == pytest.approx(0.9)
    with pytest.raises(UsageError, match=r"stability is 0.0, expected a finite number above 0"):
        first.retrievability((0.0, 1.0, 0.0), 2.0)
    with pytest.raises(UsageError, match=r"stability is 0 at element 1, expected a finite number above 0"):
        first.retrievability(([1.0, 0.0], 1.0, 0.0), 2.0)


def test_parameters_out_of_order_are_an_error_that_clipping_puts_right() -> None:
    values = list(rp.model("fsrs7").parameters)
    values[1] = values[0] / 2.0
    with pytest.raises(InvalidParameters, match="fsrs7 contradict each other: initial_hard"):
        rp.model("fsrs7", values)
    clipped = rp.model("fsrs7", values, clip=True)
    assert clipped.parameters[1] == values[0]
    assert clipped.notes == ("put in order: initial_hard",)


def test_a_search_stays_where_the_order_holds() -> None:
    problem = Problem(SilentObjective(34), PopulationPrior.default("fsrs7"))
    natural = np.array(rp.model("fsrs7").parameters)
    natural[2] = 50.0  # a first Good above a first Easy
    inside = problem.natural(problem.inside(problem.prior.to_scale(natural)))
    assert inside[3] == pytest.approx(50.0, rel=1e-12)
    assert inside[:3] == pytest.approx(natural[:3], rel=1e-12)


def test_a_fit_keeps_the_order() -> None:
    # those who said Good forget sooner than those who said Hard
    cards = [[(0, 2), (3, 3), (9, 3)]] * 60 + [[(0, 3), (3, 1), (1, 3)]] * 60
    fitted = rp.fit(rp.ReviewLog.from_histories(cards), "fsrs7", standard_errors=False)
    w = fitted.parameters
    assert w[0] <= w[1] <= w[2] <= w[3]
    assert fitted.log_loss < fitted.log_loss_default


def test_a_ceiling_bounds_the_loss_from_both_sides() -> None:
    module, w = derivatives("fsrs7_legacy35"), rp.model("fsrs7_legacy35")
    vectors = (w.parameters, w.prepared, w.options)
    for rating, probability in ((3, 0.9999), (1, 1e-4)):
        loss = module.forward(*vectors, 1000.0, 5.0, 1e-6, float(rating), 1.0)[module.STATES]
        assert loss == pytest.approx(-np.log(probability), rel=1e-9)
    assert not re.search("least", str(derivatives("fsrs6").forward.__code__.co_varnames))


def test_the_exchange_of_good_and_easy_is_a_variant() -> None:
    right, exchanged = rp.model("anki_sm2"), rp.model("anki_sm2", variant="good_easy_exchanged")
    state = (10.0, 2.5)
    assert (
        right.next_state(state, 10.0, 4)[0] == exchanged.next_state(state, 10.0, 3)[0] == pytest.approx(32.5)
    )
    assert (
        right.next_state(state, 10.0, 3)[0] == exchanged.next_state(state, 10.0, 4)[0] == pytest.approx(25.0)
    )
    assert right.next_state(state, 10.0, 3)[1] == exchanged.next_state(state, 10.0, 3)[1] == 2.5


def test_fsrs5_takes_parameters_of_fsrs_4_5() -> None:
    older = rp.model("fsrs4_5")
    newer = rp.model("fsrs5", older.parameters, clip=True)
    assert "FSRS-4.5" in newer.notes[0]
    # the conversion keeps the first difficulty at Easy and, before its bound, at Again
    assert newer.initial_state(4)[1] == pytest.approx(older.initial_state(4)[1])
    assert newer.parameters[4] == pytest.approx(older.initial_state(1)[1])
