"""Philox4x32-10 against its published answers, and the addressing."""

from __future__ import annotations

import pytest

from repetita.addressed_random import address, philox, round_keys, uniform

ONES = 0xFFFFFFFF


def words(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ("0 0 0 0", "0 0", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_known_answers(counter, key, expected):
    assert philox(*words(counter), round_keys(*words(key))) == words(expected)


@pytest.mark.parametrize(
    ("event", "expected", "first"),
    [
        ((0, 0, 0, 0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8", 0.3990464707603678),
        ((1, 0, 0, 0, 0), "e3e80670 e50a0ebc 95f222c0 b615aa27", 0.8902591728838161),
        ((42, 7, 0, 0, 0), "67ee6f2c e55410cc 6c7eca35 557398d3", 0.4059819682734087),
        ((42, 7, 0, 1, 0), "e5dde940 600f6196 8fcdf8f1 2c8ed839", 0.8979173452826217),
        ((42, 7, 1, 0, 0), "ffad12c7 a7f156b9 f7ca9584 9d2facd9", 0.9987346398411319),
        ((42, 8, 0, 0, 0), "84d69b0c 13847338 b6304e11 7122e8e2", 0.5188996224896982),
        ((42, 7, 0, 0, 1), "8821a2a1 deb27414 e01ed51e 44d5ac84", 0.5317632335936651),
        ((2**32, 0, 0, 0, 0), "fdde3e0b fa7e58b6 3380ec46 d8d55c4f", 0.9916723993374035),
        ((2**63 - 1, ONES, 9999, 365, 3), "49d6ffe9 6774c11e 974eade5 cef33f17", 0.288436884409748),
        ((20261122, 1234, 567, 89, 0), "12dc69ca a75dec1d bb86b2dd e5e1f2ce", 0.07367573922965676),
    ],
)
def test_numbers_of_events(event, expected, first):
    assert address(*event) == words(expected)
    assert uniform(address(*event)[0]) == first


def test_numbers_are_never_0_or_1():
    assert 0.0 < uniform(0) < uniform(ONES) < 1.0
