"""The order of batches as the reference trainers draw it: torch's ``randperm`` from a seeded generator.

Torch's generator on the CPU is the Mersenne Twister (MT19937) seeded with one number, its ``randperm`` the
shuffle of Fisher and Yates from the front, one 32-bit draw a place. NumPy has the same generator, so the same
seed gives the same order here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Shuffler:
    """Random orders, one after the other, from one seeded generator.

    Args:
        seed: 0 to 2**32 - 1.

    Example:
        >>> Shuffler(0).order(4).tolist()
        [0, 1, 3, 2]
    """

    def __init__(self, seed: int) -> None:
        self._generator = np.random.RandomState(seed)

    def order(self, size: int) -> NDArray[np.int64]:
        """The numbers from 0 to ``size - 1`` in a new random order, shape (size,)."""
        draws = self._generator.randint(0, 2**32, size=max(size - 1, 0), dtype=np.uint32)
        places = np.arange(size, dtype=np.int64)
        for i, draw in enumerate(draws.tolist()):
            other = i + draw % (size - i)
            places[i], places[other] = places[other], places[i]
        return places
