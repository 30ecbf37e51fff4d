"""Habits that a program can check: size of files, floors of the house, no paths of one machine."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MOST_LINES = 500
STANDARD_LIBRARY_ROOMS = ("equations", "derivatives", "scheduling")

# what a room may import of ours; see the picture in docs/explanation and the imports themselves
FLOORS = {
    "equations": {"equations", "errors"},
    "derivatives": {"derivatives", "equations", "errors"},
    "scheduling": {"scheduling", "equations", "memory_model", "errors"},
    "kernels": {"kernels", "derivatives", "equations", "memory_model", "intervals", "reviews", "errors"},
    "reviews": {"reviews", "kernels", "scheduling", "equations", "memory_model", "output", "errors"},
    "fitting": {"fitting", "kernels", "reviews", "equations", "memory_model", "output", "errors"},
    "evaluation": {
        "evaluation",
        "fitting",
        "kernels",
        "reviews",
        "scheduling",
        "memory_model",
        "equations",
        "errors",
    },
    "online": {"online", "kernels", "derivatives", "reviews", "equations", "memory_model", "errors"},
    "executors": {"executors", "errors"},
    "benchmarking": {
        "benchmarking",
        "executors",
        "evaluation",
        "fitting",
        "kernels",
        "reviews",
        "report",
        "equations",
        "memory_model",
        "output",
        "errors",
    },
    "collections": {"collections", "reviews", "kernels", "scheduling", "memory_model", "equations", "errors"},
}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_files_stay_small(path):
    generated = "derivatives" in path.parts
    assert generated or len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("room", FLOORS)
def test_imports_go_down(room):
    allowed = FLOORS[room]
    wrong = {}
    for path in (ROOT / "src" / "repetita" / room).rglob("*.py"):
        ours = {m.split(".")[1] for m in imported(path) if m.startswith("repetita.")}
        if ours - allowed:
            wrong[name(path)] = sorted(ours - allowed)
    assert wrong == {}


def test_numba_lives_in_the_kernels_only():
    users = {p.relative_to(ROOT / "src" / "repetita").parts[0] for p in SOURCES if "numba" in imported(p)}
    assert users <= {"kernels"}


@pytest.mark.parametrize("room", STANDARD_LIBRARY_ROOMS)
def test_ground_floor_needs_the_standard_library_only(room):
    heavy = {"numpy", "polars", "numba", "click", "rich", "zstandard", "scipy"}
    for path in (ROOT / "src" / "repetita" / room).rglob("*.py"):
        assert not {m.split(".")[0] for m in imported(path)} & heavy, name(path)


def test_no_path_of_one_machine():
    pattern = re.compile(r"[\"'](/home|/root|/work|/tmp|/Users)/")
    suspects = [*SOURCES, *(ROOT / "tools").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    assert [name(p) for p in suspects if pattern.search(p.read_text(encoding="utf-8"))] == []
