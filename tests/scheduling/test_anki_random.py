"""Anki's random numbers: the generator against published vectors, draws against their definition."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repetita.errors import UsageError
from repetita.scheduling import anki_random
from repetita.scheduling.anki_random import AnkiRandom, anki_seed
from repetita.scheduling.fuzz import fuzz_bounds, fuzzed_interval
from repetita.scheduling.single_precision import single

seeds = st.integers(-(2**70), 2**70)

# 99.9 % points of chi-square by degrees of freedom
CRITICAL = {6: 22.46, 8: 26.12, 15: 37.70, 16: 39.25, 149: 207.4}


def chi_square(counts: Counter[int], expected: dict[int, float]) -> float:
    assert set(counts) <= set(expected)
    return sum((counts[value] - mean) ** 2 / mean for value, mean in expected.items())


def test_the_block_is_chacha_with_twelve_rounds():
    """Key and counter all zero: test vector TC1 of draft-strombergson-chacha-test-vectors, 256-bit key."""
    stream = b"".join(word.to_bytes(4, "little") for word in anki_random._block([0] * 8, 0))
    assert stream[:16].hex() == "9bf49a6a0755f953811fce125f2683d5"
    second = b"".join(word.to_bytes(4, "little") for word in anki_random._block([0] * 8, 1))
    assert second[:16].hex() == "0bd58841203e74fe86fc71338ce0173d"


def test_a_twenty_round_block_is_that_of_the_standard(monkeypatch):
    """RFC 8439, appendix A.1, vector 1: key, counter and nonce zero."""
    monkeypatch.setattr(anki_random, "DOUBLE_ROUNDS", 10)
    block = b"".join(word.to_bytes(4, "little") for word in anki_random._block([0] * 8, 0))
    assert block[:16].hex() == "76b8e0ada0f13d90405d6ae55386bd28"


@given(seeds)
def test_equal_seeds_give_equal_numbers_and_wrap_at_64_bits(seed):
    one, other = AnkiRandom(seed), AnkiRandom(seed % 2**64)
    assert [one.word() for _ in range(40)] == [other.word() for _ in range(40)]


@given(seeds)
def test_a_fraction_is_a_multiple_of_two_to_minus_23(seed):
    fraction = AnkiRandom(seed).fraction()
    assert 0.0 <= fraction < 1.0
    assert fraction * 2**23 == int(fraction * 2**23)
    assert fraction == single(fraction)


@given(seeds, st.integers(0, 10**6), st.integers(-5, 10**6))
def test_whole_numbers_stay_in_their_range(seed, low, width):
    drawn = AnkiRandom(seed).whole_number(low, low + width)
    assert drawn == low if width <= 0 else low <= drawn < low + width


def test_a_whole_number_near_the_end_takes_a_second_word(monkeypatch):
    """Half a range of 2**31 + 1 leaves a rest above 2**32 minus the width, so the next word decides."""
    width = 2**31 + 1
    words = iter([2**32 - 1, 2**32 - 1, 2**32 - 1, 0])
    monkeypatch.setattr(anki_random, "_words", lambda _: words)
    random = AnkiRandom(0)
    first = ((2**32 - 1) * width) >> 32
    rest = ((2**32 - 1) * width) % 2**32
    expected = []
    for second in (2**32 - 1, 0):
        carry = rest > 2**32 - width and rest + (second * width >> 32) >= 2**32
        expected.append(first + carry)
    assert [random.whole_number(0, width), random.whole_number(0, width)] == expected


@pytest.mark.parametrize("days", [7.0, 17.0, 37.0])
def test_fuzz_of_many_cards_is_evenly_spread(days):
    lower, upper = fuzz_bounds(days, 1, 36500, rounded=single)
    fractions = [AnkiRandom(anki_seed(1_700_000_000_000 + 37 * card, 5)).fraction() for card in range(3000)]
    counts = Counter(fuzzed_interval(days, f, 1, 36500, rounded=single) for f in fractions)
    width = upper - lower + 1
    expected = dict.fromkeys(range(lower, upper + 1), 3000 / width)
    assert chi_square(counts, expected) < CRITICAL.get(width - 1, 39.25)


def test_whole_numbers_are_evenly_spread():
    counts = Counter(AnkiRandom(seed).whole_number(600, 750) for seed in range(15_000))
    assert chi_square(counts, dict.fromkeys(range(600, 750), 100.0)) < CRITICAL[149]


def test_words_have_even_bits():
    words = np.array([AnkiRandom(seed).word() for seed in range(4000)], dtype=np.uint64)
    ones = (words[:, None] >> np.arange(32, dtype=np.uint64) & np.uint64(1)).mean(axis=0)
    assert np.abs(ones - 0.5).max() < 4.5 * 0.5 / 4000**0.5


def test_a_rescheduled_card_has_the_seed_of_its_last_answer():
    assert anki_seed(10, 7, rescheduled=True) == anki_seed(10, 6)
    assert anki_seed(10, 0, rescheduled=True) == anki_seed(10, 0) == 10


@pytest.mark.parametrize("reps", [-1, 1.5, "3", None])
def test_impossible_numbers_of_answers_are_refused(reps):
    with pytest.raises(UsageError, match="reps"):
        anki_seed(1, reps)
