"""The memory state of every card of a collection: computed from the log, or as Anki stored it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.collections.histories import histories_of
from repetita.collections.state_table import CardStates, StateColumns
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as memory_model
from repetita.reviews.anki.choosing import (
    Moment,
    cards_in_deck,
    cards_with_preset,
    clock_ms,
    cut_of_cards,
    moment_ms,
)
from repetita.reviews.anki.collection_days import collection_days
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.reading import read_collection
from repetita.scheduling.day_rule import MS_A_DAY, DayGrid

__all__ = ["card_states", "recall_with_decay", "stored_states"]

# What Anki assumes of a card whose data do not say: the exponent of FSRS-4.5 and 5.
DECAY_WHERE_MISSING = 0.5
STORED = "stored"

Reals: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


def card_states(
    collection: AnkiCollection | str | Path,
    model: MemoryModel | str | None = None,
    *,
    deck: str | int | None = None,
    preset: str | int | None = None,
    now: Moment | None = None,
    zone: str | None = None,
    ignore_before: Moment | None = "preset",
    from_interval: bool = False,
) -> CardStates:
    """The memory state of every card, computed from the log as Anki does.

    A card with its whole history is run through the model from the start of learning. Where the log begins in
    the middle, or is not trusted before a date, the first row of at least a day's interval is turned into a
    state by its interval, its ease and the preset's historical retention, and the rest is run from there.

    Args:
        collection: A collection, or an Anki file.
        model: The memory model for all cards, by itself or by name; None: each preset's FSRS-6 parameters.
        deck: Name or id; decks nested in it are included. None: all cards.
        preset: Name or id: cards of the decks that use it.
        now: When the cards are looked at: aware datetime, ISO date (midnight UTC) or a Unix second;
            default: the clock.
        zone: IANA name of a zone whose offset at ``now`` sets the days, instead of the collection's.
        ignore_before: Date before which the log is not trusted, "preset" for each preset's own, or None.
        from_interval: Give cards without any usable row a state from their own interval and ease. Anki does
            so only when such a card is answered; until then it shows none.

    Raises:
        InputError: The file cannot be used.
        UnknownName: No such deck, preset, model or zone.
        InvalidParameters: A preset holds parameters that are none.
    """
    whole = collection if isinstance(collection, AnkiCollection) else read_collection(collection)
    moment = moment_ms(now) or clock_ms()
    days = collection_days(whole, moment // 1000, zone)
    histories = histories_of(
        whole,
        grid=DayGrid(days.timing.next_day_at),
        latest_ms=moment,
        cut_ms=cut_of_cards(whole, ignore_before),
    )
    work = StateColumns.begin(whole, memory_model(model) if isinstance(model, str) else model)
    for preset_id in np.unique(work.preset_ids).tolist():
        work.fill(histories, preset_id, moment, from_interval=from_interval)
    return work.table(_wanted(whole, deck, preset), moment, days.words)


def stored_states(
    collection: AnkiCollection | str | Path,
    *,
    deck: str | int | None = None,
    preset: str | int | None = None,
    now: Moment | None = None,
    zone: str | None = None,
) -> CardStates:
    """The memory state of every card as Anki stored it in the card, rounded, with retrievability from it.

    Retrievability follows from the stored stability and exponent, with the time since the stored last answer
    in exact days, or, where that is not stored, the days since the card was last due minus its interval.

    Args:
        collection: A collection, or an Anki file.
        deck: Name or id; decks nested in it are included. None: all cards.
        preset: Name or id: cards of the decks that use it.
        now: When the cards are looked at: aware datetime, ISO date (midnight UTC) or a Unix second;
            default: the clock.
        zone: IANA name of a zone whose offset at ``now`` sets the days, instead of the collection's.

    Raises:
        InputError: The file cannot be used.
        UnknownName: No such deck, preset or zone.
    """
    whole = collection if isinstance(collection, AnkiCollection) else read_collection(collection)
    moment = moment_ms(now) or clock_ms()
    days = collection_days(whole, moment // 1000, zone)
    cards = whole.cards
    known = (cards.stability > 0.0) & np.isfinite(cards.difficulty)
    due = np.where(cards.original_deck_id != 0, cards.original_due, cards.due)
    by_due = np.maximum(days.timing.today - (due - cards.interval), 0).astype(np.float64)
    by_answer = np.maximum(moment - cards.last_review * 1000, 0) / MS_A_DAY
    elapsed = np.where(cards.last_review > 0, by_answer, by_due)
    decay = np.where(cards.decay > 0.0, cards.decay, DECAY_WHERE_MISSING)
    work = StateColumns.begin(whole, None)
    work.states[:, 0] = np.where(known, cards.stability, np.nan)
    work.states[:, 1] = np.where(known, cards.difficulty, np.nan)
    work.elapsed_days[known] = elapsed[known]
    work.retrievability[known] = recall_with_decay(cards.stability[known], decay[known], elapsed[known])
    work.sources[known] = STORED
    return work.table(_wanted(whole, deck, preset), moment, days.words)


def recall_with_decay(stability: Reals, decay: Reals, elapsed_days: Reals) -> Reals:
    """Probability of recall on the curve of FSRS-6 with a decay of each card's own, shape (cards,).

    Args:
        stability: Shape (cards,), days.
        decay: Shape (cards,); beyond the bounds of the parameter it counts as the bound.
        elapsed_days: Shape (cards,), days since the last answer.

    Example:
        >>> days = np.array([10.0, 10.0])
        >>> recall_with_decay(days, np.array([0.5, 0.2]), 2.0 * days).round(4).tolist()
        [0.825, 0.8403]
    """
    defaults = memory_model("fsrs6")
    place = defaults.parameter_names.index("decay")
    recalled = np.empty(len(stability))
    for exponent in np.unique(decay):
        own = (*defaults.parameters[:place], float(exponent), *defaults.parameters[place + 1 :])
        cards = decay == exponent
        # the curve does not look at difficulty
        state = (stability[cards], 1.0)
        recalled[cards] = memory_model("fsrs6", own, clip=True).retrievability(state, elapsed_days[cards])
    return recalled


def _wanted(collection: AnkiCollection, deck: str | int | None, preset: str | int | None) -> Flags:
    wanted = np.ones(len(collection.cards), dtype=np.bool_)
    if deck is not None:
        wanted &= cards_in_deck(collection, deck)
    if preset is not None:
        wanted &= cards_with_preset(collection, preset)
    return wanted
