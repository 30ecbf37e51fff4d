"""``repetita report sweep``: one page of a sweep."""

from __future__ import annotations

from typing import Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, option
from repetita.cli._comparing import COMPARING, axes_option, bootstrap_options, selection_options
from repetita.cli._comparing import pairs as pairs_of
from repetita.cli._options import answer_options, output_options
from repetita.cli._target import Target
from repetita.cli._terminal import Manner, say


@click.command("sweep", cls=Command, short_help="Write one page with pictures: a sweep.")
@click.argument("run", metavar="RUN")
@selection_options
@option(
    "--baseline",
    section=COMPARING,
    metavar="NAME",
    help="What the others are compared with. Default: fsrs6.",
)
@option(
    "--pairs",
    section=COMPARING,
    metavar="A:B[,A:B]",
    help="For the bars of dominance, such as fsrs6@0.9:anki_sm2.",
)
@axes_option
@bootstrap_options
@output_options(what="The page.", default="report.html")
@answer_options
def command(
    run: str,
    selection: dict[str, Any],
    pairs: str | None,
    target: Target,
    manner: Manner,
    **comparing: Any,
) -> Answer:
    """Write one HTML page of a sweep: frontiers with intervals, gains, equivalence, dominance, every user.

    RUN is the folder that repetita sweep wrote. The page works offline, holds everything it shows, and says
    how to run the sweep again. Needs the extra: pip install "repetita[plot]".
    """
    from repetita.report import make_sweep_report
    from repetita.report.figures import require_matplotlib

    target.check()
    require_matplotlib()
    asked = pairs_of(pairs, "--pairs") or None
    with manner.stage("comparing"):
        report = make_sweep_report(run, pairs=asked, **comparing, **selection)
    manner.notes(report.notes)
    with manner.stage("drawing"):
        page = report.html()
    target.write(page)
    document = report.to_dict() | {"output": target.path, "written": not target.dry_run}
    told = f"{target.told()} ({len(page) / 1024:,.0f} KiB; open it in a browser)"
    verdicts = [repr(one) for one in report.pareto.candidates]
    return Answer(document, lambda: say(*verdicts, told))
