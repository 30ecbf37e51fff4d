"""``repetita merge``: the parts of a run put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, option
from repetita.cli._options import answer_options
from repetita.cli._terminal import Manner
from repetita.errors import UsageError


@click.command("merge", cls=Command, short_help="Put the parts of a run together.")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@option("-o", "--output", section="Output", metavar="FOLDER", required=True, help="Folder of the whole.")
@answer_options
def command(runs: Sequence[str], output: str, manner: Manner, **given: Any) -> Answer:
    """Put the parts of a run together that --shard made on several machines, of a sweep or a benchmark.

    RUN is the folder of a part; all parts must be there, and finished. The whole is what one machine alone
    would have made.
    """
    from repetita.run_folders import read_config

    kinds = {str(read_config(run).get("kind", "benchmark")) for run in runs}
    if len(kinds) > 1:
        raise UsageError("these are runs of several kinds: " + ", ".join(sorted(kinds)), where="RUN")
    with manner.stage("merging"):
        if kinds == {"sweep"}:
            from repetita.cli.commands.sweep import sweep_answer
            from repetita.sweeps import merge_sweeps

            return sweep_answer(merge_sweeps(runs, output))
        from repetita.benchmarking import merge
        from repetita.cli.commands.benchmark import benchmark_answer

        return benchmark_answer(merge(runs, output))
