"""What people read: tables and lines on standard output; notes, stages and warnings on standard error.

On a terminal rich draws tables and spinners (and honors ``NO_COLOR``); elsewhere the same content is plain
text, and nothing moves.
"""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TextIO

from repetita.cli._answer import write_out
from repetita.cli._wording import as_options


def is_terminal(stream: TextIO) -> bool:
    """Whether a person is looking at a stream."""
    try:
        return stream.isatty()
    except ValueError:
        return False


class Teller:
    """Tells of progress; this one says nothing."""

    def __call__(self, done: int, total: int) -> None:
        """So many of all steps are done."""

    def worker(self, name: str, done: int, facts: Mapping[str, Any]) -> None:
        """A worker has done so many; ``facts`` are of what it did last."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a command speaks.

    Attributes:
        quiet: Nothing on standard error but errors.
    """

    quiet: bool = False

    def note(self, text: str) -> None:
        """Say something beside the result, on standard error."""
        if not self.quiet:
            sys.stderr.write(f"note: {as_options(text)}\n")

    def notes(self, texts: Iterable[str]) -> None:
        """Say several things."""
        for text in texts:
            self.note(text)

    @contextmanager
    def stage(self, doing: str) -> Iterator[None]:
        """Show what is being done and how long it takes, while it is done, if a person is looking."""
        if self.quiet or not is_terminal(sys.stderr):
            yield
            return
        from rich.console import Console

        began = time.perf_counter()
        with Console(stderr=True).status(f"{doing} …"):
            yield
        seconds = time.perf_counter() - began
        if seconds >= 1.0:
            sys.stderr.write(f"{doing}: {seconds:.1f} s\n")

    @contextmanager
    def progress(self, doing: str, *, workers: bool = False) -> Iterator[Teller]:
        """Show how much is done: a bar if a person is looking, else a line for every tenth.

        Args:
            doing: What is counted.
            workers: Whether each worker has a bar, or lines, of its own.

        Yields:
            What to call with the number of steps done and of all steps.
        """
        if self.quiet:
            yield Teller()
            return
        if not is_terminal(sys.stderr):
            yield Lines(doing, workers=workers)
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            yield Bars(bar, doing, workers=workers)


class Lines(Teller):
    """Progress as a line on standard error for every tenth that is done, and one a batch of a worker."""

    def __init__(self, doing: str, *, workers: bool) -> None:
        self.doing, self.workers, self.told = doing, workers, 0

    def __call__(self, done: int, total: int) -> None:
        """So many of all steps are done."""
        if (10 * done) // total > self.told:
            self.told = (10 * done) // total
            sys.stderr.write(f"{self.doing}: {done} of {total}\n")

    def worker(self, name: str, done: int, facts: Mapping[str, Any]) -> None:
        """A worker has done so many."""
        if self.workers:
            took = "" if facts["seconds"] is None else f" in {facts['seconds']:.1f} s"
            failed = f", {facts['failed']} failed" if facts["failed"] else ""
            sys.stderr.write(f"{name}: {facts['runs']} more{took}{failed}, {done} in all\n")


class Bars(Teller):
    """Progress as a bar for the whole, and one for each worker: its share of the whole."""

    def __init__(self, bars: Any, doing: str, *, workers: bool) -> None:
        self.bars, self.workers, self.total = bars, workers, 0
        self.whole = bars.add_task(doing, total=None)
        self.tasks: dict[str, Any] = {}

    def __call__(self, done: int, total: int) -> None:
        """So many of all steps are done."""
        self.total = total
        for task in (self.whole, *self.tasks.values()):
            self.bars.update(task, total=total)
        self.bars.update(self.whole, completed=done)

    def worker(self, name: str, done: int, facts: Mapping[str, Any]) -> None:
        """A worker has done so many."""
        if self.workers:
            if name not in self.tasks:
                self.tasks[name] = self.bars.add_task(name, total=self.total or None)
            self.bars.update(self.tasks[name], completed=done)


def say(*lines: str) -> None:
    """Write lines of a result to standard output."""
    write_out("".join(f"{line}\n" for line in lines))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, title: str | None = None) -> None:
    """Write a table to standard output; columns of numbers are set to the right.

    Args:
        columns: Headings. An empty heading is allowed.
        rows: Cells, one a column, already worded.
        title: A line above.
    """
    cells = [[str(cell) for cell in row] for row in rows]
    right = [all(_numeric(row[i]) for row in cells) for i in range(len(columns))]
    if is_terminal(sys.stdout):
        _print_rich(columns, cells, right, title)
        return
    lines = ["", title] if title else [""]
    widths = [max(display_width(text) for text in column) for column in zip(columns, *cells, strict=True)]
    for row in [list(columns), *cells] if any(columns) else cells:
        parts = (
            _padded(text, width, to_right) for text, width, to_right in zip(row, widths, right, strict=True)
        )
        lines.append("  " + "  ".join(parts).rstrip())
    say(*lines)


def display_width(text: str) -> int:
    """Columns a text takes on a terminal: two for wide letters, none for combining marks.

    Example:
        >>> display_width("abc"), display_width("日本語"), display_width("e\u0301")
        (3, 6, 1)
    """
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


def _padded(text: str, width: int, to_right: bool) -> str:
    blank = " " * (width - display_width(text))
    return blank + text if to_right else text + blank


def _print_rich(columns: Sequence[str], cells: list[list[str]], right: list[bool], title: str | None) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.show_header = any(columns)
    for name, to_right in zip(columns, right, strict=True):
        table.add_column(Text(name), justify="right" if to_right else "left")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    console = Console()
    console.print()
    console.print(table)


def _numeric(text: str) -> bool:
    return not text.strip() or text.strip()[:1] in "0123456789.-−+–" or text in {"nan", "inf"}
