"""Addressed random numbers: known answers of the generator, and of our addresses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.addressed_random import address, uniform

WORD = st.integers(0, 2**32 - 1)
KNOWN = [
    ((0, 0, 0, 0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8", 0.3990464707603678),
    ((1, 0, 0, 0, 0), "e3e80670 e50a0ebc 95f222c0 b615aa27", 0.8902591728838161),
    ((42, 7, 0, 0, 0), "67ee6f2c e55410cc 6c7eca35 557398d3", 0.4059819682734087),
    ((42, 7, 0, 1, 0), "e5dde940 600f6196 8fcdf8f1 2c8ed839", 0.8979173452826217),
    ((42, 7, 1, 0, 0), "ffad12c7 a7f156b9 f7ca9584 9d2facd9", 0.9987346398411319),
    ((42, 8, 0, 0, 0), "84d69b0c 13847338 b6304e11 7122e8e2", 0.5188996224896982),
    ((42, 7, 0, 0, 1), "8821a2a1 deb27414 e01ed51e 44d5ac84", 0.5317632335936651),
    ((2**32, 0, 0, 0, 0), "fdde3e0b fa7e58b6 3380ec46 d8d55c4f", 0.9916723993374035),
    ((2**63 - 1, 2**32 - 1, 9999, 365, 3), "49d6ffe9 6774c11e 974eade5 cef33f17", 0.288436884409748),
    ((20261122, 1234, 567, 89, 0), "12dc69ca a75dec1d bb86b2dd e5e1f2ce", 0.07367573922965676),
]


@pytest.mark.parametrize(("place", "expected", "first"), KNOWN)
def test_known_answers(place, expected, first):
    found = address(*place)
    assert " ".join(f"{word:08x}" for word in found) == expected
    assert uniform(found[0]) == first


def test_published_vectors():
    """All ones, and the digits of pi, of the published known answers."""
    ones = 2**32 - 1
    assert address(2**64 - 1, ones, ones, ones, ones) == (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)
    seed = 0xA4093822 + (0x299F31D0 << 32)
    assert address(seed, 0x13198A2E, 0x85A308D3, 0x243F6A88, 0x03707344) == (
        0xD16CFE09,
        0x94FDCCEB,
        0x5001E420,
        0x24126EA1,
    )


@given(st.integers(0, 2**63 - 1), WORD, st.lists(st.tuples(WORD, WORD), min_size=1, max_size=5), WORD)
def test_arrays_hold_the_same_numbers(seed, user, pairs, purpose):
    cards, ordinals = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    of_arrays = address(seed, user, cards, ordinals, purpose)
    singly = [address(seed, user, card, ordinal, purpose) for card, ordinal in pairs]
    assert list(zip(*(column.tolist() for column in of_arrays), strict=True)) == singly


@given(WORD)
def test_units_are_inside(word):
    assert 0.0 < uniform(word) < 1.0
