"""What holds for every scheduler, card and history."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduling_cards import HISTORY, RECURSIVE, START, answer, gaps, histories, instants, ratings, zones

from repetita import model
from repetita.kernels.packing import pack
from repetita.kernels.replay import _plain_values
from repetita.reviews import ReviewLog
from repetita.scheduling import Card, DayRule, Rating, ReviewLogEntry, Scheduler, State
from repetita.scheduling.fuzz import fuzz_bounds

retentions = st.floats(0.7, 0.97)
schedulers = st.builds(
    Scheduler,
    st.sampled_from(RECURSIVE),
    desired_retention=retentions,
    day_rule=st.builds(DayRule, zones, st.integers(0, 23)),
    learning_steps=st.sampled_from(("", "1m 10m", "30s", "1m 10m 1d", "3d", "20h")),
    relearning_steps=st.sampled_from(("", "10m", "10m 2d")),
    short_term=st.sampled_from(("without steps", "after steps", "never")),
    minimum_interval=st.integers(1, 3),
    maximum_interval=st.integers(3, 36500),
    fuzz=st.sampled_from((None, "repetita", "anki")),
    seed=st.integers(0, 2**64 - 1),
    leech_threshold=st.integers(0, 3),
    leech_action=st.sampled_from(("flag", "suspend")),
    due_at=st.sampled_from(("day", "answer time")),
)
cards = st.builds(
    Card,
    card_id=st.one_of(st.integers(-(2**63), 2**63), st.text(max_size=6)),
    deck_id=st.none() | st.integers(0, 5),
    note_id=st.none() | st.text(max_size=3),
    desired_retention=st.none() | retentions,
)


def log_of(scheduler: Scheduler, entries: list[ReviewLogEntry]) -> ReviewLog:
    rows = [entry.to_row() for entry in entries]
    return ReviewLog.from_arrays(
        card_id=[row["card_id"] for row in rows],
        rating=[row["rating"] for row in rows],
        review_time_ms=[row["review_time"] for row in rows],
        day_rule=scheduler.day_rule,
    )


@pytest.mark.parametrize("name", RECURSIVE)
@given(histories, zones)
@settings(max_examples=25, deadline=None)
def test_replay_of_the_log_is_what_was_answered_live_bit_for_bit(name, history, zone):
    scheduler = Scheduler(name, day_rule=DayRule(zone, 4))
    card, entries = answer(scheduler, Card(card_id=7), instants(history))
    log = log_of(scheduler, entries)
    assert log.elapsed(scheduler.model.equations.UNIT).tolist() == [e.elapsed_days for e in entries]
    packed = pack(log, scheduler.model.equations.UNIT)
    _, states = _plain_values(scheduler.model, packed, len(scheduler.model.state_names))
    assert tuple(states[:, -1].tolist()) == card.memory
    assert [entry.before.memory for entry in entries[1:]] == [tuple(s) for s in states[:, :-1].T.tolist()]
    assert scheduler.reschedule(Card(card_id=7), log) == card


@pytest.mark.parametrize("name", HISTORY)
@given(histories)
@settings(max_examples=5, deadline=None)
def test_models_whose_state_is_the_history_schedule_too(name, history):
    scheduler = Scheduler(name)
    card, entries = answer(scheduler, Card(card_id=7), instants(history))
    log = log_of(scheduler, entries)
    assert [days for days, _ in card.memory] == log.elapsed(scheduler.model.equations.UNIT).tolist()
    last = entries[-1]
    if last.before.memory:
        expected = model(name).predict(log)[-1]
        assert scheduler.retrievability(last.before, last.review_time) == pytest.approx(expected, rel=1e-9)
    assert Card.from_json(card.to_json()) == card
    assert scheduler.reschedule(Card(card_id=7), log) == card


@given(schedulers, cards, histories)
@settings(deadline=None)
def test_rollback_undoes_every_answer_exactly(scheduler, card, history):
    stack = []
    for rating, at in instants(history):
        after, entry = scheduler.review(card, rating, at)
        stack.append((card, after, entry))
        card = after
    for before, after, entry in reversed(stack):
        assert scheduler.rollback(after, entry) == before


@given(schedulers, cards, histories, gaps)
@settings(deadline=None)
def test_a_preview_is_what_a_review_does(scheduler, card, history, gap):
    answers = instants(history)
    card, _ = answer(scheduler, card, answers)
    at = answers[-1][1] + gap
    buttons = scheduler.preview(card, at)
    assert list(buttons) == list(Rating)
    for rating, button in buttons.items():
        after, entry = scheduler.review(card, rating, at)
        assert button.card == after
        assert button.interval_days == entry.interval_days
        assert button.due == after.due
        assert button.reason
        assert button.interval


@given(schedulers, cards, histories)
@settings(deadline=None)
def test_stored_and_read_back(scheduler, card, history):
    card, entries = answer(scheduler, card, instants(history))
    assert Card.from_json(card.to_json()) == card
    assert Scheduler.from_json(scheduler.to_json()) == scheduler
    assert [ReviewLogEntry.from_json(entry.to_json()) for entry in entries] == entries


@given(schedulers, cards, histories)
@settings(deadline=None)
def test_what_is_made_fast_is_what_the_constructors_make(scheduler, card, history):
    card, entries = answer(scheduler, card, instants(history))
    assert card.replaced() == card
    assert type(card) is Card
    assert hash(card) == hash(card.replaced())
    with pytest.raises(AttributeError):
        card.reps = 0
    assert all(ReviewLogEntry.from_dict(entry.to_dict()) == entry for entry in entries)


@given(schedulers, cards, histories)
@settings(deadline=None)
def test_cards_stay_within_limits(scheduler, card, history):
    for rating, at in instants(history):
        after, entry = scheduler.review(card, rating, at)
        assert after.due > at - timedelta(milliseconds=1)
        assert after.reps == card.reps + 1
        assert after.lapses == card.lapses + (card.state is State.REVIEW and rating == 1)
        if after.state is State.REVIEW:
            assert scheduler.minimum_interval <= after.scheduled_days <= scheduler.maximum_interval
            assert entry.interval_days == after.scheduled_days
            if scheduler.due_at == "day":
                rule = scheduler.day_rule
                assert rule.day(after.due) - rule.day(at) in (after.scheduled_days, after.scheduled_days + 1)
        card = after


@pytest.mark.parametrize("name", [n for n in RECURSIVE if n.startswith("fsrs")] + ["sm2", "anki_sm2", "hlr"])
@given(histories, gaps, st.sampled_from((None, "repetita", "anki")), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_intervals_grow_from_button_to_button(name, history, gap, fuzz, card_id):
    scheduler = Scheduler(name, fuzz=fuzz, learning_steps="", relearning_steps="")
    answers = instants(history)
    card, _ = answer(scheduler, Card(card_id=card_id), answers)
    buttons = scheduler.preview(card, answers[-1][1] + gap)
    days = [button.interval_days for button in buttons.values()]
    if card.state is State.REVIEW:
        hard, good, easy = days[1:]
        most = scheduler.maximum_interval
        assert hard < good or good == most
        assert good < easy or easy == most
    elif fuzz != "anki":
        assert days[1] <= days[2] < days[3] or days[3] == scheduler.maximum_interval


@given(histories, gaps, ratings, st.tuples(retentions, retentions), st.sampled_from((None, "repetita")))
@settings(deadline=None)
def test_intervals_fall_with_desired_retention(history, gap, rating, pair, fuzz):
    answers = instants(history)
    card, _ = answer(Scheduler("fsrs6"), Card(card_id=7), answers)
    at = answers[-1][1] + gap
    low, high = sorted(pair)
    easier = Scheduler("fsrs6", desired_retention=low, fuzz=fuzz).review(card, rating, at)[1]
    harder = Scheduler("fsrs6", desired_retention=high, fuzz=fuzz).review(card, rating, at)[1]
    assert easier.interval_days >= harder.interval_days


@given(st.floats(2.5, 3000.0), st.integers(0, 2**32), st.integers(0, 500))
@settings(deadline=None)
def test_fuzz_stays_within_its_bounds(days, card_id, reps):
    scheduler = Scheduler("sm2", fuzz="repetita", seed=5, ordered=False)
    card = Card(
        card_id=card_id,
        state=State.REVIEW,
        model="sm2",
        memory=(days, 2.5, 0.0),
        due=START,
        last_review=START,
        reps=reps + 1,
    )
    lower, upper = fuzz_bounds(days, 1, 36500)
    moved = scheduler.reschedule(card)
    assert lower <= moved.scheduled_days <= upper


def test_fuzz_has_the_documented_distribution():
    stats = pytest.importorskip("scipy.stats")
    from repetita.scheduling.addressed_fuzz import fuzz_fraction
    from repetita.scheduling.fuzz import fuzzed_interval

    for days in (2.5, 7.0, 17.0, 100.0):
        lower, upper = fuzz_bounds(days, 1, 36500)
        for by_card in (True, False):
            fractions = [fuzz_fraction(11, i if by_card else 3, 4 if by_card else i) for i in range(30_000)]
            drawn = [fuzzed_interval(days, fraction, 1, 36500) for fraction in fractions]
            counts = np.bincount(np.array(drawn) - lower, minlength=upper - lower + 1)
            assert len(counts) == upper - lower + 1
            assert stats.chisquare(counts).pvalue > 1e-4


def test_neighbours_draw_independently():
    stats = pytest.importorskip("scipy.stats")
    from repetita.scheduling.addressed_fuzz import fuzz_fraction

    for card in (0, 1_724_158_802_007):
        rows = {
            "seeds": [(seed, card, 5) for seed in range(20_001)],
            "cards": [(3, card + number, 5) for number in range(20_001)],
            "answers": [(3, card, reps) for reps in range(20_001)],
        }
        for name, row in rows.items():
            cells = (np.array([fuzz_fraction(*address) for address in row]) * 8).astype(int)
            pairs = np.bincount(cells[:-1] * 8 + cells[1:], minlength=64)
            assert stats.chisquare(pairs).pvalue > 1e-4, name


def test_fuzz_is_the_same_everywhere():
    from repetita.scheduling.addressed_fuzz import fuzz_fraction

    def by_words_of_64_bits(seed, card, reps):
        with np.errstate(over="ignore"):
            strides = np.array([0xD1B54A32D192ED03, 0xABC98388FB8FAC03, 0x8CB92BA72F3D8DD7], np.uint64)
            word = (np.array([seed, card, reps], np.uint64) * strides).sum()
            for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
                word = (word ^ (word >> np.uint64(shift))) * np.uint64(factor)
            word ^= word >> np.uint64(31)
        return (float(word >> np.uint64(12)) + 0.5) * 2.0**-52

    for address in ((0, 0, 0), (2**64 - 1, 2**63 - 1, 999), (5, 1_724_158_802_007, 3)):
        assert fuzz_fraction(*address) == by_words_of_64_bits(*address)
    assert fuzz_fraction(5, 1_724_158_802_007, 3) == 0.11864190682859388
    assert fuzz_fraction(5, -1, 3) == fuzz_fraction(5, 2**64 - 1, 3)


@given(
    name=st.sampled_from(("fsrs4", "fsrs4_5", "fsrs5", "fsrs6")),
    fuzz=st.sampled_from((None, "repetita")),
    stability=st.floats(0.001, 36500.0) | st.floats(0.5, 30.0),
    difficulty=st.floats(1.0, 10.0),
    elapsed=st.integers(0, 900),
    last=st.integers(1, 700),
    limits=st.tuples(st.integers(1, 60), st.integers(60, 36500)),
    retention=st.floats(0.7, 0.99),
    hard_factor=st.floats(0.0, 1.0),
)
@settings(max_examples=400, deadline=None)
def test_a_bound_on_hard_changes_no_day(
    name, fuzz, stability, difficulty, elapsed, last, limits, retention, hard_factor
):
    parameters = list(model(name).parameters)
    parameters[15] = hard_factor
    scheduler, slow = (
        Scheduler(
            model(name, parameters=parameters),
            fuzz=fuzz,
            seed=elapsed,
            minimum_interval=limits[0],
            maximum_interval=limits[1],
            desired_retention=retention,
        )
        for _ in range(2)
    )
    slow.calls.hard_at_most = None
    now = START
    card = Card(
        card_id=last,
        state=2,
        model=scheduler.model.name,
        memory=(stability, difficulty),
        due=now,
        last_review=now,
        scheduled_days=last,
    )
    at = now + timedelta(days=elapsed)
    for rating in (3, 4):
        assert scheduler.review(card, rating, at) == slow.review(card, rating, at)
