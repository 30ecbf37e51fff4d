"""``repetita report simulation``: one page of a run that was simulated earlier."""

from __future__ import annotations

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command
from repetita.cli._first_line import command_line
from repetita.cli._options import answer_options, output_options
from repetita.cli._target import Target
from repetita.cli._terminal import Manner, say


@click.command("simulation", cls=Command, short_help="Write one page with pictures: a simulated run.")
@click.argument("run", metavar="RUN")
@output_options(what="The page.", default="report.html")
@answer_options
def command(run: str, target: Target, manner: Manner) -> Answer:
    """Write one HTML page of a simulated run: what came out, day by day, its settings, how to run it again.

    RUN is what repetita simulate wrote: the log (.jsonl) with its table of days (.csv) beside it, or a folder
    with one of them. The page works offline and holds everything it shows. Needs the extra: pip install
    "repetita[plot]".
    """
    from repetita.report import simulation_page
    from repetita.report.figures import require_matplotlib
    from repetita.sweeps import read_run

    target.check()
    require_matplotlib()
    with manner.stage("reading"):
        found = read_run(run)
    with manner.stage("drawing"):
        page = simulation_page(found, rerun=command_line(found.meta))
    target.write(page)
    document = {
        "run": found.source,
        "totals": dict(found.totals),
        "output": target.path,
        "written": not target.dry_run,
    }
    return Answer(document, lambda: say(f"{target.told()} (open it in a browser)"))
