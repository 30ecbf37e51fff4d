"""The formula page: mathematics as people write it, complete tables, no names of machines."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from formula_pages.formulas import Formulas
from formula_pages.latex import Writer
from formula_pages.page import formula_page
from repetita.derivation.graph import Input
from repetita.derivation.tracer import Tracer
from repetita.equations import MODELS, declared, equations

FITTED = [name for name in MODELS if declared(equations(name)).fitted]


def latex(expression: str) -> str:
    """LaTeX of an expression in x, y and w."""
    module = ModuleType("expression")
    exec(f"from math import exp, log, sqrt\ndef f(x, y, w):\n    return {expression}\n", vars(module))
    tracer = Tracer(module)
    x, y = tracer.input("state", 0, "x"), tracer.input("state", 1, "y")
    tree = tracer.trace(module.f, x, y, (tracer.input("parameter", 0, "w[0]"),))
    return Writer({"x": "x", "y": "y"}).text(tree.outputs[0])  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("exp(y * log(x))", "x^{y}"),
        ("exp(-w[0] * log(x + 1.0))", r"\left(x + 1\right)^{-w_{0}}"),
        ("exp(log(0.9) / -w[0]) - 1.0", r"0.9^{-\frac{1}{w_{0}}} - 1"),
        ("exp(x - y)", "e^{x - y}"),
        ("x - (y - 1.0)", r"x - \left(y - 1\right)"),
        ("x - -y * 2.0", r"x - \left(-y \cdot 2\right)"),
        ("x * (1.0 + y) / 9.0", r"\frac{x\, \left(1 + y\right)}{9}"),
        ("min(max(x, 1.0), 10.0)", r"\operatorname{clamp}\left(x, 1, 10\right)"),
        ("max(min(x, y), 0.5)", r"\max\left(\min\left(x, y\right), 0.5\right)"),
        ("sqrt(x) * log(y)", r"\sqrt{x}\, \ln y"),
        ("x + 2e-5 * y", r"x + 2 \cdot 10^{-5}\, y"),
    ],
)
def test_expressions_read_like_mathematics(expression: str, expected: str) -> None:
    assert latex(expression) == expected


def test_a_word_without_a_symbol_is_set_upright() -> None:
    assert Writer({}).word("interval_days") == r"\mathrm{interval\ days}"


def test_a_question_can_be_denied() -> None:
    tracer = Tracer(ModuleType("empty"))
    days = tracer.graph.input(Input("days", 0, "days"), live=False)
    question = tracer.graph.make("<", days, tracer.graph.constant(1.0))
    assert Writer({}).relation(question, holds=True) == "t < 1"
    assert Writer({}).relation(question, holds=False) == r"t \ge 1"


@pytest.mark.parametrize("name", FITTED)
def test_the_page_tells_everything(name: str) -> None:
    module = equations(name)
    page = formula_page(name, module)
    for place, parameter in enumerate(module.PARAMETERS):
        assert f"| $w_{{{place}}}$ | `{parameter.name}` | {parameter.default:g} |" in page
        assert parameter.meaning in page
        formulas = page.partition("## Parameters")[0]
        assert f"w_{{{place}}}" in formulas, f"parameter {place} is in no formula"
    assert all(f"`{variant}`" in page for variant in module.VARIANTS)
    assert all(source in page for source in module.SOURCES)
    assert all(f"- {count} numbers" in page for count in module.MIGRATIONS)


@pytest.mark.parametrize("name", FITTED)
def test_the_formulas_are_whole_and_human(name: str) -> None:
    page = formula_page(name, equations(name))
    blocks = re.findall(r"\$\$\n(.*?)\n\$\$", page, flags=re.DOTALL)
    assert len(blocks) > len(list(Formulas(equations(name)).sections()))
    for block in blocks:
        assert block.count("{") == block.count("}")
        assert block.count(r"\left") == block.count(r"\right")
        assert block.count(r"\begin") == block.count(r"\end")
        assert not re.search(r"w\[|c\[|o\[|\d{8}|_\d|(?<!\\)_[a-z]", block), "a name or number of a machine"


@pytest.mark.parametrize("name", sorted(set(MODELS) - set(FITTED)))
def test_the_page_of_a_rule_shows_its_functions(name: str) -> None:
    page = formula_page(name, equations(name))
    assert "nothing to fit" in page
    for function in ("first", "recall", "after", "interval"):
        assert f"## `{function}`\n" in page
        assert f"```py\ndef {function}(" in page
    assert all(source in page for source in equations(name).SOURCES)


def test_a_ceiling_is_in_the_loss() -> None:
    page = formula_page("fsrs7_legacy35", equations("fsrs7_legacy35"))
    assert r"\operatorname{clamp}\left(q, 0.0001, 0.9999\right)" in page


def test_branches_of_fsrs6_are_named_cases() -> None:
    sections = "\n".join(Formulas(equations("fsrs6")).sections())
    for rating, factor in (("Hard", r"\, w_{15}"), ("Good", ""), ("Easy", r"\, w_{16}")):
        assert rf"S\, \left(1 + \mathrm{{gain}}{factor}\right) & \text{{{rating}}}" in sections
    assert r"& \text{same day } (t < 1),\ G \ge G_{0}" in sections
    assert r"R = \left(1 + \frac{F\, t}{S}\right)^{-w_{20}}" in sections


TWO_TRACES = """
from math import exp

STATE = ("slow", "fast")
SYMBOLS = {"slow": "S"}
OPTIONS = PARAMETERS = ()


def prepare(w, o):
    return ()


def recall(w, c, o, state, days):
    return exp(-days / state[0])


def grown(trace, days):
    gain = exp(-trace) * days
    return trace + gain * gain


def first(w, c, o, rating):
    return 1.0, 2.0


def after(w, c, o, state, days, rating):
    if days > 3.0 and rating == 1:
        return state[0], 0.5
    return grown(state[0], days), grown(state[1], days)
"""


def test_cases_and_names_of_a_helper_that_is_used_twice() -> None:
    module = ModuleType("two_traces")
    exec(TWO_TRACES, vars(module))
    later = list(Formulas(module).sections())[2]
    assert r"S' = \begin{cases}" in later
    assert r"S & \text{Again},\ t > 3" in later
    assert r"& \text{Hard, Good or Easy},\ t > 3 \text{ or } t \le 3" in later
    assert r"\mathrm{gain} = e^{-S}\, t" in later
    assert r"\mathrm{gain}_{2} = e^{-\mathrm{fast}}\, t" in later


def test_a_question_that_does_not_matter_is_not_shown() -> None:
    module = ModuleType("two_traces")
    source = TWO_TRACES.replace("return state[0], 0.5", "return grown(state[0], days), 0.5")
    exec(source, vars(module))
    later = list(Formulas(module).sections())[2]
    assert r"S' = S + \mathrm{gain}\, \mathrm{gain}" in later
    assert r"\mathrm{fast}' = \begin{cases}" in later
