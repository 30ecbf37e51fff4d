"""What a sweep is asked for: every run by number, what decides its result, and what is read for it."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from repetita.arguments import whole_number
from repetita.equations import model_names
from repetita.errors import UsageError, unknown_name
from repetita.memory_model import MemoryModel
from repetita.registration import Registration, registrations
from repetita.run_folders import shard_of
from repetita.simulation.inputs.people import LostUser
from repetita.simulation.lanes.cast import User, users_of
from repetita.simulation.running import MOST_CARDS, NEW_CARDS, plain, plan
from repetita.sweeps.settings import Setting, SettingsByUser, settings_of

__all__ = ["ENGINES", "Asked", "Unit", "asked_for"]

RESERVED = ("environment", "scheduler", "desired_retention", "policy", "cost_weight", "user", "start")
OPTIONS = tuple(
    name for name in inspect.signature(plan).parameters if name not in (*RESERVED, "days", "deck")
)
ENGINES = ("lanes", "event")
DIGITS = 16


class Unit(NamedTuple):
    """One run of a sweep.

    Attributes:
        run: Its number; the same in every part of the sweep.
        user: Place among the users.
        environment: The world's name or model; None for the user's own.
        setting: The scheduler.
        seed: Of the random numbers.
        problem: Why there can be no result, or None.
    """

    run: int
    user: int
    environment: Any
    setting: Setting
    seed: int
    problem: str | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Asked:
    """What a sweep is asked for.

    Attributes:
        users: Everybody, those of other parts included; a `LostUser` has no inputs.
        environments: Worlds; None stands for each user's own.
        settings: Schedulers with their settings.
        seeds: Of random numbers.
        days: Length of the runs.
        deck: New cards.
        options: Of all runs.
        engine: "lanes", or "event" for the event engine whatever lanes could run.
        shard: Number of this part from 1, and of all parts.
        files: What was read, for the record: path and digest.
    """

    users: tuple[User | LostUser, ...]
    environments: tuple[Any, ...]
    settings: tuple[tuple[Setting, ...] | SettingsByUser, ...]
    seeds: tuple[int, ...]
    days: int
    deck: int
    options: Mapping[str, Any]
    engine: str
    shard: tuple[int, int]
    files: Mapping[str, str]

    def units(self) -> Iterator[Unit]:
        """The runs of this part: user by user; worlds, then schedulers as given, then seeds."""
        part, parts = self.shard
        run = 0
        for place, user in enumerate(self.users):
            mine = place % parts == part - 1
            problem = user.reason if isinstance(user, LostUser) else None
            for environment in self.environments:
                for setting, missing in self._settings(user.number):
                    for seed in self.seeds:
                        if mine:
                            yield Unit(run, place, environment, setting, seed, problem or missing)
                        run += 1

    def _settings(self, number: int) -> Iterator[tuple[Setting, str | None]]:
        for part in self.settings:
            if not isinstance(part, SettingsByUser):
                yield from ((setting, None) for setting in part)
            elif number in part.by_user:
                yield from ((setting, None) for setting in part.by_user[number])
            else:
                reason = f"{part.source!r} has nothing for user {number}"
                yield Setting(scheduler=part.scheduler), reason

    @property
    def registered(self) -> tuple[Registration, ...]:
        """What makes models from outside the package known to a worker."""
        return registrations(self._models())

    def config(self) -> dict[str, Any]:
        """What decides the results; a folder takes up a sweep with the same only."""
        part, parts = self.shard
        retentions = sorted({s.desired_retention for s in self._common() if s.desired_retention is not None})
        return {
            "kind": "sweep",
            "users": ranges([user.number for user in self.users]),
            "environments": [_shown(world) for world in self.environments],
            "schedulers": list(dict.fromkeys(self._schedulers())),
            "desired_retention": retentions,
            "seeds": list(self.seeds),
            "days": self.days,
            "deck": self.deck,
            **({} if self.engine == ENGINES[0] else {"engine": self.engine}),
            "inputs": self.inputs["sha256_16"],
            "shard": part,
            "shards": parts,
            "options": {
                name: _told(value) for name, value in self.options.items() if value not in (None, {})
            },
        }

    @cached_property
    def inputs(self) -> dict[str, Any]:
        """Files with digests, and a digest of everything that each user brings."""
        users = [{"user": user.number, "sha256_16": digest(_user(user))} for user in self.users]
        settings = [
            [_setting(s) for s in part]
            if isinstance(part, tuple)
            else {str(number): [_setting(s) for s in those] for number, those in part.by_user.items()}
            for part in self.settings
        ]
        equations = {one.name: one.digest for one in self.registered}
        whole = [users, settings, list(map(_model, self.environments)), _json(self.options), equations]
        return {
            "sha256_16": digest([*whole, dict(self.files)]),
            "files": [{"path": path, "sha256_16": told} for path, told in self.files.items()],
            "users": users,
        }

    def _common(self) -> Iterator[Setting]:
        for part in self.settings:
            if isinstance(part, SettingsByUser):
                for those in part.by_user.values():
                    yield from those
            else:
                yield from part

    def _schedulers(self) -> Iterator[str]:
        for part in self.settings:
            yield from (part.scheduler,) if isinstance(part, SettingsByUser) else (s.name for s in part)

    def _models(self) -> set[str]:
        worlds = [user.environment for user in self.users if isinstance(user, User)]
        named = [*self.environments, *worlds, *(setting.scheduler for setting in self._common())]
        bare = {part if isinstance(part, str) else getattr(part, "name", "") for part in named if part}
        return {name.replace("-", "_") for name in bare} & set(model_names())


def asked_for(
    users: Any,
    *,
    schedulers: Any,
    desired_retention: float | Sequence[float],
    environments: Sequence[Any] | str | MemoryModel | None,
    seeds: int | Iterable[int],
    days: int,
    deck: int | None,
    engine: str,
    shard: str | tuple[int, int] | None,
    files: Iterable[str | os.PathLike[str]],
    options: Mapping[str, Any],
) -> Asked:
    """A sweep as it is asked for, checked: names, ranges, policies that fit.

    Raises:
        UnknownName: A name that does not exist.
        UsageError: Something out of range, or parts that do not go together.
        InputError: A file that cannot be read.
    """
    for name in options:
        if name not in OPTIONS:
            raise unknown_name("option of a sweep", name, OPTIONS)
    if engine not in ENGINES:
        raise unknown_name("engine", engine, ENGINES)
    several = [seeds] if isinstance(seeds, int) else list(seeds)
    retentions = [desired_retention] if isinstance(desired_retention, int | float) else [*desired_retention]
    for what, values in (("seeds", several), ("desired_retention", retentions)):
        if not values:
            raise UsageError(f"{what} is empty", where=what)
        if len(set(values)) < len(values):
            raise UsageError(f"{what} holds a value twice", where=what)
    if isinstance(environments, str | MemoryModel):
        environments = [environments]
    asked = Asked(
        users=_different(_users(users)),
        environments=(None,) if environments is None else tuple(environments),
        settings=settings_of(schedulers, retentions),
        seeds=tuple(whole_number(seed, "seeds", high=2**63 - 1) for seed in several),
        days=whole_number(days, "days", low=1),
        deck=whole_number(NEW_CARDS if deck is None else deck, "deck", low=1, high=MOST_CARDS),
        options=dict(options),
        engine=engine,
        shard=shard_of(shard),
        files={os.fspath(path): file_digest(path) for path in files},
    )
    _check(asked)
    return asked


def _users(users: Any) -> tuple[User | LostUser, ...]:
    if isinstance(users, Sequence) and any(isinstance(user, LostUser) for user in users):
        return tuple(users)
    return users_of(users)


def _different(users: tuple[User | LostUser, ...]) -> tuple[User | LostUser, ...]:
    seen: set[int] = set()
    for user in users:
        if user.number in seen:
            raise UsageError(f"two users have the number {user.number}", where="users")
        seen.add(user.number)
    return users


def _check(asked: Asked) -> None:
    """Makes one plan of every kind, so that a wrong word is told before the work."""
    own = {
        user.environment for user in asked.users if isinstance(user, User) and type(user.environment) is str
    }
    worlds = [world for world in asked.environments if world is not None] or [*own, "fsrs6"]
    if not worlds:
        raise UsageError("environments is empty", where="environments")
    checked = set()
    for setting in asked._common():
        kind = (setting.name, setting.policy_name, setting.scheduler_priority)
        for world in worlds if kind not in checked else ():
            chosen = setting.options()
            user = User(environment=world)
            plan(**{**asked.options, **user.options(world, chosen["scheduler"]), **chosen}, days=1, deck=1)
        checked.add(kind)


def file_digest(path: str | os.PathLike[str]) -> str:
    """Digest of a file's content; of a path that is none, an empty text."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]
    except OSError:
        return ""


def digest(content: Any) -> str:
    """Digest of JSON-safe content."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:DIGITS]


def ranges(numbers: Sequence[int]) -> str:
    """Whole numbers as a short text.

    Example:
        >>> ranges([1, 2, 3, 7])
        '1-3,7'
    """
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in parts)


def _user(user: User | LostUser) -> Any:
    if isinstance(user, LostUser):
        return [user.number, user.reason]
    beliefs = {name: _model(belief) for name, belief in user.beliefs.items()}
    worlds = {name: _model(world) for name, world in user.worlds.items()}
    own = [_model(user.environment), _json(user.parameters), _json(user.behavior), _json(user.cost)]
    return [user.number, *own, beliefs, worlds]


def _setting(setting: Setting) -> Any:
    policy = setting.policy
    if isinstance(policy, str | Path):
        policy = [file_digest(policy), file_digest(Path(policy).with_suffix(".npz"))]
    told = [_model(setting.scheduler), setting.desired_retention, setting.policy_name, setting.cost_weight]
    return [*told, setting.scheduler_priority, _json(policy)]


def _model(part: Any) -> Any:
    return _json(part.to_dict() if hasattr(part, "to_dict") else part)


def _shown(world: Any) -> str:
    return "own" if world is None else world if isinstance(world, str) else str(world.name)


def _told(value: Any) -> Any:
    """An option as run.toml has it: texts, numbers, lists of them; a text for anything deeper."""
    shown = _json(value)
    return shown if isinstance(shown, str | int | float | bool) else json.dumps(shown)


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _json(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_json(entry) for entry in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if hasattr(value, "to_dict"):
        return _json(value.to_dict())
    return _json(plain(value)) if hasattr(value, "__dataclass_fields__") else repr(type(value).__name__)
