"""Fitted parameters beside the ones a log was simulated from: did the fit find the truth?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from repetita.fitting import FitResult


@dataclass(frozen=True, slots=True)
class RecoveredParameter:
    """One parameter, true and estimated.

    Attributes:
        name: Name in the parameter table.
        default: Published default, where the fit would stay without data.
        truth: What the log was simulated from.
        estimate: What was fitted.
        std_error: Standard error of the estimate, NaN where unknown.
        low: Lower end of the 95 % interval.
        high: Upper end.
        inside: Whether the truth lies in the interval.
    """

    name: str
    default: float
    truth: float
    estimate: float
    std_error: float
    low: float
    high: float
    inside: bool


@dataclass(frozen=True, slots=True)
class Recovery:
    """All parameters of a fit to a simulated log."""

    parameters: tuple[RecoveredParameter, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return asdict(self)

    def sentence(self) -> str:
        """How many true values the intervals hold."""
        inside, total = sum(p.inside for p in self.parameters), len(self.parameters)
        return (
            f"The log was simulated: {inside} of {total} true values lie inside the 95 % interval of the "
            f"estimate (about {round(0.95 * total)} are expected)."
        )


def recovered(fit: FitResult, truth: Sequence[float]) -> Recovery:
    """A fit beside the parameters its log was simulated from.

    Args:
        fit: Fitted to the simulated log.
        truth: One a parameter.
    """
    columns = zip(fit.model.equations.PARAMETERS, truth, fit.parameters, strict=True)
    rows = zip(columns, fit.std_errors, fit.intervals, strict=True)
    return Recovery(
        tuple(
            RecoveredParameter(
                p.name, p.default, float(true), value, error, low, high, inside=bool(low <= true <= high)
            )
            for (p, true, value), error, (low, high) in rows
        )
    )
