"""Ratings, ids and numbers from columns of any type; what cannot be read is marked, never raised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from repetita.ratings import RATING_NAMES

RATING_WORDS = {
    **dict.fromkeys(
        ("again", "fail", "failed", "forgot", "forgotten", "wrong", "incorrect", "false", "no"), 1
    ),
    "hard": 2,
    **dict.fromkeys(("good", "pass", "passed", "correct", "remembered", "true", "yes"), 3),
    "easy": 4,
}
STATE_WORDS = {"new": 0, "learning": 1, "review": 2, "relearning": 3, "filtered": 4}
INT32_MAX = 2**31 - 1
FEW = 20  # ratings from which nothing is concluded


class Ratings(NamedTuple):
    """Ratings and which were not given.

    Attributes:
        values: Shape (n,), 1 to 4, or 0 where the rating is anything else or missing.
        missing: Shape (n,), booleans.
        notes: What was guessed.
    """

    values: NDArray[np.int8]
    missing: NDArray[np.bool_]
    notes: tuple[str, ...]


class CardIds(NamedTuple):
    """Card ids as integers that sort as the ids do.

    Attributes:
        codes: Shape (n,), the ids themselves, or numbers into ``names``; 0 where missing.
        names: The ids as str objects, where they are not whole numbers.
        missing: Shape (n,), booleans.
    """

    codes: NDArray[np.int64]
    names: NDArray[np.object_] | None
    missing: NDArray[np.bool_]


def read_ratings(column: pl.Series) -> Ratings:
    """Ratings from numbers, words in any letter case, or true and false.

    Example:
        >>> read_ratings(pl.Series(["Good", "again", "3.0", "5", None])).values.tolist()
        [3, 1, 3, 0, 0]
    """
    if column.dtype == pl.Boolean:
        values = column.replace_strict({True: 3, False: 1}, default=0, return_dtype=pl.Int8)
        note = f"{column.name!r} is true or false, read as Good and Again"
        return Ratings(values.to_numpy(), column.is_null().to_numpy(), (note,))
    if column.dtype.is_numeric():
        numbers = column.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        return _graded(numbers, np.isnan(numbers), column.name, ())
    texts = column.cast(pl.String, strict=False).str.strip_chars().str.to_lowercase()
    texts = texts.str.strip_prefix("rating.")
    missing = (texts.is_null() | texts.is_in(["", "nan", "null", "none", "na", "n/a"])).fill_null(True)
    plain = texts.cast(pl.Float64, strict=False)
    words = texts.replace_strict(RATING_WORDS, default=None, return_dtype=pl.Float64)
    used = sorted(texts.filter(words.is_not_null()).unique().to_list(), key=lambda w: (RATING_WORDS[w], w))
    pairs = ", ".join(f"{word} is {RATING_NAMES[RATING_WORDS[word]]}" for word in used)
    notes = (f"ratings are words: {pairs}",) if used else ()
    numbers = plain.fill_null(words).fill_null(np.nan).to_numpy()
    return _graded(numbers, missing.to_numpy(), column.name, notes)


def read_card_ids(column: pl.Series) -> CardIds:
    """Card ids as they are where all are whole numbers, else as strings.

    Digits with leading zeros are strings: 007 and 7 may be two cards.

    Example:
        >>> ids = read_card_ids(pl.Series(["b", "a", None, "b"]))
        >>> ids.codes.tolist(), ids.names.tolist(), ids.missing.tolist()
        ([1, 0, 0, 1], ['a', 'b'], [False, False, True, False])
    """
    if column.dtype.is_integer() or column.dtype.is_float():
        whole = _whole(column)
        if whole is not None:
            return CardIds(whole.fill_null(0).to_numpy(), None, whole.is_null().to_numpy())
    texts = column.cast(pl.String, strict=False)
    if column.dtype != pl.String:
        texts = texts.set(texts == "NaN", None)
    texts = texts.set((texts.str.strip_chars() == "").fill_null(False), None)
    names = texts.drop_nulls().unique().sort()
    codes = names.search_sorted(texts.fill_null("")) if len(names) else pl.zeros(len(texts), eager=True)
    missing = texts.is_null().to_numpy()
    numbers = np.where(missing, 0, codes.cast(pl.Int64).to_numpy())
    return CardIds(numbers, np.array(names.to_list(), dtype=object), missing)


def numbers_in_texts(column: pl.Series) -> pl.Series:
    """A column of texts as whole numbers, where all are (missing ones aside); else as it is.

    Example:
        >>> numbers_in_texts(pl.Series(["1", " 2", None])).to_list()
        [1, 2, None]
        >>> numbers_in_texts(pl.Series(["1", "02"])).to_list()
        ['1', '02']
    """
    texts = column.str.strip_chars()
    texts = texts.set((texts == "").fill_null(False), None)
    whole = texts.str.strip_suffix(".0").cast(pl.Int64, strict=False)
    if whole.null_count() > texts.null_count() or bool(texts.str.contains(r"^[+-]?0\d").any()):
        return column
    return whole


def read_whole(column: pl.Series, *, words: dict[str, int] | None = None) -> NDArray[np.float64]:
    """Whole numbers at least 0 as floats, NaN where there is none.

    Args:
        column: Any type.
        words: Texts in lower case that stand for numbers.

    Example:
        >>> read_whole(pl.Series(["12", "-1", "x", None])).tolist()
        [12.0, nan, nan, nan]
    """
    if column.dtype == pl.String:
        texts = column.str.strip_chars()
        column = texts.cast(pl.Float64, strict=False)
        if words:
            coded = texts.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Float64)
            column = column.fill_null(coded)
    elif not column.dtype.is_numeric():
        return np.full(len(column), np.nan)
    values = column.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    return np.where((values >= 0) & (values < 2**63), np.rint(values), np.nan)


def read_numbers(column: pl.Series) -> NDArray[np.float64]:
    """Numbers, NaN where there is none.

    Example:
        >>> read_numbers(pl.Series(["1.5", "x"])).tolist()
        [1.5, nan]
    """
    if column.dtype == pl.String:
        column = column.str.strip_chars()
    elif not column.dtype.is_numeric():
        return np.full(len(column), np.nan)
    return column.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()


def read_durations(column: pl.Series) -> tuple[NDArray[np.float64] | None, tuple[str, ...]]:
    """Milliseconds spent, NaN where missing, or None where the column says nothing; and what was guessed.

    Example:
        >>> read_durations(pl.Series("duration", [2.5, 11.25]))
        (array([ 2500., 11250.]), ("'duration' is in seconds",))
    """
    values = read_numbers(column)
    values = np.where(values >= 0, values, np.nan)
    known = values[np.isfinite(values)]
    if not len(known):
        return None, ()
    if not known.any():
        return None, (f"{column.name!r} is 0 throughout, so durations are taken as missing",)
    if known.max() <= 3600 and bool(np.any(known != np.rint(known))):
        return np.rint(values * 1000), (f"{column.name!r} is in seconds",)
    return np.minimum(np.rint(values), INT32_MAX), ()


def _graded(
    numbers: NDArray[np.float64], missing: NDArray[np.bool_], name: str, notes: Sequence[str]
) -> Ratings:
    zeros, ones, twos = (int(np.count_nonzero(numbers == n)) for n in (0, 1, 2))
    given = len(numbers) - int(np.count_nonzero(missing))
    if zeros and ones and zeros + ones == given:
        note = f"{name!r} is 0 or 1 throughout, read as Again and Good"
        return Ratings(
            np.where(numbers == 0, 1, np.where(numbers == 1, 3, 0)).astype(np.int8), missing, (note,)
        )
    graded = (numbers >= 1) & (numbers <= 4) & (numbers == np.rint(numbers))
    values = np.where(graded, numbers, 0).astype(np.int8)
    said = list(notes)
    if given >= FEW and zeros > 0.05 * len(numbers) and not np.any(numbers == 4):
        said.append(
            f"{name!r} is 0 in {zeros} rows and never 4: if ratings count from 0, add 1 before reading"
        )
    if given >= FEW and ones and twos and ones + twos == given:
        said.append(
            f"{name!r} is 1 or 2 throughout, read as Again and Hard: if 2 means recalled, make it 3 before "
            "reading"
        )
    return Ratings(values, missing, tuple(said))


def _whole(column: pl.Series) -> pl.Series | None:
    """A numeric column as int64, or None where a value is no whole number of that size."""
    if column.dtype.is_float():
        column = column.fill_nan(None)
        if bool((column != column.round()).any()):
            return None
    whole = column.cast(pl.Int64, strict=False)
    return None if whole.null_count() > column.null_count() else whole
