"""The numbers behind each figure as HTML tables, for readers who want them exact."""

from __future__ import annotations

from math import isfinite

from repetita.ratings import RATING_NAMES
from repetita.report.calibration import CalibrationPoints
from repetita.report.forgetting import ForgettingCurves
from repetita.report.funnel import FunnelBars
from repetita.report.html import folded, table
from repetita.report.parameters import ParameterPanel, number
from repetita.report.states import StateHistograms

LABEL = "The numbers behind this picture"


def funnel_table(funnel: FunnelBars) -> str:
    """Rows left and lost, step by step."""
    rows = [(bar.label, bar.reason, f"{bar.lost:,}", f"{bar.count:,}") for bar in funnel.bars]
    return folded(LABEL, table(("step", "why rows leave", "lost", "left"), rows, text_columns=2))


def forgetting_table(forgetting: ForgettingCurves) -> str:
    """Observed recall by first rating and elapsed days."""
    rows = [
        (
            RATING_NAMES[curve.rating],
            f"{dot.days:.1f}",
            f"{dot.count:,}",
            _percent(dot.recalled),
            f"{_percent(dot.low)} to {_percent(dot.high)}",
        )
        for curve in forgetting.curves
        for dot in curve.dots
    ]
    return folded(LABEL, table(("first rating", "days", "cards", "recalled", "95 % interval"), rows))


def calibration_table(points: CalibrationPoints) -> str:
    """Predicted and observed recall by bin."""
    columns = zip(points.predicted, points.actual, points.low, points.high, points.count, strict=True)
    rows = [
        (_percent(p), _percent(y), f"{_percent(low)} to {_percent(high)}", f"{n:,}")
        for p, y, low, high, n in columns
    ]
    return folded(LABEL, table(("predicted", "recalled", "95 % interval", "reviews"), rows, text_columns=0))


def parameter_table(panel: ParameterPanel) -> str:
    """Every parameter with what it means."""
    rows = [
        (
            f"{row.index}  {row.name}",
            row.meaning,
            "" if row.unit == "1" else row.unit,
            f"{row.value:.4f}",
            f"{number(row.low)} to {number(row.high)}" if isfinite(row.low) else "not known",
            f"{row.default:.4f}",
            f"{row.percentile:.0f} %",
            f"{row.learned:.0%}".replace("%", " %") if isfinite(row.learned) else "",
        )
        for row in panel.rows
    ]
    columns = ("parameter", "what it means", "unit", "value", "95 % interval", "default")
    return folded(LABEL, table((*columns, "population below", "learned"), rows, text_columns=3))


def states_table(states: StateHistograms) -> str:
    """Quantiles of every state variable, then the histograms."""
    rows = [
        (h.name, "" if h.unit == "1" else h.unit, f"{states.cards:,}", *(number(q) for q in h.quartiles))
        for h in states.histograms
    ]
    content = table(("", "unit", "cards", "25 %", "median", "75 %"), rows, text_columns=2)
    for h in states.histograms:
        bins = [
            (f"{number(low)} to {number(high)}", f"{count:,}")
            for low, high, count in zip(h.edges, h.edges[1:], h.counts, strict=False)
        ]
        content += table((h.name, "cards"), bins)
    return folded(LABEL, content)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
