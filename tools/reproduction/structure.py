"""What must hold whatever the parameters: bounds, monotony, and where simple schedulers lie."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

import repetita as rp
from repetita.simulation import Behavior, User
from reproduction.people import People, Size
from reproduction.runs import run, tables_of
from reproduction.table import NOT_RUN, table

__all__ = ["parts"]

INTERVALS = (7, 14, 20, 30, 50, 75, 100)
NEVER = 2000.0  # days, more than any run lasts
WITHOUT_REVIEWS = "5143 (mean of 128 users)"


def parts(size: Size, groups: tuple[People, ...]) -> dict[str, str]:
    """The structural checks, on the person with default parameters and the means over groups."""
    person = [User()]
    curve = run(size, person, ["fsrs6"], desired_retention=size.retentions, daily=True)
    rules = run(size, person, ["memrise", *(f"fixed@{days}" for days in INTERVALS)])
    assert curve.series is not None
    introduced = np.cumsum(curve.series["new"][0]) - curve.series["new"][0]
    results = tables_of(curve, rules)
    efficiency = curve.memorized_per_minute.tolist()
    falls = [a > b for a, b in pairwise(efficiency)]
    highest = max(float(curve.memorized_average.max()), float(rules.memorized_average.max()))
    memrise = rp.aggregate(results, schedulers=["fsrs6", "memrise"]).equivalences[0]
    fixed = rp.pareto(results, schedulers=["fsrs6", "fixed"]).candidates[0].figures["minutes_saved_percent"]
    rows = (
        ("introduced cards, mean at the start of a day", "7257.5", f"{introduced.mean():.1f}"),
        ("remembered cards of any policy, at most", "below that", f"{highest:.1f}"),
        ("efficiency falls with retention", "yes", f"at {sum(falls)} of {len(falls)} steps of the grid"),
        (
            "minutes of fixed intervals, at equal memory",
            "more",
            "none" if fixed.value is None else f"{-fixed.value:+.1f} %",
        ),
        (
            "efficiency of FSRS-6 over Memrise, at equal memory",
            "near 1",
            "out of range" if memrise.ratio is None else f"{memrise.ratio.mean:.3f}",
        ),
        *(_without_reviews(size, group) for group in groups),
    )
    return {"structure": table(("check", "published", "ours"), rows)}


def _without_reviews(size: Size, group: People) -> tuple[str, str, str]:
    """Introduced cards never reviewed, and cards to come as often as their first rating is a pass."""
    name = f"remembered without any review: {group.name}"
    if not group.users:
        return name, WITHOUT_REVIEWS, NOT_RUN
    lanes = run(size, group.users, [f"fixed@{NEVER:g}"], daily=True)
    assert lanes.series is not None
    new = lanes.series["new"]
    to_come = size.deck - (np.cumsum(new, axis=1) - new).mean(axis=1)
    passed = [1.0 - (user.behavior or Behavior()).first_table[0] for user in group.users]
    found = lanes.memorized_average + to_come * np.array(passed)
    return name, WITHOUT_REVIEWS, f"{found.mean():.0f} (mean of {len(found)})"
