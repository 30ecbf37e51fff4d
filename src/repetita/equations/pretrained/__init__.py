"""Weights that networks start from, in files beside this one.

They were trained on simulated people by ``tools/pretrain.py``, which writes them anew from a seed: the
published pretrained weights belong to a data set that is not ours to pass on. ``NAME.pth`` holds weights in
the layout of the ecosystem, ``NAME_optimizer.pth`` what the optimizer remembered when training ended, which
fine tuning goes on with; a variant that has weights of its own has files named ``NAME_VARIANT``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from repetita.state_dicts import Tensor, read_state_dict

__all__ = ["FOLDER", "Weights", "file_name", "pretrained", "standardization_of"]

FOLDER = Path(__file__).parent
MEAN, DEVIATION = "input_mean", "input_std"


class Weights(NamedTuple):
    """Numbers of a network.

    Attributes:
        parameters: The trained ones, tensor after tensor.
        standardization: Means, then standard deviations, of the inputs that have them.
    """

    parameters: tuple[float, ...]
    standardization: tuple[float, ...]


def file_name(name: str, variant: str = "default") -> str:
    """Name of the file of a network's weights, without its suffix.

    Example:
        >>> file_name("lstm"), file_name("lstm", "no_duration")
        ('lstm', 'lstm_no_duration')
    """
    return name if variant == "default" else f"{name}_{variant}"


def pretrained(
    name: str, layout: Mapping[str, tuple[int, ...]], standardized: Sequence[str], variant: str = "default"
) -> Weights | None:
    """The weights that a network starts from; None where none come with the package.

    Args:
        name: Of the network.
        layout: Shapes of its tensors by name.
        standardized: Inputs that have a mean and a standard deviation.
        variant: Of the network.
    """
    path = FOLDER / f"{file_name(name, variant)}.pth"
    if not path.is_file():
        return None
    tensors = read_state_dict(path)
    parameters = tuple(value for tensor in layout for value in tensors[tensor].values)
    return Weights(parameters, standardization_of(tensors, len(standardized)))


def standardization_of(tensors: Mapping[str, Tensor], count: int) -> tuple[float, ...]:
    """Means, then standard deviations; a single number in the file stands for all inputs.

    Args:
        tensors: From a file of weights.
        count: Inputs that have them.
    """
    if not count:
        return ()
    found: list[float] = []
    for name, otherwise in ((MEAN, 0.0), (DEVIATION, 1.0)):
        values = tuple(tensors[name].values) if name in tensors else (otherwise,)
        found += values * count if len(values) == 1 else values
    return tuple(found)
