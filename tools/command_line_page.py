"""Writes docs/reference/command-line.md from the commands' own help texts.

Usage: ``python tools/command_line_page.py`` writes the page, ``--check`` only says whether it is up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from repetita.cli import app

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "command-line.md"
WIDTH = 90


def page() -> str:
    """The text of the page."""
    root = click.Context(
        app, info_name="repetita", terminal_width=WIDTH, max_content_width=WIDTH, **app.context_settings
    )
    parts = ["# Command line\n", _block(app.get_help(root))]
    for name in app.list_commands(root):
        command = app.get_command(root, name)
        assert command is not None
        context = click.Context(
            command, info_name=name, parent=root, terminal_width=WIDTH, max_content_width=WIDTH
        )
        parts += [f"\n## repetita {name}\n", _block(command.get_help(context))]
    return "\n".join(parts)


def _block(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines()]
    return "\n".join(["```text", *lines, "```"]) + "\n"


def main() -> int:
    """Writes or checks the page; the exit code."""
    text = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PAGE.name} is out of date: run python tools/command_line_page.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
