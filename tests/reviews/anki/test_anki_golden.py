"""What the official package answers on real collections: contents, days, items."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import repetita as rp
from repetita.reviews.anki import AnkiCollection, day_timing, read_anki
from repetita.reviews.anki.day_timing import zone_offset

pytestmark = [pytest.mark.golden, pytest.mark.realdata]

Records = Callable[[str], list[dict[str, Any]]]
Asked = Callable[[dict[str, Any]], dict[str, Any]]


def same_float32(found: Any, expected: Any) -> bool:
    return np.asarray(found, dtype=np.float32).tolist() == np.asarray(expected, dtype=np.float32).tolist()


def test_counts(records: Records, collection: Callable[[str], AnkiCollection]) -> None:
    for record in records("contents_counts"):
        c = collection(record["file"])
        kinds, counts = np.unique(c.revlog.type, return_counts=True)
        pairs, pair_counts = np.unique(np.stack((c.cards.type, c.cards.queue)), axis=1, return_counts=True)
        found = {
            "notes": c.note_count,
            "cards": len(c.cards),
            "revlog": len(c.revlog),
            "revlog_of_deleted_cards": int(np.count_nonzero(~np.isin(c.revlog.card_id, c.cards.id))),
            "crt": c.created,
            "revlog_by_type": {str(k): int(n) for k, n in zip(kinds, counts, strict=True)},
            "cards_by_type_queue": {
                f"{t},{q}": int(n) for (t, q), n in zip(pairs.T, pair_counts, strict=True)
            },
        }
        assert found == record["expected"], record["file"]


def test_settings(records: Records, collection: Callable[[str], AnkiCollection]) -> None:
    for record in records("contents_config"):
        settings = collection(record["file"]).settings
        named = {
            "fsrs": settings.fsrs,
            "rollover": settings.rollover,
            "creationOffset": settings.creation_offset,
            "schedVer": settings.scheduler_version,
            "collapseTime": settings.learn_ahead_seconds,
        }
        for key, value in record["expected"].items():
            assert settings.values[key] == value, (record["file"], key)
            assert named.get(key, value) == value, (record["file"], key)


def test_decks(records: Records, collection: Callable[[str], AnkiCollection]) -> None:
    for record in records("contents_deck"):
        deck = collection(record["file"]).decks[record["input"]["deck_id"]]
        expected = dict(record["expected"])
        retention = expected.pop("desired_retention", None)
        found = {
            "name": deck.name,
            "kind": deck.kind,
            "config_id": deck.preset_id,
            "reschedule": deck.reschedule,
            "search": [search.search for search in deck.searches],
        }
        assert {key: found[key] for key in expected} == expected, record
        if retention is None:
            assert deck.desired_retention is None
        else:
            assert same_float32(deck.desired_retention, retention)


def test_presets(records: Records, collection: Callable[[str], AnkiCollection]) -> None:
    for record in records("contents_preset"):
        c = collection(record["file"])
        preset, expected = c.presets[record["input"]["preset_id"]], record["expected"]
        assert (preset.name, len(c.decks_with(preset))) == (expected["name"], expected["use_count"])
        found = preset.to_dict()
        for name, value in expected["config"].items():
            if isinstance(value, str) and value.isupper():  # an enum: LEECH_ACTION_TAG_ONLY
                assert value.endswith(found[name].upper().replace(" ", "_")), (record["file"], name)
            elif isinstance(value, str | bool):
                assert found[name] == value, (record["file"], name)
            else:
                assert same_float32(found[name], value), (record["file"], name)
        # what the record leaves out is at its default: zero, empty, false, or the first of the names
        left_out = {n: v for n, v in found.items() if n not in expected["config"] and n not in ("id", "name")}
        first_names = {"suspend", "mix with reviews", "template", "day", "deck"}
        assert all(not v or v in first_names for v in left_out.values()), left_out


def test_cards(records: Records, collection: Callable[[str], AnkiCollection]) -> None:
    for record in records("contents_card"):
        cards = collection(record["file"]).cards
        place = int(np.searchsorted(cards.id, record["input"]["card_id"]))
        columns = {
            "id": cards.id,
            "note_id": cards.note_id,
            "deck_id": cards.deck_id,
            "template_idx": cards.template,
            "ctype": cards.type,
            "queue": cards.queue,
            "due": cards.due,
            "interval": cards.interval,
            "ease_factor": cards.factor,
            "reps": cards.reps,
            "lapses": cards.lapses,
            "remaining_steps": cards.left,
            "flags": cards.flags,
            "original_due": cards.original_due,
            "original_deck_id": cards.original_deck_id,
            "original_position": cards.original_position,
            "last_review_time_secs": cards.last_review,
            "mtime_secs": cards.modified,
        }
        expected = dict(record["expected"])
        memory = {**expected.pop("memory_state", {"stability": np.nan, "difficulty": np.nan})}
        reals = {
            "stability": cards.stability[place],
            "difficulty": cards.difficulty[place],
            "desired_retention": cards.desired_retention[place],
            "decay": cards.decay[place],
        }
        for name in ("desired_retention", "decay"):
            memory[name] = expected.pop(name, np.nan)
        for name, value in memory.items():
            assert np.array_equal(np.float32(reals[name]), np.float32(value), equal_nan=True), (record, name)
        assert cards.custom_data[place] == expected.pop("custom_data", "")
        for name, value in expected.items():
            assert int(columns[name][place]) == int(value), (record, name)
        absent = {name for name in columns if name not in expected} - {"mtime_secs"}
        assert all(columns[name][place] in (0, -1) for name in absent), (record, absent)


def test_log(records: Records, collection: Callable[[str], AnkiCollection]) -> None:
    for record in records("contents_revlog_sha256"):
        log = collection(record["file"]).revlog
        columns = (
            *(log.id, log.card_id, log.ease, log.interval, log.last_interval),
            *(log.factor, log.milliseconds, log.type),
        )
        lines = "".join(",".join(map(str, row)) + "\n" for row in np.stack(columns, axis=1).tolist())
        assert hashlib.sha256(lines.encode()).hexdigest() == record["expected"], record["file"]


def test_media(records: Records, collection: Callable[[str], AnkiCollection], shared: Path) -> None:
    for record in records("contents_media"):
        found = {}
        with zipfile.ZipFile(shared / "anki" / record["file"]) as archive:
            for file in collection(record["file"]).media:
                found[file.name] = file.sha1 or hashlib.sha1(archive.read(file.member)).hexdigest()
        assert found == record["expected"], record["file"]


def test_days(records: Records, collection: Callable[[str], AnkiCollection]) -> None:
    for record in records("timing"):
        c, second = collection(record["file"]), record["now_ms"] // 1000
        found = day_timing(
            second,
            created=c.created,
            local_offset=zone_offset(record["tz"], second),
            creation_offset=c.settings.creation_offset,
            rollover=c.settings.rollover,
        )
        expected = record["expected"]
        assert (found.today, found.next_day_at) == (expected["days_elapsed"], expected["next_day_at"]), record


def test_item_counts(records: Records, collection: Callable[[str], AnkiCollection], asked: Asked) -> None:
    for record in records("compute_params"):
        log = read_anki(collection(record["file"]), **asked(record))
        assert int(np.count_nonzero(log.scored)) == record["expected"]["fsrs_items"], record["input"]


def test_all_files_of_a_collection_hold_the_same_log(shared: Path) -> None:
    """Formats differ, reviews do not; a deck export only lacks the rows of deleted cards."""
    by_collection: dict[str, list[rp.ReviewLog]] = {}
    for path in sorted((shared / "anki").iterdir()):
        if path.suffix != ".md":
            log = read_anki(path, include_deleted_cards=False)
            by_collection.setdefault(path.name.split("_")[0].split(".")[0], []).append(log)
    for logs in by_collection.values():
        assert all(log == logs[0] for log in logs[1:])
        assert len(logs[0]) > 1000
