"""`backtest`: what would have been forecast then, beside what happened."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from repetita.arguments import whole_number
from repetita.backtesting.coming import first_days
from repetita.backtesting.daily import Daily
from repetita.backtesting.draws import drawn_models
from repetita.backtesting.dropping import DroppingScheduler
from repetita.backtesting.habits import Diary, Habits, habits_of
from repetita.backtesting.past import Past, cut, estimated_retention, review_intervals, scheduled
from repetita.backtesting.redrawn import day_effect, redrawn
from repetita.backtesting.result import Backtest
from repetita.backtesting.waiting import Waiting, waiting
from repetita.equations import declared
from repetita.errors import NoReviews, UsageError, unknown_name
from repetita.fitting import FitResult, fit
from repetita.fitting.options import checked_options
from repetita.memory_model import MemoryModel
from repetita.reviews import ReviewLog, read_reviews
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.read import read_anki
from repetita.reviews.anki.reading import read_collection
from repetita.reviews.review_log import require_log
from repetita.simulation.result import Simulation
from repetita.simulation.running import Plan, plan
from repetita.simulation.start import COLLECTIONS, Start, start_of_days

__all__ = ["backtest"]

Floats = NDArray[np.float64]

LONGEST_DAYS = 3650
HABITS = ("past", "actual")
FEWEST_RUNS, MOST_RUNS = 2, 10_000
USUAL_RETENTION = 0.9


def backtest(
    log: Any,
    *,
    days: int = 90,
    model: str = "fsrs6",
    scheduler: str | None = None,
    desired_retention: float | None = None,
    intervals: Floats | None = None,
    habits: Literal["past", "actual"] = "past",
    runs: int = 40,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    **fit_options: Any,
) -> Backtest:
    """The forecast that could have been made some days ago, beside what happened since.

    The log is cut ``days`` before its end. From the part before come the parameters, the memory of every
    card, due dates, backlog, and the habits of the person: days of study, new cards a day, buttons, time.
    Then the days that followed are simulated many times; each run draws its own parameters from the
    uncertainty of the fit, its own days from those of the past, and its own luck.

    Args:
        log: A `ReviewLog` with review times, an `AnkiCollection`, or the path of either.
        days: Length of the forecast, from 1 to 3650.
        model: Memory model that is fitted and simulated; not a network.
        scheduler: Scheduler that is simulated; default: the model's own, with the fitted parameters.
        desired_retention: What it aims at, in (0, 1). Default: what the reviews before say.
        intervals: Shape (reviews,), days until each was due again, NaN where unknown; of a collection they
            are known. Without, a card is due when the scheduler would have had it.
        habits: "past": days of study and new cards are drawn from those before, recent ones more often.
            "actual": they are taken as they came, which leaves only what memory and scheduler make of them.
        runs: Number of simulations, at least 2.
        seed: Whole number from 0; the same one gives the same forecast.
        progress: Called with the runs that are done and their number.
        fit_options: Of `repetita.fit`.

    Raises:
        UsageError: The log is too short for so many days, or something is out of range.
        UnknownName: A model, scheduler or option that does not exist.
        InputError: The log has no review times.
        NoReviews: Nothing before the cut can be learned from.

    Example:
        >>> from repetita.reviews import simulate_log
        >>> found = backtest(simulate_log(cards=60, days=120, seed=3), days=30, runs=4)
        >>> [forecast.metric for forecast in found.totals()]
        ['reviews', 'new_cards', 'minutes', 'retention']
    """
    days = whole_number(days, "days", low=1, high=LONGEST_DAYS)
    runs = whole_number(runs, "runs", low=FEWEST_RUNS, high=MOST_RUNS)
    seed = whole_number(seed, "seed")
    if habits not in HABITS:
        raise unknown_name("source of habits", habits, HABITS)
    log, intervals = _log_and_intervals(log, intervals)
    if not len(log):
        raise NoReviews(f"{log.source} holds no reviews")
    past = cut(log, days, intervals)
    fitted = _fitted(past, model, seed, fit_options)
    aim, estimated = _aim(past, fitted.model, desired_retention)
    waited = waiting(past, scheduled(past, fitted.model, aim))
    person = habits_of(past, waited)
    effect = day_effect(past, fitted.model)
    worlds = drawn_models(fitted, past.log, runs, np.random.default_rng([seed, 0]), fit_options)
    series = []
    for number, world in enumerate(worlds):
        random = np.random.default_rng([seed, 1 + number])
        run_aim = estimated_retention(past, world) or aim if desired_retention is None else aim
        start = _start(past, waited, scheduled(past, world, run_aim), random)
        mine = redrawn(past, person, random)
        diary = mine.diary(days, random) if habits == "past" else mine.diary_as_it_was(past.truth)
        diary = replace(diary, moods=(effect * random.standard_normal(days)).tolist())
        made = _plan(world, scheduler or world, run_aim, diary, mine, start)
        made = _with_drops(made, waited.dropped, Random(seed + number))
        series.append(_daily(made.run(seed + number, events=False)))
        if progress is not None:
            progress(number + 1, runs)
    return Backtest(
        truth=past.truth,
        forecast=_stacked(series),
        fit=fitted,
        habits=person,
        habits_from=habits,
        desired_retention=aim,
        estimated_retention=estimated,
        scheduler=scheduler or fitted.model.name,
        seed=seed,
        begins=datetime.fromtimestamp(past.first_ms / 1000.0, UTC).date(),
        cards=past.log.cards,
        gone=float(waited.gone.sum()),
        dropped=waited.dropped,
        backlog=float((1.0 - waited.gone)[waited.due_day < 0].sum()),
        known_intervals=bool(np.isfinite(past.intervals).any()),
        source=log.source,
    )


def _log_and_intervals(source: Any, intervals: Floats | None) -> tuple[ReviewLog, Floats | None]:
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        source = read_collection(path) if path.suffix.lower() in COLLECTIONS else read_reviews(path)
    if isinstance(source, AnkiCollection):
        log = read_anki(source)
        return log, review_intervals(source, log) if intervals is None else intervals
    require_log(source, "backtest")
    return source, intervals


def _fitted(past: Past, model: str, seed: int, options: dict[str, Any]) -> FitResult:
    if isinstance(model, MemoryModel):
        raise UsageError(
            "model is a MemoryModel, expected the name of one: its parameters are fitted to the reviews "
            "before the forecast",
            where="model",
        )
    found = fit(past.log, model, seed=seed, **checked_options(options))
    if declared(found.model.equations).kind != "recursive":
        raise UsageError(
            f"model {model!r} keeps no state of few numbers, so it cannot be started and drawn",
            hint="e.g. fsrs6 or fsrs7",
            where="model",
        )
    if found.status == "no_scored_reviews":
        raise NoReviews(
            f"none of the {len(past.log):,} reviews before the forecast can be learned from",
            hint="forecast fewer days",
        )
    return found


def _aim(past: Past, model: MemoryModel, given: float | None) -> tuple[float, bool]:
    """The desired retention, and whether it was found in the log."""
    if given is not None:
        return given, False
    found = estimated_retention(past, model)
    return (USUAL_RETENTION, False) if found is None else (round(found, 2), True)


def _start(past: Past, waited: Waiting, intervals: Floats, random: np.random.Generator) -> Start:
    """The cards as they were; those that are gone, by chance, stay away."""
    here = random.random(len(waited.gone)) >= waited.gone
    due = first_days(past, intervals, random)
    return start_of_days(
        past.log.take_cards(here),
        past.days[np.repeat(here, np.diff(past.log.offsets))],
        due=due[here],
        intervals=intervals[~past.sessions.follows][here],
    )


def _plan(
    world: MemoryModel, scheduler: str | MemoryModel, aim: float, diary: Diary, habits: Habits, start: Start
) -> Plan:
    new = sum(count for count, there in zip(diary.new_by_day, diary.attended, strict=True) if there)
    return plan(
        environment=world,
        scheduler=scheduler,
        desired_retention=aim,
        days=len(diary.attended),
        deck=max(int(new), 0 if len(start) else 1),
        start=start,
        behavior=diary,
        cost=habits.cost,
        short_term=habits.short_term,
    )


def _with_drops(made: Plan, share: float, luck: Random) -> Plan:
    """The plan with cards that are dropped now and then; all of them have one scheduler."""
    if not share:
        return made
    dropping = DroppingScheduler(made.schedulers[0], share, luck)
    return replace(made, schedulers=[dropping] * len(made.schedulers))


def _daily(run: Simulation) -> Daily:
    return Daily(
        reviews=run.phase_reviews.astype(np.float64),
        new_cards=run.new.astype(np.float64),
        passed=(run.phase_reviews - run.phase_lapses).astype(np.float64),
        seconds=run.cost_seconds,
    )


def _stacked(series: list[Daily]) -> Daily:
    return Daily(
        *(
            np.stack([getattr(one, name) for one in series])
            for name in ("reviews", "new_cards", "passed", "seconds")
        )
    )
