"""From an Anki collection to a `ReviewLog`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.errors import UsageError
from repetita.reviews.anki.choosing import (
    EARLIEST_MS,
    LATEST_MS,
    Moment,
    cards_in_deck,
    cards_with_preset,
    clock_ms,
    cut_from,
    cut_of_cards,
    moment_ms,
)
from repetita.reviews.anki.collection_days import collection_days
from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.limits import ReadLimits
from repetita.reviews.anki.reading import read_collection
from repetita.reviews.anki.revlog import CardFilter, KeptRows, keep_reviews
from repetita.reviews.funnel import FunnelBuilder
from repetita.reviews.review_log import ReviewLog
from repetita.scheduling.day_rule import MS_A_DAY, DayGrid, DayRuleLike

__all__ = ["read_anki"]

SUSPENDED = -1
GRACE_MS = MS_A_DAY  # for clocks that disagree


def read_anki(
    source: str | Path | AnkiCollection,
    *,
    day_rule: DayRuleLike | None = None,
    zone: str | None = None,
    now: Moment | None = None,
    deck: str | int | None = None,
    preset: str | int | None = None,
    ignore_before: Moment | None = None,
    include_suspended: bool = True,
    include_deleted_cards: bool = True,
    limits: ReadLimits | None = None,
    allow_locked: bool = False,
) -> ReviewLog:
    """The reviews of an Anki collection from which Anki itself would train, as a `ReviewLog`.

    By default days are counted as Anki counts them: blocks of 24 hours that turn over at the collection's
    hour, with the offset from UTC that it noted last. The log's funnel says so, and names every rule by which
    rows were left out.

    Args:
        source: An Anki file (see `read_collection`), or a collection already read.
        day_rule: Another rule, such as ``DayRule("Europe/Paris", 4)`` for true calendar days.
        zone: IANA name of a zone: its offset at ``now`` instead of the collection's, as Anki there would.
        now: Moment at which the collection is looked at: an aware datetime, a date or ISO date (midnight
            UTC), or a Unix second. Later rows are left out. Default: after the last row.
        deck: Name or id; decks nested in it are included.
        preset: Name or id; cards of the decks that use it.
        ignore_before: Leave out cards learned before this moment, in the same forms, or "preset" for the
            date that each card's preset names.
        include_suspended: Whether suspended cards count.
        include_deleted_cards: Whether rows of cards that are gone count. With a deck or preset they never do.
        limits: Bounds on what a compressed file may expand to.
        allow_locked: Read a collection that Anki has open, as far as it has reached the disk.

    Raises:
        InputError: The file cannot be used; the kinds are those of `read_collection`.
        UnknownName: No such deck, preset or zone; the nearest one is suggested.
        UsageError: Options that contradict each other, or a moment that is none.

    Example:
        >>> read_anki("collection.anki2", day_rule=DayGrid(1_728_270_000), zone="Asia/Tokyo")
        Traceback (most recent call last):
        ...
        repetita.errors.UsageError: both day_rule and zone are given (a DayRule has a zone of its own)
    """
    if day_rule is not None and zone is not None:
        raise UsageError("both day_rule and zone are given", hint="a DayRule has a zone of its own")
    collection = (
        source
        if isinstance(source, AnkiCollection)
        else read_collection(source, limits=limits, allow_locked=allow_locked)
    )
    funnel = FunnelBuilder(len(collection.revlog))
    for remark in collection.remarks:
        funnel.guess(remark)
    if ignore_before is None:
        _note_ignored_dates(collection, funnel)
    moment = moment_ms(now)
    rule = day_rule or _own_days(collection, moment, zone, funnel)
    searching = deck is not None or preset is not None
    filters = _filters(
        collection, deck, preset, suspended=include_suspended, deleted=include_deleted_cards and not searching
    )
    kept = keep_reviews(
        collection.revlog,
        funnel,
        latest_ms=clock_ms() + GRACE_MS if moment is None else moment,
        filters=filters,
        cut_ms=_cuts(collection, ignore_before),
    )
    return _log(collection, kept, rule, funnel)


def _own_days(
    collection: AnkiCollection, moment: int | None, zone: str | None, funnel: FunnelBuilder
) -> DayGrid:
    if moment is None:
        # the last row rather than the clock: one file, one result, whenever it is read
        times = collection.revlog.id
        times = times[(times >= EARLIEST_MS) & (times < min(clock_ms() + GRACE_MS, LATEST_MS))]
        moment = int(times[-1]) if len(times) else collection.created * 1000
    days = collection_days(collection, moment // 1000, zone)
    funnel.guess(days.words + _other_days(collection, zone))
    return DayGrid(days.timing.next_day_at)


def _other_days(collection: AnkiCollection, zone: str | None) -> str:
    """How to count other days, where the file itself does not say how days are counted."""
    if "rollover" not in collection.settings.values:
        return "; pass day_rule=DayRule('Europe/Paris', 4) for another zone or hour"
    if zone is None and collection.settings.local_offset is None:
        return "; pass zone='Europe/Paris' for another zone"
    return ""


def _filters(
    collection: AnkiCollection,
    deck: str | int | None,
    preset: str | int | None,
    *,
    suspended: bool,
    deleted: bool,
) -> tuple[CardFilter, ...]:
    cards = collection.cards
    filters = []
    if not deleted:
        reason = "the card is no longer in the collection"
        filters.append(CardFilter("deleted card", reason, cards.id, inverted=True))
    if deck is not None:
        chosen = collection.deck(deck)
        inside = cards_in_deck(collection, chosen.id)
        filters.append(CardFilter("other deck", f"not in the deck {chosen.name!r}", cards.id[~inside]))
    if preset is not None:
        wanted = collection.preset(preset)
        inside = cards_with_preset(collection, wanted.id)
        filters.append(CardFilter("other preset", f"not of the preset {wanted.name!r}", cards.id[~inside]))
    if not suspended:
        stopped = cards.id[cards.queue == SUSPENDED]
        filters.append(CardFilter("suspended", "the card is suspended", stopped))
    return tuple(filters)


def _cuts(collection: AnkiCollection, ignore_before: Moment | None) -> Mapping[int, int] | int:
    if ignore_before is not None and ignore_before != "preset":
        return cut_from(ignore_before)  # rows of deleted cards too
    cuts = cut_of_cards(collection, ignore_before)
    return dict(zip(collection.cards.id[cuts > 0].tolist(), cuts[cuts > 0].tolist(), strict=True))


def _note_ignored_dates(collection: AnkiCollection, funnel: FunnelBuilder) -> None:
    for preset in collection.presets.values():
        if preset.ignore_before_ms:
            funnel.guess(
                f"reviews before {preset.ignore_revlogs_before_date} count, though the preset "
                f"{preset.name!r} ignores them (ignore_before='preset' leaves them out)"
            )


def _log(collection: AnkiCollection, kept: KeptRows, rule: DayRuleLike, funnel: FunnelBuilder) -> ReviewLog:
    revlog = collection.revlog
    card_id = revlog.card_id[kept.rows]
    return ReviewLog.from_arrays(
        card_id=card_id,
        rating=revlog.ease[kept.rows],
        review_time_ms=revlog.id[kept.rows],
        review_id=revlog.id[kept.rows],
        duration_ms=revlog.milliseconds[kept.rows],
        state=np.where(kept.first, 0, np.minimum(revlog.type[kept.rows] + 1, 4)),
        **_of_cards(collection, card_id),
        day_rule=rule,
        funnel=funnel.build(),
        source=Path(collection.path).name,
    )


def _of_cards(collection: AnkiCollection, card_id: NDArray[np.int64]) -> dict[str, Any]:
    """Deck, preset and note of each row's card, -1 where the card is gone."""
    cards = collection.cards
    if not len(cards):
        missing = np.full(len(card_id), -1)
        return {"deck_id": missing, "preset_id": missing, "note_id": missing}
    place = np.minimum(np.searchsorted(cards.id, card_id), len(cards) - 1)
    known = cards.id[place] == card_id
    columns = {
        "deck_id": cards.home_deck_id,
        "preset_id": collection.preset_ids_of(cards.home_deck_id),
        "note_id": cards.note_id,
    }
    return {name: np.where(known, values[place], -1) for name, values in columns.items()}
