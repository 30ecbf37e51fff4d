"""`Vector`: one request and the answer it should get; `Topic`: the vectors of one subject, one file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from repetita.errors import CorruptInput, UnsupportedInput

__all__ = ["PACK", "SCHEMA", "Tolerance", "Topic", "Vector"]

SCHEMA = 1
"""Version of the form of the files: fields are only ever added within it."""

PACK = "1.0"
"""Version of the figures: the first number grows when an expected answer changes."""

KIND = "conformance vectors"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a number may be from the expected one: ``absolute + relative * |expected|``.

    Attributes:
        single: Relative, for programs that compute in 32-bit floats.
        double: Relative, for programs that compute in 64-bit floats.
        absolute: In the unit of the number.
    """

    single: float
    double: float
    absolute: float

    def to_dict(self) -> dict[str, float]:
        """As JSON holds it."""
        return {"single": self.single, "double": self.double, "absolute": self.absolute}


@dataclass(frozen=True, slots=True)
class Vector:
    """One request and its answer.

    Attributes:
        id: Unique in the pack: group, topic and what is special about it.
        request: As a program gets it, without id; ``parameters`` may be the name of a set of the file.
        expected: Fields of the answer; or ``{"refused": true}``; or, for draws, bounds of the draws.
        tolerance: Of the numbers; None: they must be the same.
    """

    id: str
    request: Mapping[str, Any]
    expected: Mapping[str, Any]
    tolerance: Tolerance | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        tolerance = None if self.tolerance is None else self.tolerance.to_dict()
        return {
            "id": self.id,
            "request": dict(self.request),
            "expected": dict(self.expected),
            "tolerance": tolerance,
        }


@dataclass(frozen=True, slots=True)
class Topic:
    """The vectors of one subject.

    Attributes:
        group: A model ("fsrs6") or "rules".
        name: "curve", "next_states", …
        about: What is asked and what makes an answer right, in words.
        parameter_sets: Name to parameters.
        vectors: At least one.
    """

    group: str
    name: str
    about: str
    parameter_sets: Mapping[str, tuple[float, ...]]
    vectors: tuple[Vector, ...]

    @property
    def label(self) -> str:
        """Group and name."""
        return f"{self.group}/{self.name}"

    def request(self, vector: Vector) -> dict[str, Any]:
        """The request of a vector as a program gets it.

        Args:
            vector: One of this topic's.
        """
        request = {"id": vector.id, **vector.request}
        named = request.get("parameters")
        if isinstance(named, str):
            request["parameters"] = list(self.parameter_sets[named])
        return request

    def to_json(self) -> str:
        """The file: readable, one vector a line."""
        head = {
            "schema": SCHEMA,
            "kind": KIND,
            "pack": PACK,
            "group": self.group,
            "topic": self.name,
            "about": self.about,
        }
        lines = [f"{json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
        sets = _listed({name: list(values) for name, values in self.parameter_sets.items()}.items())
        lines.append(f'"parameter_sets": {{{sets}}},')
        vectors = ",\n  ".join(json.dumps(vector.to_dict()) for vector in self.vectors)
        lines.append(f'"vectors": [\n  {vectors}\n]')
        return "{\n" + "\n".join(lines) + "\n}\n"

    @classmethod
    def from_json(cls, text: str, name: str) -> Topic:
        """The topic that a file holds.

        Args:
            text: The file.
            name: What it is called in messages.

        Raises:
            CorruptInput: Not such a file.
            UnsupportedInput: Made for a newer version.
        """
        try:
            data = json.loads(text)
            if data["kind"] != KIND:
                raise ValueError(f"kind is {data['kind']!r}, expected {KIND!r}")
            if data["schema"] > SCHEMA:
                raise UnsupportedInput(
                    f"{name} has schema {data['schema']}, this version reads up to {SCHEMA}",
                    hint="upgrade repetita",
                    where=name,
                )
            sets = {key: tuple(values) for key, values in data["parameter_sets"].items()}
            vectors = tuple(map(_read_vector, data["vectors"]))
            for vector in vectors:
                if isinstance(named := vector.request.get("parameters"), str) and named not in sets:
                    raise ValueError(f"{vector.id} names the parameters {named!r}, which are not there")
            return cls(str(data["group"]), str(data["topic"]), str(data["about"]), sets, vectors)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise CorruptInput(
                f"{name} is no file of conformance vectors: {_told(error)}",
                hint="write the pack with repetita conformance --export DIR",
                where=name,
            ) from None


def _listed(pairs: Iterable[tuple[str, Any]]) -> str:
    lines = [f"\n  {json.dumps(key)}: {json.dumps(value)}" for key, value in pairs]
    return ",".join(lines) + ("\n" if lines else "")


def _read_vector(data: Any) -> Vector:
    tolerance = data["tolerance"]
    found = None if tolerance is None else Tolerance(*(float(tolerance[n]) for n in Tolerance.__slots__))
    request, expected = data["request"], data["expected"]
    if not isinstance(request, dict) or not isinstance(expected, dict) or "op" not in request:
        raise ValueError(f"vector {data['id']!r} has no request and expected answer")
    return Vector(str(data["id"]), request, expected, found)


def _told(error: Exception) -> str:
    return f"the field {error} is missing" if isinstance(error, KeyError) else str(error)
