"""Who and what is simulated: users, schedulers with their settings, and the lanes that come of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import nan
from typing import Any, NamedTuple

from repetita.arguments import whole_number
from repetita.equations import MODELS
from repetita.errors import UsageError
from repetita.memory_model import MemoryModel
from repetita.simulation.specs import POLICIES, WITHOUT_RETENTION, checked_retention, split_spec

__all__ = ["Lane", "User", "lanes_of", "schedulers_of", "users_of"]

# options of a scheduler that may stand beside its name
SETTINGS = ("scheduler", "policy", "cost_weight", "scheduler_priority", "desired_retention")


@dataclass(frozen=True, kw_only=True)
class User:
    """A person of `simulate_many`. What is None is as in the call.

    Attributes:
        number: Part of the address of random numbers: two users with one number share their luck.
        environment: How cards are truly remembered: name of a memory model, a `MemoryModel`, or a list of
            these, one a card.
        parameters: Parameters for a name.
        beliefs: What schedulers were fitted to, by model: a `MemoryModel` or a list of parameters. A
            scheduler of the environment's model has those of the environment without being told.
        worlds: What stands for this user where a call names an environment, by its name.
        behavior: The person, a `Behavior`.
        cost: What presses cost, a `Cost`.

    Example:
        >>> User(number=3, environment="fsrs6").number
        3
    """

    number: int = 0
    environment: Any = None
    parameters: Sequence[float] | None = None
    beliefs: Mapping[str, Any] = field(default_factory=dict)
    worlds: Mapping[str, Any] = field(default_factory=dict)
    behavior: Any = None
    cost: Any = None

    def world(self, environment: Any) -> Any:
        """The world that stands for an environment; None for the user's own."""
        if environment is None:
            return "fsrs6" if self.environment is None else self.environment
        if isinstance(environment, str):
            return self.worlds.get(environment.replace("-", "_"), environment)
        return environment

    def options(self, environment: Any, scheduler: Any) -> dict[str, Any]:
        """Options of `repetita.simulation.running.plan` for this user."""
        chosen: dict[str, Any] = {"user": self.number, "environment": environment}
        given = {"parameters": self.parameters, "behavior": self.behavior, "cost": self.cost}
        chosen |= {name: value for name, value in given.items() if value is not None}
        base = _model_of(scheduler)
        if base is not None and base in self.beliefs:
            belief = self.beliefs[base]
            chosen["scheduler_parameters"] = belief.parameters if isinstance(belief, MemoryModel) else belief
        return chosen


def _model_of(scheduler: Any) -> str | None:
    """The model that a scheduler of a name believes, unless it insists on its own parameters."""
    if not isinstance(scheduler, str):
        return None
    name = split_spec(scheduler)[0]
    base = name if name in MODELS else name.split("_")[0]
    default = name.endswith("_default") or "_default_" in name
    return base if base in MODELS and not default and name != "fsrs6_ap" else None


class Lane(NamedTuple):
    """One run of many: a user in a world, a scheduler with its settings, a seed.

    Attributes:
        user: Place among the users.
        environment: The world, or its name.
        scheduler: Place among the schedulers.
        desired_retention: NaN for schedulers that take none; a tuple: one a card.
        seed: Of its random numbers.
    """

    user: int
    environment: Any
    scheduler: int
    desired_retention: float | tuple[float, ...]
    seed: int


def users_of(users: Any) -> tuple[User, ...]:
    """Users as they may be given.

    Args:
        users: Their number; or a list of users, memory models, names of models, or lists of parameters.

    Raises:
        UsageError: None at all, or something else.

    Example:
        >>> [user.number for user in users_of(2)]
        [0, 1]
    """
    if isinstance(users, User):
        return (users,)
    if isinstance(users, int) and not isinstance(users, bool):
        return tuple(User(number=n) for n in range(whole_number(users, "users", low=1)))
    if isinstance(users, str | MemoryModel) or not isinstance(users, Sequence):
        raise UsageError(
            f"users is {users!r:.60}, expected their number or a list",
            hint="one user is a list with one element",
            where="users",
        )
    if not len(users):
        raise UsageError("users is empty", where="users")
    return tuple(_user(number, user) for number, user in enumerate(users))


def _user(number: int, given: Any) -> User:
    if isinstance(given, User):
        return given
    if isinstance(given, str | MemoryModel):
        return User(number=number, environment=given)
    if isinstance(given, Sequence):
        return User(number=number, parameters=tuple(given))
    raise UsageError(
        f"user {number} is {given!r:.60}, expected a User, a memory model, a name, or parameters",
        where="users",
    )


def lanes_of(
    users: Sequence[User],
    environments: Sequence[Any] | None,
    schedulers: Sequence[Mapping[str, Any]],
    retentions: Sequence[Any],
    seeds: Sequence[int],
) -> Iterator[Lane]:
    """All combinations; a scheduler that takes no desired retention has one lane for all of them."""
    for (place, user), (number, chosen) in product(enumerate(users), enumerate(schedulers)):
        for world in [None] if environments is None else environments:
            for retention in retentions_of(chosen, retentions):
                for seed in seeds:
                    yield Lane(place, user.world(world), number, retention, seed)


def retentions_of(chosen: Mapping[str, Any], retentions: Sequence[Any]) -> Sequence[Any]:
    """The desired retentions of a scheduler: its own, those of the call, or NaN where it takes none."""
    scheduler = chosen["scheduler"]
    name = split_spec(scheduler)[0] if isinstance(scheduler, str) else ""
    if name in WITHOUT_RETENTION or name in POLICIES:
        return (nan,)
    own = chosen.get("desired_retention")
    asked = retentions if own is None else (own if isinstance(own, int | float) else tuple(own),)
    for one in asked:
        if one != one:  # it would be taken for none
            checked_retention(one)
    return asked


def schedulers_of(schedulers: Any) -> tuple[dict[str, Any], ...]:
    """Schedulers as they may be given: each with its settings by name.

    Args:
        schedulers: A list of names, memory models, or mappings of ``scheduler`` and settings of it.

    Raises:
        UsageError: None at all, or settings that are not known.

    Example:
        >>> schedulers_of(["fixed@7"])
        ({'scheduler': 'fixed@7'},)
    """
    if isinstance(schedulers, str | MemoryModel | Mapping):
        schedulers = [schedulers]
    found = tuple(dict(one) if isinstance(one, Mapping) else {"scheduler": one} for one in list(schedulers))
    if not found:
        raise UsageError("schedulers is empty", where="schedulers")
    for one in found:
        unknown = [name for name in one if name not in SETTINGS]
        if unknown or "scheduler" not in one:
            raise UsageError(
                f"a scheduler with settings {', '.join(map(str, one))}",
                hint="known: " + ", ".join(SETTINGS),
                where="schedulers",
            )
    return found
