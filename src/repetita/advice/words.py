"""The advice on steps in plain sentences, with the data behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from repetita.advice.durations import duration_text
from repetita.advice.rules import ENOUGH, LEFT_OUT_FROM_SECONDS
from repetita.advice.short_term import LONGEST_SECONDS
from repetita.plurals import counted
from repetita.scheduling.steps import step_text

if TYPE_CHECKING:
    from repetita.advice.statistics import ShortTermSample
    from repetita.advice.steps import StepAdvice
    from repetita.evaluation.bootstrap import Interval

__all__ = ["advice_summary", "further_sentence", "interval_text", "step_sentence"]

# which samples a step rests on; the second learning step on any of several
GROUNDS = {
    ("learning", 1): ("again",),
    ("learning", 2): ("good", "again then good", "hard"),
    ("relearning", 1): ("lapse",),
}


def advice_summary(advice: StepAdvice) -> str:
    """What to do with each step, and what to type."""
    lines = [step.sentence for step in advice.steps]
    for kind, typed in (("learning", advice.learning_steps), ("relearning", advice.relearning_steps)):
        if typed:
            lines.append(f"{kind.capitalize()} steps to type: {typed}")
        elif typed is not None:
            lines.append(f"{kind.capitalize()} steps: leave the field empty.")
    return "\n".join(lines)


def step_sentence(
    samples: Mapping[str, ShortTermSample],
    kind: str,
    position: int,
    seconds: float | None,
    interval: Interval | None,
    current: float | None,
    verdict: str,
) -> str:
    """What to do with a step and why, in one sentence."""
    head = f"{kind.capitalize()} step {position}"
    grounds = [samples[name] for name in GROUNDS[kind, position]]
    if seconds is None:
        kept = "nothing can be said" if current is None else f"keep {step_text(timedelta(seconds=current))}"
        return f"{head}: {kept}; {_too_few(grounds)}."
    speaking = [sample for sample in grounds if sample.count >= ENOUGH] or grounds
    reason = f"{_reached(seconds, interval)} ({_data(speaking)}){_extrapolated(seconds, speaking)}"
    return f"{head}: {_action(seconds, current, verdict)}; {reason}."


def further_sentence(kind: str, position: int, seconds: float, verdict: str) -> str:
    """About a step beyond those that the statistics speak of."""
    head, step = f"{kind.capitalize()} step {position}", step_text(timedelta(seconds=seconds))
    if verdict == "drop":
        return f"{head}: drop {step}; intervals of half a day and more are better left to the scheduler."
    return f"{head}: nothing can be said about {step}; the statistics end with the steps before it."


def interval_text(interval: Interval) -> str:
    """Both ends by the display rule.

    Example:
        >>> from repetita.evaluation import Interval
        >>> interval_text(Interval(31.0, 420.0, "cards"))
        '[31s, 7m]'
    """
    high = "30 days or more" if interval.high >= 0.999 * LONGEST_SECONDS else duration_text(interval.high)
    return f"[{duration_text(interval.low)}, {high}]"


def _action(seconds: float, current: float | None, verdict: str) -> str:
    now = "" if current is None else step_text(timedelta(seconds=current))
    advised = duration_text(seconds)
    if verdict == "drop":
        return f"drop {now}".strip() if now else "none is needed"
    if verdict == "keep":
        return f"keep {now}" if now else "none is needed"
    if verdict in ("shorten", "lengthen"):
        return f"{verdict} {now} to {advised}"
    return f"{verdict} {advised}"


def _reached(seconds: float, interval: Interval | None) -> str:
    around = "" if interval is None else f" {interval_text(interval)}"
    longer = ", half a day or more" if seconds >= LEFT_OUT_FROM_SECONDS else ""
    return f"recall falls to the desired retention after {duration_text(seconds)}{around}{longer}"


def _data(speaking: list[ShortTermSample]) -> str:
    return "; ".join(_sample_data(sample) for sample in speaking)


def _sample_data(sample: ShortTermSample) -> str:
    assert sample.recall is not None
    text = f"{counted(sample.count, 'answer')} after {sample.situation}, {100 * sample.recall:.0f} % right"
    if sample.delay_quartiles is None:
        return text
    low, _, high = sample.delay_quartiles
    return f"{text}, half of them {duration_text(low)} to {duration_text(high)} after it"


def _extrapolated(seconds: float, speaking: list[ShortTermSample]) -> str:
    """A warning where the step lies far from the delays it was seen at."""
    seen = [sample.delay_quartiles for sample in speaking if sample.delay_quartiles]
    if not seen or seconds >= LEFT_OUT_FROM_SECONDS:
        return ""
    low, high = min(quartiles[0] for quartiles in seen), max(quartiles[2] for quartiles in seen)
    if low / 4.0 <= seconds <= high * 4.0:
        return ""
    return ", far from the delays seen, so the curve carries the answer"


def _too_few(grounds: list[ShortTermSample]) -> str:
    counts = " and ".join(f"{sample.count:,} after {sample.situation}" for sample in grounds)
    wanted = "" if len(grounds) == 1 else " of one kind"
    return f"too few answers ({counts}; {ENOUGH}{wanted} are needed)"
