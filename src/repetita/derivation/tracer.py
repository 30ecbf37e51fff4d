"""Runs a plain Python function with recording numbers, once a branch path.

A comparison of recording numbers is a question, answered by a script. The function runs with every new
question answered yes, then again for each question with the answer no, until the tree of paths is complete.
That the rating is 1, 2, 3 or 4 is known, so what this settles is not asked.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import FrameType, FunctionType, ModuleType
from typing import Any

from repetita.derivation.graph import COMPARISONS, Graph, Input, Node
from repetita.errors import InvalidEquations
from repetita.ratings import RATING_NAMES

MOST_PATHS = 256
RATINGS = frozenset(RATING_NAMES)


@dataclass(frozen=True, slots=True)
class Leaf:
    """The end of a path: what the function returned on it."""

    outputs: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Fork:
    """A question, and the paths that follow either answer."""

    condition: Node
    yes: Fork | Leaf
    no: Fork | Leaf


Tree = Fork | Leaf


def leaves(tree: Tree) -> list[Leaf]:
    """The ends of all paths, from the one that answers yes throughout."""
    return [tree] if isinstance(tree, Leaf) else [*leaves(tree.yes), *leaves(tree.no)]


def conditions(tree: Tree) -> list[Node]:
    """Every question of a tree."""
    if isinstance(tree, Leaf):
        return []
    return [tree.condition, *conditions(tree.yes), *conditions(tree.no)]


class Number:
    """A recording number: arithmetic adds nodes to the tracer's graph, comparisons ask it questions."""

    __slots__ = ("node", "tracer")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, tracer: Tracer, node: Node) -> None:
        self.tracer = tracer
        self.node = node

    def __neg__(self) -> Number:
        return self.tracer.record("neg", self)


def _arithmetic(sign: str, *, swapped: bool) -> Callable[[Number, Any], Number]:
    def method(self: Number, other: Any) -> Number:
        return self.tracer.record(sign, other, self) if swapped else self.tracer.record(sign, self, other)

    return method


def _comparison(sign: str) -> Callable[[Number, Any], bool]:
    def method(self: Number, other: Any) -> bool:
        return self.tracer.answer(self.tracer.record(sign, self, other).node)

    return method


def _refusal(what: str, hint: str) -> Callable[..., Any]:
    def method(self: Number, *_: Any) -> Any:
        raise InvalidEquations(f"{what} of a traced number has no place in an equation", hint=hint)

    return method


ALLOWED = {"add": "+", "sub": "-", "mul": "*", "truediv": "/"}
ASKED = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
REFUSED = {
    "pow rpow": ("a power", "write exp(y * log(x))"),
    "abs": ("abs", "write max(x, -x)"),
    "round floor ceil trunc": ("rounding", "it has no derivative"),
    "floordiv rfloordiv mod rmod divmod rdivmod": ("whole division", "it has no derivative"),
    "int float complex": ("conversion", "instead of math.* and float(): exp, log, sqrt, imported by name"),
    "index": ("indexing by the value", "write if and elif"),
    "bool": ("the truth", "compare it with a number"),
}
for _name, _sign in ALLOWED.items():
    setattr(Number, f"__{_name}__", _arithmetic(_sign, swapped=False))
    setattr(Number, f"__r{_name}__", _arithmetic(_sign, swapped=True))
for _name, _sign in ASKED.items():
    setattr(Number, f"__{_name}__", _comparison(_sign))
for _names, (_what, _hint) in REFUSED.items():
    for _name in _names.split():
        setattr(Number, f"__{_name}__", _refusal(_what, _hint))


@dataclass(slots=True)
class Tracer:
    """Records functions of an equation module into one graph.

    Attributes:
        module: The equation module.
        graph: Where operations are recorded, as they are written.
        namespace: The globals of the module, with its functions and exp, log, sqrt, min, max made to record.
    """

    module: ModuleType
    graph: Graph = field(default_factory=Graph)
    namespace: dict[str, Any] = field(default_factory=dict)
    _asked: list[tuple[Node, bool]] = field(default_factory=list)
    _script: tuple[bool, ...] = ()
    _runs: int = 0

    def __post_init__(self) -> None:
        """Fills the namespace."""
        self.namespace.update(vars(self.module))
        for name, value in vars(self.module).items():
            if isinstance(value, FunctionType) and value.__module__ == self.module.__name__:
                self.namespace[name] = self._rebound(value)
        plain: dict[str, Callable[..., float]] = {
            "exp": math.exp,
            "log": math.log,
            "sqrt": math.sqrt,
            "min": min,
            "max": max,
        }
        for name, function in plain.items():
            self.namespace[name] = self._recording(name, function, 2 if name in ("min", "max") else 1)

    def input(self, kind: str, place: int, text: str, *, live: bool = False) -> Number:
        """A recording number that stands for an argument."""
        return Number(self, self.graph.input(Input(kind, place, text), live=live))

    def record(self, op: str, *operands: Any) -> Number:
        """The recording number of an operation on recording or plain numbers."""
        return Number(self, self.graph.make(op, *(self._lifted(operand) for operand in operands)))

    def answer(self, condition: Node) -> bool:
        """The answer to a question on the running path."""
        settled = self._settled(condition)
        if settled is None:
            place = len(self._asked)
            settled = self._script[place] if place < len(self._script) else True
            self._asked.append((condition, settled))
        return settled

    def trace(self, function: Callable[..., Any], *arguments: Any) -> Tree:
        """The tree of all paths through a function.

        Raises:
            InvalidEquations: More than `MOST_PATHS` paths, or an operation that cannot be recorded.
        """
        self._runs = 0
        rebound = self._rebound(function)
        return self._paths(lambda: rebound(*arguments), ())

    def _paths(self, run: Callable[[], Any], script: tuple[bool, ...]) -> Tree:
        """The tree below the answers of a script."""
        self._runs += 1
        if self._runs > MOST_PATHS:
            raise InvalidEquations(
                f"more than {MOST_PATHS} paths through a function of {self.module.__name__}"
            )
        self._script, self._asked = script, []
        profile = sys.getprofile()
        sys.setprofile(self._harvest)
        try:
            outputs = run()
        finally:
            sys.setprofile(profile)
        asked = self._asked
        tree: Tree = Leaf(
            tuple(self._lifted(x) for x in (outputs if isinstance(outputs, tuple) else [outputs]))
        )
        for place in range(len(asked) - 1, len(script) - 1, -1):
            otherwise = (*(answer for _, answer in asked[:place]), False)
            tree = Fork(asked[place][0], tree, self._paths(run, otherwise))
        return tree

    def _settled(self, condition: Node) -> bool | None:
        """The answer that earlier ones imply, or None."""
        for asked, answer in self._asked:
            if asked is condition:
                return answer
        if not about_rating(condition):
            return None
        possible: Iterable[int] = RATINGS
        for asked, answer in self._asked:
            if about_rating(asked):
                possible = [rating for rating in possible if satisfies(asked, rating) == answer]
        answers = {satisfies(condition, rating) for rating in possible}
        return answers.pop() if len(answers) == 1 else None

    def _harvest(self, frame: FrameType, event: str, _: Any) -> None:
        """Notes the local names of a returning function as hints for the printer."""
        if event == "return" and frame.f_globals is self.namespace:
            code = frame.f_code
            for name in code.co_varnames[code.co_argcount :]:
                value = frame.f_locals.get(name)
                if isinstance(value, Number) and value.node.operands:
                    self.graph.hints.setdefault(value.node, name)

    def _rebound(self, function: Callable[..., Any]) -> Callable[..., Any]:
        assert isinstance(function, FunctionType)
        made = FunctionType(
            function.__code__, self.namespace, function.__name__, function.__defaults__, function.__closure__
        )
        made.__kwdefaults__ = function.__kwdefaults__
        return made

    def _recording(self, name: str, plain: Callable[..., float], arity: int) -> Callable[..., Any]:
        def function(*operands: Any) -> Any:
            if len(operands) != arity:
                raise InvalidEquations(f"{name} takes {arity} arguments in an equation, got {len(operands)}")
            recorded = arity == 1 or any(isinstance(operand, Number) for operand in operands)
            return self.record(name, *operands) if recorded else plain(*operands)

        return function

    def _lifted(self, value: Any) -> Node:
        if isinstance(value, Number):
            return value.node
        if isinstance(value, int | float):
            return self.graph.constant(value)
        raise InvalidEquations(f"{value!r} is not a number that an equation can use")


def about_rating(condition: Node) -> bool:
    """Whether a question compares the rating with a constant."""
    kinds = {x.value.kind if isinstance(x.value, Input) else x.op for x in condition.operands}
    return kinds == {"rating", "constant"}


def satisfies(condition: Node, rating: int) -> bool:
    """Whether a rating answers yes to a question about it."""
    left, right = (x.value if isinstance(x.value, float) else rating for x in condition.operands)
    return COMPARISONS[condition.op](left, right)
