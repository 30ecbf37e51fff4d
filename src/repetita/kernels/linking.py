"""Plain functions of several modules as one text, which a compiler takes whole.

The text holds the functions, not imports of them: whatever they are, a change of theirs is a change of the
text, and machine code kept on disk belongs to one text. A function calls those of all modules by their bare
names, so names must not mean two things.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any

__all__ = ["linked_text", "without_arguments"]


def linked_text(
    modules: Iterable[ModuleType],
    *,
    texts: Iterable[str] = (),
    decorators: dict[str, str] | None = None,
    default: str = "linked",
) -> str:
    """Functions, named tuples and numbers of modules, and further functions given as text.

    Args:
        modules: Their own functions count, not those that they import.
        texts: Function definitions in plain Python.
        decorators: Decorator of a function by its name.
        default: Decorator of the others.

    Raises:
        ValueError: A name means two things.
    """
    found: dict[str, str] = {}
    chosen = decorators or {}
    parts = [part for module in modules for part in _parts(module)]
    bodies = [node for text in texts for node in ast.parse(text).body]
    parts += [(node.name, node) for node in bodies if isinstance(node, ast.FunctionDef)]
    for name, part in parts:
        if isinstance(part, ast.FunctionDef):
            written = f"@{chosen.get(name, default)}\n{ast.unparse(part)}\n"
        else:
            written = part if isinstance(part, str) else ast.unparse(part)
        if found.setdefault(name, written) != written:
            raise ValueError(f"{name} means two things in one text")
    return "\n".join(found.values()) + "\n"


@cache
def _parts(module: ModuleType) -> tuple[tuple[str, Any], ...]:
    """What a module defines itself: bare functions, classes of named tuples, numbers as text."""
    own: list[tuple[str, Any]] = []
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef):
            own.append((node.name, _bare(node)))
        elif isinstance(node, ast.ClassDef) and [ast.unparse(base) for base in node.bases] == ["NamedTuple"]:
            node.body = [line for line in node.body if isinstance(line, ast.AnnAssign)]
            own.append((node.name, node))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            own += _numbers(module, node)
    return tuple(own)


def _bare(node: ast.FunctionDef) -> ast.FunctionDef:
    """A function without annotations and docstring."""
    if ast.get_docstring(node) is not None:
        node.body = node.body[1:] or [ast.Pass()]
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg):
            inner.annotation = None
    node.returns = None
    node.body = [_without_annotation(line) for line in node.body]
    return node


def _without_annotation(line: ast.stmt) -> ast.stmt:
    if isinstance(line, ast.AnnAssign) and line.value is not None:
        return ast.copy_location(ast.Assign([line.target], line.value), line)
    return line


def _numbers(module: ModuleType, node: ast.Assign | ast.AnnAssign) -> list[tuple[str, str]]:
    """Names that are set to a number or a tuple of numbers."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [inner.id for target in targets for inner in ast.walk(target) if isinstance(inner, ast.Name)]
    return [
        (name, f"{name} = {getattr(module, name)!r}") for name in names if _plain(getattr(module, name, None))
    ]


def _plain(value: object) -> bool:
    if type(value) is tuple:
        return bool(value) and all(type(item) in (int, float) for item in value)
    return type(value) in (int, float)


def without_arguments(text: str, names: Iterable[str]) -> str:
    """A text whose functions take some names from their module instead of as arguments, calls included.

    Args:
        text: Functions.
        names: Arguments that are to be global names.
    """
    dropped = set(names)
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.args.args = [argument for argument in node.args.args if argument.arg not in dropped]
        elif isinstance(node, ast.Call):
            node.args = [
                value for value in node.args if not (isinstance(value, ast.Name) and value.id in dropped)
            ]
    return ast.unparse(tree) + "\n"
