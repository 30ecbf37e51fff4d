"""Hypervolumes of policies against FSRS-6 at 16 desired retentions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import repetita as rp
from repetita.simulation import Lanes, User
from repetita.simulation.policies import CostAdrPolicy, Sm2ApPolicy
from repetita.simulation.policies.adr_cost import COST_WEIGHTS
from repetita.simulation.policies.fields import Bounds
from repetita.sweeps import Candidate
from reproduction.people import People, Size
from reproduction.published import ADR_TABLE
from reproduction.runs import a_fifth, run, tables_of
from reproduction.table import NOT_RUN, table

__all__ = ["parts"]

SEED = 43
RETENTIONS = tuple(np.linspace(0.50, 0.98, 16).round(3).tolist())
NO_FITS = "no fits of it"
Line = Callable[[Size, Sequence[User]], tuple[Lanes, dict[str, list[Any]]]]
# the mean of other users' solutions that fsrs-rs starts from: value at no cost, then powers 1 and 2 of cost
START = (
    *(-0.202, 9.14, -0.0978, 0.226, -5.31),
    *(-7.44, 24.1, -0.375, 1.81, -22.9),
    *(-5.82, 22.3, 1.72, -1.99, -19.4),
)
LINES = {
    "FSRS v3, fitted, 16 retentions": "-2.52 % (users 1 to 8)",
    "FSRS-6, default parameters, 16 retentions": "-0.63 % (with ADR on top, users 1 to 8)",
    "Anki-SM-2, 16 interval multipliers": "-9.27 % (with all seven options searched)",
    "Cost ADR, the published start, 16 weights of cost": "+4.17 % (searched for each of 128 users)",
}


def parts(size: Size, groups: tuple[People, ...]) -> dict[str, str]:
    """What was published of searched policies, and what can be run without a search."""
    columns = [_relative(a_fifth(size), group) for group in groups]
    rows = [
        (name, figure, *(column.get(name, NOT_RUN) for column in columns)) for name, figure in LINES.items()
    ]
    header = ("line against FSRS-6", "published", *(group.name for group in groups))
    return {
        "portfolios_searched": table(
            ("policy", "published", "ours"), [(*row, "not trained yet") for row in ADR_TABLE]
        ),
        "portfolios_run": table(header, rows),
    }


def _relative(size: Size, group: People) -> dict[str, str]:
    """The cell of each line for a group of people."""
    if not group.users:
        return {}
    three, default, multiplied, cost = LINES
    lines: dict[str, Line] = {default: _curve("fsrs6_default"), multiplied: _multiplied, cost: _cost}
    if all("fsrs3" in user.beliefs for user in group.users):
        lines[three] = _curve("fsrs3")
    base = run(size, group.users, ["fsrs6"], desired_retention=RETENTIONS, seeds=SEED)
    found = dict.fromkeys(LINES, NO_FITS)
    for name, line in lines.items():
        lanes, columns = line(size, group.users)
        found[name] = _cell(rp.pareto(tables_of(base, lanes, **columns), replicates=1).candidates[0])
    return found


def _curve(scheduler: str) -> Line:
    """A scheduler at the retentions of the baseline."""
    return lambda size, users: (
        run(size, users, [scheduler], desired_retention=RETENTIONS, seeds=SEED),
        {},
    )


def _multiplied(size: Size, users: Sequence[User]) -> tuple[Lanes, dict[str, list[Any]]]:
    """Anki-SM-2 with its intervals multiplied."""
    multipliers = np.geomspace(0.5, 2.0, len(RETENTIONS)).tolist()
    usual = Sm2ApPolicy.searched([0.0] * 7).params
    schedulers = [
        {"scheduler": "anki_sm2_ap", "policy": Sm2ApPolicy(params=(*usual[:-1], m))} for m in multipliers
    ]
    names = [f"x{m:.3f}" for m in multipliers] * len(users)
    return run(size, users, schedulers, seeds=SEED), {"policy": names}


def _cost(size: Size, users: Sequence[User]) -> tuple[Lanes, dict[str, list[Any]]]:
    """Cost ADR with the coefficients that a search starts from."""
    policy = CostAdrPolicy(coefficients=START, bounds=Bounds(s_min=0.001, s_max=36500.0))
    weights = [float(weight) for weight in COST_WEIGHTS]
    schedulers = [{"scheduler": "fsrs6_cost_adr", "policy": policy, "cost_weight": w} for w in weights]
    return run(size, users, schedulers, seeds=SEED), {"cost_weight": weights * len(users)}


def _cell(line: Candidate) -> str:
    figures, covered = line.figures, line.coverage["memory"]
    pooled, saved = figures["relative_hypervolume_pooled"].value, figures["minutes_saved_percent"].value
    shown = "none" if pooled is None else f"{100 * pooled:+.2f} %"
    if saved is None or not covered:
        return f"{shown} (no common memory)"
    return f"{shown} ({saved:+.1f} % over {covered:.0f} %)"
