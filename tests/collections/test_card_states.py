from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_collections import CREATED, DAY_MS, START_MS, Row, Tiny

import repetita as rp
from repetita.collections import card_states, histories, preset_model, stored_states
from repetita.errors import InvalidParameters, UnknownName
from repetita.reviews.anki import AnkiCollection, read_collection

MODEL = rp.model("fsrs6")
LEARNED = [Row(1, 3, type=0), Row(49, 1), Row(49.5, 3, type=2), Row(241, 4)]
NOW = (START_MS + 20 * DAY_MS) / 1000


def collection_of(tmp_path: Path, rows: list[Row], **parts: Any) -> AnkiCollection:
    return read_collection(Tiny(rows=rows, **parts).write(tmp_path / "c.anki2"))


def replayed(state: tuple[float, ...], *reviews: tuple[int, int]) -> tuple[float, ...]:
    for days, rating in reviews:
        state = MODEL.next_state(state, days, rating)
    return state


def state_of(collection: AnkiCollection, **options: Any) -> tuple[tuple[float, ...], str]:
    states = card_states(collection, now=NOW, **options)
    return (float(states.stability[0]), float(states.difficulty[0])), str(states.sources[0])


def test_a_whole_history_is_run_through_the_model(tmp_path: Path) -> None:
    collection = collection_of(tmp_path, LEARNED)
    state, source = state_of(collection)
    assert source == "complete"
    assert state == replayed(MODEL.initial_state(3), (2, 1), (0, 3), (8, 4))


def test_retrievability_is_that_of_the_exact_time(tmp_path: Path) -> None:
    states = card_states(collection_of(tmp_path, LEARNED), now=NOW)
    assert states.elapsed_days.tolist() == [239 / 24]
    state = (float(states.stability[0]), float(states.difficulty[0]))
    assert states.retrievability[0] == MODEL.retrievability(state, 239 / 24)
    assert states.day_words == "days turn over at 04:00, UTC-4 (from the collection)"


def test_a_log_that_begins_in_the_middle_is_taken_up_at_interval_and_ease(tmp_path: Path) -> None:
    rows = [Row(1, 1, interval=-600), Row(30, 3, interval=12, factor=2300), Row(300, 3)]
    state, source = state_of(collection_of(tmp_path, rows))
    assert source == "incomplete"
    start = MODEL.equations.from_sm2(MODEL.parameters, MODEL.prepared, MODEL.options, 12.0, 2.3, 0.9)
    assert state == replayed(start, (11, 3))


def test_an_ease_written_by_fsrs_is_a_difficulty(tmp_path: Path) -> None:
    (stability, difficulty), _ = state_of(collection_of(tmp_path, [Row(1, 3, interval=12, factor=650)]))
    assert difficulty == pytest.approx((0.65 - 0.1) * 9 + 1)
    assert stability == pytest.approx(12.0)


def test_a_missing_ease_is_two_and_a_half(tmp_path: Path) -> None:
    state, _ = state_of(collection_of(tmp_path, [Row(1, 3, interval=12, factor=0)]))
    assert state == MODEL.equations.from_sm2(MODEL.parameters, MODEL.prepared, MODEL.options, 12.0, 2.5, 0.9)


def test_the_historical_retention_of_the_preset_counts(tmp_path: Path) -> None:
    presets = {1: {"name": "Default", "historical": 0.8}}
    (stability, _), _ = state_of(collection_of(tmp_path, [Row(1, 3, interval=12)], presets=presets))
    assert stability < 12.0
    assert MODEL.interval((stability, 5.0), 0.8) == pytest.approx(12.0)


def test_what_lies_before_the_ignore_date_is_not_trusted(tmp_path: Path) -> None:
    presets = {1: {"name": "Default", "ignore": "2024-01-02"}}
    collection = collection_of(tmp_path, LEARNED, presets=presets)
    state, source = state_of(collection)
    assert source == "incomplete"
    start = MODEL.equations.from_sm2(MODEL.parameters, MODEL.prepared, MODEL.options, 5.0, 2.5, 0.9)
    assert state == replayed(start, (0, 3), (8, 4))
    assert state_of(collection, ignore_before=None)[1] == "complete"
    assert state_of(collection, ignore_before="2024-03-01")[1] == "none"


def test_a_card_whose_only_row_is_its_learning_start_keeps_it(tmp_path: Path) -> None:
    collection = collection_of(tmp_path, [Row(1, 3, type=0)])
    assert state_of(collection, ignore_before="2024-03-01") == (MODEL.initial_state(3), "complete")


def test_a_reset_card_has_no_state_until_it_is_answered(tmp_path: Path) -> None:
    rows = [*LEARNED, Row(300, 0, type=4, factor=0)]
    state, source = state_of(collection_of(tmp_path, rows))
    assert source == "none"
    assert np.isnan(state).all()


def test_a_card_without_rows_may_take_its_own_interval(tmp_path: Path) -> None:
    cards = {
        1: {"ivl": 30, "factor": 2100, "data": f'{{"lrt":{CREATED}}}'},
        2: {"type": 0, "ivl": 0},
        3: {"ivl": 30, "factor": 2100},
    }
    collection = collection_of(tmp_path, [], cards=cards)
    assert card_states(collection, now=NOW).sources.tolist() == ["none"] * 3
    states = card_states(collection, now=NOW, from_interval=True)
    assert states.sources.tolist() == ["interval", "none", "interval"]
    assert states.stability[0] == pytest.approx(30.0)
    assert states.elapsed_days[0] == 20.0
    assert 0.9 < states.retrievability[0] < 1.0
    assert np.isnan(states.retrievability[1:]).all()


def test_each_preset_has_its_own_parameters_and_retention(tmp_path: Path) -> None:
    slow = [*MODEL.parameters[:20], 0.3]
    parts = {
        "cards": {1: {}, 2: {"did": 2}, 3: {"did": 3}},
        "decks": {
            1: {"name": "A"},
            2: {"name": "B", "preset": 20},
            3: {"name": "B::C", "preset": 20, "retention": 0.8},
        },
        "presets": {1: {"name": "One"}, 20: {"name": "Two", "params": slow, "retention": 0.95}},
    }
    rows = [Row(row.hours + card / 9, row.ease, row.type, card=card) for card in (1, 2, 3) for row in LEARNED]
    collection = collection_of(tmp_path, rows, **parts)
    states = card_states(collection, now=NOW)
    assert states.desired_retention.tolist() == [0.9, 0.95, 0.8]
    assert states.stability[0] != states.stability[1]
    assert states.stability[1] == states.stability[2]
    assert card_states(collection, "fsrs6", now=NOW).stability.tolist() == [states.stability[0]] * 3
    assert card_states(collection, preset="two", now=NOW).card_ids.tolist() == [2, 3]
    assert card_states(collection, deck="B", now=NOW).card_ids.tolist() == [2, 3]
    assert card_states(collection, deck="B::C", now=NOW).card_ids.tolist() == [3]
    with pytest.raises(UnknownName):
        card_states(collection, deck="D")
    with pytest.raises(UnknownName):
        card_states(collection, "fsrs66")


def test_later_answers_are_left_out(tmp_path: Path) -> None:
    collection = collection_of(tmp_path, LEARNED)
    states = card_states(collection, now=(START_MS + 3 * DAY_MS) / 1000)
    assert states.stability[0] == replayed(MODEL.initial_state(3), (2, 1), (0, 3))[0]


def test_compiled_and_plain_runs_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    rows = [
        Row(hour + card / 97, int(rng.integers(1, 5)), type=int(i > 1 or card % 5 == 0), card=card)
        for card in range(1, 31)
        for i, hour in enumerate(np.cumsum(rng.integers(1, 200, size=rng.integers(1, 9))).tolist())
    ]
    collection = collection_of(tmp_path, rows, cards={card: {} for card in range(1, 31)})
    plain = card_states(collection, now="2030-01-01")
    monkeypatch.setattr(histories, "COMPILED_FROM", 1)
    compiled = card_states(collection, now="2030-01-01")
    assert set(plain.sources.tolist()) == {"complete", "incomplete"}
    np.testing.assert_allclose(compiled.stability, plain.stability, rtol=1e-12)
    np.testing.assert_allclose(compiled.difficulty, plain.difficulty, rtol=1e-12)


def test_older_parameters_are_migrated(tmp_path: Path) -> None:
    older = {1: {"name": "Default", "params_5": MODEL.parameters[:19]}}
    collection = collection_of(tmp_path, LEARNED, presets=older)
    assert preset_model(collection.preset(1)).notes == ("migrated from FSRS-5 (19 parameters)",)
    assert card_states(collection, now=NOW).sources.tolist() == ["complete"]


def test_parameters_of_another_length_are_refused(tmp_path: Path) -> None:
    broken = {1: {"name": "Default", "params": [1.0, 2.0]}}
    with pytest.raises(InvalidParameters, match="got 2"):
        card_states(collection_of(tmp_path, LEARNED, presets=broken))


def test_stored_states_are_what_the_cards_say(tmp_path: Path) -> None:
    cards = {
        1: {"data": f'{{"s":10,"d":5.5,"dr":0.9,"decay":0.2,"lrt":{CREATED + 10 * 86_400}}}'},
        2: {"data": '{"s":10,"d":5.5}', "due": 15, "ivl": 5},
        3: {"data": '{"s":10}'},
        4: {"data": '{"s":10,"d":5.5}', "odid": 1, "did": 9, "odue": 18, "due": -99_999, "ivl": 8},
    }
    states = stored_states(collection_of(tmp_path, [], cards=cards), now=NOW)
    assert states.sources.tolist() == ["stored", "stored", "none", "stored"]
    # day 20: ten days after the stored answer, after due day 15 less interval 5, and after home due 18 less 8
    np.testing.assert_allclose(states.elapsed_days, [10.0, 10.0, np.nan, 10.0])
    np.testing.assert_allclose(states.retrievability, [0.9, 0.9, np.nan, 0.9])
    assert states.difficulty[0] == 5.5


def test_tables_are_frozen_and_can_be_frames(tmp_path: Path) -> None:
    states = card_states(collection_of(tmp_path, LEARNED, cards={1: {}, 2: {}}), now=NOW)
    frame = states.to_frame()
    assert frame["source"].to_list() == ["complete", "none"]
    assert frame["stability"].null_count() == 1
    assert repr(states) == "CardStates(2 cards, 1 with a state)"
    with pytest.raises(ValueError, match="read-only"):
        states.stability[0] = 1.0


def test_a_file_can_be_given(tmp_path: Path) -> None:
    path = Tiny(rows=LEARNED).write(tmp_path / "c.anki2")
    assert len(card_states(path)) == len(stored_states(str(path))) == 1
