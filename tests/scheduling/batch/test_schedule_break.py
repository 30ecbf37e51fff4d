"""`schedule_break`: its days stay free, and the cards come after it, evenly."""

from __future__ import annotations

from datetime import date, timedelta

from batch_decks import NOW, decks, reviewed, shown_by_day
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.scheduling import Scheduler
from repetita.scheduling.batch import Deck, schedule_break
from repetita.scheduling.batch.dates import date_of


@settings(max_examples=100, deadline=None)
@given(deck=decks(), length=st.integers(1, 9), spread=st.integers(1, 9), begins=st.integers(0, 6))
def test_the_break_is_free_and_the_days_after_it_even(deck, length, spread, begins):
    start = date_of(deck, deck.today + begins)
    plan = schedule_break(deck, length, spread, start=start)
    before, after = shown_by_day(deck), shown_by_day(deck, plan.apply(deck.cards))
    for day in range(begins, begins + length):
        assert after.get(day, 0) == (deck.answered_today if day == 0 else 0)
    inside = sum(before.get(day, 0) for day in range(begins, begins + length))
    inside -= deck.answered_today if begins == 0 else 0
    share, odd = divmod(inside, spread)
    for number, day in enumerate(range(begins + length, begins + length + spread)):
        assert after.get(day, 0) == before.get(day, 0) + share + (number < odd)
    touched = set(range(begins, begins + length + spread))
    assert {d: n for d, n in before.items() if d not in touched} == {
        d: n for d, n in after.items() if d not in touched
    }
    assert all(move.days_after > move.days_before for move in plan.moves)


def test_known_break():
    # intervals 10, 12, 14 in the break of three days; 30 and 5 in the spread of two
    cards = [
        reviewed(0, last=-10, due=0),
        reviewed(1, last=-11, due=1),
        reviewed(2, last=-12, due=2),
        reviewed(3, last=-27, due=3),
        reviewed(4, last=-1, due=4),
        reviewed(5, last=-1, due=9),
    ]
    plan = schedule_break(Deck(cards, Scheduler(), NOW), 3, 2)
    # day 3 may hold 1 + 2, day 4 1 + 1: card 4 (interval 5) keeps its day; 0, 1, 2 take day 3; 3 goes on
    assert {move.card_id: move.days_after for move in plan.moves} == {0: 3, 1: 3, 2: 3, 3: 4}


def test_a_break_that_starts_later_leaves_the_days_before_alone():
    cards = [reviewed(i, last=-9, due=i - 2) for i in range(12)]
    plan = schedule_break(Deck(cards, Scheduler(), NOW), 3, 3, start=date(2026, 12, 1))
    assert all(count == 1 for day, count in plan.due_after.items() if day < 3)
    assert not {3, 4, 5} & set(plan.due_after)
    assert plan.options["start"] == "2026-12-01"


def test_a_cap_makes_the_spread_longer():
    cards = [reviewed(i, last=-9, due=i % 3) for i in range(12)]
    plan = schedule_break(Deck(cards, Scheduler(), NOW), 3, 2, most_per_day=2)
    assert dict(plan.due_after) == {3: 2, 4: 2, 5: 2, 6: 2, 7: 2, 8: 2}
    assert any("takes 6 days" in note for note in plan.notes)


def test_a_break_goes_before_the_longest_interval():
    scheduler = Scheduler(maximum_interval=10)
    cards = [reviewed(1, last=-9, due=1, scheduler=scheduler)]
    plan = schedule_break(Deck(cards, scheduler, NOW), 5, 1)
    assert plan.moves[0].interval_after == 14
    assert "Later than the longest interval" in plan.notes[0]


def test_dates_follow_the_zone():
    from repetita.scheduling import DayRule

    scheduler = Scheduler(day_rule=DayRule("Asia/Tokyo", 4))
    late = NOW.replace(hour=20)  # already the 29th, 05:00, in Tokyo
    cards = [reviewed(1, last=-9, due=1, scheduler=scheduler)]
    plan = schedule_break(Deck(cards, scheduler, late), 2, 1, start="2026-11-29")
    assert plan.moves[0].due == late.replace(hour=19) + timedelta(days=2)
