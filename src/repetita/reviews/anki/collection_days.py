"""The day boundaries of a collection, and in words where they come from."""

from __future__ import annotations

from dataclasses import dataclass

from repetita.reviews.anki.contents import AnkiCollection
from repetita.reviews.anki.day_timing import (
    DayTiming,
    day_timing,
    describe_offset,
    machine_offset,
    zone_offset,
)

__all__ = ["CollectionDays", "collection_days"]


@dataclass(frozen=True, slots=True)
class CollectionDays:
    """A collection's day at an instant.

    Attributes:
        timing: Day number and the next day's beginning.
        words: The rule in a sentence, with its origin.
        offset: Minutes west of UTC that the day goes by.
    """

    timing: DayTiming
    words: str
    offset: int


def collection_days(collection: AnkiCollection, second: int, zone: str | None = None) -> CollectionDays:
    """The day of a collection at an instant, as Anki counts it.

    Anki takes the offset from UTC that the machine's clock has now. Without a zone the offset is the one that
    Anki last noted in the collection, so that a file means the same on every machine and at every time of the
    year; failing that the one noted at its creation, and failing that this machine's.

    Args:
        collection: The collection.
        second: Unix second.
        zone: IANA name of the zone whose offset at that instant is meant.

    Raises:
        UnknownName: No such zone.
    """
    settings = collection.settings
    if zone is not None:
        offset, origin = zone_offset(zone, second), f"as in {zone} at that moment"
    elif settings.local_offset is not None:
        offset, origin = settings.local_offset, "from the collection"
    elif settings.creation_offset is not None:
        offset, origin = settings.creation_offset, "the collection's at its creation"
    else:
        offset, origin = machine_offset(second), "this machine's offset; the collection has none"
    timing = day_timing(
        second,
        created=collection.created,
        local_offset=offset,
        creation_offset=settings.creation_offset,
        rollover=settings.rollover,
    )
    if settings.rollover is None:
        return CollectionDays(timing, "days are blocks of 24 hours from the collection's creation", offset)
    words = f"days turn over at {settings.rollover:02d}:00, {describe_offset(offset)} ({origin})"
    if "rollover" not in settings.values:  # deck exports leave the collection's settings out
        words += "; the hour is Anki's default, the file names none"
    return CollectionDays(timing, words, offset)
