"""Log loss and RMSE(bins) in one pass: the same as from predictions, and only where that is possible."""

from __future__ import annotations

import numpy as np
import pytest

from repetita.evaluation import metrics
from repetita.evaluation.bins import MANY, log_cells, log_codes
from repetita.evaluation.evaluation import evaluate
from repetita.evaluation.sample import Sample, all_scored
from repetita.evaluation.scores import Scores
from repetita.evaluation.sums import cell_sums
from repetita.kernels.judging import judge
from repetita.memory_model import model
from repetita.reviews import simulate_log


@pytest.fixture(scope="module")
def long_log():
    log = simulate_log(reviews=MANY + 5_000, days=700, seed=4)
    assert len(log) >= MANY
    return log


@pytest.mark.parametrize("weights", [None, "uniform", "cubic", 8000.0])
@pytest.mark.parametrize("name", ["fsrs6", "fsrs4_5"])
def test_figures_are_those_of_kept_predictions(long_log, name, weights):
    found = evaluate(long_log, model(name), weights=weights)
    assert found.scores._sums is not None
    plain = Scores(found.scores.sample, found.predictions)
    assert plain._sums is None
    assert found.log_loss == pytest.approx(plain.log_loss, rel=1e-12)
    assert found.rmse_bins == pytest.approx(plain.rmse_bins, rel=1e-10, abs=1e-13)


def test_sums_of_cells_are_those_of_the_bins(long_log):
    codes = log_codes(long_log)
    found = judge(model("fsrs6"), long_log, None, codes, smallest=metrics.SMALLEST_PROBABILITY)
    rows = all_scored(long_log)
    sizes = np.bincount(log_cells(long_log)[rows])
    assert found.sizes[found.sizes > 0].tolist() == sizes[sizes > 0].tolist()
    assert found.weights.tolist() == found.sizes.tolist()


def test_threads_change_no_bit(long_log):
    codes, given = log_codes(long_log), model("fsrs6")
    weights = long_log.scored * np.linspace(0.1, 1.0, len(long_log))
    one, three = (judge(given, long_log, weights, codes, smallest=1e-12, threads=n) for n in (1, 3))
    assert one.loss == three.loss
    assert one.residuals.tobytes() == three.residuals.tobytes()


def test_parts_and_other_models_are_looked_at_one_by_one(long_log):
    rows = all_scored(long_log)
    assert cell_sums(Sample(long_log, rows[1:]), model("fsrs6")) is None
    assert cell_sums(Sample(long_log, rows, np.ones(rows.size)), model("fsrs6")) is None
    assert cell_sums(Sample(long_log, rows), model("fsrs7")) is None
    assert cell_sums(Sample(long_log.scored_by("seconds"), rows), model("fsrs6")) is None
    assert cell_sums(Sample(long_log, rows), model("fsrs6")) is not None
