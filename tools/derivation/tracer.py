"""Runs a plain Python function with recording numbers, once a branch path.

A comparison of recording numbers is a question; its ``bool`` asks a script for the answer. The function runs
with every new question answered yes, then again for each question with the answer no, until the tree of paths
is complete. That the rating is 1, 2, 3 or 4 is known, so what this settles is not asked.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType, FunctionType, ModuleType
from typing import Any

from derivation.graph import COMPARISONS, Graph, Input, Node
from repetita.errors import UsageError

MOST_PATHS = 256
RATINGS = (1, 2, 3, 4)


class NotTraceable(UsageError):
    """An equation uses an operation that has no place in an equation file."""

    code = "not_traceable"


@dataclass(frozen=True, slots=True)
class Leaf:
    """The end of one path: what the function returned on it."""

    outputs: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Fork:
    """A question, and the paths that follow either answer."""

    condition: Node
    yes: Fork | Leaf
    no: Fork | Leaf


Tree = Fork | Leaf


def leaves(tree: Tree) -> list[Leaf]:
    """The ends of all paths, from the one that always answers yes."""
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

    def __pos__(self) -> Number:
        return self

    def __bool__(self) -> bool:
        raise NotTraceable("a traced number has no truth value", hint="compare it with something")


class Question:
    """The result of comparing recording numbers; asking for its truth takes a branch."""

    __slots__ = ("condition", "tracer")

    def __init__(self, tracer: Tracer, condition: Node) -> None:
        self.tracer = tracer
        self.condition = condition

    def __bool__(self) -> bool:
        return self.tracer.answer(self.condition)


def _arithmetic(sign: str, *, swapped: bool) -> Callable[[Number, Any], Number]:
    def method(self: Number, other: Any) -> Number:
        pair = (other, self) if swapped else (self, other)
        return self.tracer.record(sign, *pair)

    return method


def _comparison(sign: str) -> Callable[[Number, Any], Question]:
    def method(self: Number, other: Any) -> Question:
        return Question(self.tracer, self.tracer.record(sign, self, other).node)

    return method


def _refusal(what: str, instead: str) -> Callable[..., Any]:
    def method(self: Number, *_: Any) -> Any:
        raise NotTraceable(f"{what} of a traced number is not allowed in an equation", hint=instead)

    return method


for _name, _sign in {"add": "+", "sub": "-", "mul": "*", "truediv": "/"}.items():
    setattr(Number, f"__{_name}__", _arithmetic(_sign, swapped=False))
    setattr(Number, f"__r{_name}__", _arithmetic(_sign, swapped=True))
for _name, _sign in {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}.items():
    setattr(Number, f"__{_name}__", _comparison(_sign))
for _names, _what, _instead in (
    ("pow rpow", "a power", "write exp(y * log(x))"),
    ("abs", "abs", "write max(x, -x)"),
    ("round floor ceil trunc", "rounding", "it has no derivative"),
    ("int float complex", "conversion (math.*, int, float)", "import exp, log, sqrt by name"),
    ("index", "indexing by the value", "write if and elif"),
    ("floordiv rfloordiv mod rmod divmod rdivmod", "integer division", "it has no derivative"),
):
    for _name in _names.split():
        setattr(Number, f"__{_name}__", _refusal(_what, _instead))


@dataclass(slots=True)
class Tracer:
    """Records functions of an equation module into one graph.

    Attributes:
        module: The equation module, whose functions call each other.
        graph: Where operations are recorded, as they are written.
        questions: The questions of the running path and their answers.
    """

    module: ModuleType
    graph: Graph = field(default_factory=Graph)
    questions: list[tuple[Node, bool]] = field(default_factory=list)
    script: tuple[bool, ...] = ()
    paths: int = 0
    namespace: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Rebinds the functions of the module, so that their exp, log, min, max and helpers record."""
        self.namespace.update(vars(self.module))
        for name, value in vars(self.module).items():
            if isinstance(value, FunctionType) and value.__module__ == self.module.__name__:
                self.namespace[name] = self.rebound(value)
        for name in ("exp", "log", "sqrt"):
            self.namespace[name] = self._function(name, getattr(math, name), 1)
        for name, plain in (("min", min), ("max", max)):
            self.namespace[name] = self._function(name, plain, 2)

    def rebound(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with its globals replaced by the recording ones."""
        assert isinstance(function, FunctionType)
        return FunctionType(
            function.__code__, self.namespace, function.__name__, function.__defaults__, function.__closure__
        )

    def input(self, kind: str, index: int, text: str, *, live: bool = False) -> Number:
        """A recording number that stands for an argument."""
        return Number(self, self.graph.input(Input(kind, index, text), live=live))

    def record(self, op: str, *operands: Any) -> Number:
        """The recording number of an operation on recording or plain numbers."""
        return Number(self, self.graph.make(op, *(self._lifted(operand) for operand in operands)))

    def trace(self, function: Callable[..., Any], *arguments: Any) -> Tree:
        """The tree of all paths through a function.

        Raises:
            NotTraceable: More than `MOST_PATHS` paths, or an operation that cannot be recorded.
        """
        self.paths = 0
        return self._branch(self.rebound(function), arguments, ())

    def answer(self, condition: Node) -> bool:
        """The answer to a question on the running path."""
        settled = self._settled(condition)
        if settled is not None:
            return settled
        place = len(self.questions)
        reply = self.script[place] if place < len(self.script) else True
        self.questions.append((condition, reply))
        return reply

    def _branch(
        self, function: Callable[..., Any], arguments: Sequence[Any], script: tuple[bool, ...]
    ) -> Tree:
        self.paths += 1
        if self.paths > MOST_PATHS:
            raise NotTraceable(f"more than {MOST_PATHS} paths through {function.__name__}")
        self.script, self.questions = script, []
        outputs = self._run(function, arguments)
        questions = list(self.questions)
        tree: Tree = Leaf(tuple(self._lifted(output) for output in outputs))
        for place in range(len(questions) - 1, len(script) - 1, -1):
            answers = (*(reply for _, reply in questions[:place]), False)
            tree = Fork(questions[place][0], tree, self._branch(function, arguments, answers))
        return tree

    def _run(self, function: Callable[..., Any], arguments: Sequence[Any]) -> tuple[Any, ...]:
        """One call of the function, its local names noted as hints for the printer."""
        before = sys.getprofile()
        sys.setprofile(self._harvest)
        try:
            outputs = function(*arguments)
        finally:
            sys.setprofile(before)
        return outputs if isinstance(outputs, tuple) else (outputs,)

    def _harvest(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_globals is self.namespace:
            code = frame.f_code
            for name in code.co_varnames[code.co_argcount :]:
                value = frame.f_locals.get(name)
                if isinstance(value, Number) and value.node.operands:
                    self.graph.hints.setdefault(value.node, name)

    def _settled(self, condition: Node) -> bool | None:
        """The answer that earlier ones imply, or None."""
        for asked, reply in self.questions:
            if asked is condition:
                return reply
        possible = set(RATINGS)
        for asked, reply in self.questions:
            if _about_rating(asked):
                possible = {rating for rating in possible if _holds(asked, rating) == reply}
        answers = {_holds(condition, rating) for rating in possible} if _about_rating(condition) else set()
        return answers.pop() if len(answers) == 1 else None

    def _function(self, name: str, plain: Callable[..., float], arity: int) -> Callable[..., Any]:
        def function(*operands: Any) -> Any:
            if len(operands) != arity:
                raise NotTraceable(
                    f"{name} takes {arity} argument{'s' * (arity > 1)} in an equation, got {len(operands)}"
                )
            recording = any(isinstance(operand, Number) for operand in operands)
            return self.record(name, *operands) if recording else plain(*operands)

        return function

    def _lifted(self, value: Any) -> Node:
        if isinstance(value, Number):
            return value.node
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.graph.constant(value)
        raise NotTraceable(f"{value!r} is not a number that an equation can use")


def _about_rating(condition: Node) -> bool:
    kinds = {
        "rating" if isinstance(x.value, Input) and x.value.kind == "rating" else x.op
        for x in condition.operands
    }
    return kinds == {"rating", "constant"}


def _holds(condition: Node, rating: int) -> bool:
    left, right = (x.value if x.op == "constant" else rating for x in condition.operands)
    return bool(COMPARISONS[condition.op](left, right))
