"""``repetita evaluate``: how well a model predicts a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command
from repetita.cli._counting import Counting, counting_options
from repetita.cli._log_facts import log_facts, warn_if_fitted_on
from repetita.cli._measures import print_measures
from repetita.cli._options import (
    Chosen,
    Fitting,
    answer_options,
    fit_options,
    folds_option,
    judged,
    model_options,
)
from repetita.cli._reading import Reading, reader_options
from repetita.cli._terminal import Manner, print_table, say

if TYPE_CHECKING:
    from repetita.evaluation import Evaluation


@click.command("evaluate", cls=Command, short_help="Judge how well a model predicts a log.")
@reader_options
@counting_options
@model_options(parameters="Judge these as they are instead of fitting.")
@fit_options
@folds_option
@answer_options
def command(
    reading: Reading, counting: Counting, chosen: Chosen, fitting: Fitting, folds: int, manner: Manner
) -> Answer:
    """Judge how well a model predicts LOG, beside the published defaults and a constant.

    Without --parameters the model is fitted on earlier reviews and judged on later ones, fold by fold, so
    every review is predicted by a model that has not seen it.
    """
    from repetita.evaluation import evaluate

    log = reading.read(manner)
    flattered = warn_if_fitted_on(log, chosen.text, manner)
    model = judged(chosen, fitting, manner)
    with manner.progress("judging") as progress:
        result = evaluate(
            counting.of(log),
            model,
            folds=folds,
            seed=fitting.seed,
            fit_options=fitting.options,
            progress=progress,
        )
    document = {
        **result.to_dict(),
        "in_sample": flattered,
        "summary": result.summary(),
        "seed": fitting.seed,
        "log": log_facts(log),
    }
    return Answer(document, lambda: _show(result))


def _show(result: Evaluation) -> None:
    say(result.summary())
    print_measures({result.label: result.scores, **result.baselines})
    if result.folds:
        folds = [
            (str(i + 1), f"{fold.train_reviews:,}", f"{fold.test_reviews:,}", f"{fold.log_loss:.4f}")
            for i, fold in enumerate(result.folds)
        ]
        print_table(("fold", "reviews before", "scored after", "log loss"), folds)
