"""``repetita fit``: parameters of a memory model from a log."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import click

from repetita.cli._answer import Answer, dumps, success
from repetita.cli._arguments import Command, one_of, option
from repetita.cli._counting import Counting, counting_options
from repetita.cli._log_facts import log_facts
from repetita.cli._options import (
    FITTING,
    Chosen,
    Fitting,
    answer_options,
    fit_options,
    model_options,
    output_options,
)
from repetita.cli._reading import Reading, reader_options
from repetita.cli._target import Target
from repetita.cli._terminal import Manner, print_table, say

if TYPE_CHECKING:
    from repetita.fitting import FitResult, GroupedFit
    from repetita.fitting.groups import By


@click.command("fit", cls=Command, short_help="Fit a memory model to a log.")
@reader_options
@counting_options
@model_options(parameters="Where the search starts, e.g. an earlier fit.")
@fit_options
@option(
    "--by",
    section=FITTING,
    **one_of("group", ("deck", "preset")),
    help="A fit of its own for every deck or preset.",
)
@output_options(what="Write the result as JSON, to be given to --parameters later.")
@answer_options
def command(
    reading: Reading,
    counting: Counting,
    chosen: Chosen,
    fitting: Fitting,
    by: By | None,
    target: Target,
    manner: Manner,
) -> Answer:
    """Fit the parameters of a memory model to LOG, and say how good and how sure they are.

    Prints the list to paste into the FSRS parameters of an Anki preset.
    """
    from repetita.fitting import fit, fit_by

    target.check()
    log = reading.read(manner)
    begin = chosen.model(manner) if chosen.text else chosen.name
    with manner.stage(f"fitting {chosen.name}"):
        options = {"variant": chosen.variant, "seed": fitting.seed, **fitting.options, **counting.options}
        result = fit(log, begin, **options) if by is None else fit_by(log, by, begin, **options)
    document = {**result.to_dict(), "summary": result.summary(), "log": log_facts(log)}
    target.write(dumps(success("fit", document), indent=2))
    return Answer(document, lambda: _show(result, target, fitting.seed))


def _show(result: FitResult | GroupedFit, target: Target, seed: int) -> None:
    from repetita.fitting import GroupedFit

    if isinstance(result, GroupedFit):
        _show_groups(result)
    else:
        _show_one(result, seed)
    if target.path is not None:
        say(target.told())


def _show_groups(result: GroupedFit) -> None:
    from repetita.report import parameter_text

    say(result.summary())
    for group, fitted in result.items():
        say("", f"{result.by} {group}:", parameter_text(fitted.parameters))


def _show_one(result: FitResult, seed: int) -> None:
    from repetita.equations import declared
    from repetita.report import parameter_text

    say(result.summary())
    table = result.model.parameter_table
    rows = [
        (i, p.name, f"{value:.4f}", f"{error:.4f}" if isfinite(error) else "", f"{p.default:.4f}", p.meaning)
        for i, (p, value, error) in enumerate(zip(table, result.parameters, result.std_errors, strict=True))
    ]
    if declared(result.model.equations).kind == "network":
        say(f"The {len(rows):,} weights of the network are in the document that -o FILE writes.")
        say(f"{result.seconds:.2f} s, seed {seed}")
        return
    print_table(("", "parameter", "value", "std. error", "default", "what it means"), rows)
    preset = declared(result.model.equations).anki_preset
    use = "To paste into the FSRS parameters of an Anki preset:" if preset else "All of them, to copy:"
    say("", use, "", parameter_text(result.parameters), "")
    say(f"{result.seconds:.2f} s, seed {seed}")
