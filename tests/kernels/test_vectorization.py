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
    """Multiplications, divisions and fused ones of one function of the machine code.

    Attributes:
        wide: Those of vectors.
        scalar: Those of numbers.
        overlap_checks: Checks whether arrays overlap.
        aligned: Whether its stack begins where a vector does.
    """

    wide: int
    scalar: int
    overlap_checks: int
    aligned: bool


def instructions(kind, text):
    """Function of a rendered module to its `Instructions`; compiled anew, since kept code shows none."""
    module = source_cache._from_memory(f"counted_{kind}", text)
    kernel = getattr(module, kind)
    kernel.compile(module.SIGNATURES[kind])
    (assembly,), (code,) = kernel.inspect_asm().values(), kernel.inspect_llvm().values()
    known = [name for name in vars(module) if hasattr(vars(module)[name], "py_func")]
    wide, scalar, checks, aligned = Counter(), Counter(), Counter(), set()
    current = None
    for line in assembly.splitlines():
        if re.match(r"[A-Za-z_].*:", line):
            current = function_of(line, known)
        elif found := MULTIPLICATION.match(line):
            if found[1] == "s":
                scalar[current] += 1
            elif "zmm" in found[2] or "ymm" in found[2]:
                wide[current] += 1
        elif re.search(r"\sandq\s+\$-\d+, %rsp", line):
            aligned.add(current)
    for line in code.splitlines():
        if line.startswith("define"):
            current = function_of(line, known)
        checks[current] += bool(re.search(r"%found\.conflict\S* = ", line))
    return {name: Instructions(wide[name], scalar[name], checks[name], name in aligned) for name in known}


def function_of(line, known):
    """Which of the known functions a mangled name stands for: its length and itself are part of it."""
    return max((name for name in known if f"{len(name)}{name}B" in line), key=len, default=None)


def test_values():
    text, _ = rendering.render_values("fsrs6", equations("fsrs6"))
    found = instructions("values", text)["values"]
    assert found.wide > 100
    assert (found.scalar, found.overlap_checks) == (0, 0)


@pytest.mark.parametrize(("name", "least_forward", "least_reverse"), [("fsrs6", 100, 70), ("hlr", 50, 15)])
def test_gradient(name, least_forward, least_reverse):
    text = rendering.render_gradient(name, equations(name), derivatives(name))
    found = instructions("gradient", text)
    forward, reverse = found["forward_segment"], found["reverse_segment"]
    assert forward.wide > least_forward
    assert (forward.scalar, forward.overlap_checks) == (0, 0)
    # later reviews and first ones: a loop and a check each
    assert reverse.wide > least_reverse
    assert reverse.wide >= reverse.scalar
    assert reverse.overlap_checks <= 2
    assert forward.aligned
    assert reverse.aligned


@pytest.mark.parametrize("name", ["fsrs6", "fsrs7"])
def test_fisher(name):
    found = instructions("fisher", rendering.render_fisher(name, equations(name), derivatives(name)))
    assert found["fisher"].wide > 200
    assert found["fisher"].wide > found["fisher"].scalar
    assert found["fisher"].overlap_checks <= 1
