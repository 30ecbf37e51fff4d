from math import log

import numpy as np
import pytest

import repetita.equations as registry
from repetita.equations import equations
from repetita.errors import UsageError
from repetita.fitting.initial_stability import (
    filled,
    fitted_initial_stabilities,
    initial_places,
    initial_stabilities,
    ordered,
)
from repetita.reviews import ReviewLog

DEFAULTS = {1: 0.212, 2: 1.2931, 3: 2.3065, 4: 8.2956}


def histories(table, extra=(0, 0)):
    """Cards whose first later-day answers make up a table, and later rows that only move the average."""
    cards = []
    for rating, days, count, passes in table:
        cards += [[(0, rating), (days, 3)]] * passes + [[(0, rating), (days, 1)]] * (count - passes)
    passed, failed = extra
    cards[0] = [*cards[0], *[(1, 3)] * passed, *[(1, 1)] * failed]
    return cards


@pytest.mark.golden
@pytest.mark.parametrize("name", ["fsrs4", "fsrs4_5", "fsrs5", "fsrs6"])
def test_against_the_reference(golden, name):
    # FSRS-4.5 is pulled to the defaults of version 4
    centers = equations(name).REFERENCE.get("initial_centers")
    for case in golden(name, "s0_fit", "cases"):
        table = [tuple(row) for row in case["table"]]
        fitted = initial_stabilities(name, table, case["average_recall"], centers=centers)
        np.testing.assert_allclose(fitted, case["s0"], rtol=1e-3)


@pytest.mark.golden
def test_table_is_taken_from_a_log(golden):
    for case in golden("fsrs6", "s0_fit", "cases"):
        made = ReviewLog.from_histories(histories(case["table"], case["extra_rows_pass_fail"]))
        np.testing.assert_allclose(fitted_initial_stabilities("fsrs6", made), case["s0"], rtol=1e-3)


def test_cards_can_be_left_out():
    table = [(3, 2, 40, 38), (3, 9, 40, 30)]
    odd = [[(0, 3), (60, 3)]] * 30
    made = ReviewLog.from_histories([*odd, *histories(table)])
    kept = np.arange(made.cards) >= len(odd)
    expected = fitted_initial_stabilities("fsrs6", ReviewLog.from_histories(histories(table)))
    assert fitted_initial_stabilities("fsrs6", made, kept) == pytest.approx(expected)
    assert fitted_initial_stabilities("fsrs6", made)[2] > 1.5 * expected[2]


def test_nothing_known_gives_the_defaults():
    assert initial_stabilities("fsrs6", [], 0.9) == tuple(DEFAULTS.values())
    empty = ReviewLog.from_histories([[(0, 3), (0, 1)]])
    assert fitted_initial_stabilities("fsrs6", empty) == tuple(DEFAULTS.values())


def test_stays_inside_the_bounds():
    never = initial_stabilities("fsrs6", [(1, 1, 500, 0), (4, 30, 500, 0)], 0.0)
    always = initial_stabilities("fsrs6", [(1, 300, 500, 500), (3, 300, 5000, 5000)], 1.0)
    assert min(never) == 0.001
    assert max(always) == 100.0


def test_order_is_won_by_the_larger_count_and_ties_by_the_better_rating():
    assert ordered({1: 5.0, 2: 3.0}, {1: 9, 2: 8}) == {1: 5.0, 2: 5.0}
    assert ordered({1: 5.0, 2: 3.0}, {1: 8, 2: 8}) == {1: 3.0, 2: 3.0}
    assert ordered({1: 5.0, 4: 3.0}, {1: 1, 4: 8}) == {1: 3.0, 4: 3.0}
    risen = ordered({1: 4.0, 2: 3.0, 3: 2.0, 4: 1.0}, {1: 1, 2: 2, 3: 3, 4: 4})
    assert list(risen.values()) == sorted(risen.values())


@pytest.mark.parametrize(
    "known",
    [
        {2: 1.3, 3: 2.3},
        {1: 0.2, 3: 2.3},
        {3: 2.3, 4: 8.3},
        {2: 1.3, 4: 8.3},
        {1: 0.2, 2: 1.3},
        {1: 0.2, 4: 8.3},
    ],
)
def test_filling_keeps_the_known_and_the_proportions(known):
    s = filled(known, DEFAULTS)
    assert all(s[g - 1] == known[g] for g in known)
    assert log(s[1]) == pytest.approx(0.41 * log(s[0]) + 0.59 * log(s[2]))
    assert log(s[2]) == pytest.approx(0.46 * log(s[1]) + 0.54 * log(s[3]))


def test_one_known_scales_the_defaults():
    assert filled({3: 4.613}, DEFAULTS) == pytest.approx([2 * s for s in DEFAULTS.values()])


def test_models_without_initial_stabilities_say_so(monkeypatch):
    class Other:
        PARAMETERS = equations("fsrs6").PARAMETERS[4:]

    monkeypatch.setattr("repetita.fitting.initial_stability.equations", lambda name: Other)
    assert registry.equations("fsrs6") is not Other
    with pytest.raises(UsageError, match="no initial stabilities"):
        initial_places("other")
