"""What holds for every tool: cards kept, nothing else touched, caps, nothing due in the past."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from batch_decks import NOW, decks, reviewed, shown_by_day
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.errors import CorruptInput, UnsupportedInput, UsageError
from repetita.scheduling import Card, Scheduler, State, batch
from repetita.scheduling.batch import Deck, Plan

WEEK = (1, 1, 1, 1, 1, 0.5, 0)
DATES = [date(2026, 11, 29), "2026-12-02"]
TOOLS = {
    "reschedule": lambda deck, cap: batch.reschedule(deck, most_per_day=cap),
    "reschedule to easy days": lambda deck, cap: batch.reschedule(
        deck, percentages=WEEK, dates=DATES, keep_within=0.1, most_per_day=cap, seed=4
    ),
    "reschedule without balance": lambda deck, cap: batch.reschedule(deck, balance=False, most_per_day=cap),
    "postpone": lambda deck, cap: batch.postpone(deck, 6, most_per_day=cap),
    "postpone what is safe": lambda deck, cap: batch.postpone(deck, most_per_day=cap),
    "advance": lambda deck, cap: batch.advance(deck, 6, most_per_day=cap),
    "advance what is safe": lambda deck, cap: batch.advance(deck, most_per_day=cap),
    "flatten": lambda deck, cap: batch.flatten(deck, cap or 3),
    "easy days": lambda deck, cap: batch.easy_days(deck, WEEK, most_per_day=cap),
    "easy dates": lambda deck, cap: batch.easy_days(deck, dates=DATES, most_per_day=cap),
    "disperse siblings": lambda deck, cap: batch.disperse_siblings(deck, most_per_day=cap),
    "break": lambda deck, cap: batch.schedule_break(deck, 4, 5, most_per_day=cap),
    "later break": lambda deck, cap: batch.schedule_break(
        deck, 3, 2, start=NOW.date() + timedelta(days=5), most_per_day=cap
    ),
}
every_tool = pytest.mark.parametrize("tool", TOOLS)
caps = st.sampled_from((None, 1, 2, 4))


@every_tool
@settings(max_examples=20, deadline=None)
@given(deck=decks(), cap=caps)
def test_cards_are_kept_and_only_listed_ones_change(tool, deck, cap):
    plan = TOOLS[tool](deck, cap)
    after = plan.apply(deck.cards)
    assert [card.card_id for card in after] == [card.card_id for card in deck.cards]
    moved = {move.card_id for move in plan.moves}
    for old, new in zip(deck.cards, after, strict=True):
        if old.card_id not in moved:
            assert new is old
            continue
        assert old.state is State.REVIEW
        assert not old.suspended
        assert new.due != old.due
        assert new == old.replaced(due=new.due, scheduled_days=new.scheduled_days)


@every_tool
@settings(max_examples=20, deadline=None)
@given(deck=decks(), cap=caps)
def test_no_card_is_due_in_the_past_that_was_not(tool, deck, cap):
    plan = TOOLS[tool](deck, cap)
    new = Deck(plan.apply(deck.cards), deck.scheduler, deck.now)
    moved = {move.card_id for move in plan.moves}
    rows = [row for row in new.rows if row.card.card_id in moved]
    for row, move in zip(rows, plan.moves, strict=True):
        assert row.due_day >= deck.today
        assert row.due_day - deck.today == move.days_after
        assert row.due_day - row.last_day == move.interval_after == row.card.scheduled_days >= 1
        assert move.days_after != move.days_before


@every_tool
@settings(max_examples=20, deadline=None)
@given(deck=decks(), cap=caps)
def test_histograms_are_those_of_the_cards(tool, deck, cap):
    plan = TOOLS[tool](deck, cap)
    new = Deck(plan.apply(deck.cards), deck.scheduler, deck.now)
    for counts, seen in ((plan.due_before, deck), (plan.due_after, new)):
        assert counts == Counter(row.due_day - deck.today for row in seen.rows)
    assert sum(plan.due_before.values()) == sum(plan.due_after.values()) == len(deck.rows)
    if deck.rows:
        day, count = plan.peak_after
        folded = Counter()
        for at, cards in plan.due_after.items():
            folded[max(at, 0)] += cards
        assert count == max(folded.values()) == folded[day]
    assert plan.overdue_after == sum(row.due_day < deck.today for row in new.rows)


@every_tool
@settings(max_examples=40, deadline=None)
@given(deck=decks(), cap=st.integers(1, 4))
def test_caps_hold_on_every_day_that_a_tool_fills(tool, deck, cap):
    before = shown_by_day(deck)
    after = shown_by_day(deck, TOOLS[tool](deck, cap).apply(deck.cards))
    for day, count in after.items():
        assert count <= max(cap, before.get(day, 0)), day


@every_tool
@settings(max_examples=8, deadline=None)
@given(deck=decks(), cap=caps)
def test_plans_are_repeatable_and_survive_storage(tool, deck, cap):
    plan = TOOLS[tool](deck, cap)
    again = TOOLS[tool](Deck(deck.cards, deck.scheduler, deck.now), cap)
    assert again.to_dict() == plan.to_dict()
    stored = Plan.from_json(plan.to_json())
    assert stored.to_dict() == plan.to_dict()
    assert stored.apply(deck.cards) == plan.apply(deck.cards)
    assert len(plan.to_rows()) == len(plan)
    assert plan.summary().startswith(plan.tool)
    for mean in (plan.recall_before, plan.recall_after):
        assert mean is None if not plan.moves else 0.0 <= mean <= 1.0


@every_tool
@settings(max_examples=8, deadline=None)
@given(deck=decks(), cap=caps)
def test_applying_twice_is_refused(tool, deck, cap):
    plan = TOOLS[tool](deck, cap)
    after = plan.apply(deck.cards)
    if not plan.moves:
        assert plan.apply(after) == after
        return
    with pytest.raises(UsageError, match="has changed since the plan was made") as caught:
        plan.apply(after)
    assert caught.value.hint == "the plan was applied to it already"


@pytest.fixture
def overdue() -> Deck:
    return Deck([reviewed(i, last=-20 - i, due=-i) for i in range(6)], Scheduler(), NOW)


def test_a_card_that_changed_in_between_is_named(overdue):
    plan = batch.postpone(overdue, 6)
    answered = list(overdue.cards)
    answered[3], _ = overdue.scheduler.review(answered[3], 3, NOW)
    with pytest.raises(UsageError, match="card 3 has changed") as caught:
        plan.apply(answered)
    assert "make a new plan" in caught.value.hint
    with pytest.raises(UsageError, match="card 5 is not among the cards"):
        plan.apply(overdue.cards[:5])
    with pytest.raises(UsageError, match="occurs twice"):
        plan.apply([*overdue.cards, overdue.cards[0]])
    # cards that the plan does not move may come, go and change
    assert len(plan.apply([*overdue.cards, Card(card_id="new")])) == 7


def test_due_times_follow_the_scheduler():
    scheduler = Scheduler(due_at="answer time")
    cards = [reviewed(1, last=-20, due=0, scheduler=scheduler)]
    (move,) = batch.postpone(Deck(cards, scheduler, NOW), 1).moves
    assert (move.due - cards[0].last_review).total_seconds() == 86_400 * move.interval_after


def test_decks_refuse_what_they_cannot_plan_with():
    card = reviewed(1, last=-3, due=2)
    with pytest.raises(UsageError, match="card id 1 occurs twice"):
        Deck([card, card], Scheduler(), NOW)
    with pytest.raises(UsageError, match="expected a Card"):
        Deck([card, "card"], Scheduler(), NOW)
    with pytest.raises(UsageError, match="holds the memory of fsrs6, the scheduler is of fsrs5"):
        Deck([card], Scheduler("fsrs5"), NOW)
    with pytest.raises(UsageError, match="after now"):
        Deck([card], Scheduler(), NOW - timedelta(days=9))
    with pytest.raises(UsageError, match="no time zone"):
        Deck([card], Scheduler(), NOW.replace(tzinfo=None))
    with pytest.raises(UsageError, match="expected a Scheduler"):
        Deck([card], "fsrs6", NOW)
    with pytest.raises(UsageError, match="last_intervals"):
        Deck([card], Scheduler(), NOW, {1: -1})
    with pytest.raises(UsageError, match="expected days by card id"):
        Deck([card], Scheduler(), NOW, [5])
    with pytest.raises(UsageError, match="cards is 7, expected a list"):
        Deck(7, Scheduler(), NOW)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda deck: batch.postpone(deck, -1), "count is -1"),
        (lambda deck: batch.postpone(deck, 1, seed=-1), "seed is -1"),
        (lambda deck: batch.advance(deck, 1, most_per_day=0), "most_per_day is 0"),
        (lambda deck: batch.flatten(deck, 0), "limit is 0"),
        (lambda deck: batch.easy_days(deck), "needs shares of weekdays, or dates"),
        (lambda deck: batch.easy_days(deck, [1, 1]), "expected seven shares"),
        (lambda deck: batch.easy_days(deck, [0] * 7), "not all of them 0"),
        (lambda deck: batch.easy_days(deck, ["x"] * 7), "expected seven shares"),
        (lambda deck: batch.easy_days(deck, dates="2026-12-24"), "expected a list of them"),
        (lambda deck: batch.easy_days(deck, dates=["24.12."]), "expected dates such as"),
        (lambda deck: batch.easy_days(deck, dates=[NOW]), "expected dates such as"),
        (lambda deck: batch.reschedule(deck, keep_within=1.0), "keep_within is 1.0"),
        (lambda deck: batch.reschedule(deck, answered_within=0), "answered_within is 0"),
        (lambda deck: batch.reschedule(deck, keep_within="x"), "keep_within is 'x'"),
        (lambda deck: batch.reschedule(deck, only=[99]), "no card has the id 99"),
        (lambda deck: batch.reschedule(deck, only=[[1]]), "no card has the id"),
        (lambda deck: batch.reschedule(deck, only=7), "only is 7, expected a list"),
        (lambda deck: batch.disperse_siblings(deck, notes="7"), "notes is '7', expected a list"),
        (lambda deck: batch.easy_days(deck, 5), "percentages is 5, expected a list"),
        (lambda deck: batch.postpone(deck, 1).apply(5), "cards is 5, expected a list"),
        (lambda deck: batch.disperse_siblings(deck, notes=[99]), "no card has the note 99"),
        (lambda deck: batch.schedule_break(deck, 0, 3), "days is 0"),
        (lambda deck: batch.schedule_break(deck, 3, 0), "spread_days is 0"),
        (lambda deck: batch.schedule_break(deck, 3, 3, start="2026-11-27"), "which is over"),
    ],
)
def test_bad_options_are_explained(overdue, call, words):
    with pytest.raises(UsageError, match=words):
        call(overdue)


@pytest.mark.parametrize(
    "change",
    [
        {"moves": 5},
        {"moves": [3]},
        {"moves": [{"before": {}}]},
        {"now": None},
        {"now": "yesterday"},
        {"due_before": [["a", 1]]},
        {"surprise": 1},
        {"schema": "1"},
    ],
)
def test_damaged_plans_are_refused(overdue, change):
    stored = {**batch.postpone(overdue, 2).to_dict(), **change}
    with pytest.raises(CorruptInput):
        Plan.from_dict(stored)


def test_damaged_moves_are_refused(overdue):
    stored = batch.postpone(overdue, 2).to_dict()
    for change in ({"due": None}, {"due": 5}, {"interval_after": "7"}, {"recall_after": None}, {"before": 1}):
        broken = {**stored, "moves": [{**stored["moves"][0], **change}]}
        with pytest.raises(CorruptInput):
            Plan.from_dict(broken)
    with pytest.raises(UnsupportedInput):
        Plan.from_dict({**stored, "schema": 2})
    with pytest.raises(CorruptInput):
        Plan.from_json("{")
