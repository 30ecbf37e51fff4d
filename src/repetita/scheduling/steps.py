"""Learning and relearning steps: short fixed delays before memory decides.

The rules are Anki's. Again goes to the first step. Good goes to the next, and out after the last. Hard stays:
on the first step of several it waits for the mean of the first two; on an only step for half as long again,
at most a day more; such a delay of more than a day is rounded to whole days. Easy leaves the steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

from repetita.errors import UsageError
from repetita.scheduling import plain_rules
from repetita.scheduling.day_rule import SECONDS_A_DAY
from repetita.scheduling.fuzz import Rounding

__all__ = ["Rows", "Steps", "hard_delay", "hard_seconds", "read_steps", "step_rows", "step_text"]

Steps: TypeAlias = tuple[timedelta, ...]
Planned: TypeAlias = tuple[int, timedelta, float] | None
Rows: TypeAlias = tuple[tuple[Planned, ...], ...]

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": SECONDS_A_DAY}
FORM = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
LONGEST_STEP = timedelta(days=3650)


def read_steps(steps: Any, name: str) -> Steps:
    """Steps as whole seconds.

    Args:
        steps: A text such as "1m 10m" or "30s 4h 1d", or a list of such texts and timedeltas; may be empty.
        name: What they are called in messages.

    Raises:
        UsageError: Something else, or a step of less than a second or more than ten years.

    Example:
        >>> read_steps("1m 10m", "learning_steps")
        (datetime.timedelta(seconds=60), datetime.timedelta(seconds=600))
        >>> read_steps([10], "learning_steps")
        Traceback (most recent call last):
        ...
        repetita.errors.UsageError: learning_steps holds 10, expected "10m", "1d" or timedeltas
    """
    given = steps.split() if isinstance(steps, str) else steps
    if not isinstance(given, Iterable):
        raise _not_a_step(steps, name)
    return tuple(_read_step(step, name) for step in given)


def step_text(step: timedelta) -> str:
    """A step as `read_steps` reads it.

    Example:
        >>> [step_text(timedelta(seconds=s)) for s in (45, 600, 5400, 14_400, 86_400)]
        ['45s', '10m', '90m', '4h', '1d']
    """
    seconds = step // timedelta(seconds=1)
    unit = next(unit for unit in ("d", "h", "m", "s") if seconds % SECONDS[unit] == 0)
    return f"{seconds // SECONDS[unit]}{unit}"


def hard_delay(steps: Steps, step: int) -> timedelta:
    """How long a card waits after Hard.

    Args:
        steps: All of them, at least one.
        step: The one that the card is in.

    Example:
        >>> one, day = timedelta(minutes=1), timedelta(days=1)
        >>> [hard_delay(steps, 0) for steps in ((one, 10 * one), (10 * one,), (2 * day,))]
        [datetime.timedelta(seconds=330), datetime.timedelta(seconds=900), datetime.timedelta(days=3)]
    """
    return timedelta(seconds=hard_seconds([delay // timedelta(seconds=1) for delay in steps], step))


def hard_seconds(seconds: Sequence[int], step: int, *, rounded: Rounding | None = None) -> int:
    """`hard_delay` in whole seconds.

    Args:
        seconds: Delays of all steps, at least one.
        step: The one that the card is in.
        rounded: Applied to a delay in days before it is rounded to whole ones, as in
            `repetita.scheduling.fuzz.fuzz_delta`.

    Example:
        >>> hard_seconds([60, 600], 0), hard_seconds([600], 0), hard_seconds([172_800], 0)
        (330, 900, 259200)
    """
    if rounded is None:
        return plain_rules.hard_delay(seconds, 0, len(seconds), step)
    delay = plain_rules.short_hard_delay(seconds, 0, len(seconds), step)
    if step > 0 or delay <= SECONDS_A_DAY:
        return delay
    return plain_rules.rounded_half_up(rounded(delay / SECONDS_A_DAY)) * SECONDS_A_DAY


def step_rows(steps: Steps) -> Rows:
    """For each step what the ratings Again, Hard and Good lead to: next step, delay, and the delay in days.

    Args:
        steps: All of them; without any there is one row that leads nowhere.

    Returns:
        One row a step, by rating (0 and Easy lead to nothing); None where the steps are over.

    Example:
        >>> rows = step_rows(read_steps("1m 10m", "learning_steps"))
        >>> [[planned and (planned[0], step_text(planned[1])) for planned in row[1:]] for row in rows]
        [[(0, '1m'), (0, '330s'), (1, '10m'), None], [(0, '1m'), (1, '10m'), None, None]]
    """
    seconds = [delay // timedelta(seconds=1) for delay in steps]
    count = len(seconds)
    return tuple(
        (None, *(_planned(seconds, count - step, rating) for rating in (1, 2, 3)), None)
        for step in range(max(count, 1))
    )


def _planned(seconds: Sequence[int], left: int, rating: int) -> Planned:
    count = len(seconds)
    delay = plain_rules.step_delay(seconds, 0, count, left, rating)
    if delay < 0:
        return None
    return (
        count - plain_rules.step_left(count, left, rating),
        timedelta(seconds=delay),
        delay / SECONDS_A_DAY,
    )


def _read_step(step: Any, name: str) -> timedelta:
    if isinstance(step, str) and (found := FORM.fullmatch(step.strip())):
        step = timedelta(seconds=float(found[1]) * SECONDS[found[2]])
    if not isinstance(step, timedelta):
        raise _not_a_step(step, name)
    if not timedelta(seconds=1) <= step <= LONGEST_STEP:
        raise UsageError(f"{name} holds a step of {step}, expected one second to ten years", where=name)
    return timedelta(seconds=step // timedelta(seconds=1))


def _not_a_step(step: Any, name: str) -> UsageError:
    return UsageError(f'{name} holds {step!r}, expected "10m", "1d" or timedeltas', where=name)
