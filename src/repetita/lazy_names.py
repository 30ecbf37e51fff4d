"""Packages whose names are imported when they are first used, so that importing the package costs nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(
    package: str, homes: Mapping[str, str], *others: str
) -> tuple[list[str], Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__all__``, ``__getattr__`` and ``__dir__`` of a package.

    Args:
        package: Its ``__name__``.
        homes: Public names and the modules inside the package that they come from.
        *others: Public names that the package has already.

    Example:
        >>> names, get, _ = lazy_names("repetita", {"RepetitaError": "errors"})
        >>> names, get("RepetitaError").__module__
        (['RepetitaError'], 'repetita.errors')
        >>> get("RepetitaErr")
        Traceback (most recent call last):
        ...
        AttributeError: repetita has no attribute 'RepetitaErr', did you mean 'RepetitaError'?
    """
    names = sorted([*homes, *others])

    def get(name: str) -> Any:
        if name not in homes:
            from difflib import get_close_matches

            close = get_close_matches(name, names, n=1)
            hint = f", did you mean {close[0]!r}?" if close else ""
            raise AttributeError(f"{package} has no attribute {name!r}{hint}")
        value = getattr(import_module(f"{package}.{homes[name]}"), name)
        # next time it is found without asking here
        setattr(sys.modules[package], name, value)
        return value

    return names, get, lambda: names
