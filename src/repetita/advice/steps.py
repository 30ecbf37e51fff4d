"""`advise_steps`: which learning and relearning steps the short-term memory in a log speaks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.advice.durations import duration_text
from repetita.advice.resampled import Redrawn
from repetita.advice.rules import LEFT_OUT_FROM_SECONDS, RULES, Steps
from repetita.advice.statistics import Fitted, ShortTermSample, fit_samples
from repetita.arguments import whole_number
from repetita.confidence import expanded_tails
from repetita.errors import NoReviews, UsageError, unknown_name
from repetita.evaluation.bootstrap import Interval
from repetita.reviews.review_log import ReviewLog, require_log
from repetita.scheduling.steps import read_steps, step_text

if TYPE_CHECKING:
    import polars as pl

__all__ = ["AdvisedStep", "StepAdvice", "advise_steps"]

Floats = NDArray[np.float64]
Verdict: TypeAlias = Literal["keep", "shorten", "lengthen", "drop", "add", "use", "unknown"]

RETENTIONS = (0.70, 0.99)
PLACES = (("learning", 1), ("learning", 2), ("relearning", 1))


@dataclass(frozen=True, slots=True)
class AdvisedStep:
    """What to do with one step.

    Attributes:
        kind: "learning" or "relearning".
        position: 1 for the first step.
        seconds: The delay after which recall has fallen to the desired retention, or None where too little is
            known about it.
        interval: 95 % interval of it, in seconds, by resampling; None as well where all answers are of one
            card or day.
        current_seconds: The step in use now; None where there is none, or where that is not known.
        verdict: What to do: "keep", "shorten", "lengthen" or "drop" the current step, "add" one, "use" the
            step where the current one is not known, or "unknown".
        sentence: The same in words, with the data behind it.
    """

    kind: str
    position: int
    seconds: float | None
    interval: Interval | None
    current_seconds: float | None
    verdict: Verdict
    sentence: str

    @property
    def left_out(self) -> bool:
        """Whether the step is so long that it is better left to the scheduler."""
        return self.seconds is not None and self.seconds >= LEFT_OUT_FROM_SECONDS

    @property
    def text(self) -> str:
        """The step as Anki takes it ("7m"), empty where there should be none or nothing is known."""
        return "" if self.seconds is None or self.left_out else duration_text(self.seconds)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "kind": self.kind,
            "position": self.position,
            "seconds": self.seconds,
            "interval": self.interval and self.interval.to_dict(),
            "text": self.text,
            "left_out": self.left_out,
            "current_seconds": self.current_seconds,
            "verdict": self.verdict,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, eq=False, repr=False)
class StepAdvice:
    """Short-term memory in a log and the steps it speaks for. Made by `advise_steps`.

    Attributes:
        desired_retention: What recall should have fallen to when a step ends.
        rule: "consistent" or "helper".
        samples: The step statistics, one for each situation.
        steps: Advice for the first and second learning step and the relearning step, and for further steps
            in use.
        current: Seconds of the steps in use, for "learning" and "relearning", where they were given.
    """

    desired_retention: float
    rule: str
    samples: tuple[ShortTermSample, ...]
    steps: tuple[AdvisedStep, ...]
    current: Mapping[str, tuple[float, ...]]

    @property
    def learning_steps(self) -> str | None:
        """What to type into the field of learning steps, empty where it should be; None: too little known.

        A step that nothing can be said about stays as it is, if it is known.
        """
        return self._field("learning")

    @property
    def relearning_steps(self) -> str | None:
        """What to type into the field of relearning steps, in the same way."""
        return self._field("relearning")

    def sample(self, name: str) -> ShortTermSample:
        """One of the samples.

        Raises:
            UnknownName: No such sample.
        """
        found = {sample.name: sample for sample in self.samples}
        if name not in found:
            raise unknown_name("sample", name, found)
        return found[name]

    def summary(self) -> str:
        """The advice in sentences, a line for each step."""
        from repetita.advice.words import advice_summary

        return advice_summary(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "desired_retention": self.desired_retention,
            "rule": self.rule,
            "learning_steps": self.learning_steps,
            "relearning_steps": self.relearning_steps,
            "current": {kind: list(steps) for kind, steps in self.current.items()},
            "steps": [step.to_dict() for step in self.steps],
            "samples": [sample.to_dict() for sample in self.samples],
            "summary": self.summary(),
        }

    def to_frame(self) -> pl.DataFrame:
        """The step statistics as a polars frame, one row a situation."""
        import polars as pl

        return pl.DataFrame([sample.to_row() for sample in self.samples], infer_schema_length=None)

    def __repr__(self) -> str:
        return (
            f"StepAdvice(learning_steps={self.learning_steps!r}, relearning_steps={self.relearning_steps!r}, "
            f"desired_retention={self.desired_retention})"
        )

    def _field(self, kind: str) -> str | None:
        steps = [step for step in self.steps if step.kind == kind]
        unknown = [step for step in steps if step.seconds is None]
        if unknown and (kind not in self.current or len(unknown) == len(steps)):
            return None
        return " ".join(text for step in steps if (text := step.text or _kept(step)))


def advise_steps(
    log: ReviewLog,
    desired_retention: float = 0.9,
    *,
    learning_steps: str | Iterable[str | timedelta] | None = None,
    relearning_steps: str | Iterable[str | timedelta] | None = None,
    rule: str = "consistent",
    seed: int = 0,
) -> StepAdvice:
    """Which learning and relearning steps the short-term memory in a log speaks for, and how surely.

    Six kinds of answers that came some time after another one are looked at (after a first Again, Hard or
    Good, after Again and Good or Good and Again of a new card, after a lapse). A curve of forgetting is
    fitted to each; a step is the delay after which it has fallen to the desired retention. Nobody needs to
    use Hard.
    The statistics and the rule are those of the FSRS Helper add-on for Anki; the intervals are ours.

    Args:
        log: Reviews with a time of day. Their states are used where there are some, in Anki's numbering or
            that of the common schema, and derived from ratings and days where there are none.
        desired_retention: From 0.70 to 0.99.
        learning_steps: The steps in use now, such as ``"1m 10m"`` or a list of timedeltas; ``""`` where
            there are none. Without them there is advice, but no verdict on them.
        relearning_steps: The same for relearning.
        rule: "consistent", or "helper" for the add-on's own numbers.
        seed: Of the resampling behind the intervals.

    Raises:
        UsageError: A number out of range, steps that cannot be read, or a log that knows no time of day.
        UnknownName: No such rule.
        NoReviews: The log is empty.

    Example:
        >>> import repetita as rp
        >>> log = rp.simulate_log(cards=1500, days=200, seed=1)
        >>> advice = advise_steps(log, 0.8, learning_steps="1m 10m")
        >>> advice.sample("again").count > 100, [step.verdict for step in advice.steps][:1]
        (True, ['lengthen'])
    """
    require_log(log, "advise_steps")
    retention = _retention(desired_retention)
    if rule not in RULES:
        raise unknown_name("rule", rule, RULES)
    given = {"learning": learning_steps, "relearning": relearning_steps}
    current = {
        kind: tuple(step.total_seconds() for step in read_steps(steps, f"{kind}_steps"))
        for kind, steps in given.items()
        if steps is not None
    }
    seed = whole_number(seed, "seed")
    if not len(log):
        raise NoReviews(f"the log holds no reviews: {log.funnel.losses() or 'none were read'}")
    fitted = fit_samples(log, seed=seed)
    advice = _steps(fitted, current, retention, rule)
    return StepAdvice(retention, rule, tuple(fitted.samples.values()), advice, MappingProxyType(current))


def _retention(value: Any) -> float:
    try:
        retention = float(value)
    except (TypeError, ValueError):
        retention = float("nan")
    if isinstance(value, bool) or not RETENTIONS[0] <= retention <= RETENTIONS[1]:
        raise UsageError(
            f"desired_retention is {value!r}, expected a number from {RETENTIONS[0]} to {RETENTIONS[1]}",
            where="desired_retention",
        )
    return retention


def _steps(
    fitted: Fitted, current: Mapping[str, tuple[float, ...]], retention: float, rule: str
) -> tuple[AdvisedStep, ...]:
    counts = {name: sample.count for name, sample in fitted.samples.items()}
    points = RULES[rule](fitted.stability, counts, retention)
    redrawn = [(draws, RULES[rule](_seconds(fitted, draws), counts, retention)) for draws in fitted.redrawn]
    advice = []
    for number, (kind, position) in enumerate(PLACES):
        point = points[number]
        seconds = None if point is None else float(point)
        interval = None if seconds is None else _widest(seconds, number, redrawn)
        advice.append(_verdict(fitted, kind, position, seconds, interval, current.get(kind)))
    for kind, known in (("learning", 2), ("relearning", 1)):
        for position, seconds in enumerate(current.get(kind, ())[known:], start=known + 1):
            advice.append(_further(kind, position, seconds))
    return tuple(sorted(advice, key=lambda step: (step.kind, step.position)))


def _seconds(fitted: Fitted, draws: Redrawn) -> dict[str, Floats]:
    """Stabilities in resampled logs, with those that no fit was made for held where they are."""
    logs = draws.log_stability
    return {name: np.exp(logs[name]) if name in logs else fitted.stability[name] for name in fitted.samples}


def _widest(seconds: float, number: int, redrawn: Sequence[tuple[Redrawn, Steps]]) -> Interval | None:
    found = []
    for draws, steps in redrawn:
        values = steps[number]
        if values is not None:
            low, high = np.percentile(values, expanded_tails(draws.groups))
            # the figure itself is the best guess, also where resampling shifts all values to one side
            found.append(Interval(min(float(low), seconds), max(float(high), seconds), draws.by))
    return max(found, key=lambda interval: interval.high / interval.low, default=None)


def _verdict(
    fitted: Fitted,
    kind: str,
    position: int,
    seconds: float | None,
    interval: Interval | None,
    steps: tuple[float, ...] | None,
) -> AdvisedStep:
    from repetita.advice.words import step_sentence

    current = None if steps is None or position > len(steps) else steps[position - 1]
    verdict = _decided(seconds, interval, current, known=steps is not None)
    sentence = step_sentence(fitted.samples, kind, position, seconds, interval, current, verdict)
    return AdvisedStep(kind, position, seconds, interval, current, verdict, sentence)


def _decided(
    seconds: float | None, interval: Interval | None, current: float | None, *, known: bool
) -> Verdict:
    if seconds is None:
        return "unknown" if current is None else "keep"
    long = seconds >= LEFT_OUT_FROM_SECONDS
    if current is None:
        if long:
            return "keep" if known else "drop"
        return "add" if known else "use"
    if current in (interval or (seconds,)) or duration_text(current) == duration_text(seconds):
        return "keep"
    if long:
        return "drop"
    return "shorten" if current > seconds else "lengthen"


def _kept(step: AdvisedStep) -> str:
    """A step in use that stays because nothing can be said about it."""
    if step.seconds is not None or step.current_seconds is None or step.verdict == "drop":
        return ""
    return step_text(timedelta(seconds=step.current_seconds))


def _further(kind: str, position: int, seconds: float) -> AdvisedStep:
    from repetita.advice.words import further_sentence

    verdict: Verdict = "drop" if seconds >= LEFT_OUT_FROM_SECONDS else "unknown"
    return AdvisedStep(
        kind, position, None, None, seconds, verdict, further_sentence(kind, position, seconds, verdict)
    )
