"""``repetita pareto``: memory against minutes, and what a scheduler gains over another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, option, with_options
from repetita.cli._comparing import (
    COMPARING,
    OUTPUT,
    Files,
    axes_option,
    bootstrap_options,
    figure_options,
    results_argument,
    selection_options,
)
from repetita.cli._fan_out import FAN_OUT, WorkersTally, fan_out_options, shows_commands, uv_note
from repetita.cli._options import answer_options
from repetita.cli._shown_commands import commands_of_users, print_commands
from repetita.cli._terminal import Manner, print_table, say
from repetita.cli._user_figures import UserFigures
from repetita.errors import UsageError
from repetita.plurals import counted

if TYPE_CHECKING:
    from repetita.sweeps import Candidate, Pareto

EXIT_SOME_FAILED = 3


OF_USERS = fan_out_options(
    item="user",
    batch="user",
    workers="Processes that draw the figures of --users. Default: none, one figure after the other.",
    cuda="Sets CUDA_VISIBLE_DEVICES of these processes in turn, which changes nothing: drawing uses none.",
)


@click.command("pareto", cls=Command, short_help="Compare schedulers by memory against minutes.")
@results_argument
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
@with_options(OF_USERS)
@option("--hide-labels", section=OUTPUT, is_flag=True, help="No settings beside points.")
@figure_options
@answer_options
@click.pass_context
def command(
    context: click.Context,
    /,
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
    points that no other dominates; every other scheduler is compared with the baseline user by user. The
    options about work are for --users.
    """
    from repetita.sweeps import pareto

    work = {name: comparing.pop(name) for name in FAN_OUT}
    _require_work(context, work, by_user=by_user, drawing=files.plot_dir is not None)
    if not work["dry_run"]:
        files.check()
    with manner.stage("comparing"):
        found = pareto(list(results), **selection, **comparing)
    manner.notes([*found.notes, *uv_note(work)])
    users = found.points["user_id"].unique().sort().to_list()
    lines = commands_of_users(context, work, users, None) if shows_commands(work) else []
    told: dict[str, Any] = {"commands": lines} if shows_commands(work) else {}
    drawing = UserFigures(found, files, labels=not hide_labels)
    if work["dry_run"]:
        planned = drawing.names(users if by_user else None)
        return Answer({"dry_run": True, "output": planned, **told}, partial(_dry, planned, lines))
    print_commands(lines, manner)
    tally = None
    if by_user:
        tally, told["failures"] = drawing.write_users(users, work, manner)
        if work["child_summary"]:
            told["workers"] = tally.to_list()
    else:
        drawing.write()
    document = {**found.to_dict(), "output": files.written, **told}
    code = EXIT_SOME_FAILED if told.get("failures") else 0
    shown = tally if work["child_summary"] else None
    return Answer(document, partial(_show, found, files.written, shown, told), exit_code=code)


def _require_work(context: click.Context, work: dict[str, Any], *, by_user: bool, drawing: bool) -> None:
    """Raises where work is to be handed out, and there are no figures of users."""
    for parameter in context.command.params:
        name = str(parameter.name)
        needed = by_user and (drawing or name == "show_commands")
        if needed or name not in FAN_OUT or name in ("dry_run", "uv_cmd"):
            continue
        if context.get_parameter_source(name) not in (None, ParameterSource.DEFAULT):
            flag = parameter.opts[0]
            raise UsageError(
                f"{flag} is about the figures of each user, which need --users and --plot-dir", where=flag
            )


def _dry(planned: Sequence[str], commands: Sequence[str]) -> None:
    say(*(f"would write {name}" for name in planned), *(["", *commands] if commands else []))


def _show(found: Pareto, written: list[str], tally: WorkersTally | None, told: dict[str, Any]) -> None:
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
    if tally is not None:
        tally.show()
    if told.get("failures"):
        cells = [(str(row["user_id"]), row["failure"]) for row in told["failures"]]
        print_table(("user", "reason"), cells, title="Users without a figure")
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
