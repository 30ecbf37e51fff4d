"""Files of one JSON object a line and user, found by number without parsing the others."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from repetita.errors import CorruptInput, InputMissing

__all__ = ["JsonLines"]

USER = re.compile(rb'"user"\s*:\s*"?(\d+)')
NEAR = 200  # bytes from either end in which the number of the user stands


class JsonLines:
    r"""The rows of a file by user; where they begin is noted once, when the first one is asked for.

    Args:
        path: The file.

    Raises:
        InputMissing: No such file.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "rows.jsonl"
        ...     size = path.write_text('{"user": 3, "size": 10}\n{"user": 4, "size": 20}\n')
        ...     JsonLines(path).row(4)["size"]
        20
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise InputMissing(f"no file {str(path)!r}", where=str(path))
        self._places: dict[int, tuple[int, int]] | None = None

    @property
    def users(self) -> tuple[int, ...]:
        """Users in the order of the file."""
        return tuple(self._found())

    def row(self, user: int) -> Mapping[str, Any]:
        """The first row of a user.

        Raises:
            InputMissing: The user is not there.
            CorruptInput: The row is no JSON object.
        """
        places = self._found()
        if user not in places:
            shown = ", ".join(map(str, list(places)[:5])) + (", …" if len(places) > 5 else "")
            raise InputMissing(
                f"user {user} is not in {str(self.path)!r}, which has {len(places)} users",
                hint=f"users there: {shown}" if places else "the file has no rows with a user",
                where="user",
            )
        begin, line = places[user]
        with open(self.path, "rb") as file:
            file.seek(begin)
            text = file.readline()
        try:
            row = json.loads(text)
        except ValueError as error:
            raise CorruptInput(
                f"line {line} of {str(self.path)!r} is no JSON: {error}", where=str(self.path)
            ) from None
        if not isinstance(row, Mapping):
            raise CorruptInput(f"line {line} of {str(self.path)!r} is no object", where=str(self.path))
        return row

    def _found(self) -> dict[int, tuple[int, int]]:
        if self._places is None:
            self._places = {}
            begin = 0
            with open(self.path, "rb") as file:
                for number, line in enumerate(file, start=1):
                    match = USER.search(line, 0, NEAR) or USER.search(line)
                    if match:
                        self._places.setdefault(int(match[1]), (begin, number))
                    begin += len(line)
        return self._places
