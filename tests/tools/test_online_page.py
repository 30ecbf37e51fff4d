"""The page on learning online: up to date, and its derivation true."""

from __future__ import annotations

from random import Random
from string import Formatter

import pytest
import sympy as sp

import online_derivation as derivation
import online_page
from repetita.memory_model import MemoryModel, model
from repetita.online import notebook
from repetita.online.exact import Exact


def test_page_is_up_to_date():
    assert online_page.PAGE.read_text(encoding="utf-8") == online_page.page()


def test_page_shows_formulas_and_no_holes():
    template, text = online_page.TEMPLATE.read_text(encoding="utf-8"), online_page.page()
    fields = {name for _, name, _, _ in Formatter().parse(template) if name}
    assert len(fields) > 20
    assert text.count("\n$$") >= 20
    assert not [name for name in fields if f"{{{name}" in text]
    for place in (8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19):
        assert f"| $w_{{{place}}}$ |" in text


CASES = [
    (1, False, False, 30.0),
    (1, True, False, 0.2),
    (2, False, False, 9.0),
    (3, False, False, 4.0),
    (4, False, False, 60.0),
    (1, False, True, 3.0),
]


@pytest.mark.parametrize(("rating", "capped", "same_day", "stability"), CASES)
def test_derivation_is_what_the_exact_method_computes(rating, capped, same_day, stability):
    random = Random(rating + 10 * capped)
    at = derivation.gradient(rating, capped=capped, same_day=same_day)
    for _ in range(5):
        w = tuple(value * random.uniform(0.95, 1.05) for value in model("fsrs6").parameters)
        m = MemoryModel("fsrs6", w)
        # the cap holds a short stability after a very long time
        last = 0.0 if same_day else random.uniform(3000.0, 9000.0) if capped else random.uniform(1.0, 20.0)
        difficulty = random.uniform(2.0, 9.0)
        days, y = random.uniform(1.0, 50.0), random.randrange(2)
        memory = (rating, last, stability, difficulty)
        expected = at(w, stability, difficulty, last, days, y)
        found = Exact(m).prediction_and_gradient(memory, days, 3 if y else 1)[2]
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
        assert any(value != 0.0 for value in expected[8:20])


def test_short_forms_are_equal_to_what_they_stand_for():
    made = derivation.new_state(derivation.AGAIN)[0]
    slope = sp.diff(made, derivation.WEIGHTS[11])
    assert derivation.short(slope, made) == derivation.NEW / derivation.WEIGHTS[11]
    assert derivation.short(slope * 2, made) == slope * 2


def test_factor_is_that_of_the_equations():
    w = model("fsrs6").parameters
    value = derivation.factor().subs(derivation.WEIGHTS[20], w[20])
    assert float(value) == pytest.approx(model("fsrs6").prepared[0], rel=1e-12)


def test_signs_of_the_first_review():
    numerator = derivation.NotebookDefinition().numerator()
    assert numerator.subs(derivation.ANSWER, 0) == 1
    assert numerator.subs(derivation.ANSWER, 1) == 1 - sp.Symbol("A", positive=True)


@pytest.mark.golden
def test_true_gradient_of_the_notebook_s_loss(golden):
    recorded = golden("one_step")["notebook"]
    defined = derivation.NotebookDefinition()
    for block in recorded["blocks"]:
        first, rating, days = block["kind"] == "first", block["rating"], block["delta_t"]
        for record in block["records"]:
            if "exact_gradient_same_definition" not in record:
                continue
            w = [
                a + recorded["lr"] * b for a, b in zip(record["w_after"], record["applied_step"], strict=True)
            ]
            s, d = record.get("last_s", 1.0), record.get("last_d", 5.0)
            before = notebook.curve(w, days, s)
            capped = rating == 1 and notebook._lapse(w, s, d, before) > notebook._cap(w, s)
            at = defined.gradient(rating, first=first, capped=capped)
            found = at(w, s, d, days, record["y"])
            assert found == pytest.approx(record["exact_gradient_same_definition"], rel=1e-9, abs=1e-12)
