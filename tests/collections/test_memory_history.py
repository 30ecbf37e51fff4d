from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_collections import Row, Tiny

import repetita as rp
from repetita.collections import memory_history
from repetita.errors import UnknownName
from repetita.reviews.anki import read_collection

MODEL = rp.model("fsrs6")
ROWS = [
    Row(1, 4, type=0),
    Row(50, 0, type=4, factor=0),
    Row(51, 3, type=0),
    Row(75, 0, type=5),
    Row(100, 1),
    Row(101, 0, type=4),
    Row(60, 3, card=2, type=0),
]


def test_the_state_after_every_row(tmp_path: Path) -> None:
    path = Tiny(rows=ROWS, cards={1: {}, 2: {}}).write(tmp_path / "c.anki2")
    history = memory_history(path, 1)
    assert history.ratings.tolist() == [4, 0, 3, 0, 1, 0]
    assert history.kinds.tolist() == [0, 4, 0, 5, 1, 4]
    first = MODEL.initial_state(3)
    second = MODEL.next_state(first, 2, 1)
    expected = [np.nan, np.nan, first[0], first[0], second[0], second[0]]
    np.testing.assert_array_equal(history.states["stability"], expected)
    assert history.counted.tolist() == [False, False, True, False, True, False]
    assert history.complete
    assert history.to_frame()["difficulty"].null_count() == 2


def test_another_model_and_moment(tmp_path: Path) -> None:
    collection = read_collection(Tiny(rows=ROWS, cards={1: {}, 2: {}}).write(tmp_path / "c.anki2"))
    other = rp.model("fsrs6", [*MODEL.parameters[:2], 9.0, *MODEL.parameters[3:]])
    moment = ROWS[3].id / 1000
    history = memory_history(collection, 1, other, now=moment)
    assert len(history) == 4
    assert history.states["stability"][-1] == 9.0


def test_a_card_without_rows_has_an_empty_history(tmp_path: Path) -> None:
    history = memory_history(Tiny(rows=ROWS, cards={1: {}, 3: {}}).write(tmp_path / "c.anki2"), 3)
    assert (len(history), history.complete) == (0, False)


def test_an_unknown_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="no card has the id 77"):
        memory_history(Tiny(rows=ROWS).write(tmp_path / "c.anki2"), 77)
