"""`evaluate` beside what Anki shows for the same collection and parameters ("Evaluate" button)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import numpy as np
import pytest

import repetita as rp
from repetita.errors import NoReviews
from repetita.reviews.anki import read_anki

SEARCH = re.compile(r'preset:"(?P<preset>[^"]+)" -is:suspended')
TOLERANCE = 1e-6


def records(golden, kind):
    return [record for record in golden("anki_backend")["records"] if record["kind"] == kind]


def log_of(shared, record):
    """The reviews that Anki evaluates: never those of deleted cards."""
    given, search = record["input"], SEARCH.fullmatch(record["input"]["search"])
    assert search or not given["search"]
    return read_anki(
        shared / "anki" / record["file"],
        zone=record["tz"],
        now=datetime.fromtimestamp(record["now_ms"] / 1000, UTC),
        ignore_before=given["ignore_before"] or None,
        preset=search and search["preset"],
        include_suspended=not search,
        include_deleted_cards=False,
    )


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
def test_fixed_parameters(golden, shared):
    found = records(golden, "evaluate_fixed_params")
    assert found
    for record in found:
        log, expected = log_of(shared, record), record["expected"]
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
