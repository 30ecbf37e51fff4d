"""Steps, rates and orders against torch's own, where torch is installed."""

from __future__ import annotations

import numpy as np
import pytest

from repetita.fitting.reference.adam import Moments, adam_step, annealed_rates
from repetita.fitting.reference.shuffling import Shuffler

torch = pytest.importorskip("torch")

STEPS = 30


@pytest.mark.parametrize(("name", "decay"), [("Adam", 0.0), ("AdamW", 0.3)])
@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.7, 0.98), (0.0, 0.85)])
def test_a_descent(name, decay, betas):
    theirs = torch.tensor([1.0, -2.0, 0.3], dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, name)([theirs], lr=0.2, betas=betas, weight_decay=decay)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS)
    ours, moments = theirs.detach().numpy().copy(), Moments.none(3)
    for rate in annealed_rates(0.2, STEPS):
        optimizer.zero_grad()
        ((theirs**4).sum() + theirs[0] * theirs[1]).backward()
        move, moments = adam_step(moments, theirs.grad.numpy().copy(), rate=rate, betas=betas)
        ours = ours + move - rate * decay * ours
        optimizer.step()
        scheduler.step()
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-11)


@pytest.mark.parametrize("seed", [0, 42, 2023])
def test_orders(seed):
    generator = torch.Generator()
    generator.manual_seed(seed)
    shuffler = Shuffler(seed)
    for size in (1, 2, 17, 500):
        assert shuffler.order(size).tolist() == torch.randperm(size, generator=generator).tolist()
