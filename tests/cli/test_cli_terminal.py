"""Tables, notes and progress: plain where nobody is looking, drawn where somebody is."""

from __future__ import annotations

import io
import sys

import pytest

from repetita.cli._terminal import Manner, print_table

ROWS = [("stability", "1.25", "—"), ("日本語", "-10.00", "x")]


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


def test_plain_table_sets_numbers_right_and_counts_wide_letters(capsys):
    print_table(("name", "value", ""), ROWS, title="things")
    assert capsys.readouterr().out.splitlines() == [
        "",
        "things",
        "  name        value",
        "  stability    1.25  —",
        "  日本語     -10.00  x",
    ]


def test_a_table_without_headings_has_no_heading_line(capsys):
    print_table(("", ""), [("a", "b")])
    assert capsys.readouterr().out == "\n  a  b\n"


def test_on_a_terminal_the_same_cells_are_drawn(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", Terminal())
    print_table(("name", "value", ""), ROWS)
    drawn = sys.stdout.getvalue()
    assert "\x1b[1m" in drawn
    for cell in (cell for row in ROWS for cell in row):
        assert cell in drawn


def test_no_color_is_honored(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(sys, "stdout", Terminal())
    print_table(("name",), [("red",)])
    assert "\x1b[3" not in sys.stdout.getvalue()


def test_progress_without_a_terminal_is_a_line_for_every_tenth(capsys):
    with Manner().progress("fitting") as tell:
        for done in range(1, 101):
            tell(done, 100)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [f"fitting: {done} of 100" for done in range(10, 101, 10)]


@pytest.mark.parametrize("quiet", [False, True])
def test_quiet_says_nothing(capsys, quiet):
    manner = Manner(quiet=quiet)
    manner.note("assumed")
    with manner.progress("fitting") as tell:
        tell(1, 1)
    with manner.stage("reading"):
        pass
    assert bool(capsys.readouterr().err) is not quiet


def test_on_a_terminal_progress_moves(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with Manner().progress("fitting") as tell:
        tell(1, 4)
    with Manner().stage("reading"):
        pass
    shown = sys.stderr.getvalue()
    assert "fitting" in shown
    assert "1/4" in shown
    assert "reading" in shown
