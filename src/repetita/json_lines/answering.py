"""One line to one answer, whatever the line holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from repetita.errors import CorruptInput, InputError, RepetitaError, UnsupportedInput, UsageError
from repetita.json_lines.fields import Schedulers
from repetita.json_lines.operations import OPERATIONS, operation

__all__ = ["SCHEMA", "Answering"]

SCHEMA = 1
"""Version of requests and answers; within it, fields are only ever added."""

MARK = "\ufeff"


class InternalError(RepetitaError):
    """A fault of ours, not of the request."""

    code = "internal_error"
    exit_code = 70


class Answering:
    """Answers requests one after the other, and remembers the schedulers that were sent.

    Example:
        >>> answering = Answering()
        >>> asked = '{"id": "a", "op": "review", "card": null, "rating": 4, "at": "2026-11-28T09:30:00Z"}'
        >>> json.loads(answering.answer(asked.encode()))["card"]["due"]
        '2026-12-06T04:00:00+00:00'
        >>> json.loads(answering.answer(b"{"))["error"]["code"]
        'corrupt_input'
    """

    def __init__(self) -> None:
        self._schedulers = Schedulers()
        self._lines = 0
        self._calls: dict[str, Any] = {}
        self._encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode
        self._decode = json.JSONDecoder(parse_constant=_no_constant).decode

    def answer(self, line: bytes) -> bytes:
        """The answer to a request, one line of ASCII without its line break.

        Args:
            line: One line of UTF-8, with or without its line break.
        """
        self._lines += 1
        identity = None
        try:
            request = self._request(line)
            identity = request.get("id")
            body = self.body(request)
            return self._encode({"id": identity, "ok": True, "schema": SCHEMA, **body}).encode()
        except RepetitaError as error:
            return self.refusal(error, identity)
        except Exception as error:
            return self.refusal(_fault(error), identity)

    def body(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What a request is answered with, without the envelope.

        Args:
            request: Of an operation in `OPERATIONS`.

        Raises:
            RepetitaError: It cannot be answered.
        """
        name = request.get("op")
        call = self._calls.get(name) if type(name) is str else None
        if call is None:
            call = operation(name)
            self._calls[str(name)] = call
        allowed = OPERATIONS[name]  # type: ignore[index]  # operation() knew it
        if not request.keys() <= allowed.allowed or not request.keys() >= allowed.needed:
            allowed.check(str(name), request)
        body: dict[str, Any] = call(request, self._schedulers)
        return body

    def refuse(self, error: RepetitaError) -> bytes:
        """The answer to a line that could not even be taken in."""
        self._lines += 1
        return self.refusal(error, None)

    def refusal(self, error: RepetitaError, identity: Any) -> bytes:
        """The answer that tells about an error."""
        answer = {
            "id": identity,
            "ok": False,
            "schema": SCHEMA,
            "line": self._lines,
            "error": error.to_dict(),
        }
        return self._encode(answer).encode()

    def _request(self, line: bytes) -> dict[str, Any]:
        try:
            text = line.decode("utf-8")
            request = self._decode(text.lstrip(MARK) if text.startswith(MARK) else text)
        except UnicodeDecodeError as error:
            raise CorruptInput(
                f"the line is not UTF-8: byte {line[error.start]:#04x} at place {error.start}"
            ) from None
        except (ValueError, RecursionError, InputError) as error:
            raise CorruptInput(f"the line is not JSON: {error}", hint="one JSON object a line") from None
        if type(request) is not dict:
            raise UsageError(f"a request is a JSON object, got {type(request).__name__}")
        if "schema" in request and request["schema"] != SCHEMA:
            raise UnsupportedInput(
                f"the request has schema {request['schema']!r}, this version answers {SCHEMA}", where="schema"
            )
        return request


def _no_constant(name: str) -> NoReturn:
    raise CorruptInput(f"{name} is no JSON number")


def _fault(error: Exception) -> InternalError:
    if isinstance(error, MemoryError):
        return InternalError("out of memory", hint="ask for less in one request")
    said = " ".join(str(error).split())
    return InternalError(
        f"internal error: {type(error).__name__}: {said}",
        hint="this is a fault in repetita, please report it",
    )
