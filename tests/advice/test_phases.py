"""Phases of a card's life, from states in either numbering or from ratings and days alone."""

from __future__ import annotations

import numpy as np
import pytest

from repetita.advice.phases import FILTERED, LEARNING, RELEARNING, REVIEW, derived_phases, phases
from repetita.reviews import ReviewLog, read_reviews, simulate_log

# one card that learns, is reviewed, lapses, relearns; one that is easy at once
HISTORY = [
    (1, 0, 1), (1, 60, 3), (1, 700, 3), (1, 90_000, 3), (1, 900_000, 1), (1, 900_600, 3), (1, 1_000_000, 3),
    (2, 0, 4), (2, 400_000, 3),
]  # fmt: skip
EXPECTED = [LEARNING] * 3 + [REVIEW] * 2 + [RELEARNING, REVIEW, LEARNING, REVIEW]
ANKI = [0, 0, 0, 1, 1, 2, 1, 0, 1]
COMMON = [0, 1, 1, 2, 2, 3, 2, 0, 2]
PY_FSRS = [1, 1, 1, 2, 2, 3, 2, 1, 2]


def log_of(states: list[int] | None) -> ReviewLog:
    card, seconds, rating = zip(*HISTORY, strict=True)
    return ReviewLog.from_arrays(
        card_id=card, rating=rating, review_time_ms=np.array(seconds) * 1000, state=states
    )


@pytest.mark.parametrize("states", [ANKI, COMMON, PY_FSRS, None], ids=["anki", "common", "py-fsrs", "none"])
def test_every_numbering_means_the_same(states):
    assert phases(log_of(states)).tolist() == EXPECTED


def test_rows_without_a_state_are_derived():
    states = [*COMMON]
    states[4] = states[5] = -1
    assert phases(log_of(states)).tolist() == EXPECTED


def test_filtered_reviews_are_their_own_phase():
    states = [*COMMON]
    states[4] = 4
    assert phases(log_of(states))[4] == FILTERED


def test_a_step_left_over_to_the_next_day_is_no_review():
    log = ReviewLog.from_histories([[(0, 1), (1, 3), (2, 3), (5, 1), (1, 1), (1, 3), (3, 3)]])
    assert derived_phases(log).tolist() == [
        *(LEARNING, LEARNING, REVIEW, REVIEW, RELEARNING, RELEARNING, REVIEW),
    ]


def test_a_simulated_log_is_read_in_anki_s_numbering():
    log = simulate_log(cards=300, days=200, seed=2)
    assert (phases(log) == np.asarray(log.states)).all()


def test_no_reviews_have_no_phases():
    assert phases(ReviewLog.from_histories([])).tolist() == []


@pytest.mark.realdata
def test_derived_phases_are_those_of_a_real_collection(shared):
    log = read_reviews(shared / "anki" / "real_log.colpkg")
    said, derived = phases(log), derived_phases(log)
    agree = said == derived
    assert agree[said != FILTERED].mean() > 0.97
    lapses = (said == REVIEW) & (log.ratings == 1)
    assert derived[lapses].tolist().count(REVIEW) > 0.97 * lapses.sum()
