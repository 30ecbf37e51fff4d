"""Users of a simulation from the ecosystem's files: fitted parameters and button usage, by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from repetita.errors import InputError
from repetita.simulation.inputs.benchmark_results import BenchmarkResults
from repetita.simulation.inputs.button_usage import button_usage
from repetita.simulation.inputs.json_lines import JsonLines
from repetita.simulation.lanes.cast import User
from repetita.simulation.specs import split_spec

__all__ = ["LostUser", "people"]


@dataclass(frozen=True, slots=True)
class LostUser:
    """A user whose inputs cannot be used.

    Attributes:
        number: Of the user.
        reason: In words.
    """

    number: int
    reason: str


def people(
    numbers: Iterable[int],
    *,
    results: BenchmarkResults | None = None,
    models: Sequence[str] = (),
    usage: JsonLines | None = None,
    markov: bool = False,
    short_term: bool = False,
    habits: Mapping[str, Any] | None = None,
    costs: Mapping[str, Any] | None = None,
) -> list[User | LostUser]:
    """Users with what files say of them; one that a file lacks, or has wrong, is told from the others.

    Args:
        numbers: Of the users.
        results: Fitted parameters.
        models: Names of environments and schedulers; those with fitted parameters are read.
        usage: Shares and costs of presses.
        markov: Whether ratings depend on the previous one, where ``usage`` says how.
        short_term: Whether presses within a day are simulated.
        habits: Further attributes of each `repetita.simulation.Behavior`, with ``usage``.
        costs: Further attributes of each `repetita.simulation.Cost`, with ``usage``.
    """
    named = dict.fromkeys(map(fitted_model, models))
    wanted = [] if results is None else [name for name in named if results.fits(name)]
    found: list[User | LostUser] = []
    for number in numbers:
        try:
            fitted = {} if results is None else {name: results.model(name, number) for name in wanted}
            person: dict[str, Any] = {}
            if usage is not None:
                row = button_usage(usage, number)
                person["behavior"] = row.behavior(markov=markov, **(habits or {}))
                person["cost"] = replace(row.cost(short_term=short_term), **(costs or {}))
        except InputError as error:
            found.append(LostUser(number, str(error)))
            continue
        found.append(User(number=number, beliefs=fitted, worlds=fitted, **person))
    return found


def fitted_model(spec: str) -> str:
    """The model whose fitted parameters a scheduler or environment of a name takes.

    Example:
        >>> fitted_model("fsrs6_adr"), fitted_model("fsrs6-default"), fitted_model("fixed@7")
        ('fsrs6', 'fsrs6_default', 'fixed')
    """
    name = split_spec(spec)[0]
    return "fsrs6" if name in ("fsrs6_adr", "fsrs6_adr_time", "fsrs6_cost_adr") else name
