"""``repetita plot gpu-memory``: memory of a graphics processor over the days of a batch."""

from __future__ import annotations

from pathlib import Path

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, one_of, option
from repetita.cli._options import answer_options
from repetita.cli._plotting import Picture, picture_options
from repetita.cli._terminal import Manner, say
from repetita.errors import UsageError

LOGS = "logs"
METRICS = ("both", "allocated", "reserved")


@click.command("gpu-memory", cls=Command, short_help="Draw the memory of a graphics processor by day.")
@click.argument("folder", metavar="FOLDER", required=False)
@option("--log-dir", section="Choosing", metavar="FOLDER", help="The same as FOLDER. Default: logs.")
@option(
    "--csv", "path", section="Choosing", metavar="FILE", help="This table. Default: the newest in FOLDER."
)
@option("--metric", section="Drawing", default="both", **one_of("metric", METRICS), help="Default: both.")
@picture_options("gpu_memory.png")
@answer_options
def command(
    folder: str | None,
    log_dir: str | None,
    path: str | None,
    metric: str,
    picture: Picture,
    manner: Manner,
) -> Answer:
    """Draw the most memory that a batch took on a graphics processor, day by day.

    FOLDER holds batch_logs/batch_*.csv, as sweeps of srs-simulator write them with --diagnostic-csv-logs.
    """
    from repetita.report.figures import graphics_memory_figure
    from repetita.sweeps.graphics_memory import MEMORY, newest_memory_log, read_memory_log

    if folder is not None and log_dir is not None:
        raise UsageError("FOLDER and --log-dir are given", hint="give one", where="--log-dir")
    picture.check()
    chosen = Path(path) if path is not None else newest_memory_log(folder or log_dir or LOGS)
    days = read_memory_log(chosen)
    metrics = tuple(MEMORY) if metric == "both" else (metric,)
    picture.write(graphics_memory_figure(days, metrics=metrics, title=chosen.name))
    most = {name: float(days[MEMORY[name]].to_numpy().max()) for name in metrics}
    document = {"table": str(chosen), "days": days.height, "most_bytes": most, "output": [picture.path]}
    told = [f"{name}: at most {value:,.0f} bytes" for name, value in most.items()]
    return Answer(document, lambda: say(f"{chosen}", *told, f"wrote {picture.path}"))
