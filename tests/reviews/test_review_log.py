from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.errors import InvalidColumns, UnknownName, UsageError
from repetita.reviews import ReviewLog
from repetita.scheduling import DayGrid, DayRule, GivenDays

DAY_MS = 86_400_000
T0 = 1_700_000_000_000
ROWS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 40), st.integers(1, 4)), min_size=1, max_size=40
).map(lambda rows: [(card, T0 + 7_000_000 * step, rating) for card, step, rating in rows])


def of_rows(rows: list[tuple[int, int, int]], **options: Any) -> ReviewLog:
    card, time, rating = zip(*rows, strict=True)
    return ReviewLog.from_arrays(card_id=card, review_time_ms=time, rating=rating, **options)


def slow_columns(rows: list[tuple[int, int, int]], rule: DayRule) -> list[tuple[Any, ...]]:
    """The same log by a plain loop: id, card, time, rating, elapsed, review index, lapses, first rating."""
    from datetime import UTC, datetime, timedelta

    def day(ms: int) -> int:
        return rule.day(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms))

    found = []
    for card in sorted({row[0] for row in rows}):
        own = sorted((time, number, rating) for number, (c, time, rating) in enumerate(rows) if c == card)
        previous, index, lapses = None, 1, 0
        for time, number, rating in own:
            elapsed = 0 if previous is None else day(time) - day(previous)
            index += elapsed > 0
            found.append((number + 1, card, time, rating, elapsed, index, lapses, own[0][2]))
            lapses += rating == 1 and elapsed > 0
            previous = time
    return found


@settings(deadline=None)
@given(rows=ROWS, zone=st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York"]))
def test_columns_against_a_plain_loop(rows: list[tuple[int, int, int]], zone: str) -> None:
    log = of_rows(rows, day_rule=DayRule(zone, 4))
    ids = log.card_ids[log.card_index]
    columns = (log.review_ids, ids, log.review_times_ms, log.ratings, log.elapsed_days)
    columns += (log.review_index, log.lapses, log.first_ratings)
    assert list(zip(*(c.tolist() for c in columns), strict=True)) == slow_columns(rows, DayRule(zone, 4))
    assert (
        log.elapsed_seconds[~log.first].tolist()
        == (np.diff(log.review_times_ms)[~log.first[1:]] / 1000).tolist()
    )
    assert log.scored.tolist() == ((log.elapsed_days > 0) & ~log.first).tolist()
    by_time = sorted(range(len(rows)), key=lambda number: rows[number][1])
    assert (log.review_ids[log.time_order] - 1).tolist() == by_time


@settings(deadline=None)
@given(rows=ROWS, data=st.data())
def test_take_is_the_log_of_those_rows(rows: list[tuple[int, int, int]], data: st.DataObject) -> None:
    log = of_rows(rows)
    if data.draw(st.booleans()):
        assert len(log.time_order) == len(log)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(log), max_size=len(log))))
    taken = log.take(mask)
    kept = set(log.review_ids[mask].tolist())
    rest = [(number, row) for number, row in enumerate(rows, start=1) if number in kept]
    if not rest:
        assert (len(taken), taken.cards, taken.offsets.tolist()) == (0, 0, [0])
        return
    again = of_rows([row for _, row in rest], review_id=[number for number, _ in rest])
    assert taken == again


@given(
    histories=st.lists(
        st.lists(st.tuples(st.floats(0, 900), st.integers(1, 4)), min_size=1, max_size=6), max_size=6
    ),
    data=st.data(),
)
def test_take_bridges_exact_elapsed_times(
    histories: list[list[tuple[float, int]]], data: st.DataObject
) -> None:
    log = ReviewLog.from_histories(histories)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(log), max_size=len(log))), dtype=bool)
    taken = log.take(mask)
    seconds = log.elapsed_seconds
    for row, old in enumerate(np.flatnonzero(mask)):
        if taken.first[row]:
            assert taken.elapsed_seconds[row] == taken.elapsed_days[row] == 0
        else:
            before = np.flatnonzero(mask)[row - 1]
            assert taken.elapsed_seconds[row] == pytest.approx(seconds[before + 1 : old + 1].sum())
            assert taken.elapsed_days[row] == log.elapsed_days[before + 1 : old + 1].sum()


def test_from_histories_keeps_given_times_exactly() -> None:
    log = ReviewLog.from_histories([[(-1, 3), (2.7, 1), (0.1, 3)], [], [(0, 4)]])
    assert log.card_ids.tolist() == [1, 3]
    assert log.elapsed_days.tolist() == [0, 2, 0, 0]
    assert log.elapsed_seconds.tolist() == [0.0, 2.7 * 86_400, 0.1 * 86_400, 0.0]
    assert log.elapsed("fractional days")[1] == 2.7
    assert log.review_times_ms.tolist() == [0, 233_280_000, 241_920_000, 0]
    assert log.time_order.tolist() == [0, 3, 1, 2]
    assert not log.timed
    assert log.day_rule == GivenDays()


@pytest.mark.parametrize(
    ("histories", "message"),
    [
        ([[(0, 3)], [(0, 3), (1, 5)]], "history 2, review 2: rating is 5"),
        ([[(0, 3), (-1, 3)]], "elapsed_days is -1"),
        ([[(0, 3), (float("nan"), 3)]], "elapsed_days is nan"),
        ([[(0, 3), 7]], "history 1, review 2 is 7"),
        ([[(0, 2.5)]], "rating is 2.5"),
        ([[(0, None)]], "expected"),
        ([[(0, float("inf"))]], "history 1, review 1 is"),
        ([(0, 3), (2, 3)], "history 1, review 1 is 0"),
        ([5], "history 1 is 5, expected a list"),
        (None, "histories is None"),
    ],
)
def test_histories_that_are_none(histories: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ReviewLog.from_histories(histories)


def test_the_empty_log() -> None:
    for log in (
        ReviewLog.from_histories([]),
        ReviewLog.from_arrays(card_id=[], rating=[], review_time_ms=[]),
    ):
        assert (len(log), log.cards, log.span_days) == (0, 0, 0.0)
        assert log.time_order.tolist() == log.review_index.tolist() == log.first_ratings.tolist() == []
        assert log.to_dict()["retention"] is None
        assert log.frame.height == 0
        assert log.take(np.array([], dtype=bool)) == log


def test_columns_are_read_only_and_not_shared_with_the_caller() -> None:
    times = np.array([T0, T0 + DAY_MS])
    log = ReviewLog.from_arrays(card_id=np.array([1, 1]), rating=np.array([3, 3]), review_time_ms=times)
    times[0] = 0
    assert log.review_times_ms[0] == T0
    for column in (
        log.ratings,
        log.elapsed_days,
        log.time_order,
        log.scored,
        log.elapsed_seconds,
        log.lapses,
    ):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1
    with pytest.raises(AttributeError):
        log.ratings = log.ratings  # type: ignore[misc]
    with pytest.raises(TypeError):
        hash(log)


def test_what_is_derived_is_computed_once_for_each_log_and_argument() -> None:
    calls: list[tuple[str, int]] = []

    def longest(log: ReviewLog, unit: str) -> float:
        calls.append((unit, len(log)))
        return float(log.elapsed(unit).max())

    log = ReviewLog.from_histories([[(0, 3), (2.5, 1)]])
    assert [log.derived(longest, "days") for _ in range(3)] == [2.0] * 3
    assert log.derived(longest, "fractional days") == 2.5
    assert calls == [("days", 2), ("fractional days", 2)]
    # a log made from it is another one
    changed = replace(log, elapsed_days=log.elapsed_days * 3)
    assert changed.derived(longest, "days") == 6.0


def test_pickled_logs_are_equal_and_frozen() -> None:
    log = ReviewLog.from_histories([[(0, 3), (2, 1)]])
    log.derived(lambda log: object())  # what is derived need not be picklable
    again = pickle.loads(pickle.dumps(log))
    assert again == log
    assert not again.ratings.flags.writeable


def test_string_cards_sort_by_name() -> None:
    log = ReviewLog.from_arrays(card_id=["b", "a", "b"], rating=[1, 2, 3], elapsed_days=[0, 0, 4])
    assert log.card_ids.tolist() == ["a", "b"]
    assert log.ratings.tolist() == [2, 1, 3]
    assert log.frame["card_id"].to_list() == ["a", "b", "b"]
    assert log.take_cards([1]).card_ids.tolist() == ["b"]


def test_card_columns_come_from_the_last_review() -> None:
    log = ReviewLog.from_arrays(
        card_id=[1, 1, 2],
        rating=[3, 3, 3],
        review_time_ms=[T0 + 5, T0, T0],
        deck_id=[7, 8, -1],
        preset_id=[None, 1, 2],
        note_id=[1.0, 1.0, np.nan],
        duration_ms=[None, 5, 3_000_000_000],
        state=[1, np.nan, 0],
    )
    assert log.deck_ids is not None
    assert log.deck_ids.tolist() == [7, -1]
    assert log.preset_ids is not None
    assert log.preset_ids.tolist() == [-1, 2]
    assert log.note_ids is not None
    assert log.note_ids.tolist() == [1, -1]
    assert log.durations_ms is not None
    assert log.durations_ms.tolist() == [5, -1, 2**31 - 1]
    assert log.states is not None
    assert log.states.tolist() == [-1, 1, 0]
    assert log.frame["deck_id"].to_list() == [7, 7, None]


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4"])
def test_side_columns_of_any_width(dtype: str) -> None:
    most = np.iinfo(dtype).max if dtype[0] in "iu" else 2.0**70
    values = np.array([5, most], dtype=dtype)
    log = ReviewLog.from_arrays(
        card_id=[1, 2], rating=[3, 3], elapsed_days=[0, 0], duration_ms=values, state=values, deck_id=values
    )
    for column in (log.durations_ms, log.states, log.deck_ids):
        assert column is not None
        largest = np.iinfo(column.dtype).max
        assert column[0] == 5
        assert int(column[1]) == pytest.approx(min(int(most), int(largest)))


def test_card_ids_may_be_numpy_integers_in_an_object_array() -> None:
    ids = np.array([np.int64(7), 5], dtype=object)
    log = ReviewLog.from_arrays(card_id=ids, rating=[3, 3], elapsed_days=[0, 0])
    assert log.card_ids.tolist() == [5, 7]


@pytest.mark.parametrize(
    ("columns", "error", "message"),
    [
        ({"card_id": [1], "rating": [5], "review_time_ms": [T0]}, InvalidColumns, "rating is 5 in row 1"),
        ({"card_id": [1], "rating": [2.5], "review_time_ms": [T0]}, InvalidColumns, "rating is 2.5"),
        ({"card_id": [1], "rating": ["x"], "review_time_ms": [T0]}, InvalidColumns, "expected whole numbers"),
        ({"card_id": [1], "rating": [3]}, UsageError, "none of review_time_ms"),
        ({"card_id": [1, 2], "rating": [3], "elapsed_days": [0]}, UsageError, "different shapes"),
        ({"card_id": [[1]], "rating": [[3]], "elapsed_days": [[0]]}, UsageError, "different shapes"),
        (
            {"card_id": [1, 1], "rating": [3, 3], "elapsed_days": [0, -1]},
            InvalidColumns,
            "row 2 is out of range",
        ),
        ({"card_id": [1, 1], "rating": [3, 3], "elapsed_days": [0, np.inf]}, InvalidColumns, "elapsed_days"),
        ({"card_id": [1], "rating": [3], "elapsed_days": ["soon"]}, InvalidColumns, "no numbers"),
        ({"card_id": [1], "rating": [3], "elapsed_days": [0], "state": ["new"]}, InvalidColumns, "state"),
        ({"card_id": [2.0**63], "rating": [3], "elapsed_days": [0]}, InvalidColumns, "card_id is 9.22"),
        ({"card_id": [2**70], "rating": [3], "elapsed_days": [0]}, InvalidColumns, "card_id"),
        (
            {"card_id": np.array(["a", 5], dtype=object), "rating": [3, 3], "elapsed_days": [0, 0]},
            InvalidColumns,
            "card_id is 5 in row 2",
        ),
        ({"card_id": [[1], [1, 2]], "rating": [3], "elapsed_days": [0]}, UsageError, "unevenly"),
        ({"card_id": [1.5], "rating": [3], "elapsed_days": [0]}, InvalidColumns, "card_id is 1.5"),
        ({"card_id": [None], "rating": [3], "elapsed_days": [0]}, InvalidColumns, "card_id"),
        ({"card_id": [1], "rating": [3], "review_time_ms": [0.5]}, InvalidColumns, "review_time_ms is 0.5"),
    ],
)
def test_columns_that_cannot_be_used(columns: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ReviewLog.from_arrays(**columns)


def test_orders_without_a_clock() -> None:
    ranked = ReviewLog.from_arrays(
        card_id=[1, 2, 1], rating=[1, 2, 3], elapsed_days=[4, 0, 0], time_rank=[30, 20, 10]
    )
    assert ranked.ratings.tolist() == [3, 1, 2]
    assert ranked.review_ids[ranked.time_order].tolist() == [3, 2, 1]
    offset = ReviewLog.from_arrays(card_id=[1, 2, 1], rating=[1, 2, 3], day_offset=[3, 3, 8])
    assert offset.elapsed_days.tolist() == [0, 5, 0]
    assert (offset.review_times_ms // DAY_MS).tolist() == [3, 8, 3]
    mixed = ReviewLog.from_arrays(card_id=[2, 1, 2], rating=[1, 2, 3], elapsed_days=[0, 0, 1])
    assert mixed.review_ids[mixed.time_order].tolist() == [1, 2, 3]


def test_given_elapsed_days_beside_times() -> None:
    log = of_rows([(1, T0, 3), (1, T0 + DAY_MS, 3)], elapsed_days=[-1, 0])
    assert log.elapsed_days.tolist() == [0, 0]
    assert log.elapsed_seconds.tolist() == [0.0, 86_400.0]


def test_grid_days() -> None:
    grid = DayGrid((T0 + DAY_MS) // 1000)
    assert of_rows([(1, T0, 3), (1, T0 + DAY_MS - 1, 3)], day_rule=grid).elapsed_days.tolist() == [0, 1]


def test_masks_and_card_numbers_are_checked() -> None:
    log = ReviewLog.from_histories([[(0, 3), (1, 3)], [(0, 3)]])
    with pytest.raises(UsageError, match="expected 3 booleans"):
        log.take([1, 0, 1])
    with pytest.raises(UsageError, match="expected 3 booleans"):
        log.take([True])
    with pytest.raises(UsageError, match="of 2 cards"):
        log.take_cards([2])
    with pytest.raises(UsageError, match="card numbers"):
        log.take_cards([0.5])
    assert log.take_cards([False, True]) == log.take_cards([1])
    assert log.take_cards([1, 0, 1]) == log
    assert len(log.take_cards([])) == 0
    with pytest.raises(UnknownName, match="fractional days"):
        log.elapsed("fractional day")


def test_frames_name_the_columns_of_the_ecosystem() -> None:
    log = of_rows([(1, T0, 3), (1, T0 + DAY_MS, 1)], duration_ms=[10, -1])
    assert log.frame.columns == [
        *("review_id", "card_id", "review_time", "rating", "duration_ms", "elapsed_days", "elapsed_seconds"),
    ]
    assert log.frame["duration_ms"].to_list() == [10, None]
    assert log.frame.schema["rating"] == pl.Int8


def test_words() -> None:
    log = of_rows([(5, T0, 3), (5, T0 + 60_000, 1), (5, T0 + 2 * DAY_MS, 4)], review_id=[11, 12, 13])
    assert log.why(11).endswith("Good, the first review of the card, so not scored")
    assert "2023-11-14 22:13:20+00:00" in log.why(11)
    assert log.why(12).endswith("Again, on the same day as the previous review, so not scored")
    assert log.why(13).endswith("2 days after the previous review, scored")
    assert log.why(99) == "review 99 is not in arrays: no row has this id"
    assert "<td>3</td>" in log._repr_html_()
    facts = log.to_dict()
    assert (facts["reviews"], facts["scored"], facts["retention"]) == (3, 1, 1.0)
    assert facts["ratings"] == {"again": 1, "hard": 0, "good": 1, "easy": 1}
    assert facts["day_rule"]["words"] == "days turn over at 04:00 UTC"


@pytest.mark.slow
def test_one_card_with_many_reviews_and_a_day_with_millions() -> None:
    steps = np.arange(20_000)
    log = ReviewLog.from_arrays(
        card_id=np.ones(20_000, int), rating=np.full(20_000, 3), review_time_ms=T0 + steps * DAY_MS // 4
    )
    assert log.review_index[-1] == 1 + np.count_nonzero(log.scored)
    rng = np.random.default_rng(0)
    n = 2_000_000
    one_day = ReviewLog.from_arrays(
        card_id=rng.integers(0, 2**40, n),
        rating=np.full(n, 3),
        review_time_ms=T0 + rng.integers(0, 3_600_000, n),
    )
    assert len(one_day) == n
    assert not one_day.scored.any()


@pytest.mark.realdata
def test_a_real_log(shared: Any) -> None:
    frame = pl.read_parquet(shared / "reviews" / "josh.parquet")
    log = of_rows(list(zip(frame["card_id"], frame["review_time"], frame["rating"], strict=True)))
    assert (len(log), log.cards, int(log.scored.sum())) == (12_580, 1_205, 6_276)
    assert log.to_dict()["retention"] == pytest.approx(0.780, abs=5e-4)
    assert round(log.span_days) == 191
