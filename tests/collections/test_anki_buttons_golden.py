"""Every button that the official package offers on two real collections, and what it reschedules: exact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from repetita.collections import (
    NextStates,
    OfficialScheduler,
    OfficialState,
    next_states,
    reschedule_on_change,
)
from repetita.reviews.anki import AnkiCollection

pytestmark = [pytest.mark.golden, pytest.mark.realdata]

# The reference computes in 32-bit floats.
TOLERANCE = 2e-5
BUTTONS = ("current", "again", "hard", "good", "easy")
OPTIONS: dict[str, dict[str, Any]] = {
    "next_states_unfuzzed": {"fuzz": None},
    "next_states_fuzzed_no_queue": {"fuzz": "anki", "load_balance": False},
    "next_states_load_balanced": {"fuzz": "anki", "load_balance": True},
}

Records = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def scheduler(collection: Callable[[str], AnkiCollection]) -> Callable[..., OfficialScheduler]:
    """The scheduler at the moment of a record, each made once."""

    @cache
    def made(file: str, zone: str, now_ms: int, **options: Any) -> OfficialScheduler:
        return OfficialScheduler(collection(file), now=now_ms / 1000, zone=zone, **options)

    def at(record: dict[str, Any], **options: Any) -> OfficialScheduler:
        return made(record["file"], record["tz"], record["now_ms"], **options)

    return at


def in_their_words(state: OfficialState) -> dict[str, Any]:
    """A state under the names of the records, without what does not apply to its kind."""
    reviewed = state.lapses is not None
    found = {
        "kind": f"filtered_{state.kind}" if state.filtered else state.kind,
        "scheduled_secs": state.scheduled_seconds,
        "remaining_steps": state.remaining_steps,
        "scheduled_days": state.interval_days,
        "lapses": state.lapses,
        "leeched": state.leech if reviewed else None,
        "ease": state.ease if state.kind == "review" else None,
        "s": state.stability,
        "d": state.difficulty,
    }
    return {key: value for key, value in found.items() if value is not None}


def differences(found: NextStates, expected: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    wrong = []
    for button in BUTTONS:
        ours, theirs = in_their_words(getattr(found, button)), expected[button]
        memory = {key: pytest.approx(theirs[key], rel=TOLERANCE) for key in ("s", "d") if key in theirs}
        eases = {"ease": pytest.approx(theirs["ease"], rel=1e-7)} if "ease" in theirs else {}
        if ours != {**theirs, **memory, **eases}:
            wrong.append((button, ours, theirs))
    return wrong


@pytest.mark.parametrize("kind", OPTIONS)
def test_buttons(records: Records, scheduler: Callable[..., OfficialScheduler], kind: str) -> None:
    asked = records(kind)
    wrong = {}
    for record in asked:
        found = scheduler(record, **OPTIONS[kind]).next_states(record["input"]["card_id"])
        if differing := differences(found, record["expected"]):
            wrong[record["file"], record["now_ms"], found.card_id] = differing
    assert wrong == {}, f"{len(wrong)} of {len(asked)} cards differ"


def test_fuzz_deltas(records: Records, scheduler: Callable[..., OfficialScheduler]) -> None:
    asked = records("fuzz_delta")
    found = [scheduler(record).fuzz_delta(**named(record["input"])) for record in asked]
    assert found == [record["expected"]["delta"] for record in asked]


def named(given: dict[str, int]) -> dict[str, int]:
    return {"card_id": given["card_id"], "interval_days": given["interval"]}


def test_rescheduling(records: Records, collection: Callable[[str], AnkiCollection]) -> None:
    """A record does not name the presets that were changed: those of which a card was moved."""
    groups = defaultdict(list)
    for record in records("reschedule_on_change_unfuzzed"):
        retention = record["input"]["desired_retention_preset"]
        groups[record["file"], record["tz"], record["now_ms"], retention].append(record)
    for (file, zone, now_ms, retention), group in groups.items():
        whole = collection(file)
        home = dict(zip(whole.cards.id.tolist(), whole.cards.home_deck_id.tolist(), strict=True))
        moved = [r["input"]["card_id"] for r in group if due_of(r["expected"]) != r["input"]["before"]]
        changed = {whole.decks[home[card]].preset_id for card in moved}
        after = {}
        for preset in changed:
            plan = reschedule_on_change(
                whole, preset, desired_retention=retention, now=now_ms / 1000, zone=zone, fuzz=None
            )
            after.update({card.card_id: list(card.after) for card in plan})
        for record in group:
            found = after.get(record["input"]["card_id"], record["input"]["before"])
            assert found == due_of(record["expected"]), record


def due_of(expected: dict[str, int]) -> list[int]:
    return [expected["ivl"], expected["due"], expected["odue"]]


def test_one_call_answers_as_the_scheduler_does(
    records: Records, scheduler: Callable[..., OfficialScheduler], collection: Callable[[str], AnkiCollection]
) -> None:
    record = records("next_states_load_balanced")[0]
    card = record["input"]["card_id"]
    at = {"now": record["now_ms"] / 1000, "zone": record["tz"]}
    assert next_states(collection(record["file"]), card, **at) == scheduler(record).next_states(card)
