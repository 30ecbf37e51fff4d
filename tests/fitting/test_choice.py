import numpy as np
import pytest

import repetita as rp
from repetita.errors import UnknownName, UsageError
from repetita.fitting import fit, loss_and_gradient
from repetita.fitting.choice import free_parameters, rounded_model, told_apart
from repetita.reviews import ReviewLog, simulate_log

NAMES = rp.model("fsrs6").parameter_names


@pytest.fixture(scope="module")
def log():
    return simulate_log(cards=300, days=200, seed=12)


def test_only_named_parameters_move(log):
    result = fit(log, only=["decay", "growth"])
    defaults = rp.model().parameters
    moved = {n for n, a, b in zip(NAMES, result.parameters, defaults, strict=True) if a != b}
    assert moved == {"decay", "growth"}
    known = {n for n, e in zip(NAMES, result.std_errors, strict=True) if np.isfinite(e)}
    assert known == {"decay", "growth"}
    assert set(result.at_bounds) <= moved
    assert result.log_loss < result.log_loss_default
    assert result.options["only"] == ["decay", "growth"]
    # nothing else to gain in these two: their share of the penalized gradient is zero
    _, gradient = loss_and_gradient(log, result.model, 8000)
    from repetita.fitting import PopulationPrior

    strength = 1.0 + 300.0 / result.effective
    pull = strength * PopulationPrior.default("fsrs6").penalty_gradient(result.parameters)
    for name in moved - set(result.at_bounds):
        place = NAMES.index(name)
        assert gradient[place] + pull[place] == pytest.approx(0.0, abs=0.02 * abs(gradient).max())


def test_initial_stabilities_only(log):
    result = fit(log, only="initial-stability")
    assert result.parameters[4:] == rp.model().parameters[4:]
    full = fit(log)
    assert full.objective <= result.objective <= fit(log, only=["decay"]).objective + 1e3
    result.summary(), result.to_dict(), result.to_frame()


def test_the_others_stay_where_the_search_starts(log):
    start = [*rp.model().parameters[:20], 0.33]
    assert fit(log, only=["growth"], start=start).parameters[20] == 0.33


def test_two_buttons(log):
    binary = fit(log, ratings="binary")
    assert binary.parameters == fit(log.two_buttons()).parameters
    assert binary.options["ratings"] == "binary"
    assert set(np.unique(log.two_buttons().ratings)) == {1, 3}
    assert (log.two_buttons().elapsed_seconds == log.elapsed_seconds).all()


def test_rounded(log):
    whole, rounded = fit(log), fit(log, rounded=True)
    assert rounded.parameters == tuple(round(value, 4) for value in whole.parameters)
    loss, _ = loss_and_gradient(log, rounded.model)
    assert rounded.log_loss == pytest.approx(loss / log.scored.sum(), rel=1e-12)


def test_rounding_stays_inside_the_bounds():
    edge = rp.model("fsrs6", [0.001] * 4 + [p.high for p in rp.model().equations.PARAMETERS[4:]])
    assert rounded_model(edge).parameters == edge.parameters


def test_map_is_our_own_recipe(log):
    assert fit(log, recipe="map").parameters == fit(log).parameters


def test_choices_that_do_not_exist(log):
    model = rp.model("fsrs6")
    with pytest.raises(UnknownName, match="decay"):
        free_parameters(model, ["decai"])
    with pytest.raises(UsageError):
        free_parameters(model, [])
    with pytest.raises(UnknownName):
        free_parameters(model, [20])
    with pytest.raises(UnknownName):
        told_apart(log, "binari")


def test_an_empty_log_with_every_choice():
    log = ReviewLog.from_histories([])
    result = fit(log, only=["decay"], ratings="binary", rounded=True)
    assert result.status == "no_scored_reviews"
    result.summary()
