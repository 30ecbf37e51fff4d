"""FSRS-6 against Anki-SM-2 and Memrise at equal memory, over many people."""

from __future__ import annotations

import repetita as rp
from repetita.sweeps import Equivalence
from reproduction.people import People, Size
from reproduction.published import EQUAL_MEMORY, EqualMemory
from reproduction.runs import a_fifth, run, tables_of
from reproduction.table import NOT_RUN, table

__all__ = ["parts"]

HEADER = (
    *("people", "users", "FSRS better", "mean ratio", "median ratio (quartiles)"),
    *("mean retention", "median retention"),
)


def parts(size: Size, groups: tuple[People, ...]) -> dict[str, str]:
    """One table for each published comparison."""
    found = {group.name: _equivalences(size, group) for group in groups}
    tables = {}
    for row in EQUAL_MEMORY:
        ours = [(name, "not computed", *[""] * 5) for name in found]
        if row.target != "lstm":
            ours = [_row(name, equal.get(row.baseline)) for name, equal in found.items()]
        published = ("published, LSTM world", *_published(row))
        tables[f"{row.target}_{row.baseline}"] = table(HEADER, [published, *ours])
    return tables


def _equivalences(size: Size, group: People) -> dict[str, Equivalence]:
    if not group.users:
        return {}
    schedulers = [group.belief, "anki_sm2", "memrise"]
    lanes = run(
        a_fifth(size), group.users, schedulers, desired_retention=size.retentions[::2], short_term="steps"
    )
    found = rp.aggregate(tables_of(lanes), target=group.belief, interpolate="efficiency", fences=True)
    return {equal.baseline: equal for equal in found.equivalences}


def _published(row: EqualMemory) -> tuple[str, ...]:
    return (
        str(row.users),
        f"{row.superiority:.1f} %",
        f"{row.mean_ratio:.3f}",
        f"{row.median_ratio:.3f} ({row.lower:.3f}-{row.upper:.3f})",
        f"{row.mean_retention:.3f}",
        f"{row.median_retention:.3f}",
    )


def _row(name: str, found: Equivalence | None) -> tuple[str, ...]:
    if found is None:
        return (name, NOT_RUN, *[""] * 5)
    if found.ratio is None or found.desired_retention is None or found.superiority is None:
        return (name, "0", *[""] * 5)
    ratio, retention = found.ratio, found.desired_retention
    return (
        name,
        f"{found.users} of {found.users + sum(found.dropped.values())}",
        f"{100 * found.superiority:.1f} %",
        f"{ratio.mean:.3f}",
        f"{ratio.median:.3f} ({ratio.lower:.3f}-{ratio.upper:.3f})",
        f"{retention.mean:.3f}",
        f"{retention.median:.3f}",
    )
