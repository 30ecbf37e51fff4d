"""`evaluate`: given parameters as they are, names on forward folds."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

import repetita as rp
from repetita.errors import InvalidParameters, NoReviews, UnknownName, UsageError
from repetita.evaluation import compare_predictions, forward_folds, metrics
from repetita.reviews import ReviewLog


@pytest.fixture(scope="module")
def fitted(log):
    return rp.evaluate(log, "fsrs6")


def test_given_parameters_are_scored_on_every_scored_review(log, truth):
    result = rp.evaluate(log, truth)
    assert not result.held_out
    assert result.reviews == np.count_nonzero(log.scored)
    np.testing.assert_array_equal(result.predictions, truth.predict(log)[log.scored])
    np.testing.assert_array_equal(result.outcomes, log.ratings[log.scored] > 1)
    assert result.log_loss == metrics.log_loss(result.predictions, result.outcomes)
    assert result.log_loss < result.baselines["defaults"].log_loss
    assert np.unique(result.baselines["constant"].predictions).tolist() == [result.outcomes.mean()]
    assert result.gains["defaults"][1].high < 0.0


@pytest.mark.parametrize("form", [list, tuple, np.array])
def test_a_list_of_parameters_is_fsrs6(log, truth, form):
    assert rp.evaluate(log, form(truth.parameters)).log_loss == rp.evaluate(log, truth).log_loss


def test_a_fit_is_scored_as_it_is_and_said_to_flatter(log):
    fit = rp.fit(log, "fsrs6", standard_errors=False)
    result = rp.evaluate(log, fit)
    assert result.given == fit.model
    assert result.log_loss == pytest.approx(fit.log_loss, rel=1e-9)
    assert result.label == "the fitted FSRS-6 parameters"
    assert "flatter" in result.summary()
    assert result.log_loss < rp.evaluate(log, "defaults").log_loss


def test_defaults_by_word(log):
    result = rp.evaluate(log, "defaults")
    assert result.log_loss == rp.evaluate(log, rp.model("fsrs6")).log_loss
    assert result.label == "the published defaults of FSRS-6"
    assert "flatter" not in result.summary()


def test_names_are_fitted_on_earlier_reviews_only(log, fitted):
    folds = forward_folds(log)
    assert fitted.held_out
    np.testing.assert_array_equal(fitted.rows, np.concatenate([fold.test_rows for fold in folds]))
    first = folds[0]
    alone = rp.fit(log.take(first.train_rows), "fsrs6", standard_errors=False).model
    np.testing.assert_array_equal(
        fitted.predictions[: first.test_rows.size], alone.predict(log)[first.test_rows]
    )
    assert fitted.folds[0].model == alone
    assert [fold.test_reviews for fold in fitted.folds] == [fold.test_rows.size for fold in folds]
    pooled = np.average([f.log_loss for f in fitted.folds], weights=[f.test_reviews for f in fitted.folds])
    assert fitted.log_loss == pytest.approx(pooled)


def test_the_future_does_not_leak(log, fitted):
    """Changing every answer of the last fold leaves earlier predictions alone."""
    last = forward_folds(log)[-1].test_rows
    ratings = log.ratings.copy()
    ratings[last] = np.where(ratings[last] > 1, 1, 3)
    changed = ReviewLog.from_arrays(
        card_id=log.card_ids[log.card_index],
        rating=ratings,
        review_time_ms=log.review_times_ms,
        day_rule=log.day_rule,
    )
    again = rp.evaluate(changed, "fsrs6")
    before = fitted.reviews - last.size
    np.testing.assert_array_equal(again.predictions[:before], fitted.predictions[:before])


def test_fitting_pays_and_yardsticks_stand_beside(log, fitted):
    assert fitted.log_loss < fitted.baselines["defaults"].log_loss
    assert fitted.log_loss < fitted.baselines["constant"].log_loss
    assert fitted.baselines["defaults"].reviews == fitted.reviews
    fold = forward_folds(log)[2]
    seen = log.ratings[fold.train_rows & log.scored] > 1
    at = np.flatnonzero(np.isin(fitted.rows, fold.test_rows))
    assert np.unique(fitted.baselines["constant"].predictions[at]).tolist() == [seen.mean()]


def test_a_model_that_the_average_beats_is_told_so(log, fitted):
    assert "no worse" not in fitted.summary()
    forgetful = rp.model("fsrs6", [0.01] * 4 + list(rp.model("fsrs6").parameters[4:]))
    assert "Always saying the same was no worse" in rp.evaluate(log, forgetful).summary()


def test_same_seed_same_bits(log, fitted):
    again = rp.evaluate(log, "fsrs6")
    assert json.dumps(again.to_dict()) == json.dumps(fitted.to_dict())
    other = rp.evaluate(log, fitted.folds[-1].model, seed=1)
    assert other.intervals != rp.evaluate(log, fitted.folds[-1].model, seed=0).intervals


def test_progress_is_told(log):
    told = []
    rp.evaluate(log, "fsrs6", folds=2, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


def test_fit_options_reach_the_fit(log):
    plain = rp.evaluate(log, "fsrs6", folds=2)
    free = rp.evaluate(log, "fsrs6", folds=2, fit_options={"prior": None, "weights": "uniform"})
    assert plain.log_loss != free.log_loss
    by_row = rp.evaluate(log, "fsrs6", folds=2, fit_options={"prior": None, "weights": np.ones(len(log))})
    np.testing.assert_allclose(by_row.predictions, free.predictions, rtol=1e-9)


def test_weights_as_fsrs_rs_has_them(log, truth):
    result = rp.evaluate(log, truth, weights="cubic")
    order = np.argsort(np.argsort(log.time_order)[result.rows])
    place = np.empty(result.reviews)
    place[order] = np.linspace(0.0, 1.0, result.reviews)
    weights = 0.25 + 0.75 * place**3
    assert result.log_loss == pytest.approx(metrics.log_loss(result.predictions, result.outcomes, weights))
    with pytest.raises(UsageError, match="weights are 0"):
        rp.evaluate(log, truth, weights=np.zeros(len(log)))


def test_documents(log, fitted, truth):
    for result in (fitted, rp.evaluate(log, truth)):
        document = json.loads(json.dumps(result.to_dict(), allow_nan=False))
        assert document["held_out"] == result.held_out
        assert set(document["baselines"]) == {"defaults", "constant"}
        assert document["intervals"]["log_loss"]["low"] < document["log_loss"]
        assert len(document["folds"]) == len(result.folds)
        frame = result.to_frame()
        assert frame["predictor"].to_list() == [result.label, "defaults", "constant"]
        assert frame["log_loss"][0] == result.log_loss
        assert "<table>" in result._repr_html_()
        assert len(repr(result)) < 120


def test_summary_is_plain(log, fitted, truth):
    text = fitted.summary()
    assert "FSRS-6 fitted on earlier reviews" in text
    assert "5 forward folds" in text
    assert f"{fitted.log_loss:.4f}" in text
    assert "always saying" in text
    assert "better" in text
    given = rp.evaluate(log, truth).summary()
    assert given.startswith("The given FSRS-6 parameters, scored as they are on")
    assert "flatter" in given


def test_evaluation_survives_pickling(log, truth):
    result = rp.evaluate(log, truth)
    assert pickle.loads(pickle.dumps(result)).log_loss == result.log_loss


def test_nothing_to_score():
    log = ReviewLog.from_histories([[(0, 3), (0, 3)], [(0, 1)]])
    for judged in (rp.model("fsrs6"), "fsrs6"):
        with pytest.raises(NoReviews, match="none of the 3 reviews can be scored"):
            rp.evaluate(log, judged)


def test_too_little_for_folds(log):
    small = log.take_cards([int(np.argmax(np.diff(log.offsets)))])
    small = small.take(np.cumsum(small.scored) <= 4)
    with pytest.raises(NoReviews, match="4 scored reviews cannot be split into 5"):
        rp.evaluate(small, "fsrs6")
    assert rp.evaluate(small, rp.model("fsrs6")).reviews == 4


@pytest.mark.parametrize("judged", [3.5, None, [], ["a"], object()])
def test_senseless_things_are_refused(log, judged):
    with pytest.raises(UsageError):
        rp.evaluate(log, judged)


def test_errors_are_clear(log):
    with pytest.raises(UnknownName, match=r"did you mean 'defaults'.*known: .*fsrs6"):
        rp.evaluate(log, "default")
    with pytest.raises(UnknownName, match="did you mean 'fsrs6'"):
        rp.evaluate(log, "fsrs66")
    with pytest.raises(InvalidParameters, match="got 3"):
        rp.evaluate(log, [1.0, 2.0, 3.0])
    for judge in (rp.evaluate, rp.compare):
        with pytest.raises(UnknownName, match=r"unknown option of a fit 'wieghts'.*did you mean 'weights'"):
            judge(log, "fsrs6", fit_options={"wieghts": 100})
    with pytest.raises(UsageError, match="seed"):
        rp.evaluate(log, "defaults", seed=-1)
    with pytest.raises(UsageError, match="folds"):
        rp.evaluate(log, "fsrs6", folds=0)
    with pytest.raises(UnknownName, match="weight"):
        rp.evaluate(log, "defaults", weights="cubik")


def test_the_path_of_a_log_is_no_log(truth):
    for call in (
        lambda path: rp.evaluate(path, truth),
        lambda path: rp.compare(path, truth),
        lambda path: compare_predictions(path, [0], [0.5], [0.5]),
    ):
        with pytest.raises(UsageError, match="takes a ReviewLog, got str"):
            call("reviews.csv")


def test_a_single_review_that_counts_has_no_interval(log, truth):
    """Many draws of cards or days miss it, and a mean over no weight is none."""
    weights = np.zeros(len(log))
    weights[np.flatnonzero(log.scored)[3]] = 2.0
    result = rp.evaluate(log, truth, weights=weights)
    assert result.log_loss == result.scores.losses[3]
    assert result.intervals["log_loss"] is None
    assert result.gains["constant"][1] is None
    assert "NaN" not in json.dumps(result.to_dict())
    assert "nan" not in result.summary()
