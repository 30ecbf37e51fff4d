"""`optimal_retention`: the one number that other programs compute, by their definitions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, Literal

from repetita.arguments import whole_number
from repetita.errors import UsageError, unknown_name
from repetita.retention_advice.bracketing import minimum_between, minimum_from_below
from repetita.simulation.expectation import evaluate_policy
from repetita.simulation.expectation_policies import one_card
from repetita.simulation.lanes import User, simulate_many
from repetita.simulation.running import plan

__all__ = ["OBJECTIVES", "OptimalRetention", "optimal_retention"]

OBJECTIVES = ("cost_per_memory", "cost_per_average_memory", "cost")
TOLERANCE = 1.5e-3  # of expectations
SEARCHES = {"both ends": minimum_between, "fsrs-rs": minimum_from_below}
RUNS = 16  # as fsrs-rs has them for a year and more
SHORT_DAYS, RUNS_OF_SHORT = 30, 180
YEAR = 365
# luck of a run by its days: the square, the days, and a constant, as fsrs-rs has them
SHARE_OF_RUNS = (8.20e-7, 2.41e-3, 1.30e-2)
NOT_TAKEN = ("desired_retention", "seed", "seeds", "events", "progress")

Figures = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class OptimalRetention:
    """A desired retention at which something costs least. ``float()`` of it is the number.

    Attributes:
        desired_retention: The number.
        objective: What is least there, see `optimal_retention`.
        value: What it is there: seconds a remembered card, or seconds.
        edge: "lower" or "upper" if the number is an end of the range: then it is no minimum.
        exact: Whether all figures are expectations, without simulations.
        evaluations: Desired retention and objective of all that was looked at, in the order of the search.
    """

    desired_retention: float
    objective: str
    value: float
    edge: Literal["lower", "upper"] | None
    exact: bool
    evaluations: tuple[tuple[float, float], ...]

    def __float__(self) -> float:
        return self.desired_retention

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {
            "desired_retention": self.desired_retention,
            "objective": self.objective,
            "value": self.value if isfinite(self.value) else None,
            "edge": self.edge,
            "exact": self.exact,
            "evaluations": [[r, value if isfinite(value) else None] for r, value in self.evaluations],
        }


def optimal_retention(
    *,
    objective: Literal["cost_per_memory", "cost_per_average_memory", "cost"] = "cost_per_memory",
    search: Literal["both ends", "fsrs-rs"] = "both ends",
    low: float = 0.70,
    high: float = 0.95,
    tolerance: float = 0.01,
    seed: int = 42,
    **options: Any,
) -> OptimalRetention:
    """The desired retention with the least cost per unit of memory, as other programs compute it.

    For those who come from "compute minimum recommended retention" of fsrs-rs, fsrs-optimizer or Anki. Be
    warned: what costs least for each remembered card is to ask little of every card, so the number is often
    just the lower end of the range (see ``edge``), and it knows nothing of how much time you have or how
    much you want to know. `repetita.advise_retention` answers that question.

    Args:
        objective: "cost_per_memory": seconds of the run by cards remembered at its end (fsrs-rs;
            "memorized per workload" of fsrs-optimizer). "cost_per_average_memory": by the mean of the
            remembered cards over all days. "cost": seconds of the run ("workload only").
        search: "both ends": Brent's search, and both ends are looked at. "fsrs-rs": as that program searches,
            from the lower end up, never at the upper one, where it stops at 0.9367; with as many runs as it
            takes where there are simulations. It reports that number, too, where desired retention changes
            nothing, as for cards that have one of their own.
        low: Lower end of the range.
        high: Upper end.
        tolerance: How near the number is to be found.
        seed: Of simulations, 16 runs each, where limits bind or there is no exact expectation.
        options: Of `repetita.simulate`: ``environment`` (such as ``fit.model``), ``days``, ``deck``,
            ``new_limit``, ``minutes_limit``, ``cost``, ``behavior``, ``start`` and so on.

    Raises:
        UsageError: A range, tolerance or option that cannot be used.
        UnknownName: No such objective or search.

    Example:
        >>> found = optimal_retention(days=60, deck=200, new_limit=5, tolerance=0.05)
        >>> found.desired_retention, found.edge
        (0.7, 'lower')
    """
    if objective not in OBJECTIVES:
        raise unknown_name("objective", objective, OBJECTIVES)
    if search not in SEARCHES:
        raise unknown_name("search", search, SEARCHES)
    _check_range(low, high, tolerance)
    for name in NOT_TAKEN:
        if name in options:
            raise UsageError(f"{name} is given, which optimal_retention does not take", where=name)
    asked = _Evaluations(objective, options, whole_number(seed, "seed"), search)
    place, value = SEARCHES[search](asked, float(low), float(high), float(tolerance))
    edge: Literal["lower", "upper"] | None = None
    if place in (low, high):
        edge = "lower" if place == low else "upper"
    return OptimalRetention(
        desired_retention=place,
        objective=objective,
        value=value,
        edge=edge,
        exact=asked.exact,
        evaluations=tuple(asked.found),
    )


def _check_range(low: float, high: float, tolerance: float) -> None:
    for name, value in (("low", low), ("high", high), ("tolerance", tolerance)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value < 1.0:
            raise UsageError(f"{name} is {value!r:.40}, expected a number between 0 and 1", where=name)
    if low >= high:
        raise UsageError(f"low is {low}, expected less than high, {high}", where="low")


class _Evaluations:
    """The objective as a function of desired retention; what was asked is kept."""

    def __init__(self, objective: str, options: dict[str, Any], seed: int, search: str) -> None:
        self.objective, self.seed = objective, seed
        self.found: list[tuple[float, float]] = []
        made = plan(**options)
        self.options = options if made.start is None else options | {"start": made.start}
        self.runs = runs_of_fsrs_rs(made.days) if search == "fsrs-rs" else RUNS
        self.exact = made.start is None and _has_expectation(made)

    def __call__(self, retention: float) -> float:
        seconds, known, average = self._figures(retention)
        amount = {"cost_per_memory": known, "cost_per_average_memory": average, "cost": 1.0}[self.objective]
        value = seconds / amount if amount > 0.0 else inf
        self.found.append((retention, value))
        return value

    def _figures(self, retention: float) -> Figures:
        """Seconds of the run, cards remembered at its end and in the mean."""
        if self.exact:
            # without a grid that is fine enough, or where limits bind, all that follows is simulated
            with suppress(UsageError):
                value = evaluate_policy(tolerance=TOLERANCE, **self.options, desired_retention=retention)
                if not value.limits_bind:
                    return float(value.seconds.sum()), value.projected, value.memorized_average
            self.exact = False
        return self._simulated(retention)

    def _simulated(self, retention: float) -> Figures:
        given = dict(self.options)
        environment = given.pop("environment", "fsrs6")
        scheduler = given.pop("scheduler", "fsrs6")
        lanes = simulate_many(
            [User(number=number, environment=environment) for number in range(self.runs)],
            schedulers=[scheduler],
            desired_retention=retention,
            seeds=self.seed,
            **given,
        )
        return (
            float(lanes.total_cost_seconds.mean()),
            float(lanes.projected.mean()),
            float(lanes.memorized_average.mean()),
        )


def runs_of_fsrs_rs(days: int) -> int:
    """How many runs fsrs-rs averages for a number of days.

    Example:
        >>> runs_of_fsrs_rs(30), runs_of_fsrs_rs(90), runs_of_fsrs_rs(365)
        (180, 68, 16)
    """
    if days <= SHORT_DAYS:
        return RUNS_OF_SHORT
    if days >= YEAR:
        return RUNS
    square, line, constant = SHARE_OF_RUNS
    return round(RUNS / (square * days * days + line * days + constant))


def _has_expectation(made: Any) -> bool:
    try:
        one_card(made, "nearest")
    except UsageError:
        return False
    return True
