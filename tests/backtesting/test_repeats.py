"""Repeats within a day: answered as the past answered them, not as memory says."""

from __future__ import annotations

import numpy as np
import pytest

import repetita as rp
from repetita.backtesting.habits import Diary
from repetita.backtesting.past import cut
from repetita.backtesting.repeats import Repeats, repeats_of
from repetita.simulation.running import plan

DAY, MINUTE = 86_400_000, 60_000


def log_of(sessions):
    """A log of (card, day, ratings of the day)."""
    rows = [
        (card, day * DAY + place * MINUTE, rating)
        for card, day, ratings in sessions
        for place, rating in enumerate(ratings)
    ]
    cards, times, ratings = zip(*sorted(rows, key=lambda row: row[1]), strict=True)
    return rp.ReviewLog.from_arrays(card_id=cards, rating=ratings, review_time_ms=times)


def past_of(*sessions):
    """What was known before the last two days; there are rows that far off."""
    far = [(99, day, [3]) for day in (0, 20, 21)]
    return cut(log_of([*sessions, *far]), 2, None)


def rows(shares):
    return np.array(shares).reshape(4, 4)


def test_shares_are_those_of_what_followed_within_the_day():
    first_days = [(card, 1, [1, 1, 3, 3]) for card in range(40)]
    found = repeats_of(past_of(*first_days, (1, 5, [3, 1]), (2, 6, [1, 4])))
    learning, relearning = rows(found.learning), rows(found.relearning)
    assert learning.sum(axis=1) == pytest.approx(np.ones(4))
    # after Again as often Again as Good, but for the five presses of all ratings together
    assert learning[0, 0] == pytest.approx((40 + 5 / 3) / 85)
    assert learning[0, 2] == pytest.approx((40 + 10 / 3) / 85)
    assert learning[2, 2] == pytest.approx((40 + 10 / 3) / 45)
    assert learning[1].tolist() == pytest.approx([1 / 3, 0, 2 / 3, 0])  # Hard never was before
    assert relearning[0].tolist() == [0, 0, 0, 1]  # a day that began well is no relearning


def test_without_repeats_memory_decides():
    found = repeats_of(past_of((1, 1, [3]), (1, 5, [1])))
    assert found == Repeats()
    assert [found.rating(phase, 1, None) for phase in (0, 1, 2)] == [None, None, None]


def test_weights_of_days_count():
    past = past_of((1, 1, [1, 1]), (2, 3, [1, 3]))
    weights = np.zeros(30)
    weights[3] = 1.0
    assert rows(repeats_of(past, weights).learning)[0].tolist() == [0, 0, 1, 0]


def test_a_simulated_person_repeats_as_told():
    """Half of the presses in learning fail, though minutes after an answer all is remembered."""
    half = (0.5, 0.0, 0.5, 0.0)
    diary = Diary(
        attended=[True] * 20,
        new_by_day=[10.0] * 20,
        reviews_by_day=[np.inf] * 20,
        repeats=Repeats(half * 4, (0.0, 0.0, 1.0, 0.0) * 4),
    )
    log = plan(days=20, deck=200, behavior=diary, short_term="steps").run(3).events
    learning, relearning = log.rating[log.phase == 1], log.rating[log.phase == 2]
    assert set(learning.tolist()) == {1, 3}
    assert (learning == 1).mean() == pytest.approx(0.5, abs=0.05)  # 800 presses or more, 2.8 errors
    assert set(relearning.tolist()) == {3}
