"""A private copy of a collection's database, recognized by content; the original is only ever read.

SQLite writes beside a database that it opens, even to read it, so the database and its journals are copied to
a temporary folder of our own and opened there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from repetita.errors import (
    CorruptInput,
    InputError,
    InputMissing,
    LockedInput,
    OutputError,
    UnsupportedInput,
)
from repetita.reviews.anki.limits import ExpansionMeter, ReadLimits
from repetita.reviews.anki.package import MediaFile, open_package
from repetita.reviews.anki.streams import copy_stream, expand_zstd, writing
from repetita.reviews.sniff import SQLITE_MAGIC, ZIP_MAGICS, ZSTD_MAGIC

__all__ = ["PrivateCopy", "private_copy"]

COPY_NAME = "collection.db"

# The bytes that SQLite locks in a database (https://www.sqlite.org/lockingv3.html): whoever writes, or holds
# the file for itself as a running Anki does, has a write lock on the shared range.
SHARED_RANGE_START, SHARED_RANGE_BYTES = 0x4000_0002, 510


@dataclass(frozen=True, slots=True)
class PrivateCopy:
    """Where the copy of the database lies, and what the package said of itself.

    Attributes:
        database: The copy; it disappears with the context.
        layout: "package 1", "package 2", "package 3", "database" or "zstd database".
        media: Media list of a package.
        held: Another program held the original while it was copied.
    """

    database: Path
    layout: str
    media: tuple[MediaFile, ...] = ()
    held: bool = False


@contextmanager
def private_copy(
    path: Path, *, limits: ReadLimits | None = None, allow_locked: bool = False
) -> Iterator[PrivateCopy]:
    """A temporary folder with the database of a package or of a bare collection in it.

    Args:
        path: A .colpkg, .apkg, .anki2, .anki21 or .anki21b file; the suffix does not matter.
        limits: Bounds on decompression.
        allow_locked: Copy a collection that another program holds, as it lies on disk now.

    Raises:
        InputMissing: No such file, or a folder.
        InputError: The file cannot be read.
        UnsupportedInput: Neither a zip, nor SQLite, nor zstd, or a package of a newer layout.
        CorruptInput: Damaged, cut short, or expanding beyond the limits.
        LockedInput: Another program holds the file.
        OutputError: The copy could not be written.
    """
    head = _head(path)
    try:
        folder = TemporaryDirectory(prefix="repetita-", ignore_cleanup_errors=True)
    except OSError as error:
        raise OutputError(f"no temporary folder could be made: {error}") from None
    with folder as name:
        yield _filled(path, head, Path(name) / COPY_NAME, limits or ReadLimits(), allow_locked)


def _filled(path: Path, head: bytes, target: Path, limits: ReadLimits, allow_locked: bool) -> PrivateCopy:
    if head.startswith(SQLITE_MAGIC):
        held = _held_exclusively(path)
        if held and not allow_locked:
            raise _locked(path)
        _copy_with_journals(path, target)
        return PrivateCopy(target, "database", held=held)
    with _reading(path):
        meter = ExpansionMeter(path.name, path.stat().st_size, limits)
    if head.startswith(ZIP_MAGICS):
        with open_package(path) as package:
            package.unpack_database(target, meter)
            return PrivateCopy(target, f"package {package.version}", package.media(meter))
    if head.startswith(ZSTD_MAGIC):
        with _reading(path), path.open("rb") as source, writing(target) as write:
            expand_zstd(source, write, meter, name=path.name)
        return PrivateCopy(target, "zstd database")
    raise UnsupportedInput(
        f"{path.name} begins with {head[:8]!r}, expected a zip, an SQLite database or zstd data",
        hint="export a deck (.apkg) or a collection (.colpkg) from Anki",
        where=str(path),
    )


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise InputMissing(
            f"{path} is a folder, expected a file",
            hint="a profile folder holds its collection as collection.anki2",
            where=str(path),
        )
    if path.exists() and not path.is_file():  # a pipe or device might never end
        raise InputMissing(f"{path} is not a regular file", where=str(path))
    with _reading(path), path.open("rb") as source:
        head = source.read(16)
    if not head:
        raise CorruptInput(f"{path.name} is empty", hint="export it again", where=str(path))
    return head


def _copy_with_journals(path: Path, target: Path) -> None:
    # The write-ahead log or rollback journal belongs to the content. The shared-memory index does not: SQLite
    # rebuilds it, and a stale copy could only mislead.
    for suffix in ("", "-wal", "-journal"):
        source = path.with_name(path.name + suffix)
        if suffix and not source.is_file():
            continue
        target_file = target.with_name(target.name + suffix)
        with _reading(source), source.open("rb") as reader, writing(target_file) as write:
            copy_stream(reader, write)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise InputMissing(f"no such file: {path}", where=str(path)) from None
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError) and getattr(error, "winerror", None):
            raise _locked(path) from None
        raise InputError(f"{path} cannot be read: {error}", where=str(path)) from None


def _held_exclusively(path: Path) -> bool:
    """Whether another process has the database locked for itself; nothing is written to find out."""
    try:
        import fcntl
    except ImportError:  # Windows, where copying a file held so fails by itself
        return False
    with _reading(path), path.open("rb") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, SHARED_RANGE_BYTES, SHARED_RANGE_START)
        except BlockingIOError:
            return True
        except OSError:  # a file system without locks
            return False
    return False


def _locked(path: Path) -> LockedInput:
    return LockedInput(
        f"{path} is held by another program, probably Anki",
        hint="close Anki and try again; allow_locked=True reads what has reached the disk",
        where=str(path),
    )
