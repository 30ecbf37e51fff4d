"""Anki packages (.apkg, .colpkg): zip files in three layouts.

====== ============== ==================== ========= ===================
layout ``meta``       database member      schema    media list
====== ============== ==================== ========= ===================
1      absent, 1      collection.anki2     11        JSON
2      absent, 2      collection.anki21    11        JSON
3      3              collection.anki21b   18, zstd  protobuf, zstd
====== ============== ==================== ========= ===================

Layouts 2 and 3 hold another collection.anki2 besides, with a single note that asks old versions to update. It
is never read.
"""

from __future__ import annotations

import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from repetita.errors import CorruptInput, UnsupportedInput
from repetita.reviews.anki.limits import ExpansionMeter
from repetita.reviews.anki.protobuf import Message
from repetita.reviews.anki.streams import copy_stream, expand_zstd, writing

__all__ = ["MediaFile", "Package", "open_package"]

DATABASES = {1: "collection.anki2", 2: "collection.anki21", 3: "collection.anki21b"}
# What the standard library raises on damaged archives, beside BadZipFile: unknown methods and encryption
# (NotImplementedError, RuntimeError), wrong sizes and offsets (the rest).
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    IndexError,
)


@dataclass(frozen=True, slots=True)
class MediaFile:
    """One entry of a package's media list.

    Attributes:
        name: File name in the collection.
        member: Name of the zip member that holds it.
        size: Size in bytes, or None where the list does not say.
        sha1: Hexadecimal digest, or None where the list does not say.
    """

    name: str
    member: str
    size: int | None = None
    sha1: str | None = None


class Package:
    """An open package. Made by `open_package`.

    Attributes:
        version: Layout: 1, 2 or 3.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._members = frozenset(archive.namelist())
        self.version = self._version()

    def unpack_database(self, target: Path, meter: ExpansionMeter) -> None:
        """Write the collection's database to a file.

        Raises:
            CorruptInput: There is none, it is damaged, or expands beyond the limits.
        """
        member = DATABASES[self.version]
        with self._opened(member) as source, writing(target) as write:
            if self.version == 3:
                expand_zstd(source, write, meter, name=f"{member} in {self._name}")
            else:
                copy_stream(source, write, meter)

    def media(self, meter: ExpansionMeter) -> tuple[MediaFile, ...]:
        """The media list, empty where the package has none.

        Raises:
            CorruptInput: The list is damaged or expands beyond the limits.
        """
        if "media" not in self._members:
            return ()
        chunks: list[bytes] = []
        with self._opened("media") as source:
            if self.version == 3:
                expand_zstd(source, chunks.append, meter, name=f"media list in {self._name}")
            else:
                copy_stream(source, chunks.append, meter)
        listing = b"".join(chunks)
        return _media_from_protobuf(listing) if self.version == 3 else self._media_from_json(listing)

    def _version(self) -> int:
        if "meta" not in self._members:
            return 2 if DATABASES[2] in self._members else 1
        with self._opened("meta") as source:
            version = Message.parse(source.read(1 << 16)).integer(1)
        if version not in DATABASES:
            raise UnsupportedInput(
                f"{self._name} has package layout {version}, expected 1, 2 or 3: it is too new",
                hint='export with "Support older Anki versions" ticked',
                where=self._name,
            )
        return version

    @contextmanager
    def _opened(self, member: str) -> Iterator[IO[bytes]]:
        if member not in self._members:
            raise CorruptInput(
                f"{self._name} has no member {member}: it is not a whole Anki package",
                hint="export it again from Anki",
                where=self._name,
            )
        try:
            with self._archive.open(member) as source:
                yield source
        except ZIP_ERRORS as error:
            raise _damaged(self._name, error) from None

    def _media_from_json(self, listing: bytes) -> tuple[MediaFile, ...]:
        try:
            names = json.loads(listing or b"{}")
        except (ValueError, RecursionError) as error:
            raise CorruptInput(f"the media list of {self._name} is not JSON: {error}") from None
        if not isinstance(names, dict):
            raise CorruptInput(f"the media list of {self._name} is not a table of names")
        return tuple(MediaFile(str(name), member) for member, name in names.items())


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """An Anki package, open for reading.

    Raises:
        CorruptInput: Not an intact zip, or no Anki package.
        UnsupportedInput: A layout newer than 3.
    """
    try:
        archive = zipfile.ZipFile(path)
    except ZIP_ERRORS as error:
        raise _damaged(path.name, error) from None
    with archive:
        yield Package(archive, path.name)


def _media_from_protobuf(listing: bytes) -> tuple[MediaFile, ...]:
    entries = Message.parse(listing).messages(1)
    return tuple(
        MediaFile(entry.text(1), str(number), entry.integer(2), entry.blob(3).hex())
        for number, entry in enumerate(entries)
    )


def _damaged(name: str, error: Exception) -> CorruptInput:
    # the standard library's words for an archive without its end would contradict ours
    reason = "its end is missing" if str(error) == "File is not a zip file" else error
    return CorruptInput(
        f"{name} is a damaged or truncated zip file: {reason}", hint="copy or export it again", where=name
    )
