"""FSRS parameters of any version, told by their number, and what a conversion changes, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from repetita.equations import MODELS, equations
from repetita.errors import InvalidParameters, UsageError
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as model_of
from repetita.parameter_lists import as_given
from repetita.ratings import RATING_NAMES
from repetita.scheduling.single_precision import rounded_half_up

__all__ = ["ReadParameters", "read_parameters"]

# several versions have 17; the later one is what apps stored for longest
VERSIONS = ("fsrs4_5", *(name for name in MODELS if name.startswith("fsrs") and name != "fsrs4_5"))
SHOWN_REVIEWS = 5


@dataclass(frozen=True, slots=True)
class ReadParameters:
    """Parameters as a memory model, and what was done to get there. Made by `read_parameters`.

    Attributes:
        model: The memory model.
        source: Name of the version that the list is of.
        changes: What the conversion did and what it means for intervals, a sentence each; none if nothing.
    """

    model: MemoryModel
    source: str
    changes: tuple[str, ...]

    def __str__(self) -> str:
        if not self.changes:
            return f"{self.source}, as it was given"
        return f"{self.source} to {self.model.name}: " + "; ".join(self.changes)


def read_parameters(
    values: Sequence[Any], *, source: str | None = None, to: str | None = None, clip: bool = False
) -> ReadParameters:
    """The memory model of a list of FSRS parameters of any version, and a statement of what was changed.

    Args:
        values: 7 (v1), 14 (v2), 13 (v3), 17 (v4 or 4.5), 19 (FSRS-5), 21 (FSRS-6), 34 or 35 (FSRS-7) numbers.
        source: Name of the version, where the number of values does not say (17: FSRS-4.5 is assumed).
        to: Name of the version that is wanted; None: as it is.
        clip: Move values that are out of bounds to the bound instead of raising.

    Raises:
        InvalidParameters: A number of values that no version has, values out of bounds.
        UsageError: Versions between which there is no conversion.

    Example:
        >>> defaults = [p.default for p in equations("fsrs5").PARAMETERS]
        >>> for sentence in read_parameters(defaults, to="fsrs6").changes:
        ...     print(sentence)
        added: same_day_saturation 0, decay 0.5
        intervals at 90 % after Good, Good, Good, Good, Good: 3, 11, 35, 101, 269 days before and after
    """
    given = as_given("FSRS", values)
    origin = _origin(given, source)
    before = model_of(origin, given, clip=clip)
    clipped = tuple(before.notes)
    if to is None or to == origin:
        return ReadParameters(before, origin, clipped)
    module = equations(to)
    if len(given) not in module.MIGRATIONS:
        possible = [n for n in VERSIONS if len(given) in equations(n).MIGRATIONS]
        hint = f"there is one to {', '.join(sorted(possible))}; " if possible else ""
        raise UsageError(
            f"there is no conversion from {origin} to {to}", hint=f"{hint}fit {to} to the log", where="to"
        )
    after = model_of(to, before.parameters, clip=clip)
    return ReadParameters(after, origin, (*clipped, *_differences(before, after), _intervals(before, after)))


def _origin(values: tuple[float, ...], source: str | None) -> str:
    counts = {name: len(equations(name).PARAMETERS) for name in VERSIONS}
    if source is not None:
        expected = len(equations(source).PARAMETERS)
        if expected != len(values):
            raise InvalidParameters(f"{source} has {expected} parameters, got {len(values)}")
        return source
    for name, count in counts.items():
        if count == len(values):
            return name
    known = ", ".join(str(count) for count in sorted(set(counts.values())))
    raise InvalidParameters(
        f"no version of FSRS has {len(values)} parameters, expected {known}",
        hint="is the list cut off, or of a newer version?",
        where="parameters",
    )


def _differences(before: MemoryModel, after: MemoryModel) -> list[str]:
    """Values that moved, and parameters that the newer version has in addition."""
    pairs = list(zip(after.parameter_names, before.parameters, after.parameters, strict=False))
    moved = [f"{name} {old:g} to {new:g}" for name, old, new in pairs if old != new]
    added = list(zip(after.parameter_names, after.parameters, strict=True))[len(pairs) :]
    sentences = [f"changed: {', '.join(moved)}"] if moved else []
    return [*sentences, "added: " + ", ".join(f"{name} {value:g}" for name, value in added)]


def _intervals(before: MemoryModel, after: MemoryModel) -> str:
    old, new = _after_goods(before), _after_goods(after)
    goods = ", ".join([RATING_NAMES[3]] * SHOWN_REVIEWS)
    shown = ", ".join(map(str, old)) + " days before"
    shown += " and after" if old == new else ", " + ", ".join(map(str, new)) + " after"
    return f"intervals at 90 % after {goods}: {shown}"


def _after_goods(model: MemoryModel) -> list[int]:
    """Whole days after each of some Goods, each given when the card is due."""
    state, days = model.initial_state(3), list[int]()
    for number in range(SHOWN_REVIEWS):
        if number:
            state = model.next_state(state, float(days[-1]), 3)
        days.append(max(rounded_half_up(model.interval(state, 0.9)), 1))
    return days
