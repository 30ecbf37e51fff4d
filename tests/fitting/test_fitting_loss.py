import numpy as np
import pytest

import repetita as rp
from repetita.fitting import loss_and_gradient
from repetita.reviews import ReviewLog, simulate_log


@pytest.mark.golden
def test_loss_and_gradient_of_every_history(golden):
    data = golden("fsrs6")
    tolerance = data["tolerance"]
    judged = 0
    for case in golden("fsrs6", "cases"):
        if case["loss"] is None:
            continue
        model = rp.model("fsrs6", data["parameter_sets"][case["params"]])
        loss, gradient = loss_and_gradient(ReviewLog.from_histories([case["reviews"]]), model)
        assert loss == pytest.approx(case["loss"], rel=tolerance["float64_rel"]), case["id"]
        np.testing.assert_allclose(
            gradient,
            case["grad"],
            rtol=tolerance["grad_float64_rel"],
            atol=tolerance["grad_abs"],
            err_msg=case["id"],
        )
        judged += 1
    if not judged:
        pytest.skip("no golden history has a scored review")


@pytest.mark.golden
def test_losses_of_many_cards_add_up(golden):
    scored = [case for case in golden("fsrs6", "cases") if case["loss"] is not None]
    for name, parameters in golden("fsrs6", "parameter_sets").items():
        cases = [case for case in scored if case["params"] == name]
        if not cases:
            continue
        together = ReviewLog.from_histories([case["reviews"] for case in cases])
        loss, _ = loss_and_gradient(together, rp.model("fsrs6", parameters))
        assert loss == pytest.approx(sum(case["loss"] for case in cases), rel=1e-9)


def test_weights_scale_each_review():
    log = ReviewLog.from_histories([[(0, 3), (2, 3), (5, 1), (1, 3)], [(0, 1), (3, 2)]])
    parts = []
    for row in np.flatnonzero(log.scored):
        one = np.zeros(len(log))
        one[row] = 1.0
        parts.append(loss_and_gradient(log, "fsrs6", one))
    weights = np.array([0.0, 0.5, 2.0, 3.0, 0.0, 7.0])
    loss, gradient = loss_and_gradient(log, "fsrs6", weights)
    scale = weights[log.scored]
    assert loss == pytest.approx(sum(w * part[0] for w, part in zip(scale, parts, strict=True)), rel=1e-12)
    expected = sum(w * part[1] for w, part in zip(scale, parts, strict=True))
    np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-12)


def test_parts_of_a_log_add_up():
    log = simulate_log(cards=60, days=120, seed=2)
    some = np.arange(log.cards) % 3 == 0
    whole, left, right = (
        loss_and_gradient(part) for part in (log, log.take_cards(some), log.take_cards(~some))
    )
    assert left[0] + right[0] == pytest.approx(whole[0], rel=1e-12)
    np.testing.assert_allclose(left[1] + right[1], whole[1], rtol=1e-9, atol=1e-9)


def test_nothing_scored_costs_nothing():
    loss, gradient = loss_and_gradient(ReviewLog.from_histories([[(0, 3), (0, 3)], [(0, 1)]]))
    assert loss == 0.0
    assert gradient.tolist() == [0.0] * 21
