"""What online learning hands back: one value an update, one a run over a log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Method", "OnlineRun", "OnlineUpdate", "Step"]


# whole numbers in JSON may be larger than any float
LARGEST = 1e300


class OnlineUpdate(NamedTuple):
    """What one review changed.

    Attributes:
        parameters: All parameters after the update.
        prediction: Probability of recall that was predicted for this review before anything was learned from
            it; None at the first review of a card.
        state: State of the card after this review, under the new parameters.
        learned: Whether the parameters were moved: not by a first review, one on the same day, or one whose
            gradient is 0 or not finite.
    """

    parameters: tuple[float, ...]
    prediction: float | None
    state: tuple[float, ...]
    learned: bool


@dataclass(frozen=True, eq=False, slots=True)
class OnlineRun:
    """What one pass over a log in order of time gave.

    Attributes:
        predictions: Shape (reviews,), in the log's row order: the probability predicted for each review from
            the reviews before it alone; NaN at the first review of each card.
        parameters: All parameters after the pass.
        reviews: Reviews gone through.
        learned: Reviews that moved the parameters.
    """

    predictions: NDArray[np.float64] = field(repr=False)
    parameters: tuple[float, ...]
    reviews: int
    learned: int


def is_number(value: object, least: float = -LARGEST) -> bool:
    """Whether a saved value is a number that can be computed with, at least as large as asked for."""
    return isinstance(value, int | float) and least <= value <= LARGEST


class Step(NamedTuple):
    """What a method makes of one review: what to remember of the card, and the parts of an `OnlineUpdate`."""

    memory: tuple[Any, ...]
    prediction: float | None
    state: tuple[float, ...]
    learned: bool


class Method(Protocol):
    """One way of learning from a review. It owns the parameters; what it knows of a card is handed in.

    What it remembers of a card is a tuple of numbers, or of pairs of numbers.
    """

    def parameters(self) -> tuple[float, ...]:
        """The parameters of now."""

    def settings(self) -> dict[str, float]:
        """Its options, as it takes them."""

    def update(self, memory: tuple[Any, ...] | None, days: float, rating: int) -> Step:
        """Learns from a review of a card; the memory is None at a first review."""

    def predicted(self, memory: tuple[Any, ...], days: float) -> float:
        """Probability of recall at a coming review."""

    def state(self, memory: tuple[Any, ...]) -> tuple[float, ...]:
        """State after the card's newest review."""

    def remembered(self, numbers: list[Any]) -> tuple[Any, ...] | None:
        """The memory of a card as it was written down, or None where it cannot be one."""
