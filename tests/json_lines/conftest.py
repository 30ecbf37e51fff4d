"""Requests put to the process's own answering, in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from repetita.json_lines import Answering


@pytest.fixture
def ask() -> Callable[..., dict[str, Any]]:
    """Asks one request after the other of one process; an answer is parsed strictly."""
    answering = Answering()

    def put(**request: Any) -> dict[str, Any]:
        line = answering.answer(json.dumps(request).encode())
        assert b"\n" not in line
        answer: dict[str, Any] = json.loads(line.decode("ascii"), parse_constant=_no_constant)
        return answer

    return put


@pytest.fixture
def refused(ask: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Asks what must be refused: the error."""

    def put(**request: Any) -> dict[str, Any]:
        answer = ask(**request)
        assert answer["ok"] is False, answer
        error: dict[str, Any] = answer["error"]
        assert set(error) == {"code", "message", "hint", "where"}
        assert error["code"] != "internal_error", error
        return error

    return put


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")
