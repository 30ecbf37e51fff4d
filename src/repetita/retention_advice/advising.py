"""`advise_retention`: which desired retention to set, from one's own log and for one's own goal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.arguments import whole_number
from repetita.backtesting.draws import drawn_models
from repetita.equations import declared, equations
from repetita.errors import NoReviews, UsageError
from repetita.fitting import FitResult, fit
from repetita.fitting.options import checked_options
from repetita.plurals import counted
from repetita.retention_advice.bands import bands
from repetita.retention_advice.curves import Curve, Setting, curve_of
from repetita.retention_advice.goals import Goal
from repetita.retention_advice.parts import outlook_of
from repetita.retention_advice.person import LearningHabits, learning_habits
from repetita.retention_advice.result import RetentionAdvice
from repetita.retention_advice.worlds import check_worlds, other_world, usual_worlds
from repetita.reviews import ReviewLog
from repetita.reviews.review_log import require_log
from repetita.simulation.behavior import Behavior
from repetita.simulation.start import Start, start_of

__all__ = ["advise_retention"]

Floats = NDArray[np.float64]

USUAL_DAYS = 365
LONGEST_DAYS = 3650
MOST_CARDS = 100_000
MOST_NEW = 9999
UNLIMITED = 1e9  # reviews or minutes a day that nobody reaches
USUAL_RANGE = (0.70, 0.99)  # what Anki lets people set
LOWEST, HIGHEST, STEP = 0.3, 0.99, 0.01
FEWEST_RUNS, MOST_RUNS = 10, 1000
RUNS_OF_A_WORLD = 6
UNDATED = "The log has no dates, so the cards that you have are left out: this is about new cards."


def advise_retention(
    log: ReviewLog,
    *,
    minutes_per_day: float | None = None,
    known_cards: int | None = None,
    by: str | date | None = None,
    deck: int | None = None,
    new_per_day: int | None = None,
    new_cards_only: bool = False,
    start: Any = None,
    days: int | None = None,
    retention_range: tuple[float, float] = USUAL_RANGE,
    model: str = "fsrs6",
    worlds: Sequence[str] | None = None,
    repeats: bool = True,
    runs: int = 40,
    seed: int = 0,
    today: date | None = None,
    progress: Callable[[int, int], None] | None = None,
    **fit_options: Any,
) -> RetentionAdvice:
    """Which desired retention to set: minutes a day against knowledge, for one's own memory and goal.

    Memory, buttons, times and new cards a day come from the log. For each setting of the range it is worked
    out what a day takes and how many cards are known at the end, with the cards there are, as the log left
    them, and new ones at one's pace: new cards as an expectation, where they are not repeated within a day,
    and all else by simulations. One of three goals picks the answer; without any it is what can be known
    with the time spent now.

    Args:
        log: The log. What it does not say is taken as usual, and said.
        minutes_per_day: Goal: know as much as possible with so many minutes a day, in the mean over all days.
            Where they do not suffice for all new cards, fewer are begun each day. Default, without any goal:
            as many as were spent in the last 90 days of the log.
        known_cards: Goal: know so many cards at the end, with the fewest minutes.
        by: The end, a date from tomorrow on, instead of ``days``; beside ``known_cards``.
        deck: Goal: learn so many new cards, with the fewest minutes for each card that is known at the end
            thanks to them. Without any goal, where the log does not say what time was spent: as many as the
            log has.
        new_per_day: New cards a day. Default: as in the last 90 days of the log.
        new_cards_only: Whether the cards there are are left out, with the time that they take. They are
            where a log has no dates.
        start: What says where these cards stand, as for `repetita.simulate`: a collection has due dates and
            unseen cards. Only cards of the log count. Default: the log; each card is due when the scheduler
            would have had it.
        days: How long, up to 3650. Default: 365.
        retention_range: Lowest and highest setting, from 0.30 to 0.99, in steps of 0.01.
        model: Memory model that is fitted; the scheduler believes it.
        worlds: Other models that are fitted and asked what would come of it if memory worked as they say.
            Default: FSRS-7, or FSRS-6 beside that; empty: none.
        repeats: Whether repeats of new and forgotten cards within a day are simulated, if the log has them.
            Otherwise their time counts, but not what they do to memory.
        runs: Draws for the bands, from 10.
        seed: Whole number from 0; the same one gives the same answer.
        today: The day from which ``by`` is counted. Default: the clock's.
        progress: Called with parts that are done and their number.
        fit_options: Of `repetita.fit`.

    Raises:
        UsageError: Two goals, or something out of range.
        UnknownName: A model or option that does not exist.
        NoReviews: An empty log.

    Example:
        >>> from repetita.reviews import simulate_log
        >>> log = simulate_log(cards=80, days=90, seed=3)
        >>> options = {"days": 90, "retention_range": (0.85, 0.9), "worlds": (), "runs": 10}
        >>> advice = advise_retention(log, minutes_per_day=60, new_per_day=2, **options)
        >>> advice.desired_retention, advice.edge, advice.minutes_per_day < 60, advice.cards
        (0.9, 'highest', True, 80)
    """
    require_log(log, "advise_retention")
    runs = whole_number(runs, "runs", low=FEWEST_RUNS, high=MOST_RUNS)
    seed = whole_number(seed, "seed")
    retentions = _retentions(retention_range)
    others = check_worlds(usual_worlds(model) if worlds is None else worlds, model)
    options = checked_options(fit_options)
    goal = _goal(minutes_per_day, known_cards, deck)
    days, ends = _length(days, by, today, goal)
    if not len(log):
        raise NoReviews(f"{log.source} holds no reviews")
    steps = _Steps(2 + len(others), progress)
    if new_per_day is not None:
        new_per_day = whole_number(new_per_day, "new_per_day", low=1, high=MOST_NEW)
    habits = learning_habits(log, new_per_day=new_per_day, repeats=repeats)
    begun = None if new_cards_only or not log.timed else _start(log, start)
    goal = goal or _usual_goal(habits, log)
    fitted = _fitted(log, model, seed, options)
    having, coming = _settings(fitted, habits, goal, days, begun)
    outlook = outlook_of(having, coming, retentions, seed=seed)
    before, new = outlook.home
    found = curve_of(retentions, goal.within(new, before), outlook.exact)
    untouched = float(outlook.untouched([fitted.model])[0])
    steps.done()
    drawn = drawn_models(fitted, log, runs, np.random.default_rng(seed), options)
    spread = bands(outlook, drawn, goal)
    steps.done()
    asked = []
    for name in others:
        asked.append(
            other_world(log, name, outlook, goal, runs=RUNS_OF_A_WORLD, seed=seed, fit_options=options)
        )
        steps.done()
    return RetentionAdvice(
        goal=goal,
        choice=goal.choose(found.minutes_per_day, found.known, untouched),
        curve=found,
        having=None if outlook.having is None else outlook.having.home,
        untouched=untouched,
        bands=spread,
        worlds=tuple(asked),
        fit=fitted,
        habits=habits,
        days=days,
        cards=0 if having is None else having.cards,
        deck=0 if coming is None else coming.deck,
        by=ends,
        seed=seed,
        source=log.source,
        notes=(
            *_notes(fitted, habits, found),
            *_on_cards(begun, start, new_cards_only),
            *habits.notes,
        ),
    )


class _Steps:
    """Counts parts of the work."""

    def __init__(self, count: int, progress: Callable[[int, int], None] | None) -> None:
        self.count, self.passed, self.progress = count, 0, progress

    def done(self) -> None:
        """Another part is done."""
        self.passed += 1
        if self.progress is not None:
            self.progress(self.passed, self.count)


def _retentions(given: tuple[float, float]) -> Floats:
    """The settings of a range, in steps of 0.01."""
    try:
        low, high = (float(end) for end in given)
    except (TypeError, ValueError):
        low = high = float("nan")
    if not LOWEST <= low < high <= HIGHEST:
        raise UsageError(
            f"retention_range is {given!r:.60}, expected two numbers, the lower one first, from {LOWEST} to "
            f"{HIGHEST}",
            where="retention_range",
        )
    first, last = round(low / STEP), round(high / STEP)
    if last <= first:
        raise UsageError(
            f"retention_range is {given!r}, expected ends at least {STEP} apart", where="retention_range"
        )
    return np.round(np.arange(first, last + 1) * STEP, 2)


def _goal(minutes: float | None, known: int | None, deck: int | None) -> Goal | None:
    given = {
        name: value
        for name, value in (("minutes_per_day", minutes), ("known_cards", known), ("deck", deck))
        if value is not None
    }
    if len(given) > 1:
        raise UsageError(
            f"{' and '.join(given)} are given, expected one goal",
            hint="ask once for each of them",
            where=list(given)[-1],
        )
    if minutes is not None:
        usable = isinstance(minutes, int | float) and not isinstance(minutes, bool)
        if not (usable and isfinite(minutes) and 0.0 < minutes <= 24 * 60):
            raise UsageError(
                f"minutes_per_day is {minutes!r}, expected a number above 0, at most 1440",
                where="minutes_per_day",
            )
        return Goal("minutes", float(minutes))
    if known is not None:
        return Goal("known", whole_number(known, "known_cards", low=1, high=MOST_CARDS))
    return None if deck is None else Goal("deck", whole_number(deck, "deck", low=1, high=MOST_CARDS))


def _length(
    days: int | None, by: str | date | None, today: date | None, goal: Goal | None
) -> tuple[int, str | None]:
    """Days to look ahead, and the date that was named."""
    if by is None:
        return whole_number(USUAL_DAYS if days is None else days, "days", low=1, high=LONGEST_DAYS), None
    if days is not None:
        raise UsageError("days and by are given, expected one of them", where="by")
    if goal is None or goal.kind != "known":
        raise UsageError(
            "by is given without known_cards", hint="say how many cards are to be known by then", where="by"
        )
    try:
        end = by if isinstance(by, date) else date.fromisoformat(by)
    except (TypeError, ValueError):
        raise UsageError(f"by is {by!r:.40}, expected a date such as 2027-06-01", where="by") from None
    begin = date.today() if today is None else today
    ahead = (date(end.year, end.month, end.day) - date(begin.year, begin.month, begin.day)).days
    if not 1 <= ahead <= LONGEST_DAYS:
        raise UsageError(
            f"by is {end.isoformat()[:10]}, expected a day from tomorrow on, within {LONGEST_DAYS} days",
            where="by",
        )
    return ahead, end.isoformat()[:10]


def _fitted(log: ReviewLog, model: str, seed: int, options: dict[str, Any]) -> FitResult:
    if not isinstance(model, str):
        raise UsageError(f"model is {model!r:.60}, expected a name: it is fitted to the log", where="model")
    if declared(equations(model)).kind != "recursive":
        raise UsageError(
            f"model {model!r} keeps no state of few numbers, so it cannot be drawn and simulated quickly",
            hint="e.g. fsrs6 or fsrs7",
            where="model",
        )
    return fit(log, model, seed=seed, **options)


def _on_cards(begun: Start | None, start: Any, new_cards_only: bool) -> list[str]:
    """Where the cards there are stand."""
    if begun is None:
        return [] if new_cards_only else [UNDATED]
    told = "as the log left them on its last day" if start is None else f"as {begun.source} has them"
    return [f"The cards that you have are taken {told}, with what is overdue."]


def _usual_goal(habits: LearningHabits, log: ReviewLog) -> Goal:
    """As much as possible in the time that is spent now, or the usual deck where that is not known."""
    if habits.minutes_per_day is not None:
        return Goal("minutes", round(habits.minutes_per_day, 1) or 0.1, usual=True)
    return Goal("deck", log.cards, usual=True)


def _start(log: ReviewLog, start: Any) -> Start:
    """The cards there are: those of the log, as it left them or as another source has them."""
    found = start_of(log if start is None else start)
    if start is None:
        return found
    wanted = np.isin(found.card_ids, log.card_ids)
    if not wanted.any():
        raise UsageError(
            f"start has no card of {log.source}", hint="it is to be the collection of the log", where="start"
        )
    return found if wanted.all() else replace(found.of_cards(wanted), new_cards=found.new_cards)


def _settings(
    fitted: FitResult, habits: LearningHabits, goal: Goal, days: int, begun: Start | None
) -> tuple[Setting | None, Setting | None]:
    """Of the cards there are, and of those to come; None for none."""
    new = habits.new_per_day
    cards = int(goal.amount) if goal.kind == "deck" else new * days
    if begun is not None and begun.new_cards and not (goal.kind == "deck" and not goal.usual):
        cards = min(cards, begun.new_cards)
    if cards > MOST_CARDS:
        raise UsageError(
            f"{counted(new, 'new card')} a day for {counted(days, 'day')} are {cards:,}, expected at most "
            f"{MOST_CARDS:,}",
            where="new_per_day",
        )
    coming = Setting(
        scheduler=fitted.model,
        days=days,
        deck=cards,
        behavior=Behavior(
            first_ratings=habits.first_ratings,
            success_ratings=habits.success_ratings,
            new_limit=new,
            review_limit=UNLIMITED,
            minutes_limit=UNLIMITED,
        ),
        options={"cost": habits.cost, "short_term": habits.short_term},
    )
    return None if begun is None else replace(coming, start=begun), coming


def _notes(fitted: FitResult, habits: LearningHabits, found: Curve) -> list[str]:
    """What the answer rests on."""
    title = equations(fitted.model.name).TITLE
    if fitted.status == "no_scored_reviews":
        first = f"Nothing in the log says how you forget, so {title} is taken as it is published."
    elif fitted.status == "small_sample":
        first = (
            f"The log has only {counted(fitted.scored, 'review')} that say how you forget, so the answer "
            f"rests mostly on how people forget in general ({title})."
        )
    else:
        first = f"Your memory was measured in {counted(fitted.scored, 'review')} ({title})."
    if habits.short_term is not None:
        return [first, "Repeats of new and forgotten cards within the day are simulated."]
    if found.exact.all():
        return [first, "Minutes and known cards are expectations, without chance."]
    return [first]
