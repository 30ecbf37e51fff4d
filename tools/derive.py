"""Writes what follows from the equation files: ``derivatives/<model>.py`` and ``docs/formulas/<model>.md``.

python tools/derive.py            write what is out of date
python tools/derive.py --check    write nothing; show a diff and exit with 1 if something is out of date
"""

from __future__ import annotations

import argparse
import sys
from difflib import unified_diff
from pathlib import Path

from formula_pages.page import formula_page
from repetita.derivation import derivative_text
from repetita.equations import MODELS, declared, equations

ROOT = Path(__file__).resolve().parent.parent


def generated() -> dict[Path, str]:
    """The text of every generated file, by its path."""
    texts = {}
    for name in MODELS:
        module = equations(name)
        if declared(module).fitted:
            texts[ROOT / "src" / "repetita" / "derivatives" / f"{name}.py"] = derivative_text(name, module)
        texts[ROOT / "docs" / "formulas" / f"{name}.md"] = formula_page(name, module)
    return texts


def main(arguments: list[str] | None = None) -> int:
    """Writes or checks the generated files; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing, show what is out of date")
    check = parser.parse_args(arguments).check
    stale = False
    for path, text in generated().items():
        old = path.read_text(encoding="utf-8") if path.is_file() else ""
        if old == text:
            continue
        stale = True
        name = path.relative_to(ROOT).as_posix()
        if check:
            sys.stdout.writelines(
                unified_diff(old.splitlines(True), text.splitlines(True), name, f"{name} (generated)")
            )
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {name}")
    return int(check and stale)


if __name__ == "__main__":
    sys.exit(main())
