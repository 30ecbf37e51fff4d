"""One result a user and contender, in the schema of the ecosystem's result files, with fields of our own.

``{"metrics": {"RMSE", "LogLoss", "RMSE(bins)", "ICI", "AUC", …}, "user", "size", "parameters"}`` is what the
public benchmark writes, one line a user; ``size`` is the number of test reviews, figures have 6 decimals,
parameters are those of the last fold (a mapping where there is one set a preset or deck; none of a network).
Ours beside:
``model`` (the contender's label), ``fold_parameters``, ``reviews``, ``cards``, ``scored``, ``seconds``,
``input`` (digest of what was read).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from repetita.benchmarking.contenders import Contender
from repetita.benchmarking.predictions import Models, predicted
from repetita.benchmarking.protocol import Prepared, Protocol, prepare
from repetita.equations import declared, equations
from repetita.evaluation import metrics
from repetita.executors.tasks import Failure, attempt
from repetita.registration import Registration

if TYPE_CHECKING:
    from repetita.benchmarking.sources import User

__all__ = ["METRICS", "UserJob", "figures", "parameters_of"]

METRICS = ("RMSE", "LogLoss", "RMSE(bins)", "ICI", "AUC", "MBE", "smECE", "Precision@90", "Recall@90")
DECIMALS = 6
SKIPPED = "no_reviews"


@dataclass(frozen=True, slots=True)
class UserJob:
    """The work on one user, as a function of one `User` that can be sent to a worker.

    Attributes:
        contenders: What competes.
        protocol: Which reviews count; a contender's number of buttons goes before the protocol's.
        seed: Of fits.
        registered: What makes models from outside the package known to a worker.
    """

    contenders: tuple[Contender, ...]
    protocol: Protocol
    seed: int = 0
    registered: tuple[Registration, ...] = ()

    def __call__(self, asked: tuple[User, tuple[str, ...]]) -> list[dict[str, Any]]:
        """Results of a user: rows, and for a contender that failed a mapping with ``error``.

        Args:
            asked: The user, and the labels of the contenders that are wanted.
        """
        user, labels = asked
        log = user.read()
        facts = {
            "reviews": len(log),
            "cards": log.cards,
            "input": user.digest(),
        }
        prepared: dict[Protocol, tuple[Prepared | None, Failure | None]] = {}
        made = []
        for one in self.contenders:
            if one.label not in labels:
                continue
            rule, failure = attempt(self._rule, one)
            if failure is None and rule not in prepared:
                prepared[rule] = attempt(lambda asked: prepare(log, asked), rule)
            ready, failure = (None, failure) if failure is not None else prepared[rule]
            if ready is not None:
                row, failure = attempt(lambda given: _row(*given), (ready, one, self.seed))
            if failure is None:
                made.append({**row, "user": user.id, **facts})
            else:
                made.append(problem(user.id, one.label, failure))
        return [_in_order(row) for row in made]

    def _rule(self, one: Contender) -> Protocol:
        return self.protocol.adapted(buttons=one.buttons, same_day=one.same_day)


def problem(user: int | str, label: str, failure: Failure) -> dict[str, Any]:
    """What is listed of a user whose contender has no result.

    Example:
        >>> problem(3, "fsrs6", Failure("no_reviews", "2 reviews can be scored"))["skipped"]
        True
    """
    skipped = failure.code == SKIPPED
    return {
        "user": user,
        "model": label,
        "skipped": skipped,
        "error": failure.code,
        "reason": failure.reason,
    }


def figures(values: NDArray[np.float64], prepared: Prepared) -> dict[str, float | None]:
    """Every metric of some predictions at the test reviews, to 6 decimals; None where undefined.

    Args:
        values: Shape (tested,), predictions.
        prepared: The user's reviews.
    """
    start = prepared.splits[0].test_start
    recalled, cell = prepared.recalled[start:], prepared.cells[start:]
    order = metrics.ranked(values, recalled)
    precision, recall = metrics.precision_recall(values, recalled)
    made = (
        metrics.rmse(values, recalled),
        metrics.log_loss(values, recalled),
        metrics.rmse_of_cells(values, recalled, cell),
        metrics.ici_of_ranked(order),
        metrics.auc_of_ranked(order),
        metrics.mbe(values, recalled),
        metrics.smece(values, recalled),
        precision,
        recall,
    )
    return {name: _rounded(value) for name, value in zip(METRICS, made, strict=True)}


def parameters_of(models: Models) -> list[float] | dict[str, list[float]]:
    """Parameters of a fold's models, to 6 decimals: a list, or by preset or deck."""
    by_place = {
        place: [round(value, DECIMALS) for value in fitted.parameters] for place, fitted in models.items()
    }
    if set(by_place) == {None}:
        return by_place[None]
    return {str(place): values for place, values in by_place.items()}


def _row(prepared: Prepared, contender: Contender, seed: int) -> dict[str, Any]:
    began = perf_counter()
    made = predicted(prepared, contender, seed=seed)
    row: dict[str, Any] = {
        "metrics": figures(made.values, prepared),
        "size": int(prepared.tested.size),
        "model": contender.label,
        "scored": int(prepared.scored.size),
    }
    # thousands of weights of a network are no table; the seed makes them again
    listed = bool(made.models) and declared(equations(contender.model)).kind != "network"
    if listed:
        row["parameters"] = parameters_of(made.models[-1])
    if listed and contender.fitted:
        row["fold_parameters"] = [parameters_of(models) for models in made.models]
    row["seconds"] = round(perf_counter() - began, 4)
    return row


ORDER: Sequence[str] = (
    *("metrics", "user", "size", "parameters", "model", "scored", "reviews", "cards", "seconds", "input"),
    "fold_parameters",
)


def _in_order(row: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: row[name] for name in ORDER if name in row}
    return known if "metrics" in row else dict(row)


def _rounded(value: float | None) -> float | None:
    return None if value is None or not isfinite(value) else round(float(value), DECIMALS)
