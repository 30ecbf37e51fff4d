"""``repetita plan``: a batch tool on cards in JSON lines; nothing is written unless asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, moment, option
from repetita.cli._cards import card_lines, read_cards, read_scheduler
from repetita.cli._options import answer_options, output_options
from repetita.cli._target import Target
from repetita.cli._terminal import Manner, print_table, say
from repetita.errors import UsageError, unknown_name

if TYPE_CHECKING:
    from repetita.scheduling import Scheduler
    from repetita.scheduling.batch import Deck, Plan

CARDS, MOVING = "Cards", "Moving"
# options that each tool takes: its own names, from those of the command
TOOLS: Mapping[str, tuple[str, ...]] = {
    "reschedule": ("percentages", "dates", "keep_within", "answered_within", "most_per_day", "seed"),
    "postpone": ("count", "most_per_day", "seed"),
    "advance": ("count", "most_per_day"),
    "flatten": ("limit",),
    "easy-days": ("percentages", "dates", "horizon_days", "most_per_day", "seed"),
    "disperse-siblings": ("most_per_day",),
    "schedule-break": ("days", "spread_days", "start", "most_per_day"),
}
NEEDED = {"flatten": ("limit",), "schedule-break": ("days", "spread_days")}
DAYS_SHOWN = 14
BAR = 40


def _tool(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    if value not in TOOLS:
        raise unknown_name("tool", value, TOOLS)
    return value


def _shares(ctx: click.Context, parameter: click.Parameter, value: str | None) -> list[float] | None:
    if value is None:
        return None
    try:
        return [float(share) for share in value.split(",")]
    except ValueError:
        raise UsageError(
            f"--percentages is {value!r}, expected seven shares from 0 to 1", hint="e.g. 1,1,1,1,1,0.5,0"
        ) from None


def _count(name: str, help_text: str, *, low: int = 1) -> Callable[[Any], Any]:
    return option(name, section=MOVING, type=click.IntRange(min=low), metavar="N", help=help_text)


@click.command("plan", cls=Command, short_help="Plan new due dates for many cards.")
@click.argument("tool", metavar="TOOL", callback=_tool)
@click.argument("cards", metavar="CARDS")
@option("--scheduler", section=CARDS, metavar="FILE", help="Of Scheduler.to_json. Default: a Scheduler().")
@option("--desired-retention", section=CARDS, type=float, metavar="R", help="Instead of the scheduler's.")
@option("--now", section=CARDS, metavar="WHEN", help="The present, e.g. 2026-11-28T09:30+01:00.")
@_count("--count", "postpone, advance: how many; default: as many as is safe.", low=0)
@_count("--limit", "flatten: most cards on a day.")
@option("--percentages", section=MOVING, metavar="LIST", callback=_shares, help="Easy days, Monday first.")
@option("--date", "dates", section=MOVING, multiple=True, metavar="DATE", help="To keep free; repeatable.")
@_count("--horizon-days", "easy-days: how far ahead cards are placed; default 35.")
@_count("--days", "schedule-break: its length.")
@_count("--spread-days", "schedule-break: days after it that take its cards.")
@option("--start", section=MOVING, metavar="DATE", help="schedule-break: its first day; default: today.")
@option("--keep-within", section=MOVING, type=float, metavar="SHARE", help="reschedule: leave near ones.")
@_count("--answered-within", "reschedule: only cards of the last so many days.")
@_count("--most-per-day", "No day is filled beyond this.")
@_count("--seed", "Of the chance.", low=0)
@output_options(what="Write the cards after the moves as JSON lines.")
@answer_options
def command(
    tool: str,
    cards: str,
    scheduler: str | None,
    desired_retention: float | None,
    now: str | None,
    target: Target,
    manner: Manner,
    **options: Any,
) -> Answer:
    """Say which of CARDS a TOOL would move, with the days before and after and the cost in recall.

    TOOL is reschedule, postpone, advance, flatten, easy-days, disperse-siblings or schedule-break. CARDS
    holds one card a line, as Card.to_json() writes it; - is standard input. Nothing is written without
    --output.
    """
    from repetita.scheduling.batch import Deck

    given = _given(tool, options)
    target.check()
    present = datetime.now(UTC) if now is None else moment(now, name="--now")
    found = _scheduler(scheduler, desired_retention)
    if scheduler is None:
        manner.note(
            f"{found.day_rule.describe()}, {found.model.name} with its defaults; --scheduler for others"
        )
    deck = Deck(tuple(read_cards(cards)), found, present)
    plan = _plan(tool, deck, given)
    after = plan.apply(deck.cards)
    target.write(card_lines(after))
    body = plan.to_dict()
    document = {
        **{name: value for name, value in body.items() if name not in ("schema", "kind", "moves")},
        "moves": plan.to_rows(),
        "recall_before": plan.recall_before,
        "recall_after": plan.recall_after,
        "peak_before": plan.peak_before,
        "peak_after": plan.peak_after,
        "cards": len(deck.cards),
        "summary": plan.summary(),
        "output": target.path,
        "written": target.path is not None and not target.dry_run,
    }
    return Answer(document, lambda: _show(plan, target))


def _given(tool: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given, if the tool takes them all and has what it needs."""
    given = {name: value for name, value in options.items() if value is not None and value != ()}
    for name in given:
        if name not in TOOLS[tool]:
            shown = "--date" if name == "dates" else f"--{name.replace('_', '-')}"
            raise UsageError(f"{tool} takes no {shown}", hint="see repetita plan --help", where=shown)
    for name in NEEDED.get(tool, ()):
        if name not in given:
            shown = f"--{name.replace('_', '-')}"
            raise UsageError(f"{tool} needs {shown}", where=shown)
    return given


def _scheduler(path: str | None, desired_retention: float | None) -> Scheduler:
    from repetita.scheduling import Scheduler

    found = Scheduler() if path is None else read_scheduler(path)
    return found if desired_retention is None else replace(found, desired_retention=desired_retention)


def _plan(tool: str, deck: Deck, options: dict[str, Any]) -> Plan:
    from repetita.scheduling import batch

    name = tool.replace("-", "_")
    if name == "flatten":
        return batch.flatten(deck, options["limit"])
    if name == "easy_days":
        return batch.easy_days(deck, options.pop("percentages", ()), **options)
    made: Plan = getattr(batch, name)(deck, **options)
    return made


def _show(plan: Plan, target: Target) -> None:
    say(plan.summary())
    counts = [(_on(plan.due_before, day), _on(plan.due_after, day)) for day in range(DAYS_SHOWN)]
    most = max([1, *(count for pair in counts for count in pair)])
    rows = [
        (f"+{day}" if day else "today", f"{before:,}", f"{after:,}", "#" * round(BAR * after / most))
        for day, (before, after) in enumerate(counts)
    ]
    print_table(("day", "before", "after", ""), rows)
    if target.path is not None:
        say(target.told())


def _on(due: Mapping[int, int], day: int) -> int:
    """Cards on a day, the overdue ones today."""
    return sum(count for at, count in due.items() if max(at, 0) == day)
