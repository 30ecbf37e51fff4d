"""Switches of the simulation: each fault of the reference simulator that is put right here, by name.

The defaults are right; ``compat="srs-simulator"`` sets every switch as the event engine of srs-simulator
has it, its stream of random numbers included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import inf
from typing import Any, Literal

from repetita.errors import UsageError, unknown_name

__all__ = ["COMPATIBLE", "Switches", "switches_for"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """What the reference does otherwise, each by a name.

    Attributes:
        same_day_by_calendar: Two presses are on the same day by the calendar; otherwise if less than 24 hours
            lie between them, so that a step past noon makes the review of tomorrow a same-day one.
        fsrs3_correct: FSRS v3 as it is trained; otherwise its reversion of difficulty is one half, and the
            scheduler updates stability by the difficulty before the review.
        hlr_roots: HLR counts by their square roots, as it is trained; otherwise the counts themselves.
        lstm_whole_days: The LSTM scheduler asks for the first whole day on which recall is no more than
            desired, after ten years at most, and always has the least remembered first. Not where it decides
            about presses within a day.
        dash_sees_newest: The DASH scheduler looks at the history with the present review.
        init_s_clamp: The first stability is moved into the bounds of stability like later ones.
        stability_bounds: Lowest and highest stability in days, or None for those of the model.
        same_day_hard_may_lower: A same-day Hard may lower stability (older FSRS-6).
        difficulty_target_clamped: Difficulty reverts to a first Easy's moved into [1, 10] (FSRS-5, FSRS-6).
        steps_hide_from_sm2: Anki-SM-2 and Memrise do not take step delays for intervals, nor presses
            within steps for reviews.
        step_limits: Presses within steps count against the limits of the day and stop at them.
        loops_semantics: "sweep": a limit of loops is a limit of presses of one card within steps on a day.
            "timestamp": of distinct times at which steps are pressed; the day ends there.
        carried_steps: "first": steps left over from earlier days come before anything else, so that what is
            begun is not passed over for new cards. "last": after the day's reviews and new cards, and before
            the steps of the day. "compete": they are sorted among the reviews.
        new_cards_wait: Where reviews go first, no new card is started on a day on which a review, or a step
            left over from earlier days, waits because the limit of reviews is reached.
        priority_exact: Reviews are sorted by (key, due, card); otherwise by one sum in which due time
            and number have a small weight.
        max_interval: Longest interval in days.
        max_interval_with_fuzz_only: The longest interval holds with fuzz only.
        cost_tables: "press": without costs of one's own, steps cost what a press costs. "session": as
            much as a whole session.
        memorized_sampling: Remembered cards are counted at the "start" or at the "end" of a day.
        random: "addressed": by card and press, so that schedulers share luck. "stream": one stream of
            Python's generator.
    """

    same_day_by_calendar: bool = True
    fsrs3_correct: bool = True
    hlr_roots: bool = True
    lstm_whole_days: bool = False
    dash_sees_newest: bool = True
    init_s_clamp: bool = True
    stability_bounds: tuple[float, float] | None = None
    same_day_hard_may_lower: bool = False
    difficulty_target_clamped: bool = False
    steps_hide_from_sm2: bool = True
    step_limits: bool = True
    loops_semantics: Literal["sweep", "timestamp"] = "sweep"
    carried_steps: Literal["first", "last", "compete"] = "first"
    new_cards_wait: bool = True
    priority_exact: bool = True
    max_interval: float = 36500.0
    max_interval_with_fuzz_only: bool = False
    cost_tables: Literal["press", "session"] = "press"
    memorized_sampling: Literal["start", "end"] = "start"
    random: Literal["addressed", "stream"] = "addressed"

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise unknown_name(f"value of {name}", getattr(self, name), choices)
        if not 1.0 <= self.max_interval <= inf:
            raise UsageError(f"max_interval is {self.max_interval!r}, expected days, at least 1")

    def to_dict(self) -> dict[str, Any]:
        """The switches by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


CHOICES = {
    "loops_semantics": ("sweep", "timestamp"),
    "carried_steps": ("first", "last", "compete"),
    "cost_tables": ("press", "session"),
    "memorized_sampling": ("start", "end"),
    "random": ("addressed", "stream"),
}

COMPATIBLE = {
    "srs-simulator": Switches(
        same_day_by_calendar=False,
        fsrs3_correct=False,
        hlr_roots=False,
        lstm_whole_days=True,
        dash_sees_newest=False,
        init_s_clamp=False,
        stability_bounds=(0.1, 9125.0),
        same_day_hard_may_lower=True,
        difficulty_target_clamped=True,
        steps_hide_from_sm2=False,
        loops_semantics="timestamp",
        carried_steps="compete",
        new_cards_wait=False,
        max_interval_with_fuzz_only=True,
        cost_tables="session",
        random="stream",
    )
}


def switches_for(compat: str | None, changed: Switches | Mapping[str, Any] | None) -> Switches:
    """The switches of a run.

    Args:
        compat: Name of a program to follow, a key of `COMPATIBLE`, or None.
        changed: All switches, or some of them by name on top of ``compat``.

    Raises:
        UnknownName: No such program or switch.

    Example:
        >>> switches_for("srs-simulator", {"random": "addressed"}).loops_semantics
        'timestamp'
    """
    if compat is not None and compat not in COMPATIBLE:
        raise unknown_name("program to be compatible with", compat, COMPATIBLE)
    if isinstance(changed, Switches):
        if compat is not None:
            raise UsageError("compat and a whole set of switches are both given", hint="give one of the two")
        return changed
    base = COMPATIBLE[compat] if compat else Switches()
    known = [field.name for field in fields(Switches)]
    for name in changed or ():
        if name not in known:
            raise unknown_name("switch", name, known)
    return replace(base, **changed) if changed else base
