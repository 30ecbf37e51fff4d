import json

import numpy as np
import pytest

import repetita as rp
from repetita.fitting import fit
from repetita.fitting.wording import summary
from repetita.reviews import ReviewLog, simulate_log
from repetita.reviews.funnel import FunnelBuilder

KEYS = (
    *("model", "parameters", "std_errors", "log_loss", "log_loss_default", "status", "cards", "reviews"),
    *("scored", "funnel", "seconds"),
)


@pytest.fixture(scope="module")
def result():
    return fit(simulate_log(cards=300, days=200, seed=3))


def test_dictionary_survives_json_and_gives_the_model_back(result):
    data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert set(KEYS) <= set(data)
    assert rp.MemoryModel.from_dict(data) == result.model
    assert data["parameters"] == list(result.parameters)
    assert data["scored"] == result.scored
    assert data["funnel"] == result.funnel.to_dict()
    assert data["options"]["weights"] == 8000


def test_table_has_a_row_a_parameter(result):
    frame = result.to_frame()
    assert frame["parameter"].to_list() == list(result.model.parameter_names)
    np.testing.assert_allclose(frame["fitted"], result.parameters)
    assert (frame["low"] <= frame["fitted"]).all()
    assert (frame["fitted"] <= frame["high"]).all()
    assert frame["default"][20] == 0.1542


def test_representation_is_short(result):
    assert repr(result).startswith("FitResult('fsrs6', full, ")
    assert len(repr(result)) < 120


def test_result_is_frozen(result):
    with pytest.raises(AttributeError):
        result.log_loss = 0.0


def test_summary_says_what_a_learner_wants_to_know(result):
    text = result.summary()
    assert f"{result.scored:,} are scored" in text
    assert f"{result.log_loss:.4f}" in text
    assert f"{result.log_loss_default:.4f}" in text
    assert "No better set of parameters was found from" in text
    assert "not proof" in text
    assert "optimal" not in text
    assert text.splitlines()[-1].startswith("Next: ")


def test_summary_beside_a_judgment_advises_none(result):
    text = summary(result, judged=True)
    assert text.endswith(summary(result).splitlines()[-2])
    assert "another question" not in text


def test_summary_of_one_scored_review():
    text = fit(ReviewLog.from_histories([[(0, 3), (2, 3)]])).summary()
    assert "2 reviews of 1 card: 1 is scored" in text
    assert ", as with the default parameters (" in text


def test_summary_of_a_small_log_recommends_the_defaults():
    text = fit(simulate_log(cards=10, days=30, seed=1)).summary()
    assert "With fewer than 200 scored reviews the default parameters are about as good" in text
    assert "Next: keep the defaults" in text


def test_summary_without_scored_reviews():
    text = fit(ReviewLog.from_histories([[(0, 3), (0, 3)], [(0, 1)]])).summary()
    assert text.startswith("FSRS-6: nothing to fit. The log has 3 reviews of 2 cards")


def test_summary_of_a_log_that_lost_every_row():
    from dataclasses import replace

    builder = FunnelBuilder(7)
    builder.drop("other deck", "not in the deck 'A'", range(7))
    log = replace(ReviewLog.from_histories([]), funnel=builder.build())
    lines = fit(log).summary().splitlines()
    assert lines[0] == "FSRS-6: nothing to fit, 7 of 7 rows dropped (other deck: 7)."
    assert "Come back" not in lines[-1]


def test_summary_that_knows_nothing_does_not_list_everything():
    text = fit(ReviewLog.from_histories([[(0, 3), (2, 3)]])).summary()
    assert "say little about any parameter" in text
    assert "lapse_scale" not in text


def test_summary_names_bounds_and_what_is_barely_known():
    log = ReviewLog.from_histories([[(0, 3), (1, 3), (4, 3), (11, 3)]] * 100)
    bound = fit(log, prior=None)
    assert bound.at_bounds
    assert f"At the end of the allowed range: {', '.join(bound.at_bounds)}" in bound.summary()
    vague = next(line for line in fit(log).summary().splitlines() if line.startswith("Barely known"))
    assert "lapse_scale" in vague
    assert "initial_good" not in vague


def test_summary_counts_outliers():
    usual = [[(0, 3), (1, 3)]] * 300
    log = ReviewLog.from_histories([*usual, *[[(0, 3), (150 + i, 3)] for i in range(5)]])
    assert "5 left out as outliers" in fit(log, recipe="peer").summary()
