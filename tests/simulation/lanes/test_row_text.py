"""Equations written for the row of a lane compute what the equation file does."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import repetita as rp
from repetita.equations import MODELS, NETWORKS, declared, equations
from repetita.kernels.linking import linked_text
from repetita.simulation import rules
from repetita.simulation.lanes.row_text import read_from_row
from repetita.simulation.lanes.texts import graphics_world_text, world_role_text
from repetita.simulation.roles import environment_text

RECURSIVE = [name for name in MODELS if declared(equations(name)).kind == "recursive"]
ROLES = ("env_init", "env_recall", "env_next")
PRESSES = st.lists(st.tuples(st.floats(0.001, 400.0), st.integers(1, 4)), max_size=6)


def written(name: str) -> str:
    """The roles of a model as the world and its equations, before they read the row."""
    base = environment_text(name)
    return linked_text([rules, *base.modules], texts=[base.source])


def run(text: str) -> dict[str, Any]:
    """What a text defines, in Python."""
    space: dict[str, Any] = vars(math) | {"linked": lambda function: function, "NamedTuple": NamedTuple}
    exec(text, space)
    return space


@pytest.mark.parametrize("name", RECURSIVE)
def test_roles_compute_what_the_model_does(name: str) -> None:
    memory = rp.model(name)
    space = run(read_from_row(written(name), equations(name), ROLES))
    row = [*memory.parameters, *memory.prepared, *memory.options]

    @settings(max_examples=20, deadline=None)
    @given(st.integers(1, 4), PRESSES)
    def check(first: int, presses: list[tuple[float, int]]) -> None:
        flat = [0.0] * 9
        space["env_init"](row, flat, 2, first)
        state = memory.initial_state(first)
        for days, rating in presses:
            assert tuple(flat[2 : 2 + len(state)]) == state
            assert space["env_recall"](row, flat, 2, days) == memory.retrievability(state, days)
            space["env_next"](row, flat, 2, days, rating)
            state = memory.next_state(state, days, rating)

    check()


@pytest.mark.parametrize("name", ["fsrs6", "fsrs7", "hlr", "sm2_trainable"])
def test_no_tuple_of_numbers_of_the_row_is_left(name: str) -> None:
    text = read_from_row(written(name), equations(name), ROLES)
    assert "(w[0], " in written(name)
    assert "(w[0], " not in text
    assert "def prepare" not in text


# a vector used as a whole, a name of a vector that means something else, a place from the end, no row at hand
SUMMED = "def first(w, c, o, rating):\n    return (sum(w), 1.0)\n"
NAMED = """
def first(w, c, o, rating):
    return inner(rating, w), 1.0
def inner(c, w):
    return c * w[0]
"""
BACKWARDS = "def first(w, c, o, rating):\n    return (w[-1], 1.0)\n"
WITHOUT = "def first(rating):\n    return (inner((), (), ()), 1.0)\ndef inner(w, c, o):\n    return 1.0\n"
ROLE = "def env_init(w, s, b, rating):\n    s[b], s[b + 1] = first((w[0], w[1]), (w[2],), (), rating)\n"


@pytest.mark.parametrize("text", [SUMMED, NAMED, BACKWARDS, WITHOUT])
def test_what_is_not_understood_stays_as_it_is(text: str) -> None:
    module: Any = ModuleType("equations_for_a_test")
    parameter = equations("fsrs6").PARAMETERS[0]
    module.PARAMETERS, module.VARIANTS = (parameter, parameter), {"default": ()}
    module.prepare = lambda w, o: (3.0,)
    exec(text, vars(module))
    whole = text + ROLE
    assert read_from_row(whole, module, ["env_init"]) == whole


def test_another_name_of_an_equation_is_called_like_it() -> None:
    text = written("memrise") + "fast_recall = recall\n\n@linked\ndef shown(w, s, b, days):\n"
    text += "    return fast_recall((), (), (), (s[b + 0],), days)\n"
    space = run(read_from_row(text, equations("memrise"), (*ROLES, "shown")))
    memory = rp.model("memrise")
    flat = list(memory.initial_state(3))
    assert space["shown"]([], flat, 0, 5.0) == memory.retrievability(tuple(flat), 5.0)


@pytest.mark.parametrize("name", [*MODELS, *NETWORKS])
def test_every_model_links_as_the_world(name: str) -> None:
    for daily in (False, True):
        assert "def env_press" in world_role_text(name, daily).text
        assert "def env_press" in graphics_world_text(name, daily, False).text
