"""When a day begins, for apps and logs alike. Standard library only.

Example:
    >>> from repetita.scheduling import DayRule
    >>> DayRule("Europe/Paris", rollover_hour=4).describe()
    'days turn over at 04:00 Europe/Paris'
"""

from repetita.scheduling.day_rule import DayGrid, DayRule, GivenDays

__all__ = ["DayGrid", "DayRule", "GivenDays"]
