"""How somebody answers, as fsrs-rs and Anki measure it for their simulator: shares, steps, seconds."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError
from repetita.reviews import ReviewLog
from repetita.reviews.anki.choosing import Moment, cards_in_deck, cards_with_preset, clock_ms, moment_ms
from repetita.reviews.anki.collection_days import collection_days
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.reading import read_collection
from repetita.scheduling.day_rule import MS_A_DAY
from repetita.simulation.behavior import Behavior
from repetita.simulation.cost import PRESS_COSTS, Cost
from repetita.simulation.start import SUSPENDED, days_of_log

__all__ = ["SimulatorConfig", "simulator_config"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Table = tuple[tuple[float, ...], ...]

LEARNING, REVIEW, RELEARNING = 0, 1, 2
LONGEST_MS = 1_200_000
"""Answers that took as long say that somebody was away."""
USUAL_WEIGHT = 50.0
"""Answers that the usual figures count as."""
# from which rating (row: Again, Hard, Good) to which on the same day
LEARNING_STEPS: Table = (
    (0.3686, 0.0628, 0.5108, 0.0577),
    (0.0442, 0.4553, 0.4457, 0.0549),
    (0.0519, 0.047, 0.8462, 0.055),
)
RELEARNING_STEPS: Table = (
    (0.2157, 0.0643, 0.6595, 0.0604),
    (0.05, 0.4638, 0.4475, 0.0387),
    (0.1057, 0.1434, 0.7266, 0.0244),
)


@dataclass(frozen=True, kw_only=True)
class SimulatorConfig:
    """How somebody answers, as fsrs-rs has it in the type of this name. Without any answers: the usual.

    Attributes:
        first_ratings: Shares of Again, Hard, Good, Easy for new cards.
        success_ratings: Shares of Hard, Good, Easy after a success in review.
        learning_transitions: Next rating (column) on the day a card is new, by the one before (row: Again,
            Hard, Good).
        relearning_transitions: The same on a day on which a card was forgotten.
        learning_seconds: Seconds of a press in learning, by rating.
        review_seconds: In review.
        relearning_seconds: In relearning.
    """

    first_ratings: tuple[float, ...] = tuple(Behavior.first_ratings)
    success_ratings: tuple[float, ...] = tuple(Behavior.success_ratings)
    learning_transitions: Table = LEARNING_STEPS
    relearning_transitions: Table = RELEARNING_STEPS
    learning_seconds: tuple[float, ...] = tuple(PRESS_COSTS.learning)
    review_seconds: tuple[float, ...] = tuple(PRESS_COSTS.review)
    relearning_seconds: tuple[float, ...] = tuple(PRESS_COSTS.relearning)

    def behavior(self, **others: Any) -> Behavior:
        """The person with these shares.

        Args:
            others: Further attributes of `Behavior`.
        """
        return Behavior(first_ratings=self.first_ratings, success_ratings=self.success_ratings, **others)

    def cost(self) -> Cost:
        """What single presses cost, for runs with presses within a day."""
        return Cost(
            learning=self.learning_seconds, review=self.review_seconds, relearning=self.relearning_seconds
        )


@dataclass(frozen=True, eq=False)
class _Presses:
    """Answers with a plausible time, card by card in order of time. All of shape (n,)."""

    cards: NDArray[Any]
    days: Integers
    ratings: Integers
    states: Integers
    milliseconds: Integers

    @property
    def begins(self) -> NDArray[np.bool_]:
        """Whether each is its card's first on its day."""
        begins = np.ones(len(self.days), dtype=np.bool_)
        begins[1:] = (self.cards[1:] != self.cards[:-1]) | (self.days[1:] != self.days[:-1])
        return begins


def simulator_config(
    source: Any,
    *,
    deck: str | None = None,
    preset: str | None = None,
    include_suspended: bool = True,
    now: Moment | None = None,
    zone: str | None = None,
    smooth: bool = True,
) -> SimulatorConfig:
    """How somebody answers, as fsrs-rs (``extract_simulator_config``) and Anki's simulator measure it.

    Presses count that took above 0 s and below 20 minutes. Shares of first ratings are those of the first
    press on days that begin in learning; shares after a success those of days that begin in review; steps
    are pairs of presses that follow each other on a day, each counted once more than it was. All is drawn to
    the usual figures with the weight of 50 answers.

    Args:
        source: A collection, its path, or a `ReviewLog`; where a log lacks states, a card's first day is
            learning, and presses after an Again on a later day are relearning.
        deck: Of a collection: only this deck and those below it.
        preset: Of a collection: only decks of this preset.
        include_suspended: Of a collection: whether suspended cards count.
        now: Of a collection: present moment, for when its days begin; default: the clock.
        zone: Of a collection: zone of the learner; default: as it says.
        smooth: Whether figures are drawn to the usual ones.

    Raises:
        InputError: The file cannot be used.
        UsageError: Something else, or a part of a log.

    Example:
        >>> from repetita.reviews import simulate_log
        >>> config = simulator_config(simulate_log(cards=100, days=60, seed=1))
        >>> round(sum(config.first_ratings), 6), len(config.learning_transitions)
        (1.0, 3)
    """
    if isinstance(source, str | os.PathLike):
        source = read_collection(Path(source))
    if isinstance(source, AnkiCollection):
        presses = _of_collection(source, deck, preset, include_suspended, now, zone)
    elif isinstance(source, ReviewLog):
        if deck is not None or preset is not None or not include_suspended or now is not None:
            raise UsageError(
                "deck, preset, include_suspended and now choose within a collection, not a log",
                hint="read_reviews chooses, too",
            )
        presses = _of_log(source)
    else:
        raise UsageError(f"source is {source!r:.60}, expected a collection, its path, or a log")
    if not len(presses.days):
        return SimulatorConfig()
    return _measured(presses, smooth)


def _of_collection(
    collection: AnkiCollection,
    deck: str | None,
    preset: str | None,
    include_suspended: bool,
    now: Moment | None,
    zone: str | None,
) -> _Presses:
    cards, revlog = collection.cards, collection.revlog
    chosen = np.ones(len(cards), dtype=np.bool_)
    if deck is not None:
        chosen &= cards_in_deck(collection, deck)
    if preset is not None:
        chosen &= cards_with_preset(collection, preset)
    if not include_suspended:
        chosen &= cards.queue != SUSPENDED
    moment = moment_ms(now) or clock_ms()
    cutoff = collection_days(collection, moment // 1000, zone).timing.next_day_at
    wanted = np.isin(revlog.card_id, cards.id[chosen]) & (revlog.ease >= 1) & (revlog.ease <= 4)
    rows = np.flatnonzero(wanted & (revlog.milliseconds > 0) & (revlog.milliseconds < LONGEST_MS))
    rows = rows[np.lexsort((revlog.id[rows], revlog.card_id[rows]))]
    seconds = revlog.id[rows] // 1000 - cutoff
    return _Presses(
        revlog.card_id[rows],
        np.trunc(seconds / (MS_A_DAY // 1000)).astype(np.int64),
        revlog.ease[rows].astype(np.int64),
        revlog.type[rows].astype(np.int64),
        revlog.milliseconds[rows].astype(np.int64),
    )


def _of_log(log: ReviewLog) -> _Presses:
    days, ratings = days_of_log(log), log.ratings.astype(np.int64)
    cards = np.repeat(np.arange(log.cards), np.diff(log.offsets))
    milliseconds = np.zeros(len(log)) if log.durations_ms is None else np.nan_to_num(log.durations_ms)
    states = _usual_states(cards, days, ratings)
    if log.states is not None:
        given = np.asarray(log.states, dtype=np.float64)
        states = np.where(np.isfinite(given) & (given >= 0), np.nan_to_num(given), states).astype(np.int64)
    kept = (milliseconds > 0) & (milliseconds < LONGEST_MS)
    columns = (cards, days, ratings, states, milliseconds.astype(np.int64))
    return _Presses(*(column[kept] for column in columns))


def _usual_states(cards: Integers, days: Integers, ratings: Integers) -> Integers:
    """States of a log without any."""
    rows = _Presses(cards, days, ratings, ratings, ratings)
    begins = rows.begins
    session = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    new = np.ones(len(first), dtype=np.bool_)
    new[1:] = cards[first[1:]] != cards[first[:-1]]
    states = np.where(new[session], LEARNING, REVIEW)
    lapsed = np.zeros(len(first), dtype=np.bool_)
    np.logical_or.at(lapsed, session, ratings == 1)
    return np.where(~new[session] & ~begins & lapsed[session], RELEARNING, states)


def _measured(presses: _Presses, smooth: bool) -> SimulatorConfig:
    usual, begins = SimulatorConfig(), presses.begins
    session = np.cumsum(begins) - 1
    state, rating = presses.states[begins], presses.ratings[begins]
    first = np.bincount(rating[state == LEARNING], minlength=5)[1:]
    success = np.bincount(rating[state == REVIEW], minlength=5)[2:]
    learning = _steps(presses, session, state == LEARNING)
    relearning = _steps(presses, session, (state == REVIEW) & (rating == 1))
    seconds = [
        _seconds(presses, phase, table, smooth)
        for phase, table in (
            (LEARNING, usual.learning_seconds),
            (REVIEW, usual.review_seconds),
            (RELEARNING, usual.relearning_seconds),
        )
    ]
    return SimulatorConfig(
        first_ratings=_shares(first, usual.first_ratings, smooth),
        success_ratings=_shares(success, usual.success_ratings, smooth),
        learning_transitions=_rows(learning, usual.learning_transitions, smooth),
        relearning_transitions=_rows(relearning, usual.relearning_transitions, smooth),
        learning_seconds=seconds[0],
        review_seconds=seconds[1],
        relearning_seconds=seconds[2],
    )


def _steps(presses: _Presses, session: Integers, chosen: NDArray[np.bool_]) -> Integers:
    """Pairs of presses that follow each other in chosen sessions, by rating, each once more than it was."""
    pairs = (session[1:] == session[:-1]) & chosen[session[1:]]
    counts = np.ones((4, 4), dtype=np.int64)
    np.add.at(counts, (presses.ratings[:-1][pairs] - 1, presses.ratings[1:][pairs] - 1), 1)
    return counts[:3]


def _rows(counts: Integers, usual: Table, smooth: bool) -> Table:
    return tuple(_shares(row, shares, smooth) for row, shares in zip(counts, usual, strict=True))


def _shares(counts: Integers, usual: Sequence[float], smooth: bool) -> tuple[float, ...]:
    """Shares of counts; where there are none, all alike."""
    counts = counts if counts.any() else np.ones(len(usual), dtype=np.int64)
    total = counts.sum()
    weight = total / (USUAL_WEIGHT + total) if smooth else 1.0
    return tuple((weight * counts / total + (1.0 - weight) * np.array(usual)).tolist())


def _seconds(presses: _Presses, phase: int, usual: Sequence[float], smooth: bool) -> tuple[float, ...]:
    """Mean seconds of a phase by rating, of whole milliseconds; in hundredths where drawn to the usual."""
    found = []
    for rating, other in enumerate(usual, 1):
        times = presses.milliseconds[(presses.states == phase) & (presses.ratings == rating)]
        mean = float(times.sum() // len(times)) / 1000.0 if len(times) else 0.0
        weight = len(times) / (USUAL_WEIGHT + len(times))
        drawn = np.floor(100.0 * (weight * mean + (1.0 - weight) * other) + 0.5) / 100.0
        found.append(float(drawn) if smooth else mean)
    return tuple(found)
