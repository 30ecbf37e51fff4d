"""Torch, where it is installed, and a setting in which it computes the same on every run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from repetita.errors import MissingExtra

__all__ = ["import_torch", "reproducible"]


def import_torch() -> Any:
    """The module torch, imported now.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingExtra(
            "training a network needs torch, which is not installed (predicting with one does not)",
            hint='pip install "repetita[neural]"',
            where="neural",
        ) from error
    return torch


@contextmanager
def reproducible(seed: int) -> Iterator[Any]:
    """Torch on one thread, with algorithms that always add in the same order, and random numbers from a seed.

    What was set before is set again afterwards, and the process's own random numbers go on where they were.

    Args:
        seed: Of random numbers drawn inside.
    """
    torch = import_torch()
    threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    only_warns = torch.is_deterministic_algorithms_warn_only_enabled()
    with torch.random.fork_rng(devices=[]):
        try:
            torch.set_num_threads(1)
            torch.use_deterministic_algorithms(True)
            torch.manual_seed(seed)
            yield torch
        finally:
            torch.use_deterministic_algorithms(strict, warn_only=only_warns)
            torch.set_num_threads(threads)
