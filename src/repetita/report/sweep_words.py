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
    curves = report.curves
    for candidate in report.pareto.candidates:
        if candidate in curves:
            yield _of_a_curve(candidate)
        else:
            yield _of_a_point(candidate, report)
    if not report.pareto.candidates:
        yield "There is nothing to compare: one line, or no baseline."


def _of_a_curve(one: Candidate) -> str:
    said = f"{one.line} {JUDGED[one.verdict]} {one.baseline} in {one.environment}"
    said += f" ({counted(one.users, 'user')})"
    saved, covered = one.figures["minutes_saved_percent"], one.coverage["memory"]
    if saved.value is None or covered is None:
        return f"{said}; there is no range of memory that both reach."
    low, high = saved.low, saved.high
    if low is None or high is None or low <= 0.0 <= high:
        ends = "" if low is None or high is None else f" [{low:+.1f}, {high:+.1f}]"
        share = f"saves {saved.value:+.1f}{ends}"
    else:
        nearer, further = sorted((abs(low), abs(high)))
        verb = "saves" if saved.value > 0.0 else "costs a further"
        share = f"{verb} {abs(saved.value):.1f} [{nearer:.1f}, {further:.1f}]"
    return (
        f"{said}: at equal memory it {share} % of the minutes, over {covered:.0f} % of the range of memory."
    )


def _of_a_point(one: Candidate, report: SweepReport) -> str:
    """A point dominates less area than a curve by its nature: it is compared with the curve at its memory."""
    names = (one.environment, one.line, one.baseline)
    for equal in report.aggregate.equivalences if report.aggregate else ():
        found = (equal.environment, equal.baseline, equal.target)
        if found == names and equal.ratio is not None and equal.superiority is not None:
            return (
                f"{one.line} has one point in {one.environment}. To remember as much, {one.baseline} gives "
                f"{equal.ratio.median:.2f} times its cards for a minute a day (median of "
                f"{counted(equal.users, 'user')}, more for {100.0 * equal.superiority:.0f} % of them)."
            )
    return (
        f"{one.line} has one point in {one.environment}, and no user's curve of {one.baseline} reaches its "
        "memory from below and above."
    )
