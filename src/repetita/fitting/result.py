"""`FitResult`: what a fit found, how sure it is, and what that means."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from repetita.fitting.wording import FEW_REVIEWS, summary
from repetita.frozen import freeze_arrays
from repetita.memory_model import MemoryModel

if TYPE_CHECKING:
    import polars as pl

    from repetita.reviews import Funnel

Status = Literal["full", "small_sample", "no_scored_reviews"]


def status_of(scored: int, total: float) -> Status:
    """Whether there was enough to learn from.

    Args:
        scored: Scored reviews of the log.
        total: Sum of the weights of what was learned from.
    """
    if not total > 0.0:
        return "no_scored_reviews"
    return "small_sample" if scored < FEW_REVIEWS else "full"


@dataclass(frozen=True, eq=False)
class FitResult:
    """Parameters fitted to a review log, with their uncertainty and how they were found.

    Attributes:
        model: The memory model with the fitted parameters.
        std_errors: Laplace standard errors, one a parameter; NaN where a parameter was not fitted.
        std_errors_cluster: Standard errors that allow the reviews of a card to agree with each other.
        covariance: Laplace covariance, shape (parameters, parameters); (0, 0) for a network.
        intervals: 95 % interval (low, high) of each parameter, inside the bounds.
        learned: Share of the prior's variance that the reviews took away, 0 to 1 (NaN without a prior).
        at_bounds: Names of the parameters that are held at a bound.
        log_loss: Mean over the scored reviews, in nats, unweighted, with the fitted parameters.
        log_loss_default: The same with the published defaults.
        weighted_log_loss: Mean weighted as the fit weighs.
        objective: What was minimized: summed weighted loss plus penalty, in nats.
        penalty: The part of it that is the prior's.
        status: "full"; "small_sample": so few reviews that the defaults are about as good;
            "no_scored_reviews": nothing to learn from, the parameters are the center of the prior.
        cards: Cards of the log.
        reviews: Reviews of the log.
        scored: Reviews that are scored: not the first of a card, and at least a day after the one before;
            for a model of exact time, later than the one before (``options["rows"]`` says which).
        left_out: Scored reviews that the outlier filter kept from the fit.
        effective: Sum of the weights.
        iterations: Steps taken from the start that won.
        evaluations: Passes over the log (or a part of it), all starts together.
        starts: Starting points tried.
        converged: Whether the last step promised less than the tolerance.
        seconds: Wall time of the fit.
        funnel: What became of the rows that were read.
        options: The options in force, JSON-safe.
    """

    model: MemoryModel
    std_errors: tuple[float, ...]
    std_errors_cluster: tuple[float, ...]
    covariance: NDArray[np.float64] = field(repr=False)
    intervals: tuple[tuple[float, float], ...] = field(repr=False)
    learned: tuple[float, ...] = field(repr=False)
    at_bounds: tuple[str, ...]
    log_loss: float
    log_loss_default: float
    weighted_log_loss: float
    objective: float
    penalty: float
    status: Status
    cards: int
    reviews: int
    scored: int
    left_out: int
    effective: float
    iterations: int
    evaluations: int
    starts: int
    converged: bool
    seconds: float
    funnel: Funnel = field(repr=False)
    options: dict[str, Any] = field(repr=False)

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __repr__(self) -> str:
        return (
            f"FitResult({self.model.name!r}, {self.status}, {self.scored:,} scored reviews, "
            f"log loss {self.log_loss:.4f} (defaults {self.log_loss_default:.4f}))"
        )

    @property
    def parameters(self) -> tuple[float, ...]:
        """The fitted parameters."""
        return self.model.parameters

    def summary(self) -> str:
        """The result in words: what was found, how good and how sure it is, and what to do next.

        Example:
            >>> from repetita.reviews import ReviewLog
            >>> from repetita.fitting import fit
            >>> print(fit(ReviewLog.from_histories([[(0, 3)]])).summary().splitlines()[0])
            FSRS-6: nothing to fit. The log has 1 review of 1 card, and none of them can be scored.
        """
        return summary(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description, None where undefined; `MemoryModel.from_dict` reads the model from it."""
        answer: dict[str, Any] = {
            **{name: value for name, value in self.model.to_dict().items() if name != "schema"},
            "parameter_names": list(self.model.parameter_names),
            "std_errors": _numbers(self.std_errors),
            "std_errors_cluster": _numbers(self.std_errors_cluster),
            "intervals": [_numbers(pair) for pair in self.intervals],
            "learned": _numbers(self.learned),
            "at_bounds": list(self.at_bounds),
        }
        for name in (
            "log_loss",
            "log_loss_default",
            "weighted_log_loss",
            "objective",
            "penalty",
            "effective",
        ):
            answer[name] = _number(getattr(self, name))
        for name in (
            "status",
            "cards",
            "reviews",
            "scored",
            "left_out",
            "iterations",
            "evaluations",
            "starts",
        ):
            answer[name] = getattr(self, name)
        answer["converged"] = self.converged
        answer["seconds"] = round(self.seconds, 4)
        answer["options"] = dict(self.options)
        answer["funnel"] = self.funnel.to_dict()
        return answer

    def to_frame(self) -> pl.DataFrame:
        """One row a parameter: default, fitted value, uncertainty, unit and meaning."""
        import polars as pl

        table = self.model.parameter_table
        low, high = zip(*self.intervals, strict=True)
        return pl.DataFrame(
            {
                "parameter": [p.name for p in table],
                "default": [p.default for p in table],
                "fitted": list(self.parameters),
                "std_error": list(self.std_errors),
                "std_error_cluster": list(self.std_errors_cluster),
                "low": list(low),
                "high": list(high),
                "learned": list(self.learned),
                "at_bound": [p.name in self.at_bounds for p in table],
                "unit": [p.unit for p in table],
                "meaning": [p.meaning for p in table],
            }
        )


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _numbers(values: tuple[float, ...]) -> list[float | None]:
    return [_number(value) for value in values]
