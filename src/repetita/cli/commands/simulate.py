"""``repetita simulate``: what happens when a person learns a deck of cards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command
from repetita.cli._figures import check_figure_name, figure_bytes
from repetita.cli._first_line import meta
from repetita.cli._options import answer_options
from repetita.cli._simulation import ENGINES, plan_options, simulation_options
from repetita.cli._target import Target
from repetita.cli._terminal import Manner, print_table, say
from repetita.errors import UsageError

if TYPE_CHECKING:
    from repetita.simulation import Replicates, Simulation
    from repetita.simulation.running import Plan

EXIT_INTERRUPTED = 130
LANES_AT_ONCE, FEWEST_RUNS = 8, 2  # a run of the compiled engine cannot be stopped; one run has no interval


@click.command("simulate", cls=Command, short_help="Simulate a person who learns a deck of cards.")
@simulation_options
@answer_options
def command(manner: Manner, **given: Any) -> Answer:
    """Simulate a person who learns a deck of cards, day by day, and say what it costs and what is remembered.

    Without any file the default person and the published parameters are taken. Ctrl-C ends the run early and
    keeps the days that are done.
    """
    from repetita.simulation.running import plan

    given["engine"] = ENGINES[given["engine"]]
    device = _device(given)
    made = plan(**plan_options(given, manner))
    about = meta(given)
    files = _files(given, about)
    if given["seeds"] > 1:
        return _several(made, given, manner, device)
    run, stopped = _run(made, given, manner, device)
    written = _write(run, about | ({"days_done": run.days} if stopped else {}), given, files, manner)
    document = {"meta": about, "totals": run.totals(), "interrupted": stopped, "output": written}
    return Answer(document, lambda: _show(run, stopped, written), EXIT_INTERRUPTED if stopped else 0)


def _device(given: Mapping[str, Any]) -> str:
    """What lanes run on, made sure of before the work."""
    asked = given["device"] or "cpu"
    if asked == "cpu":
        return "cpu"
    from repetita.kernels.graphics import any_device, require_devices

    if given["engine"] != "lanes":
        if asked == "auto":  # as the default of other programs: whatever fits
            return "cpu"
        raise UsageError("--device cuda needs --engine lanes", where="--device")
    if asked == "auto":
        return "cuda" if any_device() else "cpu"
    require_devices()
    return "cuda"


def _files(given: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Path]:
    """What will be written, checked before the work."""
    from repetita.report.figures import require_matplotlib
    from repetita.simulation.logs import log_paths

    plot = given["plot"]
    check_figure_name(plot, "--plot")
    if given["seeds"] > 1:
        if given["report"] is not None:
            raise UsageError("--report shows one run, and --seeds asks for several", where="--report")
        return {}
    if given["report"] is not None:
        require_matplotlib()
    files = {} if given["no_log"] else log_paths(given["log_dir"], about)
    if plot is not None:
        files["plot"] = Path(plot)
    elif not given["no_log"] and not given["no_plot"]:
        files["plot"] = files["log"].with_suffix(".png")
    if given["report"] is not None:
        files["report"] = Path(given["report"])
    for path in files.values():
        if path.parent.is_dir() or path in (Path(plot or ""), Path(given["report"] or "")):
            Target(str(path), force=given["force"]).check()
    return files


def _run(made: Plan, given: Mapping[str, Any], manner: Manner, device: str) -> tuple[Simulation, bool]:
    """The run, and whether it was stopped early."""
    from repetita.simulation.result import simulation_of

    if given["engine"] == "lanes":
        from repetita.simulation.lanes.plans import run_plan

        return run_plan(made, [given["seed"]], device=device)[0], False
    with (Manner(True) if given["no_progress"] else manner).progress("simulating") as tell:
        engine = made.engine(given["seed"], progress=_days(tell, made.days))
        stopped = False
        try:
            engine.run()
        except KeyboardInterrupt:
            if not engine.days:
                raise
            stopped = True
    return simulation_of(engine, {**made.config, "seed": given["seed"]}), stopped


def _days(tell: Callable[[int, int], None], days: int) -> Callable[[int], None]:
    every = max(1, days // 100)

    def told(day: int) -> None:
        if (day + 1) % every == 0 or day + 1 == days:
            tell(day + 1, days)

    return told


def _write(
    run: Simulation,
    about: Mapping[str, Any],
    given: Mapping[str, Any],
    files: Mapping[str, Path],
    manner: Manner,
) -> list[str]:
    """Writes logs and dashboard; their paths."""
    written: list[str] = []
    if not given["no_log"]:
        from repetita.simulation.logs import write_run

        paths = write_run(
            run, about, given["log_dir"], log_reviews=given["log_reviews"], force=given["force"]
        )
        written += [str(path) for path in paths.values()]
    if "plot" in files:
        written += _plot(run, files["plot"], given, manner)
    if "report" in files:
        from repetita.report import simulation_page

        Target(str(files["report"]), force=given["force"]).write(simulation_page(run))
        written.append(str(files["report"]))
    return written


def _plot(run: Simulation, path: Path, given: Mapping[str, Any], manner: Manner) -> list[str]:
    from repetita.errors import MissingExtra
    from repetita.report.figures import simulation_figure

    try:
        figure = simulation_figure(run)
    except MissingExtra as error:
        if given["plot"] is not None:
            raise
        manner.note(f"no dashboard: {error}")
        return []
    Target(str(path), force=given["force"]).write(figure_bytes(figure, path))
    return [str(path)]


def _several(made: Plan, given: Mapping[str, Any], manner: Manner, device: str) -> Answer:
    """Runs over several seeds: means with intervals; after an interruption those of the runs done."""
    from repetita.simulation import Replicates
    from repetita.simulation.lanes.plans import run_plan

    seeds, stopped = range(given["seed"], given["seed"] + given["seeds"]), False
    runs: list[Simulation] = []
    by_lanes = given["engine"] == "lanes"
    at_once = LANES_AT_ONCE if by_lanes else 1
    with (Manner(True) if given["no_progress"] else manner).progress("simulating") as tell:
        try:
            for first in range(0, len(seeds), at_once):
                part = seeds[first : first + at_once]
                if by_lanes:
                    runs += run_plan(made, part, events=False, device=device)
                else:
                    runs.append(made.run(part[0], events=False))
                tell(len(runs), len(seeds))
        except KeyboardInterrupt:
            if len(runs) < FEWEST_RUNS:
                raise
            stopped = True
    found = Replicates(tuple(seeds[: len(runs)]), tuple(runs))
    return Answer(
        {**found.to_dict(), "interrupted": stopped},
        lambda: _show_several(found, stopped),
        EXIT_INTERRUPTED if stopped else 0,
    )


def _show(run: Simulation, stopped: bool, written: list[str]) -> None:
    days = (run.reviews > 0).sum()
    mean = run.total_reviews / days if days else 0.0
    rows = [
        ("remembered cards, mean of all days", f"{run.memorized_average:.1f}"),
        ("remembered cards at the end", f"{run.projected:.1f}"),
        ("minutes a day", f"{run.minutes_per_day:.2f}"),
        ("remembered cards for a minute a day", f"{run.memorized_per_minute or 0.0:.1f}"),
        ("new cards", f"{run.total_new}"),
        ("reviews", f"{run.total_reviews}"),
        ("reviews a day", f"{run.reviews_average:.2f}"),
        ("most reviews a day", f"{run.reviews.max()}"),
        ("days with reviews", f"{days}"),
        ("reviews on such a day", f"{mean:.2f}"),
        ("lapses", f"{run.total_lapses}"),
    ]
    if run.config["short_term"]:
        rows.append(("loops within a day, mean", f"{run.short_loops.mean():.2f}"))
    say(repr(run))
    print_table(("", ""), rows)
    say("", *(["stopped early; the figures are those of the days done"] if stopped else []))
    say(*(f"wrote {path}" for path in written))


def _show_several(replicates: Replicates, stopped: bool) -> None:
    rows = [
        (name.replace("_", " "), f"{e.mean:.6g}", f"{e.low:.6g}", f"{e.high:.6g}")
        for name, e in replicates.summary().items()
    ]
    say(f"{len(replicates)} runs, means with intervals of 95 %")
    print_table(("", "mean", "low", "high"), rows)
    say(*(["stopped early; the figures are those of the runs done"] if stopped else []))
