"""Everything that is compared of a sweep: frontiers, equivalence, dominance."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from repetita.errors import InputError, UsageError
from repetita.report.swept_run import SweptRun, read_sweep
from repetita.sweeps import Aggregate, Candidate, Dominance, Pareto, aggregate, dominance, pareto
from repetita.sweeps.selection import select

__all__ = ["SweepReport", "make_sweep_report"]

USUAL_RETENTION = 0.9
MOST_FOR_ALL_PAIRS = 5
REPLICATES = 1000


@dataclass(frozen=True, eq=False, kw_only=True)
class SweepReport:
    """A sweep, and what is known of it. Made by `make_sweep_report`.

    Attributes:
        run: The folder.
        pareto: Frontiers, and what is gained over the baseline.
        aggregate: Comparisons at equal memory; None where no user has everything.
        dominance: Pairs of schedulers at one setting each.
        notes: What was left out.
    """

    run: SweptRun
    pareto: Pareto
    aggregate: Aggregate | None
    dominance: tuple[Dominance, ...]
    notes: tuple[str, ...]

    @property
    def curves(self) -> tuple[Candidate, ...]:
        """What is compared with the baseline by hypervolume: both have several settings."""
        return tuple(one for one in self.pareto.candidates if one.judged_by == "hypervolume")

    def html(self) -> str:
        """The page: one HTML document with everything inside, readable without a network.

        Raises:
            MissingExtra: matplotlib is not installed.
        """
        from repetita.report.sweep_page import sweep_page

        return sweep_page(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: what is compared, without users and points."""
        equal = self.aggregate
        return {
            "run": str(self.run.path),
            "runs": self.run.table.height,
            "failures": len(self.run.failures),
            "candidates": [one.to_dict() for one in self.pareto.candidates],
            "equivalence": [one.to_dict() for one in (*equal.equivalences, *equal.pairs)] if equal else [],
            "dominance": [one.to_dict() for one in self.dominance],
            "notes": list(self.notes),
        }


def make_sweep_report(
    run: str | os.PathLike[str],
    *,
    baseline: str | None = None,
    pairs: Sequence[tuple[str, str]] | None = None,
    axes: str = "total",
    replicates: int = REPLICATES,
    seed: int = 0,
    **selection: Any,
) -> SweepReport:
    """A report on the folder of a sweep.

    Args:
        run: The folder.
        baseline: Line that the others are compared with, and whose curve is read at equal memory; default
            ``fsrs6`` where it is there.
        pairs: Schedulers to compare by dominance, as for `repetita.dominance`. Default: all pairs of up to
            five lines, else each against the baseline; curves at the setting next to 0.9.
        axes: Of the frontiers, as for `repetita.pareto`.
        replicates: Of the bootstrap.
        seed: Of its draws.
        **selection: Options of `repetita.pareto` that choose rows.

    Raises:
        InputError: The folder is none of a finished sweep with results.
        UsageError: Names that are not there, or runs that cannot be compared.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> import repetita as rp
        >>> from repetita.sweeps import results_table, write_results
        >>> short = {"days": 40, "deck": 100, "seed": 1}
        >>> runs = [rp.simulate(desired_retention=r, **short) for r in (0.7, 0.8, 0.9)]
        >>> runs += [rp.simulate(scheduler="fixed@3", **short)]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     table = write_results(results_table(runs), Path(folder) / "results.parquet")
        ...     size = (Path(folder) / "run.toml").write_text("days = 40")
        ...     make_sweep_report(folder).dominance
        (fixed against fsrs6@0.9 in fsrs6: a_b_tradeoff 1,)
    """
    found = read_sweep(run)
    frontiers = pareto(
        found.table, baseline=baseline, axes=axes, replicates=replicates, seed=seed, **selection
    )
    chosen = select(found.table, **selection).table
    notes = list(frontiers.notes)
    equal = _aggregate(found.table, chosen, frontiers.baseline, notes, selection)
    outcomes = _dominance(found.table, chosen, frontiers.baseline, pairs, notes, selection)
    return SweepReport(
        run=found,
        pareto=frontiers,
        aggregate=equal,
        dominance=outcomes,
        notes=tuple(dict.fromkeys(notes)),
    )


def _aggregate(
    table: pl.DataFrame,
    chosen: pl.DataFrame,
    baseline: str | None,
    notes: list[str],
    selection: dict[str, Any],
) -> Aggregate | None:
    """Everything at equal memory with the baseline's curve; None where users have too little in common."""
    kinds = {line: _settings(part) for (line,), part in chosen.group_by("line", maintain_order=True)}
    curve = baseline if baseline in kinds and len(kinds[baseline] or ()) > 1 else None
    others = [line for line in kinds if line != curve and curve is not None]
    singles = [line for line in others if kinds[line] is None]
    curves = [line for line in others if kinds[line]]
    try:
        found = aggregate(
            table,
            target=curve,
            baselines=singles,
            pairs=[(line, curve) for line in curves] if curve else (),
            **selection,
        )
    except (InputError, UsageError) as error:
        notes.append(f"nothing is compared at equal memory: {error.message}")
        return None
    notes += found.notes
    return found


def _settings(part: pl.DataFrame) -> tuple[float, ...] | None:
    """Desired retentions of a line; None where it has one point without any, () where it is neither."""
    retentions = part["desired_retention"].drop_nulls().unique().sort()
    if len(retentions) and not part["desired_retention"].null_count():
        return tuple(retentions.to_list())
    return None if part["label"].n_unique() == 1 else ()


def _dominance(
    table: pl.DataFrame,
    chosen: pl.DataFrame,
    baseline: str | None,
    asked: Sequence[tuple[str, str]] | None,
    notes: list[str],
    selection: dict[str, Any],
) -> tuple[Dominance, ...]:
    options = {name: value for name, value in selection.items() if name != "schedulers"}
    if asked is not None:
        return dominance(table, asked, **options)
    found: list[Dominance] = []
    for pair in _pairs(chosen, baseline):
        try:
            found += dominance(table, [pair], **options)
        except (InputError, UsageError) as error:
            notes.append(f"dominance: {error.message}")
    return tuple(found)


def _pairs(chosen: pl.DataFrame, baseline: str | None) -> list[tuple[str, str]]:
    """Lines at one setting each, in pairs."""
    specs = {}
    for (line,), part in chosen.group_by("line", maintain_order=True):
        retentions = _settings(part)
        if retentions is None:
            specs[line] = str(line)
        elif retentions:
            nearest = min(retentions, key=lambda r: abs(r - USUAL_RETENTION))
            specs[line] = f"{line}@{nearest:.10g}"
    names = list(specs.values())
    if len(names) > MOST_FOR_ALL_PAIRS and baseline in specs:
        return [(specs[baseline], name) for name in names if name != specs[baseline]]
    return [(left, right) for place, left in enumerate(names) for right in names[place + 1 :]]
