"""Parts of a run for several machines: which part is asked for, and whether all of them are there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from repetita.errors import UsageError
from repetita.run_folders.opening import CONFIG

__all__ = ["common_config", "require_all_parts", "shard_of"]

OWN = ("shard", "shards")


def shard_of(asked: str | tuple[int, int] | None) -> tuple[int, int]:
    """Number of a part, from 1, and of all parts.

    Raises:
        UsageError: No such part.

    Example:
        >>> shard_of("2/4"), shard_of(None)
        ((2, 4), (1, 1))
    """
    if asked is None:
        return 1, 1
    try:
        part, parts = (int(text) for text in (asked.split("/") if isinstance(asked, str) else asked))
    except (TypeError, ValueError, AttributeError):
        part, parts = 0, 0
    if not 1 <= part <= parts:
        raise UsageError(f"shard is {asked!r}, expected i/n with i from 1 to n, such as 2/4", where="shard")
    return part, parts


def common_config(
    paths: Sequence[Path], configs: Sequence[dict[str, Any]], *, ignored: Sequence[str] = ()
) -> dict[str, Any]:
    """What the runs of all parts were asked for, without which part each is.

    Args:
        paths: Their folders, for messages.
        configs: What each was asked for.
        ignored: Names that may differ; those of the first run are kept.

    Raises:
        UsageError: They were asked for differently, or there are none.
    """
    if not configs:
        raise UsageError("no runs to merge")
    shared = [{name: value for name, value in one.items() if name not in OWN} for one in configs]
    for path, one in zip(paths, shared, strict=True):
        names = {*one, *shared[0]} - {*ignored}
        other = sorted(name for name in names if one.get(name) != shared[0].get(name))
        if other:
            raise UsageError(
                f"{str(path)!r} is a run of another kind than {str(paths[0])!r}: {', '.join(other)} differ",
                hint=f"compare the files {CONFIG}",
            )
    return shared[0]


def require_all_parts(configs: Sequence[dict[str, Any]]) -> None:
    """Raises where a part is missing or given twice.

    Raises:
        UsageError: So it is.

    Example:
        >>> require_all_parts([{"shard": 2, "shards": 2}, {"shard": 1, "shards": 2}])
    """
    parts = {one.get("shards", 1) for one in configs}
    there = [int(one.get("shard", 1)) for one in configs]
    count = parts.pop()
    wanted = list(range(1, count + 1))
    if parts or sorted(there) != wanted:
        raise UsageError(
            f"parts {', '.join(map(str, sorted(there)))} are there, expected each of 1 to {count} once"
        )
