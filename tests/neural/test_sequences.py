"""Batches in which every step is computed once, against histories expanded review by review."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import repetita as rp
from repetita.equations import NETWORKS
from repetita.kernels.networks import durations_of
from repetita.network_model import network
from repetita.neural.sequences import measured_standardization, questions


def expanded(log, memory, longest):
    """(row, inputs of every step of its history, days, outcome) of each question, in order of time."""
    exact = memory.equations.UNIT == "fractional days"
    days, durations = log.elapsed(memory.equations.UNIT), durations_of(log)
    found = []
    for row in log.time_order.tolist():
        begin = int(log.offsets[log.card_index[row]])
        asked = log.elapsed_seconds[row] > 0 if exact else log.elapsed_days[row] > 0
        if row == begin or not asked or row - begin > longest:
            continue
        history = []
        for step in range(begin, row):
            rating = int(log.ratings[step])
            if memory.name == "gru_p":
                history.append([days[step + 1], rating])
            else:
                room = [0.0] * 6
                from repetita.equations.layers import review_inputs

                half = len(memory.standardization) // 2
                means, deviations = memory.standardization[:half], memory.standardization[half:]
                pads = ((0.0,) * (2 - half), (1.0,) * (2 - half))
                constants = [memory.options[0], *means, *pads[0], *deviations, *pads[1]]
                review_inputs(constants, 0, room, days[step], durations[step], rating)
                history.append(room if memory.options[1] else [room[0], *room[2:]])
        found.append((row, history, days[row], float(log.ratings[row] > 1)))
    return found


@pytest.mark.parametrize("name", NETWORKS)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_batches_are_the_expanded_histories(name, data):
    log = rp.simulate_log(cards=data.draw(st.integers(1, 8)), days=60, seed=data.draw(st.integers(0, 99)))
    memory = rp.model(name)
    longest = data.draw(st.sampled_from([2, 5, 64]))
    plain, asked = expanded(log, memory, longest), questions(log, memory, longest=longest)
    assert asked.rows.tolist() == [row for row, *_ in plain]
    if not plain:
        return
    chosen = data.draw(st.lists(st.integers(0, len(plain) - 1), min_size=1, max_size=20, unique=True))
    batch = asked.batch(chosen)
    assert batch.batch_sizes.tolist() == sorted(batch.batch_sizes.tolist(), reverse=True)
    assert batch.batch_sizes.sum() == len(batch.inputs)
    starts = np.cumsum(batch.batch_sizes) - batch.batch_sizes
    for k, place in enumerate(chosen):
        _, history, days, outcome = plain[place]
        assert (batch.days[k], batch.outcomes[k]) == (days, outcome)
        lane = batch.places[k] - starts[len(history) - 1]
        steps = [batch.inputs[starts[step] + lane].tolist() for step in range(len(history))]
        np.testing.assert_allclose(steps, history, rtol=1e-12, atol=1e-12)
    cards = {int(asked.cards[place]): 0 for place in chosen}
    for place in chosen:
        card = int(asked.cards[place])
        cards[card] = max(cards[card], int(asked.steps[place]))
    assert len(batch.inputs) == sum(cards.values()), "a step is computed once"


def test_long_histories_are_left_out_of_training_only(log):
    _, long = log
    assert len(questions(long, rp.model("gru"))) == 64
    assert len(questions(long, rp.model("gru"), longest=None)) == 90
    assert len(questions(long, rp.model("gru_p"))) == int(np.count_nonzero(long.scored[:65]))


def test_standardization_is_measured_over_reviews_that_have_a_next():
    log = rp.ReviewLog.from_arrays(
        card_id=[1, 1, 1, 2], rating=[3, 3, 3, 3], elapsed_days=[0, 2, 9, 0], duration_ms=[50, 2000, 1, 1]
    )
    mean_days, mean_duration, *deviations = measured_standardization([log], "lstm", "default")
    logs = [math.log(1e-5), math.log(2 + 1e-5)]
    durations = [math.log(100.0), math.log(2000.0)]
    assert (mean_days, mean_duration) == pytest.approx((np.mean(logs), np.mean(durations)))
    assert deviations == pytest.approx([np.std(logs), np.std(durations)])
    assert measured_standardization([log], "gru_p", "default") == ()
    assert network("gru", standardization=measured_standardization([log], "gru", "default"))
