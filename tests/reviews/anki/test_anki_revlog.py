"""The vectorized rules against the walk from newest to oldest that they stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from repetita.reviews import FunnelBuilder
from repetita.reviews.anki.contents import AnkiRevlog
from repetita.reviews.anki.histories import card_rows, memory_rows
from repetita.reviews.anki.revlog import CardFilter, KeptRows, keep_reviews

BASE_MS = 1_700_000_000_000
FAR_MS = 1_900_000_000_000


@dataclass(frozen=True)
class Entry:
    card: int
    ease: int
    type: int
    factor: int
    interval: int

    @property
    def graded(self) -> bool:
        return self.ease >= 1

    @property
    def cramming(self) -> bool:
        return self.type == 3 and self.factor == 0

    @property
    def reset(self) -> bool:
        return self.type == 4 and self.factor == 0

    @property
    def interday(self) -> bool:
        return self.interval >= 1 or self.interval <= -86_400


ENTRIES = st.builds(
    Entry,
    card=st.integers(1, 2),
    ease=st.sampled_from([0, 1, 3]),
    type=st.integers(0, 5),
    factor=st.sampled_from([0, 2500]),
    interval=st.sampled_from([-90_000, -600, 0, 1, 30]),
)


def log_of(entries: list[Entry]) -> AnkiRevlog:
    def column(values: list[int]) -> NDArray[np.int64]:
        return np.array(values, dtype=np.int64)

    zeros = [0] * len(entries)
    return AnkiRevlog(
        id=column([BASE_MS + i for i in range(len(entries))]),
        card_id=column([e.card for e in entries]),
        ease=column([e.ease for e in entries]),
        interval=column([e.interval for e in entries]),
        last_interval=column(zeros),
        factor=column([e.factor for e in entries]),
        milliseconds=column(zeros),
        type=column([e.type for e in entries]),
    )


def walk(entries: list[tuple[int, Entry]], cut: int, *, training: bool) -> tuple[list[int], bool]:
    """Rows kept of one card and whether they begin with its learning start; rows are (number, entry)."""
    learn_start = first_grade = None
    for place in range(len(entries) - 1, -1, -1):
        number, entry = entries[place]
        if entry.cramming:
            continue
        if entry.graded and BASE_MS + number > cut and entry.interday:
            first_grade = place
        if entry.graded and entry.type == 0:
            learn_start = place
        elif entry.reset:
            if learn_start is None and first_grade is None:
                return [], False
            break
        elif learn_start is not None:
            break
    old = learn_start is not None and BASE_MS + entries[learn_start][0] < cut
    if training and (learn_start is None or old):
        return [], False
    if old and learn_start != len(entries) - 1:
        learn_start = None
    start = learn_start if learn_start is not None else first_grade
    if start is None:
        return [], False
    kept = [number for number, entry in entries[start:] if entry.graded and not entry.cramming]
    return kept, learn_start is not None


def kept_by(log: AnkiRevlog, **options: object) -> tuple[KeptRows, FunnelBuilder]:
    funnel = FunnelBuilder(len(log))
    return keep_reviews(log, funnel, latest_ms=FAR_MS, **options), funnel  # type: ignore[arg-type]


@given(st.lists(ENTRIES, max_size=14), st.integers(-1, 14))
def test_training_rows_are_those_of_the_walk(entries: list[Entry], cut_row: int) -> None:
    cut = 0 if cut_row < 0 else BASE_MS + cut_row
    kept, funnel = kept_by(log_of(entries), cut_ms=cut)
    by_card = {card: [(i, e) for i, e in enumerate(entries) if e.card == card] for card in (1, 2)}
    expected = [walk(rows, cut, training=True)[0] for rows in by_card.values()]
    assert kept.rows.tolist() == [number for rows in expected for number in rows]
    starts = [rows[0] for rows in expected if rows]
    assert kept.rows[kept.first].tolist() == starts
    assert funnel.build().kept == len(kept.rows)


@given(st.lists(ENTRIES, max_size=14), st.integers(-1, 14))
def test_memory_rows_are_those_of_the_walk(entries: list[Entry], cut_row: int) -> None:
    cut = 0 if cut_row < 0 else BASE_MS + cut_row
    cards = card_rows(log_of(entries))
    found = memory_rows(cards, np.full(len(cards.card_ids), cut))
    for card in (1, 2):
        kept, complete = walk([(i, e) for i, e in enumerate(entries) if e.card == card], cut, training=False)
        place = np.flatnonzero(found.card_ids == card)
        if not kept:
            assert not len(place)
            continue
        begin, end = found.offsets[place[0]], found.offsets[place[0] + 1]
        assert found.rows[begin:end].tolist() == kept
        assert bool(found.complete[place[0]]) == complete


def entry(ease: int, kind: int, factor: int = 2500, interval: int = 5, card: int = 1) -> Entry:
    return Entry(card, ease, kind, factor, interval)


LEARN, REVIEW, CRAM = entry(3, 0), entry(3, 1), entry(3, 3, factor=0)
EARLY, RESET, DUE, MOVED = entry(3, 3), entry(0, 4, factor=0), entry(0, 4), entry(0, 5)


@pytest.mark.parametrize(
    ("entries", "dropped"),
    [
        ([LEARN, REVIEW, CRAM, REVIEW], {"cramming": [2]}),
        ([LEARN, EARLY, REVIEW], {}),
        ([LEARN, REVIEW, MOVED, DUE], {"rescheduled": [2], "manual change": [3]}),
        ([LEARN, entry(0, 1), REVIEW], {"no answer": [1]}),
        ([LEARN, REVIEW, RESET, LEARN], {"manual change": [2], "forgotten": [0, 1]}),
        ([LEARN, REVIEW, LEARN, REVIEW], {"before the learning start": [0, 1]}),
        ([REVIEW, REVIEW], {"no learning start": [0, 1]}),
        ([LEARN, RESET, REVIEW], {"manual change": [1], "forgotten": [0], "no learning start": [2]}),
        ([LEARN, CRAM, LEARN, REVIEW], {"cramming": [1]}),
        ([LEARN, entry(5, 1), entry(-1, 1), REVIEW], {"no such button": [1, 2]}),
    ],
)
def test_every_rule_names_the_rows_it_drops(entries: list[Entry], dropped: dict[str, list[int]]) -> None:
    kept, builder = kept_by(log_of(entries))
    funnel = builder.build()
    found = {s.name: (s.dropped_ids - BASE_MS).tolist() for s in funnel.steps if s.dropped}
    assert found == dropped
    gone = {row for rows in dropped.values() for row in rows}
    assert kept.rows.tolist() == [i for i in range(len(entries)) if i not in gone]
    for step in funnel.steps:
        if step.dropped:
            assert step.example is not None
            assert step.example["id"] == step.dropped_ids[0]


def test_a_cut_leaves_out_cards_learned_before_it() -> None:
    log = log_of([LEARN, entry(3, 0, card=2), REVIEW, entry(3, 1, card=2)])
    kept, builder = kept_by(log, cut_ms=BASE_MS + 1)
    assert kept.rows.tolist() == [1, 3]
    step = next(s for s in builder.build().steps if s.name == "before the ignore date")
    assert (step.dropped_ids - BASE_MS).tolist() == [0, 2]
    kept, _ = kept_by(log, cut_ms={2: BASE_MS + 2})
    assert kept.rows.tolist() == [0, 2]


def test_card_filters_drop_cards_or_let_only_them_pass() -> None:
    log = log_of([LEARN, entry(3, 0, card=2), REVIEW])
    two = np.array([2])
    kept, builder = kept_by(log, filters=(CardFilter("a", "b", two),))
    assert kept.rows.tolist() == [0, 2]
    kept, _ = kept_by(log, filters=(CardFilter("a", "b", two, inverted=True),))
    assert kept.rows.tolist() == [1]
    assert [(s.name, s.reason, s.dropped) for s in builder.build().steps if s.dropped] == [("a", "b", 1)]


def test_impossible_and_later_times_are_dropped() -> None:
    log = log_of([LEARN, REVIEW, REVIEW])
    times = np.array([-5, BASE_MS, FAR_MS * 9])
    log = AnkiRevlog(**{name: getattr(log, name) for name in log.__slots__} | {"id": times})
    builder = FunnelBuilder(3)
    kept = keep_reviews(log, builder, latest_ms=BASE_MS - 1)
    assert len(kept.rows) == 0
    assert {s.name: s.dropped for s in builder.build().steps if s.dropped} == {
        "impossible time": 2,
        "after now": 1,
    }


def test_an_empty_log_gives_nothing() -> None:
    kept, builder = kept_by(log_of([]))
    assert len(kept.rows) == 0
    assert builder.build().kept == 0
    assert memory_rows(card_rows(log_of([])), np.empty(0, dtype=np.int64)).offsets.tolist() == [0]
