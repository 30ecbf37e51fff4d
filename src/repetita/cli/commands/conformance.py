"""``repetita conformance``: whether another program computes what it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, option
from repetita.cli._options import OUTPUT, answer_options
from repetita.cli._terminal import Manner, print_table, say
from repetita.errors import UsageError

if TYPE_CHECKING:
    from repetita.conformance import Scorecard
    from repetita.conformance.vector import Topic

ASKING = "Asking"


@click.command(
    "conformance", cls=Command, short_help="Check another program against ours, or list the checks."
)
@option("--run", "program", section=ASKING, metavar="PROGRAM", help="Command line of the program to ask.")
@option(
    "--only",
    section=ASKING,
    multiple=True,
    metavar="TOPIC",
    help="Such as fsrs6, curve, fsrs6/curve, rules; may be repeated.",
)
@option("--double", section=ASKING, is_flag=True, help="Hold numbers to double precision, not to single.")
@option(
    "--timeout",
    section=ASKING,
    type=click.FloatRange(min=0.0, min_open=True),
    metavar="SECONDS",
    default=10.0,
    show_default=True,
    help="Longest wait for an answer.",
)
@option("--pack", section=ASKING, metavar="DIR", help="An exported pack, instead of the built-in one.")
@option("--list", "listing", is_flag=True, help="List the topics.")
@option("--export", metavar="DIR", help="Write the pack as files.")
@option("--force", section=OUTPUT, is_flag=True, help="Overwrite what is there.")
@answer_options
def command(
    program: str | None,
    only: tuple[str, ...],
    double: bool,
    timeout: float,
    pack: str | None,
    listing: bool,
    export: str | None,
    force: bool,
    manner: Manner,
) -> Answer:
    """Ask PROGRAM what FSRS-4.5, 5, 6, 7 and the rules around them give, and say where it differs.

    PROGRAM reads one JSON request a line and writes one JSON answer a line; it may answer that it does not
    support a request. The protocol and all requests: --export DIR, then DIR/README.md.
    """
    from repetita.conformance import chosen, make_pack, read_pack

    if sum((program is not None, listing, export is not None)) != 1:
        raise UsageError("nothing to do, or too much", hint="give one of --run PROGRAM, --list, --export DIR")
    if export is not None:
        return _export(export, force)
    with manner.stage("computing the expected answers"):
        topics = chosen(make_pack() if pack is None else read_pack(pack), only)
    if program is None:
        return _listed(topics)
    from repetita.conformance import check, command_of

    words = command_of(program)
    with manner.stage(f"asking {words[0]}"):
        card = check(words, topics, double=double, timeout=timeout)
    return Answer({"program": program, **card.to_dict()}, lambda: _show(card), exit_code=int(card.failed > 0))


def _export(folder: str, force: bool) -> Answer:
    from repetita.conformance import export_pack
    from repetita.errors import OutputExists

    try:
        written = export_pack(folder, force=force)
    except OutputExists as error:
        raise OutputExists(
            error.message, hint="choose another folder, or --force", where=error.where
        ) from None
    return Answer(
        {"output": [str(path) for path in written]}, lambda: say(f"wrote {len(written)} files below {folder}")
    )


def _listed(topics: list[Topic]) -> Answer:
    rows = [(t.label, len(t.vectors), t.about) for t in topics]
    document = [
        {"group": t.group, "topic": t.name, "vectors": len(t.vectors), "about": t.about} for t in topics
    ]
    return Answer({"topics": document}, lambda: print_table(("topic", "vectors", "about"), rows))


def _show(card: Scorecard) -> None:
    rows = []
    for score in card.scores:
        answered = score.passed + score.failed
        off = f"{score.off:.1g}" if answered and score.off else ("0" if answered else "")
        rows.append((score.topic.label, score.passed, score.failed, score.unsupported, off))
    print_table(("topic", "passed", "failed", "unsupported", "largest difference"), rows)
    say("", card.sentence())
    for score in card.scores:
        if score.differences:
            first = score.differences[0]
            more = len(score.differences) - 1
            tail = f" (and {more} more)" if more else ""
            say("", f"{first.vector.id}{tail}:", f"  {first.difference}")
