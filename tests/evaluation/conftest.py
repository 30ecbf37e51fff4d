"""Logs drawn from known parameters, small enough to make in a moment."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from repetita.memory_model import MemoryModel, model
from repetita.reviews import ReviewLog

MS_A_DAY = 86_400_000
START_MS = 1_700_000_000_000


def drawn_log(truth: MemoryModel, cards: int, reviews: int, seed: int) -> ReviewLog:
    """A log whose outcomes follow a model exactly; cards start on different days."""
    random = np.random.default_rng(seed)
    rows = []
    for card in range(cards):
        day = int(random.integers(0, 60))
        rating = int(random.choice([1, 2, 3, 4], p=[0.2, 0.1, 0.6, 0.1]))
        rows.append((card, rating, day))
        state = truth.initial_state(rating)
        for _ in range(reviews - 1):
            elapsed = int(random.integers(0, 2 + round(2 * min(state[0], 100.0))))
            passed = random.random() < truth.retrievability(state, elapsed)
            rating = int(random.choice([2, 3, 4], p=[0.15, 0.75, 0.1])) if passed else 1
            state = truth.next_state(state, elapsed, rating)
            day += elapsed
            rows.append((card, rating, day))
    card_id, rating, day = np.array(rows).T
    second = random.permutation(len(rows)) * 10_000 % (18 * 3_600_000)
    times = START_MS + day * MS_A_DAY + np.sort(second)
    return ReviewLog.from_arrays(card_id=card_id, rating=rating, review_time_ms=times)


@pytest.fixture(scope="session")
def draw() -> Callable[..., ReviewLog]:
    return drawn_log


@pytest.fixture(scope="session")
def truth() -> MemoryModel:
    """Parameters well away from the published ones."""
    defaults = model("fsrs6").parameters
    return model("fsrs6", [0.6, 3.0, 9.0, 30.0, *defaults[4:20], 0.3])


@pytest.fixture(scope="session")
def log(truth: MemoryModel) -> ReviewLog:
    return drawn_log(truth, cards=250, reviews=14, seed=3)
