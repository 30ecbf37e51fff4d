"""``repetita compare``: which of two models predicts a log better."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, option
from repetita.cli._counting import Counting, counting_options
from repetita.cli._log_facts import log_facts, warn_if_fitted_on
from repetita.cli._measures import print_measures
from repetita.cli._model_text import ModelText, contestant
from repetita.cli._options import JUDGING, MODEL, Fitting, answer_options, fit_options, folds_option
from repetita.cli._reading import Reading, reader_options
from repetita.cli._terminal import Manner, say

if TYPE_CHECKING:
    from repetita.evaluation import Comparison
    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog


@click.command("compare", cls=Command, short_help="Say which of two models predicts a log better.")
@reader_options
@counting_options
@click.argument("first", metavar="[A]", default="fsrs6")
@click.argument("second", metavar="[B]", default="defaults")
@option("--model", section=MODEL, default="fsrs6", show_default=True, help="Of bare numbers and 'defaults'.")
@option("--clip", section=MODEL, is_flag=True, help="Move parameters that are out of bounds to them.")
@fit_options
@folds_option
@option(
    "--require-better",
    section=JUDGING,
    is_flag=True,
    help="Exit with 1 unless A predicts better and the interval excludes no difference.",
)
@answer_options
def command(
    reading: Reading,
    counting: Counting,
    first: str,
    second: str,
    model: str,
    clip: bool,
    fitting: Fitting,
    folds: int,
    require_better: bool,
    manner: Manner,
) -> Answer:
    """Say which of A and B predicts LOG better, by how much and how surely, on the same reviews.

    A and B are each: a model name (fitted on earlier reviews, judged on later ones), 'defaults', numbers,
    or a file such as fit.json. Without them: fsrs6, fitted, against its published defaults.
    """
    from repetita.evaluation import compare

    # what was written is understood before anything is read, so that a slip costs no time
    asked = [_asked(text, model, clip) for text in (first, second)]
    log = reading.read(manner)
    sides = [_side(one, log, manner) for one in asked]
    with manner.progress("fitting") as progress:
        result = compare(
            counting.of(log),
            sides[0],
            sides[1],
            folds=folds,
            seed=fitting.seed,
            fit_options=fitting.options,
            progress=progress,
        )
    document = {**result.to_dict(), "seed": fitting.seed, "log": log_facts(log)}
    refused = require_better and result.better != "a"
    return Answer(document, lambda: _show(result), exit_code=1 if refused else 0)


def _asked(text: str, model: str, clip: bool) -> ModelText | str:
    from repetita.equations import known_model, model_names

    known_model(text.partition(":")[0])  # registers one that an installed package announces
    return contestant(text, model=model, known=model_names(), clip=clip)


def _side(asked: ModelText | str, log: ReviewLog, manner: Manner) -> MemoryModel | str:
    if isinstance(asked, str):
        return asked
    warn_if_fitted_on(log, asked, manner)
    return asked.model(manner)


def _show(result: Comparison) -> None:
    say(result.summary())
    print_measures({result.a: result.scores_a, result.b: result.scores_b})
