from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from repetita.errors import InvalidParameters, UnknownName, UsageError
from repetita.memory_model import model
from repetita.reviews import ReviewLog, simulate_log, synthetic
from repetita.reviews.learner import Learner

OTHER = [0.5, 2.0, 5.0, 15.0, *model("fsrs6").parameters[4:]]
STEADY = Learner(interval_noise=0.0, overdue=0.0, days_off=0.0)


def test_the_same_seed_gives_the_same_log() -> None:
    assert simulate_log(cards=60, seed=3) == simulate_log(cards=60, seed=3)
    assert simulate_log(cards=60, seed=3) != simulate_log(cards=60, seed=4)


def test_sizes_are_as_asked_for() -> None:
    assert simulate_log(cards=70, days=100).cards == 70
    for days in (None, 200):
        log = simulate_log(reviews=1234, days=days)
        assert len(log) == 1234
    assert simulate_log(cards=80, days=90).span_days < 90
    start = simulate_log(cards=5, start=date(2020, 2, 3)).review_times_ms.min()
    assert datetime.fromtimestamp(start / 1000, UTC).date() == date(2020, 2, 3)
    assert (
        simulate_log(cards=50, days=30).review_times_ms.max()
        < datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000
    )


def test_cards_followed_to_their_end_have_the_lengths_asked_for() -> None:
    log = simulate_log(cards=4000, days=None)
    lengths = np.diff(log.offsets)
    assert (lengths.min(), lengths.max()) == (3, 40)
    assert lengths.mean() == pytest.approx(11.0, abs=0.4)


def test_retention_is_what_was_desired() -> None:
    for desired in (0.8, 0.9):
        learner = replace(STEADY, desired_retention=desired, maximum_interval=36_500)
        log = simulate_log(cards=3000, days=2000, learner=learner, parameters=OTHER)
        # whole days move it a little; card-wise correlation is small
        assert log.to_dict()["retention"] == pytest.approx(desired, abs=0.015)


def test_answers_follow_the_memory_model() -> None:
    memory = model("fsrs6", OTHER)
    log = simulate_log(cards=3000, days=None, model=memory, seed=5)
    predicted = memory.predict(log)[log.scored]
    recalled = log.ratings[log.scored] > 1
    for low, high in ((0.0, 0.85), (0.85, 0.9), (0.9, 0.95), (0.95, 1.0)):
        inside = (predicted > low) & (predicted <= high)
        spread = np.sqrt(predicted[inside] @ (1 - predicted[inside])) / inside.sum()
        assert abs(recalled[inside].mean() - predicted[inside].mean()) < 4 * spread


def test_intervals_follow_the_memory_model() -> None:
    memory = model("fsrs6")
    log = simulate_log(cards=300, days=None, model=memory, learner=STEADY, seed=2)
    stability = memory.replay(log).before["stability"][log.scored]
    expected = np.clip(np.rint(stability), 1, 365)
    assert np.count_nonzero(log.elapsed_days[log.scored] != expected) == 0


def test_same_day_reviews_follow_failures_only() -> None:
    log = simulate_log(cards=500, days=None)
    same_day = np.flatnonzero(~log.first & ~log.scored)
    before = log.ratings[same_day - 1]
    assert set(before[~log.first[same_day - 1]].tolist()) == {1}
    assert set(before.tolist()) == {1, 2}
    assert log.states is not None
    assert set(log.states[log.scored].tolist()) == {1}
    assert set(log.states[log.first].tolist()) == {0}


def test_nobody_learns_on_days_off() -> None:
    log = simulate_log(cards=2000, days=200, learner=Learner(days_off=0.5))
    days = np.unique(log.review_times_ms // 86_400_000)
    assert 70 < len(days) < 130


def test_the_first_day_is_never_off() -> None:
    """However short the log and lazy the learner, it has a review."""
    lazy = Learner(days_off=0.9)
    assert all(len(simulate_log(cards=1, days=1, learner=lazy, seed=seed)) > 0 for seed in range(20))
    assert len(simulate_log(reviews=30, days=1, learner=lazy)) == 30


def test_more_reviews_than_a_lifetime_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "LATEST_DAY", 3)
    assert len(simulate_log(reviews=100, days=None, learner=STEADY)) == 100
    with pytest.raises(UsageError, match="no number of cards"):
        simulate_log(reviews=100_000, days=None, learner=STEADY)


def test_a_model_or_a_name() -> None:
    named = simulate_log(cards=20, parameters=OTHER)
    assert named == simulate_log(cards=20, model=model("fsrs6", OTHER))
    assert isinstance(named, ReviewLog)
    assert named.source == "simulation (fsrs6, seed 0)"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"cards": 0}, UsageError),
        ({"cards": 2.5}, UsageError),
        ({"cards": "20"}, UsageError),
        ({"reviews": True}, UsageError),
        ({"start": "2024-01-01"}, UsageError),
        ({"cards": 5, "reviews": 5}, UsageError),
        ({"days": 0}, UsageError),
        ({"seed": -1}, UsageError),
        ({"seed": 1.5}, UsageError),
        ({"model": "fsrs66"}, UnknownName),
        ({"parameters": [1.0]}, InvalidParameters),
        ({"model": model("fsrs6"), "parameters": OTHER}, UsageError),
    ],
)
def test_calls_that_make_no_sense(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        simulate_log(**options)
