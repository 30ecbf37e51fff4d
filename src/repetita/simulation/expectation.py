"""`evaluate_policy`: what a policy costs and what it is worth, by expectation or by simulation.

Where no limit of a day binds, cards do not know of each other: what is expected of a deck follows from what
is expected of one card, by its age, and from how many cards are introduced on each day. That needs no random
numbers. Where limits bind, or a card's state is more than a grid can hold, the event engine simulates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf, isfinite
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from repetita.arguments import whole_number
from repetita.errors import UsageError, unknown_name
from repetita.frozen import freeze_arrays
from repetita.simulation.behavior import DAYS_A_WEEK
from repetita.simulation.expectation_card import LAPSES, REVIEWS, SECONDS, SQUARES, CardExpectation, Rounding
from repetita.simulation.expectation_policies import one_card
from repetita.simulation.replicates import Replicates
from repetita.simulation.result import part_name
from repetita.simulation.running import Plan, plan

__all__ = ["PolicyValue", "evaluate_policy"]

FloatArray = NDArray[np.float64]

MODES = ("exact", "crn", "engine")
ROUNDINGS = ("nearest", "split")
# nodes of stability and difficulty, from the first grid on
GRIDS = ((30, 7), (50, 8), (100, 10), (200, 12), (400, 16), (600, 20))
# where rounded intervals follow the state: relative errors of remembered cards and of minutes, times the
# nodes of stability, as they were seen at most. Jumps of intervals after next fall anywhere between nodes, so
# two grids may agree by chance, and their difference alone says too little.
TRUST = (0.006, 0.2)
# errors fall with this power of the number of nodes, which says how much of the difference of two grids is
# left in the finer one
ORDER = 1.25
FAR = 6.0  # standard deviations from which on a limit is taken not to be reached
SEEDS = tuple(range(8))
# options that a policy and the reference which it is compared with have in common
OF_REFERENCE = (
    *("environment", "parameters", "desired_retention", "days", "deck", "behavior", "new_limit"),
    *("review_limit", "minutes_limit", "cost", "user"),
)


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
        memorized_grid_bias: How far `memorized_average` may be from what fine grids have: what follows from
            the difference of the two last grids, or what is known of grids of this size, if that is more; 0
            for "engine".
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
            f"PolicyValue({self.mode}: {part_name(self.config['scheduler'])} in "
            f"{part_name(self.config['environment'])}, {len(self.memorized)} days: "
            f"{self.minutes_per_day:.4g} min/day, {self.memorized_average:.6g} "
            f"memorized; {self.limits})"
        )

    @property
    def memorized_per_minute(self) -> float | None:
        """Remembered cards for a minute a day, None without any time."""
        return self.memorized_average / self.minutes_per_day if self.minutes_per_day > 0.0 else None


def evaluate_policy(
    *,
    mode: Literal["exact", "crn", "engine"] = "exact",
    tolerance: float = 1.5e-3,
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
        tolerance: Grids are refined until what may be wrong with them, relative to minutes and remembered
            cards, is below this; 1e-3 is met as a rule.
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
        (0.0, False, 228)
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
    return _controlled(simulated, made, options, float(tolerance), numbers)


def _exact(made: Plan, tolerance: float, rounding: Rounding, gradient: bool) -> PolicyValue:
    """The expectation, on grids that are refined until two agree."""
    card = one_card(made, rounding)
    new = introductions(made)
    box = card.box()
    errors = TRUST if (rounding == "nearest" and not card.policy.smooth) else (0.0, 0.0)
    fine = [i for i, (nodes, _) in enumerate(GRIDS) if errors[1] <= tolerance * nodes] or [len(GRIDS)]
    before: tuple[float, float] | None = None
    coarser = 0
    gaps: list[float] = [inf, inf]
    for nodes in GRIDS[max(fine[0], 1) - 1 :]:
        found = card.expectation(box, *nodes, differentiate=gradient)
        now = _averages(found.presses, found.remembered, new, made)
        if before is not None:
            share = 1.0 / ((nodes[0] / coarser) ** ORDER - 1.0)
            gaps = [
                max(share * abs(a - b), trust / nodes[0] * abs(a))
                for a, b, trust in zip(now, before, errors, strict=True)
            ]
            if all(gap <= tolerance * abs(value) for gap, value in zip(gaps, now, strict=True)):
                return _value_of(made, found, new, now, gaps, nodes)
        before, coarser = now, nodes[0]
    raise UsageError(
        f"tolerance is {tolerance:g}, which no grid up to {GRIDS[-1][0]} x {GRIDS[-1][1]} nodes meets",
        hint="ask for a larger tolerance",
        where="tolerance",
    )


def introductions(made: Plan) -> FloatArray:
    """New cards of each day while limits of time do not bind, shape (days,)."""
    left, new = len(made.environments), np.zeros(made.days)
    limits = _daily_limits(made)[:, 0].tolist()
    for day, limit in enumerate(limits):
        new[day] = min(left, ceil(limit)) if limit < left else left
        left -= int(new[day])
    return new


def _daily_limits(made: Plan) -> FloatArray:
    """New cards, reviews and seconds of each day, shape (days, 3)."""
    week = np.array([made.behavior.limits(day) for day in range(DAYS_A_WEEK)], dtype=np.float64)
    return week[np.arange(made.days) % DAYS_A_WEEK]


def _averages(
    presses: FloatArray, remembered: FloatArray, new: FloatArray, made: Plan
) -> tuple[float, float]:
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
    gaps: Sequence[float],
    nodes: tuple[int, int],
) -> PolicyValue:
    days = made.days
    daily = np.stack(
        [np.convolve(new, card.presses[:, i])[:days] for i in range(card.presses.shape[1])], axis=1
    )
    memorized = np.convolve(new, card.remembered)[: days + 1]
    first, first_squares = _first_seconds(made)
    seconds = daily[:, SECONDS] + new * first
    bind, sentence = _limits(made, daily[:, REVIEWS], seconds, daily[:, SQUARES] + new * first_squares)
    slopes: tuple[float | None, float | None] = (None, None)
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
    limits = _daily_limits(made)[:, 1:]
    most = np.stack([reviews + FAR * np.sqrt(reviews), seconds + FAR * np.sqrt(squares)], axis=1)
    # reviews that do not come to be are not counted against a limit of 0 if there are none
    reached = (most > limits) & (np.stack([reviews, seconds], axis=1) > 0.0)
    figures = []
    for i, (name, values, scale) in enumerate((("reviews", reviews, 1.0), ("minutes", seconds, 60.0))):
        day = int(np.argmax(most[:, i] - np.minimum(limits[:, i], 1e300)))
        figures.append(
            f"at most {values[day] / scale:.4g} {name} are expected on a day ({most[day, i] / scale:.4g} with"
            f" {FAR:g} standard deviations), limit {limits[day, i] / scale:.6g}"
        )
    bind = bool(reached.any())
    verdict = "limits bind, so this is the expectation without them" if bind else "limits do not bind"
    return bind, f"{verdict}: " + ", ".join(figures)


def _simulated(made: Plan, seeds: tuple[int, ...]) -> PolicyValue:
    """Means over simulated runs: by lanes where they can run the plan, else by the event engine."""
    from repetita.simulation.lanes.plans import runs_of_plan

    found = runs_of_plan(made, seeds) or [made.run(seed, events=False) for seed in seeds]
    runs = Replicates(seeds, tuple(found))
    memorized, minutes = runs.estimate("memorized_average"), runs.estimate("minutes_per_day")

    def mean(name: str) -> FloatArray:
        series = np.array([getattr(run, name) for run in runs.runs], dtype=np.float64)
        return np.asarray(series.mean(axis=0))

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


def _limits_seen(made: Plan, runs: Replicates) -> tuple[bool, str]:
    """Whether a limit of reviews or seconds was reached on a day of a run."""
    person = made.behavior
    days = [person.today(day) for day in range(made.days)]
    limits = np.array([(day.review_limit, day.seconds_limit) for day in days])
    seen = np.array([(run.reviews, run.cost_seconds) for run in runs.runs])
    full = int((seen >= limits.T).any(axis=1).sum(axis=1).max(initial=0))
    if full:
        return (
            True,
            f"limits bind: on up to {full} of {made.days} days of a run reviews or minutes reach theirs",
        )
    most, nearest = seen.max(axis=(0, 2)), limits.min(axis=0)
    return False, (
        f"limits do not bind: at most {most[0]:.4g} reviews on a day, limit {nearest[0]:.6g},"
        f" at most {most[1] / 60.0:.4g} minutes, limit {nearest[1] / 60.0:.6g}"
    )


def _controlled(
    simulated: PolicyValue, made: Plan, options: Mapping[str, Any], tolerance: float, seeds: tuple[int, ...]
) -> PolicyValue:
    """The exact expectation of a reference, and how far a policy is from it on common random numbers."""
    memory = getattr(made.environments[0], "memory", None)
    wanted = {name: value for name, value in options.items() if name in OF_REFERENCE}
    reference = plan(**wanted | {"scheduler": memory or "fsrs6"})
    exact = _exact(reference, tolerance, "nearest", False)
    if exact.limits_bind:
        raise UsageError(
            f"mode 'crn' needs a reference with an exact expectation, but {exact.limits}",
            hint="use mode='engine'",
        )
    paired = _simulated(reference, seeds)
    assert simulated.replicates is not None
    assert paired.replicates is not None
    differences = paired.replicates.compare(simulated.replicates)
    memorized, minutes = (
        differences["memorized_average"].difference,
        differences["minutes_per_day"].difference,
    )
    series = {
        name: getattr(exact, name) + (getattr(simulated, name) - getattr(paired, name))
        for name in ("memorized", "seconds", "reviews", "lapses", "projected")
    }
    return replace(
        simulated,
        mode="crn",
        memorized_average=exact.memorized_average + memorized.mean,
        minutes_per_day=exact.minutes_per_day + minutes.mean,
        memorized_error=memorized.std_error,
        minutes_error=minutes.std_error,
        memorized_grid_bias=exact.memorized_grid_bias,
        minutes_grid_bias=exact.minutes_grid_bias,
        grid=exact.grid,
        **series,
    )
