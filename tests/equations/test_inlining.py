"""Equations written out give the same numbers as their text, to the last bit."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repetita import model
from repetita.equations import MODELS, declared, equations, inlining
from repetita.equations.inlining import bound

RECURSIVE = [name for name in MODELS if declared(equations(name)).kind == "recursive"]


def vectors(name):
    chosen = model(name)
    return chosen.parameters, chosen.prepared, chosen.options


@pytest.mark.parametrize("name", RECURSIVE)
@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from((0.0, 0.3, 1.0, 2.0, 17.0, 400.0))),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=25, deadline=None)
def test_the_same_bits(name, history):
    module, given_vectors = equations(name), vectors(name)
    first, after, recall = (bound(module, f, given_vectors) for f in ("first", "after", "recall"))
    state = first(history[0][0])
    assert state == module.first(*given_vectors, history[0][0])
    for rating, days in history[1:]:
        assert recall(state, days) == module.recall(*given_vectors, state, days)
        expected = module.after(*given_vectors, state, days, rating)
        assert bound(module, "after", given_vectors, rating=rating)(state, days) == expected
        state = after(state, days, rating)
        assert state == expected
    if declared(module).closed_interval:
        interval = bound(module, "interval", given_vectors)
        usual = bound(module, "interval", given_vectors, desired_retention=0.9)
        assert usual(state) == interval(state, 0.9) == module.interval(*given_vectors, state, 0.9)


def test_helpers_are_written_out():
    module = equations("fsrs6")
    code, _ = inlining._written_out(module, "after")
    assert not {"power", "clamp", "recall", "min", "max", "w"} & set(code.co_names)
    assert "exp" in code.co_names


def test_what_was_put_in_the_place_of_a_helper_stays():
    source = equations("fsrs6")
    changed = ModuleType(source.__name__)
    vars(changed).update(vars(source))
    changed.power = lambda x, y: 2.0
    assert bound(changed, "interval", vectors("fsrs6"))((10.0, 5.0), 0.9) != bound(
        source, "interval", vectors("fsrs6")
    )((10.0, 5.0), 0.9)


def test_without_a_source_text_the_functions_are_bound_as_they_are(monkeypatch):
    def none(module):
        raise OSError("no source")

    monkeypatch.setattr(inlining, "getsource", none)
    for cached in (inlining._written_out, inlining._functions):
        cached.cache_clear()
    module = equations("fsrs6")
    assert bound(module, "first", vectors("fsrs6"))(3) == module.first(*vectors("fsrs6"), 3)
    for cached in (inlining._written_out, inlining._functions):
        cached.cache_clear()


def test_what_is_known_is_computed_once():
    module = equations("fsrs6")
    code, computed = inlining._written_out(module, "interval", ("desired_retention",))
    assert computed
    assert not {"exp", "log"} & set(code.co_names)
    code, _ = inlining._written_out(module, "after", ("rating",), 1)
    assert not any(name.startswith(("w_15", "w_16", "rating")) for name in code.co_names)


def test_what_cannot_be_computed_before_fails_when_called():
    module, (w, c, o) = equations("fsrs6"), vectors("fsrs6")
    wide = (*w[:20], 1e-4)
    interval = bound(module, "interval", (wide, c, o), desired_retention=0.9)
    with pytest.raises(ArithmeticError):
        interval((10.0, 5.0))
