from itertools import pairwise

import numpy as np
import pytest

from repetita.errors import UnknownName
from repetita.fitting.outliers import continuous_prefix, first_intervals, outlier_cards, outlier_intervals
from repetita.reviews import ReviewLog


@pytest.mark.golden
def test_intervals_dropped_by_fsrs_optimizer(golden):
    for case in golden("metrics", "outlier_filter"):
        counts = {int(days): count for days, count in case["counts"].items()}
        dropped = outlier_intervals(counts, int(case["first_rating"]), "fsrs-optimizer")
        assert sorted(dropped) == case["removed_delta_t"]


@pytest.mark.golden
def test_continuous_prefix(golden):
    for case in golden("metrics", "continuity_filter"):
        assert continuous_prefix(case["i"]) == case["kept"]


def test_small_print_that_the_rules_differ_in():
    # 419 cards: a twentieth is 20.95, of which fsrs-rs takes 20
    counts = {1: 300, 2: 99, 3: 12, 4: 8}
    assert outlier_intervals(counts, 3, "fsrs-optimizer") == {4, 3}
    assert outlier_intervals(counts, 3, "fsrs-rs") == {4}
    # equally rare cells, budget for one of them
    counts = {1: 100, 2: 12, 3: 12}
    assert outlier_intervals(counts, 3, "fsrs-optimizer") == {3}
    assert outlier_intervals(counts, 3, "fsrs-rs") == {2}


def test_long_intervals_go_whatever_their_number():
    counts = {1: 500, 101: 400, 300: 400, 400: 400}
    assert outlier_intervals(counts, 3) == {101, 300, 400}
    assert outlier_intervals(counts, 4) == {400}


def test_unknown_rule():
    with pytest.raises(UnknownName, match="fsrs-rs"):
        outlier_intervals({1: 3}, 1, "fsrs_rs")


def histories(seed=3, cards=900):
    generator = np.random.default_rng(seed)
    days = [1, 1, 1, 2, 2, 3, 4, 5, 8, 13, 30, 90, 101, 120, 366, 400]
    made = []
    for _ in range(cards):
        card = [(0, int(generator.integers(1, 5)))]
        card += [(0, int(generator.integers(1, 5)))] * int(generator.integers(0, 3))
        card += [
            (int(generator.choice(days[: generator.integers(3, 17)])), int(generator.integers(1, 5)))
            for _ in range(generator.integers(0, 5))
        ]
        made.append(card)
    return made


def test_first_intervals_look_past_same_day_reviews():
    log = ReviewLog.from_histories([[(0, 2), (0, 3), (4, 1), (2, 3)], [(0, 1), (0, 1)], [(0, 4), (7, 3)]])
    rating, days, answer = first_intervals(log)
    assert rating.tolist() == [2, 1, 4]
    assert days.tolist() == [4, 0, 7]
    assert answer.tolist() == [1, 0, 3]


def test_empty_log_has_no_outliers():
    log = ReviewLog.from_histories([])
    assert outlier_cards(log).shape == (0,)


@pytest.mark.parametrize("rule", ["fsrs-rs", "fsrs-optimizer"])
def test_cards_go_by_first_rating_and_first_interval(rule):
    log = ReviewLog.from_histories(histories())
    dropped = outlier_cards(log, rule)
    rating, days, _ = first_intervals(log)
    assert 0 < dropped.sum() < (days > 0).sum()
    assert not dropped[days == 0].any()
    for g in (1, 2, 3, 4):
        gone = set(days[(rating == g) & dropped].tolist())
        stay = set(days[(rating == g) & ~dropped].tolist())
        assert not gone & stay
        counts = {int(d): int(((rating == g) & (days == d)).sum()) for d in gone | stay - {0}}
        assert gone == outlier_intervals(counts, g, rule)


def test_continuity_cut_leaves_nothing_scored_of_a_dropped_card():
    """fsrs-optimizer drops the first later-day review and then cuts the card at the gap: the whole card."""
    for card in histories(cards=50):
        later = np.cumsum([days > 0 for days, _ in card]) + 1
        without = [int(i) for i in later if i != 2]
        kept = continuous_prefix(without)
        assert all(i == 1 for i in kept)
        assert all(b - a <= 1 for a, b in pairwise(kept))


@pytest.mark.parametrize("seed", range(20))
def test_against_fsrs_rs(seed):
    """The same cells as the reference implementation drops through its own filter."""
    peer = pytest.importorskip("fsrs_rs_python")
    generator = np.random.default_rng(seed)
    days = [1, 2, 3, 4, 5, 6, 8, 9, 15, 30, 99, 100, 101, 200, 364, 365, 366, 500]
    picked = generator.choice(days, int(generator.integers(2, 18)), replace=False)
    counts = {int(d): int(generator.integers(1, 12 if seed % 2 else 50)) for d in picked}
    for rating in (1, 2, 3, 4):
        items = [
            peer.FSRSItem([peer.FSRSReview(rating, 0), peer.FSRSReview(3, d)])
            for d, count in counts.items()
            for _ in range(count)
        ]
        kept, _ = peer.filter_outlier(items, [])
        intervals = outlier_intervals(counts, rating, "fsrs-rs")
        assert len(kept) == sum(count for d, count in counts.items() if d not in intervals)
        answers = {repr(item) for item in kept}
        assert len(answers) == len(counts) - len(intervals)
        assert all(f"delta_t: {d} }}" in "".join(answers) for d in counts if d not in intervals)
