"""The documentation: its Python runs, its links lead somewhere, its console lines name real commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from repetita.cli import app
from repetita.errors import MissingExtra

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def blocks(page: Path, *languages: str) -> list[str]:
    return [
        text for language, text in FENCE.findall(page.read_text(encoding="utf-8")) if language in languages
    ]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=name)
def test_python_blocks_run_in_order(page, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    for block in blocks(page, "python"):
        try:
            exec(compile(block, name(page), "exec"), namespace)
        except MissingExtra as error:
            pytest.skip(str(error))
    assert capsys.readouterr().out.strip(), "a page that shows code shows what it prints"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = [t for t in LINK.findall(text) if not t.startswith(("http://", "https://", "mailto:"))]
    missing = [t for t in targets if not (page.parent / t).exists()]
    assert missing == []


def test_console_lines_name_real_commands():
    commands = {command.split()[0] for command in app.list_commands(None)}
    used = set()
    for page in PAGES:
        for block in blocks(page, "sh", "console"):
            used |= set(re.findall(r"^(?:\$ )?repetita ([a-z]+)", block, re.MULTILINE))
    assert used
    assert used <= commands
