"""One class of each kind that a simulation is made of: a world, a scheduler, a person, a cost.

python examples/simulate_your_own.py
"""

from math import exp

import repetita as rp
from repetita.simulation import Behavior


class Fading:
    """A world in which a memory halves every so many days, and each success doubles the time."""

    calendar = True

    def first(self, rating):
        """Half-life in days after the introduction."""
        return float(rating)

    def retrievability(self, half_life, elapsed_days):
        """Probability of recall."""
        return exp(-0.693 * elapsed_days / half_life)

    def after(self, half_life, elapsed_days, rating):
        """Half-life after a later press."""
        return max(half_life / 2, 0.5) if rating == 1 else half_life * 2


class Doubling:
    """A scheduler that knows no memory: twice as long after a success, the next day after a failure."""

    def first(self, card, rating, now):
        """Interval in days, and no state."""
        return 1.0, None

    def after(self, card, elapsed_days, rating, now):
        """The interval from the one before, which the card shows."""
        return (1.0 if rating == 1 else 2.0 * card.interval), None

    def priority(self, card, now):
        """Short intervals first."""
        return card.interval


class WeekendLearner(Behavior):
    """A person who only starts new cards on two days of the week, and is generous with Easy."""

    def choose(self, today, review, new):
        """No new cards from day 0 to day 4 of a week."""
        return super().choose(today, review, new if today.day % 7 >= 5 else None)

    def review_rating(self, retrievability, card, luck):
        """Easy for whatever was remembered after a month."""
        rating = super().review_rating(retrievability, card, luck)
        return 4 if rating != 1 and card.interval > 30 else rating


class Tired:
    """Costs that rise in the course of a card's life: its lapses are remembered with a sigh."""

    def learning_seconds(self, rating, card):
        """Seconds of an introduction."""
        return 20.0

    def review_seconds(self, retrievability, rating, card):
        """Seconds of a review."""
        return 8.0 + 2.0 * card.lapses


def main() -> None:
    """Check the four parts, then run them together and beside the usual ones."""
    person = WeekendLearner(new_limit=15)
    rp.check_environment(Fading())
    rp.check_scheduler(Doubling())
    rp.check_behavior(person)
    rp.check_cost(Tired())

    run = rp.simulate(
        environment=Fading(), scheduler=Doubling(), behavior=person, cost=Tired(), days=120, deck=200, seed=1
    )
    print(run)
    usual = {"days": 180, "deck": 200, "seeds": range(8), "events": False}
    doubling = rp.simulate(scheduler=Doubling(), **usual)
    fsrs = rp.simulate(scheduler="fsrs6", **usual)
    print("\nDoubling against FSRS-6 at 90 %, on the same luck:")
    for name, found in doubling.compare(fsrs).items():
        print(f"  {name:22}{found!r}")


if __name__ == "__main__":
    main()
