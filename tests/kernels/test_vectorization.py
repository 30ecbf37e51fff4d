"""That lane loops became vector instructions: nothing else would notice if they did not, they would be slow.

Instructions are counted, not timed. Where a loop adds to a second array there is also a scalar version, for
the case that the arrays overlap; then the check in front of it must compare those two arrays and no more,
because a check of many parts of one array fails at run time and the scalar version would run.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import pytest
from llvmlite import binding

from repetita.derivatives import derivatives
from repetita.equations import equations
from repetita.kernels import rendering, source_cache

MULTIPLICATION = re.compile(r"\s+v?(?:mul|div|fn?m(?:add|sub)\d+)([sp])d\s(.*)")
HOST = binding.get_host_cpu_features()
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not HOST.get("avx2"), reason="no AVX2")]


class Instructions(NamedTuple):
    """Multiplications, divisions and fused ones of one function of the machine code."""

    wide: int
    scalar: int
    overlap_checks: int


def instructions(kind, text):
    """Function of a rendered module to its `Instructions`; compiled anew, since kept code shows none."""
    module = source_cache._from_memory(f"counted_{kind}", text)
    kernel = getattr(module, kind)
    kernel.compile(module.SIGNATURES[kind])
    (assembly,), (code,) = kernel.inspect_asm().values(), kernel.inspect_llvm().values()
    known = [name for name in vars(module) if hasattr(vars(module)[name], "py_func")]
    wide, scalar, checks = Counter(), Counter(), Counter()
    current = None
    for line in assembly.splitlines():
        if re.match(r"[A-Za-z_].*:", line):
            current = function_of(line, known)
        elif found := MULTIPLICATION.match(line):
            if found[1] == "s":
                scalar[current] += 1
            elif "zmm" in found[2] or "ymm" in found[2]:
                wide[current] += 1
    for line in code.splitlines():
        if line.startswith("define"):
            current = function_of(line, known)
        checks[current] += bool(re.search(r"%found\.conflict\S* = ", line))
    return {name: Instructions(wide[name], scalar[name], checks[name]) for name in known}


def function_of(line, known):
    """Which of the known functions a mangled name stands for: its length and itself are part of it."""
    return max((name for name in known if f"{len(name)}{name}B" in line), key=len, default=None)


def test_values():
    text, _ = rendering.render_values("fsrs6", equations("fsrs6"))
    found = instructions("values", text)["values"]
    assert found.wide > 100
    assert (found.scalar, found.overlap_checks) == (0, 0)


def test_gradient():
    found = instructions(
        "gradient", rendering.render_gradient("fsrs6", equations("fsrs6"), derivatives("fsrs6"))
    )
    assert found["forward_segment"].wide > 100
    assert (found["forward_segment"].scalar, found["forward_segment"].overlap_checks) == (0, 0)
    # later reviews and first ones: a loop and a check each
    assert found["reverse_segment"].wide > 70
    assert found["reverse_segment"].wide > found["reverse_segment"].scalar
    assert found["reverse_segment"].overlap_checks <= 2


@pytest.mark.parametrize("name", ["fsrs6", "fsrs7"])
def test_fisher(name):
    found = instructions("fisher", rendering.render_fisher(name, equations(name), derivatives(name)))
    assert found["fisher"].wide > 200
    assert found["fisher"].wide > found["fisher"].scalar
    assert found["fisher"].overlap_checks <= 1
