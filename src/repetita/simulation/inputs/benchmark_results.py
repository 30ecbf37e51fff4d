"""Parameters that the public benchmark fitted to each user, from its result files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path

from repetita.equations import NETWORKS
from repetita.errors import CorruptInput, InputMissing, UsageError, unknown_name
from repetita.memory_model import MemoryModel
from repetita.memory_model import model as model_of
from repetita.simulation.inputs.json_lines import JsonLines

__all__ = ["BenchmarkResults", "benchmark_bases"]

FOLDER, WEIGHTS = "result", "weights"
EXPECTED_NETWORK = "lstm"
SHORT = "-short-secs"
# model -> name of its result file without and with presses within a day
BASES = {
    "fsrs6": ("FSRS-6-recency", "FSRS-6-short-recency"),
    "fsrs3": ("FSRSv3", "FSRSv3-short"),
    "hlr": ("HLR", "HLR-short"),
    "dash": ("DASH", "DASH-short"),
}


class BenchmarkResults:
    """Result files of a benchmark, one a model; each is indexed once.

    Args:
        root: Folder of the benchmark, which holds ``result``.
        bases: Other names of result files by model, as `benchmark_bases` reads them.
        partition: Which of the parameter lists of a user, where there are several.
        short_term: Whether presses within a day are simulated.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        *,
        bases: Mapping[str, str] | None = None,
        partition: str = "0",
        short_term: bool = False,
    ) -> None:
        self.root, self.bases, self.partition = Path(root), dict(bases or {}), partition
        self.short_term = short_term
        self._files: dict[str, JsonLines] = {}

    def fits(self, name: str) -> bool:
        """Whether a model's parameters are looked for here: of those that benchmarks fit, and of networks.

        Networks come with the package. Of those that no published benchmark has, weights are looked for only
        where there is a folder of them.
        """
        if name in BASES or name in self.bases or name == EXPECTED_NETWORK:
            return True
        return name in NETWORKS and bool(self._folders(name))

    def path(self, name: str) -> Path:
        """The result file of a model.

        Raises:
            UnknownName: None is known for it.
        """
        if name not in self.bases and name not in BASES:
            raise unknown_name("model with benchmark results", name, {**BASES, **self.bases})
        base = self.bases.get(name) or BASES[name][self.short_term]
        return self.root / FOLDER / f"{base}.jsonl"

    def model(self, name: str, user: int) -> MemoryModel:
        """A model with the parameters of a user, as they were fitted: bounds are not asked about.

        Raises:
            InputMissing: No such file or user.
            CorruptInput: A parameter list of wrong length, with something else than numbers, or a list that
                leads to none.
        """
        if name in NETWORKS:
            return model_of(name, weights=self.weights(name, user))
        if name not in self._files:
            self._files[name] = JsonLines(self.path(name))
        rows = self._files[name]
        where = f"user {user} of {str(rows.path)!r}"
        values = self._list(rows.row(user).get("parameters"), where)
        expected = len(model_of(name).parameters)
        if len(values) != expected:
            raise CorruptInput(f"{where}: {len(values)} parameters, {name} has {expected}", where=where)
        try:
            return MemoryModel(name, values)
        except ArithmeticError as error:
            raise CorruptInput(f"{where}: the parameters lead to no numbers: {error}", where=where) from None

    def weights(self, name: str, user: int) -> Path:
        """The file with the weights of a network for a user, in the folder for this kind of run.

        Without it, any other folder of the network for the same kind of run that has the user.

        Raises:
            InputMissing: There is none.
        """
        usual = self.bases.get(name) or _folder_name(name) + (SHORT if self.short_term else "")
        root, others = self.root / WEIGHTS, self._folders(name)
        alike = [other for other in others if other.endswith(SHORT) == self.short_term]
        for folder in (usual, *alike):
            path = root / folder / f"{user}.pth"
            if path.is_file():
                return path
        raise InputMissing(
            f"no weights of {name} for user {user} in {str(root / usual)!r}",
            hint=f"folders there: {', '.join(others)}" if others else None,
            where="user",
        )

    def _folders(self, name: str) -> list[str]:
        """Names of folders with weights of a network."""
        found = sorted(path.name for path in (self.root / WEIGHTS).glob("*") if path.is_dir())
        return [folder for folder in found if _network_of(folder) == name]

    def _list(self, given: object, where: str) -> tuple[float, ...]:
        if isinstance(given, Mapping):
            if self.partition not in given:
                raise CorruptInput(
                    f"{where}: no partition {self.partition!r}",
                    hint="partitions there: " + ", ".join(map(str, given)),
                    where="partition",
                )
            given = given[self.partition]
        if not isinstance(given, Sequence) or isinstance(given, str):
            raise CorruptInput(f"{where}: parameters are {given!r:.60}, expected a list", where=where)
        for value in given:
            if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
                raise CorruptInput(f"{where}: a parameter is {value!r:.60}, expected a number", where=where)
        return tuple(float(value) for value in given)


def _folder_name(network: str) -> str:
    return network.upper().replace("_", "-")


def _network_of(folder: str) -> str | None:
    """The network whose weights a folder of that name holds; GRU-P-short holds those of gru_p, not of gru."""
    told = _folder_name(folder) + "-"
    fitting = [name for name in NETWORKS if told.startswith(_folder_name(name) + "-")]
    return max(fitting, key=len, default=None)


def benchmark_bases(text: str | None) -> dict[str, str]:
    """Names of result files as ``model=name,model=name`` gives them.

    Raises:
        UsageError: Not of this form.

    Example:
        >>> benchmark_bases("fsrs6=FSRS-6, hlr=HLR-short")
        {'fsrs6': 'FSRS-6', 'hlr': 'HLR-short'}
    """
    found = {}
    for part in (text or "").split(","):
        if not part.strip():
            continue
        name, equals, base = part.partition("=")
        if not equals or not base.strip():
            raise UsageError(
                f"{part.strip()!r} is no result file of a model, expected model=name",
                where="benchmark_result",
            )
        found[name.strip().replace("-", "_")] = base.strip().removesuffix(".jsonl")
    return found
