"""The command-line page shows the help texts of today."""

from __future__ import annotations

import command_line_page


def test_page_is_up_to_date():
    assert command_line_page.PAGE.read_text(encoding="utf-8") == command_line_page.page()


def test_page_shows_every_command_and_its_options():
    text = command_line_page.page()
    for command in ("inspect", "fit", "evaluate", "compare", "predict", "report", "benchmark", "demo"):
        assert f"## repetita {command}" in text
    assert "--require-better" in text
