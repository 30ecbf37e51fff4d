"""A simulated log, a fit and an evaluation of it, made once."""

from __future__ import annotations

import pytest

from repetita.evaluation import Evaluation, evaluate
from repetita.fitting import FitResult, fit
from repetita.reviews import ReviewLog, simulate_log


@pytest.fixture(scope="session")
def log() -> ReviewLog:
    return simulate_log(cards=250, days=200, seed=3)


@pytest.fixture(scope="session")
def fitted(log: ReviewLog) -> FitResult:
    return fit(log)


@pytest.fixture(scope="session")
def evaluation(log: ReviewLog, fitted: FitResult) -> Evaluation:
    return evaluate(log, fitted.model)
