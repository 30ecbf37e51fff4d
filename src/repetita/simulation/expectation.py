"""`evaluate_policy`: what a policy costs and what it is worth, by expectation or by simulation.

Where no limit of a day binds, cards do not know of each other: what is expected of a deck follows from what
is expected of one card, by its age, and from how many cards are introduced on each day. That needs no random
numbers. Where limits bind, or a card's state is more than a grid can hold, the event engine simulates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, isfinite, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from repetita.arguments import whole_number
from repetita.errors import UsageError, unknown_name
from repetita.frozen import freeze_arrays
from repetita.simulation.expectation_card import LAPSES, REVIEWS, SECONDS, SQUARES, CardExpectation, Rounding
from repetita.simulation.expectation_policies import one_card
from repetita.simulation.replicates import Replicates, estimated
from repetita.simulation.running import Plan, plan

__all__ = ["PolicyValue", "evaluate_policy"]

FloatArray = NDArray[np.float64]

MODES = ("exact", "crn", "engine")
ROUNDINGS = ("nearest", "split")
# nodes of stability and difficulty, from the first grid on
GRIDS = ((70, 8), (140, 12), (280, 16), (560, 24), (1120, 32))
FAR = 6.0  # standard deviations from which on a limit is taken not to be reached
SEEDS = tuple(range(8))


@dataclass(frozen=True, eq=False, kw_only=True)
class PolicyValue:
    """What a policy is worth and what it costs. Series have shape (days,).

    Attributes:
        mode: "exact", "crn" or "engine".
        config: What was evaluated, JSON-safe.
        memorized_average: Mean over all days of the remembered cards.
        minutes_per_day: Mean time of a day.
        memorized_error: Standard error of `memorized_average`; 0 for "exact", NaN with a single seed.
        minutes_error: Standard error of `minutes_per_day`; as above.
        memorized_grid_bias: How far the two finest grids are apart in `memorized_average`; 0 for "engine".
        minutes_grid_bias: The same in `minutes_per_day`.
        memorized: Expected number of remembered cards at the start of each day.
        seconds: Time of each day.
        reviews: Reviews of each day.
        lapses: Lapses of each day.
        new: Introductions of each day.
        projected: Remembered cards at the end.
        limits_bind: Whether limits of reviews or minutes are reached, or may be, on some day.
        limits: The same in a sentence, with figures.
        grid: Nodes of stability and of difficulty of the finest grid, or None.
        memorized_slope: Derivative of `memorized_average` by the desired retention, or None.
        minutes_slope: Derivative of `minutes_per_day`, or None.
        replicates: The simulated runs, or None for "exact".
    """

    mode: str
    config: Mapping[str, Any]
    memorized_average: float
    minutes_per_day: float
    memorized_error: float
    minutes_error: float
    memorized_grid_bias: float
    minutes_grid_bias: float
    memorized: FloatArray
    seconds: FloatArray
    reviews: FloatArray
    lapses: FloatArray
    new: FloatArray
    projected: float
    limits_bind: bool
    limits: str
    grid: tuple[int, int] | None = None
    memorized_slope: float | None = None
    minutes_slope: float | None = None
    replicates: Replicates | None = None

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __repr__(self) -> str:
        return (
            f"PolicyValue({self.mode}: {self.config['scheduler']} in {self.config['environment']}, "
            f"{len(self.memorized)} days: {self.minutes_per_day:.4g} min/day, {self.memorized_average:.6g} "
            f"memorized; {self.limits})"
        )

    @property
    def memorized_per_minute(self) -> float | None:
        """Remembered cards for a minute a day, None without any time."""
        return self.memorized_average / self.minutes_per_day if self.minutes_per_day > 0.0 else None


def evaluate_policy(
    *,
    mode: Literal["exact", "crn", "engine"] = "exact",
    tolerance: float = 1e-3,
    rounding: Rounding = "nearest",
    gradient: bool = False,
    seeds: Iterable[int] | None = None,
    **options: Any,
) -> PolicyValue:
    """What a scheduler costs in minutes a day, and how many cards are remembered with it.

    Args:
        mode: "exact": the expectation, without random numbers; for a world of stability and difficulty whose
            scheduler believes the same model (constant desired retention, or a policy of the state), for
            ``fixed@days`` and "memrise", and while no limit binds. "engine": means over simulated runs,
            for everything. "crn": the same runs, of which only the difference to runs of the world's own
            model with the same seeds is used, and added to the exact expectation of these: less noise.
        tolerance: Grids are refined until two of them differ by less than this share in minutes and in
            remembered cards; above 0.
        rounding: "nearest": intervals are rounded to whole days as the engine does. "split": up or down by
            chance, so that their mean stays, which makes the result a smooth function of desired retention.
        gradient: Whether derivatives by the desired retention are wanted; only with rounding "split", since
            rounded intervals stay as they are for small changes, and the derivative is 0 or does not exist.
        seeds: Seeds for "crn" and "engine"; default: 0 to 7.
        options: Of `repetita.simulate`: ``environment``, ``scheduler``, ``desired_retention``, ``days``,
            ``deck``, ``new_limit`` and so on.

    Raises:
        UsageError: A run that has no exact expectation, with what stands against it; a tolerance that no
            grid meets.
        UnknownName: No such mode or rounding.

    Example:
        >>> value = evaluate_policy(days=100, deck=500, new_limit=5, desired_retention=0.85)
        >>> value.minutes_error, value.limits_bind, round(value.memorized_average)
        (0.0, False, 219)
    """
    if mode not in MODES:
        raise unknown_name("mode", mode, MODES)
    if rounding not in ROUNDINGS:
        raise unknown_name("rounding", rounding, ROUNDINGS)
    if not (isinstance(tolerance, int | float) and isfinite(tolerance) and tolerance > 0.0):
        raise UsageError(f"tolerance is {tolerance!r}, expected a number above 0", where="tolerance")
    if gradient and (rounding != "split" or mode != "exact"):
        raise UsageError(
            "intervals in whole days do not change with small changes of the desired retention",
            hint="for a gradient use mode='exact' and rounding='split'",
            where="gradient",
        )
    made = plan(**options)
    if mode == "exact":
        if seeds is not None:
            raise UsageError("an exact expectation takes no seeds", where="seeds")
        return _exact(made, float(tolerance), rounding, gradient)
    if rounding != "nearest":
        raise UsageError("the engine rounds to the nearest day", where="rounding")
    numbers = tuple(whole_number(one, "seeds", high=2**63 - 1) for one in (SEEDS if seeds is None else seeds))
    if not numbers:
        raise UsageError("seeds is empty", where="seeds")
    simulated = _simulated(made, numbers)
    if mode == "engine":
        return simulated
    return _controlled(simulated, options, float(tolerance), numbers)


def _exact(made: Plan, tolerance: float, rounding: Rounding, gradient: bool) -> PolicyValue:
    """The expectation, on grids that are refined until two agree."""
    card = one_card(made, rounding)
    new = introductions(made)
    box = card.box()
    before: tuple[float, float] | None = None
    gaps = (0.0, 0.0)
    for nodes in GRIDS:
        found = card.expectation(box, *nodes, differentiate=gradient)
        now = _averages(found.presses, found.remembered, new, made)
        if before is not None:
            gaps = abs(now[0] - before[0]), abs(now[1] - before[1])
            if all(gap <= tolerance * abs(value) for gap, value in zip(gaps, now, strict=True)):
                return _value_of(made, found, new, now, gaps, nodes)
        before = now
    raise UsageError(
        f"the two finest grids still differ by {gaps[0]:.3g} remembered cards and {gaps[1]:.3g} minutes a day",
        hint="ask for a larger tolerance",
        where="tolerance",
    )


def introductions(made: Plan) -> FloatArray:
    """New cards of each day while limits of time do not bind, shape (days,)."""
    left, new = len(made.environments), np.zeros(made.days)
    for day in range(made.days):
        limit = made.behavior.limits(day)[0]
        new[day] = min(left, ceil(limit)) if limit < left else left
        left -= int(new[day])
    return new


def _averages(presses: FloatArray, remembered: FloatArray, new: FloatArray, made: Plan) -> tuple[float, float]:
    """Mean remembered cards, and minutes a day, of presses and remembered cards by age."""
    old_enough = np.cumsum(new)[::-1]  # cards that reach an age within the run
    learning = new.sum() * _first_seconds(made)[0]
    seconds = float(presses[:, SECONDS] @ old_enough) + learning
    return float(remembered[:-1] @ old_enough) / made.days, seconds / 60.0 / made.days


def _first_seconds(made: Plan) -> tuple[float, float]:
    """Expected seconds of an introduction, and their squares."""
    pairs = list(zip(made.behavior.first_table, made.cost.learning, strict=True))
    return sum(share * seconds for share, seconds in pairs), sum(share * s * s for share, s in pairs)


def _value_of(
    made: Plan,
    card: CardExpectation,
    new: FloatArray,
    averages: tuple[float, float],
    gaps: tuple[float, float],
    nodes: tuple[int, int],
) -> PolicyValue:
    days = made.days
    daily = np.stack([np.convolve(new, card.presses[:, i])[:days] for i in range(card.presses.shape[1])], axis=1)
    memorized = np.convolve(new, card.remembered)[: days + 1]
    first, first_squares = _first_seconds(made)
    seconds = daily[:, SECONDS] + new * first
    bind, sentence = _limits(made, daily[:, REVIEWS], seconds, daily[:, SQUARES] + new * first_squares)
    slopes = (None, None)
    if card.slopes is not None:
        moving, curve = card.slopes
        old_enough = np.cumsum(new)[::-1]
        slopes = (
            float(curve[:-1] @ old_enough) / days,
            float(moving[:, SECONDS] @ old_enough) / 60.0 / days,
        )
    return PolicyValue(
        mode="exact",
        config=made.config,
        memorized_average=averages[0],
        minutes_per_day=averages[1],
        memorized_error=0.0,
        minutes_error=0.0,
        memorized_grid_bias=gaps[0],
        minutes_grid_bias=gaps[1],
        memorized=memorized[:-1],
        seconds=seconds,
        reviews=daily[:, REVIEWS],
        lapses=daily[:, LAPSES],
        new=new,
        projected=float(memorized[-1]),
        limits_bind=bind,
        limits=sentence,
        grid=nodes,
        memorized_slope=slopes[0],
        minutes_slope=slopes[1],
    )


def _limits(made: Plan, reviews: FloatArray, seconds: FloatArray, squares: FloatArray) -> tuple[bool, str]:
    """Whether limits may be reached, with the figures of the day on which they are nearest.

    Cards are independent, so the variance of a day is at most the sum of expected squares.
    """
    limits = np.array([made.behavior.limits(day)[1:] for day in range(made.days)])
    most = np.stack([reviews + FAR * np.sqrt(reviews), seconds + FAR * np.sqrt(squares)], axis=1)
    # reviews that do not come to be are not counted against a limit of 0 if there are none
    reached = (most > limits) & (np.stack([reviews, seconds], axis=1) > 0.0)
    figures = []
    for i, (name, values, scale) in enumerate((("reviews", reviews, 1.0), ("minutes", seconds, 60.0))):
        day = int(np.argmax(most[:, i] - np.minimum(limits[:, i], 1e300)))
        figures.append(
            f"at most {values[day] / scale:.4g} {name} are expected on a day"
            f" ({most[day, i] / scale:.4g} with {FAR:g} standard deviations), limit {limits[day, i] / scale:.6g}"
        )
    bind = bool(reached.any())
    verdict = "limits bind, so this is the expectation without them" if bind else "limits do not bind"
    return bind, f"{verdict}: " + ", ".join(figures)


def _simulated(made: Plan, seeds: tuple[int, ...]) -> PolicyValue:
    """Means over simulated runs."""
    runs = Replicates(seeds, tuple(made.run(seed, events=False) for seed in seeds))
    memorized, minutes = runs.estimate("memorized_average"), runs.estimate("minutes_per_day")

    def mean(name: str) -> FloatArray:
        return np.mean([np.asarray(getattr(run, name), dtype=np.float64) for run in runs.runs], axis=0)

    new = mean("new")
    bind, sentence = _limits_seen(made, runs)
    return PolicyValue(
        mode="engine",
        config=made.config,
        memorized_average=memorized.mean,
        minutes_per_day=minutes.mean,
        memorized_error=memorized.std_error,
        minutes_error=minutes.std_error,
        memorized_grid_bias=0.0,
        minutes_grid_bias=0.0,
        memorized=mean("memorized"),
        seconds=mean("cost_seconds"),
        reviews=mean("reviews"),
        lapses=mean("lapses"),
        new=new,
        projected=runs.estimate("projected").mean,
        limits_bind=bind,
        limits=sentence,
        replicates=runs,
    )
