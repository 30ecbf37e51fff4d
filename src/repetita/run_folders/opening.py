"""A folder for a run: made or taken up again, with what was asked for and where it ran.

    run.toml            what was asked for; a folder takes up the same run only
    environment.json    versions, processor, digest of the code

While a run is at work it holds a lock on ``run.lock``, which the system gives back when the process ends,
however it ends: two processes never write into one folder.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from repetita.errors import CorruptInput, LockedInput, OutputError, OutputExists, UsageError
from repetita.output import write_atomically
from repetita.run_folders.environment import environment
from repetita.run_folders.lines import json_text

__all__ = ["CONFIG", "ENVIRONMENT", "INPUTS", "SUMMARY", "locked", "open_run", "read_config", "toml"]

CONFIG, ENVIRONMENT, INPUTS, SUMMARY = "run.toml", "environment.json", "inputs.json", "summary.json"
LOCK = "run.lock"


def open_run(
    path: str | os.PathLike[str], config: Mapping[str, Any], *, ignored: Collection[str] = ()
) -> Path:
    """The folder of a run, with what was asked for written down.

    Args:
        path: The folder; made when it is not there.
        config: What is asked for: texts, numbers, lists of them, mappings.
        ignored: Names in the configuration that may differ from those of a run that is taken up.

    Raises:
        OutputExists: There are other things in the folder.
        UsageError: The folder holds a run that was asked for otherwise.
        OutputError: The folder cannot be made or written to.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        others = [entry for entry in folder.iterdir() if entry.name != LOCK]
    except OSError as error:
        raise OutputError(f"cannot make {str(path)!r}: {error.strerror}", where=str(path)) from None
    if (folder / CONFIG).is_file():
        _same(folder, read_config(folder), dict(config), ignored)
    elif [entry for entry in others if not _left_over(entry)]:
        raise OutputExists(
            f"the folder {str(path)!r} holds other things than a run",
            hint="choose another folder",
            where=str(path),
        )
    else:
        write_atomically(folder / ENVIRONMENT, json_text(environment()), force=True)
        write_atomically(folder / CONFIG, toml(config), force=True)
    return folder


@contextmanager
def locked(folder: str | os.PathLike[str]) -> Iterator[None]:
    """Nobody else works in a folder while the block runs.

    Raises:
        LockedInput: Another process does.
        OutputError: The folder cannot be made or written to.
    """
    path = Path(folder) / LOCK
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
    except OSError as error:
        raise OutputError(f"cannot make {str(folder)!r}: {error.strerror}", where=str(folder)) from None
    try:
        if not _taken(handle):
            raise LockedInput(
                f"another process is at work in {str(folder)!r}",
                hint="wait for it, or choose another folder; --shard divides a run",
                where=str(folder),
            )
        yield
    finally:
        os.close(handle)


def read_config(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """What the run in a folder was asked for.

    Raises:
        CorruptInput: There is no readable run.toml.
    """
    try:
        return tomllib.loads((Path(folder) / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorruptInput(f"no run in {str(folder)!r}: {error}", where=str(folder)) from None


def toml(config: Mapping[str, Any]) -> str:
    """A mapping as TOML; mappings in it become tables, at its end. What is None is left out.

    Example:
        >>> print(toml({"models": ["fsrs6"], "folds": 5, "rows": "days", "command": {"fuzz": True}}), end="")
        models = ["fsrs6"]
        folds = 5
        rows = "days"
        <BLANKLINE>
        [command]
        fuzz = true
    """
    given = {name: value for name, value in config.items() if value is not None}
    text = "".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in given.items()
        if not isinstance(value, Mapping)
    )
    tables = {name: value for name, value in given.items() if isinstance(value, Mapping)}
    return text + "".join(f"\n[{name}]\n{toml(table)}" for name, table in tables.items())


def _same(folder: Path, there: Mapping[str, Any], asked: Mapping[str, Any], ignored: Collection[str]) -> None:
    wanted = tomllib.loads(toml(asked))
    names = {*there, *wanted} - {*ignored}
    other = sorted(name for name in names if there.get(name) != wanted.get(name))
    if other:
        told = "; ".join(f"{name} is {there.get(name)!r}, not {wanted.get(name)!r}" for name in other)
        raise UsageError(
            f"the folder {str(folder)!r} holds another run: {told}",
            hint="ask for the same, or choose another folder",
            where=str(folder),
        )


def _left_over(entry: Path) -> bool:
    """Whether a file is what a run leaves that was stopped while its folder was made."""
    return entry.name == ENVIRONMENT or (entry.name.startswith(".") and entry.name.endswith(".tmp"))


def _taken(handle: int) -> bool:
    """Whether the lock on an open file is ours now."""
    try:
        if os.name == "nt":  # pragma: no cover
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
