"""`compare`: the same reviews for both, an honest interval, a sentence."""

from __future__ import annotations

import json

import numpy as np
import pytest

import repetita as rp
from repetita.errors import NoReviews, UsageError
from repetita.evaluation import compare_predictions
from repetita.evaluation.baselines import constant, rmse_bins_exploit
from repetita.evaluation.bins import cells
from repetita.evaluation.sample import all_scored
from repetita.reviews import ReviewLog


def test_the_truth_beats_the_defaults(log, truth):
    found = rp.compare(log, truth, "defaults")
    assert found.better == "a"
    assert found.difference == pytest.approx(found.log_loss_a - found.log_loss_b)
    assert found.interval.high < 0.0
    assert found.reviews == np.count_nonzero(log.scored)
    assert "did better than the published defaults of FSRS-6" in found.summary()
    assert "fitted to this log" in found.summary()


def test_order_only_turns_the_sign(log, truth):
    one, other = rp.compare(log, truth, "defaults"), rp.compare(log, "defaults", truth)
    assert other.better == "b"
    assert other.difference == pytest.approx(-one.difference)
    assert tuple(other.interval) == pytest.approx((-one.interval.high, -one.interval.low))
    sentence = one.summary().split(" If ")[0]
    assert other.summary().split(" If ")[0] == sentence


def test_names_are_judged_on_held_out_reviews(log):
    found = rp.compare(log, "fsrs6", "defaults")
    held_out = rp.evaluate(log, "fsrs6")
    assert found.held_out
    np.testing.assert_array_equal(found.scores_a.predictions, held_out.predictions)
    np.testing.assert_array_equal(found.scores_b.predictions, held_out.baselines["defaults"].predictions)
    assert found.better == "a"
    assert f"of {len(found.fold_differences)} folds" in found.summary()
    assert "fitted to this log" not in found.summary()
    assert np.average(found.fold_differences, weights=found.fold_sizes) == pytest.approx(found.difference)


def test_a_fixed_model_beside_a_name_is_scored_on_the_same_rows(log, truth):
    found = rp.compare(log, "fsrs6", truth)
    rows = found.scores_b.sample.rows
    np.testing.assert_array_equal(found.scores_b.predictions, truth.predict(log)[rows])
    assert found.reviews < np.count_nonzero(log.scored)


def test_no_difference_is_said_so(log):
    same = rp.compare(log, "defaults", "defaults")
    assert same.better is None
    assert same.difference == 0.0
    assert same.summary().startswith("No clear difference")
    assert same.a != same.b
    parameters = rp.model("fsrs6").parameters
    near = rp.compare(log.take_cards(np.arange(60)), [parameters[0] * 1.001, *parameters[1:]])
    assert near.better is None


def test_small_differences_are_shown_with_their_digits(log):
    rows = all_scored(log)
    p = np.linspace(0.6, 0.95, rows.size)
    found = compare_predictions(log, rows, p, p + 1e-6)
    assert "0.0000 " not in found.summary()
    assert "0.0000]" not in found.summary()


def test_probability_gain_is_a_geometric_mean(log, truth):
    found = rp.compare(log, truth)
    given_a, given_b = np.exp(-found.scores_a.losses), np.exp(-found.scores_b.losses)
    assert 1.0 + found.probability_gain == pytest.approx(np.exp(np.mean(np.log(given_a / given_b))))


def test_cheats_do_not_win(log, truth):
    """RMSE(bins) can be gamed, and a constant is well calibrated; the decision must not fall for either."""
    rows = log.time_order[log.scored[log.time_order]]
    recalled = log.ratings[rows] > 1
    cell = cells(log.elapsed_days[rows], log.review_index[rows], log.lapses[rows])
    known = truth.predict(log)[rows]
    cheat = compare_predictions(log, rows, known, rmse_bins_exploit(recalled, cell))
    assert cheat.scores_b.rmse_bins < cheat.scores_a.rmse_bins
    assert cheat.better == "a"
    flat = compare_predictions(log, rows, known, constant(rows.size, recalled.mean()))
    assert flat.scores_b.ici < 1e-9
    assert flat.better == "a"


def test_intervals_know_that_cards_stand_together(log, truth):
    """Copies of every card add reviews but no evidence when they are one card."""
    rows = all_scored(log)
    wide = compare_predictions(log, rows, truth.predict(log)[rows], np.full(rows.size, 0.9))
    twice = np.concatenate([rows, rows])
    doubled = compare_predictions(log, twice, truth.predict(log)[twice], np.full(twice.size, 0.9))
    assert tuple(doubled.interval) == pytest.approx(tuple(wide.interval), rel=1e-9)


def test_documents(log, truth):
    found = rp.compare(log, truth)
    document = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert document["better"] == "a"
    assert document["interval"]["low"] < document["difference"] < document["interval"]["high"]
    assert document["a"]["log_loss"] == found.log_loss_a
    assert found.to_frame()["predictor"].to_list() == [found.a, found.b]
    assert "<table>" in found._repr_html_()
    assert repr(found).startswith("Comparison('the given FSRS-6 parameters' minus")


def test_progress_counts_both_fits(log):
    told = []
    rp.compare(log, "fsrs6", "fsrs6", folds=2, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_one_card_on_one_day_says_nothing():
    log = ReviewLog.from_histories([[(0, 3), (2, 3)]])
    found = rp.compare(log, "defaults", [0.3, *rp.model("fsrs6").parameters[1:]])
    assert found.interval is None
    assert found.better is None
    assert "nothing can be said" in found.summary()


def test_senseless_input_is_refused(log):
    with pytest.raises(NoReviews):
        compare_predictions(log, np.array([], dtype=int), [], [])
    with pytest.raises(UsageError, match="row numbers reach"):
        compare_predictions(log, [len(log)], [0.5], [0.5])
    with pytest.raises(UsageError, match="equal length"):
        compare_predictions(log, [1, 2], [0.5, 0.5], [0.5])
    with pytest.raises(UsageError, match="expected row numbers"):
        compare_predictions(log, [0.5], [0.5], [0.5])
    with pytest.raises(UsageError, match="seed"):
        rp.compare(log, "fsrs6", seed=-1)
