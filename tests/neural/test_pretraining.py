"""Reptile on a tiny population: new people are predicted better; the figures are the published ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import repetita as rp
from repetita.errors import NoReviews, UnknownName, UsageError
from repetita.neural import Epochs, fine_tuned, network_recipe, pretrain
from repetita.neural.modules import initial_model
from repetita.neural.pretraining import _outer_rate, _warmed
from repetita.neural.sequences import measured_standardization

pytestmark = pytest.mark.usefixtures("torch")


@pytest.fixture(scope="module")
def people():
    return [user.log for user in rp.synthetic_population(8, seed=3, reviews=400)]


def later_loss(memory, logs, **tuning):
    """Mean loss over the later half of each log, of a network adapted to the earlier half."""
    losses = []
    for log in logs:
        before = np.zeros(len(log), dtype=bool)
        before[log.time_order[: len(log) // 2]] = True
        tuned = fine_tuned(log.take(before), memory, **tuning).model
        rows = log.scored & ~before
        predicted, recalled = tuned.predict(log)[rows], log.ratings[rows] > 1
        losses.append(-np.log(np.where(recalled, predicted, 1.0 - predicted)).mean())
    return float(np.mean(losses))


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_new_people_are_predicted_better(people, name):
    many, new = people[:6], people[6:]
    before = initial_model(name, "default", measured_standardization(many, name, "default"), seed=5)
    made = pretrain(many, name, steps=90, seed=5)
    assert made.model.standardization == before.standardization
    assert made.model != before
    # as it is, and adapted
    assert later_loss(made.model, new, weights=None, moments=made.moments) < later_loss(before, new) - 0.05
    assert np.mean(made.losses[-6:]) < np.mean(made.losses[:6])
    assert len(made.losses) == 90
    assert made.moments is not None
    assert made.moments.steps == 90


def test_plain_epochs_over_all_people(people):
    seen = []
    made = pretrain(people[:4], "gru_p", steps=3, progress=lambda *told: seen.append(told))
    assert made.moments is None
    assert seen[-1][0] == seen[-1][1]
    start = initial_model("gru_p", "default", (), seed=0)
    assert later_loss(made.model, people[6:]) < later_loss(start, people[6:])


def test_the_seed_decides(people):
    runs = [pretrain(people[:2], "gru", steps=4, seed=seed).model for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_training_goes_on_from_a_start(people):
    first = pretrain(people[:2], "gru", steps=2, seed=1).model
    more = pretrain(people[:2], "gru", steps=2, seed=1, start=first).model
    assert more.standardization == first.standardization
    assert more != first
    with pytest.raises(UsageError, match="expected a lstm"):
        pretrain(people[:2], "lstm", steps=2, start=first)


def test_wrong_calls(people):
    with pytest.raises(NoReviews):
        pretrain([], "gru", steps=1)
    with pytest.raises(NoReviews):
        pretrain([rp.ReviewLog.from_histories([[(0, 3)]])], "gru", steps=1)
    with pytest.raises(UsageError, match="steps"):
        pretrain(people, "gru", steps=0)
    with pytest.raises(UnknownName):
        pretrain(people, "gru", variant="wide", steps=1)
    with pytest.raises(UsageError, match="no training of fsrs6"):
        pretrain(people, "fsrs6")


def test_published_figures():
    reptile = network_recipe("lstm").pretraining
    assert (reptile.steps, reptile.rate, reptile.betas, reptile.decay) == (100_000, 0.02, (0.9, 0.999), 0.03)
    inner = reptile.inner
    assert (inner.batch, inner.steps, inner.clip, inner.pull) == (16_384, 15, 7050.0, 0.000244)
    assert set(inner.rates[:3]) == {0.0026945}
    tuning = network_recipe("lstm").tuning
    assert (tuning.steps, tuning.decay, tuning.seed) == (20, 0.04855, 2025)
    assert tuning.rates == (0.0019622, 0.006455344, 0.0034213, 5)
    assert network_recipe("gru_p").tuning == Epochs(512, 16, 1e-2, 1e-5)


def test_outer_rates_rise_along_a_line_and_fall_along_a_cosine(torch):
    """Against torch's own schedulers, put together as published."""
    recipe = replace(network_recipe("lstm").pretraining, steps=200)
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=recipe.rate)
    rising = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1e-4, end_factor=1.0, total_iters=20)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=180)
    both = torch.optim.lr_scheduler.SequentialLR(optimizer, [rising, falling], milestones=[20])
    theirs = []
    for _ in range(200):
        theirs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        both.step()
    ours = [_outer_rate(recipe, step) for step in range(1, 201)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9)
    assert _warmed(recipe, 5).rates.middle == pytest.approx(0.0026945 * 5 / 20)
    assert _warmed(recipe, 50).rates == recipe.inner.rates
