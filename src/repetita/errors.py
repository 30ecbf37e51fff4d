"""Every error that repetita raises on purpose, in one tree.

    RepetitaError                 exit  code of the command line, code in JSON
    ├── UsageError                2     the call is wrong: an argument, a name, an option
    │   ├── UnknownName                 a model, column, option that does not exist (nearest one suggested)
    │   ├── InvalidParameters           a parameter list of wrong length, not finite, out of bounds
    │   ├── InvalidEquations            a model of one's own that lacks a part or cannot be differentiated
    │   └── OutputExists                a file is there already and overwriting was not asked for
    ├── InputError                4     the data cannot be used as they are
    │   ├── InputMissing                no such file, or a folder or pipe where a file was expected
    │   ├── UnsupportedInput            not a format that is read here, or a newer version of one
    │   ├── CorruptInput                damaged, truncated, or hostile (decompression bomb)
    │   ├── LockedInput                 another program holds the file
    │   ├── InvalidColumns              a column is missing, ambiguous, or holds values of another kind
    │   └── NoReviews                   nothing was left to work on
    ├── OutputError               6     a result could not be written (full disk, no permission)
    └── MissingExtra              5     an optional dependency is not installed

A message says what was found and where, and what was expected; ``hint`` says what to do next.
The module needs nothing but the standard library, so that importing it is free.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class RepetitaError(Exception):
    """Root of every error raised on purpose.

    Args:
        message: What was found, where, and what was expected. One or two sentences.
        hint: What to do next, or None.
        where: A file, row, column or option the message speaks of, or None.

    Example:
        >>> raise UsageError("desired_retention is 1.2, expected a number in (0, 1)", hint="try 0.9")
        Traceback (most recent call last):
        ...
        repetita.errors.UsageError: desired_retention is 1.2, expected a number in (0, 1) (try 0.9)
    """

    code = "error"
    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None, where: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def to_dict(self) -> dict[str, str | None]:
        """The error as the ``error`` object of a JSON answer."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "where": self.where}


class UsageError(RepetitaError, ValueError):
    """The call is wrong: an argument out of range, an option that does not fit."""

    code = "usage"
    exit_code = 2


class UnknownName(UsageError):
    """A name that is not in the list of known ones."""

    code = "unknown_name"


class InvalidParameters(UsageError):
    """A parameter list of wrong length, with values that are not finite or out of bounds."""

    code = "invalid_parameters"


class InvalidEquations(UsageError):
    """The equations of a model lack a part, cannot be run, or use what cannot be differentiated."""

    code = "invalid_equations"


class OutputExists(UsageError):
    """A file is there already and overwriting was not asked for."""

    code = "output_exists"


class InputError(RepetitaError):
    """The data cannot be used as they are."""

    code = "unusable_input"
    exit_code = 4


class InputMissing(InputError):
    """No such file, or a folder where a file was expected."""

    code = "input_missing"


class UnsupportedInput(InputError):
    """Not a format that is read here, or a newer version of one."""

    code = "unsupported_input"


class CorruptInput(InputError):
    """Damaged, truncated, or hostile."""

    code = "corrupt_input"


class LockedInput(InputError):
    """Another program holds the file."""

    code = "locked_input"


class InvalidColumns(InputError):
    """A column is missing, ambiguous, or holds values of another kind."""

    code = "invalid_columns"


class NoReviews(InputError):
    """Nothing was left to work on."""

    code = "no_reviews"


class OutputError(RepetitaError):
    """A result could not be written."""

    code = "output_failed"
    exit_code = 6


class MissingExtra(RepetitaError, ImportError):
    """An optional dependency is not installed."""

    code = "missing_extra"
    exit_code = 5


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownName:
    """An `UnknownName` that suggests the nearest known name.

    Args:
        kind: What the name stands for, in the singular ("model", "column").
        name: What was given.
        known: The names that exist.

    Example:
        >>> str(unknown_name("model", "fsrs66", ["fsrs6", "hlr"]))
        "unknown model 'fsrs66' (did you mean 'fsrs6'? known: fsrs6, hlr)"
    """
    names = sorted(known)
    close = get_close_matches(str(name), names, n=1, cutoff=0.5)
    listed = "known: " + ", ".join(names)
    return UnknownName(
        f"unknown {kind} {name!r}",
        hint=f"did you mean {close[0]!r}? {listed}" if close else listed,
        where=kind,
    )
