"""Checks that need no published run: each has an answer that is known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import repetita as rp
from repetita.simulation import Behavior, Events, Simulation
from repetita.simulation.policies import AdrPolicy
from reproduction.table import table

__all__ = ["parts"]

RUN = {"days": 200, "deck": 400, "new_limit": 5, "seed": 7}
INTERVAL = 7
CHI_SQUARE = {2: 13.8, 3: 16.3}  # passed by one table of shares in a thousand, by degrees of freedom
NORMAL = 3.3


def parts() -> dict[str, str]:
    """All checks, in the order in which they were published."""
    rows = [(name, expected, check()) for name, expected, check in CHECKS]
    return {"exact_checks": table(("check", "expected", "ours"), rows)}


def _simulate(**options: Any) -> Simulation:
    return rp.simulate(**(RUN | options))


def _events(run: Simulation) -> Events:
    assert run.events is not None
    return run.events


def _fixed() -> str:
    """Deck 2000, 10 new cards a day, 365 days: every card is reviewed every seventh day."""
    lanes = rp.simulate_many(schedulers=[f"fixed@{INTERVAL}"], days=365, deck=2000, new_limit=10)
    return f"{lanes.total_reviews[0]:.0f}"


def _expectation() -> str:
    common: dict[str, Any] = {"days": 365, "deck": 2000, "new_limit": 10}
    exact = rp.evaluate_policy(**common)
    lanes = rp.simulate_many(seeds=range(200), **common)
    shown = []
    for values, value in (
        (lanes.minutes_per_day, exact.minutes_per_day),
        (lanes.memorized_average, exact.memorized_average),
    ):
        error = values.std(ddof=1) / np.sqrt(len(values))
        shown.append(f"{(values.mean() - value) / error:+.1f}")
    return " and ".join(shown) + " standard errors"


def _same(first: Simulation, second: Simulation) -> str:
    one, other = _events(first).to_frame(), _events(second).to_frame()
    return "equal" if one.equals(other) else "different"


def _adr() -> str:
    policy = AdrPolicy.constant(0.85)
    return _same(_simulate(desired_retention=0.85), _simulate(scheduler="fsrs6_adr", policy=policy))


def _default() -> str:
    return _same(
        _simulate(desired_retention=0.85), _simulate(scheduler="fsrs6_default", desired_retention=0.85)
    )


def _absent() -> str:
    run = _simulate(behavior=Behavior(attendance=0.0, new_limit=5), new_limit=None)
    return f"{run.total_reviews + run.total_new + run.total_cost_seconds + run.memorized_average:g}"


def _bounded() -> str:
    run = _simulate()
    before = np.cumsum(run.new) - run.new
    holds = run.memorized[0] == 0.0 and bool((run.memorized <= before).all())
    return "holds" if holds else "broken"


def _lazy() -> str:
    events = _events(_simulate(behavior=Behavior(lazy_good_bias=1.0, new_limit=5), new_limit=None))
    reviews = events.rating[~np.isnan(events.retrievability)]
    return " and ".join(str(rating) for rating in np.unique(reviews))


def _first_ratings() -> str:
    events = _events(_simulate(deck=1000, new_limit=5))
    new = events.rating[np.isnan(events.retrievability)]
    return _chi_square(new, (1, 2, 3, 4), Behavior().first_table)


def _success_ratings() -> str:
    events = _events(_simulate(deck=1000, new_limit=5))
    passed = events.rating[~np.isnan(events.retrievability) & (events.rating > 1)]
    return _chi_square(passed, (2, 3, 4), Behavior().success_table[:3])


def _failures() -> str:
    events = _events(_simulate(deck=1000, new_limit=5))
    reviewed = ~np.isnan(events.retrievability)
    recall, failed = events.retrievability[reviewed], events.rating[reviewed] == 1
    z = (failed.sum() - (1.0 - recall).sum()) / np.sqrt((recall * (1.0 - recall)).sum())
    return f"z = {z:+.1f}"


def _chi_square(
    ratings: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    kinds: tuple[int, ...],
    shares: tuple[float, ...],
) -> str:
    expected = np.array(shares) / sum(shares) * len(ratings)
    seen = np.array([(ratings == kind).sum() for kind in kinds])
    return f"{((seen - expected) ** 2 / expected).sum():.1f}"


def _batches() -> str:
    """The same lanes alone, in batches of three, and on one thread and two."""
    common: dict[str, Any] = {"schedulers": ["fsrs6", "memrise"], "days": 200, "deck": 400, "seeds": range(3)}
    usual = rp.simulate_many(2, **common)
    others = (
        rp.simulate_many(2, **common, max_lanes_per_batch=3),
        rp.simulate_many(2, **common, threads=1),
        rp.simulate_many(2, **common, threads=2, max_lanes_per_batch=1),
    )
    same = all(other.to_frame().equals(usual.to_frame()) for other in others)
    return "equal" if same else "different"


CHECKS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("fixed@7, deck 2000, 10 a day, 365 days: reviews", "74710", _fixed),
    ("engine against expectation, minutes and memory, 200 seeds", f"within {NORMAL}", _expectation),
    ("ADR policy of one retention against FSRS-6, press by press", "equal", _adr),
    ("fsrs6_default against fsrs6, press by press", "equal", _default),
    ("attendance 0: reviews, cards, seconds and memory together", "0", _absent),
    ("nothing remembered on day 0, never more than introduced", "holds", _bounded),
    ("lazy bias 1: ratings of reviews", "1 and 3", _lazy),
    ("first ratings: chi-square, 3 degrees of freedom", f"below {CHI_SQUARE[3]}", _first_ratings),
    ("ratings after success: chi-square, 2 degrees of freedom", f"below {CHI_SQUARE[2]}", _success_ratings),
    ("failures against the probabilities of recall", f"within {NORMAL}", _failures),
    ("same results whatever the batch and the threads", "equal", _batches),
)
