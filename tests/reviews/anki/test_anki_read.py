from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_collections import START_MS, Row, Tiny

import repetita as rp
from repetita.errors import UnknownName, UsageError
from repetita.reviews.anki import AnkiCollection, read_anki, read_collection
from repetita.scheduling import DayRule

HISTORY = [Row(0.5, 3, type=0), Row(0.6, 3, type=0), Row(25, 1), Row(26, 3, type=2), Row(300, 4)]
DECKS: dict[str, Any] = {
    "rows": [
        Row(row.hours + card / 100, row.ease, row.type, card=card) for card in (1, 2, 3, 4) for row in HISTORY
    ],
    "cards": {1: {"did": 2, "nid": 11}, 2: {"did": 3, "queue": -1}, 3: {"did": 9, "odid": 4}},
    "decks": {
        1: {"name": "Default"},
        2: {"name": "A"},
        3: {"name": "A::B", "preset": 20},
        4: {"name": "C", "preset": 20},
        9: {"name": "Filtered", "searches": ["x"]},
    },
    "presets": {1: {"name": "Default"}, 20: {"name": "Hard", "ignore": "2024-01-02"}},
}


@pytest.fixture
def collection(tmp_path: Path) -> AnkiCollection:
    return read_collection(Tiny(**DECKS).write(tmp_path / "c.anki2"))


def cards(log: rp.ReviewLog) -> list[int]:
    return [int(card) for card in log.card_ids]


def test_a_file_becomes_a_log(tmp_path: Path) -> None:
    path = Tiny(rows=HISTORY).write(tmp_path / "c.anki2")
    log = read_anki(path)
    assert log.ratings.tolist() == [3, 3, 1, 3, 4]
    assert log.elapsed_days.tolist() == [0, 0, 1, 0, 11]
    assert log.states is not None
    assert log.states.tolist() == [0, 1, 2, 3, 2]
    assert log.durations_ms is not None
    assert log.durations_ms.tolist() == [4000] * 5
    assert log.review_ids.tolist() == [row.id for row in HISTORY]
    assert log.source == "c.anki2"
    assert log.funnel.kept == 5
    assert rp.read_reviews(path) == log


def test_days_turn_over_as_the_collection_says(collection: AnkiCollection) -> None:
    log = read_anki(collection)
    assert log.funnel.guesses[-1] == "days turn over at 04:00, UTC-4 (from the collection)"
    assert log.day_rule.describe().startswith("days turn over at 08:00 UTC")


def test_the_day_rule_does_not_depend_on_when_the_file_is_read(
    collection: AnkiCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = read_anki(collection)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setattr("time.time", lambda: 1_900_000_000.0)
    assert read_anki(collection).day_rule == log.day_rule


def test_a_zone_gives_its_offset_at_that_moment(tmp_path: Path) -> None:
    # hours after 04:00 in UTC-4, which is 03:00 in UTC-5 and 17:00 in Tokyo
    rows = [Row(0.5, 3, type=0), Row(26, 3), Row(47.5, 3)]
    collection = read_collection(Tiny(rows=rows).write(tmp_path / "c.anki2"))
    winter = datetime(2024, 2, 1, tzinfo=UTC)
    new_york = read_anki(collection, zone="America/New_York", now=winter)
    assert "04:00, UTC-5 (as in America/New_York" in new_york.funnel.guesses[-1]
    assert new_york.elapsed_days.tolist() == [0, 2, 0]
    assert read_anki(collection, zone="Asia/Tokyo", now=winter).elapsed_days.tolist() == [0, 1, 1]
    assert read_anki(collection).elapsed_days.tolist() == [0, 1, 0]
    with pytest.raises(UnknownName):
        read_anki(collection, zone="Asia/Tokio")


def test_a_day_rule_of_ones_own_is_used(collection: AnkiCollection) -> None:
    rule = DayRule("Europe/Paris", 4)
    log = read_anki(collection, day_rule=rule)
    assert log.day_rule == rule
    assert not any("turn over" in guess for guess in log.funnel.guesses)
    with pytest.raises(UsageError, match="both day_rule and zone"):
        read_anki(collection, day_rule=rule, zone="UTC")


def test_what_a_deck_export_leaves_out_is_said(tmp_path: Path) -> None:
    settings = {"schedVer": 2, "creationOffset": 240}
    log = read_anki(Tiny(rows=HISTORY, settings=settings).write(tmp_path / "c.anki2"))
    assert log.funnel.guesses[-1] == (
        "days turn over at 04:00, UTC-4 (the collection's at its creation);"
        " the hour is Anki's default, the file names none;"
        " pass day_rule=DayRule('Europe/Paris', 4) for another zone or hour"
    )


def test_a_zone_is_suggested_where_the_collection_notes_none(tmp_path: Path) -> None:
    settings = {"schedVer": 2, "rollover": 4, "creationOffset": 240}
    path = Tiny(rows=HISTORY, settings=settings).write(tmp_path / "c.anki2")
    suggestion = "pass zone='Europe/Paris' for another zone"
    assert read_anki(path).funnel.guesses[-1].endswith(f"at its creation); {suggestion}")
    assert suggestion not in read_anki(path, zone="Asia/Tokyo").funnel.guesses[-1]


def test_a_collection_without_offsets_takes_the_machine_s(tmp_path: Path) -> None:
    path = Tiny(rows=HISTORY, settings={"schedVer": 2}).write(tmp_path / "c.anki2")
    assert "this machine's offset" in read_anki(path).funnel.guesses[-1]
    path = Tiny(rows=HISTORY, settings={}).write(tmp_path / "d.anki2")
    assert "blocks of 24 hours" in read_anki(path).funnel.guesses[-1]


def test_rows_of_deleted_cards_count_unless_a_deck_is_asked_for(collection: AnkiCollection) -> None:
    log = read_anki(collection)
    assert cards(log) == [1, 2, 3, 4]
    assert log.deck_ids is not None
    assert log.preset_ids is not None
    assert log.note_ids is not None
    assert log.deck_ids.tolist() == [2, 3, 4, -1]
    assert log.preset_ids.tolist() == [1, 20, 20, -1]
    assert log.note_ids.tolist() == [11, 1, 1, -1]
    gone = read_anki(collection, include_deleted_cards=False)
    assert cards(gone) == [1, 2, 3]
    assert gone.why(int(log.review_ids[-1])).endswith("the card is no longer in the collection")


def test_a_deck_includes_the_nested_ones_and_cards_away_from_home(collection: AnkiCollection) -> None:
    assert cards(read_anki(collection, deck="a")) == [1, 2]
    assert cards(read_anki(collection, deck="A::B")) == [2]
    assert cards(read_anki(collection, deck=4)) == [3]
    assert cards(read_anki(collection, deck="Filtered")) == [3]
    with pytest.raises(UnknownName, match="A::B"):
        read_anki(collection, deck="A:B")


def test_a_preset_means_the_cards_of_its_decks(collection: AnkiCollection) -> None:
    assert cards(read_anki(collection, preset="hard")) == [2, 3]
    assert cards(read_anki(collection, preset="hard", include_suspended=False)) == [3]
    assert cards(read_anki(collection, preset="hard", deck="A")) == [2]
    log = read_anki(collection, preset=20, include_suspended=False)
    dropped = {step.name: step.dropped for step in log.funnel.steps if step.dropped}
    assert dropped == {"deleted card": 5, "other preset": 5, "suspended": 5}


def test_the_moment_leaves_out_what_came_later(collection: AnkiCollection) -> None:
    log = read_anki(collection, now=START_MS / 1000 + 30 * 3600)
    assert len(log) == 16
    assert {s.name: s.dropped for s in log.funnel.steps if s.dropped} == {"after now": 4}
    with pytest.raises(UsageError, match="1980 to 2199"):
        read_anki(collection, now=START_MS)
    with pytest.raises(UsageError):
        read_anki(collection, now=datetime(2024, 1, 1))


def test_an_ignore_date_leaves_out_cards_learned_before_it(collection: AnkiCollection) -> None:
    assert len(read_anki(collection, ignore_before="2024-01-02")) == 0
    assert len(read_anki(collection, ignore_before=date(2024, 1, 1))) == 20
    log = read_anki(collection, ignore_before="preset")
    assert cards(log) == [1, 4]
    assert {s.name: s.dropped for s in log.funnel.steps if s.dropped} == {"before the ignore date": 10}
    with pytest.raises(UsageError, match="ignore_before"):
        read_anki(collection, ignore_before="last year")


def test_an_ignore_date_of_a_preset_is_mentioned_when_not_applied(collection: AnkiCollection) -> None:
    assert any("2024-01-02" in guess and "'Hard'" in guess for guess in read_anki(collection).funnel.guesses)
    assert not any("2024-01-02" in g for g in read_anki(collection, ignore_before="preset").funnel.guesses)


def test_a_collection_without_cards_or_rows_gives_an_empty_log(tmp_path: Path) -> None:
    log = read_anki(Tiny(rows=[], cards={}).write(tmp_path / "c.anki2"))
    assert (len(log), log.cards) == (0, 0)
    log = read_anki(Tiny(rows=HISTORY, cards={}).write(tmp_path / "d.anki2"))
    assert log.deck_ids is not None
    assert log.deck_ids.tolist() == [-1]


def test_every_row_can_be_explained(collection: AnkiCollection) -> None:
    log = read_anki(collection, deck="A", include_suspended=False)
    for row in collection.revlog.id.tolist():
        assert "no row has this id" not in log.why(row)
    dropped = np.concatenate([step.dropped_ids for step in log.funnel.steps])
    assert sorted([*dropped.tolist(), *log.review_ids.tolist()]) == collection.revlog.id.tolist()
