"""Writes docs/explanation/online.md: the derivation behind learning online, its formulas by SymPy.

Usage: ``python tools/online_page.py`` writes the page, ``--check`` only says whether it is up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import sympy as sp

import online_derivation as derivation
from online_derivation import AGAIN, EASY, GOOD, HARD, NEW, NEXT, RATING, WEIGHTS, SameDay
from repetita.memory_model import model
from repetita.online import benchmark, exact, notebook

PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "online.md"
# the notebook's first experiment: answers a day after a first Good, every tenth one forgotten
ANSWERS = tuple(int(i % 10 != 0) for i in range(700))

TEMPLATE = Path(__file__).with_suffix(".txt")


def latex(expression: Any) -> str:
    """The expression as LaTeX."""
    return str(sp.latex(expression, ln_notation=True))


def table(rows: Iterable[tuple[str, str]]) -> str:
    """A table of formulas."""
    lines = ["| by | at | derivative of $S_1$ |", "|---|---|---|"]
    return "\n".join([*lines, *rows_of(rows)])


def rows_of(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Lines of a table."""
    for left, right in rows:
        yield f"| {left} | {right} |"


def derivatives(made: Any, label: str, *places: int) -> Iterator[tuple[str, str]]:
    """Rows with the derivatives of a stability by some parameters."""
    for i, value in derivation.by(made, *places).items():
        yield f"${latex(WEIGHTS[i])}$ | {label}", f"${latex(derivation.short(value, made))}$"


def stabilities() -> dict[str, str]:
    """The new stability by cases, and its derivatives."""
    good, again = derivation.new_state(GOOD)[0], derivation.new_state(AGAIN)[0]
    cap = derivation.new_state(AGAIN, capped=True)[0]
    same_day, difficulty = derivation.new_state(RATING, SameDay("tau", positive=True))
    growth = [*derivatives(good, "Good", 8, 9, 10)]
    growth += derivatives(derivation.new_state(HARD)[0], "Hard", 15)
    growth += derivatives(derivation.new_state(EASY)[0], "Easy", 16)
    return {
        "success": latex(good),
        "success_table": table(growth),
        "failure": latex(again),
        "failure_table": table(derivatives(again, "Again", 11, 12, 13, 14)),
        "cap": latex(cap),
        "cap_table": table(derivatives(cap, "Again, at the cap", 17, 18)),
        "same_day": latex(same_day),
        "same_day_table": table(derivatives(same_day, "all", 17, 18, 19)),
        "success_by_recall": latex(sp.diff(good, derivation.BEFORE)),
        "failure_by_recall": latex(derivation.short(sp.diff(again, derivation.BEFORE), again)),
        "difficulty_by_reversion": latex(sp.diff(difficulty, WEIGHTS[7])),
    }


def curves() -> dict[str, str]:
    """The forgetting curve and its derivatives."""
    curve, factor = derivation.recall(NEW, NEXT), derivation.factor()
    return {
        "curve": latex(curve),
        "factor": latex(factor),
        "loss_by_recall": latex(derivation.loss_by_recall()),
        "curve_by_stability": latex(sp.diff(curve, NEW)),
        "curve_by_decay": latex(sp.diff(curve, WEIGHTS[20])),
        "curve_by_factor": latex(sp.diff(curve, derivation.FACTOR)),
        "factor_by_decay": latex(sp.diff(factor, WEIGHTS[20])),
    }


def signs() -> dict[str, Any]:
    """What the notebook derives and codes for a first review, and where each leads."""
    numerator, grown = derivation.NotebookDefinition().numerator(), sp.Symbol("A", positive=True)
    coded = derivation.ANSWER * (1 - grown) + derivation.ANSWER - 1
    forms = {"numerator": numerator}
    for name, form in (("numerator", numerator), ("coded", coded)):
        forms |= {
            f"{name}_{word}": form.subs(derivation.ANSWER, y)
            for word, y in (("recalled", 1), ("forgotten", 0))
        }
    w = list(model("fsrs6").parameters)
    power = w[20]
    for y in ANSWERS:
        notebook.learn(w, notebook.RATE, None, 1, GOOD, bool(y))
    start = model("fsrs6").parameters[2]
    return {name: latex(form) for name, form in forms.items()} | {
        "answers": len(ANSWERS),
        "start": start,
        "coded_end": w[2],
        "right_end": derivation.learned_stability(ANSWERS, start, power, 1.0, 5.0 * notebook.RATE),
        "truth": 1.0 / (0.9 ** (-1.0 / power) - 1.0),
    }


@cache
def page() -> str:
    """The text of the page."""
    return TEMPLATE.read_text(encoding="utf-8").format(
        **stabilities(),
        **curves(),
        **signs(),
        rate=exact.RATE,
        largest=exact.LARGEST_STEP,
        benchmark_rate=benchmark.RATE,
        first_review=benchmark.FIRST_REVIEW,
    )


def main() -> int:
    """Writes or checks the page; the exit code."""
    text = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PAGE.name} is out of date: run python tools/online_page.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
