"""When a day begins, for apps and logs alike. Standard library only.

Example:
    >>> from repetita.scheduling import DayRule
    >>> DayRule("Europe/Paris", rollover_hour=4).describe()
    'days turn over at 04:00 Europe/Paris'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from repetita.scheduling.day_rule import DayGrid as DayGrid
    from repetita.scheduling.day_rule import DayRule as DayRule
    from repetita.scheduling.day_rule import GivenDays as GivenDays

_HOMES = {"DayGrid": "day_rule", "DayRule": "day_rule", "GivenDays": "day_rule"}
__all__ = ["DayGrid", "DayRule", "GivenDays"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"repetita.scheduling has no attribute {name!r}")
    value = getattr(import_module(f"repetita.scheduling.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
