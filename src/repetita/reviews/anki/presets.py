"""Deck presets: the options that decks share, with the FSRS parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time
from math import isfinite
from typing import Any

from repetita.reviews.anki.protobuf import Message

__all__ = ["Preset", "preset_from_json", "preset_from_protobuf"]

LEECH_ACTIONS = ("suspend", "tag only")
REVIEW_ORDERS = (
    "day",
    "day then deck",
    "deck then day",
    "intervals ascending",
    "intervals descending",
    "ease ascending",
    "ease descending",
    "retrievability ascending",
    "random",
    "added",
    "reverse added",
    "retrievability descending",
    "relative overdueness",
)
MIXES = ("mix with reviews", "after reviews", "before reviews")
SORT_ORDERS = (
    "template",
    "no sort",
    "template then random",
    "random note then template",
    "random card",
)
GATHER_PRIORITIES = (
    "deck",
    "lowest position",
    "highest position",
    "random notes",
    "random cards",
    "deck then random notes",
)


def _option(kind: str, number: int, *path: str, scale: float = 1.0, names: tuple[str, ...] = ()) -> Any:
    """A dataclass field with the place of its value: field number in schema 18, JSON path in schema 11."""
    return field(metadata={"kind": kind, "number": number, "path": path, "scale": scale, "names": names})


@dataclass(frozen=True, slots=True)
class Preset:
    """One preset. Steps are in minutes, retentions in (0, 1), times in seconds, intervals in days.

    Attributes:
        id: Number of the preset; 1 is the default one.
        name: Name of the preset.
        raw: The stored message or JSON object, with what is not named here.
        fsrs_params_4: Parameters of FSRS-4.5, or of 5 in some versions of Anki; 17 or 19 numbers or none.
        fsrs_params_5: Parameters of FSRS-5, 19 numbers or none.
        fsrs_params_6: Parameters of FSRS-6, 21 numbers or none.
        easy_days_percentages: Share of reviews from Monday to Sunday: 1 normal, 0 least, otherwise reduced.
        ignore_revlogs_before_date: "YYYY-MM-DD" or empty.
    """

    id: int
    name: str
    raw: Message | Mapping[str, Any] = field(repr=False, compare=False)
    learn_steps: tuple[float, ...] = _option("reals", 1, "new", "delays")
    relearn_steps: tuple[float, ...] = _option("reals", 2, "lapse", "delays")
    fsrs_params_4: tuple[float, ...] = _option("reals", 3, "fsrsWeights")
    fsrs_params_5: tuple[float, ...] = _option("reals", 5, "fsrsParams5")
    fsrs_params_6: tuple[float, ...] = _option("reals", 6, "fsrsParams6")
    easy_days_percentages: tuple[float, ...] = _option("reals", 4, "easyDaysPercentages")
    new_per_day: int = _option("integer", 9, "new", "perDay")
    reviews_per_day: int = _option("integer", 10, "rev", "perDay")
    initial_ease: float = _option("real", 11, "new", "initialFactor", scale=0.001)
    easy_multiplier: float = _option("real", 12, "rev", "ease4")
    hard_multiplier: float = _option("real", 13, "rev", "hardFactor")
    lapse_multiplier: float = _option("real", 14, "lapse", "mult")
    interval_multiplier: float = _option("real", 15, "rev", "ivlFct")
    maximum_review_interval: int = _option("integer", 16, "rev", "maxIvl")
    minimum_lapse_interval: int = _option("integer", 17, "lapse", "minInt")
    graduating_interval_good: int = _option("integer", 18, "new", "ints", "0")
    graduating_interval_easy: int = _option("integer", 19, "new", "ints", "1")
    leech_action: str = _option("enum", 21, "lapse", "leechAction", names=LEECH_ACTIONS)
    leech_threshold: int = _option("integer", 22, "lapse", "leechFails")
    cap_answer_time_to_secs: int = _option("integer", 24, "maxTaken")
    bury_new: bool = _option("boolean", 27, "new", "bury")
    bury_reviews: bool = _option("boolean", 28, "rev", "bury")
    bury_interday_learning: bool = _option("boolean", 29, "buryInterdayLearning")
    new_mix: str = _option("enum", 30, "newMix", names=MIXES)
    interday_learning_mix: str = _option("enum", 31, "interdayLearningMix", names=MIXES)
    new_card_sort_order: str = _option("enum", 32, "newSortOrder", names=SORT_ORDERS)
    review_order: str = _option("enum", 33, "reviewOrder", names=REVIEW_ORDERS)
    new_card_gather_priority: str = _option("enum", 34, "newGatherPriority", names=GATHER_PRIORITIES)
    desired_retention: float = _option("retention", 37, "desiredRetention")
    historical_retention: float = _option("retention", 40, "sm2Retention")
    wait_for_audio: bool = _option("boolean", 44, "waitForAudio")
    param_search: str = _option("text", 45, "weightSearch")
    ignore_revlogs_before_date: str = _option("text", 46, "ignoreRevlogsBeforeDate")

    @property
    def parameters(self) -> tuple[float, ...]:
        """The active FSRS parameters: those of the newest version that has any; empty means the defaults."""
        return self.fsrs_params_6 or self.fsrs_params_5 or self.fsrs_params_4

    @property
    def ignore_before_ms(self) -> int:
        """Midnight UTC of the ignore-before date in milliseconds, 0 where there is none."""
        try:
            day = date.fromisoformat(self.ignore_revlogs_before_date)
        except ValueError:
            return 0
        return max(int(datetime.combine(day, time(), UTC).timestamp()), 0) * 1000

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description; what is not named here is left out."""
        shown = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "raw"}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in shown.items()}


DEFAULT_RETENTION = 0.9


def preset_from_protobuf(number: int, name: str, config: bytes) -> Preset:
    """The preset in a row of ``deck_config`` (schema 14 and later).

    Args:
        number: Its id.
        name: Its name.
        config: The message of the row.

    Raises:
        CorruptInput: Not a protobuf message.

    Example:
        >>> preset_from_protobuf(1, "Default", bytes.fromhex("ad02f6285c3f")).desired_retention
        0.86
    """
    message = Message.parse(config)
    values = {f.name: _from_message(message, f.metadata) for f in fields(Preset) if "number" in f.metadata}
    return Preset(number, name, message, **values)


def preset_from_json(number: int, source: Mapping[str, Any]) -> Preset:
    """The preset in an entry of ``col.dconf`` (schema 11).

    Example:
        >>> preset_from_json(1, {"name": "Default", "new": {"delays": [1, 10]}}).learn_steps
        (1.0, 10.0)
    """
    values = {f.name: _from_json(source, f.metadata) for f in fields(Preset) if "number" in f.metadata}
    return Preset(number, str(source.get("name", number)), source, **values)


def _from_message(message: Message, place: Mapping[str, Any]) -> Any:
    number = place["number"]
    match place["kind"]:
        case "reals":
            return message.reals(number)
        case "integer":
            return message.integer(number)
        case "real":
            return message.real(number)
        case "retention":
            return _retention(message.real(number))
        case "boolean":
            return message.boolean(number)
        case "text":
            return message.text(number)
        case _:
            return _named(message.integer(number), place["names"])


def _from_json(source: Mapping[str, Any], place: Mapping[str, Any]) -> Any:
    value: Any = source
    for key in place["path"]:
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            value = value.get(key) if isinstance(value, Mapping) else None
    match place["kind"]:
        case "reals":
            return tuple(_number(v) for v in value) if isinstance(value, list) else ()
        case "integer":
            return int(_number(value))
        case "real":
            return _number(value) * place["scale"]
        case "retention":
            return _retention(_number(value))
        case "boolean":
            return bool(value)
        case "text":
            return value if isinstance(value, str) else ""
        case _:
            return _named(int(_number(value)), place["names"])


def _number(value: Any) -> float:
    """A JSON number; anything else counts as absent, which is what Anki makes of it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    try:
        number = float(value)
    except OverflowError:
        return 0.0
    return number if isfinite(number) else 0.0


def _retention(value: float) -> float:
    # a preset stored before the option existed holds 0, which Anki reads as its default
    return value if 0.0 < value < 1.0 else DEFAULT_RETENTION


def _named(value: int, names: tuple[str, ...]) -> str:
    return names[value] if 0 <= value < len(names) else f"unknown {value}"
