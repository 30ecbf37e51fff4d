"""What the library says in arguments, the command line says in options."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import repetita
from repetita.cli._wording import as_options
from repetita.cli.commands.inspect import command as inspect_command

SOURCE = Path(repetita.__file__).parent
# what a command can reach: hints of schedulers, the simulator, figures or writers are for Python alone
REACHED = (
    *("reviews", "evaluation", "fitting", "memory_model.py", "output.py", "parameter_lists.py"),
    *("scheduling/batch", "scheduling/card.py", "scheduling/day_rule.py", "scheduling/stored.py"),
)
PYTHON = re.compile(r"(?<!--column )\b\w+=|\w\(|\blog\.")
# about calls that only Python can make, or where the command line takes over
PYTHON_ONLY = (
    "model() migrates lists of older versions",
    "write one with rule.to_dict()",
    "write one with MemoryModel.to_dict()",
    "write one with x.to_dict()",
    "read_anki takes higher bounds in Python: limits=ReadLimits(...)",
    "such as datetime.now(timezone.utc)",
)


def spoken() -> Iterator[str]:
    """Hints and assumptions in the source, with a letter for what is filled in."""
    for part in REACHED:
        path = SOURCE / part
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "hint":
                    yield from texts(node.value)
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "guess":
                    for argument in node.args:
                        yield from texts(argument)


def texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    else:
        for part in ast.iter_child_nodes(node):
            yield from texts(part)


def test_every_hint_speaks_of_options():
    said = list(spoken())
    assert len(said) > 50
    for text in said:
        if not any(allowed in text for allowed in PYTHON_ONLY):
            assert not PYTHON.search(as_options(text)), text


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("pass zone='Europe/Paris' for another zone", "--zone Europe/Paris for another zone"),
        ("choose with columns= and time_unit=", "choose with --column and --time-unit"),
        ("close Anki; allow_locked=True reads", "close Anki; --allow-locked reads"),
        ("elapsed days: a day_rule would count", "elapsed days: --zone would count"),
        ("user='5' is asked for", "--user 5 is asked for"),
        ("rollover_hour is -1", "--rollover-hour is -1"),
        ("str(log.funnel) says what was dropped", "repetita inspect says what was dropped"),
    ],
)
def test_arguments_become_options(said, expected):
    assert as_options(said) == expected
    named = {name for parameter in inspect_command.params for name in parameter.opts}
    assert set(re.findall(r"--[\w-]+", expected)) <= named
