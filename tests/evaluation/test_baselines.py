"""Yardsticks and cheats."""

from __future__ import annotations

import numpy as np
import pytest

from repetita.evaluation.baselines import average, constant, moving_average, rmse_bins_exploit
from repetita.evaluation.bins import cells
from repetita.evaluation.metrics import log_loss, rmse_of_cells


@pytest.mark.golden
def test_golden_predictions(golden):
    for case in golden("metrics", "baselines"):
        recalled, start = case["y"], case["first_test_index"]
        cell = cells(*np.array(case["rows_dt_i_lapse"]).T)
        np.testing.assert_allclose(average(recalled), case["AVG"], atol=1e-9)
        np.testing.assert_allclose(moving_average(recalled, start), case["MOVING_AVG"], atol=1e-9)
        np.testing.assert_allclose(
            rmse_bins_exploit(recalled, cell, start), case["RMSE_BINS_EXPLOIT"], atol=1e-9
        )


def test_constant():
    assert constant(3, 0.8).tolist() == [0.8] * 3


def test_the_exploit_wins_by_rmse_bins_and_loses_by_log_loss(log, truth):
    """A measure that can be gamed must not decide."""
    rows = log.time_order[log.scored[log.time_order]]
    recalled = log.ratings[rows] > 1
    cell = cells(log.elapsed_days[rows], log.review_index[rows], log.lapses[rows])
    known = truth.predict(log)[rows]
    cheat = rmse_bins_exploit(recalled, cell)
    flat = constant(rows.size, float(recalled.mean()))
    assert rmse_of_cells(cheat, recalled, cell) < rmse_of_cells(known, recalled, cell)
    assert log_loss(cheat, recalled) > log_loss(flat, recalled) > log_loss(known, recalled)
    assert log_loss(moving_average(recalled), recalled) > log_loss(known, recalled)
