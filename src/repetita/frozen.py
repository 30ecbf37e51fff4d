"""Arrays inside frozen values, frozen as well."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

__all__ = ["freeze_arrays", "read_only"]

Array = TypeVar("Array", bound=Any)


def read_only(array: Array) -> Array:
    """A view of a numpy array that cannot be written to.

    Example:
        >>> import numpy as np
        >>> read_only(np.zeros(2)).flags.writeable
        False
    """
    view: Array = array.view()
    view.flags.writeable = False
    return view


def freeze_arrays(record: Any) -> None:
    """Puts read-only views in the place of all arrays of a frozen dataclass; for its ``__post_init__``."""
    for field in fields(record):
        value = getattr(record, field.name)
        if hasattr(value, "flags") and value.flags.writeable:
            object.__setattr__(record, field.name, read_only(value))
