from __future__ import annotations

from types import ModuleType

import pytest

from repetita.equations import fsrs6, memrise
from repetita.kernels.linking import linked_text, without_arguments
from repetita.scheduling import plain_rules
from repetita.simulation import rules


def test_functions_and_numbers_are_taken_and_nothing_else():
    text = linked_text([plain_rules, rules, memrise])
    space = {"linked": lambda f: f, "floor": __import__("math").floor}
    exec(text, space)
    assert space["settle"](7.5, False, 0.0, 100.0) == rules.settle(7.5, False, 0.0, 100.0)
    assert space["LADDER"] == memrise.LADDER
    assert "PARAMETERS" not in space
    assert "import" not in text


def test_decorators_are_chosen_by_name():
    text = linked_text([fsrs6], texts=["def own(x):\n    return x"], decorators={"own": "special"})
    assert "@special\ndef own(x)" in text
    assert "@linked\ndef recall(w, c, o, state, days)" in text


def test_a_name_with_two_meanings_is_refused():
    with pytest.raises(ValueError, match="means two things"):
        linked_text([fsrs6, memrise])


def test_the_same_function_twice_is_one():
    assert linked_text([rules, rules]) == linked_text([rules])
    assert isinstance(rules, ModuleType)


def test_arguments_become_names():
    text = without_arguments("def f(role, x):\n    return g(role, x) + role(x)", ["role"])
    assert text == "def f(x):\n    return g(x) + role(x)\n"
