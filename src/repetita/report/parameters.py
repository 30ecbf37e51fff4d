"""Fitted parameters beside the population they are pulled to: numbers behind the figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import erf, floor, inf, isfinite, log, log10, nan, sqrt
from typing import TYPE_CHECKING, Any

from repetita.equations import equations
from repetita.fitting.prior import PopulationPrior
from repetita.fitting.wording import LITTLE_LEARNED

if TYPE_CHECKING:
    from repetita.fitting import FitResult


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One parameter with its interval and its place in the population.

    Attributes:
        index: Place in the parameter list, from 0.
        name: Name in the parameter table.
        meaning: One line for people.
        unit: "days", "1" for a pure number.
        value: Fitted value.
        low: Lower end of the 95 % interval, inside the bounds; NaN without a standard error.
        high: Upper end.
        default: Published default.
        place: Distance of the value from the default, in population standard deviations, on the scale on
            which the prior is normal.
        place_low: The same of ``low``.
        place_high: The same of ``high``.
        percentile: Share of the population below the value, 0 to 100.
        truth: What the log was simulated from, where that is known; else NaN.
        place_truth: Its distance from the default, like ``place``.
        learned: Share of the population's variance that the reviews took away, 0 to 1; NaN where unknown.
        at_bound: Whether the value lies on one of the model's bounds.
    """

    index: int
    name: str
    meaning: str
    unit: str
    value: float
    low: float
    high: float
    default: float
    place: float
    place_low: float
    place_high: float
    percentile: float
    truth: float
    place_truth: float
    learned: float
    at_bound: bool


@dataclass(frozen=True, slots=True)
class ParameterPanel:
    """All parameters of a fit.

    Attributes:
        model: Model name.
        rows: One a parameter, in the order of the parameter list.
    """

    model: str
    rows: tuple[ParameterRow, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return asdict(self)

    def sentence(self) -> str:
        """What the figure says about this fit."""
        known = [row for row in self.rows if isfinite(row.place_low)]
        differing = [row for row in known if row.place_low > 0 or row.place_high < 0]
        count = f"{len(differing)} of {len(self.rows)}" if differing else "None of the"
        text = (
            f"{count} parameters differ{'' if len(differing) != 1 else 's'} from the published defaults by "
            "more than their 95 % interval."
        )
        if differing:
            most = max(differing, key=lambda row: abs(row.place))
            text += (
                f" The furthest is {most.name} ({most.meaning}): {number(most.value)} against "
                f"{number(most.default)}, {'above' if most.place > 0 else 'below'} the default by "
                f"{abs(most.place):.1f} population standard deviations."
            )
        vague = sum(row.learned < LITTLE_LEARNED for row in self.rows)
        if vague:
            text += (
                f" {vague} parameter{'s' * (vague > 1)} could hardly be learned from these reviews and "
                f"{'stay' if vague > 1 else 'stays'} near the default."
            )
        return text


def parameter_panel(fit: FitResult, truth: Sequence[float] | None = None) -> ParameterPanel:
    """Every parameter of a fit with its interval and its place in the population.

    Args:
        fit: The fit.
        truth: What the log was simulated from, one a parameter, where that is known.
    """
    return parameter_rows(fit.model.name, fit.parameters, fit.intervals, fit.learned, truth)


def parameter_rows(
    model: str,
    parameters: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    learned: Sequence[float] | None = None,
    truth: Sequence[float] | None = None,
) -> ParameterPanel:
    """Values and intervals beside the population of a model.

    Args:
        model: Model name.
        parameters: One a parameter.
        intervals: Low and high end, one pair a parameter; NaN where unknown.
        learned: Share of the population's variance that the reviews took away, one a parameter; None: not
            known.
        truth: What the log was simulated from, one a parameter; None: not known.

    Example:
        >>> table = equations("fsrs6").PARAMETERS
        >>> panel = parameter_rows("fsrs6", [p.default for p in table], [(p.low, p.high) for p in table])
        >>> panel.rows[20].place, panel.rows[20].percentile
        (0.0, 50.0)
    """
    prior = PopulationPrior.default(model)
    unknown = [nan] * len(parameters)
    shares = unknown if learned is None else learned
    true = unknown if truth is None else truth
    rows = []
    for index, p in enumerate(equations(model).PARAMETERS):
        value, (low, high) = float(parameters[index]), intervals[index]
        place, place_low, place_high = (_place(prior, index, x) for x in (value, low, high))
        rows.append(
            ParameterRow(
                index=index,
                name=p.name,
                meaning=p.meaning,
                unit=p.unit,
                value=value,
                low=float(low),
                high=float(high),
                default=p.default,
                place=place,
                place_low=place_low,
                place_high=place_high,
                percentile=50.0 * (1.0 + erf(place / sqrt(2.0))),
                truth=float(true[index]),
                place_truth=_place(prior, index, true[index]),
                learned=float(shares[index]),
                at_bound=value in (p.low, p.high),
            )
        )
    return ParameterPanel(model, tuple(rows))


def _place(prior: PopulationPrior, index: int, value: float) -> float:
    """Standard deviations from the center, on the prior's scale."""
    if not isfinite(value):
        return nan
    if prior.logs[index]:
        value = log(value) if value > 0.0 else -inf
    return float((value - prior.mean[index]) / prior.sd[index])


def number(value: float) -> str:
    """A number with three significant digits, never in powers of ten.

    Example:
        >>> number(0.00123), number(2.30651), number(99.96), number(0.00001), number(0.0)
        ('0.00123', '2.31', '100', '0.00001', '0')
    """
    if value == 0.0 or not isfinite(value):
        return f"{value:g}"
    decimals = max(2 - floor(log10(abs(value))), 0)
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def parameter_text(parameters: Sequence[float]) -> str:
    """Parameters as Anki's deck options take them: four decimals, separated by commas.

    Example:
        >>> parameter_text([0.212, 1.2931])
        '0.2120, 1.2931'
    """
    return ", ".join(f"{value:.4f}" for value in parameters)
