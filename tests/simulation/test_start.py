"""Runs that go on from a real history: memory, due dates, backlog."""

from __future__ import annotations

import numpy as np
import pytest

from repetita import model
from repetita.errors import UsageError
from repetita.reviews import ReviewLog, simulate_log
from repetita.simulation import Behavior, Start, simulate, start_of
from repetita.simulation.running import plan

HISTORIES = [[(0, 3), (2, 3), (9, 1)], [(0, 4)], [(0, 1), (1, 3)]]


def test_a_log_goes_on_the_day_after_its_last_review():
    start = start_of(ReviewLog.from_histories(HISTORIES))
    assert start.times.tolist() == [-12.0, -10.0, -1.0, -12.0, -12.0, -11.0]
    assert (len(start), start.new_cards) == (3, 0)


def test_memory_and_belief_are_those_of_the_history():
    log = ReviewLog.from_histories(HISTORIES)
    parameters = [*model("fsrs6").parameters]
    parameters[2] = 4.0
    engine = plan(start=log, days=5, parameters=parameters, scheduler="fsrs6_default").engine(1)
    worlds = model("fsrs6", parameters).replay(log).after
    beliefs = model("fsrs6").replay(log).after
    last = log.offsets[1:] - 1
    for number, row in enumerate(last.tolist()):
        assert engine.memory[number] == pytest.approx([worlds[name][row] for name in worlds])
        card = engine.cards[number]
        assert card.state == pytest.approx([beliefs[name][row] for name in beliefs])
        stability = round(card.state[0])
        assert card.due == np.floor(card.last_review) + max(stability, 1)
    assert [card.lapses for card in engine.cards] == [1, 0, 0]


def test_the_backlog_is_served_first_and_new_cards_follow():
    log = simulate_log(cards=80, days=200, seed=3)
    run = simulate(start=log, deck=20, days=40, behavior=Behavior(review_limit=25, new_limit=2), seed=1)
    events = run.events
    assert run.total_new == 20
    assert set(events.card_id[events.phase == 3].tolist()) == set(range(log.cards, log.cards + 20))
    assert run.reviews.max() <= 25
    assert run.memorized[0] > 0.0
    assert (run.memorized <= log.cards + 20).all()
    assert (events.elapsed_days[events.phase == 0] > 0.0).all()


def test_the_first_day_counts_what_is_remembered_of_the_past():
    log = ReviewLog.from_histories(HISTORIES)
    memory = model("fsrs6")
    expected = 0.0
    for history in HISTORIES:
        state, time = memory.initial_state(history[0][1]), 0.0
        for days, rating in history[1:]:
            state, time = memory.next_state(state, float(days), rating), time + days
        expected += memory.retrievability(state, 12.0 - time)
    for when in ("start", "end"):
        run = simulate(
            start=log, days=1, behavior=Behavior(attendance=0.0), switches={"memorized_sampling": when}
        )
        assert run.memorized[0] == pytest.approx(expected)


def test_no_cards_and_no_start_are_refused():
    with pytest.raises(UsageError, match="expected a log"):
        start_of(3)
    with pytest.raises(UsageError, match="now is for collections"):
        start_of(ReviewLog.from_histories(HISTORIES), now="2026-01-01")
    empty = Start(
        card_ids=np.zeros(0),
        offsets=np.zeros(1, dtype=np.int64),
        ratings=np.zeros(0, dtype=np.int64),
        times=np.zeros(0),
        due=np.zeros(0),
        intervals=np.zeros(0),
        new_cards=0,
        source="nothing",
    )
    with pytest.raises(UsageError, match="no cards in nothing"):
        simulate(start=empty)


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["anki/real_log.colpkg", "anki/mixed.apkg", "reviews/josh.parquet"])
def test_real_decks_go_on(shared, name):
    start = start_of(shared / name, **({"now": "2026-01-01"} if name.startswith("anki") else {}))
    run = simulate(start=start, days=20, seed=1, environment="fsrs6", short_term="steps")
    assert len(start) > 100
    assert run.total_reviews > len(start) / 4
    assert 0 < run.memorized[0] <= len(start)
    again = simulate(start=start, days=20, seed=1, environment="fsrs6", short_term="steps")
    assert again.to_dict() == run.to_dict()


def test_a_leech_of_the_past_is_suspended_by_its_next_lapse_only():
    log = ReviewLog.from_histories([[(0, 3), (1, 1), (2, 1), (2, 3)]] * 40)
    run = simulate(start=log, days=120, leech_lapses=2, seed=1)
    ratings: dict[int, list[int]] = {}
    for card, rating in zip(run.events.card_id.tolist(), run.events.rating.tolist(), strict=True):
        ratings.setdefault(card, []).append(rating)
    assert any(len(of_card) > 1 for of_card in ratings.values())
    assert all(1 not in of_card[:-1] for of_card in ratings.values())
