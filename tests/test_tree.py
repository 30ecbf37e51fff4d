"""Habits that a program can check: size of files, floors of the house, no paths of one machine."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "repetita"
SOURCES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 500

# The house, ground floor first. A room imports from floors below its own, and from rooms to its left.
FLOORS = (
    (
        *("errors", "arguments", "plurals", "ratings", "lazy_names", "frozen", "output", "state_dicts"),
        "addressed_random",
    ),
    ("equations", "derivation", "derivatives", "registration", "parameter_lists", "intervals"),
    ("model_arguments", "memory_model", "history_model", "network_model", "scheduling"),
    ("kernels", "confidence"),
    ("reviews",),
    ("executors", "run_folders", "neural", "fitting", "evaluation", "collections", "online", "advice"),
    ("simulation",),
    ("sweeps", "backtesting", "retention_advice"),
    ("report",),
    ("benchmarking",),
    ("json_lines", "conformance"),
    ("cli",),
    ("__main__",),
)
ROOMS = [room for floor in FLOORS for room in floor]
# history_model takes arrays of times; it is loaded for the models that need it, numpy with the first array
STANDARD_LIBRARY_ROOMS = [room for floor in FLOORS[:3] for room in floor if room != "history_model"]
# The model is the face of the kernels: arrays and logs given to it are handed up, at the moment of the call.
STAIRS = {"memory_model": {"kernels", "reviews", "history_model", "network_model"}}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def only_for_types(tree: ast.Module) -> set[int]:
    """Lines that run for type checkers only."""
    blocks = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {line for block in blocks for line in range(block.lineno, (block.end_lineno or 0) + 1)}


def imported(path: Path) -> set[str]:
    """Modules that a file imports when it runs, anywhere in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped, found = only_for_types(tree), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and node.lineno not in skipped:
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.lineno not in skipped:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_used(path: Path) -> set[str]:
    ours = {module.split(".")[1] for module in imported(path) if module.startswith("repetita.")}
    return ours - {"__version__"}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_files_stay_small(path):
    generated = "derivatives" in path.parts
    assert generated or len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_every_room_has_a_floor():
    assert sorted({room_of(path) for path in SOURCES} - {"__init__"}) == sorted(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_down(room):
    allowed = {*ROOMS[: ROOMS.index(room) + 1], *STAIRS.get(room, ())}
    used = {name(path): rooms_used(path) - allowed for path in SOURCES if room_of(path) == room}
    assert {path: wrong for path, wrong in used.items() if wrong} == {}


def test_numba_lives_in_the_kernels_only():
    users = {room_of(p) for p in SOURCES if any(m.split(".")[0] == "numba" for m in imported(p))}
    assert users == {"kernels"}


def test_torch_is_imported_late_and_in_one_place_only():
    users = {name(p) for p in SOURCES if any(m.split(".")[0] == "torch" for m in imported(p))}
    assert users == {"src/repetita/neural/torch_setting.py"}
    tree = ast.parse((PACKAGE / "neural" / "torch_setting.py").read_text(encoding="utf-8"))
    assert not any("torch" in ast.unparse(node) for node in tree.body if isinstance(node, ast.Import))


def test_the_lower_floors_need_the_standard_library_only():
    needed = {m.split(".")[0] for p in SOURCES if room_of(p) in STANDARD_LIBRARY_ROOMS for m in imported(p)}
    assert needed - {"repetita"} <= sys.stdlib_module_names


def test_no_path_of_one_machine():
    pattern = re.compile(r"[\"'](/home|/root|/work|/tmp|/Users)/")
    suspects = [*SOURCES, *(ROOT / "tools").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    assert [name(p) for p in suspects if pattern.search(p.read_text(encoding="utf-8"))] == []
