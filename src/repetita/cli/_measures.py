"""The table of measures that `evaluate` and `compare` show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from repetita.cli._terminal import print_table

if TYPE_CHECKING:
    from repetita.evaluation import Scores

SHOWN = ("log_loss", "rmse_bins", "auc", "ici", "mbe")


def print_measures(judged: Mapping[str, Scores]) -> None:
    """Write a row for every predictor; a measure that is not defined leaves its cell empty."""
    from repetita.evaluation.words import HEADINGS

    rows = [
        (label, *("" if (value := getattr(scores, name)) is None else f"{value:.4f}" for name in SHOWN))
        for label, scores in judged.items()
    ]
    print_table(("", *(HEADINGS[name] for name in SHOWN)), rows)
