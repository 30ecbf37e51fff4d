"""The public benchmark's rules, against a plain reading of them review by review."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from public_rule import data_set

from repetita.benchmarking import Protocol, prepare
from repetita.errors import NoReviews, UnknownName, UsageError
from repetita.reviews import ReviewLog, simulate_log


def log_of(table):
    rated = [(n, *row) for n, row in enumerate(table, start=1) if row[1] in (1, 2, 3, 4)]
    numbers, card, rating, days, passed = (np.array(column) for column in zip(*rated, strict=True))
    return ReviewLog.from_arrays(
        card_id=card,
        rating=rating,
        elapsed_days=np.maximum(days, 0),
        elapsed_seconds=np.maximum(passed, 0),
        time_rank=numbers,
        review_id=numbers,
    )


def random_table(seed, rows=600, cards=120):
    random = np.random.default_rng(seed)
    seen = set()
    table = []
    usual = random.choice([1, 2, 3, 5, 150, 400], p=[0.4, 0.25, 0.2, 0.1, 0.03, 0.02], size=rows)
    for number in range(rows):
        card = int(random.integers(cards) if random.random() < 0.7 else random.integers(3))
        fresh = card not in seen
        seen.add(card)
        days = -1 if fresh else int(0 if random.random() < 0.3 else usual[number])
        passed = -1 if fresh else int(days * 86400 + random.integers(0, 3000) * (random.random() < 0.9))
        # the first row of a card carries -1, so it must be one that is kept
        table.append((card, int(random.integers(1, 5)), days, passed))
    return table


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=40)
def test_scored_reviews_are_the_public_rule_s(seed):
    table = random_table(seed)
    log = log_of(table)
    for protocol, choices in (
        (Protocol(), {}),
        (Protocol(same_day="dropped"), {"same_day": False}),
        (Protocol(buttons=2), {"buttons": 2}),
        (Protocol(rows="seconds"), {"seconds": True}),
    ):
        prepared = prepare(log, protocol)
        expected = data_set(table, **choices)
        assert prepared.log.review_ids[prepared.scored].tolist() == expected
        assert prepared.tested.size == 5 * (len(expected) // 6)


def test_long_cards_are_cut():
    log = ReviewLog.from_histories([[(0, 3)] + [(1, 3)] * 199] * 30)
    assert prepare(log).log.offsets[1] == 128


def test_folds_train_on_what_came_before():
    prepared = prepare(simulate_log(cards=200, days=300, seed=3))
    place = np.argsort(prepared.log.time_order, kind="stable")
    for split in prepared.splits:
        training = prepared.training(split, unit="days")
        before = set(prepared.scored[: split.train_end].tolist())
        ids = set(training.review_ids[training.scored].tolist())
        assert ids == set(prepared.log.review_ids[list(before)].tolist())
        first_test = place[prepared.scored[split.test_start]]
        assert max(place[np.isin(prepared.log.review_ids, training.review_ids)]) < first_test


def test_outliers_train_exact_time_only():
    usual = [[(0, 3), (1, 3), (2, 3)]] * 100
    log = ReviewLog.from_histories([*usual, [(0, 3), (500, 3), (2, 3)]])
    prepared = prepare(log)
    assert prepared.kept.sum() == 100
    late = prepared.splits[-1]
    whole = [prepared.training(late, unit=unit).cards for unit in ("days", "fractional days")]
    assert whole[0] < whole[1]


def test_the_first_again_is_a_lapse_in_exact_time_only():
    log = ReviewLog.from_histories([[(0, 1), (0.01, 3), (1, 3)], [(0, 3), (0.01, 3), (1, 3)]] * 60)
    for rows, kinds in (("days", 1), ("seconds", 4)):
        assert len(set(prepare(log, Protocol(rows=rows)).cells.tolist())) == kinds


def test_too_few_reviews():
    with pytest.raises(NoReviews, match="0 reviews can be scored, and 5 forward folds need 6"):
        prepare(ReviewLog.from_histories([[(0, 3)]]))


def test_choices_are_checked():
    with pytest.raises(UnknownName, match="days"):
        Protocol(rows="day")
    with pytest.raises(UsageError, match="buttons"):
        Protocol(buttons=3)
    with pytest.raises(UsageError, match="folds"):
        Protocol(folds=0)
    with pytest.raises(UsageError, match="dropped"):
        Protocol(rows="seconds", same_day="dropped")
