"""`Scorecard`: what a program got right, by topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from repetita.conformance.judging import Verdict, judged
from repetita.conformance.programs import answers_of
from repetita.conformance.vector import PACK, Topic

__all__ = ["Score", "Scorecard", "check"]


@dataclass(frozen=True, slots=True)
class Score:
    """The verdicts on one topic.

    Attributes:
        topic: The topic.
        verdicts: One a vector, in their order.
    """

    topic: Topic
    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> int:
        """Vectors answered right."""
        return sum(verdict.outcome == "passed" for verdict in self.verdicts)

    @property
    def failed(self) -> int:
        """Vectors answered otherwise."""
        return sum(verdict.outcome == "failed" for verdict in self.verdicts)

    @property
    def unsupported(self) -> int:
        """Vectors that the program does not answer."""
        return sum(verdict.outcome == "unsupported" for verdict in self.verdicts)

    @property
    def off(self) -> float:
        """Largest relative difference of a number."""
        return max((verdict.off for verdict in self.verdicts), default=0.0)

    @property
    def differences(self) -> list[Verdict]:
        """The failed ones."""
        return [verdict for verdict in self.verdicts if verdict.outcome == "failed"]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description."""
        return {
            "group": self.topic.group,
            "topic": self.topic.name,
            "passed": self.passed,
            "failed": self.failed,
            "unsupported": self.unsupported,
            "largest_relative_difference": self.off,
            "differences": [
                {"id": v.vector.id, "difference": v.difference, "request": self.topic.request(v.vector)}
                for v in self.differences
            ],
        }


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The verdicts on all topics. Made by `check`.

    Attributes:
        scores: One a topic.
        double: Whether numbers were held to double precision.
    """

    scores: tuple[Score, ...]
    double: bool = False

    @property
    def passed(self) -> int:
        """Vectors answered right."""
        return sum(score.passed for score in self.scores)

    @property
    def failed(self) -> int:
        """Vectors answered otherwise."""
        return sum(score.failed for score in self.scores)

    @property
    def unsupported(self) -> int:
        """Vectors that the program does not answer."""
        return sum(score.unsupported for score in self.scores)

    def sentence(self) -> str:
        """The result in a sentence."""
        total = self.passed + self.failed + self.unsupported
        aside = f"; {self.unsupported} are not supported" if self.unsupported else ""
        if not self.passed and not self.failed:
            return f"None of {total} requests is supported."
        if not self.failed:
            return f"All {self.passed} supported requests of {total} are answered right{aside}."
        return f"{self.failed} of {self.passed + self.failed} answers differ{aside}."

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe description."""
        return {
            "pack": PACK,
            "double": self.double,
            "passed": self.passed,
            "failed": self.failed,
            "unsupported": self.unsupported,
            "topics": [score.to_dict() for score in self.scores],
        }


def check(
    command: Sequence[str], topics: Sequence[Topic], *, double: bool = False, timeout: float = 10.0
) -> Scorecard:
    """Asks a program all vectors of some topics.

    Args:
        command: Words of its command line.
        topics: From `make_pack` or `read_pack`.
        double: Hold numbers to double precision, not to single.
        timeout: Most seconds without an answer.

    Raises:
        UsageError: There is no such program.
        InputError: It ended early, fell silent, or wrote something else than answers.
    """
    requests = [topic.request(vector) for topic in topics for vector in topic.vectors]
    return scored(answers_of(command, requests, timeout=timeout), topics, double=double)


def scored(
    answers: Mapping[str, Mapping[str, Any]], topics: Sequence[Topic], *, double: bool = False
) -> Scorecard:
    """The scorecard of answers by the id of the vector."""
    return Scorecard(
        tuple(
            Score(t, tuple(judged(vector, answers[vector.id], double=double) for vector in t.vectors))
            for t in topics
        ),
        double,
    )
