"""Weights that suit many people, from which adaptation to one more goes far: Reptile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from math import cos, pi
from typing import TYPE_CHECKING, Any

import numpy as np

from repetita.arguments import whole_number
from repetita.equations import options_of
from repetita.errors import NoReviews, UsageError
from repetita.network_model import NetworkModel
from repetita.neural.adaptation import adapt, batch_losses
from repetita.neural.epochs import trained_in_epochs
from repetita.neural.modules import initial_model, model_with, torch_network
from repetita.neural.moments import Moments
from repetita.neural.recipes import Adaptation, Epochs, Reptile, network_recipe
from repetita.neural.sequences import Batch, Questions, measured_standardization, questions
from repetita.neural.torch_setting import import_torch, reproducible

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["Pretrained", "pretrain"]

Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A network trained on many people.

    Attributes:
        model: The network.
        moments: What the inner optimizer remembered at the end, for `fine_tuned`; None with plain epochs.
        losses: Mean loss of each adaptation over its last batch, before the step; one number of plain epochs.
    """

    model: NetworkModel
    moments: Moments | None
    losses: tuple[float, ...]


def pretrain(
    logs: Sequence[ReviewLog],
    name: str = "lstm",
    *,
    variant: str = "default",
    recipe: Reptile | Epochs | None = None,
    steps: int | None = None,
    start: NetworkModel | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Pretrained:
    """A network trained on many people, as it was published (srs-benchmark).

    With `Reptile`, one person after the other: adapt a copy to some batches of their reviews, then move the
    weights some way towards where the copy ended. With `Epochs`, all reviews together.

    Cost on one processor core: about 10 microseconds a review of an adaptation's batch, forward and back,
    with the network "lstm". The published 100 000 steps over persons of 10 000 reviews take three hours; the
    weights that come with the package took a twentieth of that.

    Args:
        logs: One review log a person.
        name: Name of the network.
        variant: Named variant.
        recipe: Figures of the training; None: the published ones.
        steps: Adaptations in all, in place of the recipe's; epochs for `Epochs`.
        start: Network to go on from; None: an untrained one, its inputs standardized as these logs are.
        seed: Of the first weights, and added to the published seeds of orders.
        progress: Called with the steps done, of all, and the loss of the last one.

    Raises:
        MissingExtra: Torch is not installed.
        NoReviews: No log has anything to learn from.

    Example:
        >>> from repetita.benchmarking import synthetic_population
        >>> logs = [user.log for user in synthetic_population(2, seed=1, reviews=300)]
        >>> pretrain(logs, "gru", steps=3).model
        NetworkModel('gru', 503 parameters)
    """
    chosen = network_recipe(name).pretraining if recipe is None else recipe
    seed = whole_number(seed, "seed")
    if steps is not None:
        steps = whole_number(steps, "steps", low=1)
        chosen = replace(chosen, epochs=steps) if isinstance(chosen, Epochs) else replace(chosen, steps=steps)
    options_of(name, variant)
    if start is not None and (start.name, start.variant) != (name, variant):
        raise UsageError(
            f"start is a {start.name} ({start.variant}), expected a {name} ({variant})", where="start"
        )
    if start is None:
        _anything([len(log) - log.cards for log in logs])
        start = initial_model(name, variant, measured_standardization(logs, name, variant), seed=seed)
    tasks = [asked for log in logs if len(asked := questions(log, start))]
    _anything([len(asked) for asked in tasks])
    if isinstance(chosen, Epochs):
        return _together(tasks, start, replace(chosen, seed=chosen.seed + seed), progress)
    return _one_after_the_other(tasks, start, chosen, seed, progress)


def _anything(sizes: Sequence[int]) -> None:
    if not sum(sizes):
        raise NoReviews("no log has a review that a network could learn from")


def _together(
    tasks: Sequence[Questions], start: NetworkModel, chosen: Epochs, progress: Progress | None
) -> Pretrained:
    with reproducible(chosen.seed):
        module = torch_network(start)
        loss, steps = trained_in_epochs(module, _joined(tasks), chosen, batch_losses)
        if progress is not None:
            progress(steps, steps, loss)
        return Pretrained(model_with(start, module), None, (loss,))


def _one_after_the_other(
    tasks: Sequence[Questions], start: NetworkModel, chosen: Reptile, seed: int, progress: Progress | None
) -> Pretrained:
    torch = import_torch()
    moments: Moments | None = None
    losses = []
    with reproducible(seed):
        meta = torch_network(start)
        optimizer = torch.optim.AdamW(
            meta.parameters(), lr=chosen.rate, betas=chosen.betas, weight_decay=chosen.decay
        )
        orders = np.random.default_rng(chosen.inner.seed + seed)
        for step in range(1, chosen.steps + 1):
            learner = deepcopy(meta)
            inner = _warmed(chosen, step)
            task = tasks[step % len(tasks)]
            loss, _, used = adapt(learner, inner, lambda: _batches(task, inner, orders), moments, once=True)  # noqa: B023
            moments = Moments.of(used)
            _follow(meta, learner, optimizer, _outer_rate(chosen, step))
            losses.append(loss)
            if progress is not None:
                progress(step, chosen.steps, loss)
        return Pretrained(model_with(start, meta), moments, tuple(losses))


def _warmed(chosen: Reptile, step: int) -> Adaptation:
    """The inner figures, with lower rates in the beginning."""
    inner, factor = chosen.inner, min(1.0, step / max(chosen.warm_up * chosen.steps, 1.0))
    rates = inner.rates._replace(
        start=inner.rates.start * factor, middle=inner.rates.middle * factor, end=inner.rates.end * factor
    )
    return replace(inner, rates=rates)


def _outer_rate(chosen: Reptile, step: int) -> float:
    """Rising along a line, then falling to 0 along a cosine."""
    rising, done = int(chosen.warm_up * chosen.steps), step - 1
    if done < rising:
        return chosen.rate * (chosen.least_factor + (1.0 - chosen.least_factor) * done / rising)
    return 0.5 * chosen.rate * (1.0 + cos(pi * (done - rising) / max(chosen.steps - rising, 1)))


def _follow(meta: Any, learner: Any, optimizer: Any, rate: float) -> None:
    """A step of the outer optimizer, whose gradient is start minus end of the adaptation."""
    for tensor, ended in zip(meta.parameters(), learner.parameters(), strict=True):
        tensor.grad = (tensor - ended).detach()
    optimizer.param_groups[0]["lr"] = rate
    optimizer.step()


def _batches(task: Questions, inner: Adaptation, orders: np.random.Generator) -> Iterator[Batch]:
    order = orders.permutation(len(task))
    for begin in range(0, len(order), inner.batch):
        yield task.batch(order[begin : begin + inner.batch])


def _joined(tasks: Sequence[Questions]) -> Questions:
    """The questions of several logs as of one: its cards are all of theirs."""
    rows = np.cumsum([0, *(len(task.inputs) for task in tasks)])
    cards = np.cumsum([0, *(len(task.offsets) - 1 for task in tasks)])
    return Questions(
        rows=np.concatenate([task.rows + row for task, row in zip(tasks, rows, strict=False)]),
        steps=np.concatenate([task.steps for task in tasks]),
        cards=np.concatenate([task.cards + card for task, card in zip(tasks, cards, strict=False)]),
        weights=np.concatenate([task.weights for task in tasks]),
        inputs=np.concatenate([task.inputs for task in tasks]),
        days=np.concatenate([task.days for task in tasks]),
        outcomes=np.concatenate([task.outcomes for task in tasks]),
        offsets=np.concatenate(
            [[0], *(task.offsets[1:] + row for task, row in zip(tasks, rows, strict=False))]
        ),
    )
