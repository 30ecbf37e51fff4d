"""Reading a collection: from file to `AnkiCollection`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from repetita.errors import CorruptInput
from repetita.reviews.anki.contents import AnkiCards, AnkiCollection, AnkiRevlog, CollectionSettings
from repetita.reviews.anki.database import SCHEMAS, Database, open_database, parse_json
from repetita.reviews.anki.decks import Deck, deck_from_json, deck_from_protobuf
from repetita.reviews.anki.limits import ReadLimits
from repetita.reviews.anki.presets import Preset, preset_from_json, preset_from_protobuf
from repetita.reviews.anki.private_copy import PrivateCopy, private_copy

__all__ = ["read_collection"]

# Anki's column names, in the order of the fields of AnkiRevlog and, `did` twice, of AnkiCards
REVLOG_COLUMNS = ("id", "cid", "ease", "ivl", "lastIvl", "factor", "time", "type")
CARD_COLUMNS = {
    "id": "id",
    "nid": "note_id",
    "did": "deck_id",
    "ord": "template",
    "mod": "modified",
    "type": "type",
    "queue": "queue",
    "due": "due",
    "ivl": "interval",
    "factor": "factor",
    "reps": "reps",
    "lapses": "lapses",
    "left": "left",
    "odue": "original_due",
    "odid": "original_deck_id",
    "flags": "flags",
}


LONGEST_ID = 18  # digits of a 64-bit number
LATEST_CREATION = 7_258_118_400  # 2200-01-01


def read_collection(
    path: str | Path, *, limits: ReadLimits | None = None, allow_locked: bool = False
) -> AnkiCollection:
    """Everything in an Anki file that concerns scheduling; the file is copied first and never touched.

    Args:
        path: A package (.colpkg, .apkg) of any of Anki's three layouts, or a bare database (.anki2, .anki21,
            .anki21b); told apart by content, not by suffix.
        limits: Bounds on what a compressed file may expand to.
        allow_locked: Read a collection that Anki has open, as far as it has reached the disk.

    Raises:
        InputMissing: No such file, or a folder.
        UnsupportedInput: Not an Anki file, or of a version that is not read.
        CorruptInput: Damaged, cut short, or expanding beyond the limits.
        LockedInput: Another program holds the collection.
        OutputError: The temporary copy could not be written.

    Example:
        >>> read_collection("missing.colpkg")
        Traceback (most recent call last):
        ...
        repetita.errors.InputMissing: no such file: missing.colpkg
    """
    where = Path(path)
    with (
        private_copy(where, limits=limits, allow_locked=allow_locked) as copy,
        open_database(copy.database, name=where.name) as database,
    ):
        return _collection(where, copy, database)


def _collection(path: Path, copy: PrivateCopy, database: Database) -> AnkiCollection:
    created = database.collection_integer("crt")
    if not 0 <= created < LATEST_CREATION:
        raise CorruptInput(f"{path.name} was created at second {created}, which is no date", where=path.name)
    return AnkiCollection(
        path=str(path),
        layout=copy.layout,
        schema=database.schema,
        created=created,
        modified_ms=database.collection_integer("mod"),
        settings=_settings(database),
        decks=MappingProxyType(_decks(database)),
        presets=MappingProxyType(_presets(database)),
        cards=_cards(database),
        revlog=AnkiRevlog(*database.integers("revlog", REVLOG_COLUMNS).values()),
        note_count=database.count("notes"),
        media=copy.media,
        remarks=_remarks(path, copy, database),
    )


def _remarks(path: Path, copy: PrivateCopy, database: Database) -> tuple[str, ...]:
    remarks = []
    if database.schema > SCHEMAS[-1]:
        remarks.append(f"{path.name} has schema {database.schema}, newer than {SCHEMAS[-1]}: read as that")
    if copy.held:
        remarks.append(f"{path.name} was open in another program: its latest changes may be missing")
    return tuple(remarks)


def _settings(database: Database) -> CollectionSettings:
    if "config" not in database.tables:
        return CollectionSettings.from_values(MappingProxyType(database.collection_json("conf")))
    values = {}
    for key, value in database.rows("SELECT key, val FROM config"):
        try:
            values[str(key)] = json.loads(value)
        except (TypeError, ValueError, RecursionError):
            continue  # a value of some add-on's own making
    return CollectionSettings.from_values(MappingProxyType(values))


def _decks(database: Database) -> dict[int, Deck]:
    if "decks" in database.tables:
        rows = database.rows("SELECT CAST(id AS INTEGER), name, kind FROM decks")
        decks = [deck_from_protobuf(i or 0, _text(name), _bytes(kind)) for i, name, kind in rows]
    else:
        decks = [deck_from_json(i, entry) for i, entry in _entries(database, "decks")]
    return {deck.id: deck for deck in sorted(decks, key=lambda deck: deck.name.casefold())}


def _presets(database: Database) -> dict[int, Preset]:
    if "deck_config" in database.tables:
        rows = database.rows("SELECT CAST(id AS INTEGER), name, config FROM deck_config")
        presets = [preset_from_protobuf(i or 0, _text(name), _bytes(config)) for i, name, config in rows]
    else:
        presets = [preset_from_json(i, entry) for i, entry in _entries(database, "dconf")]
    return {preset.id: preset for preset in sorted(presets, key=lambda preset: preset.name.casefold())}


def _entries(database: Database, column: str) -> list[tuple[int, Mapping[str, Any]]]:
    table = database.collection_json(column)
    named = ((key, entry) for key, entry in table.items() if key.isdecimal() and len(key) <= LONGEST_ID)
    return [(int(key), entry) for key, entry in named if isinstance(entry, dict)]


def _cards(database: Database) -> AnkiCards:
    read = database.integers("cards", tuple(CARD_COLUMNS))
    columns: dict[str, Any] = {CARD_COLUMNS[column]: values for column, values in read.items()}
    texts = database.texts("cards", "data")
    if len(texts) != len(columns["id"]):
        raise CorruptInput(f"the cards of {database.name} cannot be read twice alike", where=database.name)
    stored = _card_data(texts)
    away = columns["original_deck_id"] != 0
    return AnkiCards(
        home_deck_id=np.where(away, columns["original_deck_id"], columns["deck_id"]), **columns, **stored
    )


def _card_data(texts: Sequence[str]) -> dict[str, Any]:
    entries = [_card_entry(text) for text in texts]
    return {
        "stability": _reals(entries, "s"),
        "difficulty": _reals(entries, "d"),
        "desired_retention": _reals(entries, "dr"),
        "decay": _reals(entries, "decay"),
        "last_review": _integers(entries, "lrt", 0),
        "original_position": _integers(entries, "pos", -1),
        "custom_data": tuple(v if isinstance(v := entry.get("cd"), str) else "" for entry in entries),
    }


def _card_entry(text: str) -> Mapping[str, Any]:
    if len(text) <= 2:
        return {}
    try:
        return parse_json(text, "card data")
    except CorruptInput:  # as in Anki, data that are no JSON object count as none
        return {}


def _reals(entries: Sequence[Mapping[str, Any]], key: str) -> NDArray[np.float64]:
    values = (entry.get(key) for entry in entries)
    return np.array([float(v) if _is_number(v) else np.nan for v in values], dtype=np.float64)


def _integers(entries: Sequence[Mapping[str, Any]], key: str, absent: int) -> NDArray[np.int64]:
    values = (entry.get(key) for entry in entries)
    return np.array(
        [int(v) if _is_number(v) and abs(v) < 1 << 62 else absent for v in values], dtype=np.int64
    )


def _is_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 1e300 if isinstance(value, int) else isfinite(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else _text(value or "").encode()
