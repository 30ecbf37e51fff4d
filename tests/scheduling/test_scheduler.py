"""The scheduler, case by case: steps, lapses, leeches, retention, days, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from scheduling_cards import HISTORY, NO_STATE, RECURSIVE, START, answer

from repetita import model
from repetita.errors import CorruptInput, RepetitaError, UnknownName, UnsupportedInput, UsageError
from repetita.reviews import ReviewLog
from repetita.scheduling import Card, DayGrid, DayRule, GivenDays, Rating, ReviewLogEntry, Scheduler, State

DAY = timedelta(days=1)


def reviewed(scheduler: Scheduler, ratings: str = "333", card: Card | None = None) -> Card:
    """A card answered when it was due, each time."""
    card, at = card or Card(card_id=7), START
    for rating in ratings:
        card, _ = scheduler.review(card, int(rating), at)
        at = card.due
    return card


def minutes(scheduler: Scheduler, card: Card, at: datetime) -> list[float | None]:
    """Minutes to the next step by button; None: out of the steps."""
    return [
        None if b.state is State.REVIEW else round(b.interval_days * 1440, 6)
        for b in scheduler.preview(card, at).values()
    ]


@pytest.mark.parametrize(
    ("steps", "first", "second"),
    [
        ("1m 10m", [1, 5.5, 10, None], [1, 10, None, None]),
        ("10m", [10, 15, None, None], None),
        ("30s 90s 1h", [0.5, 1, 1.5, None], [0.5, 1.5, 60, None]),
    ],
)
def test_buttons_of_learning_steps(steps, first, second):
    scheduler = Scheduler("fsrs6", learning_steps=steps)
    assert minutes(scheduler, Card(), START) == first
    card, _ = scheduler.review(Card(), 3, START)
    assert card.step == (None if second is None else 1)
    if second:
        assert minutes(scheduler, card, card.due) == second


def test_long_steps_cross_to_the_beginning_of_a_day():
    scheduler = Scheduler("fsrs6", learning_steps="20h 3d", day_rule=DayRule("Europe/Paris", 4))
    card, entry = scheduler.review(Card(), 1, START)
    assert entry.interval_days == 1
    assert card.due == datetime(2024, 3, 31, 4, tzinfo=ZoneInfo("Europe/Paris"))
    card, entry = scheduler.review(card, 3, card.due)
    assert (card.state, entry.interval_days, card.scheduled_days) == (State.LEARNING, 3, 0)
    # half as long again, at most a day more, and then whole days
    only = Scheduler("fsrs6", learning_steps="2d").review(Card(), 2, START)[1]
    assert only.interval_days == 3


def test_steps_that_were_shortened_meanwhile():
    card, _ = Scheduler("fsrs6", learning_steps="1m 10m 1h").review(Card(), 3, START)
    card, _ = Scheduler("fsrs6", learning_steps="1m 10m 1h").review(card, 3, START)
    assert card.step == 2
    shorter = Scheduler("fsrs6", learning_steps="1m 10m")
    assert minutes(shorter, card, START) == [1, 10, None, None]
    assert Scheduler("fsrs6", learning_steps="").review(card, 3, START)[0].state is State.REVIEW


def test_without_steps_memory_chooses_within_the_day_where_the_model_learns_there():
    again = {"learning_steps": "", "relearning_steps": ""}
    card, entry = Scheduler("fsrs6", **again).review(Card(), 1, START)
    assert (card.state, card.step) == (State.LEARNING, 0)
    assert entry.interval_days == pytest.approx(0.212, abs=1e-4)
    assert Scheduler("fsrs6", short_term="never", **again).review(Card(), 1, START)[0].state is State.REVIEW
    migrated = model("fsrs6", model("fsrs4_5").parameters)
    assert Scheduler(migrated, **again).review(Card(), 1, START)[0].state is State.REVIEW
    assert Scheduler("fsrs4_5", **again).review(Card(), 1, START)[0].state is State.REVIEW
    assert Scheduler("fsrs7", **again).review(Card(), 1, START)[0].state is State.LEARNING
    steps = Scheduler("fsrs6", learning_steps="1m", short_term="after steps", desired_retention=0.97)
    card, _ = steps.review(reviewed(steps, "1"), 3, START + timedelta(minutes=1))
    assert (card.state, card.step) == (State.LEARNING, 0)


def test_lapses_go_through_relearning_and_keep_the_days_they_would_get():
    scheduler = Scheduler("fsrs6")
    card = reviewed(scheduler, "33333")
    lapsed, entry = scheduler.review(card, 1, card.due)
    assert (lapsed.state, lapsed.step, lapsed.lapses) == (State.RELEARNING, 0, card.lapses + 1)
    assert 1 <= lapsed.scheduled_days < card.scheduled_days
    assert entry.interval_days == pytest.approx(10 / 1440)
    straight = Scheduler("fsrs6", relearning_steps="").review(card, 1, card.due)[0]
    assert (straight.state, straight.scheduled_days) == (State.REVIEW, lapsed.scheduled_days)


def test_leeches_are_reported_at_the_threshold_and_every_half_of_it():
    scheduler = Scheduler("fsrs6", leech_threshold=4, relearning_steps="", short_term="never")
    suspending = Scheduler("fsrs6", leech_threshold=2, leech_action="suspend")
    card, reports = reviewed(scheduler), []
    for _ in range(9):
        reports.append("leech" in scheduler.preview(card, card.due)[Rating.AGAIN].reason)
        card, _ = scheduler.review(card, 1, card.due)
    assert [number for number, leech in enumerate(reports, start=1) if leech] == [4, 6, 8]
    assert card.leech
    assert not card.suspended
    before = reviewed(suspending, "33313")
    card, entry = suspending.review(before, 1, before.due)
    assert card.suspended
    assert not card.is_due(card.due + DAY)
    assert suspending.rollback(card, entry) == before


def test_the_retention_of_a_card_goes_before_its_deck_s_and_that_before_the_scheduler_s():
    scheduler = Scheduler("fsrs6", desired_retention=0.9, deck_retention={5: 0.8, "exam": 0.95})
    cards = {
        0.9: Card(),
        0.8: Card(deck_id=5),
        0.95: Card(deck_id="exam"),
        0.7: Card(deck_id="exam", desired_retention=0.7),
    }
    assert [scheduler.retention_of(card) for card in cards.values()] == list(cards)
    days = {r: reviewed(scheduler, "3333", card).scheduled_days for r, card in cards.items()}
    assert all(days[high] < days[low] for low, high in pairwise(sorted(days)))


def test_two_buttons():
    scheduler = Scheduler("fsrs6", buttons=2)
    card = reviewed(scheduler, "333")
    assert list(scheduler.preview(card, card.due)) == [Rating.AGAIN, Rating.GOOD]
    with pytest.raises(UsageError, match="two buttons"):
        scheduler.review(card, 4, card.due)


def test_days_begin_by_the_rule():
    scheduler = Scheduler("fsrs6", learning_steps="", day_rule=DayRule("Asia/Tokyo", 3))
    card, _ = scheduler.review(Card(), 3, datetime(2024, 5, 1, 23, 30, tzinfo=ZoneInfo("Asia/Tokyo")))
    assert card.due == datetime(2024, 5, 3, 3, tzinfo=ZoneInfo("Asia/Tokyo"))
    early, late = card.due, card.due + timedelta(hours=23, minutes=59)
    assert [scheduler.review(card, 3, at)[1].elapsed_days for at in (early, late)] == [2, 2]
    by_second = Scheduler("fsrs6", learning_steps="", due_at="answer time")
    card, _ = by_second.review(Card(), 3, START)
    assert card.due - START == 2 * DAY


def test_any_aware_datetime_is_the_same_answer():
    scheduler, moment = Scheduler("fsrs6"), datetime(2024, 7, 1, 2, 30, 1, 123_999, tzinfo=UTC)
    zones = (UTC, ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo"), timezone(timedelta(hours=-7)))
    answers = {scheduler.review(Card(), 3, moment.astimezone(zone)) for zone in zones}
    assert len(answers) == 1
    assert next(iter(answers))[0].last_review == moment.replace(microsecond=123_000)


def test_a_card_of_a_clock_that_is_set_back_at_night():
    """One wall clock time, an hour apart: the second is later, although its wall clock shows less."""
    paris, scheduler = ZoneInfo("Europe/Paris"), Scheduler("fsrs7", day_rule=DayRule("Europe/Paris", 4))
    card, _ = scheduler.review(Card(), 3, datetime(2024, 10, 27, 2, 50, tzinfo=paris))
    _, entry = scheduler.review(card, 3, datetime(2024, 10, 27, 2, 10, fold=1, tzinfo=paris))
    assert entry.elapsed_days == pytest.approx(20 / 1440)


def test_forgetting_and_taking_it_back():
    scheduler = Scheduler("fsrs6")
    card = reviewed(scheduler, "3331", Card(card_id=7, deck_id=2, desired_retention=0.85))
    fresh, entry = scheduler.forget(card, card.due)
    assert (fresh.state, fresh.memory, fresh.due) == (State.NEW, None, None)
    assert (fresh.deck_id, fresh.desired_retention, fresh.reps) == (2, 0.85, card.reps)
    assert scheduler.rollback(fresh, entry) == card
    blank, entry = scheduler.forget(card, card.due, reset_counts=True)
    assert blank == Card(card_id=7, deck_id=2, desired_retention=0.85)
    assert scheduler.rollback(blank, entry) == card
    assert entry.to_row()["state"] == 4


def test_rollback_keeps_what_the_user_changed_meanwhile_and_refuses_other_entries():
    scheduler = Scheduler("fsrs6")
    card = reviewed(scheduler, "33")
    after, entry = scheduler.review(card, 3, card.due)
    moved = after.replaced(deck_id=9, desired_retention=0.8)
    assert scheduler.rollback(moved, entry) == card.replaced(deck_id=9, desired_retention=0.8)
    later, newer = scheduler.review(after, 3, after.due)
    for wrong_card, wrong_entry in ((later, entry), (after, newer), (Card(card_id=8), entry)):
        with pytest.raises(UsageError, match="not the last"):
            scheduler.rollback(wrong_card, wrong_entry)
    with pytest.raises(UsageError, match="rollback takes"):
        scheduler.rollback(after, None)


def test_rescheduling_without_a_history_follows_the_retention():
    scheduler = Scheduler("fsrs6", fuzz="repetita")
    card = reviewed(scheduler, "3333")
    stricter = Scheduler("fsrs6", desired_retention=0.95, fuzz="repetita")
    moved = stricter.reschedule(card)
    assert moved.scheduled_days < card.scheduled_days
    assert moved.due < card.due
    assert moved.replaced(due=card.due, scheduled_days=card.scheduled_days) == card
    assert stricter.reschedule(Card()) == Card()
    learning, _ = scheduler.review(Card(), 3, START)
    assert stricter.reschedule(learning) == learning
    # with the same retention and the same chance, it lands on the day it was given
    assert scheduler.reschedule(card).scheduled_days == card.scheduled_days


def test_rescheduling_by_another_model_from_a_log():
    scheduler = Scheduler("fsrs5")
    card, entries = answer(
        scheduler, Card(card_id=7), [(3, START), (3, START + 2 * DAY), (1, START + 9 * DAY)]
    )
    with pytest.raises(UsageError, match=r"memory of fsrs5.*reschedule"):
        Scheduler("fsrs6").review(card, 3, START + 10 * DAY)
    rows = [entry.to_row() for entry in entries] + [{**entries[0].to_row(), "card_id": 9}]
    log = ReviewLog.from_arrays(
        card_id=[row["card_id"] for row in rows],
        rating=[row["rating"] for row in rows],
        review_time_ms=[row["review_time"] for row in rows],
    )
    by_log, by_entries = (Scheduler("fsrs6").reschedule(card, history) for history in (log, entries))
    assert by_log == by_entries
    assert by_log.model == "fsrs6"
    assert by_log.memory == pytest.approx(
        tuple(float(v[2]) for v in model("fsrs6").replay(log).after.values()), rel=1e-12
    )
    with pytest.raises(UsageError, match="no card 'x'"):
        Scheduler("fsrs6").reschedule(Card(card_id="x"), log)
    with pytest.raises(UsageError, match="no review times"):
        Scheduler("fsrs6").reschedule(Card(card_id=1), ReviewLog.from_histories([[(0, 3)]]))


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ([(3, START), (3, START - DAY)], "answer 2 of the history.*was answered"),
        ([(3, datetime(2024, 1, 1))], "answer 1.*no time zone"),
        ([(7, START)], "answer 1.*rating is 7"),
        ([3], "answer 1.*expected an entry"),
        (5, "expected a ReviewLog"),
    ],
)
def test_histories_that_are_none(history, message):
    with pytest.raises(UsageError, match=message):
        Scheduler("fsrs6").reschedule(Card(), history)


@pytest.mark.parametrize("rating", [0, 5, -1, 2.5, "3", None, float("nan"), [3]])
def test_ratings_that_are_none_leave_the_card_as_it_is(rating):
    scheduler = Scheduler("fsrs6")
    card = reviewed(scheduler)
    before = card.to_json()
    with pytest.raises(UsageError, match="rating is"):
        scheduler.review(card, rating, card.due)
    assert card.to_json() == before


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (START - DAY, "was answered at"),
        (datetime(2030, 1, 1), "no time zone.*aware"),
        (date(2030, 1, 1), "no time zone"),
        ("2030-01-01", "no time zone"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12))), "years 1 to 9999"),
    ],
)
def test_times_that_cannot_be(at, message):
    scheduler = Scheduler("fsrs6")
    card = reviewed(scheduler)
    for use in (
        lambda: scheduler.review(card, 3, at),
        lambda: scheduler.preview(card, at),
        lambda: scheduler.retrievability(card, at),
        lambda: scheduler.forget(card, at),
    ):
        with pytest.raises(UsageError, match=message):
            use()


def test_the_end_of_the_calendar():
    for due_at in ("day", "answer time"):
        scheduler = Scheduler("fsrs6", learning_steps="", due_at=due_at)
        with pytest.raises(UsageError, match="years 1 to 9999"):
            scheduler.review(Card(), 4, datetime(9999, 12, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"desired_retention": 1.0}, "desired_retention"),
        ({"desired_retention": "0.9"}, "desired_retention"),
        ({"deck_retention": {1: 0.0}}, "desired_retention"),
        ({"deck_retention": [0.9]}, "mapping"),
        ({"day_rule": GivenDays()}, "DayRule"),
        ({"day_rule": "UTC"}, "DayRule"),
        ({"learning_steps": "ten minutes"}, "learning_steps"),
        ({"learning_steps": [10]}, "timedeltas"),
        ({"learning_steps": 10}, "timedeltas"),
        ({"relearning_steps": [timedelta(0)]}, "one second"),
        ({"relearning_steps": "9999999d"}, "ten years"),
        ({"minimum_interval": 0}, "minimum_interval"),
        ({"minimum_interval": 9, "maximum_interval": 3}, "minimum_interval"),
        ({"maximum_interval": 99999}, "maximum_interval"),
        ({"fuzz": "repetit"}, "did you mean 'repetita'"),
        ({"fuzz": True}, "fuzz"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**64}, "seed"),
        ({"buttons": 3}, "buttons"),
        ({"buttons": True}, "buttons"),
        ({"ordered": 1}, "ordered"),
        ({"short_term": "sometimes"}, "short_term"),
        ({"leech_threshold": -1}, "leech_threshold"),
        ({"leech_action": "burn"}, "leech_action"),
        ({"due_at": "noon"}, "due_at"),
        ({"easy_days": [1, 1]}, "seven"),
        ({"easy_days": 3}, "seven"),
        ({"easy_days": 3}, "easy"),
        ({"model": "fsrs66"}, "did you mean"),
        ({"model": 6}, "MemoryModel"),
    ],
)
def test_options_that_are_none(options, message):
    with pytest.raises(UsageError, match=message):
        Scheduler(**{"model": "fsrs6", **options})


@pytest.mark.parametrize(
    "values",
    [
        {"card_id": 1.5},
        {"card_id": None},
        {"card_id": True},
        {"deck_id": []},
        {"state": 7},
        {"state": State.REVIEW},
        {"memory": (1.0, 2.0)},
        {"model": "fsrs6"},
        {"reps": -1},
        {"due": datetime(2024, 1, 1)},
        {"due": "2024-01-01"},
        {"step": 0},
        {"suspended": 1},
        {"desired_retention": 2},
        {"state": 2, "model": "fsrs6", "memory": (1.0,), "due": START, "last_review": START},
        {"state": 2, "model": "fsrs6", "memory": (-1.0, 5.0), "due": START, "last_review": START},
        {"state": 2, "model": "fsrs66", "memory": (1.0, 5.0), "due": START, "last_review": START},
        {"state": 2, "model": "dash", "memory": (1.0, 5.0), "due": START, "last_review": START},
        {"state": 2, "model": "fsrs6", "memory": (1.0, 5.0), "due": START},
        {"state": 1, "model": "fsrs6", "memory": (1.0, 5.0), "due": START, "last_review": START},
    ],
)
def test_cards_that_are_none(values):
    with pytest.raises(UsageError):
        Card(**values)
    with pytest.raises(CorruptInput, match="stored Card"):
        Card.from_dict({"schema": 1, "kind": "Card", **values})


@pytest.mark.parametrize("kind", [Card, Scheduler, ReviewLogEntry])
@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "5", '"card"', "{}", "\ufeff{", b"\xff\xfe", "[" * 99_999]
)
def test_corrupted_json_is_an_error_in_words(kind, text):
    with pytest.raises(CorruptInput) as caught:
        kind.from_json(text)
    assert kind.__name__ in str(caught.value)


def test_every_broken_piece_of_stored_values_is_an_error_in_words():
    scheduler = Scheduler("fsrs6", deck_retention={5: 0.8})
    card = reviewed(scheduler)
    _, entry = scheduler.review(card, 3, card.due)
    read = 0
    read = 0
    for value in (card, scheduler, entry):
        stored = value.to_dict()
        for name in stored:
            for broken in (None, -1, "x", [], {}, 1e400, [None]):
                with suppress(RepetitaError):  # and nothing else
                    type(value).from_dict({**stored, name: broken})
                    read += 1
    assert read < 60


def test_stored_values_of_newer_versions_are_refused():
    for value in (Card(), Scheduler("fsrs6"), Scheduler("fsrs6").review(Card(), 3, START)[1]):
        with pytest.raises(UnsupportedInput, match="upgrade"):
            type(value).from_dict({**value.to_dict(), "schema": 2})
        with pytest.raises(CorruptInput, match="unknown"):
            type(value).from_dict({**value.to_dict(), "colour": 2})
    stored = Scheduler("fsrs6").to_dict()
    stored["model"]["parameters"] = [0.5] * 40
    with pytest.raises(CorruptInput, match="takes 21 parameters"):
        Scheduler.from_dict(stored)


@pytest.mark.parametrize("name", NO_STATE)
def test_models_that_cannot_schedule_say_so(name):
    with pytest.raises(UsageError, match="holds no days"):
        Scheduler(name)


@pytest.mark.parametrize("name", RECURSIVE + HISTORY)
def test_every_model_schedules(name):
    scheduler = Scheduler(name, desired_retention=0.85)
    card = reviewed(scheduler, "3321343")
    assert card.model == name
    assert 0.0 < scheduler.retrievability(card, card.due + 3 * DAY) <= 1.0
    assert scheduler.retrievability(Card(), START) == 0.0
    assert len(scheduler.preview(card, card.due)) == 4


@pytest.mark.parametrize(
    ("options", "ratings", "rating", "reason"),
    [
        ({}, "", 1, "learning step 1 of 2"),
        ({}, "", 2, "learning step 1 of 2 again, between steps 1 and 2"),
        ({"learning_steps": "10m"}, "", 2, "learning step 1 of 1 again, half as long again"),
        ({}, "3", 2, "learning step 2 of 2 again"),
        ({}, "", 4, "recall falls to 90 % after 8.3 days"),
        ({"learning_steps": ""}, "", 1, "no step left: recall falls to 90 % after 5.1 h"),
        (
            {},
            "333",
            1,
            "lapsed: relearning step 1 of 1, 2 days without it; recall falls to 90 % after 1.5 days",
        ),
        ({"maximum_interval": 5}, "333", 3, "recall falls to 90 % after 30.2 days; 5 is the maximum"),
        ({"minimum_interval": 9}, "3", 3, "recall falls to 90 % after 2.3 days; 9 is the minimum"),
        ({"desired_retention": 0.99}, "33", 3, "recall falls to 99 % after 12.1 h; a day after Hard"),
    ],
)
def test_reasons_in_words(options, ratings, rating, reason):
    scheduler = Scheduler("fsrs6", **options)
    card = reviewed(scheduler, ratings)
    button = scheduler.preview(card, card.due or START)[Rating(rating)]
    assert button.reason == reason
    assert button.to_dict()["reason"] == reason


def test_calendars_steer_cards_to_empty_days():
    card = reviewed(Scheduler("fsrs6"), "333")
    scheduler = Scheduler("fsrs6", fuzz="repetita")
    today = card.due.date()
    full = {today + timedelta(days=n): 40 for n in range(200)}
    chosen = set()
    for seed in range(30):
        seeded = Scheduler("fsrs6", fuzz="repetita", seed=seed)
        lone = seeded.review(card, 2, card.due)[0].due.date()
        free = {**full, lone: 0}
        after, _ = seeded.review(card, 2, card.due, calendar=free)
        chosen.add(after.due.date() == lone)
        assert seeded.preview(card, card.due, calendar=free)[Rating.HARD].card == after
    assert chosen == {True}
    for wrong in (5, {"monday": 3}, {today: -1}, {today: "3"}):
        with pytest.raises(UsageError, match="calendar"):
            scheduler.review(card, 3, card.due, calendar=wrong)


def test_easy_days_are_left_free_where_others_are_possible():
    free_sunday = (1, 1, 1, 1, 1, 1, 0)
    card = reviewed(Scheduler("fsrs6"), "333")
    busy = {card.due.date() + timedelta(days=n): 5 for n in range(200)}
    weekdays = {False: set(), True: set()}
    for seed in range(60):
        for easy in (False, True):
            scheduler = Scheduler("fsrs6", fuzz="repetita", seed=seed, easy_days=free_sunday if easy else ())
            after, _ = scheduler.review(card, 2, card.due, calendar=busy)
            weekdays[easy].add(after.due.weekday())
    assert 6 in weekdays[False]
    assert 6 not in weekdays[True]


def test_the_standard_library_is_enough_and_it_comes_fast():
    code = (
        "import sys, time; began = time.process_time(); import repetita; repetita.Scheduler;"
        "spent = time.process_time() - began; known = set(sys.stdlib_module_names) | {'repetita'};"
        "import repetita as rp; from datetime import datetime, timezone;"
        "rp.Scheduler().review(rp.Card(), rp.Rating.GOOD, datetime.now(timezone.utc));"
        "names = {name.split('.')[0] for name in sys.modules};"
        "print(sorted(n for n in names - known if not n.startswith('_')), spent)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env=ENV
        )
        for _ in range(5)
    ]
    assert {run.stdout.split("]")[0] + "]" for run in runs} == {"[]"}
    assert min(float(run.stdout.split()[-1]) for run in runs) < 0.060


ENV = {"PYTHONPATH": str(__import__("pathlib").Path(__import__("repetita").__file__).parents[1])}


def test_anki_s_grid_is_a_day_rule_too():
    grid = DayGrid(next_day_at=int(START.timestamp()) + 3600)
    scheduler = Scheduler("fsrs6", day_rule=grid, learning_steps="")
    card, _ = scheduler.review(Card(), 3, START)
    assert card.due == START.replace(microsecond=0) + timedelta(hours=1, days=1)


def test_unknown_zones_in_stored_schedulers():
    stored = Scheduler("fsrs6").to_dict()
    stored["day_rule"]["zone"] = "Europe/Pari"
    with pytest.raises(CorruptInput, match="Europe/Paris"):
        Scheduler.from_dict(stored)
    with pytest.raises(UnknownName):
        DayRule("Europe/Pari")


def test_networks_schedule_too():
    scheduler = Scheduler("lstm")
    card = reviewed(scheduler, "333")
    assert card.model == "lstm"
    assert Card.from_json(card.to_json()) == card
    assert Scheduler.from_json(scheduler.to_json()) == scheduler
    assert scheduler.preview(card, card.due)[Rating.GOOD].card == scheduler.review(card, 3, card.due)[0]
    with pytest.raises(UsageError, match="finite numbers"):
        card.replaced(memory=(1.0, float("nan")))
