"""The reference page names every operation and no other."""

from __future__ import annotations

import re
from pathlib import Path

from repetita.json_lines import OPERATIONS

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "next.md"


def test_every_operation_is_on_the_page():
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)} - {"op"}
    assert named == set(OPERATIONS)
