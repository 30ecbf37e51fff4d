"""Cards that were learned before: all at once as one by one."""

from __future__ import annotations

import numpy as np
import pytest

import repetita as rp
from repetita.simulation.lanes import known
from repetita.simulation.lanes.rows import rows_of
from repetita.simulation.running import plan
from repetita.simulation.start import Start, start_of


@pytest.fixture(scope="module")
def start():
    """Cards with repeats within a day, of which every third has a due day of its own."""
    found = start_of(rp.simulate_log(cards=40, days=90, seed=5))
    due = np.where(np.arange(len(found)) % 3 == 0, 7.0, np.nan)
    return Start(
        card_ids=found.card_ids,
        offsets=found.offsets,
        ratings=found.ratings,
        times=found.times,
        due=due,
        intervals=2.0 * due,
        new_cards=0,
        source="here",
    )


def records(start, **options):
    made = plan(days=30, deck=0, start=start, **options)
    rows = rows_of(made, deck=len(start), seed=1, daily=False)
    return made, rows


@pytest.mark.parametrize(
    "options",
    [
        {"desired_retention": 0.83},
        {"environment": "fsrs7", "desired_retention": 0.95},
        {"environment": "fsrs3", "scheduler": "fsrs7"},
    ],
)
def test_all_at_once_as_one_by_one(start, options):
    made, rows = records(start, **options)
    assert known._are_alike(made)
    np.testing.assert_allclose(known._at_once(made, rows), known._one_by_one(made, rows), rtol=1e-12)


@pytest.mark.parametrize(
    "options",
    [
        {"environment": "dash"},
        {"scheduler": "anki_sm2"},
        {"desired_retention": [0.8] * 20 + [0.9] * 20},
    ],
)
def test_cards_that_are_not_alike_are_placed_one_by_one(start, options):
    assert not known._are_alike(records(start, **options)[0])
