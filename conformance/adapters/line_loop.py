"""The loop of an adapter: one request a line in, one answer a line out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

Request = dict[str, Any]
Body = dict[str, Any]


class Unsupported(Exception):
    """The program has nothing that answers the request."""


def serve(operations: dict[str, Callable[[Request], Body]], *, models: tuple[str, ...]) -> None:
    """Answers requests until there are no more.

    Args:
        operations: By the request's ``op``; each gives the body of the answer.
        models: Versions that the program computes.
    """
    for line in sys.stdin:
        request = json.loads(line)
        try:
            call = operations.get(request["op"])
            if call is None or request.get("model", models[0]) not in models:
                raise Unsupported
            answer = {"ok": True, **call(request)}
        except Unsupported:
            answer = {"ok": False, "error": {"code": "unsupported"}}
        except (ValueError, TypeError) as error:
            answer = {"ok": False, "error": {"code": "refused", "message": str(error)}}
        print(json.dumps({"id": request["id"], **answer}), flush=True)
