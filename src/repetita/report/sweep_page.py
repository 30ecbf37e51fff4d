"""The page of a sweep: frontiers with intervals, equivalence, dominance, every user, how to run it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from repetita import __version__
from repetita.plurals import counted
from repetita.report.html import (
    code,
    document,
    folded,
    number_tiles,
    paragraph,
    picture,
    section,
    sorting_table,
    table,
    title_line,
)
from repetita.report.numbers import LABEL
from repetita.report.sweep_words import answers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from repetita.report.sweep_report import SweepReport
    from repetita.sweeps import Candidate, Equivalence

__all__ = ["sweep_page"]

MOST_POINTS = 5000
MOST_FAILURES = 50
MOST_FACTS, MOST_LISTED = 200, 20
USER_COLUMNS = {
    "relative_hypervolume": ("relative hypervolume, %", 100.0),
    "minutes_saved": ("minutes a day saved", 1.0),
    "minutes_saved_percent": ("minutes saved, %", 1.0),
    "memory_covered": ("over so many cards", 1.0),
    "cards_gained": ("cards gained", 1.0),
    "cards_gained_percent": ("cards gained, %", 1.0),
    "minutes_covered": ("over so many minutes a day", 1.0),
}


def sweep_page(report: SweepReport) -> str:
    """One HTML document that needs nothing else; its tables of users sort by a click.

    Args:
        report: What `repetita.report.make_sweep_report` gives.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    parts = [title_line(_title(report)), *_answers(report), number_tiles(_tiles(report))]
    parts += [_frontiers(report), _gains(report), _equal(report), _dominance(report)]
    parts += [_users(report), _failures(report), _provenance(report), _footer()]
    return document(_title(report), "".join(parts), sorts=True)


def _title(report: SweepReport) -> str:
    points = report.pareto.points
    lines = points["line"].n_unique()
    return f"Sweep of {counted(lines, 'scheduler')} over {counted(points['user_id'].n_unique(), 'user')}"


def _answers(report: SweepReport) -> Iterator[str]:
    for sentence in answers(report):
        yield paragraph(sentence, role="answer")
    for note in report.notes:
        yield paragraph(f"Note: {note}.", role="muted")


def _tiles(report: SweepReport) -> list[tuple[str, str]]:
    results, points = report.run.table, report.pareto.points
    days = results["days"].drop_nulls().unique().sort().to_list()
    decks = results["deck_size"].drop_nulls().unique().sort().to_list()
    tiles = [
        ("runs", f"{results.height:,}"),
        ("users", f"{points['user_id'].n_unique():,}"),
        ("environments", ", ".join(points["environment"].unique().sort().to_list())),
        ("settings", f"{points.select('environment', 'line', 'label').unique().height:,}"),
        ("seeds", f"{results['seed'].n_unique():,}"),
    ]
    tiles += [("days", ", ".join(f"{n:,}" for n in days))] if days else []
    tiles += [("new cards", ", ".join(f"{n:,}" for n in decks))] if decks else []
    return [*tiles, ("failed runs", f"{len(report.run.failures):,}")]


def _frontiers(report: SweepReport) -> str:
    from repetita.report.figures.trade_off import trade_off_figure

    people = report.pareto.points["user_id"].n_unique()
    sentence = (
        f"Each point is a setting: what is remembered, and what it costs, as means over "
        f"{counted(people, 'user')}. Lower and further right is better. The bars are intervals of 95 % of "
        "each mean. Schedulers share users and luck: bars may overlap where the gains below are certain."
    )
    worlds = report.pareto.means["environment"].unique(maintain_order=True).to_list()
    drawn = "".join(
        picture(_svg(trade_off_figure(report.pareto, environment=world), f"frontier{number}", sentence))
        for number, world in enumerate(worlds)
    )
    columns = (
        "environment",
        "scheduler",
        "setting",
        "users",
        "remembered",
        "95 %",
        "minutes a day",
        "95 %",
        "",
    )
    rows = [
        (
            row["environment"],
            row["line"],
            row["label"],
            f"{row['users']:,}",
            f"{row['memorized']:,.1f}",
            _interval(row["memorized_low"], row["memorized_high"], ",.1f"),
            f"{row['minutes']:,.2f}",
            _interval(row["minutes_low"], row["minutes_high"], ",.2f"),
            "" if row["frontier"] else "dominated",
        )
        for row in report.pareto.means.to_dicts()
    ]
    return section(
        "Memory against time",
        drawn,
        paragraph(sentence, role="means"),
        folded(LABEL, table(columns, rows, text_columns=3)),
    )


def _gains(report: SweepReport) -> str:
    found, curves = report.pareto, report.curves
    if not found.candidates:
        return ""
    from repetita.report.figures.candidates import candidates_figure

    sentence = (
        f"What each scheduler gains over {found.baseline}, user by user and on the same luck: the area of "
        "memory and time that its points dominate, and the minutes it saves where both remember as much. "
        "Hypervolume is for curves; a scheduler with one point is judged by minutes at its memory."
    )
    rows = [
        (
            one.environment,
            one.line,
            one.verdict,
            one.judged_by,
            f"{one.users:,}",
            f"{one.wins:,} / {one.losses:,}",
            "" if one not in curves else _scaled(one, "relative_hypervolume_mean", 100.0),
            _scaled(one, "minutes_saved_percent", 1.0),
            _covering(one, "memory", "minutes_saved"),
            _scaled(one, "cards_gained_percent", 1.0),
            _covering(one, "minutes", "cards_gained"),
        )
        for one in found.candidates
    ]
    columns = (
        *("environment", "scheduler", "verdict", "judged by", "users", "wins / losses"),
        *("hypervolume, %",),
        *("minutes saved, %", "covering", "cards gained, %", "covering"),
    )
    return section(
        "What is gained",
        _drawn(candidates_figure(curves), "gains", sentence) if curves else paragraph(sentence, role="means"),
        table(columns, rows, text_columns=4),
    )


def _covering(one: Candidate, axis: str, figure: str) -> str:
    """What a figure speaks of: a share of the baseline's range, or users whose point the other reaches."""
    if one.judged_by == "hypervolume":
        return _percent(one.coverage[axis])
    return counted(one.figures[figure].users, "user")


def _equal(report: SweepReport) -> str:
    found = report.aggregate
    if found is None or not (found.equivalences or found.pairs):
        return ""
    from repetita.report.figures.equivalence import equivalence_figure, pairs_figure

    parts = [table(EQUIVALENCE, map(_equivalence, (*found.equivalences, *found.pairs)), text_columns=4)]
    for number, one in enumerate(found.equivalences):
        drawing = _drawn(equivalence_figure(one), f"equal{number}", f"{one!r}.")
        parts.append(folded(f"{one.target} against {one.baseline} in {one.environment}: users", drawing))
    groups: dict[tuple[str, str, str], list[Equivalence]] = {}
    for one in found.pairs:
        groups.setdefault((one.environment, one.baseline, one.target), []).append(one)
    for number, (names, several) in enumerate(groups.items()):
        environment, baseline, target = names
        label = f"{target} against every setting of {baseline} in {environment}"
        if any(one.users for one in several):
            parts.append(folded(label, _drawn(pairs_figure(several), f"pair{number}", f"{label}.")))
    said = (
        "For each user the point of the target's curve that remembers as much as the baseline. A ratio above "
        "1 means more cards for a minute a day; users whose baseline lies outside the curve are dropped."
    )
    return section("At equal memory", paragraph(said, role="means"), *parts)


EQUIVALENCE = (
    *("environment", "baseline", "setting", "target", "users", "dropped", "superior, %", "95 %"),
    *("ratio, mean", "95 %", "median", "quartiles", "equivalent desired retention"),
)


def _equivalence(one: Equivalence) -> tuple[str, ...]:
    at = "" if one.baseline_retention is None else f"{100.0 * one.baseline_retention:.6g} %"
    start = (one.environment, one.baseline, at, one.target)
    counts = (f"{one.users:,}", f"{sum(one.dropped.values()):,}")
    if one.ratio is None or one.desired_retention is None or one.superiority is None:
        return (*start, *counts, *[""] * 7)
    return (
        *start,
        *counts,
        f"{100.0 * one.superiority:.1f}",
        _pair(one.superiority_interval, 100.0, ".1f"),
        f"{one.ratio.mean:.3f}",
        _pair(one.ratio_interval, 1.0, ".3f"),
        f"{one.ratio.median:.3f}",
        f"{one.ratio.lower:.3f} to {one.ratio.upper:.3f}",
        f"{one.desired_retention.median:.3f}",
    )


def _dominance(report: SweepReport) -> str:
    found = report.dominance
    if not found:
        return ""
    from repetita.report.figures.dominance import dominance_figure

    sentence = (
        "For how many users one scheduler at one setting is better than another, in what is remembered and "
        "in cards for a minute a day."
    )
    columns = (
        "environment",
        "a",
        "b",
        "users",
        "a better",
        "a more memory",
        "equal",
        "b more memory",
        "b better",
    )
    order = ("a_dominates", "a_b_tradeoff", "neither", "b_a_tradeoff", "b_dominates")
    rows = [
        (one.environment, one.left, one.right, one.users, *(one.counts[name] for name in order))
        for one in found
    ]
    return section(
        "Who dominates whom",
        _drawn(dominance_figure(found), "dominance", sentence),
        folded(LABEL, table(columns, rows, text_columns=3)),
    )


def _users(report: SweepReport) -> str:
    parts = [paragraph("Click a heading to sort.", role="muted")]
    users = report.pareto.users
    if users.height:
        means = users.group_by("environment", "line", "user_id", maintain_order=True).agg(
            pl.col(list(USER_COLUMNS)).fill_nan(None).mean()
        )
        columns = ("user", *(heading for heading, _ in USER_COLUMNS.values()))
        for (environment, line), part in means.group_by("environment", "line", maintain_order=True):
            rows = [
                (row["user_id"], *(_times(row[name], scale) for name, (_, scale) in USER_COLUMNS.items()))
                for row in part.sort("user_id").to_dicts()
            ]
            label = f"{line} against {report.pareto.baseline} in {environment}, user by user"
            listed = sorting_table(columns, rows, form=",.2f")
            parts.append(folded(label, f'<div class="tall">{listed}</div>'))
    return section("User by user", *parts, _points(report))


def _points(report: SweepReport) -> str:
    points = report.pareto.points
    if points.height > MOST_POINTS:
        return paragraph(
            f"The {points.height:,} points of all users are too many for a page; they are in the results."
        )
    rows = [
        (
            row["environment"],
            row["line"],
            row["label"],
            row["user_id"],
            row["memorized"],
            row["minutes"],
            row["memorized"] / row["minutes"] if row["minutes"] > 0.0 else None,
            row["reviews_average"],
            "frontier" if row["frontier"] else "",
        )
        for row in points.to_dicts()
    ]
    columns = (
        *("environment", "scheduler", "setting", "user", "remembered", "minutes a day"),
        *("cards for a minute", "reviews a day", ""),
    )
    listed = sorting_table(columns, rows, text_columns=3, form=",.2f")
    return folded(f"All {points.height:,} points", f'<div class="tall">{listed}</div>')


def _failures(report: SweepReport) -> str:
    failures = report.run.failures
    if not failures:
        return ""
    shown = failures[:MOST_FAILURES]
    names = list(dict.fromkeys(k for failure in shown for k, value in failure.items() if value is not None))
    rows = [[_plain(failure.get(name)) for name in names] for failure in shown]
    rest = len(failures) - len(shown)
    more = [paragraph(f"And {counted(rest, 'further one')}.", role="muted")] if rest else []
    return section("Runs without a result", table(names, rows, text_columns=len(names)), *more)


def _provenance(report: SweepReport) -> str:
    run = report.run
    if isinstance(run.config.get("command"), Mapping):
        said = "What was asked for is in run.toml. To run the same again, into another folder:"
        words = ["repetita", "sweep", "--config", str(run.path / "run.toml"), "--output", "again"]
        again = paragraph(said) + code(shlex.join(words))
    else:
        again = paragraph("It was run from Python: run.toml says with which arguments of repetita.sweep.")
    facts = [
        (f"{part} {name}".strip(), _plain(value))
        for part, content in (("", run.environment), ("input", run.inputs))
        for name, value in _flat(content)
    ]
    rest = len(facts) - MOST_FACTS
    more = paragraph(f"And {counted(rest, 'further line')} in inputs.json.", role="muted") if rest > 0 else ""
    listed = table(("", ""), facts[:MOST_FACTS], text_columns=2) + more
    return section(
        "What was run, and how to run it again",
        again,
        folded("run.toml", code(run.config_text)),
        folded("Versions, machine and inputs", listed) if facts else "",
    )


def _flat(content: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name} ")
        else:
            yield f"{before}{name}", value


def _plain(value: Any) -> str:
    if value is None:
        return ""
    several = value if isinstance(value, list) else [value]
    several = [
        " ".join(f"{k} {v}" for k, v in one.items()) if isinstance(one, dict) else one for one in several
    ]
    rest = len(several) - MOST_LISTED
    return ", ".join(str(one) for one in several[:MOST_LISTED]) + (f" and {rest:,} more" if rest > 0 else "")


def _footer() -> str:
    said = (
        f"Made by repetita {__version__}. Intervals are 95 %, by a paired bootstrap over users and seeds. "
        "This page holds everything it shows, loads nothing and sends nothing; its one script sorts tables."
    )
    return f"<footer>\n{paragraph(said)}</footer>\n"


def _drawn(figure: Figure, name: str, sentence: str) -> str:
    return picture(_svg(figure, name, sentence)) + paragraph(sentence, role="means")


def _svg(figure: Figure, name: str, sentence: str) -> str:
    from repetita.report.figures.canvas import to_svg

    return to_svg(figure, name, title=sentence)


def _pair(ends: tuple[float, float] | None, scale: float, form: str) -> str:
    return "" if ends is None else _interval(scale * ends[0], scale * ends[1], form)


def _interval(low: float | None, high: float | None, form: str) -> str:
    return "" if low is None or high is None else f"{low:{form}} to {high:{form}}"


def _scaled(one: Candidate, name: str, scale: float) -> str:
    figure = one.figures[name]
    if figure.value is None:
        return "none"
    ends = _interval(_times(figure.low, scale), _times(figure.high, scale), "+.1f")
    return f"{scale * figure.value:+.1f}" + (f" ({ends})" if ends else "")


def _times(value: float | None, scale: float) -> float | None:
    return None if value is None else scale * value


def _percent(value: float | None) -> str:
    return "none" if value is None else f"{value:.0f} %"
