"""Adaptive parameters (AP): a scheduler's own parameters, moved within bounds from where they were fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from repetita.equations import equations
from repetita.equations.anki_sm2 import Settings
from repetita.errors import UnsupportedInput
from repetita.simulation.policies import fields

__all__ = ["Fsrs6ApPolicy", "Sm2ApPolicy"]

FSRS6 = equations("fsrs6").PARAMETERS
FSRS6_VERSION, SM2_VERSION = "fsrs6_ap_weight_delta_v1", "anki_sm2_ap_params_v1"
SM2_STDDEV = (9.9, 9.9, 0.369, 0.4, 0.08, 0.1, 0.15)
SM2_BOUNDS = ((1.0, 100.0), (1.0, 100.0), (1.31, 5.0), (1.0, 5.0), (0.5, 1.3), (0.0, 1.0), (0.5, 2.0))


def moved(
    base: Sequence[float],
    search: Sequence[float],
    stddev: Sequence[float],
    bounds: Sequence[tuple[float, float]],
    scale: float,
) -> tuple[float, ...]:
    """``base + search * stddev * scale``, moved into the bounds."""
    rows = zip(base, search, stddev, bounds, strict=True)
    return tuple(min(max(b + u * sd * scale, low), high) for b, u, sd, (low, high) in rows)


@dataclass(frozen=True, kw_only=True)
class Fsrs6ApPolicy:
    """FSRS-6 with 21 weights of a search and the desired retention they were found for.

    Attributes:
        weights: The 21 weights.
        baseline_desired_retention: In (0, 1).
        base_weights: Where the search began.
        search_vector: Steps in standard deviations.
        weight_delta_scale: Factor of the steps.
        title: For people.

    Raises:
        CorruptInput: Weights out of bounds by more than 1e-6, other numbers of them.
    """

    kind = "fsrs6-ap"

    weights: tuple[float, ...]
    baseline_desired_retention: float
    base_weights: tuple[float, ...]
    search_vector: tuple[float, ...]
    weight_delta_scale: float = 0.5
    title: str = "FSRS-6 AP"

    def __post_init__(self) -> None:
        fields.retention(self.baseline_desired_retention, "baseline_desired_retention")
        for name in ("weights", "base_weights", "search_vector"):
            object.__setattr__(self, name, fields.numbers(vars(self), name, len(FSRS6)))
        fields.inside(self.weights, [(p.low, p.high) for p in FSRS6], "weights")

    @classmethod
    def searched(
        cls,
        base_weights: Sequence[float],
        search_vector: Sequence[float],
        desired_retention: float,
        *,
        weight_delta_scale: float = 0.5,
        title: str = "FSRS-6 AP",
    ) -> Fsrs6ApPolicy:
        """The policy at a point of the search.

        Example:
            >>> base = [p.default for p in FSRS6]
            >>> Fsrs6ApPolicy.searched(base, [0.0] * 21, 0.9).weights == tuple(base)
            True
        """
        bounds, stddev = [(p.low, p.high) for p in FSRS6], [p.spread for p in FSRS6]
        return cls(
            weights=moved(base_weights, search_vector, stddev, bounds, weight_delta_scale),
            baseline_desired_retention=desired_retention,
            base_weights=tuple(base_weights),
            search_vector=tuple(search_vector),
            weight_delta_scale=weight_delta_scale,
            title=title,
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Fsrs6ApPolicy:
        """The policy of a file's content."""
        _check_version(data, FSRS6_VERSION)
        return cls(
            weights=fields.numbers(data, "weights", len(FSRS6)),
            baseline_desired_retention=fields.number(data, "baseline_desired_retention"),
            base_weights=fields.numbers(data, "base_weights", len(FSRS6)),
            search_vector=fields.numbers(data, "search_vector", len(FSRS6)),
            weight_delta_scale=fields.number(data, "weight_delta_scale", 0.5),
            title=fields.text(data, "title"),
        )

    def to_dict(self) -> dict[str, Any]:
        """A file's content."""
        return {
            "policy_kind": self.kind,
            "feature_version": FSRS6_VERSION,
            "title": self.title,
            "baseline_desired_retention": self.baseline_desired_retention,
            "weight_delta_scale": self.weight_delta_scale,
            "base_weights": list(self.base_weights),
            "weights": list(self.weights),
            "delta": [w - b for w, b in zip(self.weights, self.base_weights, strict=True)],
            "search_vector": list(self.search_vector),
            "weight_bounds": [[p.low, p.high] for p in FSRS6],
            "default_stddev": [p.spread for p in FSRS6],
        }


@dataclass(frozen=True, kw_only=True)
class Sm2ApPolicy:
    """Anki-SM-2 with seven deck options of a search.

    Attributes:
        params: In the order of `repetita.equations.anki_sm2.Settings`.
        base_params: Where the search began.
        search_vector: Steps in standard deviations.
        parameter_delta_scale: Factor of the steps.
        title: For people.

    Raises:
        CorruptInput: Options out of bounds by more than 1e-6, other numbers of them.

    Example:
        >>> Sm2ApPolicy.searched([0.0] * 7).params == tuple(Settings())
        True
    """

    kind = "anki-sm2-ap"

    params: tuple[float, ...]
    base_params: tuple[float, ...] = tuple(Settings())
    search_vector: tuple[float, ...] = (0.0,) * 7
    parameter_delta_scale: float = 1.0
    title: str = "Anki-SM-2 AP"

    def __post_init__(self) -> None:
        for name in ("params", "base_params", "search_vector"):
            object.__setattr__(self, name, fields.numbers(vars(self), name, len(SM2_BOUNDS)))
        fields.inside(self.params, SM2_BOUNDS, "params")

    @classmethod
    def searched(cls, search_vector: Sequence[float], **others: Any) -> Sm2ApPolicy:
        """The policy at a point of the search."""
        base, scale = others.get("base_params", cls.base_params), others.get("parameter_delta_scale", 1.0)
        params = moved(base, search_vector, SM2_STDDEV, SM2_BOUNDS, scale)
        return cls(params=params, search_vector=tuple(search_vector), **others)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Sm2ApPolicy:
        """The policy of a file's content."""
        _check_version(data, SM2_VERSION)
        names = data.get("param_names", list(Settings._fields))
        if names != list(Settings._fields):
            raise fields.wrong("param_names", names, f"{list(Settings._fields)}")
        count = len(SM2_BOUNDS)
        return cls(
            params=fields.numbers(data, "params", count),
            base_params=fields.numbers(data, "base_params", count),
            search_vector=fields.numbers(data, "search_vector", count),
            parameter_delta_scale=fields.number(data, "parameter_delta_scale", 1.0),
            title=fields.text(data, "title"),
        )

    def to_dict(self) -> dict[str, Any]:
        """A file's content."""
        return {
            "policy_kind": self.kind,
            "feature_version": SM2_VERSION,
            "title": self.title,
            "parameter_delta_scale": self.parameter_delta_scale,
            "param_names": list(Settings._fields),
            "base_params": list(self.base_params),
            "params": list(self.params),
            "delta": [p - b for p, b in zip(self.params, self.base_params, strict=True)],
            "search_vector": list(self.search_vector),
            "param_bounds": [list(pair) for pair in SM2_BOUNDS],
            "default_stddev": list(SM2_STDDEV),
        }


def _check_version(data: Mapping[str, Any], known: str) -> None:
    version = fields.text(data, "feature_version")
    if version != known:
        raise UnsupportedInput(f"policy: feature_version is {version!r}", hint=f"known: {known}")
