"""Beside the official anki package on made-up collections: days, items, log loss, memory states, exports.

The golden files hold its answers for two real collections; here it answers about logs with resets, previews,
manual entries and same-day answers in any order.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import repetita as rp
from repetita.collections import card_states
from repetita.errors import InputError
from repetita.reviews.anki import read_anki, read_collection
from repetita.reviews.anki.collection_days import collection_days

anki: Any = pytest.importorskip("anki.collection", reason='needs pip install "repetita[oracle]"')
pytestmark = pytest.mark.oracle

DAY = 86_400
DEFAULTS = list(rp.model("fsrs6").parameters)
OTHERS = [value * 1.1 for value in DEFAULTS[:4]] + [value * 0.95 for value in DEFAULTS[4:]]
LEARNING, REVIEW, RELEARNING, FILTERED, MANUAL, RESCHEDULED = range(6)


class Asked(NamedTuple):
    """A collection, and what the package said of it before it was closed."""

    path: Path
    now: int
    next_day_at: int
    items: int
    scores: dict[str, tuple[float, float]]
    states: dict[int, Any]


@pytest.fixture(scope="module", params=[0, 1, 2])
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    path = tmp_path_factory.mktemp("anki") / "collection.anki2"
    collection = anki.Collection(str(path))
    try:
        now = int(time.time())
        cards = _cards(collection, 120)
        _answer(collection, cards, now, random.Random(request.param))
        answered = _asked(collection, path, now, cards)
    finally:
        collection.close()
    return answered


def _cards(collection: Any, count: int) -> list[int]:
    collection.set_config("fsrs", True)
    kind = collection.models.by_name("Basic")
    cards = []
    for number in range(count):
        note = collection.new_note(kind)
        note["Front"] = str(number)
        collection.add_note(note, 1)
        cards += note.card_ids()
    return cards


def _answer(collection: Any, cards: list[int], now: int, draw: random.Random) -> None:
    """Made-up histories of up to 15 rows a card; rows that are no answers are strewn in."""
    rows = []
    for card in cards:
        at, kind = now - draw.randrange(50, 300) * DAY, LEARNING
        for _ in range(draw.randrange(1, 16)):
            ease, factor = draw.choice([1, 2, 3, 3, 3, 4]), 0 if kind == LEARNING else 2500
            row = (ease, kind, factor)
            odd = draw.random()
            if odd < 0.03:
                row = (0, MANUAL, draw.choice([0, 2500]))  # a reset, or a due date set by hand
            elif odd < 0.06:
                row = (0, RESCHEDULED, 2500)
            elif odd < 0.09:
                row = (ease, FILTERED, draw.choice([0, 2500]))  # a preview, or an early review
            rows.append((at * 1000 + len(rows) % 1000, card, *row))
            kind = draw.choice([REVIEW] * 15 + [LEARNING]) if ease > 1 else RELEARNING
            at += draw.choice([600, draw.randrange(DAY), draw.randrange(40 * DAY)])
            if at > now:
                break
    collection.db.executemany(
        "insert or ignore into revlog values (?, ?, -1, ?, 5, 3, ?, 4000, ?)",
        [(at, card, ease, factor, kind) for at, card, ease, kind, factor in rows],
    )
    collection.db.execute("update cards set type = 2, queue = 2, ivl = 5, factor = 2500, due = 0")


def _asked(collection: Any, path: Path, now: int, cards: list[int]) -> Asked:
    backend = collection._backend
    scores = {}
    for name, parameters in (("defaults", DEFAULTS), ("others", OTHERS)):
        score = backend.evaluate_params_legacy(params=parameters, search="", ignore_revlogs_before_ms=0)
        scores[name] = (score.log_loss, score.rmse_bins)
    trained = backend.compute_fsrs_params(
        search="",
        current_params=[],
        ignore_revlogs_before_ms=0,
        num_of_relearning_steps=1,
        health_check=False,
    )
    states = {card: collection.compute_memory_state(card) for card in cards}
    next_day_at = backend.sched_timing_today().next_day_at
    return Asked(path, now, next_day_at, trained.fsrs_items, scores, states)


def test_the_next_day_begins_at_the_same_second(asked: Asked) -> None:
    days = collection_days(read_collection(asked.path), asked.now)
    assert days.timing.next_day_at == asked.next_day_at


def test_as_many_items(asked: Asked) -> None:
    assert int(read_anki(asked.path, now=asked.now).scored.sum()) == asked.items > 60


@pytest.mark.parametrize(("name", "parameters"), [("defaults", DEFAULTS), ("others", OTHERS)])
def test_log_loss_and_rmse_bins(asked: Asked, name: str, parameters: list[float]) -> None:
    log = read_anki(asked.path, now=asked.now)
    result = rp.evaluate(log, rp.model("fsrs6", parameters, clip=True), weights="cubic")
    # the package adds in 32-bit floats
    assert result.log_loss == pytest.approx(asked.scores[name][0], abs=5e-6)
    assert result.rmse_bins == pytest.approx(asked.scores[name][1], abs=5e-6)


def test_memory_states(asked: Asked) -> None:
    states = card_states(asked.path, now=asked.now)
    known = 0
    for card, expected in asked.states.items():
        place = int(np.flatnonzero(states.card_ids == card)[0])
        if expected.stability is None:
            assert states.sources[place] == "none"
            continue
        known += 1
        assert states.stability[place] == pytest.approx(expected.stability, rel=1e-4)
        assert states.difficulty[place] == pytest.approx(expected.difficulty, rel=1e-4)
    assert known > 40


@pytest.mark.parametrize("legacy", [False, True])
def test_an_exported_collection_is_the_same_log(asked: Asked, tmp_path: Path, legacy: bool) -> None:
    expected = read_anki(asked.path, now=asked.now)
    copy = tmp_path / "collection.anki2"
    copy.write_bytes(asked.path.read_bytes())
    collection = anki.Collection(str(copy))
    package = tmp_path / "collection.colpkg"
    # exporting a collection closes it
    collection.export_collection_package(str(package), include_media=False, legacy=legacy)
    assert read_anki(package, now=asked.now) == expected


def test_a_collection_that_the_package_has_open_is_refused(asked: Asked, tmp_path: Path) -> None:
    copy = tmp_path / "collection.anki2"
    copy.write_bytes(asked.path.read_bytes())
    command = (
        "import sys; from anki.collection import Collection; c = Collection(sys.argv[1])\n"
        "print('open', flush=True); sys.stdin.read(); c.close()"
    )
    call = [sys.executable, "-c", command, str(copy)]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(InputError, match="close Anki"):
            rp.read_reviews(copy)
        assert len(rp.read_reviews(copy, allow_locked=True, now=asked.now)) > 0
        holder.stdin.close()
