"""Options of a fit that are passed on by name."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter, signature
from typing import Any

from repetita.errors import unknown_name
from repetita.fitting.training import fit

__all__ = ["checked_options"]


def checked_options(options: Mapping[str, Any] | None) -> dict[str, Any]:
    """Options for `fit`, each of which it knows.

    Args:
        options: Name to value, or None for none.

    Raises:
        UnknownName: An option that `fit` does not have; the nearest one is suggested.

    Example:
        >>> checked_options({"prior": None})
        {'prior': None}
    """
    known = [p.name for p in signature(fit).parameters.values() if p.kind is Parameter.KEYWORD_ONLY]
    for name in options or ():
        if name not in known:
            raise unknown_name("option of a fit", name, known)
    return dict(options or {})
