"""Equations written out for CPython: helpers put in place of their calls, vectors bound to names.

An equation file reads well because it calls ``power``, ``clamp`` and ``recall``; in CPython such a call costs
more than what it computes. `bound` rewrites the text of a module's functions: a call of a function of one
expression becomes that expression, ``min`` and ``max`` of two become comparisons, and ``w[3]`` becomes a name
that is bound once a parameter vector. The arithmetic and its order stay, so results are equal bit for bit.
What it does not understand it leaves as it is; without the source text the functions are bound as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import cache, partial
from inspect import getsource
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeAlias

__all__ = ["bound"]

VECTORS = ("w", "c", "o")
Bound: TypeAlias = Callable[..., Any]


def bound(module: ModuleType, name: str, vectors: Sequence[Sequence[float]]) -> Bound:
    """A function of an equation module without its first three arguments, written out.

    Args:
        module: From `repetita.equations.equations`.
        name: "first", "recall", "after" or "interval".
        vectors: Parameters, what ``prepare`` made of them, options.

    Example:
        >>> from repetita.equations import equations
        >>> module = equations("fsrs6")
        >>> w, o = [p.default for p in module.PARAMETERS], module.VARIANTS["default"]
        >>> vectors = (w, module.prepare(w, o), o)
        >>> state = bound(module, "first", vectors)(3)
        >>> state == module.first(*vectors, 3), bound(module, "recall", vectors)(state, state[0])
        (True, 0.9)
    """
    code = _written_out(module, name)
    if code is None:
        return partial(getattr(module, name), *vectors)
    names = dict(vars(module))
    for vector, values in zip(VECTORS, vectors, strict=True):
        names[vector] = values
        names |= {f"{vector}_{i}": value for i, value in enumerate(values)}
    return FunctionType(code, names, name)


@cache
def _written_out(module: ModuleType, name: str) -> CodeType | None:
    """The code of a function without its vectors, or None where that cannot be had."""
    try:
        tree = ast.parse(getsource(module))
    except (OSError, TypeError, SyntaxError):
        return None
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    wanted = functions.get(name)
    if wanted is None or not _is_its_text(module, wanted):
        return None
    arguments = [argument.arg for argument in wanted.args.args]
    if tuple(arguments[:3]) != VECTORS:
        return None
    helpers = {n: node for n, node in functions.items() if n != name and _is_its_text(module, node)}
    writer = _Writer(helpers)
    body = writer.block(wanted.body[1:])
    wanted.args.args, wanted.body, wanted.returns = wanted.args.args[3:], body, None
    made = ast.Module(body=[wanted], type_ignores=[])
    code = compile(ast.fix_missing_locations(made), f"<{module.__name__}.{name}, written out>", "exec")
    return next(constant for constant in code.co_consts if isinstance(constant, CodeType))


def _is_its_text(module: ModuleType, node: ast.FunctionDef) -> bool:
    """Whether the module's function of that name is the one in its text, and not one put in its place."""
    code = getattr(getattr(module, node.name, None), "__code__", None)
    return code is not None and (code.co_name, code.co_firstlineno) == (node.name, node.lineno)


class _Writer(ast.NodeTransformer):
    """Writes out the statements of one function. What is used twice gets a name of its own before."""

    def __init__(self, functions: dict[str, ast.FunctionDef]) -> None:
        self.functions = {n: f for n, node in functions.items() if (f := _one_expression(node))}
        self.before: list[ast.stmt] = []
        self.names = 0

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """The statements written out, names given before the statement that needs them."""
        made: list[ast.stmt] = []
        for statement in statements:
            outer, self.before = self.before, []
            if isinstance(statement, ast.If):
                statement.test = self.visit(statement.test)
                before = self.before
                statement.body, statement.orelse = self.block(statement.body), self.block(statement.orelse)
                self.before = before
            elif isinstance(statement, ast.Assign | ast.Return | ast.AugAssign | ast.AnnAssign):
                statement = self.visit(statement)
            made += [*self.before, statement]
            self.before = outer
        return made

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
        if isinstance(value, ast.Name | ast.Constant):
            return value
        self.names += 1
        name = f"value_{self.names}"
        self.before.append(ast.Assign([ast.Name(name, ast.Store())], value))
        return ast.Name(name, ast.Load())


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
