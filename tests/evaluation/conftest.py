"""A log drawn from known parameters, small enough to make in a moment."""

from __future__ import annotations

import pytest

from repetita.memory_model import MemoryModel, model
from repetita.reviews import ReviewLog, simulate_log
from repetita.reviews.synthetic import Learner


@pytest.fixture(scope="session")
def truth() -> MemoryModel:
    """Parameters well away from the published ones."""
    defaults = model("fsrs6").parameters
    return model("fsrs6", [0.6, 3.0, 9.0, 30.0, *defaults[4:20], 0.3])


@pytest.fixture(scope="session")
def log(truth: MemoryModel) -> ReviewLog:
    """Of a person who is often late, so that predictions have something to tell apart."""
    irregular = Learner(interval_noise=0.8, overdue=0.5)
    return simulate_log(cards=400, days=500, model=truth, learner=irregular, seed=3)
