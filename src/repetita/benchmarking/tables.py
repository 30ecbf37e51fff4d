"""A summary as text, Markdown and CSV."""

from __future__ import annotations

from collections.abc import Sequence

from repetita.benchmarking.summary import MEASURES, WEIGHTINGS, Mean, Summary

__all__ = ["csv_table", "markdown", "means_table", "superiority_table", "text"]

CAPTIONS = {"users": "every user counts the same", "reviews": "users count by their test reviews"}


def means_table(summary: Summary, weighting: str) -> tuple[list[str], list[list[str]]]:
    """Headings, and cells "mean ± half interval", best log loss first."""
    cells = [
        [label, *(shown(summary.mean(label, measure, weighting)) for measure in MEASURES)]
        for label in ranked(summary, weighting)
    ]
    return ["model", *MEASURES], cells


def superiority_table(summary: Summary) -> tuple[list[str], list[list[str]]]:
    """Headings, and cells: share of users for whom the row's model has a lower log loss than the column's.

    A star: the difference of mean log loss is in favor of the row's model, and its interval excludes 0.
    """
    order = ranked(summary, "users")
    pairs = {(pair.a, pair.b): pair for pair in summary.pairs}
    cells = []
    for a in order:
        row = [a]
        for b in order:
            pair = pairs.get((a, b))
            star = "*" if pair is not None and pair.better == a else ""
            row.append("" if pair is None else f"{100 * pair.share:.1f} %{star}")
        cells.append(row)
    return ["beats", *order], cells


def text(summary: Summary) -> str:
    """Everything as plain text."""
    parts = [f"{summary.users:,} users, {int(summary.sizes.sum()):,} test reviews, 99 % intervals"]
    if summary.left_out:
        parts.append(f"{summary.left_out:,} users lack a result of some model and are left out")
    for weighting in WEIGHTINGS:
        parts += ["", f"Mean, {CAPTIONS[weighting]}", _aligned(*means_table(summary, weighting))]
    if len(summary.labels) > 1:
        caption = "Share of users with the lower log loss (* mean lower too, 99 % sure)"
        parts += ["", caption, _aligned(*superiority_table(summary))]
    return "\n".join(parts) + "\n"


def markdown(summary: Summary) -> str:
    """Everything as Markdown tables."""
    parts = [f"{summary.users:,} users, {int(summary.sizes.sum()):,} test reviews, 99 % intervals.", ""]
    for weighting in WEIGHTINGS:
        parts += [f"Mean, {CAPTIONS[weighting]}:", "", _piped(*means_table(summary, weighting)), ""]
    if len(summary.labels) > 1:
        caption = "Share of users with the lower log loss (\\* mean lower too, 99 % sure):"
        parts += [caption, "", _piped(*superiority_table(summary)), ""]
    return "\n".join(parts)


def csv_table(summary: Summary) -> str:
    """One line a model, measure and weighting."""
    return summary.to_frame().write_csv()


def ranked(summary: Summary, weighting: str) -> list[str]:
    """Labels by rising mean log loss; as asked for where there is none."""
    means = {label: summary.mean(label, "LogLoss", weighting).value for label in summary.labels}
    return sorted(summary.labels, key=lambda label: (means[label] is None, means[label] or 0.0))


def shown(mean: Mean) -> str:
    """A mean and half the width of its interval.

    Example:
        >>> shown(Mean(0.34567, 0.34, 0.36, 20)), shown(Mean(0.5, None, None, 1))
        ('0.3457 ± 0.0100', '0.5000')
    """
    if mean.value is None:
        return "none"
    if mean.low is None or mean.high is None:
        return f"{mean.value:.4f}"
    return f"{mean.value:.4f} ± {(mean.high - mean.low) / 2.0:.4f}"


def _aligned(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in [headings, *cells]) for i in range(len(headings))]
    lines = []
    for row in [headings, *cells]:
        first = row[0].ljust(widths[0])
        rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        lines.append("  " + "  ".join([first, *rest]).rstrip())
    return "\n".join(lines)


def _piped(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(headings) - 1)]
    safe = [[cell.replace("*", "\\*").replace("_", "\\_") for cell in row] for row in cells]
    heads = [cell.replace("_", "\\_") for cell in headings]
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, rule, *safe))
