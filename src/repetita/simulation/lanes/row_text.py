"""Equations that read their vectors from the row of a lane, in place of tuples made for every call.

A role has one row: parameters, then what was prepared of them, then options. An equation file has a name
for each, ``w``, ``c`` and ``o``, and reads numbers at fixed places. Where it does nothing else with them, its
text is written for the row: ``c[2]`` becomes ``w[36]``, and calls hand on the row alone. This is half as much
to compile, and computes the same. Schedulers are written so; worlds, whose presses are most of the work, run
faster with their numbers taken out of the row once a press.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from types import FunctionType, ModuleType

__all__ = ["read_from_row"]

VECTORS = ("w", "c", "o")


def read_from_row(text: str, module: ModuleType, roles: Iterable[str]) -> str:
    """A text of roles with the equations of a model reading the row ``w``.

    Args:
        text: Functions, and other names for them; roles call equations with tuples of ``w[0]`` and so on.
        module: The equations.
        roles: Names of functions that are called from elsewhere.

    Returns:
        The text without functions that the roles do not lead to; unchanged where the equations use a vector
        as a whole.
    """
    tree = ast.parse(text)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    used = _reached(functions, roles)
    own = {
        name: vectors
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and name in used and (vectors := _vectors(functions[name]))
    }
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=meant)) if meant in own:
                own[name] = own[meant]
    options = next(iter(module.VARIANTS.values()))
    parameters = [parameter.default for parameter in module.PARAMETERS]
    prepared = module.prepare(parameters, options)
    places = {"w": 0, "c": len(parameters), "o": len(parameters) + len(prepared)}
    writer = _Writer(own, places)
    for name in used:
        writer.write(functions[name], name in own)
    tree.body = [node for node in tree.body if not isinstance(node, ast.FunctionDef) or node.name in used]
    return ast.unparse(tree) + "\n" if writer.understood else text


def _reached(functions: dict[str, ast.FunctionDef], roles: Iterable[str]) -> set[str]:
    """Names of functions that roles lead to."""
    reached: set[str] = set()
    waiting = list(roles)
    while waiting:
        name = waiting.pop()
        if name in functions and name not in reached:
            reached.add(name)
            waiting += [node.id for node in ast.walk(functions[name]) if isinstance(node, ast.Name)]
    return reached


def _vectors(function: ast.FunctionDef) -> list[str]:
    """Which vectors a function takes."""
    return [argument.arg for argument in function.args.args if argument.arg in VECTORS]


class _Writer(ast.NodeTransformer):
    """Rewrites functions in place."""

    def __init__(self, own: dict[str, list[str]], places: dict[str, int]) -> None:
        self.own, self.places = own, places
        self.inside, self.has_row, self.understood = False, True, True

    def write(self, function: ast.FunctionDef, own: bool) -> None:
        """One function, an equation or what calls equations."""
        self.inside = own
        self.has_row = "w" in (argument.arg for argument in function.args.args)
        function.body = [self.visit(statement) for statement in function.body]
        if own:
            others = [argument for argument in function.args.args if argument.arg not in VECTORS]
            function.args.args = [ast.arg("w"), *others]

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """A number of a vector as one of the row."""
        match node:
            case ast.Subscript(value=ast.Name(id=vector), slice=ast.Constant(value=int(place))):
                if self.inside and vector in VECTORS and place >= 0:
                    return _number(self.places[vector] + place)
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A vector as a whole is not understood, but where it is handed on."""
        if self.inside and node.id in VECTORS:
            self.understood = False
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A call of an equation with the row in the place of its vectors."""
        if isinstance(node.func, ast.Name) and node.func.id in self.own:
            given = [argument for argument in node.args if self._is_vector(argument)]
            wanted = self.own[node.func.id]
            names = [ast.unparse(one) for one in given]
            if not self.has_row or len(given) != len(wanted) or (self.inside and names != wanted):
                self.understood = False
            node.args = [argument for argument in node.args if argument not in given]
            self.generic_visit(node)
            node.args.insert(0, ast.Name("w", ast.Load()))
            return node
        self.generic_visit(node)
        return node

    def _is_vector(self, argument: ast.expr) -> bool:
        """Whether an argument is a vector: one by name, or in a role a tuple of numbers of the row."""
        if self.inside:
            return isinstance(argument, ast.Name) and argument.id in VECTORS
        return isinstance(argument, ast.Tuple) and all(map(_is_number, argument.elts))


def _number(place: int) -> ast.Subscript:
    return ast.Subscript(ast.Name("w", ast.Load()), ast.Constant(place), ast.Load())


def _is_number(node: ast.expr) -> bool:
    """Whether an expression is a number of the row at a fixed place."""
    match node:
        case ast.Subscript(value=ast.Name(id="w"), slice=ast.Constant(value=int())):
            return True
    return False
