"""``repetita demo``: the whole way in one command, on a log whose truth is known or on one's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._answer import Answer, dumps, success
from repetita.cli._arguments import Command, days, option
from repetita.cli._log_facts import log_facts
from repetita.cli._options import Fitting, answer_options, fit_options, folds_option, output_options
from repetita.cli._reading import Reading, optional_reader_options
from repetita.cli._target import Target
from repetita.cli._terminal import Manner, print_table, say
from repetita.errors import OutputError

if TYPE_CHECKING:
    from repetita.report import Recovery, Report
    from repetita.reviews import ReviewLog

FOLDER = "repetita-demo"
PAGE = "report.html"
# A learner unlike the average one: remembers longer at first, forgets faster later
TRUTH = (
    *(0.8, 2.6, 5.2, 16.0, 6.9, 0.7, 2.6, 0.02, 1.55, 0.21, 0.95),
    *(1.25, 0.09, 0.33, 1.9, 0.48, 2.4, 0.72, 0.16, 0.11, 0.22),
)


@click.command("demo", cls=Command, short_help="Fit, judge and draw: a simulated log, or yours.")
@optional_reader_options
@fit_options
@folds_option
@option(
    "--cards",
    section="Simulation",
    type=click.IntRange(1, 100_000),
    metavar="N",
    default=3000,
    show_default=True,
    help="Cards of the simulated log.",
)
@option(
    "--days",
    "span",
    section="Simulation",
    metavar="DURATION",
    default="2y",
    show_default=True,
    help="Its length, e.g. 365d, 52w, 2y.",
)
@output_options(what="A page (.html), or a folder for page, fit and log.", default=FOLDER)
@answer_options
def command(
    reading: Reading | None,
    fitting: Fitting,
    folds: int,
    cards: int,
    span: str,
    target: Target,
    manner: Manner,
) -> Answer:
    """Fit FSRS-6 to a log, judge it on held-out reviews, and write a page with pictures.

    Without LOG a log is simulated from known parameters, and the fit is shown beside them.
    """
    from repetita.report import make_report, recovered
    from repetita.report.figures import require_matplotlib

    length = round(days(span, name="--days"))
    require_matplotlib()
    files = _files(target, simulated=reading is None)
    folder = Path(str(files["page"].path)).parent
    if folder.is_dir():
        for file in files.values():
            file.check()
    if target.dry_run:
        told = [file.told() for file in files.values()]
        return Answer({"output": [f.path for f in files.values()], "written": False}, lambda: say(*told))
    if reading is None:
        with manner.stage(f"simulating {cards:,} cards over {length:,} days"):
            log = _simulated(cards, length, fitting.seed)
    else:
        log = reading.read(manner)
    _make_folder(folder)
    with manner.progress("fitting and judging") as progress:
        report = make_report(
            log,
            folds=folds,
            seed=fitting.seed,
            fit_options=fitting.options,
            truth=TRUTH if reading is None else None,
            progress=progress,
        )
    found = recovered(report.fit, report.truth) if report.truth and report.fit else None
    document = _document(report, found, files, fitting.seed)
    with manner.stage("drawing"):
        _write(report, document, files)
    return Answer(document, lambda: _show(report, found, files, fitting.seed))


def _files(target: Target, *, simulated: bool) -> dict[str, Target]:
    """What is written where."""
    path = Path(target.path or FOLDER)
    if path.suffix.lower() in (".html", ".htm"):
        return {"page": target}
    names = {"page": PAGE, "fit": "fit.json", **({"log": "simulated.csv"} if simulated else {})}
    return {part: replace(target, path=str(path / name)) for part, name in names.items()}


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot make the folder {str(path)!r}: {error.strerror}", where=str(path)
        ) from error


def _simulated(cards: int, length: int, seed: int) -> ReviewLog:
    from repetita.reviews import simulate_log

    log: ReviewLog = simulate_log(cards=cards, days=length, parameters=TRUTH, seed=seed)
    return log


def _document(report: Report, found: Recovery | None, files: dict[str, Target], seed: int) -> dict[str, Any]:
    return {
        "output": [file.path for file in files.values()],
        "written": True,
        "verdict": report.verdict(),
        "seed": seed,
        "truth": list(TRUTH) if found else None,
        "recovery": found and found.to_dict()["parameters"],
        "fit": report.fit and report.fit.to_dict(),
        "evaluation": report.evaluation and report.evaluation.to_dict(),
        "log": log_facts(report.log),
    }


def _write(report: Report, document: dict[str, Any], files: dict[str, Target]) -> None:
    files["page"].write(report.html())
    if "fit" in files and report.fit:
        fitted = {**report.fit.to_dict(), "log": document["log"]}
        files["fit"].write(dumps(success("fit", fitted), indent=2))
    if "log" in files:
        from repetita.reviews import write_reviews

        write_reviews(report.log, str(files["log"].path), force=files["log"].force)


def _show(report: Report, found: Recovery | None, files: dict[str, Target], seed: int) -> None:
    say(report.verdict(), "", report.fit_summary())
    if found:
        say("", found.sentence())
        rows = [
            (
                p.name,
                *(f"{value:.4f}" for value in (p.truth, p.estimate, p.std_error, p.default)),
                "yes" if p.inside else "no",
            )
            for p in found.parameters
        ]
        print_table(("parameter", "truth", "estimate", "std. error", "default", "in interval"), rows)
    said = report.evaluation.summary() if report.evaluation else f"Not judged: {report.unjudged}."
    say("", said, "", f"seed {seed}", *(file.told() for file in files.values()))
