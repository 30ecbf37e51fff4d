"""Chunks of work on several threads, with sums that do not depend on how many there are.

A kernel releases the interpreter lock, so plain threads are enough. The calling thread works too: when
the pool is busy with another caller, or was lost in a fork, the work is still done.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Lock

from repetita.arguments import whole_number

_lock = Lock()
_pool: ThreadPoolExecutor | None = None


def available_threads() -> int:
    """Number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def thread_count(threads: int | None) -> int:
    """How many threads to use at most: as asked for, or one a processor.

    Raises:
        UsageError: Not a whole number from 1.
    """
    return available_threads() if threads is None else whole_number(threads, "threads", low=1)


def run_chunks(work: Callable[[Callable[[], int]], None], chunks: int, threads: int | None = None) -> None:
    """Runs ``work`` once a thread, each taking chunks until there are none left.

    Args:
        work: Called with a function that gives the number of the next chunk; from ``chunks`` on there is
            nothing left to do. It must write the result of a chunk to that chunk's own place.
        chunks: Number of chunks.
        threads: At most so many threads; None means one a processor.
    """
    helpers = min(thread_count(threads), chunks) - 1
    take = count().__next__
    futures = [_executor().submit(work, take) for _ in range(helpers)]
    try:
        work(take)
    finally:
        # those that never started have nothing left to do
        errors = [future.exception() for future in futures if not future.cancel()]
    for error in errors:
        if error is not None:
            raise error


def _executor() -> ThreadPoolExecutor:
    global _pool
    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(max_workers=max(available_threads(), 2), thread_name_prefix="repetita")
        return _pool


def _forget_pool() -> None:
    """A forked child has the pool's bookkeeping but none of its threads."""
    global _pool, _lock
    _pool, _lock = None, Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)
