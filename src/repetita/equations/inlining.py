"""Equations written out for CPython: helpers put in place of their calls, vectors bound to names.

An equation file reads well because it calls ``power``, ``clamp`` and ``recall``; in CPython such a call costs
more than what it computes. `bound` rewrites the text of a module's functions: a call of a function of one
expression becomes that expression, ``min`` and ``max`` of two become comparisons, and ``w[3]`` becomes a name
that is bound once a parameter vector. What depends on parameters alone, or on arguments that are known, is
computed when they are bound. The arithmetic and its order stay, so results are equal bit for bit. What it
does not understand it leaves as it is; without the source text the functions are bound as they are.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cache, partial
from inspect import getsource
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeAlias

__all__ = ["bound"]

VECTORS = ("w", "c", "o")
BOUND = re.compile(r"[wco]_\d+|known_\d+")
Bound: TypeAlias = Callable[..., Any]


def bound(module: ModuleType, name: str, vectors: Sequence[Sequence[float]], **known: float) -> Bound:
    """A function of an equation module without its first three arguments, written out.

    Args:
        module: From `repetita.equations.equations`.
        name: "first", "recall", "after" or "interval".
        vectors: Parameters, what ``prepare`` made of them, options.
        **known: Further arguments that always have the same value, from the last on. A rating is put into
            the text; others are bound as a parameter is.

    Example:
        >>> from repetita.equations import equations
        >>> module = equations("fsrs6")
        >>> w, o = [p.default for p in module.PARAMETERS], module.VARIANTS["default"]
        >>> vectors = (w, module.prepare(w, o), o)
        >>> state = bound(module, "first", vectors, rating=3)()
        >>> state == module.first(*vectors, 3), bound(module, "recall", vectors)(state, state[0])
        (True, 0.9)
        >>> bound(module, "interval", vectors, desired_retention=0.9)(state) == state[0]
        True
    """
    rating = None if "rating" not in known else int(known["rating"])
    for computing in (True, False):
        written = _written_out(module, name, tuple(known), rating, computing)
        if written is None:
            break
        code, computed = written
        names = dict(vars(module)) | known
        for vector, values in zip(VECTORS, vectors, strict=True):
            names[vector] = values
            names |= {f"{vector}_{i}": value for i, value in enumerate(values)}
        try:
            for made, expression in computed:
                names[made] = eval(expression, names)
        except (ArithmeticError, ValueError):
            continue  # an error belongs to the calls that meet it
        return FunctionType(code, {n: names[n] for n in _names(code) if n in names}, name)
    return partial(getattr(module, name), *vectors, **known)


def _names(code: CodeType) -> set[str]:
    """Names that a code and the functions in it look up, and some more."""
    inner = (_names(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return {"__builtins__", *code.co_names}.union(*inner)


@cache
def _functions(module: ModuleType) -> dict[str, ast.FunctionDef]:
    """The functions in the text of a module; none where that cannot be had."""
    try:
        tree = ast.parse(getsource(module))
    except (OSError, TypeError, SyntaxError):
        return {}
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


@cache
def _written_out(
    module: ModuleType,
    name: str,
    known: tuple[str, ...] = (),
    rating: int | None = None,
    computing: bool = True,
) -> tuple[CodeType, tuple[tuple[str, CodeType], ...]] | None:
    """The code of a function without its vectors and known arguments, and what is to be computed before.

    Returns:
        Code, and names with the expressions that they stand for; None where the text cannot be had.
    """
    functions = _functions(module)
    if name not in functions or not _is_its_text(module, functions[name]):
        return None
    wanted = deepcopy(functions[name])
    arguments = [argument.arg for argument in wanted.args.args]
    if tuple(arguments[:3]) != VECTORS or set(arguments[len(arguments) - len(known) :]) != set(known):
        return None
    helpers = {n: node for n, node in functions.items() if n != name and _is_its_text(module, node)}
    writer = _Writer(helpers, known if computing else None)
    body = wanted.body[1:]
    if rating is not None:
        put_in = _Replaced({"rating": ast.Constant(rating)})
        body = [put_in.visit(statement) for statement in body]
    kept = wanted.args.args[3 : len(arguments) - len(known)]
    wanted.args.args, wanted.body, wanted.returns = kept, writer.block(body), None
    made = ast.Module(body=[wanted], type_ignores=[])
    title = f"<{module.__name__}.{name}, written out>"
    code = compile(ast.fix_missing_locations(made), title, "exec")
    computed = tuple(
        (made_name, compile(ast.fix_missing_locations(ast.Expression(expression)), title, "eval"))
        for made_name, expression in writer.computed
    )
    return next(constant for constant in code.co_consts if isinstance(constant, CodeType)), computed


def _is_its_text(module: ModuleType, node: ast.FunctionDef) -> bool:
    """Whether the module's function of that name is the one in its text, and not one put in its place."""
    code = getattr(getattr(module, node.name, None), "__code__", None)
    return code is not None and (code.co_name, code.co_firstlineno) == (node.name, node.lineno)


class _Writer(ast.NodeTransformer):
    """Writes out the statements of one function. What is used twice gets a name of its own before."""

    def __init__(self, functions: dict[str, ast.FunctionDef], known: Sequence[str] | None) -> None:
        self.functions = {n: f for n, node in functions.items() if (f := _one_expression(node))}
        self.before: list[ast.stmt] = []
        self.names = 0
        self.known = None if known is None else set(known)
        self.computed: list[tuple[str, ast.expr]] = []

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """The statements written out, names given before the statement that needs them."""
        made: list[ast.stmt] = []
        for statement in statements:
            outer, self.before = self.before, []
            if isinstance(statement, ast.If):
                made += self._branches(statement)
            else:
                if isinstance(statement, ast.Assign | ast.Return | ast.AugAssign | ast.AnnAssign):
                    statement = self.visit(statement)
                made += [*self.before, statement]
            self.before = outer
        return made

    def _branches(self, statement: ast.If) -> list[ast.stmt]:
        """Both branches, or the only one that can be taken."""
        match statement.test:
            case ast.Compare(left=ast.Constant(value=a), ops=[ast.Eq()], comparators=[ast.Constant(value=b)]):
                return self.block(statement.body if a == b else statement.orelse)
        statement.test = self.visit(statement.test)
        before = self.before
        statement.body, statement.orelse = self.block(statement.body), self.block(statement.orelse)
        statement.body = statement.body or [ast.Pass()]
        return [*before, statement]

    def visit(self, node: ast.AST) -> Any:
        """The node written out; the largest parts of it that are known, computed."""
        written = super().visit(node)
        if isinstance(written, ast.Assign | ast.Return | ast.AugAssign | ast.AnnAssign) and written.value:
            written.value = self._computed(written.value)
        return written

    def _computed(self, value: ast.expr) -> ast.expr:
        """The expression with names in the place of what can be computed before."""
        return value if self.known is None else _Known(self).visit(value)

    def visit_IfExp(self, node: ast.IfExp) -> ast.IfExp:
        return node  # only one side is to be computed, so nothing may be taken out of it

    visit_BoolOp = visit_Lambda = visit_GeneratorExp = visit_ListComp = visit_NamedExpr = visit_IfExp  # type: ignore[assignment]

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """``w[3]`` as ``w_3``."""
        match node:
            case ast.Subscript(value=ast.Name(id=vector), slice=ast.Constant(value=int(number))):
                if vector in VECTORS and number >= 0:
                    return ast.Name(f"{vector}_{number}", ast.Load())
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A call of a helper as its expression; ``min`` and ``max`` of two as a comparison."""
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.keywords:
            return node
        name, arguments = node.func.id, node.args
        if name in ("min", "max") and len(arguments) == 2:
            first, second = (self._named(argument) for argument in arguments)
            # min and max of Python keep the first of two equals
            order = ast.Lt() if name == "min" else ast.Gt()
            return ast.IfExp(ast.Compare(second, [order], [first]), second, first)
        if name not in self.functions or len(arguments) != len(self.functions[name][0]):
            return node
        parameters, expression = self.functions[name]
        return self._put_in(parameters, expression, arguments)

    def _put_in(self, parameters: list[str], expression: ast.expr, arguments: list[ast.expr]) -> ast.expr:
        values = {p: self._named(a) for p, a in zip(parameters, arguments, strict=True)}
        copied = ast.parse(ast.unparse(expression), mode="eval").body
        # the vectors are handed on under their own names; only then may their elements be bound names
        written: ast.expr = self.visit(_Replaced(values).visit(copied))
        return written

    def _named(self, value: ast.expr) -> ast.expr:
        """The value if it is a name or a number, else a name given to it before the statement."""
        value = self._computed(value)
        if isinstance(value, ast.Name | ast.Constant):
            return value
        self.names += 1
        name = f"value_{self.names}"
        self.before.append(ast.Assign([ast.Name(name, ast.Store())], value))
        return ast.Name(name, ast.Load())


class _Known(ast.NodeTransformer):
    """Takes out the largest parts that depend on nothing but what is bound, and gives them names."""

    def __init__(self, writer: _Writer) -> None:
        self.writer = writer

    def visit(self, node: ast.AST) -> Any:
        """A name for an operation on what is known; its parts otherwise."""
        if isinstance(node, ast.IfExp | ast.BoolOp | ast.Lambda | ast.GeneratorExp | ast.ListComp):
            return node  # not all of it is computed, or not once
        if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call) and self._is_known(node):
            name = f"known_{len(self.writer.computed)}"
            self.writer.computed.append((name, node))
            return ast.Name(name, ast.Load())
        return self.generic_visit(node)

    def _is_known(self, node: ast.AST) -> bool:
        match node:
            case ast.Constant():
                return True
            case ast.Name(id=name):
                return BOUND.fullmatch(name) is not None or name in (self.writer.known or ())
            case ast.UnaryOp(operand=operand):
                return self._is_known(operand)
            case ast.BinOp(left=left, right=right):
                return self._is_known(left) and self._is_known(right)
            case ast.Call(func=ast.Name(id="exp" | "log"), args=[argument], keywords=[]):
                return self._is_known(argument)
        return False


class _Replaced(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, values: dict[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.values.get(node.id, node)


def _one_expression(node: ast.FunctionDef) -> tuple[list[str], ast.expr] | None:
    """Parameters and expression of a function that consists of one; None for others."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
        return None
    if node.args.defaults or node.args.kwonlyargs or node.args.vararg:
        return None
    return [argument.arg for argument in node.args.args], body[0].value
