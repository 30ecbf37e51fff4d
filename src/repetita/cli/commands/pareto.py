"""``repetita pareto``: memory against minutes, and what a scheduler gains over another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, option
from repetita.cli._comparing import (
    COMPARING,
    OUTPUT,
    Files,
    axes_option,
    bootstrap_options,
    figure_options,
    selection_options,
)
from repetita.cli._options import answer_options
from repetita.cli._terminal import Manner, print_table, say
from repetita.plurals import counted

if TYPE_CHECKING:
    from repetita.sweeps import Candidate, Pareto


@click.command("pareto", cls=Command, short_help="Compare schedulers by memory against minutes.")
@click.argument("results", nargs=-1, required=True, metavar="RESULTS...")
@selection_options
@option("--baseline", section=COMPARING, metavar="NAME", help="Compare with this line. Default: fsrs6.")
@axes_option
@option(
    "--margin",
    section=COMPARING,
    type=float,
    metavar="SHARE",
    default=0.05,
    show_default=True,
    help="How far the reference point lies beyond the baseline's worst.",
)
@bootstrap_options
@option("--users", "by_user", section=OUTPUT, is_flag=True, help="A list and a figure for each user.")
@option("--hide-labels", section=OUTPUT, is_flag=True, help="No settings beside points.")
@figure_options
@answer_options
def command(
    manner: Manner,
    results: tuple[str, ...],
    selection: dict[str, Any],
    files: Files,
    by_user: bool,
    hide_labels: bool,
    **comparing: Any,
) -> Answer:
    """Compare schedulers by remembered cards against minutes a day, over all users of some results.

    RESULTS are tables (.parquet), logs of simulations (.jsonl), or folders with such files. Frontiers are the
    points that no other dominates; every other scheduler is compared with the baseline user by user.
    """
    from repetita.sweeps import pareto

    files.check()
    with manner.stage("comparing"):
        found = pareto(list(results), **selection, **comparing)
    manner.notes(found.notes)
    _write(found, files, by_user=by_user, labels=not hide_labels)
    return Answer({**found.to_dict(), "output": files.written}, lambda: _show(found, files.written))


def _write(found: Pareto, files: Files, *, by_user: bool, labels: bool) -> None:
    from repetita.report.figures import trade_off_figure

    records = found.records()
    if not by_user:
        files.save_list(records)
        files.save_figure(lambda: trade_off_figure(found, labels=labels), "pareto")
        return
    for user in found.points["user_id"].unique().sort().to_list():
        suffix = f"_user_{'none' if user is None else user}"
        files.save_list([record for record in records if record["user_id"] == user], suffix=suffix)
        draw = partial(trade_off_figure, found, user_id=user, labels=labels)
        files.save_figure(draw, f"pareto{suffix}")


def _show(found: Pareto, written: list[str]) -> None:
    lines = found.points.partition_by("environment", "line", maintain_order=True)
    rows = [
        (
            part["environment"][0],
            part["line"][0],
            str(part["user_id"].n_unique()),
            f"{part.height}",
            f"{int(part['frontier'].sum())}",
            _range(part["memorized"].to_list(), ".1f"),
            _range(part["minutes"].to_list(), ".2f"),
        )
        for part in lines
    ]
    headings = ("environment", "line", "users", "points", "on frontiers", "remembered", "minutes a day")
    print_table(headings, rows)
    for candidate in found.candidates:
        _show_candidate(candidate)
    say(*(f"wrote {path}" for path in written))


def _show_candidate(candidate: Candidate) -> None:
    figures = candidate.figures
    rows = [("better / worse for", f"{candidate.wins} / {candidate.losses} users")]
    if candidate.hypervolume_delta is not None:
        rows += [
            ("relative hypervolume, mean", f"{figures['relative_hypervolume_mean']:+.4f}"),
            ("relative hypervolume, median", f"{figures['relative_hypervolume_median']:+.4f}"),
            ("relative hypervolume, pooled", f"{figures['relative_hypervolume_pooled']:+.4f}"),
            ("hypervolume delta", f"{candidate.hypervolume_delta:+.1f}"),
        ]
    rows += [
        ("minutes a day saved at equal memory", f"{figures['minutes_saved']:+.3f}"),
        ("  in percent", f"{figures['minutes_saved_percent']:+.2f}"),
        _reached(candidate, "memory", "minutes_saved"),
        ("cards gained at equal time", f"{figures['cards_gained']:+.1f}"),
        ("  in percent", f"{figures['cards_gained_percent']:+.2f}"),
        _reached(candidate, "minutes", "cards_gained"),
    ]
    title = (
        f"{candidate.line} against {candidate.baseline} in {candidate.environment}, "
        f"{counted(candidate.users, 'user')}: {candidate.judgement}"
    )
    print_table(("", ""), rows, title=title)


def _reached(candidate: Candidate, axis: str, figure: str) -> tuple[str, str]:
    """What a figure speaks of: a share of the baseline's range, or users whose point the other reaches."""
    if candidate.judged_by == "hypervolume":
        covered, total = candidate.targets[axis]
        share = f"{_percent(candidate.coverage[axis])}, {covered:.6g} of {total:.6g} points"
        return (f"  over this share of {axis}", share)
    return (f"  for those whose {axis} both reach", f"{candidate.figures[figure].users} users")


def _range(values: list[float], form: str) -> str:
    return f"{min(values):{form}}–{max(values):{form}}"


def _percent(value: float | None) -> str:
    return "none" if value is None else f"{value:.1f} %"
