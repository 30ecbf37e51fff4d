"""Logs of many shapes for the kernels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from repetita.reviews import ReviewLog


@pytest.fixture(scope="session")
def random_log() -> Callable[..., ReviewLog]:
    """Makes a log of cards with the given numbers of reviews."""

    def make(lengths: list[int], seed: int = 0) -> ReviewLog:
        generator = np.random.default_rng(seed)
        count = sum(lengths)
        days = np.ceil(np.exp(generator.normal(1.5, 1.5, count))) * (generator.random(count) > 0.2)
        offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        days[offsets] = 0
        return ReviewLog.from_arrays(
            card_id=np.repeat(np.arange(len(lengths)), lengths),
            rating=generator.choice([1, 2, 3, 4], p=[0.15, 0.1, 0.65, 0.1], size=count),
            elapsed_days=days,
        )

    return make
