"""A population of learners whose truth is known, for benchmarks and their tests.

Every user has a memory (a whole row of parameters: correlations between parameters are part of what makes
users realistic), habits (desired retention, days off, breaks, good and bad days, a liking for two or four
buttons) and a log of a length of its own. A log is simulated when it is asked for, so a population of any
size costs nothing until then.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from repetita.errors import OutputError, OutputExists, UsageError
from repetita.fitting.population import ParameterTable, parameter_table
from repetita.fitting.prior import PopulationPrior
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as memory_model
from repetita.output import write_atomically
from repetita.reviews.learner import Learner

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

__all__ = ["Population", "SyntheticUser", "synthetic_population"]

MEDIAN_REVIEWS, SPREAD_OF_REVIEWS = 12_000, 1.1  # of the logarithm
FEWEST_REVIEWS, MOST_REVIEWS = 100, 200_000
REVIEWS_A_DAY, SPREAD_OF_PACE = 60.0, 0.6
SHORTEST_DAYS, LONGEST_DAYS = 30, 3650
TWO_BUTTON_SHARE = 0.3  # of users, who press Again and Good only
CONCENTRATION = 25.0  # of shares of answers around the usual ones
USUAL = Learner()


@dataclass(frozen=True, eq=False)
class SyntheticUser:
    """A learner whose truth is known.

    Attributes:
        user: Number, from 1.
        memory: The memory that decides what is recalled.
        learner: The habits.
        reviews: Number of reviews of the log.
        days: Most days that the log may last.
        seed: Of the log.
    """

    user: int
    memory: MemoryModel
    learner: Learner
    reviews: int
    days: int
    seed: int

    @cached_property
    def log(self) -> ReviewLog:
        """The user's reviews; simulated when first asked for, and kept."""
        return self.read()

    def read(self) -> ReviewLog:
        """The user's reviews, simulated anew."""
        from repetita.reviews import simulate_log

        return simulate_log(
            model=self.memory, learner=self.learner, reviews=self.reviews, days=self.days, seed=self.seed
        )

    def digest(self) -> str:
        """What the log is made from."""
        return f"seed {self.seed}"

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe truth: memory, habits, seed."""
        return {
            "user": self.user,
            "model": self.memory.name,
            "parameters": list(self.memory.parameters),
            "learner": asdict(self.learner),
            "reviews": self.reviews,
            "days": self.days,
            "seed": self.seed,
        }


@dataclass(frozen=True, eq=False)
class Population(Sequence[SyntheticUser]):
    """Users whose truth is known.

    Attributes:
        users: They.
        source: Where their parameters came from.
    """

    users: tuple[SyntheticUser, ...] = field(repr=False)
    source: str

    def __len__(self) -> int:
        return len(self.users)

    def __iter__(self) -> Iterator[SyntheticUser]:
        return iter(self.users)

    @overload
    def __getitem__(self, place: int) -> SyntheticUser: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[SyntheticUser]: ...
    def __getitem__(self, place: int | slice) -> Any:
        return self.users[place]

    def __repr__(self) -> str:
        reviews = sum(user.reviews for user in self.users)
        return f"Population({len(self)} users, {reviews:,} reviews, parameters from {self.source})"

    @property
    def parameters(self) -> NDArray[np.float64]:
        """True parameters, shape (users, parameters)."""
        return np.array([user.memory.parameters for user in self.users])

    def write(self, folder: str | os.PathLike[str]) -> Path:
        """The folder, with every log as ``revlogs/user_id=…/data.parquet`` and the truth as ``truth.jsonl``.

        Raises:
            OutputExists: The folder is there and not empty.
            OutputError: It cannot be written to.
        """
        root = Path(folder)
        if root.exists() and any(root.iterdir()):
            raise OutputExists(f"the folder {str(root)!r} is not empty", where=str(root))
        from repetita.reviews.population import write_partition

        try:
            for user in self.users:
                write_partition(root, user.user, user.read())
        except OSError as error:
            raise OutputError(f"cannot write {str(root)!r}: {error.strerror}", where=str(root)) from None
        lines = "".join(json.dumps(user.to_dict()) + "\n" for user in self.users)
        write_atomically(root / "truth.jsonl", lines)
        return root


def synthetic_population(
    users: int,
    seed: int = 0,
    *,
    parameters: Any = None,
    model: str = "fsrs6",
    reviews: int | None = None,
    days: int | None = None,
) -> Population:
    """Learners whose truth is known.

    Args:
        users: How many.
        seed: Whole number from 0; a user's truth and log depend on it and on the user's number only.
        parameters: Table that whole rows of parameters are drawn from, with replacement (see
            `repetita.fitting.parameter_table`); default: the default prior of the model.
        model: Name of the memory model.
        reviews: Reviews of every user; default: each their own number, around 12 000.
        days: Most days a log lasts; default: by the reviews a day of each user.

    Raises:
        UsageError: A number out of range, or a model without a prior to draw from.

    Example:
        >>> population = synthetic_population(3, seed=1, reviews=500)
        >>> population
        Population(3 users, 1,500 reviews, parameters from the default prior)
        >>> len(population[0].log), population.parameters.shape
        (500, (3, 21))
    """
    for name, value, least in (
        ("users", users, 1),
        ("seed", seed, 0),
        ("reviews", reviews, 1),
        ("days", days, 1),
    ):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
            raise UsageError(f"{name} is {value!r}, expected a whole number from {least}")
    table = None if parameters is None else parameter_table(parameters, model)
    prior = PopulationPrior.default(model)
    if table is None and not np.isfinite(prior.sd).all():
        raise UsageError(
            f"the default prior of {model} does not say enough to draw from", hint="give parameters"
        )
    made = []
    for number in range(1, users + 1):
        random = np.random.default_rng(np.random.SeedSequence([seed, number]))
        values = _drawn(prior, random) if table is None else _picked(table, random)
        made.append(_user(number, memory_model(model, values, clip=True), random, reviews, days))
    return Population(tuple(made), "the default prior" if table is None else f"a table of {len(table)} users")


def _picked(table: ParameterTable, random: np.random.Generator) -> list[float]:
    return list(table.rows[random.integers(len(table))].tolist())


def _drawn(prior: PopulationPrior, random: np.random.Generator) -> list[float]:
    root = np.linalg.cholesky(prior.correlation)
    position = prior.mean + prior.sd * (root @ random.standard_normal(prior.mean.size))
    return list(prior.from_scale(position).tolist())


def _user(
    number: int,
    memory: MemoryModel,
    random: np.random.Generator,
    reviews: int | None,
    days: int | None,
) -> SyntheticUser:
    learner = _habits(random)
    drawn = MEDIAN_REVIEWS * float(np.exp(SPREAD_OF_REVIEWS * random.standard_normal()))
    count = reviews or int(min(max(drawn, FEWEST_REVIEWS), MOST_REVIEWS))
    pace = REVIEWS_A_DAY * float(np.exp(SPREAD_OF_PACE * random.standard_normal()))
    span = days or int(min(max(count / pace, SHORTEST_DAYS), LONGEST_DAYS))
    return SyntheticUser(number, memory, learner, count, span, int(random.integers(2**53)))


def _habits(random: np.random.Generator) -> Learner:
    """Habits of one user around the usual ones."""
    first = random.dirichlet(CONCENTRATION * np.array(USUAL.first_ratings))
    later = random.dirichlet(CONCENTRATION * np.array(USUAL.success_ratings))
    if random.random() < TWO_BUTTON_SHARE:
        first = np.array([first[0], 0.0, 1.0 - first[0], 0.0])
        later = np.array([0.0, 1.0, 0.0])
    mean = float(np.clip(USUAL.reviews_per_card[1] * np.exp(0.4 * random.standard_normal()), 5.0, 35.0))
    return Learner(
        desired_retention=float(np.clip(random.normal(0.88, 0.04), 0.7, 0.97)),
        overdue=float(random.beta(1.5, 9.0)),
        days_off=float(random.beta(1.2, 12.0)),
        breaks=float(random.gamma(1.5, 1.0)),
        break_days=float(1.0 + random.gamma(2.0, 8.0)),
        day_effect=float(0.25 * np.exp(0.4 * random.standard_normal())),
        first_ratings=_shares(first),
        success_ratings=_shares(later),
        relearned=float(random.beta(27.0, 3.0)),
        reviews_per_card=(3, mean, 60),
    )


def _shares(drawn: NDArray[np.float64]) -> Any:
    return tuple(float(value) for value in drawn / drawn.sum())
