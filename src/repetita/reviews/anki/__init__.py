"""Anki collections: packages and databases of every layout in use, read without touching them.

`read_anki` gives a `ReviewLog` of what Anki itself would train on; `read_collection` gives all that concerns
scheduling, as frozen values.
"""

from repetita.reviews.anki.contents import AnkiCards, AnkiCollection, AnkiRevlog, CollectionSettings
from repetita.reviews.anki.day_timing import DayTiming, day_timing
from repetita.reviews.anki.decks import Deck, FilteredSearch
from repetita.reviews.anki.limits import ReadLimits
from repetita.reviews.anki.package import MediaFile
from repetita.reviews.anki.presets import Preset
from repetita.reviews.anki.read import read_anki
from repetita.reviews.anki.reading import read_collection

__all__ = [
    "AnkiCards",
    "AnkiCollection",
    "AnkiRevlog",
    "CollectionSettings",
    "DayTiming",
    "Deck",
    "FilteredSearch",
    "MediaFile",
    "Preset",
    "ReadLimits",
    "day_timing",
    "read_anki",
    "read_collection",
]
