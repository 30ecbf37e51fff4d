"""Cost-conditioned ADR: one policy for all weights of cost, a slider from much to little study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log, log1p
from typing import Any

from repetita.errors import UnsupportedInput, UsageError
from repetita.simulation.policies import fields

__all__ = ["COST_WEIGHTS", "CostAdrPolicy"]

COST_WEIGHTS = (0, 1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024)
"""The usual points of the slider."""

POWERS = ("sqrt_z", "z", "z2")
COMPACT, HINGE = tuple(range(6)), tuple(range(8))
PREFIX = "fsrs6_cost_adr_"
# version -> head, state features, powers of cost; None: the compact or the hinge features
VERSIONS: dict[str, tuple[str, tuple[int, ...] | None, tuple[str, ...]]] = {
    PREFIX + "interval_mono_v1": ("interval", None, POWERS),
    PREFIX + "retention_mono_v1": ("desired_retention", None, POWERS),
    PREFIX + "retention_mono_drop_sqrt_z_v1": ("desired_retention", COMPACT, ("z", "z2")),
    PREFIX + "retention_mono_drop_xd2_v1": ("desired_retention", COMPACT[:5], POWERS),
    PREFIX + "retention_mono_drop_sqrt_z_xd2_v1": ("desired_retention", COMPACT[:5], ("z", "z2")),
    PREFIX + "retention_mono_z2_only_v1": ("desired_retention", COMPACT, ("z2",)),
}
SMALLEST = PREFIX + "retention_mono_drop_sqrt_z_xd2_v1"
KINDS = ("fsrs6-cost-conditioned-adr", "fsrs6_cost_conditioned_adr")
DROPPED = -1e9  # first coefficient of a power that a version does not have: its share is 0
NO_EFFECT = -40.0  # the same in a version that has it: 4e-18


@dataclass(frozen=True, kw_only=True)
class CostAdrPolicy:
    """Retention (or interval) by stability, difficulty and a weight of cost, falling (or growing) with it.

    Attributes:
        coefficients: First those of the value at no cost, then a group for each power of scaled cost.
        feature_version: Key of `VERSIONS`.
        title: For people.
        retention_min: Lowest retention, for a head of retention.
        retention_max: Highest retention.
        cost_weight_min: Weight at which the scaled cost is 0.
        cost_weight_max: Weight at which it is 1.
        max_interval_days: Longest interval, or None.
        state_feature_indices: Which features of the state are used.
        bounds: On which stability and difficulty are scaled.

    Raises:
        CorruptInput: Numbers that do not fit the version.
        UnsupportedInput: A version that is not known here.

    Example:
        >>> policy = CostAdrPolicy.constant(0.9)
        >>> len(policy.coefficients), policy.head
        (15, 'desired_retention')
    """

    kind = KINDS[0]

    coefficients: tuple[float, ...]
    feature_version: str = SMALLEST
    title: str = "Cost ADR"
    retention_min: float = 0.3
    retention_max: float = 0.995
    cost_weight_min: float = 0.0
    cost_weight_max: float = 1024.0
    max_interval_days: float | None = None
    state_feature_indices: tuple[int, ...] = ()
    bounds: fields.Bounds = field(default_factory=fields.Bounds)

    def __post_init__(self) -> None:
        if self.feature_version not in VERSIONS:
            raise UnsupportedInput(
                f"policy: feature_version is {self.feature_version!r}", hint="known: " + ", ".join(VERSIONS)
            )
        _, expected, powers = VERSIONS[self.feature_version]
        indices = tuple(self.state_feature_indices) or expected or COMPACT
        if indices not in ((expected,) if expected else (COMPACT, HINGE)):
            raise fields.wrong("state_feature_indices", indices, f"those of {self.feature_version}")
        object.__setattr__(self, "state_feature_indices", indices)
        count = len(indices) * (1 + len(powers))
        values = fields.numbers({"coefficients": self.coefficients}, "coefficients", count)
        object.__setattr__(self, "coefficients", values)
        fields.retention_bounds(self.retention_min, self.retention_max)
        if not 0.0 <= self.cost_weight_min < self.cost_weight_max:
            raise fields.wrong("cost_weight_min", self.cost_weight_min, "0 <= min < max")
        if self.max_interval_days is not None and self.max_interval_days < 1.0:
            raise fields.wrong("max_interval_days", self.max_interval_days, "days from 1, or null")

    @classmethod
    def constant(cls, desired_retention: float, **others: Any) -> CostAdrPolicy:
        """The policy that always aims at one retention, whatever the weight of cost."""
        version = others.get("feature_version", SMALLEST)
        low, high = (
            others.get("retention_min", cls.retention_min),
            others.get("retention_max", cls.retention_max),
        )
        share = (desired_retention - low) / (high - low)
        _, indices, powers = VERSIONS[version]
        width = len(indices or COMPACT)
        first = [log(share / (1.0 - share)), *[0.0] * (width - 1)]
        return cls(coefficients=(*first, *([NO_EFFECT, *[0.0] * (width - 1)] * len(powers))), **others)

    @property
    def head(self) -> str:
        """What the policy gives: "desired_retention" or "interval"."""
        return VERSIONS[self.feature_version][0]

    def scaled_cost(self, weight: float) -> float:
        """A weight of cost on the scale from 0 to 1.

        Raises:
            UsageError: A negative weight.
        """
        if not weight >= 0.0:
            raise UsageError(f"cost_weight is {weight!r}, expected a number from 0", where="cost_weight")
        low, high = self.cost_weight_min, self.cost_weight_max
        inside = min(max(weight, low), high)
        return (log1p(inside) - log1p(low)) / (log1p(high) - log1p(low))

    def row(self, least_days: float, weight: float) -> tuple[float, ...]:
        """The numbers that `repetita.simulation.targets` reads: four groups of eight coefficients."""
        b = self.bounds
        head = (least_days, 0.0, self.retention_min, self.retention_max, b.s_min, b.s_max, b.d_min, b.d_max)
        return (*head, 0.0, self.scaled_cost(weight), *self._groups())

    def _groups(self) -> list[float]:
        width = len(self.state_feature_indices)
        powers = VERSIONS[self.feature_version][2]
        given = [self.coefficients[i : i + width] for i in range(0, len(self.coefficients), width)]
        by_power: dict[str, Sequence[float]] = dict(zip(("", *powers), given, strict=True))
        groups: list[float] = []
        for power in ("", *POWERS):
            values = by_power.get(power, (DROPPED,))
            groups += [*values, *[0.0] * (8 - len(values))]
        return groups

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CostAdrPolicy:
        """The policy of a file's content."""
        version = fields.text(data, "feature_version", PREFIX + "retention_mono_v1")
        given = data.get("state_feature_indices")
        indices = tuple(given) if isinstance(given, list) else ()
        head = data.get("action_head")
        if version in VERSIONS and head not in (None, VERSIONS[version][0]):
            raise fields.wrong("action_head", head, f"{VERSIONS[version][0]!r}, as {version} has it")
        basis = data.get("cost_basis")
        if version in VERSIONS and basis is not None and list(basis) != list(VERSIONS[version][2]):
            raise fields.wrong("cost_basis", basis, f"{list(VERSIONS[version][2])}, as {version} has it")
        values = data.get("coefficients")
        if not isinstance(values, list):
            raise fields.wrong("coefficients", values, "a list of numbers")
        count = len(values)
        if not indices and version in VERSIONS and VERSIONS[version][1] is None and count == 32:
            indices = HINGE
        return cls(
            coefficients=fields.numbers(data, "coefficients", count),
            feature_version=version,
            title=fields.text(data, "title"),
            retention_min=fields.number(data, "retention_min", cls.retention_min),
            retention_max=fields.number(data, "retention_max", cls.retention_max),
            cost_weight_min=fields.number(data, "cost_weight_min", 0.0),
            cost_weight_max=fields.number(data, "cost_weight_max", 1024.0),
            max_interval_days=fields.optional_number(data, "max_interval_days"),
            state_feature_indices=indices,
            bounds=fields.Bounds.read(data),
        )

    def to_dict(self) -> dict[str, Any]:
        """A file's content."""
        return {
            "policy_kind": self.kind,
            "feature_version": self.feature_version,
            "title": self.title,
            "action_head": self.head,
            "coefficients": list(self.coefficients),
            "retention_min": self.retention_min,
            "retention_max": self.retention_max,
            "cost_weight_min": self.cost_weight_min,
            "cost_weight_max": self.cost_weight_max,
            "max_interval_days": self.max_interval_days,
            "state_feature_indices": list(self.state_feature_indices),
            "cost_basis": list(VERSIONS[self.feature_version][2]),
            "bounds": self.bounds.to_dict(),
        }
