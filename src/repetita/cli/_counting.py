"""What a log's reviews count as: ``--secs`` and ``--binary``, gathered into `Counting`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from repetita.cli._arguments import gathering, option
from repetita.cli._reading import READING

if TYPE_CHECKING:
    from repetita.reviews import ReviewLog

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Counting:
    """Which reviews are scored, and how many buttons there are.

    Attributes:
        seconds: Whether same-day reviews are scored too.
        binary: Whether Hard and Easy count as Good.
    """

    seconds: bool
    binary: bool

    def of(self, log: ReviewLog) -> ReviewLog:
        """The log, counted so."""
        counted = log.two_buttons() if self.binary else log
        return counted.scored_by("seconds") if self.seconds else counted

    @property
    def options(self) -> dict[str, str]:
        """The same as options of `repetita.fit`."""
        return ({"rows": "seconds"} if self.seconds else {}) | ({"ratings": "binary"} if self.binary else {})


def counting_options(command: F) -> F:
    """``--secs`` and ``--binary``; the command receives ``counting``."""

    def gather(given: dict[str, Any]) -> Counting:
        return Counting(given.pop("secs"), given.pop("binary"))

    return gathering("counting", gather, secs_option, binary_option)(command)


secs_option = option(
    "--secs",
    section=READING,
    is_flag=True,
    help="Score same-day reviews too; models of exact time (fsrs7) learn from them.",
)
binary_option = option("--binary", section=READING, is_flag=True, help="Two buttons: Hard and Easy are Good.")
