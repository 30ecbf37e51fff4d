from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from repetita.reviews.values import numbers_in_texts, read_card_ids, read_durations, read_ratings, read_whole


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3, 4, 0, 5, -1], [1, 2, 3, 4, 0, 0, 0]),
        ([3.0, 2.5, float("nan"), 1e9], [3, 0, 0, 0]),
        (["1", " 3.0 ", "GOOD", "Again", "Rating.Easy", "Forgot", "x", ""], [1, 3, 3, 1, 4, 1, 0, 0]),
        ([True, False, None], [3, 1, 0]),
        ([None, 2], [0, 2]),
        ([0, 1, 1, None], [1, 3, 3, 0]),
        (["1", "0", ""], [3, 1, 0]),
        ([0, 1, 5], [0, 1, 0]),
        ([0, 0], [0, 0]),
        ([1, 1], [1, 1]),
        (["true", "False", "yes", "No"], [3, 1, 3, 1]),
    ],
)
def test_ratings(values: list[Any], expected: list[int]) -> None:
    ratings = read_ratings(pl.Series("grade", values))
    assert ratings.values.tolist() == expected
    missing = [v is None or v == "" or v != v for v in values]
    assert ratings.missing.tolist() == missing


def test_words_are_noted() -> None:
    assert read_ratings(pl.Series(["good", "Pass", "3"])).notes == (
        "ratings are words: good is Good, pass is Good",
    )


def test_ratings_that_seem_to_count_from_zero_are_noted() -> None:
    column = pl.Series("grade", [0, 1, 2, 3] * 10)
    assert "count from 0" in read_ratings(column).notes[0]
    assert read_ratings(pl.Series("grade", [0, *[1, 2, 3, 4] * 10])).notes == ()


def test_two_buttons_are_noted() -> None:
    assert read_ratings(pl.Series("ok", [0, 1])).notes == (
        "'ok' is 0 or 1 throughout, read as Again and Good",
    )
    assert "if 2 means recalled" in read_ratings(pl.Series("ok", [1, 2] * 10)).notes[0]
    for values in ([1, 2], [1, 2, 3] * 10, [2] * 30):
        assert read_ratings(pl.Series("ok", values)).notes == ()


@pytest.mark.parametrize(
    ("values", "codes", "names"),
    [
        ([5, 3, None], [5, 3, 0], None),
        ([5.0, 3.0, float("nan")], [5, 3, 0], None),
        (["b", "a", "  "], [1, 0, 0], ["a", "b"]),
        ([2**64 - 1, 1], [1, 0], ["1", str(2**64 - 1)]),
        ([1.5, 1.0], [1, 0], ["1.0", "1.5"]),
    ],
)
def test_card_ids(values: list[Any], codes: list[int], names: list[str] | None) -> None:
    dtype = pl.UInt64 if values[0] == 2**64 - 1 else None
    ids = read_card_ids(pl.Series(values, dtype=dtype))
    assert ids.codes.tolist() == codes
    assert (None if ids.names is None else ids.names.tolist()) == names
    assert ids.missing.tolist() == [v is None or v != v or v == "  " for v in values]


def test_digits_with_leading_zeros_stay_texts() -> None:
    assert numbers_in_texts(pl.Series(["007", "7"])).dtype == pl.String
    assert numbers_in_texts(pl.Series(["12.0", "7", ""])).to_list() == [12, 7, None]
    assert numbers_in_texts(pl.Series(["1e3", "7"])).dtype == pl.String


def test_whole_numbers_with_words() -> None:
    found = read_whole(pl.Series(["Learning", "2", "?"]), words={"learning": 1})
    np.testing.assert_array_equal(found, [1, 2, np.nan])


def test_durations() -> None:
    values, notes = read_durations(pl.Series("taken", [1200, None, -5]))
    np.testing.assert_array_equal(values, [1200, np.nan, np.nan])
    assert notes == ()
    assert read_durations(pl.Series("taken", [0, 0, None])) == (
        None,
        ("'taken' is 0 throughout, so durations are taken as missing",),
    )
    assert read_durations(pl.Series("taken", [None], dtype=pl.Int64)) == (None, ())
