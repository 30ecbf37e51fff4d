"""The world of a simulation: how cards are truly remembered. Any memory model is one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from repetita.equations import declared
from repetita.memory_model import MemoryModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

__all__ = ["EnvironmentLike", "HistoryEnvironment", "ModelEnvironment"]

SHORT_HISTORY = 64


class EnvironmentLike(Protocol):
    """What an engine asks of a world. States are values: they are returned, not changed.

    An attribute ``calendar`` (default True) says that ``elapsed_days`` are whole days from one day to another
    and below 1 within a day; otherwise they are the real time that passed.
    """

    def first(self, rating: int) -> Any:
        """State after the introduction of a card."""

    def retrievability(self, state: Any, elapsed_days: float) -> float:
        """Probability of recall, in [0, 1]."""

    def after(self, state: Any, elapsed_days: float, rating: int) -> Any:
        """State after a later press."""


class ModelEnvironment:
    """A memory model with a state of some numbers as the world.

    Args:
        memory: The model.
        options: Other options of its equations than those of its variant.

    Example:
        >>> from repetita import model
        >>> world = ModelEnvironment(model("fsrs6"))
        >>> round(world.retrievability(world.first(3), 2.3065), 6)
        0.9
    """

    def __init__(self, memory: MemoryModel, options: Sequence[float] | None = None) -> None:
        module = memory.equations
        self.memory = memory
        self.name = memory.name
        self.options = memory.options if options is None else tuple(options)
        self.calendar = module.UNIT == "days"
        self._vectors = memory.parameters, memory.prepared, self.options
        self._first, self._recall, self._after = module.first, module.recall, module.after

    def functions(self) -> tuple[Any, Any, Any]:
        """`first`, `retrievability` and `after` with one call less, for engines."""
        vectors = self._vectors
        return partial(self._first, *vectors), partial(self._recall, *vectors), partial(self._after, *vectors)

    def first(self, rating: int) -> Any:
        """State after the introduction of a card."""
        return self._first(*self._vectors, rating)

    def retrievability(self, state: Any, elapsed_days: float) -> float:
        """Probability of recall."""
        recalled: float = self._recall(*self._vectors, state, elapsed_days)
        return recalled

    def after(self, state: Any, elapsed_days: float, rating: int) -> Any:
        """State after a later press."""
        return self._after(*self._vectors, state, elapsed_days, rating)

    def curve(self, states: Sequence[Any], elapsed_days: FloatArray) -> FloatArray:
        """Probability of recall for many states and times at once."""
        import numpy as np

        from repetita.kernels.elementwise import retrievability

        return retrievability(self.memory, tuple(np.asarray(states).T), elapsed_days)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description."""
        return self.memory.to_dict()


class HistoryEnvironment:
    """A memory model whose state is the whole history of a card, as the world.

    Args:
        memory: The model, of kind "features" or "pairs".

    Example:
        >>> from repetita import model
        >>> world = HistoryEnvironment(model("dash"))
        >>> world.after(world.first(3), 4.0, 1)
        ((0.0, 3), (4.0, 1))
    """

    def __init__(self, memory: MemoryModel) -> None:
        self.memory = memory
        self.name = memory.name
        self.options = memory.options
        self.calendar = memory.equations.UNIT == "days"

    def first(self, rating: int) -> Any:
        """State after the introduction of a card."""
        return ((0.0, rating),)

    def retrievability(self, state: Any, elapsed_days: float) -> float:
        """Probability of recall."""
        recalled: float = self.memory.retrievability(state, elapsed_days)
        return recalled

    def after(self, state: Any, elapsed_days: float, rating: int) -> Any:
        """State after a later press."""
        return (*state, (elapsed_days, rating))

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description."""
        return self.memory.to_dict()


def model_environment(memory: MemoryModel) -> ModelEnvironment | HistoryEnvironment:
    """A memory model as the world, whatever its state is."""
    return ModelEnvironment(memory) if keeps_state(memory) else HistoryEnvironment(memory)


def keeps_state(memory: MemoryModel) -> bool:
    """Whether the state of a model is some numbers, and not the history of a card."""
    return declared(memory.equations).kind not in ("features", "pairs")
