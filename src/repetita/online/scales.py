"""How far a parameter may be expected to move: the unit of an online step.

The default prior of a model says how far learners are from the defaults, on a logarithmic scale for some
parameters. A step in these units treats a stability of eight days and an exponent of 0.06 alike.
"""

from __future__ import annotations

from math import isfinite
from types import ModuleType

from repetita.equations import Parameter

# a published penalty ((w - default) / spread) ** 2 is that of a normal of standard deviation spread / sqrt(2)
PENALTY_TO_SD = 2.0**-0.5
# of the published default, for a parameter without a prior
SHARE_OF_DEFAULT = 0.5


def units(module: ModuleType) -> tuple[float, ...]:
    """Standard deviation of each parameter in the model's default prior, on the scale of `logarithmic`.

    Half the default (or one half, whichever is more) where the prior says nothing.

    Args:
        module: Equation module of the model.

    Example:
        >>> from repetita.equations import equations
        >>> [round(unit, 3) for unit in units(equations("fsrs6"))[2:6]]
        [1.3, 1.3, 0.403, 0.238]
    """
    blocks = {name: block.log_spread for block in module.PRIOR_BLOCKS for name in block.parameters}
    return tuple(blocks.get(p.name) or _unit(p) for p in module.PARAMETERS)


def _unit(parameter: Parameter) -> float:
    if parameter.sd is not None:
        return parameter.sd
    if not isfinite(parameter.spread):
        return SHARE_OF_DEFAULT * (1.0 if parameter.scale == "log" else max(abs(parameter.default), 1.0))
    sd = parameter.spread * PENALTY_TO_SD
    return sd / parameter.default if parameter.scale == "log" else sd


def logarithmic(module: ModuleType) -> tuple[bool, ...]:
    """Whether a parameter moves on the scale of its logarithm."""
    return tuple(p.scale == "log" for p in module.PARAMETERS)
