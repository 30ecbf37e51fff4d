"""What a file holds, told by its first bytes; its name only decides where the bytes say nothing."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from repetita.errors import CorruptInput, InputError, InputMissing, NoReviews, UnsupportedInput, unknown_name

FORMATS = ("csv", "tsv", "jsonl", "json", "parquet", "anki")
ANKI_SUFFIXES = (".colpkg", ".apkg", ".anki2", ".anki21", ".anki21b")
TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet", *ANKI_SUFFIXES)
HEAD_BYTES = 65_536
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

# how an Anki collection may begin
SQLITE_MAGIC = b"SQLite format 3\x00"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
BEGINNINGS = {b"PAR1": "parquet", **dict.fromkeys((SQLITE_MAGIC, *ZIP_MAGICS, ZSTD_MAGIC), "anki")}
REFUSED = {
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"ARROW1": "an Arrow file",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"%PDF": "a PDF document",
}


def existing_file(path: str | os.PathLike[str]) -> Path:
    """The path, if it is a readable file with something in it.

    Raises:
        InputMissing: No such file (the nearest name is suggested), a folder, or a pipe.
        NoReviews: The file is empty.
        InputError: The file cannot be opened.

    Example:
        >>> existing_file("nowhere/a.csv")
        Traceback (most recent call last):
        ...
        repetita.errors.InputMissing: no file 'nowhere/a.csv' (the folder 'nowhere' does not exist)
    """
    shown = os.fspath(path)
    if not shown:
        raise InputMissing("an empty path names no file", where="")
    if "\0" in shown:
        raise InputMissing("a path with a null character names no file", where=repr(shown))
    file = Path(shown)
    try:
        if file.is_dir():
            raise InputMissing(
                f"{shown!r} is a folder, expected a file", hint=_files_inside(file), where=shown
            )
        if not file.exists():
            raise InputMissing(f"no file {shown!r}", hint=_nearest_file(file), where=shown)
        if not file.is_file():  # it is read several times, which a pipe gives only once
            raise InputMissing(
                f"{shown!r} is a pipe or a device, expected a file",
                hint="save what comes out of it to a file first",
                where=shown,
            )
        with file.open("rb") as opened:
            if not opened.read(1):
                raise NoReviews(f"{shown!r} is empty (0 bytes)", where=shown)
    except OSError as error:
        raise InputError(f"cannot read {shown!r}: {error.strerror or error}", where=shown) from None
    return file


def detect_format(path: Path, asked: str | None = None) -> str:
    """One of `FORMATS`: the one asked for, or what the content says.

    Args:
        path: A file that exists.
        asked: A name from `FORMATS`, or None.

    Raises:
        UnknownName: No such format.
        UnsupportedInput: Content that is not read here.
        CorruptInput: The name promises a binary format, the content is not that.
    """
    if asked is not None:
        if asked not in FORMATS:
            raise unknown_name("format", asked, FORMATS)
        return asked
    head = read_head(path)
    for beginning, found in BEGINNINGS.items():
        if head.startswith(beginning):
            if beginning in ZIP_MAGICS:
                _refuse_spreadsheet(path)
            return found
    for beginning, name in REFUSED.items():
        if head.startswith(beginning):
            hint = "unpack it first" if "archive" in name else "save it as CSV or Parquet"
            raise UnsupportedInput(f"{str(path)!r} is {name}", hint=hint, where=str(path))
    suffix = path.suffix.lower()
    if suffix in ANKI_SUFFIXES:
        return "anki"  # damaged, and its reader says how
    if suffix == ".parquet":
        raise CorruptInput(
            f"{str(path)!r} does not begin like a Parquet file", hint="is it complete?", where=str(path)
        )
    return _text_format(path, head)


def read_head(path: Path) -> bytes:
    """The first bytes of a file.

    Raises:
        InputError: The file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise InputError(f"cannot read {str(path)!r}: {error.strerror or error}", where=str(path)) from None


def _text_format(path: Path, head: bytes) -> str:
    if b"\0" in head and not head.startswith(UTF16_MARKS):
        raise UnsupportedInput(
            f"{str(path)!r} is neither text nor a binary format that is read here",
            hint="CSV, TSV, JSON lines, Parquet and Anki collections are",
            where=str(path),
        )
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise NoReviews(f"{str(path)!r} holds nothing but white space", where=str(path))
    if text.startswith(b"["):
        return "json"
    return "jsonl" if text.startswith(b"{") else "csv"


def _refuse_spreadsheet(path: Path) -> None:
    try:
        with ZipFile(path) as archive:
            names = set(archive.namelist()[:1000])
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return  # damaged, and the reader of packages says how
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise UnsupportedInput(
            f"{str(path)!r} is a spreadsheet or document", hint="save it as CSV", where=str(path)
        )


def _nearest_file(path: Path) -> str | None:
    folder = path.parent
    if not folder.is_dir():
        return f"the folder {str(folder)!r} does not exist"
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return None
    close = get_close_matches(path.name, names, n=1, cutoff=0.5)
    return f"did you mean {str(folder / close[0])!r}?" if close else None


def _files_inside(folder: Path) -> str | None:
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.suffix.lower() in TABLE_SUFFIXES)
    except OSError:
        return None
    if not names:
        return None
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"it holds {', '.join(names[:3])}{more}"
