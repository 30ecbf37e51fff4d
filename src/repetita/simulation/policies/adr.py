"""Adaptive desired retention (ADR): the retention to aim at as a function of the belief's state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log
from typing import Any

from repetita.errors import UnsupportedInput
from repetita.simulation.policies import fields

__all__ = ["AdrPolicy"]

LINEAR, POLY, TIME = "fsrs6_adr_log_linear_v1", "fsrs6_adr_log_poly_v1", "fsrs6_adr_log_poly_time_v1"
FEATURES = {
    LINEAR: ("1", "x_s", "x_d"),
    POLY: ("1", "x_s", "x_d", "x_s*x_d", "x_s^2", "x_d^2"),
    TIME: ("1", "x_s", "x_d", "t", "x_s*x_d", "x_s*t", "x_d*t", "x_s^2", "x_d^2", "t^2"),
}
ALIASES = {f"fsrs6_adr_direct_log_{form}_v1": f"fsrs6_adr_log_{form}_v1" for form in ("linear", "poly")}
NEAREST = 1e-9  # to a bound of retention, in shares of the span


@dataclass(frozen=True, kw_only=True)
class AdrPolicy:
    """Retention = low + (high - low) * sigmoid(coefficients . features of scaled stability and difficulty).

    Attributes:
        coefficients: One a feature of `FEATURES`.
        feature_version: Key of `FEATURES`; the one with ``t`` also sees the share of the run that is left.
        title: For people.
        retention_min: Lowest retention.
        retention_max: Highest retention.
        baseline_desired_retention: What the policy was compared with, or None.
        bounds: On which stability and difficulty are scaled.

    Raises:
        CorruptInput: Another number of coefficients, bounds that do not rise.
        UnsupportedInput: A version that is not known here.

    Example:
        >>> policy = AdrPolicy.constant(0.9)
        >>> len(policy.coefficients), round(policy.coefficients[0], 6)
        (6, 0.916291)
    """

    kind = "fsrs6-adr"

    coefficients: tuple[float, ...]
    feature_version: str = POLY
    title: str = "ADR"
    retention_min: float = 0.7
    retention_max: float = 0.98
    baseline_desired_retention: float | None = None
    bounds: fields.Bounds = field(default_factory=fields.Bounds)

    def __post_init__(self) -> None:
        if self.feature_version not in FEATURES:
            raise UnsupportedInput(
                f"policy: feature_version is {self.feature_version!r}", hint="known: " + ", ".join(FEATURES)
            )
        count = len(FEATURES[self.feature_version])
        values = fields.numbers({"coefficients": self.coefficients}, "coefficients", count)
        object.__setattr__(self, "coefficients", values)
        fields.retention_bounds(self.retention_min, self.retention_max)
        fields.retention(self.baseline_desired_retention, "baseline_desired_retention")

    @classmethod
    def constant(cls, desired_retention: float, *, feature_version: str = POLY, **others: Any) -> AdrPolicy:
        """The policy that always aims at one retention."""
        low, high = (
            others.get("retention_min", cls.retention_min),
            others.get("retention_max", cls.retention_max),
        )
        share = min(max((desired_retention - low) / (high - low), NEAREST), 1.0 - NEAREST)
        rest = len(FEATURES[feature_version]) - 1 if feature_version in FEATURES else 0
        return cls(
            coefficients=(log(share / (1.0 - share)), *[0.0] * rest),
            feature_version=feature_version,
            baseline_desired_retention=desired_retention,
            **others,
        )

    @property
    def sees_time(self) -> bool:
        """Whether the share of the run that is left is among the features."""
        return self.feature_version == TIME

    def row(self, least_days: float, run_days: int) -> tuple[float, ...]:
        """The numbers that `repetita.simulation.targets` reads."""
        b = self.bounds
        count = float(len(self.coefficients))
        head = (least_days, count, self.retention_min, self.retention_max, b.s_min, b.s_max, b.d_min, b.d_max)
        return (*head, float(run_days), 0.0, *self.coefficients)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> AdrPolicy:
        """The policy of a file's content."""
        version = fields.text(data, "feature_version", POLY)
        version = ALIASES.get(version, version)
        count = len(FEATURES.get(version, ()))
        return cls(
            coefficients=fields.numbers(data, "coefficients", count) if count else (),
            feature_version=version,
            title=fields.text(data, "title"),
            retention_min=fields.number(data, "retention_min", 0.7),
            retention_max=fields.number(data, "retention_max", 0.98),
            baseline_desired_retention=fields.optional_number(data, "baseline_desired_retention"),
            bounds=fields.Bounds.read(data),
        )

    def to_dict(self) -> dict[str, Any]:
        """A file's content; with time, the order of the features is written down as well."""
        content = {
            "policy_kind": self.kind,
            "feature_version": self.feature_version,
            "title": self.title,
            "coefficients": list(self.coefficients),
            "retention_min": self.retention_min,
            "retention_max": self.retention_max,
            "baseline_desired_retention": self.baseline_desired_retention,
            "bounds": self.bounds.to_dict(),
        }
        return content | ({"features": list(FEATURES[TIME])} if self.sees_time else {})
