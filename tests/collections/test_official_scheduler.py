"""The official scheduler on tiny collections: what is refused, what is hostile, what may be asked for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_collections import CREATED, DAY_MS, START_MS, Row, Tiny

from repetita.collections import OfficialScheduler, next_states, reschedule_on_change
from repetita.collections.histories import states_after
from repetita.collections.rescheduling import _Rescheduler
from repetita.errors import InvalidParameters, RepetitaError, UnknownName, UsageError
from repetita.reviews.anki import AnkiCollection, read_collection

SETTINGS = {"schedVer": 2, "rollover": 4, "creationOffset": 240, "localOffset": 240, "fsrs": True}
STORED = {"s": 10.5, "d": 5.2, "lrt": CREATED + 10 * 86_400}
NOW = (START_MS + 20 * DAY_MS) / 1000
LEARNED = [Row(1, 3, type=0), Row(49, 3), Row(240, 3)]


def tiny(tmp_path: Path, card: dict[str, Any] | None = None, **parts: Any) -> AnkiCollection:
    cards = {1: {"reps": 3, "data": json.dumps(STORED), **(card or {})}}
    whole = Tiny(**{"rows": LEARNED, "cards": cards, "settings": SETTINGS, **parts})
    return read_collection(whole.write(tmp_path / "c.anki2"))


def test_a_collection_without_fsrs_is_refused_with_advice(tmp_path: Path) -> None:
    whole = tiny(tmp_path, settings={**SETTINGS, "fsrs": False})
    for ask in (OfficialScheduler, lambda c: next_states(c, 1), lambda c: reschedule_on_change(c, 1)):
        with pytest.raises(UsageError, match="FSRS is off"):
            ask(whole)


def test_unknown_cards_presets_and_modes_are_named(tmp_path: Path) -> None:
    whole = tiny(tmp_path)
    with pytest.raises(UnknownName, match="card has the id 99"):
        next_states(whole, 99, now=NOW)
    with pytest.raises(UnknownName, match="'ankii'"):
        OfficialScheduler(whole, fuzz="ankii")
    with pytest.raises(UnknownName, match="'Defualt'"):
        reschedule_on_change(whole, "Defualt")
    with pytest.raises(UsageError, match="needs fuzz"):
        OfficialScheduler(whole, fuzz=None, load_balance=True)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"desired_retention": 1.0}, UsageError),
        ({"desired_retention": float("nan")}, UsageError),
        ({"desired_retention": "high"}, UsageError),
        ({"parameters": [1.0, 2.0]}, InvalidParameters),
        ({"parameters": ["x"] * 21}, InvalidParameters),
        ({"easy_days": [1.0]}, UsageError),
        ({"easy_days": [2.0] * 7}, UsageError),
        ({"fuzz": "none"}, UnknownName),
        ({"fuzz": None, "load_balance": True}, UsageError),
    ],
)
def test_impossible_changes_are_refused(tmp_path: Path, options: dict[str, Any], error: type) -> None:
    with pytest.raises(error):
        reschedule_on_change(tiny(tmp_path), 1, now=NOW, **options)


@pytest.mark.parametrize(
    "card",
    [
        {"data": ""},
        {"data": "{"},
        {"data": '{"s": 1e30, "d": 99}'},
        {"data": '{"s": -3, "d": "x"}'},
        {"data": '{"s": 5, "d": 0}'},
        {"data": json.dumps({**STORED, "lrt": 2**60})},
        {"type": 9, "queue": 12},
        {"type": -1},
        {"type": 1, "left": -5},
        {"type": 3, "left": 2**40},
        {"ivl": -7, "lapses": -2, "reps": -1, "factor": -100},
        {"ivl": 10**12, "due": -(10**12)},
        {"did": 77},
        {"did": 1, "odid": 88, "odue": 5},
        {"nid": 0},
    ],
)
def test_odd_cards_get_buttons(tmp_path: Path, card: dict[str, Any]) -> None:
    whole = tiny(tmp_path, card)
    for options in ({"fuzz": None}, {"load_balance": False}, {"load_balance": True}):
        found = next_states(whole, 1, now=NOW, **options)
        json.dumps(found.to_dict())
        assert all(state.kind in ("learning", "review", "relearning") for state in found)
        assert all((state.interval_days or 1) >= 1 for state in found)
    json.dumps(reschedule_on_change(whole, 1, desired_retention=0.8, now=NOW).to_dict())


def test_impossible_stored_options_are_no_crash(tmp_path: Path) -> None:
    whole = tiny(tmp_path, presets={1: {"name": "Default", "retention": 1e-9}})
    assert next_states(whole, 1, now=NOW)[3].interval_days == 1  # the preset's maximum is not set


def test_a_preset_with_a_list_that_is_none_is_an_error_of_ours(tmp_path: Path) -> None:
    whole = tiny(tmp_path, presets={1: {"name": "Default", "params": [0.4] * 5}})
    with pytest.raises(InvalidParameters):
        next_states(whole, 1, now=NOW)


def test_without_any_preset_the_collection_is_corrupt(tmp_path: Path) -> None:
    whole = tiny(tmp_path, presets={})
    with pytest.raises(RepetitaError, match="no preset 1"):
        next_states(whole, 1, now=NOW)


def test_a_state_that_is_not_stored_follows_from_the_log(tmp_path: Path) -> None:
    whole = tiny(tmp_path, {"data": json.dumps({"lrt": STORED["lrt"]})})
    found = next_states(whole, 1, now=NOW).current
    assert found.stability is not None


def test_a_state_that_the_log_does_not_give_follows_from_the_interval(tmp_path: Path) -> None:
    from_interval = next_states(tiny(tmp_path, {"data": ""}, rows=[]), 1, now=NOW).current
    assert from_interval.stability == pytest.approx(5.0, rel=1e-5)  # its interval, at 90 %


def test_learning_delays_grow_by_a_quarter_at_most(tmp_path: Path) -> None:
    whole = tiny(tmp_path)
    scheduler = OfficialScheduler(whole, now=NOW)
    assert OfficialScheduler(whole, now=NOW, fuzz=None).learning_delay(1, 600) == 600
    delays = [scheduler.learning_delay(1, seconds) for seconds in range(1, 3000, 7)]
    for seconds, delay in zip(range(1, 3000, 7), delays, strict=True):
        assert seconds <= delay <= seconds + min(seconds // 4, 300)
    assert any(delay > seconds for seconds, delay in zip(range(1, 3000, 7), delays, strict=True))


def test_an_unchanged_preset_reschedules_nothing(tmp_path: Path) -> None:
    plan = reschedule_on_change(tiny(tmp_path), 1, now=NOW)
    assert len(plan) == 0
    assert plan.to_frame().height == 0
    assert "0 cards" in repr(plan)


@pytest.mark.realdata
@pytest.mark.parametrize("file", ["mixed_collection.anki2", "real_log.colpkg"])
def test_doubtful_cards_alone_are_computed_in_single_precision(
    collection: Callable[[str], AnkiCollection], monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """The plan is the one that single precision gives for every card."""
    whole = collection(file)
    options: dict[str, Any] = {"desired_retention": 0.87, "now": 1_741_453_200, "load_balance": False}
    quick = [reschedule_on_change(whole, preset, **options).cards for preset in whole.presets]

    def exactly(self: Any, histories: Any, index: int, _: Any, retention: float, __: int) -> float:
        state = states_after(self.exact, histories.of_card(index), self.new.historical_retention)[-1]
        return float(self.exact.interval(state.tolist(), retention))

    monkeypatch.setattr(_Rescheduler, "_interval", exactly)
    slow = [reschedule_on_change(whole, preset, **options).cards for preset in whole.presets]
    days = [[card.after for card in plan] for plan in quick]
    assert days == [[card.after for card in plan] for plan in slow]
    assert sum(map(len, days)) > 100


@pytest.mark.realdata
def test_buttons_of_a_card_take_less_than_a_millisecond(collection: Callable[[str], AnkiCollection]) -> None:
    """Of processor time, as a guard against a search through the collection at every card."""
    whole = collection("real_log.colpkg")
    scheduler = OfficialScheduler(whole, now=1_728_242_000)
    cards = np.resize(whole.cards.id, 1000).tolist()
    scheduler.next_states(cards[0])
    begun = time.process_time()
    for card in cards:
        scheduler.next_states(card)
    assert (time.process_time() - begun) / len(cards) < 1e-3
