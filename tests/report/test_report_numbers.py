"""The numbers behind the figures, against slow and obvious ways to get them."""

from __future__ import annotations

from itertools import pairwise
from math import erf, log, nan, sqrt

import numpy as np
import pytest

from repetita.equations import equations
from repetita.memory_model import model
from repetita.report import (
    calibration_points,
    forgetting_curves,
    funnel_bars,
    log_overview,
    parameter_panel,
    parameter_text,
    state_histograms,
)
from repetita.report.forgetting import DOT_CARDS, recall_dots
from repetita.report.parameters import number, parameter_rows
from repetita.report.recovery import recovered
from repetita.reviews import ReviewLog

TABLE = equations("fsrs6").PARAMETERS
EMPTY = ReviewLog.from_histories([])
ONE = ReviewLog.from_histories([[(0, 3)]])


def test_overview_counts_every_review_once(log):
    seen = log_overview(log)
    assert seen.first_reviews + seen.same_day + seen.scored == seen.reviews == len(log)
    assert sum(seen.ratings.values()) == len(log)
    assert sum(seen.first_ratings.values()) == seen.cards == log.cards
    assert seen.recalled == pytest.approx(np.mean(log.ratings[log.scored] > 1))
    assert seen.longest_card == max(np.diff(log.offsets))


def test_overview_of_nothing():
    seen = log_overview(EMPTY)
    assert (seen.reviews, seen.recalled, seen.begins, seen.longest_card) == (0, None, None, 0)


def test_funnel_ends_with_the_scored_reviews(log):
    bars = funnel_bars(log).bars
    assert bars[0].count == log.funnel.rows_read
    assert bars[-1].count == log.scored.sum()
    for before, after in pairwise(bars):
        assert before.count == after.count + after.lost
    assert f"{bars[-1].count:,} reviews can be scored" in funnel_bars(log).sentence()
    assert "few" in funnel_bars(ONE).sentence()


def test_forgetting_counts_each_card_once_at_its_first_scored_review(log):
    found = forgetting_curves(log, model("fsrs6"))
    expected = {rating: [] for rating in (1, 2, 3, 4)}
    for first, last in zip(log.offsets, log.offsets[1:], strict=False):
        scored = [row for row in range(first, last) if log.scored[row]]
        if scored:
            expected[log.ratings[first]].append((log.elapsed_days[scored[0]], log.ratings[scored[0]] > 1))
    assert [curve.rating for curve in found.curves] == [r for r, rows in expected.items() if rows]
    for curve in found.curves:
        rows = expected[curve.rating]
        assert curve.cards == len(rows) == sum(dot.count for dot in curve.dots)
        recalled = sum(dot.count * dot.recalled for dot in curve.dots)
        assert recalled == pytest.approx(sum(hit for _, hit in rows))


def test_forgetting_curve_is_the_models_own_where_all_cards_are_alike():
    m = model("fsrs6")
    log_of_twins = ReviewLog.from_histories([[(0, 3), (4, 3)]] * 6)
    (curve,) = forgetting_curves(log_of_twins, m).curves
    state = m.initial_state(3)
    expected = [m.retrievability(state, days) for days in curve.curve_days]
    assert curve.curve == pytest.approx(expected, rel=1e-12)
    assert curve.stability_days == state[0]


def test_dots_are_ordered_and_none_stands_on_too_few_cards():
    draw = np.random.default_rng(0)
    days = np.maximum(draw.lognormal(2, 1, 300).round(), 1)
    dots = recall_dots(days, draw.random(300) < 0.8)
    assert [dot.days for dot in dots] == sorted(dot.days for dot in dots)
    assert min(dot.count for dot in dots) >= DOT_CARDS
    assert all(dot.low <= dot.recalled <= dot.high for dot in dots)
    assert len(recall_dots(np.array([3.0]), np.array([True]))) == 1


def test_forgetting_of_nothing_says_so():
    found = forgetting_curves(ONE, model("fsrs6"))
    assert found.curves == ()
    assert "no forgetting to see" in found.sentence()


def test_parameter_places_are_standard_normal_of_the_prior(fitted):
    panel = parameter_panel(fitted)
    assert [row.name for row in panel.rows] == [p.name for p in TABLE]
    for row, p in zip(panel.rows, TABLE, strict=True):
        assert row.low <= row.value <= row.high
        assert row.place_low <= row.place <= row.place_high
        assert row.percentile == pytest.approx(50 * (1 + erf(row.place / sqrt(2))))
        assert p.low <= row.low <= row.high <= p.high
    decay = panel.rows[20]
    spread = TABLE[20].spread / sqrt(2) / TABLE[20].default
    assert decay.place == pytest.approx(log(decay.value / TABLE[20].default) / spread)
    growth = panel.rows[8]
    assert growth.place == pytest.approx((growth.value - growth.default) / (TABLE[8].spread / sqrt(2)))
    assert panel.rows[0].place == pytest.approx(log(panel.rows[0].value / TABLE[0].default) / 1.3)


def test_parameters_without_intervals():
    values = [p.default for p in TABLE]
    values[19] = 0.0
    panel = parameter_rows("fsrs6", values, [(nan, nan)] * 21)
    assert panel.rows[19].at_bound
    assert "None of the parameters differ" in panel.sentence()


def test_sentence_names_the_parameter_that_differs_most():
    values = [p.default for p in TABLE]
    intervals = [(v * 0.9, v * 1.1) for v in values]
    values[2], intervals[2] = 30.0, (25.0, 36.0)
    said = parameter_rows("fsrs6", values, intervals).sentence()
    assert said.startswith("1 of 21 parameters differs")
    assert "initial_good" in said


@pytest.mark.parametrize(
    ("value", "text"), [(0.0001234, "0.000123"), (12345.6, "12346"), (-1.5, "-1.5"), (1.0, "1"), (nan, "nan")]
)
def test_number(value, text):
    assert number(value) == text


def test_parameter_text_is_what_the_command_line_reads_back(fitted):
    from repetita.cli._model_text import model_text

    read = model_text(parameter_text(fitted.parameters), "fsrs6").parameters
    assert read == pytest.approx(fitted.parameters, abs=5.1e-5)


def test_calibration_points_count_every_review_once(evaluation):
    points = calibration_points(evaluation)
    assert points.reviews == sum(points.count) == sum(points.histogram) == evaluation.reviews
    inside = np.mean(evaluation.predictions >= points.edges[0])
    assert inside >= 0.995
    assert points.edges[-1] == 1.0
    assert f"{evaluation.reviews:,} reviews" in points.sentence()


def test_states_count_every_card_once(log):
    m = model("fsrs6")
    found = state_histograms(log, m)
    assert [h.name for h in found.histograms] == list(m.state_names)
    after = m.replay(log).after
    for h in found.histograms:
        assert sum(h.counts) == log.cards
        values = after[h.name][log.offsets[1:] - 1]
        assert h.quartiles == pytest.approx(tuple(np.quantile(values, (0.25, 0.5, 0.75))))
        assert len(h.edges) == len(h.counts) + 1
    assert state_histograms(EMPTY, m).cards == 0


def test_recovery_tells_which_truths_the_intervals_hold(fitted):
    truth = [(low + high) / 2 for low, high in fitted.intervals]
    truth[5] = fitted.intervals[5][1] + 1.0
    found = recovered(fitted, truth)
    assert [p.inside for p in found.parameters] == [i != 5 for i in range(21)]
    assert "20 of 21 true values" in found.sentence()
