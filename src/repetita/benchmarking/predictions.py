"""Held-out predictions of a contender: fold by fold, by what was fitted on earlier reviews only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.benchmarking.contenders import Contender
from repetita.benchmarking.protocol import Prepared
from repetita.equations import equations
from repetita.errors import UsageError
from repetita.evaluation import baselines
from repetita.evaluation.splits import Split
from repetita.memory_model import MemoryModel, model

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["Predicted", "predicted"]

Floats = NDArray[np.float64]
# options of a fit that leave it one of a row of fits on ever more reviews
FORWARD_OPTIONS = {"recipe", "prior", "weights", "small_sample"}
# partition (None: all cards together) to the model for it
Models: TypeAlias = dict[int | None, MemoryModel]


@dataclass(frozen=True, eq=False, slots=True)
class Predicted:
    """Predictions at the test reviews, and the models that made them.

    Attributes:
        values: Shape (tested,), probabilities of recall, one fold after the other.
        models: One mapping a fold, partition (None without) to model; empty for baselines.
    """

    values: Floats
    models: tuple[Models, ...]


def predicted(prepared: Prepared, contender: Contender, *, seed: int = 0) -> Predicted:
    """Predictions of a contender at the test reviews of a user.

    Args:
        prepared: The user's reviews.
        contender: What predicts.
        seed: Passed to `repetita.fit`.

    Raises:
        UsageError: A partition that the log does not know.

    Example:
        >>> from repetita.benchmarking import contender, prepare
        >>> from repetita.reviews import simulate_log
        >>> prepared = prepare(simulate_log(cards=200, days=200, seed=1))
        >>> predicted(prepared, contender("constant")).values.max().item()
        0.9
    """
    if contender.baseline:
        return Predicted(_of_baseline(prepared, contender.model), ())
    models = trained(prepared, contender, seed=seed)
    return Predicted(with_models(prepared, contender, models), tuple(models))


def trained(prepared: Prepared, contender: Contender, *, seed: int = 0) -> list[Models]:
    """The models of a contender that is no baseline, one mapping a fold.

    Args:
        prepared: The user's reviews.
        contender: What predicts.
        seed: Of fits.
    """
    together = _fitted_forward(prepared, contender, seed)
    if together is not None:
        return together
    partitions = _partitions(prepared.log, contender)
    return [_trained(prepared, split, contender, partitions, seed) for split in prepared.splits]


def with_models(prepared: Prepared, contender: Contender, models: list[Models]) -> Floats:
    """Predictions at the test reviews of models that are there already, one mapping a fold."""
    return _with(prepared, models, _partitions(prepared.log, contender))


def _with(prepared: Prepared, models: list[Models], partitions: NDArray[np.int64] | None) -> Floats:
    from repetita.kernels.replay import predict

    if partitions is None and _share(models):
        return _with_shared_histories(prepared, models)
    log, made = prepared.log, np.empty(prepared.tested.size)
    known: dict[MemoryModel, Floats] = {}
    filled = 0
    for split, fold in zip(prepared.splits, models, strict=True):
        rows = prepared.scored[split.test_start : split.test_end]
        here = made[filled : filled + rows.size]
        belongs = None if partitions is None else partitions[log.card_index[rows]]
        for place, fitted in fold.items():
            if fitted not in known:
                known = {fitted: predict(fitted, log, threads=1)}
            mine = slice(None) if belongs is None or place is None else belongs == place
            here[mine] = known[fitted][rows[mine]]
        if belongs is not None:
            unseen = ~np.isin(belongs, [place for place in fold if place is not None])
            if unseen.any():
                published = next(iter(fold.values())).published
                here[unseen] = predict(published, log, threads=1)[rows[unseen]]
        filled += rows.size
    return made


def _share(models: list[Models]) -> bool:
    """Whether each fold has a model of its own, whose predictions follow from histories in whole days."""
    from repetita.kernels.shared_histories import can_share

    found = {fitted for fold in models for fitted in fold.values()}
    return len(found) == len(models) > 1 and all(can_share(fitted) for fitted in found)


def _with_shared_histories(prepared: Prepared, models: list[Models]) -> Floats:
    fitted = [next(iter(fold.values())) for fold in models]
    staged = prepared.histories(fitted[0].name)
    # what a fold is tested with, the next one is trained with: its stage
    return np.concatenate(
        [
            staged.predictions(one, stage, slice(split.test_start, split.test_end))
            for stage, (one, split) in enumerate(zip(fitted, prepared.splits, strict=True), start=1)
        ]
    )


def _of_baseline(prepared: Prepared, name: str) -> Floats:
    recalled, start = prepared.recalled, prepared.splits[0].test_start
    if name == "average":
        return baselines.average(recalled, prepared.protocol.folds)
    if name == "moving_average":
        return baselines.moving_average(recalled, start)
    if name == "rmse_bins_exploit":
        return baselines.rmse_bins_exploit(recalled, prepared.cells, start)
    return baselines.constant(prepared.tested.size)


def _partitions(log: ReviewLog, contender: Contender) -> NDArray[np.int64] | None:
    """Preset or deck of each card; None where all cards go together."""
    if contender.partition is None:
        return None
    found = log.preset_ids if contender.partition == "preset" else log.deck_ids
    if found is None:
        raise UsageError(
            f"{contender.label}: the log does not say which {contender.partition} a card belongs to"
        )
    return found


def _trained(
    prepared: Prepared,
    split: Split,
    contender: Contender,
    partitions: NDArray[np.int64] | None,
    seed: int,
) -> Models:
    variant = str(contender.options.get("variant", "default"))
    if not contender.fitted:
        return {None: contender.given or model(contender.model, variant=variant)}
    training = prepared.training(split, unit=equations(contender.model).UNIT)
    if partitions is None:
        return {None: _fitted(training, contender, seed)}
    mine = _partitions(training, contender)
    assert mine is not None, "parts of a log know what the log knows"
    return {
        int(place): _fitted(training.take_cards(mine == place), contender, seed) for place in np.unique(mine)
    }


def _fitted_forward(prepared: Prepared, contender: Contender, seed: int) -> list[Models] | None:
    """The models of all folds, one starting from the other; None where each has to be fitted alone."""
    options = dict(contender.options)
    variant = str(options.pop("variant", "default"))
    alone = not contender.fitted or contender.how != "fit" or contender.partition is not None
    if alone or prepared.protocol.rows != "days" or not options.keys() <= FORWARD_OPTIONS:
        return None
    from repetita.fitting.forward import fit_forward, fits_forward
    from repetita.fitting.recipe import resolve
    from repetita.kernels.shared_histories import can_share

    named = options.pop("recipe", None)
    basis = model(contender.model, variant=variant)
    if named == "reference" or not can_share(basis):
        return None
    recipe = resolve(
        basis.name,
        recipe=named,
        prior=options.get("prior", "default"),
        weights=options.get("weights"),
        outliers=None,
        center=None,
        small_sample=options.get("small_sample"),
    )
    if not fits_forward(basis, recipe):
        return None
    found = fit_forward(
        prepared.log,
        basis,
        recipe,
        scored=prepared.scored,
        ends=[split.train_end for split in prepared.splits],
        seed=seed,
        staged=prepared.histories(basis.name),
    )
    return [{None: fitted} for fitted in found]


def _fitted(training: ReviewLog, contender: Contender, seed: int) -> MemoryModel:
    if contender.how == "initial":
        variant = str(contender.options.get("variant", "default"))
        return _with_initial_stabilities(training, contender.model, variant)
    from repetita.fitting import fit

    options: dict[str, Any] = {"standard_errors": False, "threads": 1, "seed": seed, **contender.options}
    return fit(training, contender.model, **options).model


def _with_initial_stabilities(training: ReviewLog, name: str, variant: str) -> MemoryModel:
    """The published parameters with fitted initial stabilities."""
    from repetita.fitting.initial_stability import fitted_initial_stabilities, initial_places

    values = list(model(name).parameters)
    fitted = fitted_initial_stabilities(name, training)
    for place, value in zip(initial_places(name).values(), fitted, strict=True):
        values[place] = value
    return model(name, values, variant=variant, clip=True)
