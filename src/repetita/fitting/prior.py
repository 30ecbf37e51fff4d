"""Normal priors over the parameters of a memory model, some of them by their logarithm."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repetita.equations import Parameter, declared, equations
from repetita.errors import CorruptInput, InputError, InputMissing, InvalidParameters, UsageError
from repetita.frozen import read_only

FloatArray = NDArray[np.float64]

# A published penalty is ((w - default) / spread) ** 2, which is -log of a normal density of variance
# spread^2 / 2.
PENALTY_TO_SD = 2.0**-0.5


@dataclass(frozen=True, eq=False)
class PopulationPrior:
    """A normal prior on a scale where each parameter is taken as it is or by its logarithm.

    The penalty is half the squared Mahalanobis distance to the mean on that scale, in nats: a parameter that
    is ``sd`` away from the mean costs 1/2.

    Attributes:
        model: Name of the memory model.
        name: What the prior is called in results.
        logs: Shape (parameters,), True where the scale is the natural logarithm.
        mean: Shape (parameters,), on that scale.
        sd: Shape (parameters,), on that scale; ``inf`` where the prior says nothing.
        correlation: Shape (parameters, parameters), on that scale.
        centered: Whether the mean is not the published defaults but was moved to other values.

    Raises:
        InvalidParameters: Shapes that do not fit the model, or numbers that are not a normal distribution.

    Example:
        >>> prior = PopulationPrior.default("fsrs6")
        >>> round(prior.penalty(prior.center), 12)
        0.0
        >>> twice = prior.center.copy()
        >>> twice[20] *= 2.0
        >>> round(prior.penalty(twice), 4)
        0.1567
    """

    model: str
    name: str
    logs: NDArray[np.bool_]
    mean: FloatArray
    sd: FloatArray
    correlation: FloatArray
    centered: bool = False

    def __post_init__(self) -> None:
        size = len(_table(self.model))
        for field, dtype, shape in (
            ("logs", np.bool_, (size,)),
            ("mean", np.float64, (size,)),
            ("sd", np.float64, (size,)),
            ("correlation", np.float64, (size, size)),
        ):
            value = _array(self.model, field, getattr(self, field), dtype, shape)
            object.__setattr__(self, field, read_only(value))
        if not np.isfinite(self.mean).all() or not (self.sd > 0.0).all():
            raise InvalidParameters(f"prior {self.name!r}: means must be finite and sds above 0")
        said = np.isfinite(self.sd)
        block = self.correlation[np.ix_(said, said)]
        if not (np.allclose(block, block.T) and np.allclose(np.diag(block), 1.0)):
            raise InvalidParameters(
                f"prior {self.name!r}: not a correlation matrix (symmetric, ones on the diagonal)"
            )
        if block.size and np.linalg.eigvalsh(block)[0] <= 0.0:
            raise InvalidParameters(f"prior {self.name!r}: the correlation matrix is not positive definite")

    def __repr__(self) -> str:
        return f"PopulationPrior({self.name!r}, model={self.model!r})"

    @classmethod
    def default(cls, model: str) -> PopulationPrior:
        """Our own prior: published spreads, made log-normal where a parameter is a scale or a rate.

        A parameter whose table says ``scale="log"`` is log-normal with sd ``spread / (sqrt(2) default)``,
        unless the table has an sd of its own; the blocks of ``PRIOR_BLOCKS`` are log-normal with a common sd
        and correlation.

        Example:
            >>> PopulationPrior.default("fsrs6").sd[:4].tolist()
            [1.3, 1.3, 1.3, 1.3]
        """
        return _default(model, equations(model))

    @classmethod
    def _of_tables(cls, model: str, module: ModuleType) -> PopulationPrior:
        table = _table(model)
        logs = np.array([p.scale == "log" for p in table])
        defaults = np.array([p.default for p in table])
        sd = np.array([p.spread for p in table]) * PENALTY_TO_SD
        sd[logs] /= defaults[logs]
        sd = np.array([own if p.sd is None else p.sd for p, own in zip(table, sd, strict=True)])
        correlation = np.eye(len(table))
        places = {p.name: i for i, p in enumerate(table)}
        for block in module.PRIOR_BLOCKS:
            index = [places[name] for name in block.parameters]
            sd[index] = block.log_spread
            correlation[np.ix_(index, index)] = block.correlation
        np.fill_diagonal(correlation, 1.0)
        return cls(model, "default", logs, _on_scale(defaults, logs), sd, correlation)

    @classmethod
    def published(cls, model: str) -> PopulationPrior:
        """The penalty the reference trainers use: ``sum(((w - default) / spread) ** 2)``.

        Example:
            >>> prior = PopulationPrior.published("fsrs6")
            >>> away = prior.center.copy()
            >>> away[4] += 0.57
            >>> round(prior.penalty(away), 12)
            1.0
        """
        table = _table(model)
        logs = np.zeros(len(table), dtype=bool)
        sd = np.array([p.spread for p in table]) * PENALTY_TO_SD
        return cls(model, "published", logs, np.array([p.default for p in table]), sd, np.eye(len(table)))

    @classmethod
    def flat(cls, model: str) -> PopulationPrior:
        """No prior: no penalty anywhere; the center is the published defaults.

        Example:
            >>> PopulationPrior.flat("fsrs6").penalty([1.0] * 21)
            0.0
        """
        table = _table(model)
        logs = np.array([p.scale == "log" for p in table])
        mean = _on_scale(np.array([p.default for p in table]), logs)
        return cls(model, "none", logs, mean, np.full(len(table), np.inf), np.eye(len(table)))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, name: str = "population") -> PopulationPrior:
        """The prior that a mapping describes.

        Args:
            data: ``model``, ``transform.log`` (indices taken by their logarithm), ``mean``, ``sd`` (both on
                the transformed scale) and ``correlation`` (full, or the rows of its lower triangle).
            name: What the prior is called in results.

        Raises:
            InvalidParameters: A part is missing or does not fit the model.
        """
        try:
            model = str(data["model"])
            size = len(_table(model))
            logs = np.zeros(size, dtype=bool)
            logs[np.asarray(data["transform"]["log"], dtype=np.int64)] = True
            mean, sd = (np.asarray(data[key], dtype=np.float64) for key in ("mean", "sd"))
            correlation = _full_matrix(data["correlation"])
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise InvalidParameters(
                f"not a description of a prior: {type(error).__name__} at {error}",
                hint="expected the keys model, transform.log, mean, sd, correlation",
            ) from None
        return cls(model, name, logs, mean, sd, correlation)

    @classmethod
    def read(cls, path: str | Path) -> PopulationPrior:
        """The prior in a JSON file of the form that `from_dict` takes.

        Raises:
            InputMissing: No such file.
            InputError: It cannot be read.
            CorruptInput: Not JSON.
            InvalidParameters: JSON, but not a prior of a known model.
        """
        file = Path(path)
        if not file.is_file():
            raise InputMissing(f"no prior at {file}: not a file", where=str(file))
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise CorruptInput(f"{file.name} is not JSON: {error}", where=str(file)) from None
        except OSError as error:
            raise InputError(f"{file} cannot be read: {error.strerror or error}", where=str(file)) from None
        if not isinstance(data, Mapping):
            raise InvalidParameters(f"{file.name} holds a {type(data).__name__}, expected an object")
        return cls.from_dict(data, name=file.stem)

    @property
    def center(self) -> FloatArray:
        """Shape (parameters,): the mean in natural parameters (the median of those taken by logarithm)."""
        # to 12 digits: a default that went through its logarithm comes back as it was
        return np.array([float(f"{value:.12g}") for value in self.from_scale(self.mean)])

    @cached_property
    def precision(self) -> FloatArray:
        """Inverse covariance on the scale, (parameters, parameters); zeros where the prior says nothing."""
        said = np.isfinite(self.sd)
        inverse = np.zeros_like(self.correlation)
        index = np.ix_(said, said)
        if said.any():
            inverse[index] = np.linalg.inv(self.correlation[index]) / np.outer(self.sd[said], self.sd[said])
        return 0.5 * (inverse + inverse.T)

    def centered_at(self, parameters: Sequence[float] | FloatArray) -> PopulationPrior:
        """The same spread around other natural parameters."""
        mean = self.to_scale(np.asarray(parameters, dtype=np.float64))
        return replace(self, mean=mean, centered=True)

    def to_scale(self, parameters: FloatArray) -> FloatArray:
        """Natural parameters on the prior's scale."""
        return _on_scale(np.asarray(parameters, dtype=np.float64), self.logs)

    def from_scale(self, position: FloatArray) -> FloatArray:
        """A position on the prior's scale as natural parameters."""
        natural = np.array(position, dtype=np.float64)
        natural[self.logs] = np.exp(natural[self.logs])
        return natural

    def slope(self, parameters: FloatArray) -> FloatArray:
        """Derivative of each natural parameter by its place on the scale: 1, or the parameter itself."""
        return np.where(self.logs, parameters, 1.0)

    def penalty(self, parameters: Sequence[float] | FloatArray) -> float:
        """Half the squared distance to the mean, in nats.

        Args:
            parameters: Natural parameters.
        """
        offset = self.to_scale(np.asarray(parameters, dtype=np.float64)) - self.mean
        return float(0.5 * offset @ self.precision @ offset)

    def penalty_gradient(self, parameters: Sequence[float] | FloatArray) -> FloatArray:
        """Derivative of `penalty` by the natural parameters, shape (parameters,)."""
        natural = np.asarray(parameters, dtype=np.float64)
        return (self.precision @ (self.to_scale(natural) - self.mean)) / self.slope(natural)

    def penalty_hessian(self, parameters: Sequence[float] | FloatArray) -> FloatArray:
        """Second derivative of `penalty` by the natural parameters, shape (parameters, parameters)."""
        natural = np.asarray(parameters, dtype=np.float64)
        slope = self.slope(natural)
        pull = self.precision @ (self.to_scale(natural) - self.mean)
        hessian: FloatArray = self.precision / np.outer(slope, slope)
        hessian -= np.diag(np.where(self.logs, pull / slope**2, 0.0))
        return hessian


@cache
def _default(model: str, module: ModuleType) -> PopulationPrior:
    """`PopulationPrior.default`, which nothing but the equations decides."""
    return PopulationPrior._of_tables(model, module)


def _table(model: str) -> Sequence[Parameter]:
    """The parameters of a model that a prior can be about."""
    if declared(equations(model)).kind == "network":
        raise UsageError(
            f"{model} is a network: a prior over its weights is not what pretraining leaves",
            hint="repetita.neural.pretrain trains one on many people",
            where="prior",
        )
    table: Sequence[Parameter] = equations(model).PARAMETERS
    return table


def _on_scale(parameters: FloatArray, logs: NDArray[np.bool_]) -> FloatArray:
    position = np.array(parameters, dtype=np.float64)
    if (position[logs] <= 0.0).any():
        raise InvalidParameters("a parameter that is taken by its logarithm must be above 0")
    position[logs] = np.log(position[logs])
    return position


def _array(model: str, field: str, given: Any, dtype: type[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    try:
        value = np.array(given, dtype=dtype)
    except (TypeError, ValueError):
        raise InvalidParameters(f"prior of {model}: {field} does not hold numbers") from None
    if value.shape != shape:
        raise InvalidParameters(f"prior of {model}: {field} has shape {value.shape}, expected {shape}")
    return value


def _full_matrix(rows: Sequence[Sequence[float]]) -> FloatArray:
    size = len(rows)
    if all(len(row) == size for row in rows):
        return np.asarray(rows, dtype=np.float64)
    if [len(row) for row in rows] != list(range(1, size + 1)):
        raise ValueError("correlation: neither a square matrix nor a lower triangle")
    full = np.zeros((size, size))
    for i, row in enumerate(rows):
        full[i, : i + 1] = row
    symmetric: FloatArray = full + np.tril(full, -1).T
    return symmetric
