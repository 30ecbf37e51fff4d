"""What a frozen value holds cannot be written to, and stays the object it was where nothing must change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

import repetita as rp
from repetita.evaluation import forward_folds
from repetita.frozen import freeze_arrays, read_only


@dataclass(frozen=True)
class Pair:
    left: NDArray[np.float64]
    right: NDArray[np.float64] | None
    name: str = "pair"

    def __post_init__(self) -> None:
        freeze_arrays(self)


def test_arrays_are_frozen_and_the_callers_are_not() -> None:
    given, kept = np.zeros(2), read_only(np.ones(2))
    pair = Pair(given, kept)
    with pytest.raises(ValueError, match="read-only"):
        pair.left[0] = 1.0
    given[0] = 5.0
    assert pair.right is kept
    assert Pair(given, None).right is None


def test_results_cannot_be_changed_by_accident() -> None:
    log = rp.simulate_log(cards=40, days=120, seed=1)
    judged = rp.evaluate(log, "defaults")
    arrays = [
        *(judged.predictions, judged.constant, judged.rows, judged.outcomes, judged.scores.losses),
        *(judged.calibration.predicted, judged.calibration.curve_actual),
        forward_folds(log)[0].test_rows,
    ]
    assert not any(array.flags.writeable for array in arrays)
