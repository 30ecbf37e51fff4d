"""Ctrl-C while machine code is made: kept until the compiler is done, because inside it would be lost."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["interruption_kept"]


@contextmanager
def interruption_kept() -> Iterator[None]:
    """Lets the block end before an interruption takes effect.

    LLVM calls back into Python while it works. An exception cannot leave such a call: it is printed, dropped,
    and the work goes on as if nobody had pressed a key.

    Raises:
        KeyboardInterrupt: After the block, if it was interrupted; or whatever the signal's own handler does.

    Example:
        >>> with interruption_kept():
        ...     pass
    """
    handler = signal.getsignal(signal.SIGINT)
    # only the main thread is ever interrupted, and whoever ignores the signal shall go on to do so
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    came: list[tuple[int, Any]] = []
    signal.signal(signal.SIGINT, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if came:
            handler(*came[0])
