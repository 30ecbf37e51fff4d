"""Figures that commands write: their files checked before the work, their bytes in the format of the name."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from repetita.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")


def check_figure_name(path: str | None, name: str) -> None:
    """Nothing, if a figure can be written under that name.

    Args:
        path: The file, or None for none.
        name: Option that named it.

    Raises:
        UsageError: Another kind of file.
    """
    if path is not None and Path(path).suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"{name} is {path!r}, expected a file that ends in {', '.join(SUFFIXES)}", where=name
        )


def figure_bytes(figure: Figure, path: str | Path) -> bytes:
    """A figure in the format that the name of its file asks for."""
    buffer = BytesIO()
    figure.savefig(buffer, format=Path(path).suffix[1:].lower())
    return buffer.getvalue()
