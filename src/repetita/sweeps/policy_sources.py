"""Where a sweep finds policies and desired retentions of each user: files, folders, manifests.

A policy manifest is TOML with ``[[policies]]`` of ``user_id``, ``path`` (from the manifest's folder),
``baseline_desired_retention``, ``lambda_value``, ``policy_index``. A root is searched for ``policy.json``
with ``metadata.json`` beside; parts of its path named ``user_<id>``, ``lambda_<value>``, ``policy_<n>`` must
agree with the metadata. A manifest of desired retentions is JSON (or TOML) with ``users`` of ``user_id`` and
``desired_retention_values``.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from repetita.errors import CorruptInput, InputMissing, UsageError
from repetita.simulation.policies import read_policy
from repetita.simulation.specs import checked_retention
from repetita.sweeps.settings import Setting, SettingsByUser, policy_name

__all__ = ["policy_files", "policy_folder", "policy_manifest", "policy_root", "retention_manifest"]

POLICY, METADATA = "policy.json", "metadata.json"
PLACES = {"user": r"user_(\d+)", "lambda": r"lambda_(.+)", "policy": r"policy_(\d+)"}


class Found(NamedTuple):
    """A policy of one user."""

    user: int
    path: Path
    retention: float | None
    weight: float | None
    place_in_portfolio: int | None

    @property
    def place(self) -> tuple[float | None, float | None, int | None]:
        """What tells it from the others of the user."""
        return self.retention, self.weight, self.place_in_portfolio

    @property
    def name(self) -> str:
        """What results call it, the same for all users."""
        parts = []
        if self.retention is not None:
            parts.append(f"dr_{self.retention:g}")
        if self.weight is not None:
            parts.append(f"lambda_{self.weight:g}")
        if self.place_in_portfolio is not None:
            parts.append(f"policy_{self.place_in_portfolio}")
        return "_".join(parts) or policy_name(self.path) or ""


def policy_files(
    scheduler: str,
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    pattern: str = "*.json",
    most: int | None = None,
    desired_retention: float | None = None,
) -> tuple[Setting, ...]:
    """A scheduler with each of some policies, the same for all users.

    Args:
        scheduler: Its name.
        paths: Files, or folders in which files are looked for.
        pattern: Of the names of files in folders.
        most: Of these files, the first ones by name; None for all.
        desired_retention: Written down beside results, if given.

    Raises:
        InputMissing: No such file, or a folder without any.
        CorruptInput: A file that is no policy.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    files: list[Path] = []
    for path in map(Path, given):
        if path.is_dir():
            inside = sorted(entry for entry in path.glob(pattern) if entry.name != METADATA)
            if not inside:
                raise InputMissing(f"the folder {str(path)!r} holds no {pattern}", where=str(path))
            files += inside
        else:
            files.append(path)
    found = []
    for file in files[:most]:
        read_policy(file)
        found.append(
            Setting(
                scheduler=scheduler,
                policy=str(file),
                policy_name=policy_name(file),
                desired_retention=desired_retention,
            )
        )
    return tuple(found)


def policy_folder(
    scheduler: str, path: str | os.PathLike[str], **chosen: Any
) -> tuple[Setting, ...] | SettingsByUser:
    """A scheduler with the policies of a folder: for all users, or of each in a folder ``user_<id>`` there.

    Args:
        scheduler: Its name.
        path: The folder.
        **chosen: Which files, as `policy_files` has it.

    Raises:
        InputMissing: No such folder, or one without policies.
        CorruptInput: A file that is no policy.
    """
    root, where = Path(path), os.fspath(path)
    if not root.is_dir():
        raise InputMissing(f"no folder {where!r}", where=where)
    own = {entry: re.fullmatch(PLACES["user"], entry.name) for entry in root.iterdir() if entry.is_dir()}
    by_user = {int(match[1]): folder for folder, match in own.items() if match}
    if not by_user:
        return policy_files(scheduler, root, **chosen)
    found = {user: policy_files(scheduler, by_user[user], **chosen) for user in sorted(by_user)}
    return SettingsByUser(scheduler=scheduler, by_user=found, source=where)


def policy_manifest(
    scheduler: str, path: str | os.PathLike[str], *, weights: Sequence[float] | None = None
) -> SettingsByUser:
    """A scheduler with the policies that a manifest lists for each user.

    Args:
        scheduler: Its name.
        path: The manifest.
        weights: Only those with these values of lambda; None for all.

    Raises:
        InputMissing: No such file.
        CorruptInput: No manifest; a policy listed twice; users with different sets of policies.
    """
    entries = _content(path).get("policies")
    where = os.fspath(path)
    if not isinstance(entries, list) or not entries:
        raise CorruptInput(f"{where!r} lists no policies", hint="expected [[policies]]", where=where)
    found = []
    for number, entry in enumerate(entries, start=1):
        at = f"policy {number} of {where!r}"
        if not isinstance(entry, Mapping) or not isinstance(entry.get("path"), str):
            raise CorruptInput(f"{at} has no path", where=where)
        user = _whole(entry.get("user_id"), "user_id", at)
        if user is None:
            raise CorruptInput(f"{at} has no user_id", where=where)
        found.append(
            Found(
                user,
                Path(path).parent / entry["path"],
                _retention(entry.get("baseline_desired_retention"), at),
                _number(entry.get("lambda_value"), "lambda_value", at),
                _whole(entry.get("policy_index"), "policy_index", at),
            )
        )
    return _by_user(scheduler, found, where, weights)


def policy_root(
    scheduler: str, path: str | os.PathLike[str], *, weights: Sequence[float] | None = None
) -> SettingsByUser:
    """A scheduler with the policies that a training run left for each user.

    Args:
        scheduler: Its name; other schedulers' policies are passed over.
        path: Folder that is searched for ``policy.json`` beside ``metadata.json``.
        weights: Only those with these values of lambda; None for all.

    Raises:
        InputMissing: No such folder, or one without policies of the scheduler.
        CorruptInput: Metadata that cannot be read, or that a path contradicts; a policy that is there twice;
            users with different sets of policies.
    """
    root, where = Path(path), os.fspath(path)
    if not root.is_dir():
        raise InputMissing(f"no folder {where!r}", where=where)
    found = []
    for file in sorted(root.rglob(POLICY)):
        beside = file.with_name(METADATA)
        if beside.is_file():
            data = _content(beside)
            if str(data.get("scheduler_name")).replace("-", "_") == scheduler.replace("-", "_"):
                found += _trained(file, data, root)
    if not found:
        raise InputMissing(f"{where!r} holds no {POLICY} of {scheduler} with {METADATA} beside", where=where)
    return _by_user(scheduler, found, where, weights)


def retention_manifest(scheduler: str, path: str | os.PathLike[str]) -> SettingsByUser:
    """A scheduler with the desired retentions that a manifest lists for each user.

    Raises:
        InputMissing: No such file.
        CorruptInput: No manifest; a user listed twice; retentions out of (0, 1), or twice.
    """
    where, users = os.fspath(path), _content(path).get("users")
    if not isinstance(users, list) or not users:
        raise CorruptInput(f"{where!r} lists no users", hint="expected users with user_id", where=where)
    found: dict[int, tuple[Setting, ...]] = {}
    for number, entry in enumerate(users, start=1):
        at = f"entry {number} of users in {where!r}"
        values = entry.get("desired_retention_values") if isinstance(entry, Mapping) else None
        user = _whole(entry.get("user_id"), "user_id", at) if isinstance(entry, Mapping) else None
        if user is None or not isinstance(values, list) or not values:
            raise CorruptInput(f"{at}: expected user_id and desired_retention_values", where=where)
        retentions = [_retention(value, at) for value in values]
        if user in found or len(set(retentions)) < len(retentions):
            raise CorruptInput(f"{at}: user {user}, or one of the retentions, is there twice", where=where)
        found[user] = tuple(Setting(scheduler=scheduler, desired_retention=value) for value in retentions)
    return SettingsByUser(scheduler=scheduler, by_user=found, source=where)


def _trained(file: Path, data: Mapping[str, Any], root: Path) -> list[Found]:
    """A policy with its metadata, once for each user it was trained for."""
    at = f"metadata of {str(file)!r}"
    users = data.get("training_user_ids")
    if not isinstance(users, list) or not users:
        raise CorruptInput(f"{at}: training_user_ids is {users!r:.60}, expected a list", where=at)
    weight = _number(data.get("lambda_value"), "lambda_value", at)
    index = _whole(data.get("portfolio_index"), "portfolio_index", at)
    numbers = [_whole(user, "training_user_ids", at) for user in users]
    known: dict[str, list[Any]] = {"user": numbers, "lambda": [weight], "policy": [index]}
    for part in file.relative_to(root).parts[:-1]:
        for kind, pattern in PLACES.items():
            match = re.fullmatch(pattern, part)
            if match and known[kind] != [None] and not _agrees(match[1], known[kind]):
                raise CorruptInput(f"{at}: its path says {part}, it says {known[kind]}", where=at)
    retention = _retention(data.get("baseline_desired_retention"), at)
    return [Found(int(user), file, retention, weight, index) for user in numbers if user is not None]


def _agrees(text: str, known: Sequence[Any]) -> bool:
    try:
        # a value of lambda stands in a path with p for the point
        return any(abs(float(text.replace("p", ".")) - float(value)) < 1e-9 for value in known)
    except ValueError:
        return False


def _by_user(
    scheduler: str, found: Sequence[Found], where: str, weights: Sequence[float] | None
) -> SettingsByUser:
    """Policies by user, if each user has the same set of them."""
    kept = [
        one
        for one in found
        if weights is None or any(one.weight is not None and abs(one.weight - w) < 1e-9 for w in weights)
    ]
    if not kept:
        values = sorted({one.weight for one in found if one.weight is not None})
        raise UsageError(f"no policy in {where!r} has such a lambda", hint=f"values there: {values}")
    by_user: dict[int, dict[Any, Found]] = {}
    for one in kept:
        mine = by_user.setdefault(one.user, {})
        key = one.place if one.place != (None, None, None) else (None, None, one.path.stem)
        if key in mine:
            raise CorruptInput(
                f"user {one.user} has policy {one.name} twice: {str(mine[key].path)!r} and {str(one.path)!r}",
                where=where,
            )
        mine[key] = one
    places = {key for mine in by_user.values() for key in mine}
    for user, mine in by_user.items():
        if len(mine) < len(places):
            lacking = next(key for key in places if key not in mine)
            name = Found(user, Path(str(lacking[2])), *lacking).name
            raise CorruptInput(f"user {user} lacks policy {name}, which others have", where=where)
    settings: dict[int, tuple[Setting, ...]] = {}
    for user, mine in by_user.items():
        for one in mine.values():
            read_policy(one.path)
        settings[user] = tuple(
            Setting(scheduler=scheduler, policy=str(one.path), policy_name=one.name) for one in mine.values()
        )
    return SettingsByUser(scheduler=scheduler, by_user=settings, source=where)


def _content(path: str | os.PathLike[str]) -> Mapping[str, Any]:
    where = os.fspath(path)
    try:
        text = Path(path).read_text(encoding="utf-8")
        data = tomllib.loads(text) if where.endswith(".toml") else json.loads(text)
    except FileNotFoundError:
        raise InputMissing(f"no file {where!r}", where=where) from None
    except (OSError, ValueError, RecursionError) as error:
        raise CorruptInput(f"{where!r} cannot be read: {error}", where=where) from None
    if not isinstance(data, Mapping):
        raise CorruptInput(f"{where!r} is a {type(data).__name__}, expected an object", where=where)
    return data


def _number(value: Any, name: str, at: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise CorruptInput(f"{at}: {name} is {value!r:.60}, expected a number", where=at)
    return float(value)


def _whole(value: Any, name: str, at: str) -> int | None:
    number = _number(value, name, at)
    if number is not None and (number != int(number) or number < 0):
        raise CorruptInput(f"{at}: {name} is {value!r}, expected a whole number", where=at)
    return None if number is None else int(number)


def _retention(value: Any, at: str) -> float | None:
    if value is None:
        return None
    try:
        return checked_retention(value)
    except UsageError:
        raise CorruptInput(
            f"{at}: a desired retention is {value!r:.60}, expected a number in (0, 1)", where=at
        ) from None
