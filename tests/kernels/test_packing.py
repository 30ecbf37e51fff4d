from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.kernels.packing import LANES, MOST_CHUNKS, SMALLEST_CHUNK, cut, pack
from repetita.reviews import ReviewLog


def unpacked_lanes(packed):
    """Reviews of each lane as (rating, days), read step by step the way kernels read."""
    lanes = [[] for _ in packed.lengths]
    for block in range(packed.blocks):
        position = int(packed.starts[block])
        for step in range(int(packed.lengths[block * LANES])):
            for lane in range(block * LANES, (block + 1) * LANES):
                if packed.lengths[lane] > step:
                    lanes[lane].append((float(packed.days[position]), int(packed.ratings[position])))
                    position += 1
    return lanes


@settings(max_examples=30, deadline=None)
@given(lengths=st.lists(st.integers(1, 30), max_size=70), seed=st.integers(0, 99))
def test_every_card_is_a_lane_and_long_ones_come_first(random_log, lengths, seed):
    log = random_log(lengths, seed) if lengths else ReviewLog.from_histories([])
    packed = pack(log)
    assert packed.cards == len(lengths)
    assert packed.reviews == sum(lengths)
    assert (np.diff(packed.lengths) <= 0).all()
    assert packed.order.tolist() == sorted(range(len(lengths)), key=lambda card: -lengths[card])
    rows = list(zip(log.elapsed_days.tolist(), log.ratings.tolist(), strict=True))
    for lane, reviews in enumerate(unpacked_lanes(packed)):
        if lane < packed.cards:
            card = int(packed.order[lane])
            assert reviews == rows[log.offsets[card] : log.offsets[card + 1]]
        else:
            assert reviews == []
    leading = np.arange(LANES) + packed.starts[:, np.newaxis]
    assert sorted(packed.rows[leading.ravel()[: packed.cards]].tolist()) == log.offsets[:-1].tolist()


def test_packing_is_kept_with_the_log(random_log):
    log = random_log([3, 4])
    assert pack(log) is pack(log)
    assert pack(log, "fractional days") is not pack(log)


def test_fractional_days():
    log = ReviewLog.from_histories([[(0, 3), (1.75, 3)]])
    assert pack(log, "days").days[:2].tolist() == [0.0, 1.0]
    assert pack(log, "fractional days").days[:2].tolist() == [0.0, 1.75]


def test_one_long_card_takes_no_room_for_its_neighbours(random_log):
    lengths = [5] * 40 + [20_000] + [3] * 40
    packed = pack(random_log(lengths))
    assert packed.steps == 20_000
    assert len(packed.ratings) == sum(lengths) + LANES


@given(st.lists(st.integers(1, 5000), max_size=300))
def test_portions_cover_all_blocks_and_are_alike(steps):
    ends = cut(np.array(steps, dtype=np.int64))
    if not steps:
        assert ends.tolist() == [0]
        return
    assert ends[0] == 0
    assert ends[-1] == len(steps)
    assert (np.diff(ends) > 0).all()
    work = np.add.reduceat(np.array(steps), ends[:-1]) * LANES
    total = sum(steps) * LANES
    assert len(work) <= max(1, min(MOST_CHUNKS, total // SMALLEST_CHUNK))
    fair = total / max(1, min(MOST_CHUNKS, total // SMALLEST_CHUNK))
    assert work.max() <= fair + 2 * max(steps) * LANES
