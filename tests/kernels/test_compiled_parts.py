"""Parts: compiled once, whatever constants they are given, and only within what calls them."""

from __future__ import annotations

import operator

import numba
import numpy as np
import pytest
from numba import types
from numba.core.registry import cpu_target

from repetita.kernels.operations import RememberingContext
from repetita.kernels.parts import EntryCompiler, PartCompiler, PartLibrary

PART = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def weighted(values, place, weight):
    """A number of an array, times a weight, plus its place."""
    return values[place] * weight + place


def compiled_sum():
    """A part, and an entry point that calls it with several constants."""
    part = numba.njit(pipeline_class=PartCompiler, **PART)(weighted)

    @numba.njit("float64(float64[::1])", pipeline_class=EntryCompiler)
    def entry(values):
        return part(values, 0, 2.0) + part(values, 1, 3.0) + part(values, 2, 4.0)

    return part, entry


def test_a_part_is_compiled_once_for_all_constants():
    part, entry = compiled_sum()
    values = np.array([0.5, 0.25, 8.0])
    assert entry(values) == sum(weighted(values, place, place + 2.0) for place in range(3))
    (signature,) = part.signatures
    assert signature[1:] == (types.int64, types.float64)


def test_a_part_has_no_machine_code_of_its_own():
    part, _ = compiled_sum()
    (compiled,) = part.overloads.values()
    assert isinstance(compiled.library, PartLibrary)
    assert compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name) == 0


def formulas(x, y):
    """What operators make of two numbers."""
    return x / y, x // y, x % y, x**2, -x + 1, min(x, y), x < y


@pytest.mark.parametrize("given", [(7.5, -2.0), (7, 3)])
def test_operators_mean_what_they_do_in_python(given):
    assert numba.njit(pipeline_class=EntryCompiler)(formulas)(*given) == formulas(*given)


def test_what_is_remembered_is_what_the_context_says():
    context = RememberingContext(cpu_target.typing_context)
    add = context.resolve_value_type(operator.add)
    signature = context.resolve_function_type(add, (types.float64, types.int64), {})
    assert signature.return_type == types.float64
    assert context.resolve_function_type(add, (types.float64, types.int64), {}) is signature
    with pytest.raises(numba.TypingError):
        context.resolve_function_type(add, (types.float64, types.none), {})
