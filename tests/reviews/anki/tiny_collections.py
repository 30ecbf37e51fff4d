"""Tiny Anki collections and packages, built from nothing, for tests without real files."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard

DAY_MS = 86_400_000
# 2024-01-01 08:00 UTC, 04:00 in UTC-4
CREATED = 1_704_096_000
START_MS = CREATED * 1000

COL = (
    "id integer primary key, crt, mod, scm, ver, dty, usn, ls,"
    " conf text, models text, decks text, dconf text, tags text"
)
CARDS = (
    "id integer primary key, nid, did, ord, mod, usn, type, queue, due, ivl, factor, reps, lapses, left,"
    " odue, odid, flags, data text"
)
REVLOG = "id integer primary key, cid, usn, ease, ivl, lastIvl, factor, time, type"
NOTES = "id integer primary key, guid text, mid, mod, usn, tags text, flds text"


@dataclass(frozen=True)
class Row:
    """One row of the log, at an hour since the creation."""

    hours: float
    ease: int
    type: int = 1
    factor: int = 2500
    interval: int = 5
    card: int = 1
    milliseconds: int = 4000

    @property
    def id(self) -> int:
        return START_MS + round(self.hours * 3_600_000)


@dataclass(frozen=True)
class Tiny:
    """What a tiny collection holds; `write` makes it a database."""

    rows: Sequence[Row] = ()
    cards: Mapping[int, Mapping[str, Any]] = field(default_factory=lambda: {1: {}})
    schema: int = 18
    settings: Mapping[str, Any] = field(
        default_factory=lambda: {"schedVer": 2, "rollover": 4, "creationOffset": 240, "localOffset": 240}
    )
    decks: Mapping[int, Mapping[str, Any]] = field(default_factory=lambda: {1: {"name": "Default"}})
    presets: Mapping[int, Mapping[str, Any]] = field(default_factory=lambda: {1: {"name": "Default"}})
    notes: int = 1

    def write(self, path: Path) -> Path:
        connection = sqlite3.connect(path)
        connection.create_collation(
            "unicase", lambda a, b: (a.casefold() > b.casefold()) - (a.casefold() < b.casefold())
        )
        self._fill(connection)
        connection.commit()
        connection.close()
        return path

    def bytes(self, folder: Path) -> bytes:
        return self.write(folder / f"tiny-{len(list(folder.iterdir()))}.db").read_bytes()

    def _fill(self, db: sqlite3.Connection) -> None:
        for name, columns in {"col": COL, "cards": CARDS, "revlog": REVLOG, "notes": NOTES}.items():
            db.execute(f"create table {name} ({columns})")
        texts = {"conf": "", "decks": "", "dconf": ""}
        if self.schema < 14:
            texts |= {"conf": json.dumps(dict(self.settings)), "dconf": json.dumps(self._json_presets())}
        else:
            self._fill_tables_of_14(db)
        if self.schema < 15:
            texts["decks"] = json.dumps(self._json_decks())
        else:
            self._fill_tables_of_15(db)
        db.execute(
            "insert into col values (1, ?, ?, 0, ?, 0, 0, 0, ?, '', ?, ?, '')",
            (CREATED, START_MS, self.schema, texts["conf"], texts["decks"], texts["dconf"]),
        )
        for number, card in self.cards.items():
            values = {"nid": 1, "did": 1, "type": 2, "queue": 2, "ivl": 5, "factor": 2500, **card}
            names = ", ".join(["id", *values])
            marks = ", ".join("?" * (len(values) + 1))
            db.execute(f"insert into cards ({names}) values ({marks})", (number, *values.values()))
        db.executemany(
            "insert into revlog values (?, ?, -1, ?, ?, 0, ?, ?, ?)",
            [(r.id, r.card, r.ease, r.interval, r.factor, r.milliseconds, r.type) for r in self.rows],
        )
        db.executemany("insert into notes (id) values (?)", [(i + 1,) for i in range(self.notes)])

    def _fill_tables_of_14(self, db: sqlite3.Connection) -> None:
        db.execute("create table config (KEY text primary key, usn, mtime_secs, val blob) without rowid")
        for key, value in self.settings.items():
            db.execute("insert into config values (?, 0, 0, ?)", (key, json.dumps(value).encode()))
        db.execute(
            "create table deck_config"
            " (id integer primary key, name text collate unicase, mtime_secs, usn, config blob)"
        )
        db.execute("create unique index idx_deck_config on deck_config (name)")
        for number, preset in self.presets.items():
            blob = b"".join(_preset_field(key, value) for key, value in preset.items() if key != "name")
            db.execute("insert into deck_config values (?, ?, 0, 0, ?)", (number, preset["name"], blob))

    def _fill_tables_of_15(self, db: sqlite3.Connection) -> None:
        db.execute(
            "create table decks"
            " (id integer primary key, name text collate unicase, mtime_secs, usn, common blob, kind blob)"
        )
        db.execute("create unique index idx_decks_name on decks (name)")
        for number, deck in self.decks.items():
            name = deck["name"].replace("::", "\x1f")
            db.execute("insert into decks values (?, ?, 0, 0, x'', ?)", (number, name, deck_blob(deck)))

    def _json_decks(self) -> dict[str, Any]:
        decks = {}
        for number, deck in self.decks.items():
            entry: dict[str, Any] = {
                "id": number,
                "name": deck["name"],
                "dyn": 0,
                "conf": deck.get("preset", 1),
            }
            if "searches" in deck:
                entry |= {"dyn": 1, "resched": deck.get("reschedule", True)}
                entry["terms"] = [[search, 100, 0] for search in deck["searches"]]
            if "retention" in deck:
                entry["desiredRetention"] = round(100 * deck["retention"])
            decks[str(number)] = entry
        return decks

    def _json_presets(self) -> dict[str, Any]:
        names = {
            "params": "fsrsParams6",
            "params_5": "fsrsParams5",
            "params_4": "fsrsWeights",
            "retention": "desiredRetention",
        }
        names |= {"historical": "sm2Retention", "ignore": "ignoreRevlogsBeforeDate", "name": "name"}
        return {
            str(number): {names[key]: value for key, value in preset.items()}
            for number, preset in self.presets.items()
        }


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number_field(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def real_field(number: int, value: float) -> bytes:
    return varint(number << 3 | 5) + struct.pack("<f", value)


def bytes_field(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def deck_blob(deck: Mapping[str, Any]) -> bytes:
    if "searches" in deck:
        terms = b"".join(
            bytes_field(2, bytes_field(1, search.encode()) + number_field(2, 100))
            for search in deck["searches"]
        )
        return bytes_field(2, number_field(1, int(deck.get("reschedule", True))) + terms)
    retention = real_field(10, deck["retention"]) if "retention" in deck else b""
    return bytes_field(1, number_field(1, deck.get("preset", 1)) + retention)


def _preset_field(key: str, value: Any) -> bytes:
    reals = {"params_4": 3, "params_5": 5, "params": 6}
    if key in reals:
        return bytes_field(reals[key], struct.pack(f"<{len(value)}f", *value))
    if key == "ignore":
        return bytes_field(46, value.encode())
    return real_field({"retention": 37, "historical": 40}[key], value)


def zstd(content: bytes) -> bytes:
    """A frame without content size, as Anki's streaming encoder writes it."""
    out = io.BytesIO()
    with zstandard.ZstdCompressor(write_content_size=False).stream_writer(out, closefd=False) as writer:
        writer.write(content)
    return out.getvalue()


def package(
    path: Path,
    layout: int,
    database: bytes,
    *,
    dummy: bytes = b"a dummy that nobody should read",
    media: Mapping[str, bytes] | None = None,
) -> Path:
    """A package of one of Anki's three layouts around a database."""
    files = dict(media or {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if layout > 1:
            archive.writestr("meta", number_field(1, layout))
            archive.writestr("collection.anki2", dummy)
        if layout == 1:
            archive.writestr("collection.anki2", database)
        elif layout == 2:
            archive.writestr("collection.anki21", database)
        else:
            archive.writestr("collection.anki21b", zstd(database), zipfile.ZIP_STORED)
        for number, content in enumerate(files.values()):
            archive.writestr(str(number), zstd(content) if layout == 3 else content)
        archive.writestr("media", _media_list(layout, files))
    return path


def _media_list(layout: int, files: Mapping[str, bytes]) -> bytes:
    if layout < 3:
        return json.dumps({str(number): name for number, name in enumerate(files)}).encode()
    entries = [
        bytes_field(
            1, bytes_field(1, name.encode()) + number_field(2, len(content)) + bytes_field(3, b"\x01" * 20)
        )
        for name, content in files.items()
    ]
    return zstd(b"".join(entries))
