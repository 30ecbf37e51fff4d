"""How much a compressed file may expand: a guard against archives made to fill memory or disk."""

from __future__ import annotations

from dataclasses import dataclass

from repetita.errors import CorruptInput, UsageError

__all__ = ["ExpansionMeter", "ReadLimits"]

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Bounds on what a package may expand to.

    A package is refused when what comes out of it exceeds ``total_bytes``, or exceeds both ``free_bytes`` and
    ``ratio`` times the size of the file. Collections seen so far expand three- to tenfold.

    Attributes:
        total_bytes: Most bytes that may come out of one file.
        ratio: Most bytes out a byte in.
        free_bytes: Up to this much the ratio is not judged.

    Example:
        >>> ReadLimits().allowed(file_bytes=1_000_000)
        200000000
    """

    total_bytes: int = 8192 * MEBIBYTE
    ratio: float = 200.0
    free_bytes: int = 64 * MEBIBYTE

    def __post_init__(self) -> None:
        for name in ("total_bytes", "ratio", "free_bytes"):
            value = getattr(self, name)
            if not value > 0:
                raise UsageError(f"{name} is {value!r}, expected a positive number")

    def allowed(self, file_bytes: int) -> int:
        """Most bytes that may come out of a file of this size."""
        return min(self.total_bytes, max(self.free_bytes, int(self.ratio * file_bytes)))


class ExpansionMeter:
    """Counts the bytes that come out of one file and stops at the limit.

    Args:
        name: The file, for the message.
        file_bytes: Its size.
        limits: The bounds.
    """

    def __init__(self, name: str, file_bytes: int, limits: ReadLimits) -> None:
        self._name = name
        self._file_bytes = file_bytes
        self._allowed = limits.allowed(file_bytes)
        self._seen = 0

    def count(self, size: int) -> None:
        """Add some bytes.

        Raises:
            CorruptInput: The limit is passed.
        """
        self._seen += size
        if self._seen > self._allowed:
            raise CorruptInput(
                f"{self._name} has {self._file_bytes} bytes and expands to more than {self._allowed}: "
                "this is not how a collection compresses",
                hint="if you trust the file, read_anki takes higher bounds in Python: limits=ReadLimits(...)",
                where=self._name,
            )
