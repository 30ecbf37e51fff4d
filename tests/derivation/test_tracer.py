"""Recording plain functions: paths, what the rating settles, local names, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from repetita.derivation.graph import Node
from repetita.derivation.tracer import Fork, InvalidEquations, Leaf, Number, Tracer, conditions, leaves
from repetita.equations import equations


def tracer(text: str = "") -> Tracer:
    module = ModuleType("traced")
    exec("from math import exp, log, sqrt\n" + text, vars(module))
    return Tracer(module)


def inputs(of: Tracer) -> tuple[Number, Number]:
    return of.input("days", 0, "x", live=True), of.input("rating", 0, "rating")


def test_every_path_is_run_once() -> None:
    of = tracer()
    x, rating = inputs(of)
    runs = []

    def function(x: Any, rating: Any) -> Any:
        runs.append(1)
        if x < 1.0:
            return x + 1.0
        if rating == 1:
            return x + 2.0
        return x + 3.0 if x < 2.0 else x + 4.0

    tree = of.trace(function, x, rating)
    ends = [leaf.outputs[0].operands[1].value for leaf in leaves(tree)]
    assert ends == [1.0, 2.0, 3.0, 4.0]
    assert len(runs) == 4
    assert len(conditions(tree)) == 3


def test_what_the_rating_settles_is_not_asked() -> None:
    of = tracer()
    x, rating = inputs(of)

    def function(x: Any, rating: Any) -> Any:
        if rating == 1:
            return x * (7.0 if rating > 1 else 1.0)
        if rating <= 2:
            return x * 2.0
        if rating in (1, 2):
            return x * 8.0
        return x * 3.0 if rating == 3 else x * 4.0 if rating == 4 else x * 9.0

    tree = of.trace(function, x, rating)
    assert [leaf.outputs[0].operands[1].value for leaf in leaves(tree)] == [1.0, 2.0, 3.0, 4.0]


def test_a_question_has_one_answer_on_a_path() -> None:
    of = tracer()
    x, _ = inputs(of)
    tree = of.trace(lambda x: (1.0 if x < 1.0 else 2.0, 3.0 if x < 1.0 else 4.0), x)
    assert isinstance(tree, Fork)
    assert [[node.value for node in leaf.outputs] for leaf in leaves(tree)] == [[1.0, 3.0], [2.0, 4.0]]


def test_and_or_not_and_loops_over_constants_are_plain_python() -> None:
    of = tracer()
    x, _ = inputs(of)

    def function(x: Any) -> Any:
        total = 0.0
        for power in range(1, 4):
            total = total + power * x
        return total if x > 0.0 and not x > 1.0 else -total

    tree = of.trace(function, x)
    assert len(leaves(tree)) == 3


def test_helpers_of_the_module_record_too_and_name_their_results() -> None:
    of = tracer("def half(x):\n    halved = x / 2.0\n    return exp(halved)\n")
    x, _ = inputs(of)
    tree = of.trace(of.module.half, x)
    assert isinstance(tree, Leaf)
    (output,) = tree.outputs
    assert (output.op, output.operands[0].op) == ("exp", "/")
    assert of.graph.hints[output.operands[0]] == "halved"


def test_more_than_256_paths_are_refused() -> None:
    of = tracer()
    x, _ = inputs(of)

    def function(x: Any) -> Any:
        return sum(1.0 if x < float(bound) else 0.0 for bound in range(9)) + x

    with pytest.raises(InvalidEquations, match="256 paths"):
        of.trace(function, x)


def test_the_profiler_of_the_caller_is_put_back() -> None:
    import sys

    of = tracer()
    x, _ = inputs(of)
    before = sys.getprofile()
    with pytest.raises(ZeroDivisionError):
        of.trace(lambda x: x / (1 // 0), x)
    assert sys.getprofile() is before


REFUSED: list[tuple[str, Callable[[Any], Any], str]] = [
    ("power", lambda x: x**2, r"exp\(y \* log\(x\)\)"),
    ("power of a number", lambda x: 2**x, "power"),
    ("abs", abs, "abs"),
    ("round", round, "rounding"),
    ("floor", math.floor, "rounding"),
    ("int", int, "conversion"),
    ("float", float, "conversion"),
    ("math.exp", math.exp, "imported by name"),
    ("index", lambda x: (1.0, 2.0)[x], "if and elif"),
    ("whole division", lambda x: x // 2, "whole division"),
    ("remainder", lambda x: x % 2, "whole division"),
    ("truth", lambda x: 1.0 if x else 2.0, "compare it"),
    ("text", lambda x: x + "1", "not a number"),
]


@pytest.mark.parametrize(
    ("function", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_has_no_derivative_is_refused_with_a_reason(function: Callable[[Any], Any], words: str) -> None:
    of = tracer()
    x, _ = inputs(of)
    with pytest.raises(InvalidEquations, match=words):
        of.trace(lambda x: function(x), x)


def test_min_and_max_take_two_arguments() -> None:
    of = tracer("def least(x):\n    return min(x, 1.0, 2.0)\n")
    x, _ = inputs(of)
    with pytest.raises(InvalidEquations, match="min takes 2 arguments"):
        of.trace(of.module.least, x)


def test_fsrs6_has_six_paths_after_a_review() -> None:
    module = equations("fsrs6")
    of = Tracer(module)
    w = tuple(of.input("parameter", i, f"w[{i}]", live=True) for i in range(21))
    c = tuple(of.input("prepared", i, f"c[{i}]", live=True) for i in range(4))
    o = tuple(of.input("option", i, f"o[{i}]") for i in range(3))
    state = tuple(of.input("state", i, name, live=True) for i, name in enumerate(module.STATE))
    days, rating = of.input("days", 0, "days"), of.input("rating", 0, "rating")
    tree = of.trace(module.after, w, c, o, state, days, rating)
    assert len(leaves(tree)) == 6
    assert all(isinstance(output, Node) for leaf in leaves(tree) for output in leaf.outputs)
