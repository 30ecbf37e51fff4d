"""`evaluate` beside what Anki shows for the same collection and parameters ("Evaluate" button)."""

from __future__ import annotations

import numpy as np
import pytest

import repetita as rp
from repetita.errors import NoReviews
from repetita.reviews.anki import read_anki

TOLERANCE = 1e-6


def added_in_float32(result):
    """The weighted log loss as Anki adds it up: one float32 after the other, in order of time."""
    sample = result.scores.sample
    order = np.argsort(np.argsort(sample.log.time_order)[sample.rows])
    weights = sample.weights[order].astype(np.float32)
    losses = result.scores.losses[order].astype(np.float32) * weights
    total, count = (np.cumsum(values, dtype=np.float32)[-1] for values in (losses, weights))
    return float(total / count)


@pytest.mark.golden
@pytest.mark.realdata
def test_fixed_parameters(records, collection, asked):
    for record in records("evaluate_fixed_params"):
        # this command, unlike the others, never uses rows of deleted cards
        log = read_anki(collection(record["file"]), include_deleted_cards=False, **asked(record))
        expected = record["expected"]
        model = rp.model("fsrs6", record["input"]["params"], clip=True)
        if "error" in expected:
            with pytest.raises(NoReviews):
                rp.evaluate(log, model)
            continue
        result = rp.evaluate(log, model, weights="cubic")
        where = str(record["file"]), str(record["input"])[:120]
        single = added_in_float32(result)
        assert single == pytest.approx(expected["log_loss"], abs=TOLERANCE), where
        rounding = abs(single - result.log_loss)
        assert result.log_loss == pytest.approx(expected["log_loss"], abs=TOLERANCE + rounding), where
        assert result.rmse_bins == pytest.approx(expected["rmse_bins"], abs=TOLERANCE), where
