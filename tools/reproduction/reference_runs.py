"""Means of runs of srs-simulator that were published with their errors, beside expectations and runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import repetita as rp
from repetita.simulation import User
from reproduction.people import Size
from reproduction.runs import run, setting_of
from reproduction.table import table

__all__ = ["parts"]

DAYS, DECK, NEW = 365, 2000, 10
PAIRED_SEEDS = 6
ROWS = (
    ("reviews, FSRS-6 at 0.90", 0.9, "total_reviews", "17133 ± 52", "17002 ± 54"),
    ("remembered, FSRS-6 at 0.90", 0.9, "memorized_average", "1374.0", "1374.0"),
    ("reviews, Anki-SM-2", "anki_sm2", "total_reviews", "19175 ± 32", "19131 ± 46"),
    ("reviews, Memrise", "memrise", "total_reviews", "14404 ± 21", "14373 ± 25"),
)


def parts(size: Size) -> dict[str, str]:
    """Published means, ours over seeds, and ours without random numbers."""
    short = replace(size, days=min(DAYS, size.days), deck=min(DECK, size.deck), new=min(NEW, size.new))
    rows = []
    for name, policy, metric, event, batched in ROWS:
        lanes = run(short, [User()], [setting_of(policy)], seeds=range(4 * size.seeds))
        values = lanes.values(metric)
        error = values.std(ddof=1) / np.sqrt(len(values))
        shown = f"{values.mean():.1f} ± {error:.1f}"
        rows.append((name, event, batched, shown, _expected(short, policy, metric)))
    rows.insert(1, ("the same, by its rules", *ROWS[0][3:], "", _by_its_rules(short)))
    header = ("figure", "its event engine", "its batched engine", "our engine", "our expectation")
    return {"reference_runs": table(header, rows)}


def _expected(size: Size, policy: float | str, metric: str) -> str:
    if policy == "anki_sm2":
        return "none: its ease is a state of its own"
    options = {"scheduler": policy} if isinstance(policy, str) else {"desired_retention": policy}
    value = rp.evaluate_policy(days=size.days, deck=size.deck, new_limit=size.new, **options)
    if metric == "memorized_average":
        return f"{value.memorized_average:.1f}"
    return f"{value.reviews.sum():.0f}"


def _by_its_rules(size: Size) -> str:
    """Expected reviews, and by how many the reference's rules move them on the same random numbers."""
    options = {"days": size.days, "deck": size.deck, "new_limit": size.new, "desired_retention": 0.9}
    expected = float(rp.evaluate_policy(**options).reviews.sum())  # type: ignore[arg-type]
    rules = {"compat": "srs-simulator", "switches": {"random": "addressed"}}
    moved = [
        rp.simulate(seed=seed, events=False, **options, **rules).total_reviews  # type: ignore[call-overload]
        - rp.simulate(seed=seed, events=False, **options).total_reviews  # type: ignore[call-overload]
        for seed in range(PAIRED_SEEDS)
    ]
    error = np.std(moved, ddof=1) / np.sqrt(PAIRED_SEEDS)
    return f"{expected + np.mean(moved):.0f} ± {error:.0f}"
