"""The row types of a model's parameter table and prior; every equation file builds its tables from them."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Parameter(NamedTuple):
    """One row of a model's parameter table.

    Attributes:
        name: Identifier, unique within the model.
        default: Published default.
        low: Lower bound, inclusive.
        high: Upper bound, inclusive.
        spread: Published prior spread: the penalty is ``((w - default) / spread) ** 2``, so the variance
            of the normal prior it stands for is ``spread ** 2 / 2``. ``inf`` means no penalty.
        unit: "days", "1" for a pure number, and so on.
        meaning: One line for people.
        scale: The scale on which our own default prior is normal.
        sd: Standard deviation on that scale in our own default prior. None: that of the published spread,
            ``spread / sqrt(2)``, divided by the default where the scale is the logarithm.
    """

    name: str
    default: float
    low: float
    high: float
    spread: float
    unit: str
    meaning: str
    scale: Literal["linear", "log"] = "linear"
    sd: float | None = None


class PriorBlock(NamedTuple):
    """Parameters of our default prior that are log-normal with a common spread and correlation.

    Attributes:
        parameters: Names of the parameters.
        log_spread: Standard deviation of the natural logarithm.
        correlation: Pairwise correlation of the logarithms.
    """

    parameters: tuple[str, ...]
    log_spread: float
    correlation: float
