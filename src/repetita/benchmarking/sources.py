"""Where users come from: one log, a folder of logs, the Hive-partitioned layout, or logs in memory.

Only names and sizes are looked at beforehand; a user's reviews are read by the worker that needs them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from repetita.errors import InputMissing, NoReviews, UsageError, unknown_name

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["Source", "User", "chosen_users", "users_of"]

SUFFIXES = (".csv", ".tsv", ".jsonl", ".json", ".parquet", ".colpkg", ".apkg", ".anki2", ".anki21")
DIGITS = 16
UserId: TypeAlias = "int | str"
Source: TypeAlias = "str | os.PathLike[str] | ReviewLog | Mapping[UserId, Any] | Iterable[Any]"


class Reader(Protocol):
    """Reads one user's reviews; can be pickled."""

    def read(self) -> ReviewLog:
        """The reviews."""

    def digest(self) -> str:
        """A short hash of what is read."""


@dataclass(frozen=True, slots=True)
class User:
    """A user whose reviews can be read.

    Attributes:
        id: Number or name, unique in a run.
        size: Bytes or reviews, to begin with the largest.
        reader: Reads the reviews.
    """

    id: UserId
    size: int
    reader: Reader

    def read(self) -> ReviewLog:
        """The user's reviews."""
        return self.reader.read()

    def digest(self) -> str:
        """A short hash of what is read."""
        return self.reader.digest()


@dataclass(frozen=True, slots=True)
class OfFile:
    """Reads a file as `repetita.read_reviews` does."""

    path: str
    options: tuple[tuple[str, Any], ...] = ()

    def read(self) -> ReviewLog:
        """The reviews of the file."""
        from repetita.reviews import read_reviews

        return read_reviews(self.path, **dict(self.options))

    def digest(self) -> str:
        """Hash of the file."""
        return _digest_of_files([Path(self.path)])


@dataclass(frozen=True, slots=True)
class OfLayout:
    """Reads one user of the Hive-partitioned layout."""

    root: str
    user: str

    def read(self) -> ReviewLog:
        """The reviews of the user."""
        from repetita.reviews.population import read_partition

        return read_partition(self.root, self.user)

    def digest(self) -> str:
        """Hash of the user's review files."""
        from repetita.reviews.population import partition_files

        return _digest_of_files(partition_files(self.root, self.user))


@dataclass(frozen=True, slots=True, eq=False)
class InMemory:
    """Hands out a log that is there already."""

    log: ReviewLog

    def read(self) -> ReviewLog:
        """The log."""
        return self.log

    def digest(self) -> str:
        """Hash of ratings and elapsed times."""
        hashed = hashlib.sha256()
        for column in (self.log.offsets, self.log.ratings, self.log.elapsed_days, self.log.elapsed_seconds):
            hashed.update(column.tobytes())
        return hashed.hexdigest()[:DIGITS]


def users_of(source: Source, **options: Any) -> tuple[User, ...]:
    """The users of a source, in order of their ids.

    Args:
        source: A log; a mapping of ids to logs; a sequence of logs (ids from 1); a synthetic population; a
            file; a folder of files; or the root of a layout with ``revlogs/user_id=…/*.parquet``.
        **options: For `repetita.read_reviews`, where files are read.

    Raises:
        InputMissing: No such file or folder.
        NoReviews: A folder without logs.
        UsageError: Something else.

    Example:
        >>> from repetita.reviews import simulate_log
        >>> [user.id for user in users_of({"b": simulate_log(cards=5), "a": simulate_log(cards=3)})]
        ['a', 'b']
    """
    from repetita.reviews import ReviewLog

    if isinstance(source, str | os.PathLike):
        found = _of_path(Path(source), options)
    elif options:
        raise UsageError(f"options of the reader ({', '.join(options)}) are for files")
    elif isinstance(source, ReviewLog):
        found = [User(1, len(source), _given(source))]
    elif isinstance(source, Mapping):
        found = [User(_id(user), len(log), _given(log)) for user, log in source.items()]
    else:
        found = _of_sequence(source)
    if not found:
        raise NoReviews("there are no users to benchmark")
    return tuple(sorted(found, key=lambda user: _sorting(user.id)))


def chosen_users(users: Sequence[User], asked: str | Iterable[UserId] | None) -> tuple[User, ...]:
    """Some of the users.

    Args:
        users: All of them.
        asked: Ids; or a text such as "1-100,205", or the path of a file with one such text a line; None
            means all.

    Raises:
        UnknownName: An id that is not there (in a range, gaps are no mistake).

    Example:
        >>> users = [User(number, 0, None) for number in (1, 2, 3, 7)]
        >>> [user.id for user in chosen_users(users, "2-5,7")]
        [2, 3, 7]
    """
    if asked is None:
        return tuple(users)
    by_text = {str(user.id): user for user in users}
    wanted: set[str] = set()
    for part in _parts(asked):
        first, dash, last = part.partition("-")
        if dash and first.isdigit() and last.isdigit() and part not in by_text:
            wanted |= {name for name in by_text if name.isdigit() and int(first) <= int(name) <= int(last)}
        elif part in by_text:
            wanted.add(part)
        else:
            raise unknown_name("user", part, sorted(by_text, key=_sorting)[:20])
    return tuple(user for user in users if str(user.id) in wanted)


def _parts(asked: str | Iterable[UserId]) -> list[str]:
    if not isinstance(asked, str):
        return [str(one) for one in asked]
    if os.path.isfile(asked):
        asked = Path(asked).read_text(encoding="utf-8").replace("\n", ",")
    return [part.strip() for part in asked.split(",") if part.strip()]


def _of_path(path: Path, options: Mapping[str, Any]) -> list[User]:
    from repetita.reviews.population import partitions

    if path.is_file():
        return [User(path.name, path.stat().st_size, OfFile(str(path), tuple(options.items())))]
    if not path.is_dir():
        raise InputMissing(f"there is nothing at {str(path)!r}", where=str(path))
    found = partitions(path)
    if found:
        if options:
            raise UsageError(f"options of the reader ({', '.join(options)}) do not fit this layout")
        return [User(_id(user), size, OfLayout(str(path), user)) for user, size in found.items()]
    files = [file for file in sorted(path.iterdir()) if file.suffix.lower() in SUFFIXES and file.is_file()]
    if not files:
        raise NoReviews(
            f"the folder {str(path)!r} holds no review logs",
            hint=f"expected files ({', '.join(SUFFIXES)}) or revlogs/user_id=…/*.parquet",
            where=str(path),
        )
    stems = [file.stem for file in files]
    names = [file.name if stems.count(file.stem) > 1 else file.stem for file in files]
    return [
        User(_id(name), file.stat().st_size, OfFile(str(file), tuple(options.items())))
        for name, file in zip(names, files, strict=True)
    ]


def _of_sequence(source: Any) -> list[User]:
    from repetita.reviews import ReviewLog

    found = []
    try:
        for number, one in enumerate(source, start=1):
            if isinstance(one, ReviewLog):
                found.append(User(number, len(one), _given(one)))
            else:
                found.append(User(_id(one.user), int(one.reviews), one))
    except (TypeError, AttributeError):
        raise UsageError(
            f"cannot benchmark a {type(source).__name__}: a log, logs, or a path is expected"
        ) from None
    return found


def _given(log: ReviewLog) -> InMemory:
    # without what was derived from it: a worker derives faster than it unpickles
    return InMemory(replace(log))


def _id(name: Any) -> UserId:
    text = str(name)
    return int(text) if text.isdigit() and str(int(text)) == text else text


def _sorting(user: UserId) -> tuple[bool, int, str]:
    text = str(user)
    return (not text.isdigit(), int(text) if text.isdigit() else 0, text)


def _digest_of_files(paths: Iterable[Path]) -> str:
    hashed = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                hashed.update(block)
    return hashed.hexdigest()[:DIGITS]
