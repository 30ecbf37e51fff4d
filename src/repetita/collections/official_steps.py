"""The learning steps of a preset, read as Anki reads them: by the number of steps left."""

from __future__ import annotations

from dataclasses import dataclass

from repetita.scheduling.day_rule import SECONDS_A_DAY
from repetita.scheduling.single_precision import single
from repetita.scheduling.steps import hard_seconds

__all__ = ["OfficialSteps", "days_to_wait"]

# The steps left today are kept in higher digits.
STEPS_LEFT_BELOW = 1000
LONGEST_STEP = 2**32 - 1  # seconds: as many as Anki can hold


@dataclass(frozen=True, slots=True)
class OfficialSteps:
    """Learning or relearning steps.

    Attributes:
        seconds: Delay of each step.

    Example:
        >>> steps = OfficialSteps.of_minutes([1.0, 10.0])
        >>> steps.again, steps.hard(2), steps.good(2), steps.good(1)
        (60, 330, 600, None)
    """

    seconds: tuple[int, ...]

    @classmethod
    def of_minutes(cls, minutes: tuple[float, ...] | list[float]) -> OfficialSteps:
        """The steps that a preset names in minutes."""
        seconds = [single(single(step) * 60.0) for step in minutes]
        return cls(tuple(int(min(s, LONGEST_STEP)) if s > 0.0 else 0 for s in seconds))

    @property
    def again(self) -> int | None:
        """Delay after Again, None without steps."""
        return self.seconds[0] if self.seconds else None

    def hard(self, remaining: int) -> int | None:
        """Delay after Hard; on the first step it lies between those of Again and Good."""
        if not self.seconds:
            return None
        return hard_seconds(self.seconds, self._place(remaining), rounded=single)

    def good(self, remaining: int) -> int | None:
        """Delay after Good, None where there is no further step."""
        place = self._place(remaining) + 1
        return self.seconds[place] if place < len(self.seconds) else None

    def current(self, remaining: int) -> int:
        """Delay of the present step, 0 without steps."""
        return self.seconds[self._place(remaining)] if self.seconds else 0

    def remaining_after_good(self, remaining: int) -> int:
        """Steps left after Good."""
        return max(len(self.seconds) - self._place(remaining) - 1, 0)

    def _place(self, remaining: int) -> int:
        """Place of the present step; a card with more steps left than there are is at the first."""
        count = len(self.seconds)
        return min(max(count - remaining % STEPS_LEFT_BELOW, 0), max(count - 1, 0))


def days_to_wait(seconds: int, seconds_to_rollover: int) -> int | None:
    """Whole days to the day on which a delay ends, None where that is today.

    Args:
        seconds: The delay.
        seconds_to_rollover: From now to the beginning of the next day.

    Example:
        >>> days_to_wait(600, 3600), days_to_wait(3600, 3600), days_to_wait(90_000, 3600)
        (None, 1, 2)
    """
    if seconds < seconds_to_rollover:
        return None
    return 1 + (seconds - seconds_to_rollover) // SECONDS_A_DAY
