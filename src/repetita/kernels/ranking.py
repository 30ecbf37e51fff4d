"""Whole numbers in ascending order, in linear time: for columns whose place of origin does not matter."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["ascending"]

WordArray: TypeAlias = NDArray[np.uint64]

DIGITS = (6, 1 << 11)  # six digits of eleven bits hold a word


def ascending(keys: WordArray) -> WordArray:
    """The numbers in order, a new array.

    Args:
        keys: Shape (n,), any numbers of 64 bits.

    Example:
        >>> ascending(np.array([30, 10, 2**63, 10], dtype=np.uint64)).tolist()
        [10, 10, 30, 9223372036854775808]
    """
    words, spare = np.array(keys, dtype=np.uint64), np.empty(len(keys), dtype=np.uint64)
    return spare if _kernel()(words, spare, np.zeros(DIGITS, dtype=np.int64)) else words


@cache
def _kernel() -> Callable[..., Any]:
    from repetita.kernels.rendering import fill
    from repetita.kernels.source_cache import entry

    return entry("ranking", fill("ranking"), "ascending")
