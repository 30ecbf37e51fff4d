"""The page: tables that are computed, in a text that explains them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from string import Template

from repetita.simulation import User
from reproduction import (
    equal_memory,
    exact_checks,
    faults,
    fsrs_rs,
    noise,
    portfolios,
    reference_runs,
    ssp_mmc,
    structure,
)
from reproduction.people import People, Size, parameter_folder, synthetic_people, table_people
from reproduction.table import NOT_RUN, table

__all__ = ["page", "size_of"]

TEXT = Path(__file__).with_name("page.txt")
GRID = tuple(round(0.50 + 0.02 * step, 2) for step in range(25))


def size_of(*, quick: bool) -> Size:
    """How much to compute: all of it, or so little that it takes seconds and means nothing."""
    if quick:
        few = (0.7, 0.8, 0.9, 0.95, 0.98)
        return Size(days=60, deck=60, new=2, people=2, seeds=2, retentions=few, tables=None)
    tables = parameter_folder()
    return Size(days=1825, deck=10_000, new=10, people=32, seeds=16, retentions=GRID, tables=tables)


def page(size: Size, progress: Callable[[str], None] = lambda name: None) -> str:
    """The whole page.

    Args:
        size: How much to compute.
        progress: Told the name of each table that is done.
    """
    synthetic, tables = synthetic_people(size.people), table_people(size.tables, size.people)
    default = People("default parameters", "fsrs6", (User(),), "default FSRS-6, usual ratings and times")
    everyone = (default, synthetic, *tables)
    steps: tuple[Callable[[], dict[str, str]], ...] = (
        lambda: {"people": _people(everyone)},
        lambda: ssp_mmc.parts(size),
        lambda: structure.parts(size, everyone),
        lambda: equal_memory.parts(size, (synthetic, *tables)),
        lambda: faults.parts(size),
        lambda: portfolios.parts(size, (default, synthetic, tables[0])),
        lambda: reference_runs.parts(size),
        lambda: fsrs_rs.parts(size),
        lambda: noise.parts(size),
        exact_checks.parts,
    )
    found: dict[str, str] = {}
    for step in steps:
        parts = step()
        found |= parts
        for name in parts:
            progress(name)
    return Template(TEXT.read_text(encoding="utf-8")).substitute(found)


def _people(groups: tuple[People, ...]) -> str:
    rows = [(g.name, str(len(g.users)) if g.users else NOT_RUN, g.source) for g in groups]
    return table(("people", "users", "source"), rows)
