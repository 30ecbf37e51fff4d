"""``repetita steps``: which learning steps the short-term memory in a log speaks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repetita.cli._answer import Answer
from repetita.cli._arguments import Command, one_of, option
from repetita.cli._log_facts import log_facts
from repetita.cli._options import answer_options
from repetita.cli._reading import Reading, reader_options
from repetita.cli._terminal import Manner, print_table, say

if TYPE_CHECKING:
    from repetita.advice import ShortTermSample, StepAdvice
    from repetita.reviews import ReviewLog
    from repetita.reviews.anki import Preset

ADVICE = "Advice"
RULES = ("consistent", "helper")
MINUTE = 60.0
COLUMNS = ("after", "answers", "25 %", "50 %", "75 %", "right", "by quarter of the delays", "90 % after")


@click.command("steps", cls=Command, short_help="Advise learning and relearning steps.")
@reader_options
@option(
    "--desired-retention",
    section=ADVICE,
    type=float,
    metavar="R",
    default=0.9,
    show_default=True,
    help="What recall has fallen to when a step ends, 0.70 to 0.99.",
)
@option(
    "--learning-steps",
    section=ADVICE,
    metavar="STEPS",
    help='Steps in use, e.g. "1m 10m". Default: those of the Anki preset, if there is one.',
)
@option("--relearning-steps", section=ADVICE, metavar="STEPS", help="The same for relearning.")
@option("--rule", section=ADVICE, **one_of("rule", RULES), help="Default: consistent. helper: the add-on's.")
@option(
    "--seed",
    section=ADVICE,
    type=click.IntRange(min=0),
    metavar="N",
    default=0,
    show_default=True,
    help="Of the resampling.",
)
@answer_options
def command(
    reading: Reading,
    desired_retention: float,
    learning_steps: str | None,
    relearning_steps: str | None,
    rule: str | None,
    seed: int,
    manner: Manner,
) -> Answer:
    """Say which learning and relearning steps to keep, shorten or drop, and on what data that rests.

    Looks at answers that came some time after a first Again, Hard or Good and after a lapse. A step should
    end when recall has fallen to the desired retention. Again and Good are enough; nobody needs Hard.
    """
    from repetita.advice import advise_steps

    log = reading.read(manner)
    if reading.format() == "anki" and (learning_steps is None or relearning_steps is None):
        preset = _preset(reading, log, manner)
        if preset is not None:
            learning_steps = _steps(preset.learn_steps) if learning_steps is None else learning_steps
            relearning_steps = _steps(preset.relearn_steps) if relearning_steps is None else relearning_steps
    with manner.stage("fitting"):
        advice = advise_steps(
            log,
            desired_retention,
            learning_steps=learning_steps,
            relearning_steps=relearning_steps,
            rule=rule or RULES[0],
            seed=seed,
        )
    document = {**advice.to_dict(), "seed": seed, "log": log_facts(log)}
    return Answer(document, lambda: _show(advice))


def _preset(reading: Reading, log: ReviewLog, manner: Manner) -> Preset | None:
    """The preset whose steps are in use, if the cards of the log agree on the steps."""
    from repetita.reviews.anki import read_collection

    collection = read_collection(reading.path, allow_locked=reading.arguments["allow_locked"])
    used = set() if log.preset_ids is None else set(log.preset_ids.tolist())
    presets = [preset for preset in collection.presets.values() if preset.id in used]
    if len({(preset.learn_steps, preset.relearn_steps) for preset in presets}) != 1:
        if presets:
            manner.note("the presets have different steps; --preset NAME looks at one of them")
        return None
    names = ", ".join(repr(preset.name) for preset in presets)
    manner.note(f"the steps in use are those of the preset {names}")
    return presets[0]


def _steps(minutes: tuple[float, ...]) -> str:
    # a preset may hold steps of nothing, which Anki passes over
    return " ".join(f"{MINUTE * step:.0f}s" for step in minutes if MINUTE * step >= 1.0)


def _show(advice: StepAdvice) -> None:
    say(advice.summary())
    print_table(COLUMNS, [_row(sample) for sample in advice.samples])


def _row(sample: ShortTermSample) -> tuple[str, ...]:
    from repetita.advice import duration_text
    from repetita.advice.words import interval_text

    quartiles = sample.delay_quartiles or ()
    shares = sample.recall_by_quarter or ()
    stability = "" if sample.stability_seconds is None else duration_text(sample.stability_seconds)
    around = "" if sample.stability_interval is None else interval_text(sample.stability_interval)
    return (
        sample.situation,
        f"{sample.count:,}",
        *(duration_text(delay) for delay in quartiles),
        *("" for _ in range(3 - len(quartiles))),
        "" if sample.recall is None else f"{100 * sample.recall:.1f} %",
        " ".join("-" if share is None else f"{100 * share:.0f}" for share in shares),
        f"{stability} {around}".strip(),
    )
