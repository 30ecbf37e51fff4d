"""Users as no benchmark would wish them: each gets a row or a reason, and stops nobody."""

from __future__ import annotations

import json

import numpy as np
import pytest

import repetita as rp
from repetita.benchmarking import benchmark, verify
from repetita.equations import MODELS
from repetita.errors import InvalidParameters, UnknownName
from repetita.reviews import ReviewLog, simulate_log

SAME_DAY = [(0, 3)] + [(0, 1 + place % 4) for place in range(99)]
USERS = {
    "usual": simulate_log(cards=60, days=200, seed=1),
    "one review": ReviewLog.from_histories([[(0, 3)]]),
    "no review": ReviewLog.from_histories([]),
    "only today": ReviewLog.from_histories([SAME_DAY] * 30),
    "long days": ReviewLog.from_histories([[*SAME_DAY, (3, 3), (8, 1 + card % 2)] for card in range(60)]),
    "never failed": ReviewLog.from_histories([[(0, 3), (1, 3), (4, 3), (9, 3)]] * 60),
    "always failed": ReviewLog.from_histories([[(0, 1), (1, 1), (4, 1), (9, 1)]] * 60),
    "fails at the end": ReviewLog.from_histories([[(0, 3), (1, 3), (4, 3), (9, 1)]] * 60),
    "a hundred years": ReviewLog.from_histories([[(0, 3), (1, 3), (90, 3), (36500, 1)]] * 60),
}
WITHOUT_ROWS = {"one review", "no review", "only today"}


@pytest.mark.slow
@pytest.mark.parametrize("rows", ["days", "seconds"])
def test_every_user_gets_a_row_or_a_reason(rows):
    asked = ["fsrs6", "fsrs7", "hlr", "dash", "sm2", "average", "rmse_bins_exploit"]
    result = benchmark(USERS, asked, rows=rows, executor="serial")
    assert result.failures == ()
    assert {row["user"] for row in result.skipped} == WITHOUT_ROWS
    assert all("can be scored" in row["reason"] for row in result.skipped)
    assert len(result.rows) == len(asked) * (len(USERS) - len(WITHOUT_ROWS))
    assert "NaN" not in json.dumps([*result.rows, result.to_dict()])
    for row in result.rows:
        one_class = row["user"] in ("never failed", "always failed")
        assert (row["metrics"]["AUC"] is None) == one_class
        assert np.isfinite(row["metrics"]["LogLoss"])
    assert result.to_text()


@pytest.mark.parametrize("name", MODELS)
def test_untrained_models_predict_all_of_them(name):
    for user, log in USERS.items():
        predicted = rp.model(name).predict(log)
        assert np.isnan(predicted[log.first]).all()
        later = predicted[~log.first]
        assert ((later >= 0.0) & (later <= 1.0)).all(), user


@pytest.mark.parametrize(
    ("name", "count"), [("fsrs6", 34), ("fsrs6", 35), ("fsrs7", 21), ("fsrs7_legacy35", 34), ("fsrs5", 21)]
)
def test_a_row_of_another_version_is_refused(name, count):
    log = USERS["usual"]
    with pytest.raises(InvalidParameters, match=f"{name} takes .*, got {count}"):
        rp.model(name, [0.5] * count)
    rows = benchmark(log, "fsrs6").rows
    foreign = {**rows[0], "model": name, "fold_parameters": [[0.5] * count] * 5}
    (check,) = verify([foreign], log).checks
    assert not check.holds
    assert f"{name} takes" in check.reason


def test_a_model_that_does_not_exist():
    with pytest.raises(UnknownName, match="did you mean 'fsrs7'"):
        benchmark(USERS["usual"], "fsrs77")
    with pytest.raises(UnknownName, match="did you mean 'average'"):
        benchmark(USERS["usual"], "averge")
