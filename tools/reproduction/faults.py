"""What the faults of srs-simulator do to the comparison at equal memory, with them and without."""

from __future__ import annotations

from typing import Any

import repetita as rp
from repetita.simulation import Simulation
from reproduction.people import Size
from reproduction.runs import setting_of
from reproduction.table import table

__all__ = ["parts"]

POLICIES = (0.70, 0.80, 0.85, 0.90, 0.95, "anki_sm2", "memrise")
NAMES = {"anki_sm2": "Anki-SM-2", "memrise": "Memrise"}
DECK_SHARE = 40


def parts(size: Size) -> dict[str, str]:
    """Both runs of every scheduler, and the ratios that follow."""
    right, wrong = (_runs(size, **chosen) for chosen in ({}, {"compat": "srs-simulator"}))
    rows = []
    for policy, ours, theirs in zip(POLICIES, right, wrong, strict=True):
        name = NAMES.get(str(policy)) or f"FSRS-6 at {policy:.2f}"
        share = [f"{sum(run.minutes_per_day for run in runs) / len(runs):.3f}" for runs in (theirs, ours)]
        cards = [f"{sum(run.memorized_average for run in runs) / len(runs):.1f}" for runs in (theirs, ours)]
        rows.append((name, *share, *cards))
    ratios = [_ratios(runs) for runs in (wrong, right)]
    compared = [(f"FSRS-6 over {NAMES[name]}", *(found[name] for found in ratios)) for name in NAMES]
    header = ("scheduler", "minutes with faults", "without", "remembered with faults", "without")
    return {
        "faults": table(header, rows),
        "faults_ratio": table(("ratio at equal memory", "with faults", "without"), compared),
        "faults_deck": str(_deck(size)),
    }


def _deck(size: Size) -> int:
    return max(size.deck // DECK_SHARE, 20)


def _runs(size: Size, **chosen: Any) -> list[list[Simulation]]:
    run = {"days": size.days, "deck": _deck(size), "new_limit": 1, "short_term": "steps", "events": False}
    if chosen:
        run |= chosen | {"switches": {"random": "addressed"}}
    found = []
    for policy in POLICIES:
        setting = setting_of(policy)
        options: dict[str, Any] = run | (setting if isinstance(setting, dict) else {"scheduler": setting})
        found.append([rp.simulate(seed=seed, **options) for seed in range(2)])
    return found


def _ratios(runs: list[list[Simulation]]) -> dict[str, str]:
    found = rp.aggregate([run for several in runs for run in several])
    return {
        equal.baseline: "out of range" if equal.ratio is None else f"{equal.ratio.mean:.3f}"
        for equal in found.equivalences
    }
