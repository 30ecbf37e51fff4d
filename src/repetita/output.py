"""Files appear whole or not at all: written beside their place, flushed to disk, then renamed.

Nothing is overwritten unless asked for, and a failed write leaves nothing behind.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from repetita.errors import OutputError, OutputExists

__all__ = ["atomic_path", "check_writable", "file_name", "write_atomically"]


def write_atomically(path: str | os.PathLike[str], data: bytes | str, *, force: bool = False) -> Path:
    """The path of a file that now holds the data.

    Args:
        path: Where to write. Its folder must exist. A symbolic link is followed; a device or pipe is written
            to as it is.
        data: Bytes, or text to be stored as UTF-8.
        force: Replace a file that is there.

    Raises:
        OutputExists: A file is there and ``force`` is not set.
        OutputError: No such folder, no permission, disk full. Nothing is left behind.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = write_atomically(Path(folder) / "a.txt", "text")
        ...     path.read_text()
        'text'
    """
    content = data.encode("utf-8") if isinstance(data, str) else data
    with atomic_path(path, force=force) as temporary, open(temporary, "wb") as file:
        file.write(content)
    return Path(path)


@contextmanager
def atomic_path(path: str | os.PathLike[str], *, force: bool = False) -> Iterator[Path]:
    """A temporary path to write to; the file there takes the place of ``path`` when the block ends well.

    Args:
        path: Where the file shall be in the end.
        force: Replace a file that is there.

    Raises:
        OutputExists: A file is there and ``force`` is not set.
        OutputError: The block or the renaming failed with an `OSError`. Nothing is left behind.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with atomic_path(Path(folder) / "a.txt") as temporary:
        ...         size = temporary.write_text("text")
        ...     sorted(entry.name for entry in Path(folder).iterdir())
        ['a.txt']
    """
    target = check_writable(path, force=force)
    if _is_special(target):
        with _explained(path):
            yield target
        return
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        with _explained(path):
            _create(temporary)
            yield temporary
            _flush(temporary)
            _move(temporary, target, force=force)
    finally:
        with suppress(OSError):
            temporary.unlink()


def check_writable(path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """The resolved path, if a file may be written there; worth asking before a long computation.

    Raises:
        OutputExists: A file is there and ``force`` is not set.
        OutputError: The path is a folder, or its folder does not exist.

    Example:
        >>> check_writable("/")
        Traceback (most recent call last):
        ...
        repetita.errors.OutputError: cannot write '/': it is a folder (add a file name)
    """
    shown = os.fspath(path)
    if "\0" in shown:
        raise OutputError("cannot write to a path that holds a null character", where=repr(shown))
    with _explained(path):
        target = Path(os.path.realpath(shown))
        if target.is_dir():
            raise OutputError(f"cannot write {shown!r}: it is a folder", hint="add a file name", where=shown)
        if not target.parent.is_dir():
            raise OutputError(
                f"cannot write {shown!r}: the folder {str(target.parent)!r} does not exist",
                hint="create it first",
                where=shown,
            )
        if target.exists() and not force and not _is_special(target):
            raise _exists(shown)
    return target


def file_name(label: str) -> str:
    """A label as part of a file name.

    Example:
        >>> file_name("fsrs6:recency,preset")
        'fsrs6-recency-preset'
    """
    return re.sub(r"[^\w.=]+", "-", label)


def _create(path: Path) -> None:
    # exclusive, and with the permissions that the user's umask gives to any new file
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _move(temporary: Path, target: Path, *, force: bool) -> None:
    if not force:
        try:
            # a hard link fails where a file has appeared meanwhile; renaming would replace it
            os.link(temporary, target)
            return
        except FileExistsError:
            raise _exists(str(target)) from None
        except OSError:
            if target.exists():
                raise _exists(str(target)) from None
    os.replace(temporary, target)


def _is_special(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _exists(shown: str) -> OutputExists:
    return OutputExists(
        f"{shown!r} exists already", hint="choose another name, or overwrite it with force", where=shown
    )


@contextmanager
def _explained(path: str | os.PathLike[str]) -> Iterator[None]:
    shown = os.fspath(path)
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"cannot write {shown!r}: {reason}", hint="is there space, and permission to write?", where=shown
        ) from None
