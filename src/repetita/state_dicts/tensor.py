"""`Tensor`: a shape and its numbers, as they lie in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

__all__ = ["Tensor"]


@dataclass(frozen=True, slots=True)
class Tensor:
    """Numbers with a shape.

    Attributes:
        shape: Length along each axis; () for a single number.
        values: The numbers in row-major order.
        dtype: What they were stored as: "float32", "float64", "int64", …

    Example:
        >>> Tensor((2, 2), (1.0, 2.0, 3.0, 4.0)).rows()
        [(1.0, 2.0), (3.0, 4.0)]
    """

    shape: tuple[int, ...]
    values: Sequence[float] = field(repr=False)
    dtype: str = "float32"

    def __post_init__(self) -> None:
        if prod(self.shape) != len(self.values):
            raise ValueError(f"a tensor of shape {self.shape} has {prod(self.shape)} numbers")

    def rows(self) -> list[tuple[float, ...]]:
        """The numbers cut along the first axis."""
        width = prod(self.shape[1:])
        return [tuple(self.values[i : i + width]) for i in range(0, len(self.values), max(width, 1))]
