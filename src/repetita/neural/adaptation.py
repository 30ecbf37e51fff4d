"""A network adapted to the reviews of one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.network_model import NetworkModel, comes_with_the_package
from repetita.neural.epochs import trained_in_epochs
from repetita.neural.modules import model_with, outputs, recalled, torch_network
from repetita.neural.moments import Moments, pretrained_moments
from repetita.neural.recipes import Adaptation, Epochs, network_recipe
from repetita.neural.sequences import Batch, Questions, questions
from repetita.neural.torch_setting import reproducible

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog
    from repetita.reviews.scoring import Scoring

__all__ = ["Tuned", "adapt", "batch_losses", "fine_tuned"]


@dataclass(frozen=True, slots=True)
class Tuned:
    """A network that was adapted.

    Attributes:
        model: The network.
        loss: Mean weighted cross-entropy over the last batch, before its step; NaN without reviews.
        steps: Steps taken.
        questions: Reviews learned from.
        weight: Sum of their weights.
    """

    model: NetworkModel
    loss: float
    steps: int
    questions: int
    weight: float


def fine_tuned(
    log: ReviewLog,
    model: NetworkModel,
    *,
    tuning: Adaptation | Epochs | None = None,
    rows: Scoring | None = None,
    weights: NDArray[np.float64] | None = None,
    moments: Moments | None = None,
    seed: int = 0,
    dtype: str = "float32",
) -> Tuned:
    """The network adapted to a log, as it was published (srs-benchmark).

    A batch of reviews goes through the cards that they belong to, each step once; their histories are not
    expanded, and loss and gradient are the same. The result depends on the seed only, not on threads.

    Args:
        log: A review log.
        model: Where to begin.
        tuning: Figures of the training; None: the published ones.
        rows: What is learned from, as `ReviewLog.scored_by` has it; None: all that the network tells apart.
        weights: Shape (reviews,), of each row; None: as published.
        moments: What the optimizer remembers; None: with weights that come with the package what was kept
            beside them, else nothing.
        seed: Added to the published seed.
        dtype: "float32", as published, or "float64".

    Raises:
        MissingExtra: Torch is not installed.
    """
    chosen = network_recipe(model.name).tuning if tuning is None else tuning
    chosen = replace(chosen, seed=chosen.seed + seed)
    asked = questions(log, model, rows=rows)
    asked = replace(asked, weights=_weights(asked, chosen, weights))
    if not len(asked) or not asked.weights.any():
        return Tuned(model, float("nan"), 0, len(asked), 0.0)
    with reproducible(chosen.seed):
        module = torch_network(model, dtype=dtype)
        if isinstance(chosen, Epochs):
            loss, steps = trained_in_epochs(module, asked, chosen, batch_losses)
        else:
            ours = moments is None and comes_with_the_package(model)
            known = pretrained_moments(model) if ours else moments
            loss, steps, _ = adapt(module, chosen, lambda: _shuffled(asked, chosen), known)
        return Tuned(model_with(model, module), loss, steps, len(asked), float(asked.weights.sum()))


def adapt(
    module: Any, tuning: Adaptation, batches: Any, moments: Moments | None, *, once: bool = False
) -> tuple[float, int, Any]:
    """Adapts a torch module in place; the loss of the last batch, the steps taken, and the optimizer.

    Args:
        module: From `torch_network`.
        tuning: Figures of the training.
        batches: Called for every pass; an iterable of `Batch`.
        moments: What the optimizer remembers.
        once: A single pass in which every batch is a step of the schedule, as in `Reptile`.
    """
    from repetita.neural.torch_setting import import_torch

    torch = import_torch()
    tensors = list(module.parameters())
    origin = torch.nn.utils.parameters_to_vector(tensors).detach()
    optimizer = torch.optim.AdamW(tensors, lr=1.0, betas=tuning.betas, weight_decay=tuning.decay)
    if moments is not None:
        moments.put_into(optimizer)
    loss, taken = float("nan"), 0
    for step, batch in _scheduled(tuning, batches, once):
        optimizer.param_groups[0]["lr"] = tuning.rates.at(step, tuning.steps, tuning.exponent)
        optimizer.zero_grad()
        mean = batch_losses(module, batch).mean()
        pull = ((torch.nn.utils.parameters_to_vector(tensors) - origin) ** 2).sum()
        (mean * len(batch.places) ** tuning.exponent + tuning.pull * pull).backward()
        torch.nn.utils.clip_grad_norm_(tensors, tuning.clip)
        optimizer.step()
        loss, taken = float(mean.detach()), taken + 1
    return loss, taken, optimizer


def batch_losses(module: Any, batch: Batch) -> Any:
    """Weighted cross-entropy of each question of a batch, as a tensor that knows where it came from.

    Args:
        module: From `torch_network`.
        batch: The questions.
    """
    from repetita.neural.torch_setting import import_torch

    torch = import_torch()
    dtype = next(module.parameters()).dtype

    def tensor(values: NDArray[np.float64]) -> Any:
        return torch.from_numpy(values).to(dtype)

    steps = outputs(module, tensor(batch.inputs), torch.from_numpy(batch.batch_sizes))
    predicted = recalled(module, steps[torch.from_numpy(batch.places)], tensor(batch.days))
    losses = torch.nn.functional.binary_cross_entropy(predicted, tensor(batch.outcomes), reduction="none")
    return losses * tensor(batch.weights)


def _scheduled(tuning: Adaptation, batches: Any, once: bool) -> Iterator[tuple[int, Batch]]:
    if once:
        yield from zip(range(tuning.steps), batches(), strict=False)
        return
    for step in range(tuning.steps):
        for batch in batches():
            yield step, batch


def _shuffled(asked: Questions, tuning: Adaptation) -> Iterator[Batch]:
    """Batches of the published order: a legacy generator's, because published weights were made with it."""
    order = np.random.RandomState(tuning.seed).permutation(len(asked))
    for begin in range(0, len(order), tuning.batch):
        yield asked.batch(order[begin : begin + tuning.batch])


def _weights(
    asked: Questions, tuning: Adaptation | Epochs, given: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    if given is not None:
        mine: NDArray[np.float64] = np.asarray(given)[asked.rows]
        return mine
    if isinstance(tuning, Epochs) or not len(asked):
        return asked.weights
    weights = 1.0 + tuning.recency * np.linspace(0.0, 1.0, len(asked)) ** tuning.degree
    normalized: NDArray[np.float64] = weights * (len(asked) / weights.sum())
    return normalized
