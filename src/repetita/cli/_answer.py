"""What a command answers, and the one JSON document that carries it or its failure.

Success is ``{"ok": true, "schema": 1, "command": ..., ...}``, failure is
``{"ok": false, "schema": 1, "command": ..., "error": {"code", "message", "hint", "where"}}``. Keys are only
ever added within a schema number. Numbers that JSON cannot hold (NaN, infinities) become null.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import isfinite
from typing import Any

from repetita.errors import OutputError, RepetitaError

SCHEMA = 1
STANDARD_OUTPUT = "standard output"


@dataclass(frozen=True, slots=True)
class Answer:
    """Result of a command, in both forms; only the one asked for is rendered.

    Attributes:
        document: Body of the JSON answer, without the envelope.
        show: Prints the result for people on standard output.
        exit_code: 0, or 1 where the answer is no.
    """

    document: Mapping[str, Any]
    show: Callable[[], None]
    exit_code: int = 0


def success(command: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a command that worked.

    Example:
        >>> success("fit", {"log_loss": float("nan")})
        {'ok': True, 'schema': 1, 'command': 'fit', 'log_loss': None}
    """
    clean: dict[str, Any] = plain({"ok": True, "schema": SCHEMA, "command": command, **body})
    return clean


def failure(command: str | None, error: RepetitaError) -> dict[str, Any]:
    """The document of a command that failed.

    Example:
        >>> from repetita.errors import UsageError
        >>> failure("fit", UsageError("no LOG given"))["error"]["code"]
        'usage'
    """
    return {"ok": False, "schema": SCHEMA, "command": command, "error": error.to_dict()}


def plain(value: Any) -> Any:
    """A value as JSON can hold it: numpy numbers unwrapped, tuples as lists, NaN as None.

    Example:
        >>> plain({"a": (1, float("inf")), 2: None})
        {'a': [1, None], '2': None}
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Sequence | set | frozenset):
        return [plain(entry) for entry in value]
    return str(value)


def dumps(document: Mapping[str, Any], *, indent: int | None = None, ascii_only: bool = False) -> str:
    """A document as JSON text that ends in a line break."""
    return json.dumps(document, indent=indent, ensure_ascii=ascii_only, allow_nan=False) + "\n"


def write_out(text: str | bytes) -> None:
    """Write a result to standard output, now.

    Raises:
        OutputError: Standard output cannot be written, for example because a disk is full. A reader that
            has gone away (``| head``) is no failure; that raises `BrokenPipeError`.
    """
    try:
        if isinstance(text, bytes):
            sys.stdout.flush()
            sys.stdout.buffer.write(text)
        else:
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_standard_output()
        raise
    except OSError as error:
        _drop_standard_output()
        raise OutputError(
            f"could not write to {STANDARD_OUTPUT}: {error.strerror or error}", where=STANDARD_OUTPUT
        ) from error


def write_document(document: Mapping[str, Any]) -> None:
    """Write a document to standard output as one line of JSON."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    write_out(dumps(document, ascii_only=not encoding.startswith("utf")))


def _drop_standard_output() -> None:
    """Point standard output at nothing, or the interpreter fails once more when it flushes at its end."""
    with suppress(OSError, ValueError):
        descriptor = sys.stdout.fileno()
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
