from __future__ import annotations

import json
import sqlite3
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_collections import CREATED, START_MS, Row, Tiny

from repetita.errors import CorruptInput, UnknownName, UnsupportedInput
from repetita.reviews.anki import AnkiCollection, CollectionSettings, Preset, read_collection
from repetita.reviews.anki.presets import preset_from_json, preset_from_protobuf

SIX = tuple(round(0.1 + i / 16, 4) for i in range(21))
FULL: dict[str, Any] = {
    "rows": [Row(0, 3, type=0), Row(48, 3)],
    "cards": {
        5: {
            "did": 2,
            "data": '{"pos":7,"s":12.5,"d":5.25,"dr":0.9,"decay":0.154,"lrt":1704268800,"cd":"{}"}',
        },
        6: {"did": 9, "odid": 3, "odue": 40, "queue": -1, "data": "{no json"},
        7: {"did": 77, "data": '[1, "no object"]'},
    },
    "decks": {
        1: {"name": "Default"},
        2: {"name": "Langs::Français", "preset": 20, "retention": 0.85},
        3: {"name": "langs"},
        9: {"name": "Zoom – cram", "searches": ["deck:Langs is:due"], "reschedule": False},
    },
    "presets": {
        1: {"name": "Default", "params_5": SIX[:19]},
        20: {
            "name": "ÉCOLE",
            "params": SIX,
            "params_5": SIX[:19],
            "retention": 0.8,
            "historical": 0.75,
            "ignore": "2024-01-02",
        },
    },
    "notes": 2,
}


@pytest.mark.parametrize("schema", [11, 14, 15, 16, 17, 18])
def test_all_schemas_mean_the_same(tmp_path: Path, schema: int) -> None:
    collection = read_collection(Tiny(schema=schema, **FULL).write(tmp_path / "c.anki2"))
    assert (collection.schema, collection.created, collection.modified_ms) == (schema, CREATED, START_MS)
    assert collection.note_count == 2
    assert collection.settings.rollover == 4
    assert collection.settings.local_offset == 240
    french = collection.deck("langs::FRANÇAIS")
    assert (french.id, french.preset_id, french.desired_retention) == (2, 20, 0.85)
    cram = collection.deck(9)
    assert (cram.kind, cram.preset_id, cram.reschedule) == ("filtered", None, False)
    assert [search.search for search in cram.searches] == ["deck:Langs is:due"]
    school = collection.preset("école")
    assert (school.id, school.desired_retention, school.historical_retention) == (20, 0.8, 0.75)
    assert school.parameters == SIX
    assert school.ignore_before_ms == 1_704_153_600_000
    assert collection.preset(1).parameters == SIX[:19]
    assert collection.preset(1).ignore_before_ms == 0


def test_cards_keep_their_stored_data(tmp_path: Path) -> None:
    cards = read_collection(Tiny(**FULL).write(tmp_path / "c.anki2")).cards
    assert cards.id.tolist() == [5, 6, 7]
    assert cards.deck_id.tolist() == [2, 9, 77]
    assert cards.home_deck_id.tolist() == [2, 3, 77]
    assert cards.original_position.tolist() == [7, -1, -1]
    assert cards.last_review.tolist() == [1_704_268_800, 0, 0]
    np.testing.assert_array_equal(cards.stability, [12.5, np.nan, np.nan])
    np.testing.assert_array_equal(cards.difficulty, [5.25, np.nan, np.nan])
    np.testing.assert_array_equal(cards.decay, [0.154, np.nan, np.nan])
    assert cards.custom_data == ("{}", "", "")
    assert cards.to_frame().shape == (3, 24)


def test_presets_of_cards_follow_their_home_deck(tmp_path: Path) -> None:
    collection = read_collection(Tiny(**FULL).write(tmp_path / "c.anki2"))
    assert collection.preset_ids_of(collection.cards.home_deck_id).tolist() == [20, 1, 1]
    assert collection.decks_with(collection.preset(20)) == (2,)


def test_nested_decks_belong_to_their_parents(tmp_path: Path) -> None:
    collection = read_collection(Tiny(**FULL).write(tmp_path / "c.anki2"))
    assert set(collection.decks_below(collection.deck("Langs"))) == {2, 3}


def test_an_unknown_name_suggests_the_nearest(tmp_path: Path) -> None:
    collection = read_collection(Tiny(**FULL).write(tmp_path / "c.anki2"))
    with pytest.raises(UnknownName, match="Langs::Français"):
        collection.deck("Lang::Francais")
    with pytest.raises(UnknownName, match="Default"):
        collection.preset("Defalt")
    with pytest.raises(UnknownName):
        collection.deck(12345)


def test_a_collection_does_not_change(tmp_path: Path) -> None:
    collection = read_collection(Tiny(**FULL).write(tmp_path / "c.anki2"))
    with pytest.raises(FrozenInstanceError):
        collection.schema = 3  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        collection.revlog.ease[0] = 1
    with pytest.raises(TypeError):
        collection.decks[1] = collection.decks[2]  # type: ignore[index]


def test_a_collection_in_words_and_as_json(tmp_path: Path) -> None:
    collection = read_collection(Tiny(**FULL).write(tmp_path / "c.anki2"))
    assert repr(collection).endswith("schema 18, 3 cards, 2 log rows)")
    told = json.loads(json.dumps(collection.to_dict()))
    assert (told["cards"], told["revlog"], told["notes"]) == (3, 2, 2)
    assert {deck["name"] for deck in told["decks"]} >= {"Langs::Français", "Zoom – cram"}


def test_fractions_texts_and_nulls_are_cast(tmp_path: Path) -> None:
    path = Tiny(rows=[Row(0, 3, type=0)]).write(tmp_path / "c.anki2")
    db = sqlite3.connect(path)
    db.execute("insert into revlog values (?, 1, 0, '2', 3.9, '-600', 2500.5, null, 'x')", (START_MS + 1,))
    db.commit()
    db.close()
    revlog = read_collection(path).revlog
    last = [int(column[-1]) for column in (revlog.ease, revlog.interval, revlog.last_interval, revlog.factor)]
    assert last == [2, 3, -600, 2500]
    assert (revlog.milliseconds[-1], revlog.type[-1]) == (0, 0)


@pytest.mark.parametrize("schema", [1, 10, 12, 13])
def test_broken_and_old_schemas_are_refused(tmp_path: Path, schema: int) -> None:
    path = Tiny(schema=11).write(tmp_path / "c.anki2")
    change(path, f"update col set ver = {schema}")
    with pytest.raises(UnsupportedInput, match=f"schema {schema}"):
        read_collection(path)


def test_a_newer_schema_is_tried_and_said(tmp_path: Path) -> None:
    path = Tiny(**FULL).write(tmp_path / "c.anki2")
    change(path, "update col set ver = 19")
    collection = read_collection(path)
    assert collection.deck(2).name == "Langs::Français"
    assert "newer than 18" in collection.remarks[0]


@pytest.mark.parametrize("table", ["col", "cards", "notes", "revlog"])
def test_a_missing_table_is_named(tmp_path: Path, table: str) -> None:
    path = Tiny().write(tmp_path / "c.anki2")
    change(path, f"drop table {table}")
    with pytest.raises(CorruptInput, match=f"without the table '{table}'"):
        read_collection(path)


def test_a_view_is_no_table(tmp_path: Path) -> None:
    path = Tiny().write(tmp_path / "c.anki2")
    change(path, "alter table revlog rename to other", "create view revlog as select * from other, other")
    with pytest.raises(CorruptInput, match="without the table 'revlog'"):
        read_collection(path)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("delete from col", "'col' of .* is empty"),
        ("alter table revlog drop column factor", "no such column"),
        ("update col set crt = -5", "is no date"),
        ("update deck_config set config = x'0d'", "cut short"),
        ("update decks set kind = x'ff'", "does not end"),
    ],
)
def test_damage_inside_is_named(tmp_path: Path, statement: str, message: str) -> None:
    path = Tiny().write(tmp_path / "c.anki2")
    change(path, statement)
    with pytest.raises(CorruptInput, match=message):
        read_collection(path)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("update col set decks = '{'", "is not JSON"),
        ("update col set dconf = '[]'", "expected a JSON object"),
        ("update col set conf = '" + "[" * 100_000 + "'", "is not JSON"),
    ],
)
def test_damaged_json_is_named(tmp_path: Path, statement: str, message: str) -> None:
    path = Tiny(schema=11).write(tmp_path / "c.anki2")
    change(path, statement)
    with pytest.raises(CorruptInput, match=message):
        read_collection(path)


def test_a_database_cut_short_is_refused(tmp_path: Path) -> None:
    whole = Tiny(**FULL).write(tmp_path / "c.anki2").read_bytes()
    for size in (50, 4096, len(whole) - 4096):
        (tmp_path / "cut.anki2").write_bytes(whole[:size])
        with pytest.raises(CorruptInput, match="cut short"):
            read_collection(tmp_path / "cut.anki2")


def test_settings_have_defaults_and_ignore_nonsense() -> None:
    plain = CollectionSettings.from_values({})
    assert (plain.fsrs, plain.rollover, plain.scheduler_version, plain.local_offset) == (False, None, 1, None)
    assert (plain.load_balancer, plain.short_term_with_steps) == (True, False)
    odd = CollectionSettings.from_values(
        {"rollover": 99, "schedVer": 2, "fsrs": "yes", "localOffset": 1e9, "creationOffset": True}
    )
    assert (odd.rollover, odd.fsrs, odd.local_offset, odd.creation_offset) == (4, False, None, None)
    assert CollectionSettings.from_values({"rollover": 0}).rollover == 0


def test_the_newest_parameters_are_active() -> None:
    def preset(**lists: list[float]) -> Preset:
        return preset_from_json(1, {"name": "p", **lists})

    assert preset().parameters == ()
    assert preset(fsrsWeights=[0.5] * 17).parameters == (0.5,) * 17
    assert preset(fsrsWeights=[0.5] * 17, fsrsParams5=[0.6] * 19).parameters == (0.6,) * 19
    assert preset(fsrsParams5=[0.6] * 19, fsrsParams6=[0.7] * 21).parameters == (0.7,) * 21


def test_a_preset_without_a_retention_has_the_default_one() -> None:
    assert preset_from_protobuf(1, "p", b"").desired_retention == 0.9
    assert preset_from_json(1, {"desiredRetention": 7, "sm2Retention": None}).historical_retention == 0.9


def test_json_of_other_kinds_counts_as_absent() -> None:
    odd = preset_from_json(
        1, {"new": [], "rev": {"maxIvl": "x"}, "lapse": {"delays": [1, "y"]}, "fsrsParams6": 3}
    )
    assert (odd.learn_steps, odd.maximum_review_interval, odd.relearn_steps, odd.parameters) == (
        (),
        0,
        (1.0, 0.0),
        (),
    )


def change(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path)
    db.create_collation("unicase", lambda a, b: (a > b) - (a < b))
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def test_repr_of_tables(tmp_path: Path) -> None:
    collection: AnkiCollection = read_collection(Tiny(**FULL).write(tmp_path / "c.anki2"))
    assert repr(collection.revlog) == "AnkiRevlog(2 rows)"
