"""The plain training of the public benchmark, for a network without a recipe of its own."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi
from typing import Any

import numpy as np

from repetita.neural.recipes import Epochs
from repetita.neural.sequences import Batch, Questions
from repetita.neural.torch_setting import import_torch

__all__ = ["trained_in_epochs"]


def trained_in_epochs(
    module: Any, asked: Questions, tuning: Epochs, losses: Callable[[Any, Batch], Any]
) -> tuple[float, int]:
    """Trains a torch module in place; the mean loss of the weights that were kept, and the steps taken.

    Reviews are sorted by the length of their history and cut into batches, whose order is drawn anew in every
    epoch. Before each epoch and after the last the loss over all reviews is taken; the weights with the
    lowest are kept.

    Args:
        module: From `torch_network`.
        asked: The questions.
        tuning: Figures of the training.
        losses: Loss of each question of a batch.
    """
    torch = import_torch()
    by_length = np.argsort(asked.steps, kind="stable")
    batches = [
        asked.batch(by_length[begin : begin + tuning.batch]) for begin in range(0, len(asked), tuning.batch)
    ]
    order = torch.Generator().manual_seed(tuning.seed)
    optimizer = torch.optim.AdamW(module.parameters(), lr=tuning.rate, weight_decay=tuning.decay)
    total, taken = len(batches) * tuning.epochs, 0
    best, kept = _mean_loss(module, batches, losses), _copy(module)
    for _ in range(tuning.epochs):
        for place in torch.randperm(len(batches), generator=order).tolist():
            optimizer.param_groups[0]["lr"] = 0.5 * tuning.rate * (1.0 + cos(pi * taken / total))
            optimizer.zero_grad()
            losses(module, batches[place]).sum().backward()
            optimizer.step()
            taken += 1
        now = _mean_loss(module, batches, losses)
        if now < best:
            best, kept = now, _copy(module)
    module.load_state_dict(kept)
    return best, taken


def _mean_loss(module: Any, batches: list[Batch], losses: Callable[[Any, Batch], Any]) -> float:
    with import_torch().no_grad():
        total = sum(float(losses(module, batch).sum()) for batch in batches)
    return total / max(sum(float(batch.weights.sum()) for batch in batches), 1e-300)


def _copy(module: Any) -> dict[str, Any]:
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}
