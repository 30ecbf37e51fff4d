"""Hints of the library, which speak of arguments, in the words of the command line: options."""

from __future__ import annotations

import re
from collections.abc import Callable

from repetita.errors import RepetitaError

PAIR = re.compile(r"['\"](\w+)['\"]: ['\"]([^'\"]*)['\"],?")
RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(r"(?:pass )?day_rule=DayRule\('([^']*)', (?:rollover_hour=)?(\d+)\)"),
        r"--zone \1 --rollover-hour \2",
    ),
    (re.compile(r"(?:pass )?zone='([\w/+-]+)'"), r"--zone \1"),
    (re.compile(r"columns=\{([^{}]*)\}"), lambda found: re.sub(PAIR, r"--column \1=\2", found[1])),
    (re.compile(r"time_unit=['\"](\w+)['\"]"), r"--time-unit \1"),
    (re.compile(r"\bcolumns=(?=[ ;,.)]|$)"), "--column"),
    (re.compile(r"\btime_unit=(?=[ ;,.)]|$)"), "--time-unit"),
    (re.compile(r"\b(user|deck|preset|format|weights|prior|folds|seed|now)=(?=[ ;,.)]|$)"), r"--\1"),
    (
        re.compile(r"\b(weights|prior|center|outliers|recipe|user|deck|preset|device|executor)='([^']*)'"),
        r"--\1 \2",
    ),
    (re.compile(r"\buser_id=(?=[ ;,.)]|$)"), "--user-id"),
    (re.compile(r"\brollover_hour is\b"), "--rollover-hour is"),
    (re.compile(r"\bretention_step is\b"), "--step is"),
    (re.compile(r"\bcuda_devices(=| is|(?=,))"), lambda found: "--cuda-devices" + found[1].replace("=", "")),
    (re.compile(r"\bclip=True\b"), "--clip"),
    (re.compile(r"\ballow_locked=True\b"), "--allow-locked"),
    (re.compile(r"\binclude_suspended=False\b"), "--skip-suspended"),
    (re.compile(r"\binclude_deleted_cards=False\b"), "--skip-deleted"),
    (re.compile(r"\bignore_before='?(\w+)'?"), r"--ignore-before \1"),
    (re.compile(r"\ba day_rule would\b"), "--zone would"),
    (re.compile(r"pass model\('\w+'\) instead of a name"), "give numbers, a file or 'defaults', not a name"),
    (re.compile(r"\bstr\(log\.funnel\) says"), "repetita inspect says"),
)


def as_options(text: str) -> str:
    """A sentence with arguments of functions turned into options.

    Example:
        >>> as_options("choose one with user=; clip=True moves them to the bounds")
        'choose one with --user; --clip moves them to the bounds'
        >>> as_options("pass day_rule=DayRule('Europe/Paris', 4) for another zone or hour")
        '--zone Europe/Paris --rollover-hour 4 for another zone or hour'
        >>> as_options('name them with columns={"rating": "ease", "card_id": "..."}')
        'name them with --column rating=ease --column card_id=...'
    """
    for pattern, option in RULES:
        text = pattern.sub(option, text)
    return text


def reworded(error: RepetitaError) -> RepetitaError:
    """The same error, speaking of options."""
    error.message = as_options(error.message)
    error.hint = error.hint and as_options(error.hint)
    return error
