"""The gradient of one online step, by SymPy, from the equation file of FSRS-6 itself.

The functions of `repetita.equations.fsrs6` are called with symbols instead of numbers: ``exp`` and ``log``
become SymPy's, bounds are taken as not touched, and the rating says which branch is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from types import FunctionType
from typing import Any

import sympy as sp

from repetita.equations import fsrs6

WEIGHTS = tuple(sp.Symbol(f"w_{i}", positive=True) for i in range(len(fsrs6.PARAMETERS)))
STABILITY, NEW = sp.Symbol("S", positive=True), sp.Symbol("S_1", positive=True)
DIFFICULTY = sp.Symbol("D", positive=True)
FACTOR = sp.Symbol("F", positive=True)
BEFORE, RECALLED = sp.Symbol("R_0", positive=True), sp.Symbol("R", positive=True)
ANSWER = sp.Symbol("y", nonnegative=True)
AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4


class Days(sp.Symbol):
    """A time of which it is known whether it is less than a day."""

    same_day = False

    def __lt__(self, other: Any) -> Any:
        return self.same_day


class SameDay(Days):
    """A time of less than a day."""

    same_day = True


class Grade(sp.Symbol):
    """A rating that keeps stability from falling on the same day."""

    def __ge__(self, other: Any) -> Any:
        return True


RATING = Grade("G")
LAST, NEXT = Days("tau", positive=True), Days("t", positive=True)


def rational(expression: Any) -> Any:
    """The expression with fractions in place of floating-point numbers."""
    return sp.nsimplify(expression, rational=True)


def rebound(*, capped: bool = False, known: bool = True) -> dict[str, Callable[..., Any]]:
    """The functions of the equation file, for symbols.

    Args:
        capped: Take the second of two expressions in a minimum instead of the first.
        known: Let the probability of recall before the update be a symbol of its own.
    """

    def least(first: Any, second: Any) -> Any:
        return second if capped and sp.sympify(second).has(STABILITY) else first

    namespace: dict[str, Any] = {
        "exp": sp.exp,
        "log": lambda x: sp.log(rational(x)),
        "min": least,
        "max": lambda first, second: first,
    }
    for name, value in vars(fsrs6).items():
        if isinstance(value, FunctionType) and value.__module__ == fsrs6.__name__:
            namespace[name] = FunctionType(value.__code__, namespace, name)
    # written as exp(y * log(x)) in the file, for x above 0
    namespace["power"] = lambda x, y: x**y
    if known:
        namespace["recall"] = lambda w, c, o, state, days: BEFORE
    return namespace


def prepared() -> tuple[Any, ...]:
    """What depends on the parameters only; the factor of the curve as a symbol."""
    options = (sp.Integer(0), sp.oo, 2)
    return (FACTOR, *map(rational, rebound()["prepare"](WEIGHTS, options)[1:]))


@cache
def factor() -> Any:
    """The factor of the forgetting curve by the parameters."""
    return rational(rebound()["prepare"](WEIGHTS, ())[0])


@cache
def recall(stability: Any, days: Any) -> Any:
    """The forgetting curve."""
    found = rebound(known=False)["recall"](WEIGHTS, prepared(), (), (stability, DIFFICULTY), days)
    return rational(found)


@cache
def new_state(rating: Any, days: Any = LAST, *, capped: bool = False) -> tuple[Any, Any]:
    """Stability and difficulty after a later review, by what is given before it."""
    options = (sp.Integer(0), sp.oo, 2)
    after = rebound(capped=capped)["after"]
    made = after(WEIGHTS, prepared(), options, (STABILITY, DIFFICULTY), days, rating)
    return rational(made[0]), rational(made[1])


def loss() -> Any:
    """The loss of an answer by its probability."""
    return -(ANSWER * sp.log(RECALLED) + (1 - ANSWER) * sp.log(1 - RECALLED))


@cache
def loss_by_recall() -> Any:
    """Derivative of the loss by the probability."""
    return sp.simplify(sp.diff(loss(), RECALLED))


def by(expression: Any, *places: int) -> dict[int, Any]:
    """Derivatives of an expression by some parameters."""
    return {i: sp.diff(expression, WEIGHTS[i]) for i in places}


def short(expression: Any, made: Any) -> Any:
    """The expression by the new stability, where it is one of the short forms tried; else as it is.

    Args:
        expression: A derivative of the new stability.
        made: The new stability.
    """
    w, gained = WEIGHTS, NEW - STABILITY
    tried = [gained, -gained * sp.log(STABILITY), gained / w[15], gained / w[16]]
    tried += [NEW / w[11], -NEW * sp.log(DIFFICULTY), NEW * (1 - BEFORE), -NEW * w[17], -NEW * w[18]]
    tried += [NEW * w[17], NEW * (RATING - 3 + w[18]), -NEW * sp.log(STABILITY)]
    for form in tried:
        difference = form.subs(NEW, made) - expression
        if _is_zero_somewhere(difference) and sp.simplify(difference) == 0:
            return form
    return expression


def _is_zero_somewhere(expression: Any) -> bool:
    """Whether an expression vanishes at some point of no particular kind; rules most forms out at once."""
    places = sorted(expression.free_symbols, key=str)
    point = {symbol: sp.Rational(31 + 7 * i, 83 + 5 * i) for i, symbol in enumerate(places)}
    return abs(sp.N(expression.subs(point), 30)) < 1e-20


def gradient(rating: int, *, capped: bool = False, same_day: bool = False) -> Callable[..., list[float]]:
    """The whole gradient of one step after a later review, as a function of numbers.

    Returns:
        A function of (parameters, stability, difficulty, days of the last review, days of the answer,
        answer) that returns one derivative a parameter.
    """
    last = SameDay("tau", positive=True) if same_day else LAST
    before = recall(STABILITY, last)
    stability = new_state(rating, last, capped=capped)[0].subs(BEFORE, before)
    predicted = recall(stability, NEXT).subs(FACTOR, factor())
    slopes = [sp.diff(predicted, w) for w in WEIGHTS]
    symbols = (*WEIGHTS, STABILITY, DIFFICULTY, last, NEXT)
    evaluate = sp.lambdify(symbols, [predicted, *slopes], modules="math")
    outer = sp.lambdify((RECALLED, ANSWER), loss_by_recall(), modules="math")

    def at(w: Sequence[float], s: float, d: float, elapsed: float, days: float, y: int) -> list[float]:
        found = evaluate(*w, s, d, elapsed, days)
        slope = outer(found[0], y)
        return [float(slope * value) for value in found[1:]]

    return at


class NotebookDefinition:
    """Loss of the notebook's own model, whose curve lacks the factor, and its true gradient."""

    def __init__(self) -> None:
        self.days = sp.Symbol("t", positive=True)

    def curve(self, stability: Any) -> Any:
        """The notebook's forgetting curve."""
        return (1 + self.days / stability) ** (-WEIGHTS[20])

    def numerator(self) -> Any:
        """What stands above p t / (s (s + t) (A - 1)) in the derivative by a first stability; R is 1 / A."""
        grown, recalled = sp.Symbol("A", positive=True), self.curve(STABILITY)
        common = WEIGHTS[20] * self.days / (STABILITY * (STABILITY + self.days))
        by_stability = sp.diff(recalled, STABILITY)
        if sp.simplify(by_stability - common * recalled) != 0:
            raise ArithmeticError("the curve's derivative is not what the factor was taken out of")
        # R is 1 / A
        return sp.expand(sp.simplify(loss_by_recall().subs(RECALLED, 1 / grown) / grown * (grown - 1)))

    def gradient(self, rating: int, *, first: bool, capped: bool = False) -> Callable[..., list[float]]:
        """The true gradient, with the time to the answer in place of the time before, as the notebook has it.

        Returns:
            A function of (parameters, stability, difficulty, days, answer).
        """
        stability = WEIGHTS[rating - 1]
        if not first:
            made = new_state(rating, capped=capped)[0]
            stability = made.subs(BEFORE, self.curve(STABILITY))
        predicted = self.curve(stability)
        slopes = [sp.diff(predicted, w) for w in WEIGHTS]
        evaluate = sp.lambdify(
            (*WEIGHTS, STABILITY, DIFFICULTY, self.days), [predicted, *slopes], modules="math"
        )
        outer = sp.lambdify((RECALLED, ANSWER), loss_by_recall(), modules="math")

        def at(w: Sequence[float], s: float, d: float, days: float, y: int) -> list[float]:
            found = evaluate(*w, s, d, days)
            return [float(outer(found[0], y) * value) for value in found[1:]]

        return at


def learned_stability(answers: Sequence[int], start: float, power: float, days: float, rate: float) -> float:
    """Where a first stability is led by the true gradient of the notebook's loss."""
    stability = start
    for y in answers:
        grown = (1.0 + days / stability) ** power
        slope = power * days * (1.0 - y * grown) / (stability * (stability + days) * (grown - 1.0))
        stability -= rate * slope
    return stability
