"""Beside the official anki package: buttons and rescheduling of a collection with options drawn at random.

The golden files hold its answers under the options that two collections happen to have. Here steps, maximum,
retention, easy days, parameters and what the cards store are drawn, and the collection is moved to today,
since the package goes by the clock, and by this machine's zone, which is noted in it.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

import repetita as rp
from repetita.collections import OfficialScheduler, OfficialState, reschedule_on_change
from repetita.reviews.anki import AnkiCollection, read_collection
from repetita.reviews.anki.day_timing import machine_offset

anki: Any = pytest.importorskip("anki.collection", reason='needs pip install "repetita[oracle]"')
pytestmark = [pytest.mark.oracle, pytest.mark.realdata]

MADE_AT, DAY = 1_741_453_200, 86_400
TOLERANCE = 2e-5
WEIGHTS = rp.model("fsrs6").parameters
STEPS = [[], [1], [1, 10], [15], [1, 1440], [2000, 3], [1, 10, 1440, 4000], [0.5, 7.3], [900, 700]]
RELEARN_STEPS = [[], [10], [5, 20], [1440], [3000]]
LEFT = [0, 1, 2, 3, 5, 1001, 2002]


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    collection = anki.Collection(str(path))
    try:
        yield collection
    finally:
        collection.close()


def moved_to_today(shared: Path, folder: Path, draw: random.Random) -> Path:
    """A copy of the mixed collection, as if its last day were today or up to twenty days ago."""
    path = folder / "collection.anki2"
    shutil.copyfile(shared / "anki" / "mixed_collection.anki2", path)
    later = ((int(time.time()) - MADE_AT) // DAY - draw.choice([0, 0, 1, 3, 20])) * DAY
    with closing(sqlite3.connect(path)) as database:
        database.create_collation("unicase", lambda a, b: (a > b) - (a < b))
        database.execute("UPDATE revlog SET id = id + ?", (1000 * later,))
        database.execute("UPDATE col SET crt = crt + ?", (later,))
        database.execute("UPDATE cards SET due = due + ? WHERE queue = 1", (later,))
        for card, text in database.execute("SELECT id, data FROM cards").fetchall():
            stored = json.loads(text) if text else {}
            if "lrt" in stored:
                stored["lrt"] += later
            database.execute("UPDATE cards SET data = ? WHERE id = ?", (json.dumps(stored), card))
        database.commit()
    with opened(path) as collection:
        collection.set_config("localOffset", machine_offset(int(time.time())))
    return path


def draw_options(collection: Any, draw: random.Random) -> None:
    collection.set_config("fsrsShortTermWithStepsEnabled", draw.random() < 0.5)
    for preset in collection.decks.all_config():
        preset["new"]["delays"], preset["lapse"]["delays"] = draw.choice(STEPS), draw.choice(RELEARN_STEPS)
        preset["new"]["initialFactor"] = draw.choice([2500, 2300, 1310])
        preset["lapse"]["leechFails"] = draw.choice([1, 3, 4, 5, 8])
        preset["rev"]["maxIvl"] = draw.choice([36500, 180, 40, 9, 2, 1])
        preset["rev"]["bury"] = draw.random() < 0.6
        preset["desiredRetention"] = draw.choice([0.7, 0.8, 0.85, 0.9, 0.93, 0.97, 0.99])
        preset["easyDaysPercentages"] = [draw.choice([1.0, 1.0, 0.5, 0.0, 0.3]) for _ in range(7)]
        if draw.random() < 0.5:
            decay, offset = draw.choice([0.1, 0.2, 0.5, 0.8]), draw.choice([0.0, 0.09])
            preset["fsrsParams6"] = [0.05, 0.1, 0.2, 1.0, *WEIGHTS[4:17], 0.5, offset, 0.06, decay]
        collection.decks.update_config(preset)


def draw_cards(collection: Any, draw: random.Random) -> None:
    for card, kind, text in collection.db.all("SELECT id, type, data FROM cards"):
        stored, lost = json.loads(text) if text else {}, draw.random()
        for key in ("lrt",) if lost < 0.08 else ("s", "d") if lost < 0.16 else ("d",) if lost < 0.2 else ():
            stored.pop(key, None)
        collection.db.execute("UPDATE cards SET data = ? WHERE id = ?", json.dumps(stored), card)
        if kind in (1, 3) and draw.random() < 0.6:
            collection.db.execute("UPDATE cards SET left = ? WHERE id = ?", draw.choice(LEFT), card)


def theirs(state: Any) -> dict[str, Any]:
    filtered = state.WhichOneof("kind") == "filtered"
    found = {"filtered": filtered}
    if filtered:
        if state.filtered.WhichOneof("kind") == "preview":
            preview = state.filtered.preview
            return {"kind": "preview", "seconds": preview.scheduled_secs, "finished": preview.finished}
        state = state.filtered.rescheduling.original_state
    else:
        state = state.normal
    kind = state.WhichOneof("kind")
    part = getattr(state, kind)
    delay = {"learning": part, "relearning": getattr(part, "learning", None)}.get(kind)
    review = {"review": part, "relearning": getattr(part, "review", None)}.get(kind)
    found["kind"] = kind
    if delay is not None:
        found |= {"seconds": delay.scheduled_secs, "steps": delay.remaining_steps}
    if review is not None:
        found |= {"days": review.scheduled_days, "lapses": review.lapses, "leech": review.leeched}
        found["ease"] = pytest.approx(review.ease_factor, rel=1e-7)
    memory = delay if delay is not None else review
    if memory is not None and memory.HasField("memory_state"):
        found["stability"] = pytest.approx(memory.memory_state.stability, rel=TOLERANCE)
        found["difficulty"] = pytest.approx(memory.memory_state.difficulty, rel=TOLERANCE)
    return found


def ours(state: OfficialState) -> dict[str, Any]:
    if state.kind == "preview":
        return {"kind": "preview", "seconds": state.scheduled_seconds or 0, "finished": state.finished}
    found = {
        "filtered": state.filtered,
        "kind": state.kind,
        "seconds": state.scheduled_seconds,
        "steps": state.remaining_steps,
        "days": state.interval_days,
        "lapses": state.lapses,
        "leech": state.leech if state.lapses is not None else None,
        "ease": state.ease,
        "stability": state.stability,
        "difficulty": state.difficulty,
    }
    return {key: value for key, value in found.items() if value is not None}


@pytest.mark.parametrize("seed", range(8))
def test_buttons(shared: Path, tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    path = moved_to_today(shared, tmp_path, draw)
    with opened(path) as collection:
        draw_options(collection, draw)
        draw_cards(collection, draw)
    whole = read_collection(path)
    scheduler = OfficialScheduler(whole, now=time.time(), load_balance=False)
    with opened(path) as collection:
        for card in whole.cards.id.tolist():
            expected = collection._backend.get_scheduling_states(card)
            found = scheduler.next_states(card)
            for button in ("current", "again", "hard", "good", "easy"):
                assert ours(getattr(found, button)) == theirs(getattr(expected, button)), (card, button)


def test_previews_in_a_filtered_deck_that_leaves_schedules_alone(tmp_path: Path) -> None:
    path = tmp_path / "collection.anki2"
    with opened(path) as collection:
        collection.set_config("fsrs", True)
        note = collection.new_note(collection.models.by_name("Basic"))
        note["Front"] = "front"
        collection.add_note(note, 1)
        deck = collection.sched.get_or_create_filtered_deck(0)
        deck.name, deck.config.reschedule = "Cram", False
        del deck.config.search_terms[:]
        deck.config.search_terms.add(search="deck:Default", limit=9)
        deck.config.preview_again_secs, deck.config.preview_hard_secs = 61, 602
        deck.config.preview_good_secs = 0
        collection.sched.add_or_update_filtered_deck(deck)
        (card,) = note.card_ids()
        expected = collection._backend.get_scheduling_states(card)
    found = OfficialScheduler(path).next_states(card)
    for button in ("current", "again", "hard", "good", "easy"):
        assert ours(getattr(found, button)) == theirs(getattr(expected, button))


def rescheduled(
    collection: Any, preset_id: int, retention: float, easy_days: list[float]
) -> dict[int, tuple[int, int, int]]:
    """What the package makes of a preset that is saved with other options; days by card."""
    from anki import deck_config_pb2

    decks = [d.id for d in collection.decks.all_names_and_ids() if not collection.decks.is_filtered(d.id)]
    deck = next(d for d in decks if collection.decks.config_dict_for_deck_id(d)["id"] == preset_id)
    now = collection._backend.get_deck_configs_for_update(deck)
    presets = sorted((entry.config for entry in now.all_config), key=lambda preset: preset.id == preset_id)
    presets[-1].config.desired_retention = retention
    presets[-1].config.easy_days_percentages[:] = easy_days
    request = deck_config_pb2.UpdateDeckConfigsRequest(
        target_deck_id=deck, configs=presets, limits=now.current_deck.limits, fsrs=True, fsrs_reschedule=True
    )
    collection._backend.update_deck_configs_raw(request.SerializeToString())
    rows = collection.db.all("SELECT id, ivl, due, odue FROM cards")
    return {card: (interval, due, home) for card, interval, due, home in rows}


def planned(whole: AnkiCollection, preset_id: int, **options: Any) -> dict[int, tuple[int, int, int]]:
    cards = whole.cards
    columns = (cards.id, cards.interval, cards.due, cards.original_due)
    days = {card: rest for card, *rest in zip(*(column.tolist() for column in columns), strict=True)}
    found = {card: (interval, due, home) for card, (interval, due, home) in days.items()}
    plan = reschedule_on_change(whole, preset_id, now=time.time(), **options)
    return found | {card.card_id: tuple(card.after) for card in plan}


@pytest.mark.parametrize("seed", range(9))
@pytest.mark.parametrize("balanced", [False, True])
def test_rescheduling(shared: Path, tmp_path: Path, seed: int, balanced: bool) -> None:
    """Balanced, the order of cards with histories of one length is the package's own: a few may differ."""
    draw = random.Random(seed)
    path = moved_to_today(shared, tmp_path, draw)
    with opened(path) as collection:
        collection.set_config("loadBalancerEnabled", balanced)
    whole = read_collection(path)
    preset = sorted(whole.presets)[seed % 3]
    retention, easy_days = (
        round(draw.uniform(0.72, 0.97), 2),
        [draw.choice([1.0, 1.0, 0.5, 0.0]) for _ in "1234567"],
    )
    found = planned(whole, preset, desired_retention=retention, easy_days=easy_days)
    with opened(path) as collection:
        expected = rescheduled(collection, preset, retention, easy_days)
    wrong = [card for card in expected if found[card] != expected[card]]
    if balanced:
        assert len(wrong) <= len(expected) * 0.15
        assert all(abs(found[card][0] - expected[card][0]) <= 0.1 * found[card][0] + 4 for card in wrong)
    else:
        assert wrong == []
