"""``repetita next``: a scheduler for programs in any language, one JSON request a line."""

from __future__ import annotations

import os
import sys

import click

from repetita.cli._answer import write_out
from repetita.cli._arguments import Command, option


@click.command("next", cls=Command, short_help="Answer JSON requests, one a line, for other programs.")
@option(
    "--longest-line",
    type=click.IntRange(1000),
    metavar="BYTES",
    default=16 << 20,
    show_default=True,
    help="Longer requests are refused.",
)
@option("--debug", is_flag=True, help="Show where an error of the process itself came from.")
def command(longest_line: int, debug: bool) -> int:
    r"""Answer requests from standard input, one JSON object a line, each with one line on standard output.

    \b
    {"id": 1, "op": "review", "card": null, "rating": 3, "at": "2026-11-28T09:30:00Z"}
    {"id": 2, "op": "describe"}

    An answer repeats the id and says "ok": true, or "ok": false and an error; the process goes on. The
    operations: review, preview, retrievability, reschedule, rollback, forget, migrate and more; "describe"
    lists them with their fields. It ends with its input.
    """
    from repetita.json_lines import serve

    source = sys.stdin.fileno()
    serve(lambda size: os.read(source, size), write_out, longest_line=longest_line)
    return 0
