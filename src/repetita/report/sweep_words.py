"""What a sweep shows, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from repetita.plurals import counted

if TYPE_CHECKING:
    from repetita.report.sweep_report import SweepReport
    from repetita.sweeps import Candidate

__all__ = ["answers"]

JUDGED = {
    "better": "is better than",
    "worse": "is worse than",
    "tie": "cannot be told from",
    "unknown": "is compared, without an interval, with",
}


def answers(report: SweepReport) -> Iterator[str]:
    """A sentence for each line that is compared with the baseline, or one that says there is none."""
    for candidate in report.pareto.candidates:
        yield _of_a_curve(candidate) if candidate.judged_by == "hypervolume" else _of_a_point(candidate)
    if not report.pareto.candidates:
        yield "There is nothing to compare: one line, or no baseline."


def _of_a_curve(one: Candidate) -> str:
    said = f"{_judged(one)} ({counted(one.users, 'user')})"
    covered = one.coverage["memory"]
    if one.figures["minutes_saved_percent"].value is None or covered is None:
        return f"{said}; there is no range of memory that both reach."
    over = f"over {covered:.0f} % of the range of memory"
    return f"{said}: at equal memory it {_saved(one)} of the minutes, {over}."


def _of_a_point(one: Candidate) -> str:
    """A single point is judged at equal memory, by the rule of `repetita.sweeps.matchup`."""
    gained = one.figures["cards_gained_percent"]
    reached = one.figures["minutes_saved_percent"].users
    if not reached and not gained.users:
        return (
            f"{one.line} and {one.baseline} are not compared in {one.environment}: one of them has a single "
            "point, and no user's other frontier reaches its memory or its minutes."
        )
    parts = []
    if reached:
        parts.append(f"at equal memory it {_saved(one)} of the minutes ({_of(reached, one)})")
    if gained.value is not None:
        ends = "" if gained.low is None else f" [{gained.low:+.1f}, {gained.high:+.1f}]"
        cards = f"{gained.value:+.1f}{ends} % of the cards"
        parts.append(f"in equal time it remembers {cards} ({_of(gained.users, one)})")
    return f"{_judged(one)}, at the one point that one of them has: {'; '.join(parts)}."


def _of(users: int, one: Candidate) -> str:
    return f"{users:,} of {counted(one.users, 'user')}"


def _judged(one: Candidate) -> str:
    return f"{one.line} {JUDGED[one.verdict]} {one.baseline} in {one.environment}"


def _saved(one: Candidate) -> str:
    """How much of the minutes, with its interval, as a verb and a share."""
    saved = one.figures["minutes_saved_percent"]
    assert saved.value is not None
    low, high = saved.low, saved.high
    if low is None or high is None or low <= 0.0 <= high:
        ends = "" if low is None or high is None else f" [{low:+.1f}, {high:+.1f}]"
        return f"saves {saved.value:+.1f}{ends} %"
    nearer, further = sorted((abs(low), abs(high)))
    verb = "saves" if saved.value > 0.0 else "costs a further"
    return f"{verb} {abs(saved.value):.1f} [{nearer:.1f}, {further:.1f}] %"
