"""What a fit learns from: reviews of later days, or every later review."""

from __future__ import annotations

import numpy as np
import pytest

import repetita as rp
from repetita.equations import MODELS, declared, equations
from repetita.errors import UnknownName, UsageError
from repetita.fitting.loss import loss_and_gradient
from repetita.reviews import ReviewLog, simulate_log
from repetita.reviews.scoring import SCORING, scoring_of_unit

QUICK = {"standard_errors": False, "prior": None}
EXACT = [name for name in MODELS if scoring_of_unit(equations(name).UNIT) == "seconds"]


@pytest.fixture(scope="module")
def log():
    """Same-day reviews that are forgotten more often than those of later days."""
    random = np.random.default_rng(5)
    return ReviewLog.from_histories(
        [
            [(0, 3)]
            + [
                (float(days), int(random.choice([1, 3], p=[0.5, 0.5] if days < 1 else [0.1, 0.9])))
                for days in random.choice([0.003, 0.1, 1.2, 3.4, 9.0], size=6)
            ]
            for _ in range(120)
        ]
    )


def test_models_of_exact_time():
    assert EXACT == ["fsrs7", "fsrs7_legacy35", "logistic_regression"]


@pytest.mark.parametrize("name", ["fsrs7", "logistic_regression"])
def test_a_model_of_exact_time_learns_from_what_the_log_scores(log, name):
    days, seconds = (rp.fit(log.scored_by(rows), name, **QUICK) for rows in ("days", "seconds"))
    assert (days.scored, seconds.scored) == (int(log.later_day.sum()), len(log) - log.cards)
    assert [fit.options["rows"] for fit in (days, seconds)] == ["days", "seconds"]
    assert seconds.parameters == rp.fit(log, name, rows="seconds", **QUICK).parameters
    assert days.parameters == rp.fit(log.scored_by("seconds"), name, rows="days", **QUICK).parameters
    # each is better at what it learned from
    for rows, better, worse in (("days", days, seconds), ("seconds", seconds, days)):
        theirs = [rp.evaluate(log.scored_by(rows), fit.model).log_loss for fit in (better, worse)]
        assert theirs[0] < theirs[1]
        assert theirs[0] == pytest.approx(better.log_loss, rel=1e-9)
    total, _ = loss_and_gradient(log, seconds.model)
    assert seconds.log_loss == pytest.approx(total / seconds.scored, rel=1e-9)
    assert SCORING["seconds"] in seconds.summary()


def test_a_model_of_whole_days_never_does(log):
    plain = rp.fit(log, **QUICK)
    assert rp.fit(log.scored_by("seconds"), **QUICK).parameters == plain.parameters
    assert plain.options["rows"] == "days"
    with pytest.raises(UsageError, match="fsrs6 counts whole days"):
        rp.fit(log, rows="seconds")
    with pytest.raises(UnknownName, match="did you mean 'seconds'"):
        rp.fit(log, "fsrs7", rows="second")


@pytest.mark.parametrize("name", [name for name in MODELS if declared(equations(name)).fitted])
def test_a_published_training_takes_all_that_the_model_can(name):
    log = simulate_log(cards=30, days=60, seed=1)
    found = rp.fit(log, name, recipe="reference")
    assert found.options["rows"] == scoring_of_unit(found.model.equations.UNIT)
    assert found.scored == int(log.scored_by(found.options["rows"]).scored.sum())


def test_parts_keep_what_is_scored(log):
    exact = log.scored_by("seconds")
    assert exact.take(np.ones(len(log), dtype=bool)).scoring == "seconds"
    assert exact.take_cards([0, 3]).scored.sum() == 12
    assert exact.two_buttons().scoring == "seconds"
    assert exact.scored_by("days").scored.tolist() == log.scored.tolist()
    assert log.lapses.max() < exact.lapses.max()
    assert exact.review_index[:7].tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_held_out_by_seconds(log):
    exact = log.scored_by("seconds")
    judged = rp.evaluate(exact, "fsrs7", fit_options={"standard_errors": False})
    assert judged.reviews == 5 * (int(exact.scored.sum()) // 6)
    assert judged.log_loss < rp.evaluate(exact, rp.model("fsrs7")).log_loss
