"""``repetita report``: one page with everything."""

from __future__ import annotations

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command
from repetita.cli._log_facts import log_facts, warn_if_fitted_on
from repetita.cli._options import (
    Chosen,
    Fitting,
    answer_options,
    fit_options,
    folds_option,
    judged,
    model_options,
    output_options,
)
from repetita.cli._reading import Reading, reader_options
from repetita.cli._target import Target
from repetita.cli._terminal import Manner, say


@click.command("report", cls=Command, short_help="Write one page with pictures: log, fit, judgment.")
@reader_options
@model_options(parameters="Show and judge these instead of fitting.")
@fit_options
@folds_option
@output_options(what="The page.", default="report.html")
@answer_options
def command(
    reading: Reading, chosen: Chosen, fitting: Fitting, folds: int, target: Target, manner: Manner
) -> Answer:
    """Fit a model to LOG, judge it on held-out reviews, and write one HTML page with pictures.

    The page works offline and holds everything it shows. Needs the extra: pip install "repetita[plot]".
    """
    from repetita.report import make_report
    from repetita.report.figures import require_matplotlib

    target.check()
    require_matplotlib()
    log = reading.read(manner)
    warn_if_fitted_on(log, chosen.text, manner)
    model = judged(chosen, fitting, manner)
    if target.dry_run:
        return Answer({"output": target.path, "written": False}, lambda: say(target.told()))
    with manner.progress("fitting and judging") as progress:
        report = make_report(
            log, model, folds=folds, seed=fitting.seed, fit_options=fitting.options, progress=progress
        )
    with manner.stage("drawing"):
        page = report.html()
    target.write(page)
    document = {
        "output": target.path,
        "written": True,
        "verdict": report.verdict(),
        "log": log_facts(log),
        "fit": report.fit and report.fit.to_dict(),
        "evaluation": report.evaluation and report.evaluation.to_dict(),
    }
    size = f"{len(page) / 1024:,.0f} KiB"
    told = f"{target.told()} ({size}; open it in a browser)"
    return Answer(document, lambda: say(report.verdict(), told))
