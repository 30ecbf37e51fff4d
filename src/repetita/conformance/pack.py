"""The whole pack: made from our equations, written as files, read from files."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from repetita.conformance.of_models import VERSIONS, topics_of
from repetita.conformance.of_rules import rule_topics
from repetita.conformance.vector import PACK, SCHEMA, Topic
from repetita.errors import CorruptInput, InputMissing, OutputError, unknown_name

__all__ = ["ENCLOSED", "chosen", "export_pack", "make_pack", "pack_files", "read_pack"]

INDEX = "index.json"
ENCLOSED = ("README.md", "schema.json")
"""Files of the exported pack that are kept beside this module."""


def make_pack() -> list[Topic]:
    """All topics, computed now.

    Example:
        >>> pack = make_pack()
        >>> [topic.label for topic in pack][:3], len({v.id for topic in pack for v in topic.vectors}) > 900
        (['fsrs4_5/curve', 'fsrs4_5/first_states', 'fsrs4_5/next_states'], True)
    """
    return [topic for version in VERSIONS for topic in topics_of(version)] + rule_topics()


def pack_files(topics: Sequence[Topic]) -> dict[str, str]:
    """The files of a pack, by path below its folder.

    Args:
        topics: What `make_pack` gave.
    """
    made = {f"vectors/{topic.group}/{topic.name}.json": topic.to_json() for topic in topics}
    index: dict[str, Any] = {"schema": SCHEMA, "kind": "conformance pack", "pack": PACK, "files": list(made)}
    enclosed = {name: (files(__package__) / name).read_text(encoding="utf-8") for name in ENCLOSED}
    return {INDEX: json.dumps(index, indent=1) + "\n", **enclosed, **made}


def export_pack(folder: str | os.PathLike[str], *, force: bool = False) -> list[Path]:
    """Writes the pack as a folder of files.

    Args:
        folder: Made if it is not there.
        force: Overwrite files that are there.

    Returns:
        The files.

    Raises:
        OutputExists: A file is there already.
        OutputError: The folder cannot be made or written.
    """
    from repetita.output import check_writable, write_atomically

    made = {Path(folder) / name: text for name, text in pack_files(make_pack()).items()}
    for path in made:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"cannot make the folder {str(path.parent)!r}: {error.strerror}", where=str(path.parent)
            ) from error
        check_writable(path, force=force)
    for path, text in made.items():
        write_atomically(path, text.encode(), force=force)
    return list(made)


def read_pack(folder: str | os.PathLike[str]) -> list[Topic]:
    """The topics of an exported pack, of this version or another.

    Args:
        folder: Where ``index.json`` is.

    Raises:
        InputMissing: No pack there, or a file of it is missing.
        InputError: A file cannot be used.
    """
    index = _read(Path(folder) / INDEX)
    try:
        names = [str(name) for name in json.loads(index)["files"]]
    except (ValueError, TypeError, KeyError):
        raise CorruptInput(f"{INDEX} is no list of the files of a pack", where=str(folder)) from None
    topics = []
    for name in names:
        path = Path(folder) / name
        if not path.resolve().is_relative_to(Path(folder).resolve()):
            raise CorruptInput(f"{INDEX} names the file {name!r}, which is not below its folder")
        topics.append(Topic.from_json(_read(path), str(path)))
    return topics


def chosen(topics: Sequence[Topic], names: Sequence[str]) -> list[Topic]:
    """The topics that some names stand for: a group, a topic of every group, or group/topic.

    Args:
        topics: All topics.
        names: None: all.

    Raises:
        UnknownName: A name that stands for none; the nearest is suggested.
    """
    known = {label for topic in topics for label in (topic.group, topic.name, topic.label)}
    for name in names:
        if name not in known:
            raise unknown_name("topic", name, known)
    wanted = set(names)
    return [t for t in topics if not wanted or wanted & {t.group, t.name, t.label}]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputMissing(
            f"no file {str(path)!r}", hint="write the pack with repetita conformance --export DIR"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CorruptInput(f"{str(path)!r} cannot be read: {error}", where=str(path)) from None
