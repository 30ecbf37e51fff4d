"""`OnlineFit` in use: live, over a log, through a restart, and against bad input."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

import repetita as rp
from repetita.equations import MODELS
from repetita.errors import CorruptInput, InvalidParameters, UnknownName, UnsupportedInput, UsageError
from repetita.evaluation import compare_predictions
from repetita.online import METHODS, OnlineFit

REVIEWS = [("a", 0, 3), (7, 0, 1), ("a", 2, 3), (7, 0, 3), (7, 1, 3), ("a", 9, 1), (7, 6, 4), ("a", 1, 2)]


def fed(method, reviews=REVIEWS, **options):
    fit = OnlineFit("fsrs6", method=method, **options)
    return fit, [fit.update(*review) for review in reviews]


@pytest.mark.parametrize("method", METHODS)
def test_predictions_are_made_before_learning(method):
    fit = OnlineFit("fsrs6", method=method)
    seen = set()
    for card, days, rating in REVIEWS:
        expected = fit.predict(card, days) if card in seen else None
        after = fit.update(card, days, rating)
        assert after.prediction == expected
        assert after.parameters == fit.parameters == fit.model.parameters
        assert after.state == fit.state(card)
        seen.add(card)
    assert (fit.cards, fit.reviews) == (2, len(REVIEWS))
    assert fit.learned == 5


@pytest.mark.parametrize("method", METHODS)
def test_first_and_same_day_reviews_teach_nothing(method):
    _, made = fed(method)
    assert [update.learned for update in made] == [False, False, True, False, True, True, True, True]
    assert made[0].prediction is None
    assert made[3].parameters == made[2].parameters


@pytest.mark.parametrize("method", METHODS)
def test_no_time_is_too_long(method):
    fit, _ = fed(method)
    after = fit.update("a", 1e308, 1)
    assert all(np.isfinite([*after.state, *after.parameters]))
    assert 0.0 <= after.prediction < 0.01
    # and life goes on
    assert all(np.isfinite(fit.update("a", 3, 3).parameters))


def test_an_update_is_frozen():
    _, made = fed("exact")
    with pytest.raises(AttributeError):
        made[0].parameters = ()


@pytest.mark.parametrize("method", METHODS)
def test_a_restart_changes_nothing(method):
    fit, _ = fed(method, rate=0.003)
    again = OnlineFit.from_dict(json.loads(json.dumps(fit.to_dict())))
    assert again.to_dict() == fit.to_dict()
    assert repr(again) == repr(fit)
    for review in [("a", 4, 3), (7, 12, 1), ("new", 0, 2), ("new", 3, 3), ("a", 0, 3)]:
        assert again.update(*review) == fit.update(*review)


@pytest.mark.parametrize("method", METHODS)
def test_a_copy_learns_on_its_own(method):
    fit, _ = fed(method)
    fit.warm()
    for again in (copy.deepcopy(fit), pickle.loads(pickle.dumps(fit))):
        before = fit.to_dict()
        again.update("a", 5, 1)
        assert fit.to_dict() == before
        assert again.to_dict() != before


def test_compiled_code_takes_over_unseen(monkeypatch):
    monkeypatch.setattr("repetita.online.exact.INTERPRETED", 3)
    fit, made = fed("exact")
    assert fit._method._compiled is not None
    monkeypatch.undo()
    other, expected = fed("exact")
    assert other._method._compiled is None
    for a, b in zip(made, expected, strict=True):
        assert a.parameters == pytest.approx(b.parameters, rel=1e-12)
        assert a.state == pytest.approx(b.state, rel=1e-12)
        assert (a.prediction is None) == (b.prediction is None)


def test_a_restart_keeps_both_options_and_text_that_looks_like_a_number():
    fit = OnlineFit("fsrs6", rate=0.01, largest_step=0.02)
    fit.update(7, 0, 3)
    fit.update("7", 0, 1)
    again = OnlineFit.from_dict(json.loads(json.dumps(fit.to_dict())))
    assert again.cards == 2
    assert again.state(7) != again.state("7")
    assert again.update(7, 5, 1) == fit.update(7, 5, 1)


@pytest.mark.parametrize("method", METHODS)
def test_a_run_is_the_updates_in_order_of_time(method):
    log = rp.simulate_log(cards=12, days=60, seed=1)
    fit, single = OnlineFit("fsrs6", method=method), OnlineFit("fsrs6", method=method)
    done = fit.run(log)
    for row in log.time_order.tolist():
        card = log.card_ids[log.card_index[row]]
        after = single.update(card, int(log.elapsed_days[row]), int(log.ratings[row]))
        expected = np.nan if after.prediction is None else after.prediction
        assert done.predictions[row] == pytest.approx(expected, rel=1e-12, nan_ok=True)
    assert fit.parameters == pytest.approx(single.parameters, rel=1e-12)
    assert (done.reviews, done.learned) == (len(log), single.learned)
    assert np.array_equal(np.isnan(done.predictions), log.first)


def test_what_a_run_predicts_can_be_judged():
    truth = rp.model("fsrs6", [v * 3.0 for v in rp.model().parameters[:4]] + list(rp.model().parameters[4:]))
    log = rp.simulate_log(cards=400, days=200, parameters=truth.parameters, seed=8)
    done = OnlineFit("fsrs6").run(log)
    rows = np.flatnonzero(log.scored)
    found = compare_predictions(log, rows, done.predictions[rows], rp.model().predict(log)[rows])
    assert found.better == "a"


def test_predictions_do_not_know_the_future():
    log = rp.simulate_log(cards=30, days=90, seed=2)
    whole = OnlineFit("fsrs6").run(log)
    early = np.zeros(len(log), dtype=bool)
    early[log.time_order[: len(log) // 2]] = True
    part = OnlineFit("fsrs6").run(log.take(early))
    assert np.array_equal(whole.predictions[early], part.predictions, equal_nan=True)


def test_cards_of_a_log_start_anew_and_others_stay():
    log = rp.ReviewLog.from_histories([[(0, 3), (5, 3)]])
    fit = OnlineFit("fsrs6")
    card = log.card_ids.tolist()[0]
    fit.update("other", 0, 4)
    fit.update(card, 0, 1)
    fit.run(log)
    assert fit.cards == 2
    assert fit.state("other")[0] == fit.parameters[3]
    assert fit.state(card)[0] > 5.0


def test_an_empty_log_is_no_trouble():
    log = rp.ReviewLog.from_histories([[(0, 3)]]).take(np.array([False]))
    done = OnlineFit("fsrs6").run(log)
    assert (done.reviews, done.learned, done.predictions.size) == (0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (UnknownName, {"method": "exakt"}),
        (UnknownName, {"model": "fsrs66"}),
        (UsageError, {"model": 3}),
        (UsageError, {"rate": 0.0}),
        (UsageError, {"rate": float("nan")}),
        (UsageError, {"rate": "fast"}),
        (UsageError, {"largest_step": -1.0}),
        (UsageError, {"method": "notebook", "largest_step": 0.1}),
    ],
)
def test_bad_options_are_refused(kind, arguments):
    with pytest.raises(kind):
        OnlineFit(**arguments)


def test_the_nearest_method_is_suggested():
    with pytest.raises(UnknownName, match="did you mean 'benchmark'"):
        OnlineFit("fsrs6", method="benchmarks")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "review",
    [
        ("a", 1, 0),
        ("a", 1, 5),
        ("a", 1, 2.5),
        ("a", 1, None),
        ("a", 1, [3]),
        ("a", -1, 3),
        ("a", float("nan"), 3),
        ("a", float("inf"), 3),
        ("a", "soon", 3),
        ("a", None, 3),
        (1.5, 1, 3),
        (None, 1, 3),
        (True, 1, 3),
        (("a",), 1, 3),
    ],
    ids=str,
)
def test_bad_reviews_are_refused_and_change_nothing(method, review):
    fit, _ = fed(method)
    before = fit.to_dict()
    with pytest.raises(UsageError):
        fit.update(*review)
    assert fit.to_dict() == before


def test_numbers_of_numpy_are_numbers():
    fit, other = OnlineFit("fsrs6"), OnlineFit("fsrs6")
    for card, days, rating in [(3, 0, 3), (3, 4, 1)]:
        made = fit.update(np.int64(card), np.float64(days), np.int8(rating))
        assert made == other.update(card, days, rating)
    assert json.dumps(fit.to_dict())


def test_an_unknown_card_is_named():
    with pytest.raises(UsageError, match="'ghost'"):
        OnlineFit("fsrs6").predict("ghost", 1)
    with pytest.raises(UsageError, match="ReviewLog"):
        OnlineFit("fsrs6").run([1, 2])


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 99},
        {"online": "guess"},
        {"model": "nothing"},
        {"variant": "nothing"},
        {"parameters": [1.0]},
        {"parameters": [float("nan")] * 21},
        {"parameters": ["1"] * 21},
        {"parameters": [10**400] * 21},
        {"settings": {"speed": 1}},
        {"settings": {"rate": "fast"}},
        {"settings": None},
        {"cards": {}},
        {"cards": [["a"]]},
        {"cards": [[None, 3]]},
        {"cards": [["a", 9]]},
        {"cards": [["a", 3, 1.0]]},
        {"cards": [["a", 3, -1.0, 5.0, 5.0]]},
        {"cards": [["a", 3, 1.0, -5.0, 5.0]]},
        {"cards": [["a", 3, 10**400, 5.0, 5.0]]},
        {"cards": [["a", "x", 1.0, 5.0, 5.0]]},
        {"cards": [["a", [0, 7]]]},
        {"reviews": "many"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", METHODS)
def test_damaged_descriptions_are_refused(method, change):
    fit, _ = fed(method)
    with pytest.raises((CorruptInput, UnsupportedInput, UsageError)):
        OnlineFit.from_dict(fit.to_dict() | change)


@pytest.mark.parametrize("nothing", [None, {}, [], "text", {"schema": 1}])
def test_what_is_no_description_is_refused(nothing):
    with pytest.raises(CorruptInput, match="not a saved online fit"):
        OnlineFit.from_dict(nothing)


def test_published_methods_are_for_their_model():
    others = [name for name in MODELS if name != "fsrs6"]
    for name in others[:2]:
        with pytest.raises(UsageError, match="fsrs6"):
            OnlineFit(name, method="notebook")


def test_start_from_fitted_parameters():
    start = rp.model("fsrs6", [0.5, *rp.model().parameters[1:]])
    assert OnlineFit(start).parameters == start.parameters
    with pytest.raises(InvalidParameters):
        OnlineFit(rp.model("fsrs6", [0.5]))


def test_a_few_updates_need_the_standard_library_only():
    code = (
        "import sys; from repetita import OnlineFit; fit = OnlineFit(); fit.update(1, 0, 3);"
        "fit.update(1, 4, 1); fit.to_dict(); assert not {'numpy', 'numba', 'polars'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
