"""``repetita predict``: the predicted chance of recall at every review."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from repetita.cli._answer import Answer, write_out
from repetita.cli._arguments import Command
from repetita.cli._options import Chosen, answer_options, model_options, output_options
from repetita.cli._reading import Reading, reader_options
from repetita.cli._target import Target
from repetita.cli._terminal import Manner, say
from repetita.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from repetita.memory_model import MemoryModel
    from repetita.reviews import ReviewLog

SUFFIXES = (".csv", ".parquet")


@click.command("predict", cls=Command, short_help="Predict recall at every review of a log.")
@reader_options
@model_options(parameters="What to predict with; default: the published parameters.")
@output_options(what="A .csv or .parquet file.", to_standard_output=True)
@answer_options
def command(reading: Reading, chosen: Chosen, target: Target, manner: Manner) -> Answer:
    """Predict the chance of recall just before every review of LOG, with the memory state before and after.

    One row a review, in order of time. The first review of a card has no prediction: an empty cell.
    """
    if target.path is not None and Path(target.path).suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"{target.path} is neither a .csv nor a .parquet file", hint="rename it", where="--output"
        )
    target.check()
    log = reading.read(manner)
    model = chosen.model(manner)
    if chosen.text is None:
        manner.note(f"predicting with the published defaults of {chosen.name}; --parameters takes others")
    with manner.stage("predicting"):
        table = _predictions(log, model)
    document = {
        "model": model.name,
        "variant": model.variant,
        "parameters": list(model.parameters),
        "reviews": len(log),
        "columns": table.columns,
    }
    if target.path is None:
        return Answer(
            {**document, "predictions": table.to_dict(as_series=False)}, lambda: write_out(_csv(table))
        )
    target.write(_csv(table) if Path(target.path).suffix.lower() == ".csv" else _parquet(table))
    return Answer(
        {**document, "output": target.path, "written": not target.dry_run},
        lambda: say(f"{target.told()}: {len(log):,} rows"),
    )


def _predictions(log: ReviewLog, model: MemoryModel) -> pl.DataFrame:
    import numpy as np
    import polars as pl

    replay = model.replay(log)
    columns: dict[str, pl.Series] = {
        "retrievability": pl.Series(replay.retrievability),
        **{f"{name}_before": pl.Series(values) for name, values in replay.before.items()},
        **{f"{name}_after": pl.Series(values) for name, values in replay.after.items()},
    }
    columns = {name: values.fill_nan(None) for name, values in columns.items()}
    elapsed = pl.Series(np.asarray(log.elapsed_days))
    return log.frame.with_columns(elapsed_days=elapsed, **columns)[log.time_order]


def _csv(table: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    table.write_csv(buffer)
    return buffer.getvalue()


def _parquet(table: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    table.write_parquet(buffer)
    return buffer.getvalue()
