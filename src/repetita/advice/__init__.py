"""Advice for the learner from a log: which learning steps fit the short-term memory that it shows."""

from __future__ import annotations

from repetita.advice.durations import duration_text as duration_text
from repetita.advice.samples import SITUATIONS as SITUATIONS
from repetita.advice.samples import Answers as Answers
from repetita.advice.samples import short_term_samples as short_term_samples
from repetita.advice.statistics import ShortTermSample as ShortTermSample
from repetita.advice.steps import AdvisedStep as AdvisedStep
from repetita.advice.steps import StepAdvice as StepAdvice
from repetita.advice.steps import advise_steps as advise_steps

__all__ = [
    "SITUATIONS",
    "AdvisedStep",
    "Answers",
    "ShortTermSample",
    "StepAdvice",
    "advise_steps",
    "duration_text",
    "short_term_samples",
]
