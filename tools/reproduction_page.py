"""Writes docs/reproduction.md: published figures beside ours.

python tools/reproduction_page.py             write the page (minutes)
python tools/reproduction_page.py --quick     print a small page of the same form (seconds); write nothing
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from reproduction.page import page, size_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reproduction.md"


def main(arguments: list[str] | None = None) -> int:
    """Writes or prints the page; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="print a small page, write nothing")
    quick = parser.parse_args(arguments).quick
    text = page(size_of(quick=quick), lambda name: print(f"done: {name}", file=sys.stderr, flush=True))
    if quick:
        print(text, end="")
    else:
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
