"""Makes vectors: the request is written down, its answer is what our equations and rules give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from repetita.conformance.vector import Tolerance, Vector
from repetita.errors import RepetitaError
from repetita.json_lines.answering import Answering

__all__ = ["RATINGS", "REFUSED", "STATES", "Maker"]

STATES = Tolerance(single=2e-4, double=1e-9, absolute=1e-9)
"""Of numbers that a few dozen steps of 32-bit arithmetic lead to."""

REFUSED = {"refused": True}
RATINGS = {1: "Again", 2: "Hard", 3: "Good", 4: "Easy"}

DIGITS = 12
# what an answer has beside the figures
WORDS = ("notes",)


class Maker:
    """Collects the vectors of a topic.

    Args:
        group: A model or "rules".
        topic: Name of the topic.
        parameter_sets: Sets that requests name.
    """

    def __init__(
        self, group: str, topic: str, parameter_sets: Mapping[str, tuple[float, ...]] | None = None
    ) -> None:
        self.group, self.topic = group, topic
        self.sets = parameter_sets or {}
        self.vectors: list[Vector] = []
        self._answering = Answering()

    def add(self, name: str, tolerance: Tolerance | None, **request: Any) -> None:
        """A vector whose expected answer is ours.

        Args:
            name: What is special about it; with group and topic the id.
            tolerance: Of the numbers.
            **request: The request; ``parameters`` may be the name of a set.
        """
        self.expect(name, self.figures(request), tolerance, **request)

    def expect(
        self, name: str, expected: Mapping[str, Any], tolerance: Tolerance | None, **request: Any
    ) -> None:
        """A vector with the expected answer given."""
        self.vectors.append(Vector(f"{self.group}/{self.topic}/{name}", request, expected, tolerance))

    def refuse(self, name: str, **request: Any) -> None:
        """A request that must be refused."""
        try:
            self.figures(request)
        except RepetitaError:
            self.expect(name, REFUSED, None, **request)
            return
        raise AssertionError(f"{name} is not refused")

    def figures(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Our answer to a request, numbers to twelve digits."""
        whole = dict(request)
        if isinstance(named := whole.get("parameters"), str):
            whole["parameters"] = list(self.sets[named])
        body = self._answering.body(whole)
        return {name: _short(value) for name, value in body.items() if name not in WORDS}


def _short(value: Any) -> Any:
    """Numbers without the last digits, in which mathematical libraries differ."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, tuple | list):
        return [_short(entry) for entry in value]
    return value
