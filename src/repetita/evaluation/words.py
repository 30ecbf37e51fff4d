"""Results of `evaluate` and `compare` in plain sentences, and as a small HTML table."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from math import floor, log10
from typing import TYPE_CHECKING, Any

from repetita.equations import declared
from repetita.plurals import counted

if TYPE_CHECKING:
    from repetita.evaluation.bootstrap import Interval
    from repetita.evaluation.comparison import Comparison
    from repetita.evaluation.evaluation import Evaluation

__all__ = ["comparison_summary", "evaluation_summary", "html_table"]

HEADINGS = {
    "log_loss": "log loss",
    "rmse_bins": "RMSE(bins)",
    "auc": "AUC",
    "ici": "ICI",
    "smece": "SmoothECE",
    "mbe": "bias",
    "rmse": "RMSE",
}


def evaluation_summary(result: Evaluation) -> str:
    """What was judged, how good it is, and beside what, in a few sentences."""
    reviews = f"{counted(result.reviews, 'review')} of {counted(result.cards, 'card')}"
    if result.held_out:
        folds = f"{len(result.folds)} forward folds"
        head = f"{_start(result.label)}, judged on {reviews} that came after ({folds})."
    else:
        head = (
            f"{_start(result.label)}, scored as {'it is' if _is_rule(result) else 'they are'} on {reviews}."
        )
    lines = [head, *_losses(result), _calibration(result), _ranking(result)]
    if result.given not in (None, result.defaults):
        lines.append("If the parameters were fitted to these reviews, the figures flatter them.")
    return "\n".join(lines)


def comparison_summary(result: Comparison) -> str:
    """Which predicts better and by how much, in one sentence, and what to keep in mind."""
    where = f"on {counted(result.reviews, 'held-out review' if result.held_out else 'review')}"
    around = result.interval
    first, second = (result.b, result.a) if result.better == "b" else (result.a, result.b)
    spec = _digits(result.difference, around)
    if around is None:
        text = f"Of {first} and {second} nothing can be said {where}: all are of one card, on one day."
    elif result.better is None:
        text = (
            f"No clear difference between {first} and {second} {where}: log loss differs by "
            f"{result.difference:+{spec}} a review, and the 95 % interval {around:+{spec}} contains 0."
        )
    else:
        low, high = sorted(abs(end) for end in around)
        text = (
            f"{_start(first)} did better than {second} {where}: log loss lower by "
            f"{abs(result.difference):{spec}} [{low:{spec}}, {high:{spec}}] a review, {_effect(result)}."
        )
    return f"{text} {result.note}".strip()


def html_table(rows: Mapping[str, Mapping[str, Any]], text: str) -> str:
    """A table of measures with a text below."""
    names = list(next(iter(rows.values())))
    head = "".join(f"<th>{escape(HEADINGS.get(name, name))}</th>" for name in names)
    body = "".join(
        f"<tr><td>{escape(label)}</td>" + "".join(f"<td>{_cell(row[n])}</td>" for n in names) + "</tr>"
        for label, row in rows.items()
    )
    sentences = "<br>".join(escape(line) for line in text.splitlines())
    return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table><p>{sentences}</p>"


def _is_rule(result: Evaluation) -> bool:
    """Whether a rule was judged, which has no parameters to have defaults of."""
    return result.given is not None and not declared(result.given.equations).fitted


def _losses(result: Evaluation) -> list[str]:
    published, flat = result.baselines["defaults"], result.baselines["constant"]
    low, high = 100.0 * result.constant.min(), 100.0 * result.constant.max()
    always = f"{low:.1f} %" if high - low < 0.05 else f"{low:.1f} to {high:.1f} %"
    interval = result.intervals["log_loss"]
    defaults = "" if _is_rule(result) else f"published defaults {published.log_loss:.4f}, "
    lines = [
        f"Log loss {result.log_loss:.4f} a review{_around(interval, '.4f')}, lower is better; "
        f"{defaults}always saying {always} {flat.log_loss:.4f}."
    ]
    gain, around = result.gains["defaults"]
    if gain != 0.0:
        verdict = "no clear difference" if around is None or 0.0 in around else ("better", "worse")[gain > 0]
        spec = "+" + _digits(gain, around)
        lines.append(f"Against the published defaults: {gain:{spec}}{_around(around, spec)}, {verdict}.")
    if flat.log_loss <= result.log_loss:
        lines.append(
            "Always saying the same was no worse: here the model tells no more than the average does."
        )
    return lines


def _calibration(result: Evaluation) -> str:
    points = 100.0 * result.mbe
    lean = f"{abs(points):.1f} points {'too high' if points > 0 else 'too low'}"
    return (
        f"Predictions are {100.0 * result.ici:.1f} percentage points from what happened on average (ICI), "
        f"{lean if abs(points) >= 0.05 else 'right'} overall; RMSE(bins) {100.0 * result.rmse_bins:.2f} %."
    )


def _ranking(result: Evaluation) -> str:
    if result.auc is None:
        share = "recalled" if result.outcomes.all() else "forgotten"
        return f"Every review was {share}, so it cannot be told whether they are ranked well."
    return (
        f"Ranking: AUC {result.auc:.3f}{_around(result.intervals['auc'], '.3f')}; 0.5 is guessing, 1 perfect."
    )


def _effect(result: Comparison) -> str:
    gain = (
        result.probability_gain
        if result.better == "a"
        else -result.probability_gain / (1.0 + result.probability_gain)
    )
    text = f"so what happened was {100.0 * gain:.2g} % more probable to it"
    if not result.fold_differences:
        return text
    won = sum((gap < 0.0) == (result.better == "a") for gap in result.fold_differences)
    return f"{text}; better in {won} of {len(result.fold_differences)} folds"


def _digits(value: float, interval: Interval | None) -> str:
    """Format that shows the leading digits of a figure and of its interval's ends; four decimals at least."""
    shown = [abs(number) for number in (value, *(interval or ())) if number != 0.0]
    decimals = 1 - floor(log10(min(shown))) if shown else 0
    return f".{min(max(4, decimals), 7)}f"


def _around(interval: Interval | None, spec: str) -> str:
    return "" if interval is None else f" {interval:{spec}}"


def _start(label: str) -> str:
    return label[:1].upper() + label[1:]


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
