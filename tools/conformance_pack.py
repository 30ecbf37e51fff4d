"""Writes the folder conformance/ from the equations and rules.

Usage: ``python tools/conformance_pack.py`` writes it, ``--check`` only says whether it is up to date.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from repetita.conformance.pack import make_pack, pack_files

FOLDER = Path(__file__).parent.parent / "conformance"
# mathematical libraries differ in the last digit of the twelve that are written
DIGIT = 1e-11


def stale(folder: Path = FOLDER) -> list[str]:
    """Files that are missing, differ, or should not be there."""
    made = pack_files(make_pack())
    wrong = [name for name, text in made.items() if not _same(folder / name, text)]
    there = (path for path in (folder / "vectors").rglob("*") if path.is_file())
    found = {path.relative_to(folder).as_posix() for path in there}
    return wrong + sorted(found - set(made))


def write(folder: Path = FOLDER) -> None:
    """Writes the files that differ, and removes those of topics that are gone."""
    made = pack_files(make_pack())
    for name in stale(folder):
        path = folder / name
        if name not in made:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[name], encoding="utf-8")


def _same(path: Path, text: str) -> bool:
    if not path.is_file():
        return False
    found = path.read_text(encoding="utf-8")
    return found == text or (path.suffix == ".json" and _equal(json.loads(found), json.loads(text)))


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(_equal(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_equal, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=DIGIT, abs_tol=1e-15)
    return type(a) is type(b) and a == b


def main() -> int:
    """Writes or checks the folder; the exit code."""
    if "--check" not in sys.argv[1:]:
        write()
        return 0
    if wrong := stale():
        print(f"out of date: {', '.join(wrong)}; run make conformance", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
