"""Decks, normal and filtered, and how one is found by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from unicodedata import normalize

from repetita.errors import unknown_name
from repetita.reviews.anki.presets import Preset
from repetita.reviews.anki.protobuf import Message

__all__ = [
    "Deck",
    "FilteredSearch",
    "deck_from_json",
    "deck_from_protobuf",
    "decks_below",
    "find_deck",
    "find_preset",
]

SEPARATOR = "::"
PREVIEW_KEYS = ("previewAgainSecs", "previewHardSecs", "previewGoodSecs")


@dataclass(frozen=True, slots=True)
class FilteredSearch:
    """One search of a filtered deck: what it looks for, how many cards at most, in which order (a number)."""

    search: str
    limit: int
    order: int


@dataclass(frozen=True, slots=True)
class Deck:
    """One deck.

    Attributes:
        id: Number of the deck; 1 is the default one.
        name: Full name, "::" between levels.
        kind: "normal" or "filtered".
        preset_id: Preset of a normal deck, None for a filtered one.
        desired_retention: The deck's own, in (0, 1), or None where the preset's holds.
        reschedule: Of a filtered deck: whether its answers move the cards; None for a normal one.
        searches: Of a filtered deck.
        preview_seconds: Of a filtered deck that does not reschedule: after how long a card comes again after
            Again, Hard and Good; 0 means that it goes back to its deck.
    """

    id: int
    name: str
    kind: str = "normal"
    preset_id: int | None = None
    desired_retention: float | None = None
    reschedule: bool | None = None
    searches: tuple[FilteredSearch, ...] = ()
    preview_seconds: tuple[int, int, int] = (0, 0, 0)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description."""
        return {
            **asdict(self),
            "searches": [asdict(search) for search in self.searches],
            "preview_seconds": list(self.preview_seconds),
        }


def deck_from_protobuf(number: int, name: str, kind: bytes) -> Deck:
    r"""The deck in a row of ``decks`` (schema 15 and later).

    Args:
        number: Its id.
        name: Its name, with 0x1f between levels.
        kind: The message that says whether it is normal or filtered.

    Raises:
        CorruptInput: Not a protobuf message.

    Example:
        >>> deck_from_protobuf(7, "Languages\x1fFrench", bytes.fromhex("0a020801")).name
        'Languages::French'
    """
    message = Message.parse(kind)
    full_name = name.replace("\x1f", SEPARATOR)
    if message.has(2):
        filtered = message.message(2)
        searches = tuple(
            FilteredSearch(term.text(1), term.integer(2), term.integer(3)) for term in filtered.messages(2)
        )
        return Deck(
            number,
            full_name,
            "filtered",
            reschedule=filtered.boolean(1),
            searches=searches,
            preview_seconds=(filtered.integer(7), filtered.integer(5), filtered.integer(6)),
        )
    normal = message.message(1)
    retention = normal.real(10) if normal.has(10) else None
    return Deck(number, full_name, preset_id=normal.integer(1) or 1, desired_retention=_in_range(retention))


def deck_from_json(number: int, source: Mapping[str, Any]) -> Deck:
    """The deck in an entry of ``col.decks`` (schema 11 and 14), whose retention is a whole percentage.

    Example:
        >>> deck_from_json(7, {"name": "French", "conf": 1, "desiredRetention": 85}).desired_retention
        0.85
    """
    name = str(source.get("name", number)).replace("\x1f", SEPARATOR)
    if source.get("dyn"):
        terms = source.get("terms")
        searches = tuple(
            FilteredSearch(str(term[0]), _whole(term[1]), _whole(term[2]))
            for term in (terms if isinstance(terms, list) else [])
            if isinstance(term, list) and len(term) >= 3
        )
        again, hard, good = (_whole(source.get(key)) for key in PREVIEW_KEYS)
        return Deck(
            number,
            name,
            "filtered",
            reschedule=bool(source.get("resched", True)),
            searches=searches,
            preview_seconds=(again, hard, good),
        )
    percent = _whole(source.get("desiredRetention"))
    return Deck(
        number, name, preset_id=_whole(source.get("conf")) or 1, desired_retention=_in_range(percent / 100)
    )


def find_deck(decks: Mapping[int, Deck], wanted: str | int) -> Deck:
    """The deck of that number or name; case and Unicode form of the name do not matter.

    Raises:
        UnknownName: No such deck; the nearest name is suggested.

    Example:
        >>> find_deck({1: Deck(1, "Default")}, "default").id
        1
    """
    return decks[_find("deck", {deck.id: deck.name for deck in decks.values()}, wanted)]


def find_preset(presets: Mapping[int, Preset], wanted: str | int) -> Preset:
    """The preset of that number or name; case and Unicode form of the name do not matter.

    Raises:
        UnknownName: No such preset; the nearest name is suggested.
    """
    return presets[_find("preset", {preset.id: preset.name for preset in presets.values()}, wanted)]


def decks_below(decks: Mapping[int, Deck], deck: Deck) -> tuple[int, ...]:
    """Ids of a deck and of all decks nested in it.

    Example:
        >>> decks = {1: Deck(1, "A"), 2: Deck(2, "A::B"), 3: Deck(3, "AB")}
        >>> decks_below(decks, decks[1])
        (1, 2)
    """
    parent = _folded(deck.name)
    return tuple(
        other.id
        for other in decks.values()
        if _folded(other.name) == parent or _folded(other.name).startswith(parent + SEPARATOR)
    )


def _find(kind: str, names: Mapping[int, str], wanted: str | int) -> int:
    for number, name in names.items():
        if str(number) == str(wanted) or (isinstance(wanted, str) and _folded(name) == _folded(wanted)):
            return number
    raise unknown_name(kind, wanted, names.values())


def _folded(name: str) -> str:
    return normalize("NFC", name).casefold()


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _in_range(retention: float | None) -> float | None:
    return retention if retention is not None and 0.0 < retention < 1.0 else None
