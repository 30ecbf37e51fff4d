"""Training needs torch."""

from __future__ import annotations

import pytest

import repetita as rp

collect_ignore_glob: list[str] = []


@pytest.fixture(scope="session")
def torch():
    return pytest.importorskip("torch", reason="training a network needs torch (extra neural)")


@pytest.fixture(scope="session")
def log():
    """A small log with same-day reviews, durations, and a card with a history too long to train on."""
    usual = rp.simulate_log(cards=40, days=200, seed=7)
    long = [(0.0, 3)] + [(0.5 + 0.01 * k, 3 if k % 4 else 1) for k in range(90)]
    made = rp.ReviewLog.from_histories([long])
    assert len(made) == 91
    return usual, made
