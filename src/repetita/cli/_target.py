"""Where a command writes a file, checked before the work is done and not after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from repetita.errors import OutputExists


@dataclass(frozen=True, slots=True)
class Target:
    """A file to write, or None for none.

    Attributes:
        path: As given on the command line.
        force: Overwrite what is there.
        dry_run: Write nothing.
    """

    path: str | None
    force: bool = False
    dry_run: bool = False

    def check(self) -> None:
        """Make sure that writing has a chance, so that minutes of work are not lost at the end.

        Raises:
            OutputExists: Something is there and ``--force`` was not given.
            OutputError: It is a folder, or the folder it should lie in does not exist.
        """
        from repetita.output import check_writable

        if self.path is not None:
            with option_named():
                check_writable(self.path, force=self.force)

    def write(self, content: str | bytes) -> None:
        """Write the file as a whole or not at all; nothing in a dry run.

        Raises:
            OutputExists: It appeared in the meantime.
            OutputError: The disk is full, or writing is not allowed.
        """
        from repetita.output import write_atomically

        if self.path is not None and not self.dry_run:
            # a file name may hold bytes that are no text; they are spelled out
            data = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
            with option_named():
                write_atomically(self.path, data, force=self.force)

    def told(self) -> str:
        """One line that says what was written, or would be."""
        if self.dry_run:
            replacing = ", replacing what is there" if self.path and Path(self.path).exists() else ""
            return f"would write {self.path}{replacing}"
        return f"wrote {self.path}"


@contextmanager
def option_named() -> Iterator[None]:
    """Name the option that overwrites, as a person at a command line needs it."""
    try:
        yield
    except OutputExists as error:
        raise OutputExists(
            error.message, hint="choose another name, or overwrite it with --force", where=error.where
        ) from None
