"""Memory states as the official package computes them, for every card that the golden file names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from repetita.collections import CardStates, card_states, memory_history, stored_states
from repetita.collections.card_states import recall_with_decay
from repetita.reviews.anki import AnkiCollection

pytestmark = [pytest.mark.golden, pytest.mark.realdata]

# The reference computes in 32-bit floats. After a lapse at a stability near its floor of 0.001 days they lose
# digits in (stability + 1) ** w - 1: some 1e-7 days, which is more than the share below of so little.
TOLERANCE, SMALLEST_DAYS = 2e-5, 5e-7
PARAMETERS = {"stored": None, "default": "fsrs6"}

Records = Callable[[str], list[dict[str, Any]]]


def close(found: float, expected: float | None, smallest: float = 0.0) -> bool:
    if expected is None:
        return bool(np.isnan(found))
    return abs(found - expected) <= max(TOLERANCE * abs(expected), smallest)


def at(states: CardStates, card_id: int) -> int:
    place = int(np.searchsorted(states.card_ids, card_id))
    assert states.card_ids[place] == card_id
    return place


@pytest.mark.parametrize("which", ["stored", "default"])
def test_memory_states(records: Records, collection: Callable[[str], AnkiCollection], which: str) -> None:
    @cache
    def computed(file: str, zone: str, now_ms: int) -> CardStates:
        return card_states(collection(file), PARAMETERS[which], zone=zone, now=now_ms / 1000)

    for record in records(f"memory_state_{which}_params"):
        states = computed(record["file"], record["tz"], record["now_ms"])
        place, expected = at(states, record["input"]["card_id"]), record["expected"]
        assert close(states.stability[place], expected.get("s")), record
        assert close(states.difficulty[place], expected.get("d")), record
        assert close(states.desired_retention[place], expected["desired_retention"]), record
        assert (states.sources[place] == "none") == (expected.get("s") is None)


def test_retrievability_of_stored_states(
    records: Records, collection: Callable[[str], AnkiCollection]
) -> None:
    @cache
    def stored(file: str, zone: str, now_ms: int) -> CardStates:
        return stored_states(collection(file), zone=zone, now=now_ms / 1000)

    for record in records("memory_state_stored_params"):
        states = stored(record["file"], record["tz"], record["now_ms"])
        place = at(states, record["input"]["card_id"])
        assert close(states.retrievability[place], record["expected"].get("retrievability_now")), record


def test_retrievability_after_a_change_of_parameters(
    records: Records, collection: Callable[[str], AnkiCollection]
) -> None:
    """With other parameters Anki stores the new states, rounded, and predicts from those.

    Presets that were at the defaults already did not change, so their cards were left alone.
    """
    for record in records("memory_state_default_params"):
        expected = record["expected"]
        stored = stored_states(collection(record["file"]), zone=record["tz"], now=record["now_ms"] / 1000)
        place = at(stored, record["input"]["card_id"])
        if "retrievability_now" not in expected:
            assert stored.sources[place] == "none"
            continue
        found = stored.retrievability[place]
        if collection(record["file"]).presets[int(stored.preset_ids[place])].parameters:
            stability, decay = round(expected["s"], 4), round(expected["decay"], 3)
            found = recall_with_decay(*np.array([[stability], [decay], [stored.elapsed_days[place]]]))[0]
        assert close(found, expected["retrievability_now"]), record


@pytest.mark.parametrize("which", ["stored", "default"])
def test_memory_histories(records: Records, collection: Callable[[str], AnkiCollection], which: str) -> None:
    for record in records(f"memory_history_{which}_params"):
        history = memory_history(
            collection(record["file"]),
            record["input"]["card_id"],
            PARAMETERS[which],
            zone=record["tz"],
            now=record["now_ms"] / 1000,
        )
        expected = record["expected"][::-1]
        assert (history.review_ids // 1000).tolist() == [row["time"] for row in expected]
        assert history.kinds.tolist() == [row["kind"] for row in expected]
        assert history.ratings.tolist() == [row["button"] for row in expected]
        shown = rows_shown_by_anki(history.counted, np.isfinite(history.states["stability"]))
        for row, place in zip(expected, shown, strict=True):
            for name, key in (("stability", "s"), ("difficulty", "d")):
                value = np.nan if place is None else history.states[name][place]
                assert close(value, row.get(key), SMALLEST_DAYS), (record["input"], row)


def rows_shown_by_anki(counted: np.ndarray, known: np.ndarray) -> list[int | None]:
    """Row whose state Anki's card information shows at each row: of the next answer where there was none."""
    shown: list[int | None] = []
    latest = int(np.flatnonzero(known)[-1]) if known.any() else None
    for row in reversed(range(len(counted))):
        if counted[row]:
            latest = row
        shown.append(latest if known[row] else None)
    return shown[::-1]
