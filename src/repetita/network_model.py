"""`NetworkModel`: a memory model that is a trained network, with its weights in a file of the ecosystem."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

from repetita.equations import NETWORKS, Parameter, declared, equations, options_of
from repetita.equations.layers import USUAL_DURATION_MS, parameter_table, size_of
from repetita.equations.pretrained import DEVIATION, MEAN, Weights, pretrained, standardization_of
from repetita.errors import InvalidParameters, UnsupportedInput, UsageError
from repetita.memory_model import MemoryModel, State
from repetita.model_arguments import checked_days, checked_rating
from repetita.output import write_atomically
from repetita.parameter_lists import as_given
from repetita.state_dicts import Tensor, read_state_dict, state_dict_bytes

__all__ = ["NetworkModel", "comes_with_the_package", "network", "network_from_file", "tensors_of"]


@dataclass(frozen=True, slots=True, repr=False)
class NetworkModel(MemoryModel):
    """A memory model that is a network. Made by `repetita.model`; nothing here needs torch.

    Attributes:
        standardization: Means, then standard deviations, of the logarithms that the network is told (days
            and, where the variant has it, duration). They were measured before training and are not trained.

    Example:
        >>> from repetita import model
        >>> m = model("lstm")
        >>> len(m.parameters), len(m.state_names)
        (8869, 89)
        >>> s = m.next_state(m.initial_state(rating=3), elapsed_days=4, rating=3, duration_ms=3000)
        >>> 0 < m.retrievability(s, elapsed_days=10) < 1
        True
    """

    standardization: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        module, options = equations(self.name), options_of(self.name, self.variant)
        parameters = as_given(self.name, self.parameters)
        expected = sum(size_of(shape) for shape in module.layout(options).values())
        if len(parameters) != expected:
            raise InvalidParameters(
                f"{self.name} ({self.variant}) has {expected} parameters, got {len(parameters)}"
            )
        scale = self._checked_standardization(2 * _standardized(self.name, options))
        object.__setattr__(self, "parameters", parameters)
        object.__setattr__(self, "standardization", scale)
        object.__setattr__(self, "equations", module)
        object.__setattr__(self, "options", options)
        object.__setattr__(self, "prepared", module.prepare(parameters, (*options, *scale)))

    def __repr__(self) -> str:
        variant = "" if self.variant == "default" else f", variant={self.variant!r}"
        return f"NetworkModel({self.name!r}, {len(self.parameters)} parameters{variant})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (NetworkModel, (self.name, self.parameters, self.variant, self.notes, self.standardization))

    @property
    def layout(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the tensors that the parameters are cut into, by their names in files, in order."""
        shapes: dict[str, tuple[int, ...]] = self.equations.layout(self.options)
        return shapes

    @property
    def parameter_table(self) -> tuple[Parameter, ...]:
        """One row a parameter; the default is the weight that comes with the package, NaN where none does."""
        if self.variant == "default":
            known: tuple[Parameter, ...] = self.equations.PARAMETERS
            return known
        shipped = _shipped(self.name, self.variant)
        defaults = (float("nan"),) * len(self.parameters) if shipped is None else shipped.parameters
        return parameter_table(self.layout, defaults)

    @property
    def published(self) -> MemoryModel:
        """The network with the weights that come with the package; of the default variant if it has none."""
        return network(self.name, variant=self.variant if _shipped(self.name, self.variant) else "default")

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters, in order: the name of the tensor, and the place in it."""
        return tuple(f"{name}[{i}]" for name, shape in self.layout.items() for i in range(size_of(shape)))

    def initial_state(self, rating: int, *, duration_ms: float = USUAL_DURATION_MS) -> State:
        """State after the first review of a card.

        Args:
            rating: 1 Again, 2 Hard, 3 Good, 4 Easy.
            duration_ms: Time that the answer took, in milliseconds; not every variant looks at it.

        Raises:
            UsageError: Another rating, a duration that is no number.
        """
        vectors = (self.parameters, self.prepared, self.options)
        state: State = self.equations.first(*vectors, checked_rating(rating), _checked_duration(duration_ms))
        return state

    def next_state(
        self,
        state: Sequence[Any],
        elapsed_days: Any,
        rating: Any,
        *,
        duration_ms: float = USUAL_DURATION_MS,
    ) -> Any:
        """State after a later review.

        Args:
            state: State before the review, in the order of `state_names`; entries may be arrays, but then the
                duration is the usual one.
            elapsed_days: Days since the previous review, at least 0; a number or an array.
            rating: 1 Again, 2 Hard, 3 Good, 4 Easy; a number or an array. Arrays broadcast.
            duration_ms: Time that the answer took, in milliseconds; not every variant looks at it.

        Returns:
            One number a name of `state_names`, or one array where an argument is an array.

        Raises:
            UsageError: A rating, state, time or duration out of range.
        """
        if duration_ms == USUAL_DURATION_MS:
            return MemoryModel.next_state(self, state, elapsed_days, rating)
        before = self._checked_state(self.state_entries(state))
        vectors = (self.parameters, self.prepared, self.options)
        days, grade = checked_days(elapsed_days), checked_rating(rating)
        return self.equations.after(*vectors, before, days, grade, _checked_duration(duration_ms))

    def state_entries(self, state: Sequence[Any]) -> tuple[Any, ...]:
        """The entries of a state, one a name of `state_names`: numbers or arrays, as they were given.

        Raises:
            UsageError: Another number of entries.
        """
        entries = tuple(state) if isinstance(state, Iterable) else (state,)
        if len(entries) != len(self.state_names):
            raise UsageError(
                f"a state of {self.name} is {len(self.state_names)} numbers, got {len(entries)}",
                hint="initial_state() gives the first one",
            )
        return entries

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """The path of a ``.pth`` file that now holds the weights, as the ecosystem's programs read them.

        Args:
            path: Where to write.
            force: Replace a file that is there.

        Raises:
            OutputExists: A file is there and ``force`` is not set.
            OutputError: It cannot be written.

        Example:
            >>> import tempfile
            >>> from repetita import model
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     path = model("gru").save(Path(folder) / "gru.pth")
            ...     model("gru", weights=path) == model("gru")
            True
        """
        return write_atomically(path, state_dict_bytes(tensors_of(self)), force=force)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description that `MemoryModel.from_dict` reads back."""
        return {**MemoryModel.to_dict(self), "standardization": list(self.standardization)}

    def _checked_state(self, entries: tuple[Any, ...]) -> State:
        try:
            values = tuple(float(entry) for entry in entries)
        except (TypeError, ValueError, OverflowError):
            values = (float("nan"),)
        if not all(map(isfinite, values)):
            raise UsageError(f"a state of {self.name} is {len(self.state_names)} finite numbers")
        return values

    def _checked_standardization(self, count: int) -> tuple[float, ...]:
        scale = as_given(self.name, self.standardization)
        if len(scale) != count or any(value <= 0.0 for value in scale[count // 2 :]):
            raise InvalidParameters(
                f"{self.name} ({self.variant}) standardizes its inputs with {count // 2} means and as many "
                f"standard deviations above 0, got {list(scale)}"
            )
        return scale


def network(
    name: str,
    parameters: Sequence[float] = (),
    variant: str = "default",
    standardization: Sequence[float] | None = None,
) -> NetworkModel:
    """A network with the given parameters, or with those that come with the package.

    Args:
        name: One of `repetita.equations.NETWORKS`.
        parameters: One number a parameter; empty: the weights that come with the package.
        variant: Named variant.
        standardization: Means, then standard deviations, of the inputs; None: those of the weights that come
            with the package.

    Raises:
        UnknownName: No such network or variant.
        InvalidParameters: Wrong length, or values that are not finite.

    Example:
        >>> network("gru")
        NetworkModel('gru', 503 parameters)
    """
    module, options = _network_module(name), options_of(name, variant)
    shipped, given = _shipped(name, variant), tuple(parameters)
    if shipped is not None:
        given = given or shipped.parameters
    elif not given:
        with_weights = [key for key in module.VARIANTS if _shipped(name, key) is not None]
        raise UsageError(
            f"no weights come with the variant {variant!r} of {name}; give parameters or weights",
            hint=f"there are weights of: {', '.join(with_weights)}",
            where="variant",
        )
    if standardization is None:
        usual = module.DEFAULTS if shipped is None else shipped
        standardization = _cut(usual.standardization, _standardized(name, options))
    return NetworkModel(name, given, variant, (), as_given(name, standardization))


def network_from_file(name: str, path: str | os.PathLike[str], variant: str = "default") -> NetworkModel:
    """A network with the weights of a ``.pth`` file; nothing in the file is run.

    Args:
        name: One of `repetita.equations.NETWORKS`.
        path: The file.
        variant: Named variant; "default": the first one whose shapes the file has.

    Raises:
        UsageError: A model that is no network.
        InputMissing: No such file.
        UnsupportedInput: Not a file of weights, or of another network.
        CorruptInput: Damaged or hostile.
    """
    module, tensors = _network_module(name), read_state_dict(path)
    variants = module.VARIANTS if variant == "default" else {variant: options_of(name, variant)}
    fitting = [key for key, options in variants.items() if not _misfits(tensors, module.layout(options))]
    if not fitting:
        problem = _misfits(tensors, module.layout(next(iter(variants.values()))))
        raise UnsupportedInput(
            f"{os.fspath(path)} does not hold the weights of {name}: {problem}",
            hint="the names and shapes of the public benchmark's state dicts are expected",
            where=os.fspath(path),
        )
    chosen, options = fitting[0], module.VARIANTS[fitting[0]]
    values = tuple(value for tensor in module.layout(options) for value in tensors[tensor].values)
    scale = standardization_of(tensors, _standardized(name, options))
    bad = next((key for key, tensor in tensors.items() if not all(map(isfinite, tensor.values))), None)
    if bad is not None:
        raise UnsupportedInput(
            f"{os.fspath(path)} has numbers in {bad} that are not finite", where=os.fspath(path)
        )
    return NetworkModel(name, values, chosen, (), scale)


def tensors_of(model: NetworkModel) -> dict[str, Tensor]:
    """The weights of a network as named tensors of 32-bit numbers, in the ecosystem's layout.

    Args:
        model: The network.
    """
    tensors = {}
    half = len(model.standardization) // 2
    if half:
        tensors[MEAN] = Tensor((half,), model.standardization[:half])
        tensors[DEVIATION] = Tensor((half,), model.standardization[half:])
    at = 0
    for name, shape in model.layout.items():
        tensors[name] = Tensor(shape, model.parameters[at : at + size_of(shape)])
        at += size_of(shape)
    return tensors


@cache
def _shipped(name: str, variant: str) -> Weights | None:
    """The weights that come with the package for a variant of a network, or None."""
    module, options = equations(name), options_of(name, variant)
    if variant == "default":
        usual: Weights = module.DEFAULTS
        return usual
    inputs = module.STANDARDIZED[: _standardized(name, options)]
    return pretrained(name, module.layout(options), inputs, variant)


def comes_with_the_package(model: NetworkModel) -> bool:
    """Whether a network has the very weights that come with the package.

    Example:
        >>> comes_with_the_package(network("gru"))
        True
    """
    return _shipped(model.name, model.variant) == (model.parameters, model.standardization)


def _network_module(name: str) -> Any:
    module = equations(name)
    if declared(module).kind != "network":
        raise UsageError(
            f"{name} is not a network and has no weights",
            hint=f"networks: {', '.join(NETWORKS)}",
            where="weights",
        )
    return module


def _standardized(name: str, options: Sequence[float]) -> int:
    """How many inputs of a variant are standardized."""
    known: tuple[str, ...] = equations(name).STANDARDIZED
    return len(known) if len(known) < 2 or options[1] else len(known) - 1


def _cut(scale: Sequence[float], count: int) -> tuple[float, ...]:
    """Means and standard deviations of the first inputs only."""
    half = len(scale) // 2
    return (*scale[:count], *scale[half : half + count])


def _misfits(tensors: dict[str, Tensor], layout: dict[str, tuple[int, ...]]) -> str:
    """What of a file does not fit a layout, in words; empty where all does."""
    for name, shape in layout.items():
        if name not in tensors:
            return f"there is no tensor {name}"
        if tensors[name].shape != shape:
            return f"{name} has shape {tensors[name].shape}, expected {shape}"
    extra = [name for name in tensors if name not in layout and name not in (MEAN, DEVIATION)]
    return f"there is a tensor {extra[0]} that it does not have" if extra else ""


def _checked_duration(duration_ms: Any) -> float:
    try:
        duration = float(duration_ms)
    except (TypeError, ValueError, OverflowError):
        duration = -1.0
    if not (isfinite(duration) and duration >= 0.0):
        raise UsageError(
            f"duration_ms is {duration_ms!r}, expected a finite number of milliseconds, at least 0"
        )
    return duration
