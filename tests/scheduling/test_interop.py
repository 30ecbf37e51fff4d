"""Cards, answers and parameters of other packages, there and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from scheduling_cards import START, answer, histories, instants

from repetita import model
from repetita.equations import equations
from repetita.errors import CorruptInput, InvalidParameters, RepetitaError, UsageError
from repetita.scheduling import Card, Rating, Scheduler, State
from repetita.scheduling.interop_parameters import read_parameters
from repetita.scheduling.interop_py_fsrs import (
    answers_from_py_fsrs,
    card_from_py_fsrs,
    card_to_py_fsrs,
    entry_to_py_fsrs,
    scheduler_from_py_fsrs,
    scheduler_to_py_fsrs,
)
from repetita.scheduling.interop_sm2 import card_from_sm2
from repetita.scheduling.interop_ts_fsrs import (
    answers_from_ts_fsrs,
    card_from_ts_fsrs,
    card_to_ts_fsrs,
    entry_to_ts_fsrs,
)

KEPT = ("card_id", "state", "step", "memory", "due", "last_review", "model")


def kept(card: Card, *names: str) -> list[object]:
    return [getattr(card, name) for name in (*KEPT, *names)]


@given(histories)
@settings(deadline=None, max_examples=40)
def test_cards_come_back_from_py_fsrs(history):
    card, entries = answer(Scheduler("fsrs6"), Card(card_id=7), instants(history))
    written = json.loads(json.dumps(card_to_py_fsrs(card)))
    assert kept(card_from_py_fsrs(written)) == kept(card)
    logs = json.loads(json.dumps([entry_to_py_fsrs(entry) for entry in entries]))
    # answers at the same instant keep their order
    apart = len({log["review_datetime"] for log in logs}) == len(logs)
    answers = answers_from_py_fsrs(reversed(logs) if apart else logs)
    assert Scheduler("fsrs6").reschedule(Card(card_id=7), answers[7]) == card


@given(histories)
@settings(deadline=None, max_examples=40)
def test_cards_come_back_from_ts_fsrs(history):
    card, entries = answer(Scheduler("fsrs6"), Card(card_id="a"), instants(history))
    written = json.loads(json.dumps(card_to_ts_fsrs(card)))
    read = card_from_ts_fsrs(written, card_id="a")
    assert kept(read, "reps", "lapses", "scheduled_days") == kept(card, "reps", "lapses", "scheduled_days")
    logs = json.loads(json.dumps([entry_to_ts_fsrs(entry) for entry in entries]))
    answers = answers_from_ts_fsrs(logs)
    assert Scheduler("fsrs6").reschedule(Card(card_id="a"), answers) == card


def test_py_fsrs_reads_what_is_written_and_the_other_way_round():
    fsrs = pytest.importorskip("fsrs")
    theirs, ours = fsrs.Scheduler(enable_fuzzing=False), scheduler_from_py_fsrs(fsrs.Scheduler().to_dict())
    assert fsrs.Scheduler.from_dict(scheduler_to_py_fsrs(ours)).to_dict() == fsrs.Scheduler().to_dict()
    ours = scheduler_from_py_fsrs(theirs.to_dict())
    card, other, at = Card(card_id=3), fsrs.Card(card_id=3), START
    for rating in (3, 3, 4, 1, 2, 3, 2, 3):
        card, entry = ours.review(card, rating, at)
        other, log = theirs.review_card(other, fsrs.Rating(rating), at)
        back = card_from_py_fsrs(json.loads(other.to_json()))
        assert back.memory == pytest.approx(card.memory, rel=1e-12)
        assert (back.state, back.step, back.due) == (card.state, card.step, card.due)
        assert fsrs.Card.from_json(json.dumps(card_to_py_fsrs(card))).due == other.due
        assert fsrs.ReviewLog.from_dict(entry_to_py_fsrs(entry)) == log
        # at the same hour of the day, where days and blocks of 24 hours are the same
        at += timedelta(days=max((other.due - at).days, 1))


def test_a_forgotten_card_goes_to_ts_fsrs_as_manual_and_not_to_py_fsrs():
    scheduler = Scheduler("fsrs6")
    card, first = scheduler.review(Card(card_id=1), 3, START)
    card, entry = scheduler.forget(card, START)
    assert entry_to_ts_fsrs(entry)["rating"] == 0
    answers = answers_from_ts_fsrs([entry_to_ts_fsrs(first), entry_to_ts_fsrs(entry)])
    assert [rating for rating, _ in answers] == [Rating.GOOD, None]
    assert scheduler.reschedule(Card(card_id=1), answers).state is State.NEW
    with pytest.raises(UsageError, match="forgotten"):
        entry_to_py_fsrs(entry)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {},
        {"card_id": 1},
        {"card_id": None, "state": 1},
        {"card_id": 1, "state": 9},
        {"card_id": 1, "state": float("nan")},
        {"card_id": 1, "state": 2, "stability": "much", "difficulty": 5, "last_review": "2026-01-01T00:00Z"},
        {"card_id": 1, "state": 2, "stability": -4, "difficulty": 5, "last_review": "2026-01-01T00:00Z"},
        {"card_id": 1, "state": 2, "stability": 4, "difficulty": 5, "last_review": "yesterday"},
        {"card_id": 1, "state": 2, "stability": 4, "difficulty": 5, "last_review": "2026-01-01T00:00"},
        {"card_id": 1, "state": 2, "stability": 4, "difficulty": 5, "last_review": 1e300},
    ],
)
def test_broken_cards_are_errors_in_words(broken):
    with pytest.raises(CorruptInput) as caught:
        card_from_py_fsrs(broken)
    assert "py-fsrs" in str(caught.value)


@pytest.mark.parametrize(
    ("read", "given"),
    [
        (answers_from_py_fsrs, [{"card_id": 1, "rating": 5, "review_datetime": "2026-01-01T00:00Z"}]),
        (answers_from_py_fsrs, [{"card_id": 1, "rating": 3, "review_datetime": None}]),
        (answers_from_ts_fsrs, [{"rating": 3}]),
        (answers_from_ts_fsrs, ["log"]),
        (
            lambda data: card_from_ts_fsrs(data, card_id=1),
            {"state": 2, "stability": 0, "difficulty": 0, "due": 0},
        ),
        (scheduler_from_py_fsrs, {"parameters": [1, 2]}),
        (scheduler_from_py_fsrs, {"parameters": [], "learning_steps": 5}),
        (scheduler_from_py_fsrs, {"parameters": [], "desired_retention": 2}),
    ],
)
def test_broken_logs_and_schedulers_are_errors_in_words(read, given):
    with pytest.raises(RepetitaError):
        read(given)


def test_models_with_more_than_two_numbers_are_refused_with_a_way_out():
    with pytest.raises(UsageError, match="reschedule"):
        card_from_py_fsrs({"card_id": 1, "state": 1}, model="fsrs7")
    card, _ = Scheduler("hlr").review(Card(card_id=1), 3, START)
    with pytest.raises(UsageError, match="reschedule"):
        card_to_ts_fsrs(card)
    with pytest.raises(UsageError, match="text"):
        card_to_py_fsrs(Card(card_id="a"))


def test_a_card_of_sm2_is_due_when_it_was_and_recalled_as_it_was():
    last = datetime(2026, 10, 1, tzinfo=UTC)
    card = card_from_sm2(30.0, 2.5, last_review=last, retention=0.85, reps=4, lapses=1)
    scheduler = Scheduler("fsrs6", due_at="answer time")
    assert card.due == last + timedelta(days=30)
    assert scheduler.retrievability(card, card.due) == pytest.approx(0.85)
    assert scheduler.review(card, 3, card.due)[0].scheduled_days > 30
    assert card_from_sm2(6, 2.2, last_review=last, model="anki_sm2").memory == (6.0, 2.2)
    assert card_from_sm2(6, 2.2, last_review=last, model="sm2").memory == (6.0, 2.2, 2.0)


def test_sm2_states_are_those_of_the_peer():
    peer = pytest.importorskip("fsrs_rs_python")
    theirs = peer.FSRS(parameters=list(peer.DEFAULT_PARAMETERS))
    for ease, interval, retention in ((2.5, 30.0, 0.9), (1.3, 5.0, 0.8), (3.1, 200.0, 0.95)):
        card = card_from_sm2(interval, ease, last_review=START, retention=retention)
        state = theirs.memory_state_from_sm2(ease, interval, retention)
        assert card.memory == pytest.approx((state.stability, state.difficulty), rel=1e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"interval_days": 0}, "interval_days"),
        ({"interval_days": "3"}, "interval_days"),
        ({"ease": 1.0}, "ease"),
        ({"ease": float("nan")}, "ease"),
        ({"retention": 1.0}, "retention"),
        ({"last_review": datetime(2026, 1, 1)}, "time zone"),
        ({"model": "hlr"}, "no conversion"),
    ],
)
def test_what_is_no_card_of_sm2(options, message):
    good = {"interval_days": 3.0, "ease": 2.5, "last_review": START}
    with pytest.raises(UsageError, match=message):
        card_from_sm2(**{**good, **options})


@pytest.mark.parametrize(
    "name", ["fsrs1", "fsrs2", "fsrs3", "fsrs4_5", "fsrs5", "fsrs6", "fsrs7", "fsrs7_legacy35"]
)
def test_the_version_is_told_by_the_number_of_parameters(name):
    defaults = [p.default for p in equations(name).PARAMETERS]
    read = read_parameters(defaults)
    assert (read.model, read.source, read.changes) == (model(name), name, ())
    assert "as it was given" in str(read)


def test_a_conversion_says_what_it_changed():
    older = [p.default for p in equations("fsrs4_5").PARAMETERS]
    read = read_parameters(older, to="fsrs6")
    assert read.model == model("fsrs6", older)
    assert read.changes[0].startswith("changed: difficulty_base 5.1618 to")
    assert read.changes[1] == "added: same_day_grade 0, same_day_offset 0, same_day_saturation 0, decay 0.5"
    assert read.changes[2].endswith("393 days before, 4, 14, 43, 121, 313 after")
    assert str(read).startswith("fsrs4_5 to fsrs6: changed")
    assert read_parameters(older, source="fsrs4").model.name == "fsrs4"


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([1.0] * 20, {}, "no version of FSRS has 20"),
        ([], {}, "has 0 parameters"),
        (["a"] * 21, {}, "must be numbers"),
        ([float("inf")] * 21, {}, "finite"),
        ([99.0] * 21, {}, "out of bounds"),
        ([1.0] * 21, {"source": "fsrs5"}, "fsrs5 has 19"),
        ([1.0] * 21, {"source": "fsrs55"}, "did you mean"),
    ],
)
def test_lists_that_are_none(values, options, message):
    with pytest.raises((InvalidParameters, UsageError), match=message):
        read_parameters(values, **options)


def test_versions_without_a_conversion_point_to_a_fit():
    with pytest.raises(UsageError, match="fit fsrs7 to the log"):
        read_parameters([p.default for p in equations("fsrs6").PARAMETERS], to="fsrs7")
