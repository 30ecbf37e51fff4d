"""Many whole numbers in order, in linear time: each pass moves all of them to the places of one digit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DIGIT_BITS = 8


def sorted_by_upper_bits(keys: NDArray[np.uint64], low: int) -> NDArray[np.uint64]:
    """The numbers sorted by their bits from ``low`` on, equal ones in the order given.

    Args:
        keys: Shape (n,); is overwritten.
        low: Bits at the lower end that do not count, 0 to 63.

    Example:
        >>> sorted_by_upper_bits(np.array([0x201, 0x100, 0x200], dtype=np.uint64), low=8).tolist()
        [256, 513, 512]
    """
    from repetita.kernels.rendering import fill
    from repetita.kernels.source_cache import entry

    widest = int(keys.max(initial=0)) >> low
    passes = -(-widest.bit_length() // DIGIT_BITS)
    spare = np.empty_like(keys)
    counts = np.zeros((passes, 1 << DIGIT_BITS), dtype=np.int64)
    entry("ordering", fill("ordering"), "sort")(keys, spare, counts, np.uint64(low))
    return spare if passes % 2 else keys
