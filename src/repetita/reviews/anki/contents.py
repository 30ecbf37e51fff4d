"""What a collection holds, as frozen values: settings, decks, presets, cards, the review log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from repetita.frozen import freeze_arrays
from repetita.reviews.anki.decks import Deck, decks_below, find_deck, find_preset
from repetita.reviews.anki.package import MediaFile
from repetita.reviews.anki.presets import Preset

if TYPE_CHECKING:
    import polars as pl

__all__ = ["AnkiCards", "AnkiCollection", "AnkiRevlog", "CollectionSettings"]

Integers: TypeAlias = NDArray[np.int64]
Reals: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CollectionSettings:
    """The settings of a collection that concern scheduling.

    Attributes:
        fsrs: Whether FSRS is on.
        rollover: Hour at which a day begins, 0 to 23; None with the first scheduler.
        creation_offset: Minutes west of UTC at creation, or None.
        local_offset: Minutes west of UTC when Anki last looked, or None.
        scheduler_version: 1 or 2.
        learn_ahead_seconds: How early learning cards may be shown.
        load_balancer: Whether due dates are spread.
        short_term_with_steps: Whether FSRS may add learning steps of its own.
        health_check: Whether optimizing judges the model too.
        last_optimized: Day number of the last optimization of all presets, or None.
        values: All settings under Anki's own names.
    """

    fsrs: bool
    rollover: int | None
    creation_offset: int | None
    local_offset: int | None
    scheduler_version: int
    learn_ahead_seconds: int
    load_balancer: bool
    short_term_with_steps: bool
    health_check: bool
    last_optimized: int | None
    values: Mapping[str, Any]

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> CollectionSettings:
        """The settings in Anki's table of names and JSON values.

        Example:
            >>> CollectionSettings.from_values({"schedVer": 2, "fsrs": True}).rollover
            4
        """
        version = _integer(values, "schedVer") or 1
        rollover = _integer(values, "rollover")
        if rollover is None or not 0 <= rollover <= 23:
            rollover = None if version == 1 else 4
        return cls(
            fsrs=values.get("fsrs") is True,
            rollover=rollover,
            creation_offset=_offset(values, "creationOffset"),
            local_offset=_offset(values, "localOffset"),
            scheduler_version=version,
            learn_ahead_seconds=_integer(values, "collapseTime") or 0,
            load_balancer=values.get("loadBalancerEnabled") is not False,
            short_term_with_steps=values.get("fsrsShortTermWithStepsEnabled") is True,
            health_check=values.get("fsrsHealthCheck") is not False,
            last_optimized=_integer(values, "lastFsrsOptimize"),
            values=values,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Columns of equal length, read-only."""

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} rows)"

    def to_frame(self) -> pl.DataFrame:
        """The table as a polars frame."""
        import polars as pl

        return pl.DataFrame({column.name: getattr(self, column.name) for column in fields(self)})


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AnkiCards(_Table):
    """The cards, by id. Numbers are Anki's own; NaN or 0 where the card's data do not say.

    Attributes:
        id: Card ids.
        note_id: Note of each card.
        deck_id: Deck the card lies in now, a filtered one perhaps.
        home_deck_id: Deck the card belongs to.
        template: Number of the card among its note's.
        modified: Unix second of the last change.
        type: 0 new, 1 learning, 2 review, 3 relearning.
        queue: -3 buried by the user, -2 buried sibling, -1 suspended, 0 new, 1 learning, 2 review, 3 learning
            on a later day, 4 preview.
        due: Position, Unix second or day number, as the queue says.
        interval: Days.
        factor: Ease in thousandths.
        reps: Answers so far.
        lapses: How often it was forgotten in review.
        left: Learning steps left.
        original_due: Due in the home deck while in a filtered one.
        original_deck_id: Home deck while in a filtered one, else 0.
        flags: Color in the low three bits.
        stability: Stored stability in days, rounded by Anki.
        difficulty: Stored difficulty, rounded by Anki.
        desired_retention: Stored desired retention.
        decay: Stored exponent of the forgetting curve, positive.
        last_review: Unix second of the last real answer, 0 where not stored.
        original_position: Position as a new card, -1 where not stored.
        custom_data: Text kept by custom scheduling.
    """

    id: Integers
    note_id: Integers
    deck_id: Integers
    home_deck_id: Integers
    template: Integers
    modified: Integers
    type: Integers
    queue: Integers
    due: Integers
    interval: Integers
    factor: Integers
    reps: Integers
    lapses: Integers
    left: Integers
    original_due: Integers
    original_deck_id: Integers
    flags: Integers
    stability: Reals
    difficulty: Reals
    desired_retention: Reals
    decay: Reals
    last_review: Integers
    original_position: Integers
    custom_data: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AnkiRevlog(_Table):
    """The review log, by time. Rows of deleted cards are there too.

    Attributes:
        id: Answer time in Unix milliseconds, which is the row's id.
        card_id: Card of each row.
        ease: Button 1 to 4, 0 where it was no answer.
        interval: Interval given: days, or seconds where negative.
        last_interval: Interval before.
        factor: Ease in thousandths, or FSRS difficulty where 1 to 1100.
        milliseconds: Time taken.
        type: 0 learning, 1 review, 2 relearning, 3 filtered, 4 manual, 5 rescheduled.
    """

    id: Integers
    card_id: Integers
    ease: Integers
    interval: Integers
    last_interval: Integers
    factor: Integers
    milliseconds: Integers
    type: Integers


@dataclass(frozen=True, slots=True, eq=False)
class AnkiCollection:
    """An Anki collection as it was when read; nothing leads back to the file.

    Attributes:
        path: Where it was read from.
        layout: "package 1", "package 2", "package 3", "database" or "zstd database".
        schema: Schema version of the database.
        created: Unix second of creation, moved to a day's beginning by Anki.
        modified_ms: Unix millisecond of the last change.
        settings: Settings that concern scheduling.
        decks: By id.
        presets: By id.
        cards: One row a card.
        revlog: One row an answer or manual change.
        note_count: Number of notes.
        media: Media list of a package.
        remarks: What was unusual, in sentences.
    """

    path: str
    layout: str
    schema: int
    created: int
    modified_ms: int
    settings: CollectionSettings
    decks: Mapping[int, Deck]
    presets: Mapping[int, Preset]
    cards: AnkiCards
    revlog: AnkiRevlog
    note_count: int
    media: tuple[MediaFile, ...] = ()
    remarks: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return (
            f"AnkiCollection({self.path!r}, schema {self.schema}, {len(self.cards)} cards, "
            f"{len(self.revlog)} log rows)"
        )

    def deck(self, wanted: str | int) -> Deck:
        """The deck of that number or full name.

        Raises:
            UnknownName: No such deck; the nearest name is suggested.
        """
        return find_deck(self.decks, wanted)

    def preset(self, wanted: str | int) -> Preset:
        """The preset of that number or name.

        Raises:
            UnknownName: No such preset; the nearest name is suggested.
        """
        return find_preset(self.presets, wanted)

    def decks_below(self, deck: Deck) -> tuple[int, ...]:
        """Ids of a deck and of all decks nested in it."""
        return decks_below(self.decks, deck)

    def decks_with(self, preset: Preset) -> tuple[int, ...]:
        """Ids of the decks that use a preset."""
        return tuple(deck.id for deck in self.decks.values() if deck.preset_id == preset.id)

    def preset_ids_of(self, deck_ids: Integers) -> Integers:
        """Preset of each home deck: the default one (1) where a deck or its preset is not known.

        Args:
            deck_ids: Any shape.
        """
        known = {deck.id: deck.preset_id for deck in self.decks.values() if deck.preset_id in self.presets}
        unique, inverse = np.unique(deck_ids, return_inverse=True)
        presets = np.array([known.get(int(deck), 1) for deck in unique], dtype=np.int64)
        found: Integers = presets[inverse].reshape(np.shape(deck_ids))
        return found

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description: counts, decks and presets, not the tables."""
        return {
            "path": self.path,
            "layout": self.layout,
            "schema": self.schema,
            "created": self.created,
            "notes": self.note_count,
            "cards": len(self.cards),
            "revlog": len(self.revlog),
            "media": len(self.media),
            "fsrs": self.settings.fsrs,
            "rollover": self.settings.rollover,
            "decks": [deck.to_dict() for deck in self.decks.values()],
            "presets": [preset.to_dict() for preset in self.presets.values()],
            "remarks": list(self.remarks),
        }


def _integer(values: Mapping[str, Any], key: str) -> int | None:
    value = values.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _offset(values: Mapping[str, Any], key: str) -> int | None:
    minutes = _integer(values, key)
    return minutes if minutes is not None and abs(minutes) < 24 * 60 else None
