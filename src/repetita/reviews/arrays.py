"""Array arguments checked and brought to the types of a `ReviewLog`."""

from __future__ import annotations

from numbers import Integral
from operator import index
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from repetita.errors import InvalidColumns, UsageError


def card_codes(card_id: ArrayLike) -> tuple[NDArray[np.int64], NDArray[Any] | None]:
    """Integers that sort as the card ids do, and the names they stand for where the ids are strings."""
    ids = np.asarray(card_id)
    if ids.ndim != 1:
        raise UsageError(f"card_id has shape {ids.shape}, expected one entry a review")
    if ids.dtype.kind in "OUT" and not (
        ids.dtype.kind == "O" and isinstance(next(iter(ids), None), Integral)
    ):
        texts = ids.astype(object)
        strange = [row for row, value in enumerate(texts, start=1) if not isinstance(value, str)]
        if strange:
            raise InvalidColumns(
                f"card_id is {texts[strange[0] - 1]!r} in row {strange[0]}, expected a string as elsewhere",
                where="card_id",
            )
        names, codes = np.unique(texts, return_inverse=True)
        return codes.astype(np.int64), names
    return whole_numbers(ids, "card_id", np.int64), None


def whole_numbers(
    values: ArrayLike,
    name: str,
    dtype: type[np.signedinteger[Any]],
    *,
    low: int = -(2**63),
    high: int = 2**63 - 1,
) -> NDArray[Any]:
    """The values in an integer type.

    Raises:
        InvalidColumns: A value is not whole or out of range; its row is named.

    Example:
        >>> whole_numbers([1.0, 5.5], "rating", np.int8)
        Traceback (most recent call last):
        ...
        repetita.errors.InvalidColumns: rating is 5.5 in row 2, expected a whole number
    """
    array = np.asarray(values)
    if array.size == 0:
        return array.astype(dtype)
    if array.dtype.kind == "O":
        array = _from_objects(array, name)
    if array.dtype.kind not in "iuf":
        raise InvalidColumns(f"{name} holds {array.dtype} values, expected whole numbers", where=name)
    if array.dtype.kind != "f" and low <= int(array.min()) and int(array.max()) <= high:
        return array.astype(dtype, copy=False)
    wrong = (array < low) | (array > high)
    if array.dtype.kind == "f":
        wrong |= ~((array == np.rint(array)) & (np.abs(array) < 2.0**63))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        limits = f" from {low} to {high}" if high < 2**63 - 1 else ""
        raise InvalidColumns(
            f"{name} is {array[row]} in row {row + 1}, expected a whole number{limits}", where=name
        )
    return array.astype(dtype, copy=False)


def optional_whole_numbers(
    values: ArrayLike | None, name: str, dtype: type[np.signedinteger[Any]]
) -> NDArray[Any] | None:
    """`whole_numbers`, or None for None."""
    return None if values is None else whole_numbers(values, name, dtype)


def with_gaps(values: ArrayLike | None, name: str, dtype: type[np.signedinteger[Any]]) -> NDArray[Any] | None:
    """Whole numbers of a type, -1 where missing, negative or not a number; capped at what the type holds.

    Example:
        >>> with_gaps([5, None, 300], "state", np.int8).tolist()
        [5, -1, 127]
    """
    if values is None:
        return None
    array = np.asarray(values)
    if array.dtype.kind not in "iu":
        array = numbers(values, name)
    known = array >= 0
    if array.dtype.kind != "f":
        # in 64 bits first: the bound of the wanted type need not fit into a narrow one
        wide = np.minimum(array, np.uint64(2**63 - 1)) if array.dtype.kind == "u" else array
        return np.where(known, np.minimum(wide.astype(np.int64), np.iinfo(dtype).max), -1).astype(dtype)
    # the largest float below the type's bound: a cast from beyond it is undefined
    bound = np.nextafter(2.0 ** (np.iinfo(dtype).bits - 1), 0.0)
    return np.where(known, np.minimum(array, bound), -1.0).astype(dtype)


def numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """The values as floats, NaN for None.

    Raises:
        InvalidColumns: Values that are no numbers.

    Example:
        >>> numbers([1, None], "state").tolist()
        [1.0, nan]
    """
    try:
        array = np.asarray(values)
        if array.dtype.kind in "OUST":
            array = np.array([np.nan if value is None else value for value in array.tolist()])
        if array.dtype.kind not in "iufb" and array.size:
            raise TypeError
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InvalidColumns(f"{name} holds values that are no numbers", where=name) from None


def shape_of(values: ArrayLike, name: str) -> tuple[int, ...]:
    """Shape of an array argument.

    Raises:
        UsageError: Nested lists of different lengths.

    Example:
        >>> shape_of([1, 2, 3], "rating")
        (3,)
    """
    try:
        return np.shape(values)
    except ValueError:
        raise UsageError(f"{name} is nested unevenly, expected one entry a review") from None


def _from_objects(array: NDArray[Any], name: str) -> NDArray[Any]:
    try:
        return np.array([index(value) for value in array.tolist()], dtype=np.int64)
    except (TypeError, ValueError, OverflowError):
        raise InvalidColumns(f"{name} holds values that are not whole numbers", where=name) from None
