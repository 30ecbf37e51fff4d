"""Linked texts on a graphics processor: device functions, one kernel, arrays there and back.

The texts are those that the processor runs (`repetita.kernels.linking`), with another head. Function
arguments do not exist there, so a text takes the functions it is given from its own names.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Any

from repetita.errors import UsageError

__all__ = ["HEADER", "any_device", "kernel_of", "lanes_that_fit", "launch", "require_devices"]

HEADER = """from __future__ import annotations

from math import exp, expm1, floor, inf, log, nan, sqrt
from typing import NamedTuple

from numba import cuda

fast_exp, fast_log = exp, log
linked = always_inlined = pointed = shown = lane_kernel = cuda.jit(device=True)
"""

THREADS_A_BLOCK = 64
SHARE_OF_MEMORY = 0.8
# where nobody says how much memory there is
SIMULATED_LANES = 1024


def _cuda() -> Any:
    """Numba's CUDA target.

    Raises:
        UsageError: There is no such processor.
    """
    from numba import cuda

    if not cuda.is_available():
        raise UsageError(
            "no CUDA device was found", hint="device='cpu' gives the same events", where="device"
        )
    return cuda


def any_device() -> bool:
    """Whether there is such a processor."""
    from numba import cuda

    return bool(cuda.is_available())


def require_devices(numbers: Sequence[str] = ()) -> None:
    """Nothing, if there is such a processor, and those of some numbers are among them.

    Args:
        numbers: As ``CUDA_VISIBLE_DEVICES`` takes them. Names that are no numbers are left to the driver, and
            so are numbers where that variable hides processors from this process.

    Raises:
        UsageError: There is none, or not one of that number.
    """
    known = len(_cuda().gpus)
    if "CUDA_VISIBLE_DEVICES" in os.environ:
        return
    lacking = [number for number in numbers if number.isdecimal() and int(number) >= known]
    if lacking:
        raise UsageError(
            f"no CUDA device {lacking[0]}: there are {known}, numbered from 0",
            hint="cuda_devices= takes those that there are",
            where="cuda_devices",
        )


@cache
def _module(text: str, name: str, *bound: tuple[str, str, str]) -> dict[str, Any]:
    """What a text defines, with names bound to functions of other texts: (name, text, its name)."""
    space: dict[str, Any] = {"__name__": f"repetita_graphics_{name}"}
    for function, other, other_name in bound:
        space[function] = _module(other, other_name)[function]
    exec(compile(HEADER + text, f"<{space['__name__']}>", "exec", dont_inherit=True), space)
    return space


def kernel_of(text: str, name: str, function: str, given: Mapping[str, tuple[str, str]]) -> Any:
    """A kernel of a text.

    Args:
        text: With the kernel, decorated by ``cuda.jit``.
        name: What it is called.
        function: Name of the kernel.
        given: Functions that the text takes from others: name to (text, its name).

    Raises:
        UsageError: There is no such processor.
    """
    _cuda()
    bound = tuple((role, *where) for role, where in given.items())
    return _module(text, name, *bound)[function]


def launch(kernel: Any, arrays: Sequence[Any], results: Sequence[int], lanes: int) -> list[Any]:
    """Runs a kernel, one thread a lane; the arrays at the places ``results``, as it left them.

    Args:
        kernel: Of `kernel_of`.
        arrays: Its arguments.
        results: Places of those to copy back.
        lanes: Number of threads that have work.
    """
    cuda = _cuda()
    there = [cuda.to_device(array) for array in arrays]
    blocks = (lanes + THREADS_A_BLOCK - 1) // THREADS_A_BLOCK
    with warnings.catch_warnings():
        # whole numbers of the simulator are NumPy's, which mention that they wrap around
        warnings.filterwarnings("ignore", message=".*overflow encountered", category=RuntimeWarning)
        # a small grid leaves the processor idle, which is the caller's choice
        warnings.filterwarnings("ignore", message=".*Grid size.*")
        kernel[blocks, min(lanes, THREADS_A_BLOCK)](*there)
        cuda.synchronize()
    return [there[place].copy_to_host() for place in results]


def lanes_that_fit(bytes_a_lane: int) -> int:
    """How many lanes of so many bytes fit into the memory that is free."""
    free = float(_cuda().current_context().get_memory_info()[0])
    if not isfinite(free):
        return SIMULATED_LANES
    return max(int(SHARE_OF_MEMORY * free) // bytes_a_lane, 1)
