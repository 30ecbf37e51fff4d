"""Load balancing, easy days and siblings: weights by hand, distribution of the choice, bounds."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from repetita.errors import UsageError
from repetita.scheduling.anki_random import AnkiRandom
from repetita.scheduling.easy_days import MINIMUM_LOAD, easy_day_factors, weekday_loads
from repetita.scheduling.fuzz import fuzz_bounds
from repetita.scheduling.load_balance import balanced_days, day_weights, weighted_place
from repetita.scheduling.siblings import sibling_factors
from repetita.scheduling.single_precision import single

fractions = st.floats(0.0, 1.0, exclude_max=True)
precisions = st.sampled_from([None, single])


@given(st.integers(1, 90), st.integers(1, 500), precisions)
def test_a_weight_falls_with_cards_and_days(day, count, rounded):
    (weight,) = day_weights([day], [count], rounded=rounded)
    assert weight == pytest.approx(count**-2.15 * day**-3.0, rel=1e-6)


@given(st.integers(1, 90), st.floats(0.0, 1.0), st.floats(0.0, 1.0), precisions)
def test_a_day_without_cards_has_weight_one_whatever_else(day, easy, sibling, rounded):
    found = day_weights([day], [0], easy_factors=[easy], sibling_factors=[sibling], rounded=rounded)
    assert found == [1.0]


@given(st.lists(st.floats(1e-6, 10.0), min_size=1, max_size=20), fractions, precisions)
def test_the_place_is_the_first_beyond_the_share(weights, fraction, rounded):
    place = weighted_place(weights, fraction, rounded=rounded)
    before, total = sum(weights[:place]), sum(weights)
    assert before <= fraction * total * (1 + 1e-5) + 1e-6
    assert before + weights[place] >= fraction * total * (1 - 1e-5) - 1e-6


@given(st.lists(st.sampled_from([0.0, 1e-9, 1.0]), min_size=1, max_size=20), fractions)
def test_a_place_without_weight_is_never_chosen(weights, fraction):
    assume(sum(weights) > 0.0)
    assert weights[weighted_place(weights, fraction)] > 0.0


def test_places_are_chosen_in_proportion_to_their_weights():
    weights = [1.0, 0.5, 2.0, 0.25, 0.25]
    draws = 8000
    counts = Counter(
        weighted_place(weights, AnkiRandom(seed).fraction(), rounded=single) for seed in range(draws)
    )
    expected = [draws * weight / sum(weights) for weight in weights]
    chi_square = sum((counts[place] - mean) ** 2 / mean for place, mean in enumerate(expected))
    assert chi_square < 18.47  # 99.9 % with four degrees of freedom


@given(
    st.floats(1.0, 95.0),
    st.integers(1, 100),
    st.integers(1, 36500),
    st.lists(st.integers(0, 50), min_size=99, max_size=99),
    st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=7, max_size=7),
    st.sets(st.integers(0, 98), max_size=3),
    fractions,
)
def test_a_balanced_day_lies_within_the_bounds_of_fuzz(
    interval, minimum, maximum, counts, easy_days, siblings, fraction
):
    assume(balanced_days(interval, min(minimum, maximum)))
    lower, upper = fuzz_bounds(interval, minimum, maximum, rounded=single)
    assert upper < len(counts)
    days = range(lower, upper + 1)
    loads = weekday_loads(easy_days)
    easy = easy_day_factors([loads[day % 7] for day in days], counts[lower : upper + 1], rounded=single)
    weights = day_weights(
        days,
        counts[lower : upper + 1],
        easy_factors=easy,
        sibling_factors=sibling_factors(days, siblings, rounded=single),
        rounded=single,
    )
    assert len(weights) == len(days)
    assert min(weights) > 0.0
    assert days[weighted_place(weights, fraction, rounded=single)] in days


def test_a_day_to_keep_free_is_avoided_where_another_has_room():
    days, counts = range(10, 17), [20] * 7
    loads = weekday_loads([1, 1, 1, 1, 1, 1, 0])
    easy = easy_day_factors([loads[day % 7] for day in days], counts, rounded=single)
    weights = day_weights(days, counts, easy_factors=easy, rounded=single)
    chosen = [
        days[weighted_place(weights, AnkiRandom(seed).fraction(), rounded=single)] for seed in range(3000)
    ]
    assert sum(day % 7 == 6 for day in chosen) <= 3
    only_free_days = day_weights([13], [20], easy_factors=easy_day_factors([MINIMUM_LOAD], [20]))
    assert weighted_place(only_free_days, 0.7) == 0


@pytest.mark.parametrize(("count", "factor"), [(4, 1.0), (5, 1.0), (6, MINIMUM_LOAD)])
def test_a_reduced_day_fills_up_to_half_of_the_others(count, factor):
    assert easy_day_factors([1.0, 0.5, 1.0], [10, count, 10])[1] == factor


@given(st.integers(0, 50), precisions)
def test_a_reduced_day_alone_is_normal(count, rounded):
    assert easy_day_factors([0.5], [count], rounded=rounded) == [1.0]


@pytest.mark.parametrize(
    "wrong",
    [[1.0] * 6, [1.0] * 8, [2.0] * 7, [-0.1] + [1.0] * 6, [float("nan")] * 7, "weekend", ["x"] * 7, 3],
)
def test_impossible_easy_days_are_refused(wrong):
    with pytest.raises(UsageError, match="seven fractions"):
        weekday_loads(wrong)


def test_siblings_on_both_sides_multiply():
    found = sibling_factors([5, 6, 7], [4, 8])
    assert found == pytest.approx([0.2 * 0.6, 0.4 * 0.4, 0.6 * 0.2])
    assert sibling_factors([5, 6, 7], [4, 4, 8]) == found
    assert sibling_factors([5, 6], []) == [1.0, 1.0]


@pytest.mark.parametrize(
    ("interval", "minimum", "balanced"),
    [(90.9, 1, True), (91.0, 1, False), (50.0, 90, True), (50.0, 91, False)],
)
def test_long_intervals_are_left_alone(interval, minimum, balanced):
    assert balanced_days(interval, minimum) is balanced
