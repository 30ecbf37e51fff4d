"""SSP-MMC policies: a table of retentions by difficulty and stability, found by stochastic shortest paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from math import ceil, exp, log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.errors import CorruptInput, InputMissing
from repetita.frozen import freeze_arrays
from repetita.simulation.policies import fields

__all__ = ["SspMmcPolicy", "StateSpace"]

FloatArray = NDArray[np.float64]
ARRAYS = ("retention_matrix", "cost_matrix", "s_state", "d_state", "r_state")
LARGEST_FILE = 256 * 2**20


@dataclass(frozen=True, kw_only=True)
class StateSpace:
    """The grid of a table: stability in logarithmic steps up to a middle, in equal steps above.

    Attributes:
        s_min: Lowest stability in days.
        s_max: Highest stability; a card that reaches it is known for good.
        short_step: Step of the logarithm.
        long_step: Step in days.
        d_min: Lowest difficulty.
        d_max: Highest difficulty.
        d_eps: Step of difficulty.
        r_min: Lowest retention.
        r_max: Highest retention.
        r_eps: Step of retention.

    Example:
        >>> StateSpace().difficulties
        91
    """

    s_min: float = 0.1
    s_max: float = 9125.0
    short_step: float = log(2.0) / 20.0
    long_step: float = 5.0
    d_min: float = 1.0
    d_max: float = 10.0
    d_eps: float = 0.1
    r_min: float = 0.7
    r_max: float = 0.99
    r_eps: float = 0.01

    def __post_init__(self) -> None:
        steps = (self.short_step, self.long_step, self.d_eps, self.r_eps)
        if not (0.0 < self.s_min < self.s_max and self.d_min < self.d_max and min(steps) > 0.0):
            raise fields.wrong("state_space", vars(self), "rising bounds and positive steps")

    @property
    def s_mid(self) -> float:
        """Stability up to which steps are logarithmic: there both kinds of steps are equally long."""
        return min(self.long_step / (1.0 - exp(-self.short_step)), self.s_max)

    def stabilities(self) -> tuple[FloatArray, FloatArray]:
        """The two parts of the grid of stability."""
        small = np.exp(np.arange(log(self.s_min), log(self.s_mid), self.short_step))
        return small, np.arange(small[-1] + self.long_step, self.s_max, self.long_step)

    @property
    def difficulties(self) -> int:
        """Places of the grid of difficulty."""
        return ceil((self.d_max - self.d_min) / self.d_eps + 1.0)


@dataclass(frozen=True, eq=False, kw_only=True)
class SspMmcPolicy:
    """A table of retentions and the FSRS-6 weights whose states it is for.

    Attributes:
        retention_matrix: Shape (difficulties, stabilities).
        cost_matrix: Expected costs, same shape.
        w: 21 weights of FSRS-6.
        state_space: The grid.
        title: For people.
        details: Everything else of the file, kept as it is.

    Raises:
        CorruptInput: Shapes that do not fit the grid, retentions out of (0, 1).
    """

    kind = "sspmmc"

    retention_matrix: FloatArray
    cost_matrix: FloatArray
    w: tuple[float, ...]
    state_space: StateSpace = field(default_factory=StateSpace)
    title: str = "SSP-MMC"
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        small, large = self.state_space.stabilities()
        shape = (self.state_space.difficulties, len(small) + len(large))
        for name in ("retention_matrix", "cost_matrix"):
            matrix = np.asarray(getattr(self, name), dtype=np.float64)
            if matrix.shape != shape:
                raise CorruptInput(
                    f"policy: {name} has shape {matrix.shape}, expected {shape} of its state space",
                    where=name,
                )
            object.__setattr__(self, name, matrix)
        if not ((self.retention_matrix > 0.0) & (self.retention_matrix < 1.0)).all():
            raise CorruptInput("policy: retention_matrix has numbers out of (0, 1)", where="retention_matrix")
        object.__setattr__(self, "w", fields.numbers({"w": self.w}, "w", 21))
        freeze_arrays(self)

    def row(self, least_days: float) -> tuple[float, ...]:
        """The numbers that `repetita.simulation.targets` reads."""
        space = self.state_space
        small, large = space.stabilities()
        head = (
            least_days,
            space.s_min,
            space.s_max,
            space.short_step,
            space.long_step,
            space.s_mid,
            float(len(small)),
            float(small[-1]),
            float(len(small) + len(large)),
            space.d_min,
            space.d_max,
            float(space.difficulties),
        )
        return (*head, *self.retention_matrix.ravel().tolist())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], folder: Path) -> SspMmcPolicy:
        """The policy of a JSON file's content; its table lies beside it."""
        space = data.get("state_space")
        if not isinstance(space, Mapping):
            raise fields.wrong("state_space", space, "an object")
        usual = vars(StateSpace())
        arrays = _arrays(folder / fields.text(data, "policy_file"))
        known = ("policy_kind", "title", "w", "state_space", "policy_file")
        return cls(
            retention_matrix=arrays["retention_matrix"],
            cost_matrix=arrays["cost_matrix"],
            w=fields.numbers(data, "w", 21),
            state_space=StateSpace(**{name: fields.number(space, name, usual[name]) for name in usual}),
            title=fields.text(data, "title", "SSP-MMC"),
            details={name: value for name, value in data.items() if name not in known},
        )

    def to_dict(self) -> dict[str, Any]:
        """A JSON file's content, but for the name of the table."""
        return {
            **self.details,
            "title": self.title,
            "w": list(self.w),
            "state_space": dict(vars(self.state_space)),
        }

    def table(self) -> bytes:
        """The table as the bytes of an npz file."""
        space = self.state_space
        buffer = BytesIO()
        np.savez_compressed(
            buffer,
            retention_matrix=self.retention_matrix,
            cost_matrix=self.cost_matrix,
            s_state=np.concatenate(space.stabilities()),
            d_state=np.linspace(space.d_min, space.d_max, space.difficulties),
            r_state=np.arange(space.r_min, space.r_max + space.r_eps / 2.0, space.r_eps),
        )
        return buffer.getvalue()


def _arrays(path: Path) -> dict[str, FloatArray]:
    """The arrays of a table; objects in it are refused."""
    if not path.is_file():
        raise InputMissing(f"policy: its table {str(path)!r} does not exist", where=str(path))
    if path.stat().st_size > LARGEST_FILE:
        raise CorruptInput(f"policy: its table {str(path)!r} is too large for one", where=str(path))
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: np.asarray(stored[name], dtype=np.float64) for name in ARRAYS[:2]}
    except Exception as error:  # numpy and zipfile raise whatever the damage leads to
        raise CorruptInput(
            f"policy: its table {str(path)!r} cannot be read: {error}", where=str(path)
        ) from None
