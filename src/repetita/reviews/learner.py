"""How a simulated person learns."""

from __future__ import annotations

from dataclasses import dataclass

from repetita.errors import UsageError

__all__ = ["Learner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """How a simulated person learns. Shares and probabilities are in [0, 1].

    Attributes:
        desired_retention: Retrievability at which a card is due, in (0, 1).
        interval_noise: Largest relative change of an interval.
        maximum_interval: Longest interval, in days.
        overdue: Share of reviews that come late, by up to the whole interval.
        days_off: Share of days without any review.
        breaks: How many longer breaks a year begin.
        break_days: Mean length of a break, in days.
        day_effect: Standard deviation from day to day of the logit of recall: good days and bad ones.
        first_ratings: Shares of first answers Again, Hard, Good, Easy.
        success_ratings: Shares of successful later answers Hard, Good, Easy.
        relearned: Share of same-day answers that succeed.
        same_day_reviews: Most same-day reviews in a row.
        reviews_per_card: Fewest, mean and most reviews of a card.

    Raises:
        UsageError: A value out of range.

    Example:
        >>> Learner(desired_retention=0.85).overdue
        0.12
    """

    desired_retention: float = 0.9
    interval_noise: float = 0.2
    maximum_interval: int = 365
    overdue: float = 0.12
    days_off: float = 0.05
    breaks: float = 0.0
    break_days: float = 14.0
    day_effect: float = 0.0
    first_ratings: tuple[float, float, float, float] = (0.24, 0.094, 0.495, 0.171)
    success_ratings: tuple[float, float, float] = (0.224, 0.631, 0.145)
    relearned: float = 0.9
    same_day_reviews: int = 3
    reviews_per_card: tuple[int, float, int] = (3, 11.0, 40)

    def __post_init__(self) -> None:
        for name in ("interval_noise", "overdue", "days_off", "relearned"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise UsageError(f"{name} is {getattr(self, name)!r}, expected a share from 0 to 1")
        if not 0.0 < self.desired_retention < 1.0:
            raise UsageError(f"desired_retention is {self.desired_retention!r}, expected a number in (0, 1)")
        for name, low, high in (("breaks", 0.0, 50.0), ("break_days", 1.0, 1000.0), ("day_effect", 0.0, 5.0)):
            if not low <= getattr(self, name) <= high:
                raise UsageError(
                    f"{name} is {getattr(self, name)!r}, expected a number from {low:g} to {high:g}"
                )
        if self.days_off > 0.9:
            raise UsageError(f"days_off is {self.days_off!r}, expected at most 0.9")
        for name, length in (("first_ratings", 4), ("success_ratings", 3)):
            shares = getattr(self, name)
            if len(shares) != length or min(shares) < 0.0 or abs(sum(shares) - 1.0) > 1e-6:
                raise UsageError(f"{name} is {shares!r}, expected {length} shares that sum to 1")
        fewest, mean, most = self.reviews_per_card
        if not 1 <= fewest <= mean <= most:
            raise UsageError(
                f"reviews_per_card is {self.reviews_per_card!r}, expected fewest <= mean <= most"
            )
        if self.maximum_interval < 1 or self.same_day_reviews < 0:
            raise UsageError("maximum_interval must be at least 1 day and same_day_reviews at least 0")
