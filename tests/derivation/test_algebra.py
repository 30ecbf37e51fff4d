"""Simplified, joined and printed graphs compute what the recorded functions compute."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita.derivation.graph import ARITHMETIC, COMPARISONS, Algebra, Graph, Input, Node, reachable
from repetita.derivation.joining import join
from repetita.derivation.printer import Body, function
from repetita.derivation.tracer import Tracer

NAMES = ("a", "b", "rating")
numbers = st.sampled_from([-2.0, -1.0, 0.0, 1.0, 2.0]) | st.floats(-3.0, 3.0).map(lambda x: round(x, 3))
atoms = st.sampled_from(NAMES) | numbers


def compound(inner: Any) -> Any:
    two = st.tuples(st.sampled_from(["+", "-", "*", "min", "max"]), inner, inner)
    one = st.tuples(st.sampled_from(["neg", "exp"]), inner)
    question = st.tuples(st.sampled_from(sorted(COMPARISONS)), atoms, atoms)
    return two | one | st.tuples(st.just("select"), question, inner, inner)


trees = st.recursive(atoms, compound, max_leaves=12)
values = st.fixed_dictionaries({"a": numbers, "b": numbers, "rating": st.sampled_from([1, 2, 3, 4])})


def build(graph: Graph, tree: Any) -> Node:
    """The graph of a random expression."""
    if isinstance(tree, str):
        return graph.input(Input(tree, 0, tree), live=tree != "rating")
    if isinstance(tree, float):
        return graph.constant(tree)
    return graph.make(tree[0], *(build(graph, part) for part in tree[1:]))


def text(tree: Any) -> str:
    """A random expression as an author would write it."""
    if not isinstance(tree, tuple):
        return str(tree)
    op, *parts = tree
    inside = [text(part) for part in parts]
    if op == "select":
        return f"({inside[1]} if {inside[0]} else {inside[2]})"
    if op == "neg":
        return f"(-{inside[0]})"
    return (
        f"({inside[0]} {op} {inside[1]})"
        if op in "+-*" or op in COMPARISONS
        else f"{op}({', '.join(inside)})"
    )


def clipped_exp(x: float) -> float:
    return math.exp(max(min(x, 5.0), -5.0))


def evaluate(outputs: list[Node], given: dict[str, float]) -> list[float]:
    """Values of nodes, by the plainest way."""
    found: dict[Node, Any] = {}
    for node in reachable(outputs):
        parts = [found[operand] for operand in node.operands]
        if isinstance(node.value, Input):
            found[node] = given[node.value.text]
        elif node.op == "constant":
            found[node] = node.value
        elif node.op == "select":
            found[node] = parts[1] if parts[0] else parts[2]
        elif node.op in COMPARISONS:
            found[node] = COMPARISONS[node.op](*parts)
        else:
            found[node] = ARITHMETIC[node.op](*parts)
    return [found[output] for output in outputs]


def bounded(tree: Any) -> Any:
    """The same expression with every exponential's argument inside [-2, 2], so that nothing overflows."""
    if not isinstance(tree, tuple):
        return tree
    op, *parts = tree
    parts = [bounded(part) for part in parts]
    return ("exp", ("min", ("max", parts[0], -2.0), 2.0)) if op == "exp" else (op, *parts)


@settings(max_examples=300, deadline=None)
@given(tree=trees.map(bounded), given_values=values)
def test_simplifying_keeps_the_value(tree: Any, given_values: dict[str, float]) -> None:
    plain, simple = Graph(), Algebra()
    (expected,) = evaluate([build(plain, tree)], given_values)
    (found,) = evaluate([build(simple, tree)], given_values)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(first=trees.map(bounded), second=trees.map(bounded), given_values=values)
def test_traced_joined_and_printed_functions_keep_their_values(
    first: Any, second: Any, given_values: dict[str, float]
) -> None:
    module = ModuleType("random_equations")
    source = f"def f(a, b, rating):\n    return {text(first)}, {text(second)} + a * b\n"
    exec(f"from math import exp\n{source}", vars(module))
    tracer = Tracer(module)
    arguments = [tracer.input(name, 0, name, live=name != "rating") for name in NAMES]
    algebra, outputs = join(tracer.graph, tracer.trace(module.f, *arguments))
    expected = module.f(**given_values)
    assert evaluate(outputs, given_values) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    printed = function("g", NAMES, "", outputs, Body(NAMES, outputs, algebra.hints))
    space: dict[str, Any] = {"exp": math.exp}
    exec(printed, space)
    assert space["g"](**given_values) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def graph_of(source: str) -> list[Node]:
    module = ModuleType("small")
    exec(f"from math import exp, log\n{source}", vars(module))
    tracer = Tracer(module)
    arguments = [tracer.input(name, 0, name, live=name != "rating") for name in NAMES]
    return join(tracer.graph, tracer.trace(module.f, *arguments))[1]


def calls(outputs: list[Node], op: str) -> int:
    return sum(node.op == op for node in reachable(outputs))


def test_calls_that_no_path_needs_together_are_one_call() -> None:
    outputs = graph_of(
        "def f(a, b, rating):\n"
        "    if rating == 1:\n        return exp(2.0 * a)\n"
        "    if rating == 2:\n        return 1.0 - exp(b * 3.0)\n"
        "    return 5.0 * exp(a - b)\n"
    )
    assert calls(outputs, "exp") == 1


def test_calls_that_one_path_needs_together_stay_apart() -> None:
    outputs = graph_of(
        "def f(a, b, rating):\n"
        "    if rating == 1:\n        return exp(exp(a) * 0.1)\n"
        "    return exp(b) + 1.0\n"
    )
    assert calls(outputs, "exp") == 2


def test_exponentials_of_a_product_are_fused_unless_needed_elsewhere() -> None:
    assert calls(graph_of("def f(a, b, rating):\n    return exp(a) * b * exp(b)\n"), "exp") == 1
    outputs = graph_of("def f(a, b, rating):\n    e = exp(a)\n    return e * b * exp(b) + e\n")
    assert calls(outputs, "exp") == 2


def test_exponentials_that_each_path_uses_once_are_fused() -> None:
    outputs = graph_of(
        "def f(a, b, rating):\n"
        "    if rating == 1:\n        return exp(b)\n"
        "    if rating == 2:\n        return exp(2.0 * a) * exp(b)\n"
        "    return exp(3.0 * a) * exp(b)\n"
    )
    assert calls(outputs, "exp") == 1


def test_the_logarithm_of_an_exponential_is_its_exponent_where_that_saves_a_call() -> None:
    one_path = "def f(a, b, rating):\n    return log(max(exp(a), 0.01))\n"
    assert calls(graph_of(one_path), "log") == calls(graph_of(one_path), "exp") == 0
    assert [evaluate(graph_of(one_path), {"a": a})[0] for a in (0.5, -9.0)] == [0.5, math.log(0.01)]
    spared = "def f(a, b, rating):\n    return (log(exp(a)) if rating == 1 else log(b)), exp(a)\n"
    assert calls(graph_of(spared), "log") == 1


def test_a_choice_sinks_below_a_number_that_its_arms_add() -> None:
    outputs = graph_of(
        "def f(a, b, rating):\n"
        "    step = 0.5 if rating == 1 else 0.25 if rating == 2 else 2.0\n"
        "    return max(a - step + 0.1, 0.0) + 0.1\n"
    )
    assert calls(outputs, "max") == 1
    assert calls(outputs, "+") + calls(outputs, "-") == 3


def test_a_choice_sinks_below_what_its_arms_share() -> None:
    (output,) = graph_of("def f(a, b, rating):\n    return a * b if rating == 1 else a * 3.0\n")
    assert output.op == "*"
    assert [operand.op for operand in output.operands] == ["input", "select"]


def test_the_variable_comes_first_in_a_bound() -> None:
    algebra = Algebra()
    x = algebra.input(Input("parameter", 0, "x"), live=True)
    assert algebra.make("max", algebra.constant(1.0), x).operands[0] is x
