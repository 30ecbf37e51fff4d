"""Anki's statistics of two real collections, exact, and their figures where there is nothing to count."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from typing import Any

import numpy as np
import pytest

from repetita.collections import Retention, button_counts, memory_summary, true_retention
from repetita.reviews.anki import AnkiCollection

Records = Callable[[str], list[dict[str, Any]]]
Collections = Callable[[str], AnkiCollection]
golden = pytest.mark.golden
realdata = pytest.mark.realdata


def at(record: dict[str, Any]) -> dict[str, Any]:
    return {"now": record["now_ms"] / 1000, "zone": record["tz"]}


@golden
@realdata
def test_true_retention(records: Records, collection: Collections) -> None:
    for record in records("true_retention"):
        found = true_retention(collection(record["file"]), **at(record))
        shown = {period: {k: v for k, v in r.to_dict().items() if v} for period, r in found.items()}
        assert shown == record["expected"]


@golden
@realdata
def test_buttons(records: Records, collection: Collections) -> None:
    for record in records("buttons"):
        found = button_counts(collection(record["file"]), **at(record))
        assert {period: buttons.to_dict() for period, buttons in found.items()} == record["expected"]


@golden
@realdata
def test_retrievability(records: Records, collection: Collections) -> None:
    for record in records("retrievability_summary"):
        found, expected = memory_summary(collection(record["file"]), **at(record)), record["expected"]
        assert 100.0 * found.average_retrievability == pytest.approx(expected["average"], rel=1e-5)
        assert found.known_cards == pytest.approx(expected["sum_by_card"], rel=1e-5)
        assert found.known_notes == pytest.approx(expected["sum_by_note"], rel=1e-5)


@golden
@realdata
def test_difficulty(records: Records, collection: Collections) -> None:
    for record in records("difficulty_summary"):
        found = memory_summary(collection(record["file"]), **at(record))
        percent = (found.median_difficulty - 1.0) / 9.0 * 100.0
        assert percent == pytest.approx(record["expected"]["median_pct"], rel=1e-5)


@realdata
def test_periods_add_up(collection: Collections) -> None:
    whole = collection("mixed_collection.anki2")
    found = true_retention(whole, now=1_741_453_200)
    total = sum(found["all_time"].to_dict().values())
    assert total == sum(found["year"].to_dict().values()) > sum(found["week"].to_dict().values()) > 0
    assert found["month"].total == pytest.approx(
        np.average(
            [found["month"].young, found["month"].mature],
            weights=[
                found["month"].young_passed + found["month"].young_failed,
                found["month"].mature_passed + found["month"].mature_failed,
            ],
        )
    )


@realdata
def test_before_the_first_review_there_is_nothing(collection: Collections) -> None:
    whole = collection("mixed_collection.anki2")
    found = true_retention(whole, now="2010-01-01")
    assert isnan(found["all_time"].total)
    assert (
        sum(sum(buttons) for buttons in button_counts(whole, now="2010-01-01")["all_time"].to_dict().values())
        == 0
    )


def test_shares_without_reviews_are_not_numbers() -> None:
    assert isnan(Retention(0, 0, 0, 0).young)
    assert Retention(3, 1, 0, 0).total == Retention(3, 1, 0, 0).young == 0.75
