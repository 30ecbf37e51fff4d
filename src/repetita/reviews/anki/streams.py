"""Copying and decompressing in chunks: bounded memory, bounded size, errors that say which side failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeAlias

from zstandard import ZstdDecompressor, ZstdError

from repetita.errors import CorruptInput, OutputError
from repetita.reviews.anki.limits import ExpansionMeter

__all__ = ["Readable", "Write", "copy_stream", "expand_zstd", "writing"]

CHUNK = 1 << 18
# A zstd block of four bytes may mean 128 KiB of output, which is held at once: small bites keep that small.
COMPRESSED_CHUNK = 1 << 10
# Anki compresses with a window of at most 8 MiB; a hostile header may ask for gigabytes.
LARGEST_WINDOW = 1 << 27

Write: TypeAlias = Callable[[bytes], object]


class Readable(Protocol):
    """Anything with ``read(size) -> bytes``."""

    def read(self, size: int = ..., /) -> bytes:
        """Up to ``size`` bytes, none at the end."""
        ...


@contextmanager
def writing(target: Path) -> Iterator[Write]:
    """A function that appends bytes to a new file.

    Raises:
        OutputError: The file cannot be written, for want of space for example.
    """
    try:
        file = target.open("wb", buffering=0)
    except OSError as error:
        raise _unwritable(target, error) from None

    def write(chunk: bytes) -> None:
        rest = memoryview(chunk)
        try:
            while len(rest):
                rest = rest[file.write(rest) :]
        except OSError as error:
            raise _unwritable(target, error) from None

    with file:
        yield write


def copy_stream(source: Readable, write: Write, meter: ExpansionMeter | None = None) -> None:
    """Pass a stream on in chunks, counted where a meter is given."""
    while chunk := source.read(CHUNK):
        if meter is not None:
            meter.count(len(chunk))
        write(chunk)


def expand_zstd(source: Readable, write: Write, meter: ExpansionMeter, *, name: str) -> None:
    """Decompress zstd frames that need not say how large their content is.

    Args:
        source: Compressed stream; read to its end.
        write: Takes the decompressed bytes.
        meter: Counts them.
        name: What is decompressed, for the message.

    Raises:
        CorruptInput: Not zstd, damaged, cut short, or expanding beyond the limits.
    """
    decompressor = ZstdDecompressor(max_window_size=LARGEST_WINDOW)
    frame = decompressor.decompressobj()
    begun = False
    try:
        while waiting := source.read(COMPRESSED_CHUNK):
            while waiting:
                if frame.eof:
                    frame = decompressor.decompressobj()
                out = frame.decompress(waiting)
                meter.count(len(out))
                write(out)
                begun = True
                waiting = frame.unused_data if frame.eof else b""
    except ZstdError as error:
        raise CorruptInput(
            f"{name} is not intact zstd data: {error}", hint="export it again", where=name
        ) from None
    if not begun or not frame.eof:
        raise CorruptInput(f"{name} is cut short in its compressed data", hint="export it again", where=name)


def _unwritable(target: Path, error: OSError) -> OutputError:
    return OutputError(
        f"the temporary copy {target} could not be written: {error.strerror or error}",
        hint="free some space, or point TMPDIR to a folder that has it",
        where=str(target),
    )
