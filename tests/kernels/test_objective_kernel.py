from __future__ import annotations

import numpy as np
import pytest

from repetita import model
from repetita.kernels.objective import Objective
from repetita.kernels.packing import pack
from repetita.reviews import ReviewLog


@pytest.mark.golden
def test_loss_and_gradient_of_each_golden_history(golden):
    data = golden("fsrs6")
    tolerance = data["tolerance"]
    for case in data["cases"]:
        log = ReviewLog.from_histories([case["reviews"]])
        objective = Objective("fsrs6", "default", pack(log), log.scored.astype(float))
        loss, gradient = objective.value_and_gradient(data["parameter_sets"][case["params"]])
        assert objective.size == case["n_predictions"], case["id"]
        expected = np.zeros(len(gradient)) if case["grad"] is None else np.array(case["grad"])
        assert loss == pytest.approx(case["loss"] or 0.0, rel=tolerance["float64_rel"]), case["id"]
        np.testing.assert_allclose(
            gradient, expected, rtol=tolerance["grad_float64_rel"], atol=tolerance["grad_abs"], err_msg=case["id"]
        )
