"""A saved online fit, checked before anything is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from repetita.equations import equations
from repetita.errors import CorruptInput, UnsupportedInput
from repetita.memory_model import MemoryModel
from repetita.online.updates import is_number

SCHEMA = 1
KEYS = {
    "schema": int,
    "online": str,
    "model": str,
    "variant": str,
    "parameters": list,
    "settings": Mapping,
    "reviews": int,
    "learned": int,
    "cards": list,
}


def checked(data: Mapping[str, Any]) -> tuple[MemoryModel, dict[str, Any], list[list[Any]]]:
    """Model with the saved parameters, options of the method, and rows of card id and memory.

    Args:
        data: What `OnlineFit.to_dict` gave, perhaps after a way through JSON.

    Raises:
        CorruptInput: A part is missing or of another kind.
        UnsupportedInput: A later version of this form.
        UnknownName: A model or variant that does not exist here.
    """
    if not isinstance(data, Mapping):
        raise CorruptInput(f"not a saved online fit: a {type(data).__name__}")
    for key, kind in KEYS.items():
        if not isinstance(data.get(key), kind):
            raise CorruptInput(
                f"not a saved online fit: {key!r} is {data.get(key)!r:.40}, expected a {kind.__name__}",
                hint="write one with OnlineFit.to_dict()",
            )
    if data["schema"] > SCHEMA:
        raise UnsupportedInput(
            f"a saved online fit of form {data['schema']}, and form {SCHEMA} is known here"
        )
    unknown = set(data["settings"]) - {"rate", "largest_step"}
    if unknown:
        raise CorruptInput(f"a saved online fit with unknown settings: {', '.join(map(repr, unknown))}")
    for row in data["cards"]:
        known = isinstance(row, list | tuple) and len(row) > 1 and isinstance(row[0], int | str)
        if not known or isinstance(row[0], bool):
            raise CorruptInput(f"a card of a saved online fit is {row!r:.40}, expected an id and numbers")
    # bounds are not checked: the notebook's optimizer leaves them, and comes back from there
    return _model(data), dict(data["settings"]), data["cards"]


def _model(data: Mapping[str, Any]) -> MemoryModel:
    values, count = data["parameters"], len(equations(data["model"]).PARAMETERS)
    numbers = [value for value in values if is_number(value)]
    if not len(numbers) == len(values) == count:
        raise CorruptInput(
            f"a saved online fit of {data['model']} holds {len(numbers)} usable parameters, expected {count}"
        )
    return MemoryModel(data["model"], tuple(map(float, numbers)), data["variant"])
