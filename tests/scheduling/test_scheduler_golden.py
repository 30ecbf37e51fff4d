"""The general scheduler beside every button that the official package offers on two real collections.

It computes in double precision from the stored memory state; the official one has 32 bits, which moves no day
of these buttons. `repetita.collections.OfficialScheduler` repeats the 32 bits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from repetita.collections import OfficialScheduler
from repetita.collections.state_table import preset_model
from repetita.scheduling import Button, Card, DayGrid, Rating, Scheduler, State

pytestmark = [pytest.mark.golden, pytest.mark.realdata]

KINDS = {State.LEARNING: "learning", State.REVIEW: "review", State.RELEARNING: "relearning"}
OPTIONS: dict[str, dict[str, Any]] = {
    "next_states_unfuzzed": {},
    "next_states_fuzzed_no_queue": {"fuzz": "anki"},
    "next_states_load_balanced": {"fuzz": "anki"},
}


class Days:
    """A calendar of the counts that the official balancer keeps."""

    def __init__(self, today: int, counts: list[int], siblings: list[int]) -> None:
        self.today, self.counts, self.siblings = today, counts, siblings

    def due_on(self, day: int) -> int:
        return self.counts[day - self.today]

    def sibling_days(self, card: Card) -> list[int]:
        return [self.today + ahead for ahead in self.siblings]


class Asked:
    """A card of a record, the scheduler of its preset, and the moment."""

    def __init__(self, official: OfficialScheduler, card_id: int, kind: str) -> None:
        known, cards = official._cards, official.collection.cards
        place = known.place(card_id)
        options, current = known.options(place), known.current(place, known.memory(place))
        preset, reviewed = options.preset, current.kind != "new"
        steps = preset.relearn_steps if current.kind == "relearning" else preset.learn_steps
        step = max(len(steps) - (current.remaining_steps or 0), 0)
        grid = DayGrid(official.days.timing.next_day_at)
        self.at = datetime.fromtimestamp(official.now_ms / 1000, UTC)
        last = self.at - timedelta(days=known.elapsed_days(place))
        self.scheduler = Scheduler(
            preset_model(preset),
            desired_retention=known.desired_retention(place),
            day_rule=grid,
            learning_steps=[timedelta(minutes=minutes) for minutes in preset.learn_steps],
            relearning_steps=[timedelta(minutes=minutes) for minutes in preset.relearn_steps],
            maximum_interval=options.maximum,
            leech_threshold=preset.leech_threshold,
            easy_days=preset.easy_days_percentages,
            **OPTIONS[kind],
        )
        self.card = Card(
            card_id=card_id,
            state=State[current.kind.upper()],
            step=step if current.kind in ("learning", "relearning") else None,
            model="fsrs6" if reviewed else None,
            memory=(current.stability, current.difficulty) if reviewed else None,
            due=last if reviewed else None,
            last_review=last if reviewed else None,
            scheduled_days=current.interval_days or 0,
            reps=max(int(cards.reps[place]), 0),
            lapses=current.lapses or 0,
        )
        self.calendar = None
        if kind == "next_states_load_balanced":
            counts = official._due_counts.of_preset(preset.id)
            note = official._due_counts.of_note(int(cards.note_id[place])) if preset.bury_reviews else ()
            self.calendar = None if counts is None else Days(grid.day(self.at), list(counts), list(note))

    def buttons(self) -> dict[Rating, Button]:
        return self.scheduler.preview(self.card, self.at, calendar=self.calendar)


@pytest.fixture(scope="module")
def official(collection: Callable[[str], Any]) -> Callable[..., OfficialScheduler]:
    @cache
    def made(file: str, zone: str, now_ms: int) -> OfficialScheduler:
        return OfficialScheduler(collection(file), now=now_ms / 1000, zone=zone)

    return lambda record: made(record["file"], record["tz"], record["now_ms"])


@pytest.mark.parametrize("kind", OPTIONS)
def test_buttons(records: Any, official: Callable[..., OfficialScheduler], kind: str) -> None:
    wrong, compared = {}, 0
    for record in records(kind):
        if record["expected"]["good"]["kind"] == "preview":
            continue  # a filtered deck that leaves schedules alone
        card_id = record["input"]["card_id"]
        asked = Asked(official(record), card_id, kind)
        for rating, button in asked.buttons().items():
            expected = record["expected"][rating.name.lower()]
            if difference := differs(button, expected, fuzzed=kind != "next_states_unfuzzed"):
                wrong[card_id, rating.name] = difference
            compared += 1
    assert compared > 300
    assert wrong == {}, f"{len(wrong)} of {compared} buttons differ"


def differs(button: Button, expected: dict[str, Any], *, fuzzed: bool) -> list[Any]:
    found: list[Any] = [KINDS[button.state]]
    wanted: list[Any] = [expected["kind"].removeprefix("filtered_")]
    if button.state is not State.LEARNING:
        found += [button.card.scheduled_days, button.card.lapses, button.card.leech]
        wanted += [expected["scheduled_days"], expected["lapses"], expected["leeched"]]
    if "scheduled_secs" in expected and not fuzzed and button.interval_days < 1.0:
        found.append(round(button.interval_days * 86_400))
        wanted.append(expected["scheduled_secs"])
    found += [button.card.stability, button.card.difficulty]
    wanted += [pytest.approx(expected[name], rel=2e-5) for name in ("s", "d")]
    return [] if found == wanted else [found, wanted]
