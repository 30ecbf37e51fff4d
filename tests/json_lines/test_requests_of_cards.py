"""Operations on cards: the same as the library's own calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from repetita import Card, DayRule, Rating, Scheduler, model
from repetita.scheduling import ReviewLogEntry

NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
PARIS = {"zone": "Europe/Paris", "rollover_hour": 4}
OPTIONS = {
    "desired_retention": 0.85,
    "day_rule": PARIS,
    "learning_steps": "5m",
    "fuzz": "repetita",
    "seed": 3,
}
OURS = Scheduler(
    desired_retention=0.85, day_rule=DayRule("Europe/Paris", 4), learning_steps="5m", fuzz="repetita", seed=3
)
PY_FSRS = {
    "card_id": 5,
    "state": 2,
    "step": None,
    "stability": 10.0,
    "difficulty": 5.0,
    "due": "2026-12-08T09:30:00+00:00",
    "last_review": "2026-11-28T09:30:00+00:00",
}
TS_FSRS = {
    "due": "2026-12-08T09:30:00.000Z",
    "stability": 10,
    "difficulty": 5,
    "elapsed_days": 0,
    "scheduled_days": 10,
    "learning_steps": 0,
    "reps": 3,
    "lapses": 0,
    "state": 2,
    "last_review": "2026-11-28T09:30:00.000Z",
}


def test_a_life_of_a_card(ask):
    card, sent = Card(card_id="casa"), ask(op="new_card", card_id="casa")["card"]
    at = NOW
    for rating in (3, 3, 1, 3, 4, 2):
        card, entry = OURS.review(card, rating, at, duration_ms=4200)
        answer = ask(
            op="review", card=sent, rating=rating, at=at.isoformat(), duration_ms=4200, scheduler=OPTIONS
        )
        assert answer["ok"]
        assert Card.from_dict(answer["card"]) == card
        assert ReviewLogEntry.from_dict(answer["entry"]) == entry
        sent, at = answer["card"], at + timedelta(days=3, hours=5)


def test_a_card_given_in_part_comes_back_whole(ask):
    short = {"schema": 1, "kind": "Card", "card_id": 9}
    answer = ask(op="review", card=short, rating=4, at="2026-11-28T09:30:00Z")
    assert answer["entry"]["before"] == Card(card_id=9).to_dict()
    assert ask(op="rollback", card=answer["card"], entry=answer["entry"])["card"] == Card(card_id=9).to_dict()


def test_times_may_be_unix_milliseconds(ask):
    milliseconds = round(NOW.timestamp() * 1000)
    asked = {"op": "review", "card": None, "rating": 3}
    assert ask(**asked, at=milliseconds)["card"] == ask(**asked, at=NOW.isoformat())["card"]


def test_preview_names_every_button(ask):
    buttons = ask(op="preview", card=None, at="2026-11-28T09:30:00Z")["buttons"]
    expected = Scheduler().preview(Card(), NOW)
    assert buttons == {str(int(rating)): button.to_dict() for rating, button in expected.items()}


def test_retrievability(ask):
    card, _ = Scheduler().review(Card(), Rating.EASY, NOW)
    later = NOW + timedelta(days=8)
    answer = ask(op="retrievability", card=card.to_dict(), at=later.isoformat())
    assert answer["retrievability"] == Scheduler().retrievability(card, later)


def test_reschedule_takes_entries_pairs_and_other_packages_logs(ask):
    times = [NOW, NOW + timedelta(days=2), NOW + timedelta(days=9)]
    card, entries = Card(card_id=7), []
    for at in times:
        card, entry = Scheduler().review(card, 3, at)
        entries.append(entry)
    forms = (
        [entry.to_dict() for entry in entries],
        [[3, at.isoformat()] for at in times],
        [{"card_id": 7, "rating": 3, "review_datetime": at.isoformat()} for at in times],
        [{"rating": 3, "review": at.isoformat()} for at in times],
    )
    expected = Scheduler("fsrs5").reschedule(card, entries).to_dict()
    for history in forms:
        answer = ask(op="reschedule", card=card.to_dict(), history=history, scheduler={"model": "fsrs5"})
        assert answer["card"] == expected


def test_reschedule_without_a_history_keeps_the_memory(ask):
    card, _ = Scheduler().review(Card(), 4, NOW)
    stricter = {"desired_retention": 0.95}
    answer = ask(op="reschedule", card=card.to_dict(), scheduler=stricter)
    assert answer["card"] == Scheduler(desired_retention=0.95).reschedule(card).to_dict()
    assert answer["card"]["scheduled_days"] < card.scheduled_days


def test_forget_and_roll_back(ask):
    card, _ = Scheduler().review(Card(card_id=3), 4, NOW)
    forgotten = ask(op="forget", card=card.to_dict(), at=NOW.isoformat(), reset_counts=True)
    assert forgotten["card"] == Card(card_id=3).to_dict()
    assert forgotten["entry"]["rating"] is None
    back = ask(op="rollback", card=forgotten["card"], entry=forgotten["entry"])
    assert Card.from_dict(back["card"]) == card


def test_a_scheduler_is_sent_once(ask):
    kept = ask(op="scheduler", name="strict", scheduler={"desired_retention": 0.95})
    assert Scheduler.from_dict(kept["scheduler"]) == Scheduler(desired_retention=0.95)
    asked = {"op": "review", "card": None, "rating": 4, "at": NOW.isoformat()}
    strict, usual = ask(**asked, scheduler="strict"), ask(**asked)
    assert strict["card"]["scheduled_days"] < usual["card"]["scheduled_days"]
    ask(op="scheduler", scheduler=kept["scheduler"])
    assert ask(**asked)["card"] == strict["card"]


def test_scheduler_says_what_migration_did(ask):
    nineteen = list(model("fsrs5").parameters)
    kept = ask(op="scheduler", scheduler={"model": "fsrs6", "parameters": nineteen})
    assert kept["notes"] == ["migrated from FSRS-5 (19 parameters)"]


@pytest.mark.parametrize("scheduler", [{}, {"parameters": [], "enable_fuzzing": False}])
def test_cards_of_py_fsrs_are_answered_in_kind(ask, scheduler):
    answer = ask(op="review", card=PY_FSRS, rating=3, at="2026-12-08T09:30:00Z", scheduler=scheduler)
    assert set(answer["card"]) == set(PY_FSRS)
    assert answer["card"]["stability"] == pytest.approx(32.0267, abs=1e-3)
    assert answer["entry"] == {
        "card_id": 5,
        "rating": 3,
        "review_datetime": "2026-12-08T09:30:00+00:00",
        "review_duration": None,
    }


def test_cards_of_ts_fsrs_are_answered_in_kind(ask):
    answer = ask(op="review", card=TS_FSRS, card_id="casa", rating=3, at="2026-12-08T09:30:00Z")
    assert set(answer["card"]) == set(TS_FSRS)
    assert (answer["card"]["reps"], answer["entry"]["state"]) == (4, 2)


def test_the_answer_may_be_in_another_format(ask):
    ours = ask(op="convert", card=PY_FSRS, format="repetita")["card"]
    assert Card.from_dict(ours).memory == (10.0, 5.0)
    assert ask(op="convert", card=ours, format="py-fsrs")["card"] == PY_FSRS
    assert set(ask(op="convert", card=ours, format="ts-fsrs")["card"]) == set(TS_FSRS)


def test_a_card_of_sm2(ask):
    card = ask(op="card_from_sm2", interval_days=30, ease=2.5, last_review=NOW.isoformat(), card_id=2)["card"]
    assert Card.from_dict(card).stability == pytest.approx(30.0)


def test_a_calendar_moves_the_day(ask):
    card, _ = Scheduler().review(Card(card_id=1), 4, NOW)
    asked = {"op": "review", "card": card.to_dict(), "rating": 3, "at": (NOW + timedelta(days=8)).isoformat()}
    asked["scheduler"] = {"fuzz": "repetita"}
    free = Card.from_dict(ask(**asked)["card"])
    day = free.due.date()
    counts = {(day + timedelta(days=step)).isoformat(): 0 if step == 1 else 10**6 for step in range(-9, 10)}
    assert Card.from_dict(ask(**asked, calendar=counts)["card"]).due.date() == day + timedelta(days=1)


def test_describe_lists_what_there_is(ask):
    answer = ask(id="who", op="describe")
    assert (answer["id"], answer["schema"], answer["program"]) == ("who", 1, "repetita")
    assert answer["operations"]["review"]["required"] == ["card", "rating", "at"]
    assert "fsrs7" in answer["models"]


# ---------------------------------------------------------------------- refusals
@pytest.mark.parametrize(
    ("request_fields", "said"),
    [
        ({"op": "reviwe"}, "did you mean 'review'"),
        ({"op": None}, "unknown operation None"),
        ({"op": "review", "card": None, "rating": 3, "time": 1}, "unknown field of review 'time'"),
        ({"op": "review", "card": None, "rating": 3}, "review needs the field 'at'"),
        ({"op": "review", "card": None, "rating": 5, "at": 0}, "rating is 5"),
        ({"op": "review", "card": None, "rating": "3", "at": 0}, "rating is '3'"),
        ({"op": "review", "card": None, "rating": 3, "at": "2026-11-28T09:30:00"}, "no time zone"),
        ({"op": "review", "card": None, "rating": 3, "at": "yesterday"}, "not a time"),
        ({"op": "review", "card": None, "rating": 3, "at": 10**30}, "Unix milliseconds"),
        (
            {"op": "review", "card": None, "rating": 3, "at": 0, "scheduler": "mine"},
            "unknown scheduler 'mine'",
        ),
        ({"op": "review", "card": [], "rating": 3, "at": 0}, "not a stored Card"),
        ({"op": "review", "card": PY_FSRS, "rating": 3, "at": "2026-11-27T09:30:00Z"}, "after"),
        ({"op": "review", "card": None, "rating": 3, "at": 0, "calendar": {"monday": 3}}, "calendar"),
        ({"op": "scheduler", "scheduler": {"desired_retenton": 0.9}}, "did you mean 'desired_retention'"),
        ({"op": "scheduler", "scheduler": {"desired_retention": 90}}, "expected a number in (0, 1)"),
        ({"op": "scheduler", "scheduler": {"model": "fsrs6", "parameters": [1, 2]}}, "takes 21 parameters"),
        ({"op": "scheduler", "scheduler": {"easy_days": 3}}, ""),
        ({"op": "scheduler", "scheduler": {"deck_retention": 3}}, ""),
        ({"op": "scheduler", "scheduler": {}, "name": 7}, "name is 7"),
        ({"op": "forget", "card": None, "at": 0, "reset_counts": 1}, "reset_counts is 1"),
        ({"op": "reschedule", "card": None, "history": {}}, "expected a list of entries"),
        ({"op": "reschedule", "card": None, "history": [3]}, "answer 1 of the history is 3"),
        ({"op": "convert", "card": None, "format": "anki"}, "unknown format 'anki'"),
        ({"op": "describe", "schema": 2}, "schema 2"),
    ],
)
def test_what_is_wrong_is_said(refused, request_fields, said):
    error = refused(**request_fields)
    assert said in f"{error['message']} {error['hint']}"


def test_a_refusal_changes_nothing(ask):
    asked = {"op": "review", "card": None, "rating": 4, "at": NOW.isoformat()}
    before = ask(**asked)["card"]
    assert not ask(op="scheduler", scheduler={"desired_retention": 2})["ok"]
    assert ask(**asked)["card"] == before
